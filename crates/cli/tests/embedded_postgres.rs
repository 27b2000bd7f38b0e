//! The embedded PostgreSQL against real server programs: created, joined, killed, adopted.
//!
//! Each test has a data directory of its own. A process that is to be killed is this test binary
//! itself, started again on one ignored test that holds a server. As root the server runs as the
//! user `postgres`; what only root can meet is skipped for others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Lines};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use mraos::postgres::{Departure, EmbeddedOptions, EmbeddedPostgres, PostgresError};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

#[test]
fn a_first_start_creates_the_database_and_a_restart_keeps_it() {
    let directory = open_directory();
    let server = start(directory.path());
    query(&server, "create table kept (value text); insert into kept values ('still here')");
    assert_eq!(query(&server, "show fsync"), "on");
    assert_eq!(query(&server, "show listen_addresses"), "");
    assert_eq!(query(&server, "select current_database() || ' ' || current_user"), "mraos mraos");
    assert_eq!(query(&server, "show server_encoding"), "UTF8");
    assert_eq!(server.stop().unwrap(), Departure::Stopped);

    let server = start(directory.path());
    assert_eq!(query(&server, "select value from kept"), "still here");
}

#[test]
fn the_server_is_out_of_reach_of_the_terminal_and_of_our_environment() {
    let directory = open_directory();
    let server = start(directory.path());
    let pid = server.server_pid().unwrap();
    let own_group = rustix::process::getpgrp();
    assert_ne!(rustix::process::getpgid(Pid::from_raw(pid)).unwrap(), own_group);
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap();
    assert!(!String::from_utf8_lossy(&environment).contains("CARGO"));
}

#[test]
fn a_second_node_joins_and_the_last_one_stops_the_server() {
    let directory = open_directory();
    let first = start(directory.path());
    let second = start(directory.path());
    assert_eq!(first.server_pid(), second.server_pid());

    assert_eq!(first.stop().unwrap(), Departure::LeftRunning);
    assert_eq!(query(&second, "select 'alive'"), "alive");
    let pid = second.server_pid().unwrap();
    assert_eq!(second.stop().unwrap(), Departure::Stopped);
    // It may still be on its way out of the process table.
    wait_until("the server is gone", || !runs(pid));
}

#[test]
fn nodes_that_start_at_once_share_one_server() {
    let directory = open_directory();
    let nodes: Vec<EmbeddedPostgres> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| start(directory.path()))).collect();
        starts.into_iter().map(|started| started.join().unwrap()).collect()
    });
    let pids: Vec<_> = nodes.iter().map(EmbeddedPostgres::server_pid).collect();
    assert!(pids.iter().all(|pid| pid.is_some() && *pid == pids[0]), "{pids:?}");
    let departures: Vec<_> = nodes.into_iter().map(|node| node.stop().unwrap()).collect();
    assert_eq!(departures.iter().filter(|departure| **departure == Departure::Stopped).count(), 1);
    assert_eq!(departures.last(), Some(&Departure::Stopped));
}

#[test]
fn the_server_of_a_killed_node_is_adopted() {
    let directory = open_directory();
    let mut holder = Holder::start(directory.path());
    let pid = holder.wait_for_server();
    holder.kill();
    let log = fs::read_to_string(directory.path().join("postgres/server.log")).unwrap();
    assert!(runs(pid), "the server must outlive the node; its log:\n{log}");

    let server = start(directory.path());
    assert_eq!(server.server_pid(), Some(pid));
    assert_eq!(query(&server, "select 'adopted'"), "adopted");
    assert_eq!(server.stop().unwrap(), Departure::Stopped);
    wait_until("the server is gone", || !runs(pid));
}

#[test]
fn a_lock_file_of_a_dead_server_is_no_obstacle() {
    let directory = open_directory();
    let mut holder = Holder::start(directory.path());
    let pid = holder.wait_for_server();
    holder.kill();
    kill(pid);
    let server = start(directory.path());
    assert_ne!(server.server_pid(), Some(pid));
    assert_eq!(query(&server, "select 'recovered'"), "recovered");
}

#[test]
fn a_first_start_that_was_cut_short_is_made_good() {
    let directory = open_directory();
    let mut holder = Holder::start(directory.path());
    let server_dir = directory.path().join("postgres");
    wait_until("the cluster is being created", || {
        fs::read_dir(&server_dir)
            .is_ok_and(|entries| entries.flatten().any(|entry| entry.path().join("base").is_dir()))
    });
    holder.kill();
    let server = start(directory.path());
    assert_eq!(query(&server, "select 'whole'"), "whole");
}

#[test]
fn a_killed_server_comes_back_with_what_was_committed() {
    let directory = open_directory();
    let server = start(directory.path());
    query(&server, "create table counted (n int)");
    for round in 1..=3 {
        query(&server, &format!("insert into counted values ({round})"));
        let pid = server.server_pid().unwrap();
        kill(pid);
        wait_until("another server runs", || {
            server.server_pid().is_some_and(|new| new != pid)
                && try_query(&server.owner_url(), "select 1").is_ok()
        });
        assert_eq!(query(&server, "select count(*)::text from counted"), round.to_string());
    }
}

#[test]
fn a_node_that_is_frozen_does_not_keep_another_from_restarting_its_server() {
    let directory = open_directory();
    let mut frozen = Holder::start(directory.path());
    let pid = frozen.wait_for_server();
    let node = start(directory.path());
    let frozen_pid = Pid::from_child(&frozen.process);
    kill_process(frozen_pid, Signal::STOP).unwrap();
    // Its parent is frozen, so the killed server stays as a zombie under its old number.
    kill(pid);
    wait_until("the other node has started a server", || {
        node.server_pid().is_some_and(|new| new != pid)
            && try_query(&node.owner_url(), "select 1").is_ok()
    });
    assert_eq!(node.stop().unwrap(), Departure::LeftRunning, "the frozen node still counts");
    kill_process(frozen_pid, Signal::CONT).unwrap();
    frozen.leave();
    wait_until("the last node has stopped the server", || {
        mraos::postgres::running_owner_url(directory.path()).unwrap().is_none()
    });
}

#[test]
fn a_long_data_directory_gets_a_short_socket() {
    let directory = open_directory();
    let deep = directory.path().join("d".repeat(60)).join("e".repeat(60));
    let server = start(&deep);
    let socket_dir = server.socket_dir().to_owned();
    assert!(socket_dir.as_os_str().len() < 60, "{}", socket_dir.display());
    assert_eq!(query(&server, "select 'reached'"), "reached");
    drop(server);
    assert!(!socket_dir.exists());
}

#[test]
fn operators_can_add_settings_of_their_own() {
    let directory = open_directory();
    start(directory.path()).stop().unwrap();
    let local = directory.path().join("postgres/local.conf");
    fs::write(local, "work_mem = '7MB'\n").unwrap();
    assert_eq!(query(&start(directory.path()), "show work_mem"), "7MB");
}

#[test]
fn a_closed_directory_is_named_with_the_remedy() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let directory = open_directory();
    let closed = directory.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    let error = refuse(&options(&closed.join("below")));
    assert!(matches!(error, PostgresError::DirectoryClosed { .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains(&format!("chmod o+x {}", closed.display())), "{message}");
}

#[test]
fn a_directory_of_another_version_is_refused() {
    let directory = open_directory();
    let cluster_dir = directory.path().join("postgres/data");
    fs::create_dir_all(&cluster_dir).unwrap();
    fs::write(cluster_dir.join("PG_VERSION"), "9\n").unwrap();
    let error = refuse(&options(directory.path()));
    assert!(matches!(&error, PostgresError::VersionMismatch { on_disk, .. } if on_disk == "9"));
    assert!(error.to_string().contains("install PostgreSQL 9"), "{error}");
}

#[test]
fn missing_programs_and_users_are_named() {
    let directory = open_directory();
    let nowhere = directory.path().join("nowhere");
    let error = refuse(&EmbeddedOptions { bin_dir: Some(nowhere), ..options(directory.path()) });
    assert!(matches!(error, PostgresError::ProgramsMissing { .. }), "{error}");
    assert!(error.to_string().contains("nowhere"), "{error}");

    if rustix::process::geteuid().is_root() {
        let user = Some("nobody-of-that-name".to_owned());
        let error = refuse(&EmbeddedOptions { run_as_user: user, ..options(directory.path()) });
        assert!(error.to_string().contains("useradd"), "{error}");
        let root = Some("root".to_owned());
        let error = refuse(&EmbeddedOptions { run_as_user: root, ..options(directory.path()) });
        assert!(matches!(error, PostgresError::AccountIsRoot { .. }), "{error}");
    }
}

/// Not a test: what [`Holder`] runs in a process of its own, in the data directory.
#[test]
#[ignore = "only run by other tests, as a process to kill"]
fn hold_a_server_until_killed() {
    if !Path::new("held").exists() {
        return;
    }
    let server = start(&fs::canonicalize(".").unwrap());
    println!("\nserver {}", server.server_pid().unwrap());
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// A node in another process.
struct Holder {
    process: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Holder {
    fn start(directory: &Path) -> Self {
        fs::write(directory.join("held"), "").unwrap();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "hold_a_server_until_killed", "--ignored", "--nocapture"])
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, output }
    }

    fn wait_for_server(&mut self) -> i32 {
        let mut lines = self.output.by_ref().map(Result::unwrap);
        let line = lines.find(|line| line.starts_with("server "));
        line.expect("the other node starts")["server ".len()..].parse().unwrap()
    }

    /// Lets the node end in order.
    fn leave(&mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn options(data_dir: &Path) -> EmbeddedOptions {
    EmbeddedOptions { data_dir: data_dir.to_owned(), ..EmbeddedOptions::default() }
}

fn start(data_dir: &Path) -> EmbeddedPostgres {
    EmbeddedPostgres::start(&options(data_dir)).unwrap()
}

fn refuse(options: &EmbeddedOptions) -> PostgresError {
    EmbeddedPostgres::start(options).expect_err("must not start")
}

/// A temporary directory that the server's user may pass through.
fn open_directory() -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    directory
}

fn runs(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| stat.contains("(postgres)") && !stat.contains(") Z "))
}

fn kill(pid: i32) {
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < deadline, "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The first column of the last row that the statements return.
fn query(server: &EmbeddedPostgres, statements: &str) -> String {
    try_query(&server.owner_url(), statements).unwrap()
}

fn try_query(url: &str, statements: &str) -> Result<String, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        let connection = tokio::spawn(connection);
        let messages = client.simple_query(statements).await?;
        drop(client);
        let _ = connection.await;
        let last = messages.iter().rev().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok(last.unwrap_or_default().to_owned())
    })
}
