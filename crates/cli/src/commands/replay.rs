//! `mraos replay`: a production log as live input of a running server.
//!
//! The work is done by the plant crate over the public API; this file turns options into its
//! vocabulary and its report into an answer. It opens no database and starts no server.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use mraos_plant::client::Client;
use mraos_plant::replay::{self, LogSource, ReplayOptions, Report, Speed};

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

/// Which running server a command talks to, and as whom.
#[derive(Debug, Args)]
struct RunningServer {
    /// Address of the server
    #[arg(long, value_name = "URL", env = "MRAOS_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Token of an administrator or of an integration
    #[arg(long, value_name = "TOKEN", env = "MRAOS_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

pub(super) fn run(place: &Place, args: &ReplayArgs) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    let bootstrap = settings.bootstrap_token.as_ref().map(|token| token.expose());
    let Some(token) = args.server.token.as_deref().or(bootstrap) else {
        anyhow::bail!(
            "no token: set MRAOS_TOKEN or give `--token`; `mraos token create` makes one"
        );
    };
    let client = Client::new(&args.server.url, token)?;
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
