//! `mraos forecast backtest`: how good idle-time forecasts would have been on a real log.
//!
//! The work is the forecast's; this file reads the files, ends the training on Ctrl-C, and shows
//! the figures. It needs no data directory and no server.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use jiff::tz::TimeZone;
use mraos_forecast::backtest::{Backtest, Logs, backtest};
use mraos_forecast::model::Training;
use mraos_forecast::report::{LocalMinute, Roster, WorkReport};
use mraos_forecast::sample::BlindSpell;
use mraos_forecast::{machine_status, production_log};

use super::Verdict;
use crate::output;

#[derive(Debug, Subcommand)]
pub(super) enum ForecastCommand {
    /// Train on a log up to a moment and score the forecasts from then on
    Backtest(BacktestArgs),
}

#[derive(Debug, Args)]
pub(super) struct BacktestArgs {
    /// The log to learn from, a CSV file
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// The log to be scored on; may be the same file
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Plant-local moment: gaps that ended by it are learnt from, gaps that began later are scored
    #[arg(long, value_name = "MOMENT", value_parser = parse_moment)]
    split_at: LocalMinute,
    /// What the files are
    #[arg(long, default_value = "production-log")]
    format: LogFormat,
    /// Machine status: which days were recorded, a CSV file
    #[arg(long, value_name = "FILE", required_if_eq("format", "machine-status"))]
    coverage: Option<PathBuf>,
    /// Machine status: time zone of the plant; its file is in UTC
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    /// What all chance in the training comes from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Threads to train with [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Reports of a job shop, one per row
    ProductionLog,
    /// Status changes of machines, one per row
    MachineStatus,
}

pub(super) fn run(command: &ForecastCommand) -> anyhow::Result<Verdict> {
    let ForecastCommand::Backtest(args) = command;
    let mut roster = Roster::default();
    let (train, mut blind) = read(args, &args.train, &mut roster)?;
    let (test, test_blind) = read(args, &args.test, &mut roster)?;
    blind.extend(test_blind);
    let logs = Logs { resources: &roster.resources, train: &train, test: &test, blind: &blind };
    let cancelled = Arc::new(AtomicBool::new(false));
    let threads = args.threads.map_or_else(
        || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        usize::from,
    );
    let found = super::block_on(async {
        let interrupted = Arc::clone(&cancelled);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                interrupted.store(true, Ordering::Relaxed);
            }
        });
        let training = Training { seed: args.seed, threads, cancelled: &cancelled };
        Ok(tokio::task::block_in_place(|| backtest(&logs, args.split_at, &training))?)
    })?;
    if args.json {
        output::print_json(&found)?
    } else {
        print_figures(&found)?
    }
    Ok(Verdict::Good)
}

fn read(
    args: &BacktestArgs,
    path: &Path,
    roster: &mut Roster,
) -> anyhow::Result<(Vec<WorkReport>, Vec<BlindSpell>)> {
    let text = read_text(path)?;
    let named = || format!("cannot use {}", path.display());
    match args.format {
        LogFormat::ProductionLog => {
            let reports = production_log::read(&text, roster).with_context(named)?;
            Ok((reports, Vec::new()))
        }
        LogFormat::MachineStatus => {
            let zone = TimeZone::get(&args.time_zone)
                .with_context(|| format!("`{}` is no time zone", args.time_zone))?;
            let coverage = args.coverage.as_deref().map(read_text).transpose()?.unwrap_or_default();
            let status =
                machine_status::read(&text, &coverage, &zone, roster).with_context(named)?;
            Ok((status.reports, status.blind))
        }
    }
}

fn read_text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn parse_moment(text: &str) -> Result<LocalMinute, String> {
    production_log::parse_local_minute(text)
        .ok_or_else(|| "give a plant-local moment like 2012-02-20T00:00:00".to_owned())
}

fn print_figures(found: &Backtest) -> anyhow::Result<()> {
    let score = &found.score;
    let samples = [found.train_samples, score.samples];
    output::print_line(&format!("learnt from {} gaps, scored {}", samples[0], samples[1]))?;
    for (figure, value, unit) in [
        ("mean absolute error", score.mae, "min"),
        ("median absolute error", score.medae, "min"),
        ("mean absolute error, cut at 480 min", score.mae_clipped_480, "min"),
        ("mean absolute error of ln(1 + min)", score.mae_log1p, ""),
        ("outcomes within the 80 % interval", 100.0 * score.coverage_80, "%"),
        ("pinball loss, 10 %", score.pinball_10, "min"),
        ("pinball loss, 50 %", score.pinball_50, "min"),
        ("pinball loss, 90 %", score.pinball_90, "min"),
        ("Brier score of idling at all", found.brier_idle, ""),
    ] {
        output::print_line(&format!("{figure:<38} {value:>9.3} {unit}"))?;
    }
    Ok(())
}
