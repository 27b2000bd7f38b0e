//! `mraos demo`: a living home-appliance plant behind a server with embedded defaults.
//!
//! For a first look: needs no set-up, says where to look and how to sign in, and works until it
//! is stopped. Started again it goes on with what is there. With `--replay-log` a factory's log is
//! replayed instead, each time from nothing; a directory that the user names is never emptied.

mod logged;
mod users;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use mraos_plant::client::Client;
use mraos_plant::simulator::{self, Summary};
use tokio::net::TcpListener;

use super::node::{Node, StopSignals, listen_on};
use super::simulate::{PlantArgs, describe, judge, one_line};
use super::{Place, Verdict};
use crate::config::{Secret, Settings};
use crate::logging::Verbosity;
use crate::output;

const DEMO_DATA_DIR: &str = ".mraos/demo";
/// A self-check looks at the plant for so long, so much faster than a visitor would.
const SELF_CHECK: Duration = Duration::from_secs(15);
const SELF_CHECK_SPEED: f64 = 120.0;
/// A line about the plant appears with every so manieth report.
const REPORTS_PER_LINE: u64 = 12;

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Address and port of the API [default: 127.0.0.1:8080, or any free port if that is taken]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    #[command(flatten)]
    plant: PlantArgs,
    /// Password of the demonstration's users [default: a new one each time]
    #[arg(long, value_name = "PASSWORD", env = "MRAOS_DEMO_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// Replay a factory's production log instead and report where every row went
    #[arg(long)]
    replay_log: bool,
    /// Production log to replay [default: the shared one if there, else the built-in one]
    #[arg(long, value_name = "FILE", requires = "replay_log")]
    log: Option<PathBuf>,
    /// Give machines and people of the log the parallel capacity that it shows, instead of 1
    #[arg(long, requires = "replay_log")]
    learn_capacity: bool,
    /// End after a short self-check, or after the replay's report, instead of serving on
    #[arg(long)]
    exit: bool,
}

pub(super) fn run(place: &Place, args: &DemoArgs) -> anyhow::Result<Verdict> {
    if args.replay_log {
        return logged::run(place, args);
    }
    let own = || DEMO_DATA_DIR.into();
    let data_dir = place.data_dir.clone().or_else(|| Some(own()));
    let place = Place { data_dir, ..place.clone() };
    let settings = place.load_settings(args.listen.clone(), Verbosity::Answer)?;
    super::block_on(async {
        let mut signals = StopSignals::catch()?;
        let token = settings.bootstrap_token.clone().unwrap_or_else(make_token);
        let node = start_node(&settings, place.data_dir(), &token, args).await?;
        let url = node.url();
        let client = Client::new(&url, token.expose())?;
        let prepared = tokio::select! {
            prepared = prepare(&client, &settings, args, &url) => Some(prepared),
            () = signals.wait() => None,
        };
        match prepared {
            Some(Ok(())) if args.exit => {
                let checked = self_check(&client, args, &mut signals).await;
                node.stop().await?;
                checked
            }
            Some(Ok(())) => live(&client, args, node, signals).await,
            Some(Err(error)) => {
                node.stop().await?;
                Err(error)
            }
            None => node.stop().await.map(|()| Verdict::Good),
        }
    })
}

async fn start_node(
    settings: &Settings,
    data_dir: &Path,
    token: &Secret,
    args: &DemoArgs,
) -> anyhow::Result<Node> {
    let listener = bind_somewhere(settings, args)?;
    output::print_line("Starting mraos with its own PostgreSQL …")?;
    Node::start(settings, data_dir, Some(token), listener).await
}

fn make_token() -> Secret {
    Secret::new(format!("demo-{:016x}", rand::random::<u64>()))
}

/// A demonstration is not worth failing over a port that nobody has asked for.
fn bind_somewhere(settings: &Settings, args: &DemoArgs) -> anyhow::Result<TcpListener> {
    let address = settings.server.listen;
    let bound = match listen_on(address) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && args.listen.is_none() => {
            listen_on((address.ip(), 0).into())
        }
        bound => bound,
    };
    bound.with_context(|| format!("cannot listen on `{address}`"))
}

/// Seeds the plant, makes its users and says how to get in.
async fn prepare(
    client: &Client,
    settings: &Settings,
    args: &DemoArgs,
    url: &str,
) -> anyhow::Result<()> {
    let seeded = args.plant.seed(client, settings).await?;
    output::print_line(&describe(seeded))?;
    let password = args.password.clone().unwrap_or_else(users::make_password);
    let users = users::prepare(client, &password).await?;
    output::print_line(&format!("\nThe plant is at {url}; sign in with password {password} as"))?;
    for user in users {
        output::print_line(&format!("  {:12} {}", user.user_id, user.about))?;
    }
    output::print_line("")
}

/// Lets the plant work until the process is told to stop.
async fn live(
    client: &Client,
    args: &DemoArgs,
    node: Node,
    signals: StopSignals,
) -> anyhow::Result<Verdict> {
    // The plant hears the same signal as the server and stops sending while that finishes.
    let mut stop = StopSignals::catch()?;
    let (client, options) = (client.clone(), args.plant.simulator_options(None));
    let speed = args.plant.speed;
    output::print_line(&format!("The plant works at {speed} times real time. Ctrl-C ends it."))?;
    let plant = tokio::spawn(async move {
        let mut reports = 0;
        let report = |summary: &Summary| {
            if reports % REPORTS_PER_LINE == 0 {
                // Nobody reads along any more; the plant works on.
                let _ = output::print_line(&one_line(summary));
            }
            reports += 1;
        };
        let ended = simulator::run(&client, &options, stop.wait(), report).await;
        if let Err(error) = &ended {
            output::print_error(&anyhow::anyhow!("the plant stands still: {error}"));
        }
        ended
    });
    node.run_until_signal(signals).await?;
    plant.abort();
    Ok(Verdict::Good)
}

/// Lets the plant work for a moment and looks whether it does.
async fn self_check(
    client: &Client,
    args: &DemoArgs,
    signals: &mut StopSignals,
) -> anyhow::Result<Verdict> {
    let plant = PlantArgs { speed: args.plant.speed.max(SELF_CHECK_SPEED), ..args.plant.clone() };
    let options = plant.simulator_options(Some(SELF_CHECK));
    let seconds = SELF_CHECK.as_secs();
    output::print_line(&format!("Self-check: {seconds} s at {} times real time …", plant.speed))?;
    let summary = simulator::run(client, &options, signals.wait(), |_| {}).await?;
    output::print_line(&summary.to_string())?;
    ensure!(summary.done_in_all() > 0, "nothing happened in the plant");
    Ok(judge(&summary))
}
