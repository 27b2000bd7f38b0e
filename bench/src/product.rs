//! The system under test as a process: `mraos serve` on a database of the shared server.
//!
//! It is started as a user would start it, with `database.url` set; its log goes to a file in the
//! throw-away directory and is shown when it fails. It is told to stop by SIGTERM and never
//! outlives the run.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde::Serialize;
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::connection::Connection;
use crate::cpu::{self, Meter};
use crate::postgres::PrivatePostgres;

/// The database of the system under test.
pub(crate) const DATABASE: &str = "mraos";
const TOKEN: &str = "bench-administrator-token-0123456789";

/// How to start the system under test.
pub(crate) struct Binary {
    path: PathBuf,
    url: String,
    database: &'static str,
    data_directory: PathBuf,
}

/// A running `mraos serve`.
pub(crate) struct Product {
    process: Child,
    pid: u32,
    address: SocketAddr,
}

/// What `mraos log rebuild --json` did, timed from outside.
#[derive(Serialize)]
pub(crate) struct Rebuild {
    pub(crate) seconds: f64,
    /// Processor time of the program and of PostgreSQL.
    pub(crate) cpu_s: f64,
    pub(crate) answer: Value,
    /// What it complained about, if it did not succeed.
    pub(crate) failure: Option<String>,
}

impl Binary {
    /// Finds the binary and gives it an empty database of that name.
    pub(crate) async fn prepare(
        postgres: &PrivatePostgres,
        chosen: Option<&Path>,
        database: &'static str,
    ) -> Result<Self> {
        let beside = std::env::current_exe()?.with_file_name("mraos");
        let path = chosen.map_or(beside, Path::to_path_buf);
        if !path.is_file() {
            bail!(
                "no binary at {}; build it with `cargo build --release -p mraos` or name it \
                 with --mraos",
                path.display(),
            );
        }
        let owner = postgres.connect("postgres").await?;
        owner.batch_execute(&format!("create database {database}")).await?;
        let data_directory = postgres.directory().join(format!("data-{database}"));
        fs::create_dir(&data_directory)?;
        Ok(Self { path, url: postgres.url(database), database, data_directory })
    }

    /// The name of its database.
    pub(crate) fn database(&self) -> &'static str {
        self.database
    }

    /// Starts the server and waits until it is ready.
    pub(crate) async fn serve(&self) -> Result<Product> {
        // The port is free again when the listener is dropped.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log_path = self.log_path();
        let log = fs::OpenOptions::new().create(true).append(true).open(&log_path)?;
        let process = self
            .command()
            .args(["serve", "--listen", &address.to_string()])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", self.path.display()))?;
        let pid = process.id().context("mraos ended at once")?;
        let mut product = Product { process, pid, address };
        if let Err(error) = product.wait_until_ready().await {
            let log = fs::read_to_string(&log_path).unwrap_or_default();
            let tail: Vec<&str> = log.lines().rev().take(20).collect();
            let tail = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
            return Err(error.context(format!("the last lines of its log:\n{tail}")));
        }
        Ok(product)
    }

    /// Rebuilds the projections from the log.
    pub(crate) async fn rebuild(&self, postmaster: u32) -> Result<Rebuild> {
        let meter = Meter { postmaster, nodes: [None, None] };
        let (before, began) = (meter.read()?, Instant::now());
        let output = self.command().args(["log", "rebuild", "--json"]).output().await?;
        let seconds = began.elapsed().as_secs_f64();
        let used = before.until(meter.read()?);
        // It was a child of this program, which itself has only waited.
        let cpu_s = used.postgres_s + used.driver_s;
        let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let failure = (!output.status.success()).then_some(complaint);
        let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        Ok(Rebuild { seconds, cpu_s, answer, failure })
    }

    /// Checks the log; what `mraos log verify` finds, if anything.
    pub(crate) async fn verify(&self) -> Result<Option<String>> {
        let output = self.command().args(["log", "verify", "--json"]).output().await?;
        let answer = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        let finding = format!("{} {}", answer.trim(), complaint.trim());
        Ok((!output.status.success()).then_some(finding))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command
            .env("MRAOS_DATABASE__URL", &self.url)
            .env("MRAOS_BOOTSTRAP_TOKEN", TOKEN)
            .kill_on_drop(true);
        command.arg("--data-dir").arg(&self.data_directory);
        command
    }

    fn log_path(&self) -> PathBuf {
        self.data_directory.with_extension("log")
    }
}

impl Product {
    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// An administrator's token.
    pub(crate) fn token(&self) -> &'static str {
        TOKEN
    }

    /// A connection to it.
    pub(crate) async fn connect(&self) -> Result<Connection> {
        Ok(Connection::open(self.address, TOKEN).await?)
    }

    /// Its resident memory.
    pub(crate) fn resident_mib(&self) -> Result<f64> {
        cpu::resident_mib(self.pid)
    }

    /// Stops it gracefully.
    pub(crate) async fn stop(mut self) -> Result<()> {
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) {
            kill_process(pid, Signal::TERM)?;
        }
        let ended = tokio::time::timeout(Duration::from_secs(30), self.process.wait()).await;
        ended.context("mraos did not stop within 30 s of SIGTERM")??;
        Ok(())
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline {
            if let Some(status) = self.process.try_wait()? {
                bail!("mraos ended with {status} before it was ready");
            }
            if let Ok(mut connection) = Connection::open(self.address, TOKEN).await
                && let Ok(answer) = connection.send("GET", "/readyz", None, "").await
                && answer.status == 200
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("mraos was not ready after 60 s")
    }
}
