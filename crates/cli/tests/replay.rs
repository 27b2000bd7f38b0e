//! `mraos replay` against `mraos serve`: real processes, real rules, real log where it is present.
//!
//! Strict, again, and with learned capacity on one server; then the event log must prove itself.
//! Figures are bounded, not copied, so that a better rule need not change this file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

const TOKEN: &str = "test-bootstrap-token";

#[test]
fn a_factory_log_is_replayed_strictly_again_and_with_learned_capacity() {
    let directory = TempDir::new().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    let server = Server::start(directory.path());
    let (log, rows, orders) = production_log();

    let strict = server.replay(&log, &[]);
    assert_eq!((&strict["rows"], &strict["orders"]), (&rows.into(), &orders.into()));
    assert!(sum(&strict, &["machine_booked", "operator_booked"]) * 6 > rows, "{strict}");
    let mut again = server.replay(&log, &[]);
    assert!(again["answered_as_before"].as_u64() > Some(rows), "{again}");
    for measured in ["allocation_ms", "screen_ms", "answered_as_before"] {
        again[measured] = strict[measured].clone();
    }
    assert_eq!(strict, again);

    let learned = server.replay(&log, &["--learn-capacity"]);
    assert_eq!(sum(&learned, &["machine_booked", "operator_booked"]), 0, "{learned}");
    assert!(learned["buckets"]["refused"].as_u64().unwrap() * 50 < rows, "{learned}");
    assert_eq!(learned["id_ending"], ".2");

    let proof = server.run(&["log", "verify", "--json"]);
    assert_eq!((&proof["ok"], &proof["tables_compared"]), (&true.into(), &true.into()));
}

/// The shared log if it is there, else the sample, with its rows and orders.
fn production_log() -> (PathBuf, u64, u64) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let shared = root.join("../../../shared/data/production-log/production_shared.csv");
    if shared.exists() {
        return (shared, 2_965, 907);
    }
    (root.join("../plant/data/sample_log.csv"), 153, 85)
}

fn sum(report: &Value, codes: &[&str]) -> u64 {
    codes.iter().filter_map(|code| report["refusals"][code].as_u64()).sum()
}

struct Server {
    process: Child,
    data_dir: PathBuf,
    url: String,
}

impl Server {
    fn start(data_dir: &Path) -> Self {
        let mut process = mraos(data_dir)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("mraos listens on ").unwrap().to_owned();
        Self { process, data_dir: data_dir.to_owned(), url }
    }

    fn replay(&self, log: &Path, options: &[&str]) -> Value {
        let mut arguments = vec!["replay", "--json", log.to_str().unwrap()];
        arguments.extend(options);
        let report = self.run(&arguments);
        assert_eq!(report["rows_unaccounted"], 0);
        let buckets = report["buckets"].as_object().unwrap().values();
        assert_eq!(buckets.filter_map(Value::as_u64).sum::<u64>(), report["rows"]);
        assert_eq!(report["buckets"]["failed"], 0, "{}", report["failures"]);
        report
    }

    fn run(&self, arguments: &[&str]) -> Value {
        let output = mraos(&self.data_dir)
            .args(arguments)
            .envs([("MRAOS_URL", self.url.as_str()), ("MRAOS_TOKEN", TOKEN)])
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
        self.process.wait().unwrap();
    }
}

fn mraos(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mraos"));
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.env("MRAOS_BOOTSTRAP_TOKEN", TOKEN).env("MRAOS_DATA_DIR", data_dir);
    command
}
