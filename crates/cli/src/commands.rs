//! The command line: one table of commands, and what their results mean for the exit code.
//!
//! 0 is good, 1 is a finding (the command ran and the answer is bad news), 2 means that it could
//! not run. Each command has a file of its own; what several share about settings is here.

mod database;
mod db;
mod demo;
mod doctor;
mod erase_operator;
mod forecast;
mod log;
mod migrate;
mod node;
mod replay;
mod role;
mod running_server;
mod serve;
mod simulate;
mod solve;
mod tail;
mod token;
mod user;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use crate::config::{Overrides, Settings};
use crate::logging::{self, Verbosity};
use crate::output;

/// Where everything is kept if nobody says otherwise.
const DEFAULT_DATA_DIR: &str = ".mraos";

/// Event-sourced allocation of people, machines and orders in a plant.
#[derive(Debug, Parser)]
#[command(name = "mraos", version, propagate_version = true)]
struct CommandLine {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Where this installation lives; the same options for every command.
#[derive(Debug, Clone, Args)]
struct Place {
    /// Directory with everything that mraos keeps [default: .mraos]
    #[arg(long, global = true, value_name = "DIR", env = "MRAOS_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// Settings file [default: mraos.toml in the data directory, if there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API, with a private PostgreSQL unless `database.url` names another
    Serve(serve::ServeArgs),
    /// Show a living plant: serve, seed it, simulate it; or replay a factory's log
    Demo(demo::DemoArgs),
    /// Send a factory's production log to a running server, as its shop floor would have
    Replay(replay::ReplayArgs),
    /// Find a short schedule for a job shop of a benchmark file
    Solve(solve::SolveArgs),
    /// Simulate a plant that works on a running server: people, machines, orders
    Simulate(simulate::SimulateArgs),
    /// Show what happens on the floor of a running server, as it happens
    Tail(tail::TailArgs),
    /// Forecast how long resources stay idle
    #[command(subcommand)]
    Forecast(forecast::ForecastCommand),
    /// Bring the database's schema up to date; `serve` does so by itself
    Migrate(migrate::MigrateArgs),
    /// Verify the event log, rebuild the tables from it, export it
    #[command(subcommand)]
    Log(log::LogCommand),
    /// Create, list and revoke the tokens of programs
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Create and list users
    #[command(subcommand)]
    User(user::UserCommand),
    /// Erase a person for good; id, allocations and figures stay
    EraseOperator(erase_operator::EraseOperatorArgs),
    /// About the database
    #[command(subcommand)]
    Db(db::DbCommand),
    /// Show the settings in force and check that everything needed is there
    Doctor(doctor::DoctorArgs),
}

/// How a command that could run has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    Finding,
}

/// Runs the command that the arguments of this process name.
#[must_use]
pub fn run() -> ExitCode {
    match CommandLine::parse().run() {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Finding) => ExitCode::from(1),
        Err(error) => {
            output::print_error(&error);
            ExitCode::from(2)
        }
    }
}

impl CommandLine {
    fn run(self) -> anyhow::Result<Verdict> {
        match self.command {
            Command::Doctor(args) => doctor::run(&self.place, &args),
            Command::Migrate(args) => migrate::run(&self.place, &args),
            Command::Log(command) => log::run(&self.place, &command),
            Command::Token(command) => token::run(&self.place, &command),
            Command::User(command) => user::run(&self.place, &command),
            Command::EraseOperator(args) => erase_operator::run(&self.place, &args),
            Command::Serve(args) => serve::run(&self.place, &args),
            Command::Demo(args) => demo::run(&self.place, &args),
            Command::Replay(args) => replay::run(&self.place, &args),
            Command::Solve(args) => solve::run(&args),
            Command::Simulate(args) => simulate::run(&self.place, &args),
            Command::Tail(args) => tail::run(&self.place, &args),
            Command::Forecast(command) => forecast::run(&command),
            Command::Db(command) => db::run(&self.place, &command),
        }
    }
}

/// Runs asynchronous work to its end, on as many threads as there are processors.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("cannot start the threads of the program")?.block_on(work)
}

impl Place {
    fn data_dir(&self) -> &Path {
        self.data_dir.as_deref().unwrap_or(Path::new(DEFAULT_DATA_DIR))
    }

    /// Reads the settings and installs the logger that they ask for.
    fn load_settings(
        &self,
        listen: Option<String>,
        verbosity: Verbosity,
    ) -> anyhow::Result<Settings> {
        let overrides = Overrides { config_file: self.config.clone(), listen };
        let settings = Settings::load(self.data_dir(), &overrides)?;
        logging::install(&settings.logging, verbosity);
        Ok(settings)
    }
}
