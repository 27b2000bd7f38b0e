//! `mraos replay`: a production log as live input of a running server.
//!
//! The work is done by the plant crate over the public API; this file turns options into its
//! vocabulary and its report into an answer. It opens no database and starts no server.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use mraos_plant::replay::{self, LogSource, ReplayOptions, Report, Speed};

use super::running_server::RunningServer;
use super::{Place, Verdict};
use crate::logging::Verbosity;
use crate::output;

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// The production log, a CSV file
    file: PathBuf,
    /// Seconds of the log in one second, or `max`
    #[arg(long, value_name = "N|max", default_value = "max")]
    speed: Speed,
    /// Move the log by whole days so that it ends within the last day
    #[arg(long)]
    shift_to_now: bool,
    /// Give machines and people the parallel capacity that the log shows, instead of 1
    #[arg(long)]
    learn_capacity: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: RunningServer,
}

pub(super) fn run(place: &Place, args: &ReplayArgs) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    let client = args.server.client(&settings)?;
    let options = ReplayOptions {
        speed: args.speed,
        shift_to_now: args.shift_to_now,
        learn_capacity: args.learn_capacity,
        time_zone: settings.plant.time_zone.clone(),
        show_progress: !args.json,
        ..ReplayOptions::new(LogSource::File(args.file.clone()), now())
    };
    let report = super::block_on(async { Ok(replay::run(options, client).await?) })?;
    if args.json {
        output::print_json(&report)?;
    } else {
        output::print_line(&report.to_string())?;
    }
    Ok(judge(&report))
}

/// A refusal is an answer; a row without one is a finding.
pub(super) fn judge(report: &Report) -> Verdict {
    if report.rows_unaccounted == 0 && report.failures.is_empty() {
        Verdict::Good
    } else {
        Verdict::Finding
    }
}

#[expect(clippy::disallowed_methods, reason = "a log is moved to the present of who replays it")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
