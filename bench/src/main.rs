//! `mraos-bench`: load drivers and rivals, run by `make bench`.
//!
//! One program starts a private PostgreSQL, loads the same plant for every contender, runs them
//! interleaved and prints a table that says how each number was taken. It sees the system under
//! test only from outside: its binary, its HTTP interface and its database. It never uses the
//! network beyond the loopback, and it stops and removes all that it started.

mod args;
mod check;
mod connection;
mod contender;
mod contest;
mod cpu;
mod dataset;
mod endurance;
mod large;
mod live;
mod load;
mod postgres;
mod product;
mod reads;
mod report;
mod rival;
mod seed;
mod statements;
mod statistics;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use crate::args::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            report::print_failure(&error);
            ExitCode::from(2)
        }
    }
}

/// Runs the chosen suite; false when a result is wrong (a duplicate, a loss), however fast.
fn run(arguments: &Arguments) -> Result<bool> {
    // One thread: the load generator must leave the cores to those that are measured.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let suite = async {
            match &arguments.command {
                Command::Core(core) => contest::run(core).await,
                Command::Live(live) => live::run(live).await,
                Command::Large(large) => large::run(large).await,
            }
        };
        tokio::select! {
            outcome = suite => outcome,
            _ = tokio::signal::ctrl_c() => bail!("interrupted; everything started was stopped"),
        }
    })
}
