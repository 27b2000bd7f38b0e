//! The rivals: the specification's transaction as plain SQL, driven by pgbench.
//!
//! Pairs are counted in the database after the run, not taken from pgbench's own count, which
//! calls a rolled-back draw a transaction like any other. Latencies are pgbench's, per script: an
//! allocation with its release, as on the other side.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use tempfile::TempDir;

use crate::cpu::{CpuUse, Meter};
use crate::postgres::PrivatePostgres;
use crate::statistics::percentiles_ms;

const DATABASE: &str = "rival";
const SCHEMA: &str = include_str!("../rivals/schema.sql");
const LOAD: &str = include_str!("../rivals/load.sql");
const FUNCTIONS: &str = include_str!("../rivals/functions.sql");
const RESET: &str = include_str!("../rivals/reset.sql");
const SEVEN_STATEMENTS: &str = include_str!("../rivals/seven_statements.sql");
const FUNCTION_CALL: &str = include_str!("../rivals/function_call.sql");

/// Which form of the transaction runs.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    SevenStatements,
    FunctionCall,
}

/// One pgbench run.
#[derive(Clone, Serialize)]
pub(crate) struct RivalRun {
    pub(crate) form: Form,
    pub(crate) clients: usize,
    pub(crate) pairs: u64,
    pub(crate) pairs_per_s: f64,
    pub(crate) pair_p50_ms: f64,
    pub(crate) pair_p99_ms: f64,
    /// Draws that met a resource in use.
    pub(crate) refusals: u64,
    pub(crate) errors: u64,
    pub(crate) cpu: CpuUse,
}

/// The rivals' plant and how they run on it.
#[derive(Clone, Copy)]
pub(crate) struct RivalContest {
    pub(crate) operators: u32,
    pub(crate) machines: u32,
    pub(crate) orders: u32,
    pub(crate) seconds: u64,
    pub(crate) quiet_wait_seconds: u32,
}

/// The rivals' database, loaded.
pub(crate) struct Rivals<'a> {
    postgres: &'a PrivatePostgres,
    meter: Meter,
    contest: RivalContest,
    scripts: TempDir,
}

struct PgbenchReport {
    transactions: u64,
    per_s: f64,
}

impl<'a> Rivals<'a> {
    /// Creates and loads the database.
    pub(crate) async fn prepare(
        postgres: &'a PrivatePostgres,
        contest: RivalContest,
    ) -> Result<Self> {
        let scripts = tempfile::tempdir()?;
        for form in [Form::SevenStatements, Form::FunctionCall] {
            fs::write(form.script_path(scripts.path()), form.script())?;
        }
        let owner = postgres.connect("postgres").await?;
        owner.batch_execute(&format!("create database {DATABASE}")).await?;
        let client = postgres.connect(DATABASE).await?;
        client.batch_execute(SCHEMA).await.context("rivals/schema.sql")?;
        let load = LOAD
            .replace("{operators}", &contest.operators.to_string())
            .replace("{machines}", &contest.machines.to_string())
            .replace("{orders}", &contest.orders.to_string());
        client.batch_execute(&load).await.context("rivals/load.sql")?;
        client.batch_execute(FUNCTIONS).await.context("rivals/functions.sql")?;
        let meter = Meter { postmaster: postgres.pid(), nodes: [None; 2] };
        Ok(Self { postgres, meter, contest, scripts })
    }

    /// One run of `form` with `clients` connections from the first state.
    pub(crate) async fn run(&self, form: Form, clients: usize) -> Result<RivalRun> {
        let client = self.postgres.connect(DATABASE).await?;
        client.batch_execute(RESET).await.context("rivals/reset.sql")?;
        for statement in ["vacuum analyze", "checkpoint"] {
            client.batch_execute(statement).await?;
        }
        let logs = tempfile::tempdir()?;
        self.meter.wait_for_quiet(self.contest.quiet_wait_seconds).await?;
        let before = self.meter.read()?;
        let output = self
            .postgres
            .pgbench(DATABASE)
            .args(["--no-vacuum", "--protocol=prepared", "--log"])
            .arg(format!("--log-prefix={}", logs.path().join("run").display()))
            .args(["-c", &clients.to_string(), "-j", &clients.min(2).to_string()])
            .args(["-T", &self.contest.seconds.to_string()])
            .args(["-D", &format!("operators={}", self.contest.operators)])
            .args(["-D", &format!("machines={}", self.contest.machines)])
            .args(["-D", &format!("orders={}", self.contest.orders)])
            .arg("-f")
            .arg(form.script_path(self.scripts.path()))
            .output()
            .await
            .context("cannot run pgbench; run `make setup`")?;
        let cpu = before.until(self.meter.read()?);
        let messages = String::from_utf8_lossy(&output.stderr);
        let report = parse_report(&String::from_utf8_lossy(&output.stdout))
            .with_context(|| format!("pgbench failed: {messages}"))?;
        let row = client.query_one(COUNT_PAIRS, &[]).await?;
        let pairs = u64::try_from(row.get::<_, i64>(0))?;
        if pairs == 0 {
            bail!("a rival made not one pair: {messages}");
        }
        let (pair_p50_ms, pair_p99_ms) = percentiles_ms(&mut read_latencies_us(logs.path())?);
        Ok(RivalRun {
            form,
            clients,
            pairs,
            pairs_per_s: report.per_s * pairs as f64 / report.transactions as f64,
            pair_p50_ms,
            pair_p99_ms,
            refusals: report.transactions.saturating_sub(pairs),
            errors: messages.matches("ERROR").count() as u64,
            cpu,
        })
    }
}

const COUNT_PAIRS: &str = "select count(*) from allocations where status = 'released'";

impl Form {
    fn script(self) -> &'static str {
        match self {
            Self::SevenStatements => SEVEN_STATEMENTS,
            Self::FunctionCall => FUNCTION_CALL,
        }
    }

    fn script_path(self, directory: &Path) -> std::path::PathBuf {
        directory.join(match self {
            Self::SevenStatements => "seven_statements.sql",
            Self::FunctionCall => "function_call.sql",
        })
    }
}

/// Transactions and their rate without the time to connect.
fn parse_report(output: &str) -> Option<PgbenchReport> {
    let number_after = |start: &str| {
        let rest = output.lines().find_map(|line| line.strip_prefix(start))?;
        rest.split_whitespace().next().map(str::to_owned)
    };
    Some(PgbenchReport {
        transactions: number_after("number of transactions actually processed: ")?.parse().ok()?,
        per_s: number_after("tps = ")?.parse().ok()?,
    })
}

/// The third column of every per-transaction log that pgbench wrote.
fn read_latencies_us(directory: &Path) -> Result<Vec<u32>> {
    let mut latencies_us = Vec::new();
    for entry in fs::read_dir(directory)? {
        let log = fs::read_to_string(entry?.path())?;
        latencies_us
            .extend(log.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<u32>().ok()));
    }
    Ok(latencies_us)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_pgbench_prints() {
        let output = "number of transactions actually processed: 4711\n\
                      latency average = 8.4 ms\ntps = 951.5 (without initial connection time)\n";
        let report = parse_report(output);
        assert!(report.is_some_and(|r| r.transactions == 4_711 && r.per_s > 951.0));
        assert!(parse_report("pgbench: error").is_none());
    }
}
