//! Nodes as processes: started, joined, stopped, killed, and their database killed under them.
//!
//! Talks plain HTTP to the real binary. Waits for conditions, never for time to pass. The state of
//! the private PostgreSQL is read from its own lock file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

const TOKEN: &str = "test-bootstrap-token";

#[test]
fn a_node_answers_and_takes_its_database_along_when_it_stops() {
    let directory = open_directory();
    let node = Node::start(directory.path());
    assert_eq!(node.status("/readyz"), Some(200));
    assert_eq!(node.status("/api/v1/operators"), Some(200));
    let database = database_pid(directory.path()).unwrap();

    let log = node.stop(Signal::TERM);
    assert!(!runs(database), "the database must stop with its last node");
    for line in log.lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(message["level"].is_string(), "{line}");
    }
    assert!(!log.contains(TOKEN), "{log}");
}

#[test]
fn nodes_share_the_database_and_survive_each_other() {
    let directory = open_directory();
    let first = Node::start(directory.path());
    let database = database_pid(directory.path()).unwrap();
    let second = Node::start(directory.path());
    assert_eq!(database_pid(directory.path()), Some(database));

    first.kill();
    assert_eq!(second.status("/readyz"), Some(200));
    let third = Node::start(directory.path());
    second.stop(Signal::INT);
    assert_eq!(third.status("/readyz"), Some(200));
    assert!(runs(database));
    third.stop(Signal::INT);
    assert!(!runs(database));
}

#[test]
fn a_killed_database_is_back_without_anybody_doing_anything() {
    let directory = open_directory();
    let node = Node::start(directory.path());
    for _ in 0..3 {
        let database = database_pid(directory.path()).unwrap();
        kill_process(Pid::from_raw(database).unwrap(), Signal::KILL).unwrap();
        wait_until("the node is ready again with another database", || {
            let status = node.status("/readyz");
            assert!(matches!(status, Some(200 | 503)), "{status:?}");
            status == Some(200) && database_pid(directory.path()).is_some_and(|pid| pid != database)
        });
        wait_until("reads are answered", || {
            let status = node.status("/api/v1/operators");
            assert!(matches!(status, Some(200 | 503)), "{status:?}");
            status == Some(200)
        });
    }
    node.stop(Signal::TERM);
}

#[test]
fn a_killed_node_is_followed_by_one_that_adopts_its_database() {
    let directory = open_directory();
    let killed = Node::start(directory.path());
    let database = database_pid(directory.path()).unwrap();
    killed.kill();
    let next = Node::start(directory.path());
    assert_eq!(database_pid(directory.path()), Some(database));
    assert_eq!(next.status("/api/v1/machines"), Some(200));
    next.stop(Signal::TERM);
    assert!(!runs(database));
}

#[test]
fn an_address_in_use_is_told_before_anything_is_started() {
    let directory = open_directory();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = serve(directory.path(), &address).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains(&address) && message.contains("--listen"), "{message}");
    assert!(!directory.path().join("postgres").exists());
}

#[test]
fn a_master_key_of_another_installation_is_refused_at_start() {
    let directory = open_directory();
    let node = Node::start(directory.path());
    let reason = r#"{"reason_code": "jam", "description": "Material jammed"}"#;
    assert_eq!(node.ask("POST", "/api/v1/reason-codes", reason), Some(201));
    // Stopping, it signs what it has written.
    node.stop(Signal::TERM);
    let output = serve(directory.path(), "127.0.0.1:0")
        .env("MRAOS_KEYS__MASTER", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("keys.master"), "{message}");
    assert_eq!(database_pid(directory.path()), None, "nothing is left running");
    Node::start(directory.path()).stop(Signal::TERM);
}

#[test]
fn a_demonstration_replays_its_log_and_ends() {
    let directory = open_directory();
    let output = Command::new(env!("CARGO_BIN_EXE_mraos"))
        .args(["demo", "--replay-log", "--exit", "--listen", "127.0.0.1:0"])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir(directory.path())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("the built-in production log"), "{text}");
    assert!(text.contains("allocations."), "{text}");
    assert_eq!(database_pid(&directory.path().join(".mraos/demo-replay")), None);
}

/// A serving process.
struct Node {
    process: Child,
    address: String,
    log: std::path::PathBuf,
}

impl Node {
    fn start(data_dir: &Path) -> Self {
        let log = data_dir.join(format!("log-{:016x}", rand::random::<u64>()));
        let mut process = serve(data_dir, "127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("mraos listens on http://");
        let Some(address) = address.map(str::to_owned) else {
            panic!("no address in {line:?}; log: {}", fs::read_to_string(&log).unwrap());
        };
        Self { process, address, log }
    }

    /// Status of a GET; `None` if there is no answer.
    fn status(&self, path: &str) -> Option<u16> {
        self.ask("GET", path, "")
    }

    /// Status of a request; `None` if there is no answer.
    fn ask(&self, method: &str, path: &str, body: &str) -> Option<u16> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: mraos\r\nauthorization: Bearer {TOKEN}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.split(' ').nth(1)?.parse().ok()
    }

    /// Asks the process to stop, waits, and returns what it has logged.
    fn stop(mut self, signal: Signal) -> String {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
        let status = self.process.wait().unwrap();
        let log = fs::read_to_string(&self.log).unwrap();
        assert!(status.success(), "{status}; log: {log}");
        log
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn serve(data_dir: &Path, listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mraos"));
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.env("MRAOS_BOOTSTRAP_TOKEN", TOKEN).env("MRAOS_LOGGING__FORMAT", "json");
    command.arg("serve").arg("--data-dir").arg(data_dir).args(["--listen", listen]);
    command
}

/// A temporary directory that the database's user may pass through.
fn open_directory() -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    directory
}

fn database_pid(data_dir: &Path) -> Option<i32> {
    let lock = fs::read_to_string(data_dir.join("postgres/data/postmaster.pid")).ok()?;
    lock.lines().next()?.parse().ok()
}

fn runs(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| stat.contains("(postgres)") && !stat.contains(") Z "))
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < deadline, "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
