//! A large plant with a long history: how fast it is read, and how fast it allocates.
//!
//! The plant comes out of [`crate::dataset`], once whole and once with a tenth of the history.
//! Pairs meet every check (skill, certificate, shift, maintenance, predecessor) and set aside and
//! give back three materials each; the rival is the specification's transaction, which does none
//! of it. All run interleaved on one server.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde::Serialize;

use crate::args::LargeArguments;
use crate::contender::{ContenderRun, Variant};
use crate::cpu::Meter;
use crate::dataset::{self, Generated, Size};
use crate::load::{self, LoadPlan};
use crate::postgres::PrivatePostgres;
use crate::product::{Binary, DATABASE, Product};
use crate::reads::{self, Measured};
use crate::report;
use crate::rival::{Form, RivalRun, Rivals};
use crate::statistics::median;

/// The database with a tenth of the history.
const SHORT_DATABASE: &str = "mraos_short";
/// Pairs of the rival for one of ours, at least: they are more than three times the work.
const LEAST_RATIO: f64 = 2.0;
/// How much slower ten times the history may make it.
const MOST_SLOWER: f64 = 1.3;

/// A generated plant, ready to be served.
struct Plant {
    size: Size,
    binary: Binary,
    generated: Generated,
}

/// One interleaved round.
#[derive(Serialize)]
struct Round {
    rival: RivalRun,
    short: ContenderRun,
    whole: ContenderRun,
}

#[derive(Serialize)]
struct Results {
    reads: Vec<Measured>,
    rounds: Vec<Round>,
}

/// Generates both plants and measures; false if something is slower than it may be.
pub(crate) async fn run(arguments: &LargeArguments) -> Result<bool> {
    let arguments = arguments.effective();
    let postgres = PrivatePostgres::start(&arguments.directory, false).await?;
    report::print_progress("generating the plant");
    let whole = Plant::generate(&postgres, &arguments, DATABASE, arguments.size()).await?;
    report::print_progress("reads");
    let product = whole.binary.serve().await?;
    let reads = reads::run(&product, &whole.size, &arguments).await?;
    product.stop().await?;
    let mut rounds = Vec::new();
    let mut told = whole.told() + &reads::table(&reads);
    if arguments.rounds > 0 {
        let size = arguments.short();
        let short = Plant::generate(&postgres, &arguments, SHORT_DATABASE, size).await?;
        let rivals = Rivals::prepare(&postgres, arguments.rivals()).await?;
        for number in 1..=arguments.rounds {
            report::print_progress(&format!("round {number} of {}", arguments.rounds));
            rounds.push(Round {
                rival: rivals.run(Form::SevenStatements, arguments.clients).await?,
                short: short.run(&postgres, &arguments, number as u64).await?,
                whole: whole.run(&postgres, &arguments, number as u64).await?,
            });
        }
        report::print_progress("checking both logs");
        for plant in [&short, &whole] {
            let finding = plant.binary.verify().await?;
            ensure!(finding.is_none(), "the log does not hold: {finding:?}");
        }
        told += &short.told();
        told += &table(&rounds);
    }
    report::print_large(&told);
    let results = Results { reads, rounds };
    if let Some(path) = &arguments.json {
        fs::write(path, serde_json::to_vec_pretty(&results)?)?;
    }
    Ok(results.hold())
}

impl Plant {
    async fn generate(
        postgres: &PrivatePostgres,
        arguments: &LargeArguments,
        database: &'static str,
        size: Size,
    ) -> Result<Self> {
        let binary = Binary::prepare(postgres, arguments.mraos.as_deref(), database).await?;
        let generated = dataset::generate(postgres, &binary, &size).await?;
        Ok(Self { size, binary, generated })
    }

    /// One run of allocating and releasing, on a server of its own.
    async fn run(
        &self,
        postgres: &PrivatePostgres,
        arguments: &LargeArguments,
        seed: u64,
    ) -> Result<ContenderRun> {
        let client = postgres.connect(self.binary.database()).await?;
        for statement in ["vacuum analyze", "checkpoint"] {
            client.batch_execute(statement).await?;
        }
        let product = self.binary.serve().await?;
        // What a node keeps of its plant it has read before the clock runs.
        self.load(&product, arguments, Duration::from_secs(3), !seed).await?;
        let meter = Meter { postmaster: postgres.pid(), nodes: [Some(product.pid()), None] };
        meter.wait_for_quiet(arguments.quiet_wait_seconds).await?;
        let before = meter.read()?;
        let duration = Duration::from_secs(arguments.seconds);
        let tally = self.load(&product, arguments, duration, seed).await?;
        let cpu = before.until(meter.read()?);
        product.stop().await?;
        let slice = duration;
        let clients = arguments.clients;
        let variant = Variant { clients, duration, slice, with_idempotency_key: false };
        Ok(ContenderRun::of(tally, variant, cpu))
    }

    async fn load(
        &self,
        product: &Product,
        arguments: &LargeArguments,
        duration: Duration,
        seed: u64,
    ) -> Result<load::Tally> {
        let plan = LoadPlan {
            addresses: vec![product.address()],
            token: product.token().to_owned(),
            clients: arguments.clients,
            duration,
            draw: dataset::draw(&self.size),
            with_idempotency_key: false,
            slice: duration,
            seed,
        };
        load::run(&plan).await
    }

    fn told(&self) -> String {
        let Self { size, generated, .. } = self;
        format!(
            "\n{} operators, {} machines, {} materials in {} lots, {} orders; {} events written in \
             {:.1} s, rebuilt in {:.1} s\n\n",
            size.operators,
            size.machines,
            size.materials,
            size.materials * size.lots,
            size.orders,
            generated.events,
            generated.writing.as_secs_f64(),
            generated.rebuilding.as_secs_f64(),
        )
    }
}

impl Results {
    fn hold(&self) -> bool {
        let is_fast = self.reads.iter().all(Measured::is_fast_enough);
        if self.rounds.is_empty() {
            return is_fast;
        }
        let errors = self.rounds.iter().flat_map(|round| [&round.short, &round.whole]);
        let is_clean = errors.flat_map(|run| run.errors.values()).sum::<u64>() == 0;
        let ratios = [Round::short_ratio, Round::whole_ratio];
        let is_ahead = ratios.iter().all(|ratio| of_all(&self.rounds, *ratio) >= LEAST_RATIO);
        is_fast && is_clean && is_ahead && of_all(&self.rounds, Round::slower) <= MOST_SLOWER
    }
}

impl Round {
    fn short_ratio(&self) -> f64 {
        self.short.pairs_per_s / self.rival.pairs_per_s
    }

    fn whole_ratio(&self) -> f64 {
        self.whole.pairs_per_s / self.rival.pairs_per_s
    }

    fn slower(&self) -> f64 {
        self.short.pairs_per_s / self.whole.pairs_per_s
    }
}

fn of_all(rounds: &[Round], figure: fn(&Round) -> f64) -> f64 {
    median(&rounds.iter().map(figure).collect::<Vec<_>>())
}

fn table(rounds: &[Round]) -> String {
    let mut told = String::from(
        "pairs with every check and three reservations     pairs/s  p50 ms  p99 ms  server ms  \
         refused  errors\n",
    );
    for (number, round) in (1..).zip(rounds) {
        let rival = &round.rival;
        writeln!(
            told,
            "{:<48} {:>8.0} {:>7.2} {:>7.2} {:>10.3} {:>8} {:>7}",
            format!("{number}: seven statements"),
            rival.pairs_per_s,
            rival.pair_p50_ms,
            rival.pair_p99_ms,
            rival.cpu.server_ms_per_pair(rival.pairs),
            rival.refusals,
            rival.errors,
        )
        .ok();
        for (name, run) in [("a tenth of the history", &round.short), ("all of it", &round.whole)] {
            let sum = |counts: &BTreeMap<String, u64>| counts.values().sum::<u64>();
            writeln!(
                told,
                "{:<48} {:>8.0} {:>7.2} {:>7.2} {:>10.3} {:>8} {:>7}",
                format!("{number}: MRAOS, {name}"),
                run.pairs_per_s,
                run.pair_p50_ms,
                run.pair_p99_ms,
                run.cpu.server_ms_per_pair(run.pairs),
                sum(&run.refusals),
                sum(&run.errors),
            )
            .ok();
        }
    }
    writeln!(
        told,
        "\n÷ seven statements, median: {:.2} with a tenth of the history, {:.2} with all of it (at \
         least {LEAST_RATIO}); ten times the history: {:.2} times slower (at most {MOST_SLOWER})",
        of_all(rounds, Round::short_ratio),
        of_all(rounds, Round::whole_ratio),
        of_all(rounds, Round::slower),
    )
    .ok();
    told
}
