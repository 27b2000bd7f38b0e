//! A server of the real binary in a directory of its own, and the binary's other commands.
//!
//! Stops with the test, however that ends.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use mraos_plant::client::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

const TOKEN: &str = "test-bootstrap-token";

pub(crate) fn open_directory() -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    directory
}

pub(crate) struct Server {
    process: Child,
    data_dir: PathBuf,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(data_dir: &Path, listen: &str) -> Self {
        let mut process = mraos(data_dir)
            .args(["serve", "--listen", listen])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("mraos listens on ").unwrap().to_owned();
        Self { process, data_dir: data_dir.to_owned(), url }
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = mraos(&self.data_dir);
        command.envs([("MRAOS_URL", self.url.as_str()), ("MRAOS_TOKEN", TOKEN)]);
        command
    }

    pub(crate) fn run_json(&self, arguments: &[&str]) -> Value {
        let output = self.command().args(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub(crate) fn list(&self, path: &str) -> Vec<Value> {
        let client = self.client();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let page: Value = runtime.block_on(client.get(path)).unwrap();
        page["items"].as_array().unwrap().clone()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url, TOKEN).unwrap()
    }

    pub(crate) fn log_proves_itself(&self) {
        let proof = self.run_json(&["log", "verify", "--json"]);
        assert_eq!((&proof["ok"], &proof["tables_compared"]), (&true.into(), &true.into()));
    }

    pub(crate) fn kill(mut self) {
        kill_process(Pid::from_child(&self.process), Signal::KILL).unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.process.try_wait().unwrap().is_none() {
            kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
            self.process.wait().unwrap();
        }
    }
}

pub(crate) fn mraos(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mraos"));
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.env("MRAOS_BOOTSTRAP_TOKEN", TOKEN).env("MRAOS_DATA_DIR", data_dir);
    command
}
