//! `mraos demo`: a server with embedded defaults and a factory's log replayed into it.
//!
//! For a first look: needs no set-up, ends with a report and an address to go on from. Each
//! demonstration starts from nothing, in a directory of its own; a directory that the user names
//! is never emptied.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use mraos_plant::client::Client;
use mraos_plant::replay::{self, LogSource, ReplayOptions, Report};
use tokio::net::TcpListener;

use super::node::{Node, StopSignals};
use super::replay::{judge, now};
use super::{Place, Verdict};
use crate::config::{Secret, Settings};
use crate::logging::Verbosity;
use crate::{output, postgres};

const DEMO_DATA_DIR: &str = ".mraos/demo";
/// Where the log of a real factory lies beside a source tree, if it was fetched.
const SHARED_LOG: &str = "../shared/data/production-log/production_shared.csv";

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Address and port of the API [default: 127.0.0.1:8080, or any free port if that is taken]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// Production log to replay [default: the shared one if there, else the built-in one]
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Give machines and people the parallel capacity that the log shows, instead of 1
    #[arg(long)]
    learn_capacity: bool,
    /// End after the report instead of serving on
    #[arg(long)]
    exit: bool,
}

pub(super) fn run(place: &Place, args: &DemoArgs) -> anyhow::Result<Verdict> {
    let place = settle(place)?;
    let settings = place.load_settings(args.listen.clone(), Verbosity::Answer)?;
    super::block_on(async {
        let mut signals = StopSignals::catch()?;
        let token = settings.bootstrap_token.clone().unwrap_or_else(make_token);
        let listener = bind_somewhere(&settings, args).await?;
        output::print_line("Starting mraos with its own PostgreSQL …")?;
        let node = Node::start(&settings, place.data_dir(), Some(&token), listener).await?;
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

/// The demonstration's own directory, emptied, unless the user has named one.
fn settle(place: &Place) -> anyhow::Result<Place> {
    if place.data_dir.is_some() {
        return Ok(place.clone());
    }
    let own = Path::new(DEMO_DATA_DIR);
    if postgres::running_owner_url(own)?.is_none() {
        match std::fs::remove_dir_all(own) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot empty `{DEMO_DATA_DIR}`"));
            }
            _ => {}
        }
    }
    Ok(Place { data_dir: Some(own.to_owned()), ..place.clone() })
}

fn make_token() -> Secret {
    Secret::new(format!("demo-{:016x}", rand::random::<u64>()))
}

/// A demonstration is not worth failing over a port that nobody has asked for.
async fn bind_somewhere(settings: &Settings, args: &DemoArgs) -> anyhow::Result<TcpListener> {
    let address = settings.server.listen;
    let bound = match TcpListener::bind(address).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && args.listen.is_none() => {
            TcpListener::bind((address.ip(), 0)).await
        }
        bound => bound,
    };
    bound.with_context(|| format!("cannot listen on `{address}`"))
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
