//! `mraos simulate`: a plant of people and machines that drives a running server.
//!
//! Seeds a generated plant, works on it, or both. The work is done by the plant crate over the
//! public API; this file turns options into its vocabulary and its summary into an answer.

use std::time::Duration;

use clap::Args;
use mraos_plant::client::Client;
use mraos_plant::generator::{Opening, Sizes, generate};
use mraos_plant::seeding::{self, Seeded};
use mraos_plant::simulator::{self, SimulatorOptions, Summary};
use serde_json::json;

use super::node::StopSignals;
use super::replay::now;
use super::running_server::RunningServer;
use super::{Place, Verdict};
use crate::config::Settings;
use crate::logging::Verbosity;
use crate::output;

#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    /// Only work on what is there; seed nothing
    #[arg(long, conflicts_with = "seed_only")]
    live: bool,
    /// Only seed the plant; do not work on it
    #[arg(long)]
    seed_only: bool,
    #[command(flatten)]
    plant: PlantArgs,
    /// End by itself after so many seconds
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: RunningServer,
}

/// Which plant, and how fast it works.
#[derive(Debug, Clone, Args)]
pub(super) struct PlantArgs {
    /// The same seed gives the same plant
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
    /// Seconds of plant work in one second; 1 is real time
    #[arg(long, value_name = "FACTOR", default_value = "10", value_parser = parse_speed)]
    pub(super) speed: f64,
    /// People, over three shifts
    #[arg(long, value_name = "N", default_value_t = Sizes::default().operators)]
    pub(super) operators: usize,
    /// Machines, over all lines
    #[arg(long, value_name = "N", default_value_t = Sizes::default().machines)]
    pub(super) machines: usize,
    /// Orders to keep open
    #[arg(long, value_name = "N", default_value_t = Sizes::default().orders)]
    pub(super) orders: usize,
}

pub(super) fn run(place: &Place, args: &SimulateArgs) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    let client = args.server.client(&settings)?;
    super::block_on(async {
        let mut signals = StopSignals::catch()?;
        let mut seeded = None;
        if !args.live {
            let done = args.plant.seed(&client, &settings).await?;
            say(args, &describe(done))?;
            seeded = Some(done);
        }
        if args.seed_only {
            if args.json {
                output::print_json(&json!({ "seeded": seeded }))?;
            }
            return Ok(Verdict::Good);
        }
        let run_for = args.seconds.map(Duration::from_secs);
        let options = args.plant.simulator_options(run_for);
        let report = |summary: &Summary| {
            // A reader that has gone away is no reason to stop the plant.
            let _ = say(args, &one_line(summary));
        };
        let summary = simulator::run(&client, &options, signals.wait(), report).await?;
        if args.json {
            output::print_json(&json!({ "seeded": seeded, "simulated": summary }))?;
        } else {
            output::print_line(&summary.to_string())?;
        }
        Ok(judge(&summary))
    })
}

fn say(args: &SimulateArgs, line: &str) -> anyhow::Result<()> {
    if args.json { Ok(()) } else { output::print_line(line) }
}

impl PlantArgs {
    /// Puts the plant into the server, as far as it is not there.
    pub(super) async fn seed(
        &self,
        client: &Client,
        settings: &Settings,
    ) -> anyhow::Result<Seeded> {
        let zone = settings.plant.time_zone.clone();
        let opening = Opening { at: now(), zone, speed: self.speed };
        let sizes =
            Sizes { operators: self.operators, machines: self.machines, orders: self.orders };
        let plant = generate(self.seed, sizes, &opening)?;
        Ok(seeding::seed(client, &plant, &opening).await?)
    }

    /// How the plant works.
    pub(super) fn simulator_options(&self, run_for: Option<Duration>) -> SimulatorOptions {
        let open_orders = Some(self.orders);
        SimulatorOptions { seed: self.seed, speed: self.speed, open_orders, run_for, now: now() }
    }
}

/// What was seeded, in a sentence.
pub(super) fn describe(seeded: Seeded) -> String {
    let Seeded { machines, operators, orders, materials, already_there } = seeded;
    if machines + operators + orders + materials == 0 {
        return format!(
            "The plant is there already ({already_there} machines, people, materials and orders)."
        );
    }
    format!(
        "Seeded {machines} machines, {operators} people, {materials} materials and {orders} orders."
    )
}

/// Where a simulation stands, in a line.
pub(super) fn one_line(summary: &Summary) -> String {
    format!(
        "{:>6} s  {:>6} acts  {:>4} jobs run  {:>5} orders open  {:>3} refused",
        summary.seconds,
        summary.done_in_all(),
        summary.floor.running,
        summary.floor.open_orders,
        summary.refused.values().sum::<u64>(),
    )
}

/// A refusal is an answer, a server that is away is waited for; an error of the server's is a
/// finding.
pub(super) fn judge(summary: &Summary) -> Verdict {
    if summary.server_errors == 0 { Verdict::Good } else { Verdict::Finding }
}

fn parse_speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed: &f64| (0.01..=10_000.0).contains(speed));
    speed.ok_or_else(|| format!("`{text}` is no number from 0.01 to 10000"))
}
