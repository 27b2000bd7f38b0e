//! The system under test, loaded with the plant and ready to be run again and again.
//!
//! It keeps the ledger of everything acknowledged during the whole session, which the closing
//! check compares with the log. It takes no part in the measurement beyond starting clients.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::args::CoreArguments;
use crate::check::Ledger;
use crate::cpu::{CpuUse, Meter};
use crate::live::Audience;
use crate::load::{self, LoadPlan, Tally};
use crate::postgres::PrivatePostgres;
use crate::product::{Binary, DATABASE, Product};
use crate::seed;
use crate::statistics::percentiles_ms;

/// One run of the closed loop.
#[derive(Clone, Serialize)]
pub(crate) struct ContenderRun {
    pub(crate) clients: usize,
    pub(crate) with_idempotency_key: bool,
    /// Subscribers of the live stream, and what they were sent.
    pub(crate) subscribers: usize,
    pub(crate) frames: u64,
    pub(crate) pairs: u64,
    pub(crate) pairs_per_s: f64,
    pub(crate) allocate_p50_ms: f64,
    pub(crate) allocate_p99_ms: f64,
    pub(crate) pair_p50_ms: f64,
    pub(crate) pair_p99_ms: f64,
    pub(crate) refusals: BTreeMap<String, u64>,
    pub(crate) errors: BTreeMap<String, u64>,
    pub(crate) pairs_per_slice: Vec<u64>,
    pub(crate) cpu: CpuUse,
}

/// Resident memory of the process alone, in MiB.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Memory {
    pub(crate) empty_mib: f64,
    pub(crate) loaded_mib: f64,
    pub(crate) after_runs_mib: f64,
}

/// What distinguishes one run from another.
#[derive(Clone, Copy)]
pub(crate) struct Variant {
    pub(crate) clients: usize,
    pub(crate) duration: Duration,
    pub(crate) slice: Duration,
    pub(crate) with_idempotency_key: bool,
}

/// The system under test with its plant.
pub(crate) struct Contender<'a> {
    pub(crate) binary: Binary,
    pub(crate) memory: Memory,
    pub(crate) seeding: Duration,
    pub(crate) ledger: Ledger,
    postgres: &'a PrivatePostgres,
    product: Product,
    second_node: Option<Product>,
    arguments: CoreArguments,
    runs: u64,
}

impl<'a> Contender<'a> {
    /// Starts it on an empty database, loads the plant and starts it afresh.
    pub(crate) async fn prepare(
        postgres: &'a PrivatePostgres,
        arguments: &CoreArguments,
    ) -> Result<Self> {
        let binary = Binary::prepare(postgres, arguments.mraos.as_deref(), DATABASE).await?;
        let product = binary.serve().await?;
        let empty_mib = product.resident_mib()?;
        let seeding = seed::load(&product, arguments).await?;
        product.stop().await?;
        let product = binary.serve().await?;
        let loaded_mib = product.resident_mib()?;
        let ledger = Ledger::open(&postgres.connect(DATABASE).await?).await?;
        let memory = Memory { empty_mib, loaded_mib, after_runs_mib: loaded_mib };
        let arguments = arguments.clone();
        Ok(Self {
            binary,
            memory,
            seeding,
            ledger,
            postgres,
            product,
            second_node: None,
            arguments,
            runs: 0,
        })
    }

    /// One run; the database is vacuumed and checkpointed before it, as the rivals' is.
    pub(crate) async fn run(&mut self, variant: Variant) -> Result<ContenderRun> {
        let client = self.postgres.connect(DATABASE).await?;
        for statement in ["vacuum analyze", "checkpoint"] {
            client.batch_execute(statement).await?;
        }
        self.run_unprepared(variant).await
    }

    /// One run on the database as it is.
    pub(crate) async fn run_unprepared(&mut self, variant: Variant) -> Result<ContenderRun> {
        self.runs += 1;
        let nodes = std::iter::once(&self.product).chain(&self.second_node);
        let plan = LoadPlan {
            addresses: nodes.clone().map(Product::address).collect(),
            token: self.product.token().to_owned(),
            clients: variant.clients,
            duration: variant.duration,
            draw: load::draw_any(
                self.arguments.orders,
                self.arguments.operators,
                self.arguments.machines,
            ),
            with_idempotency_key: variant.with_idempotency_key,
            slice: variant.slice,
            seed: self.runs,
        };
        let meter = Meter {
            postmaster: self.postgres.pid(),
            nodes: [Some(self.product.pid()), self.second_node.as_ref().map(Product::pid)],
        };
        meter.wait_for_quiet(self.arguments.quiet_wait_seconds).await?;
        let before = meter.read()?;
        let tally = load::run(&plan).await?;
        let cpu = before.until(meter.read()?);
        self.memory.after_runs_mib = self.product.resident_mib()?;
        self.ledger.record(&tally);
        Ok(ContenderRun::of(tally, variant, cpu))
    }

    /// One run while `number` subscribers of the live stream listen, each to one line.
    pub(crate) async fn run_with_subscribers(
        &mut self,
        variant: Variant,
        number: usize,
    ) -> Result<ContenderRun> {
        let audience = Audience::gather(&self.product, number).await?;
        let run = self.run(variant).await?;
        let frames = audience.leave().await?;
        Ok(ContenderRun { subscribers: number, frames, ..run })
    }

    /// One run over two nodes on the same database, half of the clients on each.
    pub(crate) async fn run_on_two_nodes(&mut self, variant: Variant) -> Result<ContenderRun> {
        self.second_node = Some(self.binary.serve().await?);
        let run = self.run(variant).await;
        if let Some(node) = self.second_node.take() {
            node.stop().await?;
        }
        run
    }

    /// Stops the server and hands back what remains to be looked at.
    pub(crate) async fn finish(self) -> Result<(Binary, Ledger, Memory, Duration)> {
        self.product.stop().await?;
        Ok((self.binary, self.ledger, self.memory, self.seeding))
    }
}

impl ContenderRun {
    pub(crate) fn of(mut tally: Tally, variant: Variant, cpu: CpuUse) -> Self {
        let pairs_per_s = tally.pairs_per_s();
        let (allocate_p50_ms, allocate_p99_ms) = percentiles_ms(&mut tally.allocate_us);
        let (pair_p50_ms, pair_p99_ms) = percentiles_ms(&mut tally.pair_us);
        Self {
            clients: variant.clients,
            with_idempotency_key: variant.with_idempotency_key,
            subscribers: 0,
            frames: 0,
            pairs: tally.pairs,
            pairs_per_s,
            allocate_p50_ms,
            allocate_p99_ms,
            pair_p50_ms,
            pair_p99_ms,
            refusals: tally.refusals,
            errors: tally.errors,
            pairs_per_slice: tally.pairs_per_slice,
            cpu,
        }
    }
}
