//! `mraos solve`: the best schedule of an instance, or plan of a plant, that a budget allows.
//!
//! The work is the solver's; this file reads and writes the files, stops the search on Ctrl-C with
//! what it has found by then, and shows progress and result. It needs no data directory.

mod place;
mod plant;

use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use mraos_solver::chart;
use mraos_solver::document::Document;
use mraos_solver::format::{self, Format};
use mraos_solver::problem::Problem;
use mraos_solver::search::{self, Budget, Outcome};
use serde_json::json;

use super::Verdict;
use crate::output;

/// How long the search goes on if nobody says otherwise.
const DEFAULT_SECONDS: f64 = 10.0;

#[derive(Debug, Args)]
pub(super) struct SolveArgs {
    /// The instance, a text file, gzipped or not
    file: PathBuf,
    /// Format of the instance
    #[arg(long)]
    format: InstanceFormat,
    /// Seconds to search [default: 10, or no limit with --steps]
    #[arg(long, value_name = "S", value_parser = parse_seconds)]
    seconds: Option<f64>,
    /// Steps to search on each thread; the answer then depends on the arguments alone
    #[arg(long, value_name = "N")]
    steps: Option<u64>,
    /// Threads to search with [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// What all chance in the search comes from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write the schedule to this file, as JSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Draw the schedule into this file, as SVG
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum InstanceFormat {
    /// Flexible job shop with workers
    FjsspW,
    /// Flexible job shop
    Fjsp,
    /// A plant with calendars, skills, materials and due dates, as JSON
    Plant,
}

pub(super) fn run(args: &SolveArgs) -> anyhow::Result<Verdict> {
    let path = args.file.display();
    let bytes = fs::read(&args.file).with_context(|| format!("cannot read {path}"))?;
    let format = match args.format {
        InstanceFormat::FjsspW => Format::FjsspW,
        InstanceFormat::Fjsp => Format::Fjsp,
        InstanceFormat::Plant => return plant::run(&bytes, args),
    };
    let problem = format::read(format, &bytes).with_context(|| format!("{path}"))?;
    let problem = Arc::new(problem);
    let outcome = search(&problem, args)?;
    if let Some(out) = &args.out {
        let document = Document::new(&problem, &outcome.schedule);
        write(out, &serde_json::to_string_pretty(&document)?)?;
    }
    if let Some(out) = &args.chart {
        let name = args.file.file_name().unwrap_or_default().to_string_lossy();
        write(out, &chart::gantt(&problem, &outcome.schedule, &name))?;
    }
    print(&problem, &outcome, args)?;
    Ok(Verdict::Good)
}

fn search(problem: &Arc<Problem>, args: &SolveArgs) -> anyhow::Result<Outcome> {
    let problem = Arc::clone(problem);
    run_search(args, move |budget, cancelled, bar| {
        let outcome = search::solve(&problem, budget, cancelled, |progress| {
            bar.set_position(progress.elapsed.as_millis() as u64);
            bar.set_message(format!("makespan {}", progress.makespan));
        });
        Ok(outcome?)
    })
}

/// Searches until the budget is used up or somebody presses Ctrl-C.
fn run_search<T: Send + 'static>(
    args: &SolveArgs,
    search: impl FnOnce(&Budget, &AtomicBool, &ProgressBar) -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let seconds = args.seconds.or(args.steps.is_none().then_some(DEFAULT_SECONDS));
    let budget = Budget {
        time: seconds.map(Duration::from_secs_f64),
        steps: args.steps,
        threads: args.threads.map_or_else(processors, usize::from),
        seed: args.seed,
    };
    let bar = progress_bar(args, seconds)?;
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancelled);
    super::block_on(async move {
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                flag.store(true, Ordering::Relaxed);
            }
        });
        let search = tokio::task::spawn_blocking(move || {
            let outcome = search(&budget, &cancelled, &bar);
            bar.finish_and_clear();
            outcome
        });
        search.await?
    })
}

fn progress_bar(args: &SolveArgs, seconds: Option<f64>) -> anyhow::Result<ProgressBar> {
    if args.json || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let Some(seconds) = seconds else {
        return Ok(ProgressBar::new_spinner());
    };
    let style = ProgressStyle::with_template("{bar:40} {elapsed} {msg}")?;
    Ok(ProgressBar::new((seconds * 1000.0) as u64).with_style(style))
}

fn print(problem: &Problem, outcome: &Outcome, args: &SolveArgs) -> anyhow::Result<()> {
    let seconds = outcome.elapsed.as_secs_f64();
    let moves_per_second = outcome.moves as f64 / seconds.max(f64::EPSILON);
    if args.json {
        return output::print_json(&json!({
            "makespan": outcome.makespan,
            "lower_bound": outcome.lower_bound,
            "optimal": outcome.makespan == outcome.lower_bound,
            "first_makespan": outcome.first_makespan,
            "operations": problem.operations.len(),
            "seconds": seconds,
            "seed": args.seed,
            "steps": outcome.steps,
            "moves_evaluated": outcome.moves,
            "moves_per_second": moves_per_second.round(),
        }));
    }
    let proof = if outcome.makespan == outcome.lower_bound { ", which is optimal" } else { "" };
    output::print_line(&format!(
        "makespan {}{proof} (first plan {}, lower bound {})\n\
         {} operations, {} steps in {seconds:.1} s, {:.1} million moves evaluated per second",
        outcome.makespan,
        outcome.first_makespan,
        outcome.lower_bound,
        problem.operations.len(),
        outcome.steps,
        moves_per_second / 1e6,
    ))
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn parse_seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=1e6).contains(&seconds) => Ok(seconds),
        _ => Err("give a number of seconds from 0 to 1,000,000".to_owned()),
    }
}
