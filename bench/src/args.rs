//! The command line of the benchmark.
//!
//! Defaults are the figures of record: the plant's size, three rounds, 64 clients.
//! `--quick` shrinks all of them for a smoke run whose numbers mean nothing.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::dataset::Size;
use crate::rival::RivalContest;

/// Load drivers and rivals for MRAOS.
#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Allocation throughput and latency beside two rivals, memory, rebuild, endurance.
    Core(CoreArguments),
    /// The live stream: latency, frames per processor second, memory of idle sockets.
    Live(LiveArguments),
    /// A large generated plant: reads, and pairs with every check and three reservations.
    Large(LargeArguments),
}

#[derive(Args, Clone)]
pub(crate) struct CoreArguments {
    /// Interleaved rounds; every figure is the median over them.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    /// Length of one run.
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// Connections of the system under test and of the seven-statement rival.
    #[arg(long, default_value_t = 64)]
    pub(crate) clients: usize,
    /// Subscribers of the live stream in the run that has them, each on one line of the plant.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) subscribers: usize,
    /// Operators in the plant.
    #[arg(long, default_value_t = 5_000)]
    pub(crate) operators: u32,
    /// Machines in the plant.
    #[arg(long, default_value_t = 5_000)]
    pub(crate) machines: u32,
    /// Work orders in the plant.
    #[arg(long, default_value_t = 200_000)]
    pub(crate) orders: u32,
    /// Length of each of the two endurance runs; 0 leaves them out.
    #[arg(long, default_value_t = 120)]
    pub(crate) endurance_seconds: u64,
    /// The binary under test; default: `mraos` beside this program.
    #[arg(long)]
    pub(crate) mraos: Option<PathBuf>,
    /// Where the throw-away database lives; it must be a real disk, not memory.
    #[arg(long, default_value = "/var/tmp")]
    pub(crate) directory: PathBuf,
    /// Also write the results as JSON to this file.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
    /// Measure the rivals alone.
    #[arg(long)]
    pub(crate) rivals_only: bool,
    /// Measure the system under test alone.
    #[arg(long, conflicts_with = "rivals_only")]
    pub(crate) no_rivals: bool,
    /// Also list the statements that cost the system under test most; slows all down a little.
    #[arg(long)]
    pub(crate) statements: bool,
    /// A smoke run: small plant, one short round, short endurance.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Longest wait for the rest of the machine to be quiet before a run.
    #[arg(long, default_value_t = 30)]
    pub(crate) quiet_wait_seconds: u32,
}

impl CoreArguments {
    /// The arguments with `--quick` applied.
    pub(crate) fn effective(&self) -> Self {
        let mut effective = self.clone();
        if self.quick {
            effective.rounds = 1;
            effective.seconds = self.seconds.min(2);
            effective.subscribers = self.subscribers.min(100);
            effective.operators = self.operators.min(500);
            effective.machines = self.machines.min(500);
            effective.orders = self.orders.min(5_000);
            effective.quiet_wait_seconds = self.quiet_wait_seconds.min(1);
            effective.endurance_seconds = self.endurance_seconds.min(4);
        }
        effective
    }

    /// The rivals' plant, which is ours.
    pub(crate) fn rivals(&self) -> RivalContest {
        RivalContest {
            operators: self.operators,
            machines: self.machines,
            orders: self.orders,
            seconds: self.seconds,
            quiet_wait_seconds: self.quiet_wait_seconds,
        }
    }
}

#[derive(Args, Clone)]
pub(crate) struct LiveArguments {
    /// Length of one run.
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// Interleaved rounds of the runs with line filters.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    /// Subscribers of the run with line filters; the run with everything has twice as many.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) subscribers: usize,
    /// Idle sockets.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) idle_sockets: usize,
    /// The binary under test; default: `mraos` beside this program.
    #[arg(long)]
    pub(crate) mraos: Option<PathBuf>,
    /// Where the throw-away database lives; it must be a real disk, not memory.
    #[arg(long, default_value = "/var/tmp")]
    pub(crate) directory: PathBuf,
    /// Also write the results as JSON to this file.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
    /// A smoke run, whose numbers mean nothing.
    #[arg(long)]
    pub(crate) quick: bool,
}

impl LiveArguments {
    /// The arguments with `--quick` applied.
    pub(crate) fn effective(&self) -> Self {
        let mut effective = self.clone();
        if self.quick {
            effective.rounds = 1;
            effective.seconds = self.seconds.min(3);
            effective.subscribers = self.subscribers.min(100);
            effective.idle_sockets = self.idle_sockets.min(500);
        }
        effective
    }
}

#[derive(Args, Clone)]
pub(crate) struct LargeArguments {
    /// Length of one run. Each begins after a checkpoint, and in its first seconds every page is
    /// written to the log whole when it is met; a plant has that once in a quarter of an hour.
    #[arg(long, default_value_t = 30)]
    pub(crate) seconds: u64,
    /// Connections that read.
    #[arg(long, default_value_t = 16)]
    pub(crate) readers: usize,
    /// Connections that allocate and release, and of the rival.
    #[arg(long, default_value_t = 64)]
    pub(crate) clients: usize,
    /// Interleaved rounds of allocating; 0 leaves them out.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    /// Operators in the plant.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) operators: u32,
    /// Machines in the plant.
    #[arg(long, default_value_t = 5_000)]
    pub(crate) machines: u32,
    /// Work orders in the plant; one of fifty waits, the others are done.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) orders: u32,
    /// Materials in stock.
    #[arg(long, default_value_t = 20_000)]
    pub(crate) materials: u32,
    /// Lots of each material.
    #[arg(long, default_value_t = 5)]
    pub(crate) lots: u32,
    /// Events in the log; the short history has a tenth of them, and of the orders.
    #[arg(long, default_value_t = 5_000_000)]
    pub(crate) events: i64,
    /// The binary under test; default: `mraos` beside this program.
    #[arg(long)]
    pub(crate) mraos: Option<PathBuf>,
    /// Where the throw-away database lives; it must be a real disk, not memory.
    #[arg(long, default_value = "/var/tmp")]
    pub(crate) directory: PathBuf,
    /// Also write the results as JSON to this file.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
    /// A smoke run: a small plant, whose numbers mean nothing.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Longest wait for the rest of the machine to be quiet before a run.
    #[arg(long, default_value_t = 30)]
    pub(crate) quiet_wait_seconds: u32,
}

impl LargeArguments {
    /// The arguments with `--quick` applied.
    pub(crate) fn effective(&self) -> Self {
        let mut effective = self.clone();
        if self.quick {
            effective.seconds = self.seconds.min(2);
            effective.operators = self.operators.min(1_000);
            effective.machines = self.machines.min(600);
            effective.orders = self.orders.min(5_000);
            effective.materials = self.materials.min(300);
            effective.events = self.events.min(40_000);
            effective.rounds = self.rounds.min(1);
            effective.quiet_wait_seconds = self.quiet_wait_seconds.min(1);
        }
        effective
    }

    /// How much is generated.
    pub(crate) fn size(&self) -> Size {
        let Self { operators, machines, orders, materials, lots, events, .. } = *self;
        Size { operators, machines, orders, materials, lots, events }
    }

    /// The same plant with a tenth of the history.
    pub(crate) fn short(&self) -> Size {
        let size = self.size();
        Size { orders: size.orders / 10, events: size.events / 10, ..size }
    }

    /// The rivals' plant: as many people, machines and orders.
    pub(crate) fn rivals(&self) -> RivalContest {
        RivalContest {
            operators: self.operators,
            machines: self.machines,
            orders: self.orders,
            seconds: self.seconds,
            quiet_wait_seconds: self.quiet_wait_seconds,
        }
    }
}
