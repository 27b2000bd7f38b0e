//! A data directory with its nodes: started, killed, frozen and asked as operators would.
//!
//! A node is ready when it has printed its address. What a node logs goes to a file that is shown
//! when the test fails. Dropping a site stops its PostgreSQL, by the pid in its lock file.

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// An administrator's token, valid on every node of these tests.
pub(crate) const TOKEN: &str = "chaos-bootstrap-token-0123456789";
/// The same master key for sites that share a database: 32 bytes in base64.
const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const PATIENCE: Duration = Duration::from_secs(60);
const TICK: Duration = Duration::from_millis(20);

/// A data directory.
pub(crate) struct Site {
    directory: TempDir,
    database_url: Option<String>,
}

impl Site {
    /// An empty directory; its first node creates a private PostgreSQL in it.
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("mraos-chaos-").tempdir().unwrap();
        // PostgreSQL may run as another user, who has to reach its directory.
        fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
        Self { directory, database_url: None }
    }

    /// A site whose database belongs to `other`.
    pub(crate) fn on_database_of(other: &Self) -> Self {
        let output = other.run(&["db", "url"]);
        assert!(output.status.success(), "{output:?}");
        Self::on_database(String::from_utf8(output.stdout).unwrap().trim())
    }

    /// A site of its own on a database that is there already.
    pub(crate) fn on_database(url: &str) -> Self {
        let mut site = Self::new();
        site.database_url = Some(url.to_owned());
        site
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mraos"));
        command.arg("--data-dir").arg(self.path());
        command
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("MRAOS_BOOTSTRAP_TOKEN", TOKEN).env("MRAOS_KEYS__MASTER", MASTER_KEY);
        if let Some(url) = &self.database_url {
            command.env("MRAOS_DATABASE__URL", url);
        }
        command
    }

    /// Runs a command of the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> std::process::Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Starts a node on any free port.
    pub(crate) fn start_node(&self) -> Node {
        self.start_node_at("127.0.0.1:0".parse().unwrap())
    }

    /// Starts a node and waits until it answers.
    pub(crate) fn start_node_at(&self, listen: SocketAddr) -> Node {
        let log_path =
            self.path().join(format!("node-{}.log", fs::read_dir(self.path()).unwrap().count()));
        let log = File::options().create(true).append(true).open(&log_path).unwrap();
        let mut child = self
            .command()
            .args(["serve", "--listen", &listen.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let (sender, lines) = mpsc::channel();
        // Reads on to the end, or the node would be stopped by a full pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                sender.send(line).ok();
            }
        });
        let mut node = Node { child, log_path, url: String::new() };
        let said = lines.recv_timeout(PATIENCE);
        let line = said.unwrap_or_else(|_| panic!("the node does not start:\n{}", node.log()));
        node.url = line.strip_prefix("mraos listens on ").expect(&line).to_owned();
        node
    }

    /// The answer of `mraos log verify --json`, which works beside running nodes.
    pub(crate) fn verify_log(&self) -> Value {
        let output = self.run(&["log", "verify", "--json"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
        let report: Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{error}: {text:?}\n{complaints}"));
        assert_eq!(report["ok"], true, "{report:#}\n{complaints}");
        assert!(output.status.success(), "{:?}", output.status);
        report
    }

    /// Process id of the private PostgreSQL, if it runs.
    pub(crate) fn postmaster(&self) -> Option<Pid> {
        let lock = fs::read_to_string(self.path().join("postgres/data/postmaster.pid")).ok()?;
        let pid = Pid::from_raw(lock.lines().next()?.trim().parse().ok()?)?;
        test_kill_process(pid).is_ok().then_some(pid)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let Some(pid) = self.postmaster() else { return };
        kill_process(pid, Signal::INT).ok();
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.postmaster().is_some() && Instant::now() < deadline {
            std::thread::sleep(TICK);
        }
    }
}

/// A running node.
pub(crate) struct Node {
    child: Child,
    log_path: PathBuf,
    pub(crate) url: String,
}

impl Node {
    /// Where it listens, to start its successor at the same place.
    pub(crate) fn address(&self) -> SocketAddr {
        self.url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Kills it without a chance to tidy up.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop and waits for its end.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the node does not stop:\n{}", self.log());
            std::thread::sleep(TICK);
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log_path).unwrap_or_default()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let notable = log.lines().rev().filter(|line| !line.contains("mraos::access"));
            let tail: Vec<&str> = notable.take(30).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            #[expect(clippy::print_stderr, reason = "only when a test has failed")]
            {
                eprintln!("--- {} said last:\n{}", self.url, tail.join("\n"));
            }
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
