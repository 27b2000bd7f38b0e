//! The demonstration that replays a factory's log: ends with a report of where every row went.
//!
//! A replay is about the log's own days, so each one starts from nothing, in a directory of its
//! own beside the living plant's.

use std::io;
use std::path::Path;

use anyhow::Context as _;
use mraos_plant::client::Client;
use mraos_plant::replay::{self, LogSource, ReplayOptions, Report};

use super::{DemoArgs, make_token, start_node};
use crate::commands::node::{Node, StopSignals};
use crate::commands::replay::{judge, now};
use crate::commands::{Place, Verdict};
use crate::config::{Secret, Settings};
use crate::logging::Verbosity;
use crate::{output, postgres};

const REPLAY_DATA_DIR: &str = ".mraos/demo-replay";
/// Where the log of a real factory lies beside a source tree, if it was fetched.
const SHARED_LOG: &str = "../shared/data/production-log/production_shared.csv";

pub(super) fn run(place: &Place, args: &DemoArgs) -> anyhow::Result<Verdict> {
    let place = settle(place)?;
    let settings = place.load_settings(args.listen.clone(), Verbosity::Answer)?;
    crate::commands::block_on(async {
        let mut signals = StopSignals::catch()?;
        let token = settings.bootstrap_token.clone().unwrap_or_else(make_token);
        let node = start_node(&settings, place.data_dir(), &token, args).await?;
        let replayed = tokio::select! {
            replayed = replay_into(&node, &settings, args, &token) => Some(replayed),
            () = signals.wait() => None,
        };
        let Some(Ok(report)) = replayed else {
            node.stop().await?;
            return replayed.map_or(Ok(Verdict::Good), |failed| failed.map(|_| Verdict::Good));
        };
        output::print_line(&report.to_string())?;
        if args.exit {
            node.stop().await?;
        } else {
            print_next_steps(&node.url(), &token)?;
            node.run_until_signal(signals).await?;
        }
        Ok(judge(&report))
    })
}

/// The replay's own directory, emptied, unless the user has named one.
fn settle(place: &Place) -> anyhow::Result<Place> {
    if place.data_dir.is_some() {
        return Ok(place.clone());
    }
    let own = Path::new(REPLAY_DATA_DIR);
    if postgres::running_owner_url(own)?.is_none() {
        match std::fs::remove_dir_all(own) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot empty `{REPLAY_DATA_DIR}`"));
            }
            _ => {}
        }
    }
    Ok(Place { data_dir: Some(own.to_owned()), ..place.clone() })
}

async fn replay_into(
    node: &Node,
    settings: &Settings,
    args: &DemoArgs,
    token: &Secret,
) -> anyhow::Result<Report> {
    let source = choose_log(args.log.as_deref());
    let name = match &source {
        LogSource::File(path) => format!("`{}`", path.display()),
        LogSource::Sample => "the built-in production log".to_owned(),
    };
    output::print_line(&format!("Replaying {name} through {} …", node.url()))?;
    let options = ReplayOptions {
        learn_capacity: args.learn_capacity,
        time_zone: settings.plant.time_zone.clone(),
        show_progress: true,
        ..ReplayOptions::new(source, now())
    };
    Ok(replay::run(options, Client::new(&node.url(), token.expose())?).await?)
}

fn choose_log(named: Option<&Path>) -> LogSource {
    let shared = Path::new(SHARED_LOG);
    match named {
        Some(path) => LogSource::File(path.to_owned()),
        None if shared.exists() => LogSource::File(shared.to_owned()),
        None => LogSource::Sample,
    }
}

fn print_next_steps(url: &str, token: &Secret) -> anyhow::Result<()> {
    output::print_line(&format!("mraos listens on {url}; Ctrl-C ends it. Try:"))?;
    let header = format!("Authorization: Bearer {}", token.expose());
    output::print_line(&format!("  curl -H '{header}' '{url}/api/v1/allocations?limit=3'"))
}
