//! One cluster on disk and the server on it: create, start, join, stop.
//!
//! Callers hold the transition lock, so nothing here races with another node. A cluster appears
//! under its name only when it is complete and on disk; the server's own lock file is removed only
//! when no process of the cluster is left, since it protects the data from two servers at once.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use mraos_store::probe::EXTENSIONS;
use rustix::process::Signal;

use super::account::Account;
use super::error::PostgresError;
use super::layout::{Layout, PORT};
use super::process::{self, LockFile, ServerState};
use super::programs::Programs;
use super::{DATABASE, OWNER, settings};

const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// Crash recovery replays at most a few gigabytes of log; this is far beyond it.
const START_PATIENCE: Duration = Duration::from_secs(600);
/// After this long a stop is forced, and the next start recovers.
const STOP_PATIENCE: Duration = Duration::from_secs(60);
/// Orphans notice by themselves that their postmaster is gone, unless they are busy.
const ORPHAN_PATIENCE: Duration = Duration::from_secs(2);
const LOG_FILE_MAX_BYTES: u64 = 16 * 1024 * 1024;
const LOG_TAIL_LINES: usize = 12;

/// A cluster with what it takes to run it.
#[derive(Debug)]
pub(super) struct Cluster {
    layout: Layout,
    account: Account,
    programs: Programs,
}

impl Cluster {
    pub(super) fn new(layout: Layout, account: Account, programs: Programs) -> Self {
        Self { layout, account, programs }
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Creates the cluster on first use; an attempt that was cut short leaves only a stray
    /// directory, which the next attempt removes.
    pub(super) fn ensure_created(&self) -> Result<(), PostgresError> {
        self.remove_unfinished();
        if self.layout.cluster_dir().join("PG_VERSION").exists() {
            return Ok(());
        }
        let unfinished = self.layout.server_dir().join(format!("creating-{}", std::process::id()));
        tracing::info!(directory = %self.layout.cluster_dir().display(), "creating the database");
        self.initialise(&unfinished)?;
        fs::write(unfinished.join("pg_hba.conf"), "local all all trust\n")
            .map_err(PostgresError::file("write", &unfinished))?;
        self.create_database(&unfinished)?;
        let finished = self.layout.cluster_dir();
        fs::rename(&unfinished, &finished).map_err(PostgresError::file("create", &finished))?;
        sync_directory(self.layout.server_dir())
    }

    fn remove_unfinished(&self) {
        let Ok(entries) = fs::read_dir(self.layout.server_dir()) else {
            return;
        };
        for entry in entries.flatten() {
            let is_unfinished =
                entry.file_name().to_str().is_some_and(|name| name.starts_with("creating-"));
            if is_unfinished && let Err(error) = fs::remove_dir_all(entry.path()) {
                tracing::warn!(path = %entry.path().display(), %error, "cannot remove");
            }
        }
    }

    fn initialise(&self, directory: &Path) -> Result<(), PostgresError> {
        let mut command = self.account.command(&self.programs.program("initdb"));
        command.arg("-D").arg(directory).args(["-U", OWNER, "-A", "trust", "-E", "UTF8"]);
        command.args(["--locale=C.UTF-8", "--data-checksums", "--no-instructions"]);
        run("initdb", &mut command, None).map(drop)
    }

    /// Without a server: PostgreSQL's single-user mode reads statements from its input.
    fn create_database(&self, directory: &Path) -> Result<(), PostgresError> {
        let mut command = self.account.command(&self.programs.program("postgres"));
        command.args(["--single", "-c", "log_checkpoints=off", "-D"]).arg(directory);
        command.arg("template1");
        let names = EXTENSIONS.map(|name| format!("'{name}'")).join(", ");
        let script = format!(
            "select name from pg_available_extensions where name in ({names})\n\
             create database {DATABASE}\n"
        );
        let output = run("postgres --single", &mut command, Some(&script))?;
        let answer = String::from_utf8_lossy(&output.stdout);
        let missing: Vec<&str> = EXTENSIONS
            .into_iter()
            .filter(|name| !answer.contains(&format!("name = \"{name}\"")))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(PostgresError::ContribMissing {
            missing: missing.join(", "),
            major: self.programs.major(),
            bin_dir: self.programs.bin_dir().to_owned(),
        })
    }

    /// Joins the server if one runs, else starts it; returns when it accepts connections.
    pub(super) fn ensure_running(&self) -> Result<(), PostgresError> {
        let deadline = Instant::now() + START_PATIENCE;
        while Instant::now() < deadline {
            if let Some(pid) = process::live_postmaster(&self.layout.cluster_dir()) {
                if self.wait_until_ready(pid, None, deadline)? {
                    return Ok(());
                }
                continue;
            }
            if process::accepts_connections(&self.layout.socket()) {
                return Ok(());
            }
            self.clear_remains();
            let mut server = self.spawn_server()?;
            let pid = server.id().cast_signed();
            let ready = self.wait_until_ready(pid, Some(&mut server), deadline);
            reap_in_background(server);
            if ready? {
                return Ok(());
            }
        }
        Err(self.timed_out("starting the embedded PostgreSQL", START_PATIENCE))
    }

    /// Waits until no process of a dead server is left, then removes its lock files: the next
    /// server would take a zombie, or another process under the same number, for the old one.
    fn clear_remains(&self) {
        let cluster_dir = self.layout.cluster_dir();
        let started = Instant::now();
        let mut signal = Signal::QUIT;
        loop {
            let Some(orphans) = process::processes_of(&cluster_dir) else {
                return;
            };
            if orphans.is_empty() {
                break;
            }
            if process::live_postmaster(&cluster_dir).is_some() {
                return;
            }
            if started.elapsed() > ORPHAN_PATIENCE {
                tracing::warn!(?orphans, "ending processes of a server that has died");
                orphans.iter().for_each(|&pid| process::send(pid, signal));
                signal = Signal::KILL;
            }
            std::thread::sleep(POLL_INTERVAL * 10);
        }
        let postmaster = cluster_dir.join("postmaster.pid");
        for stale in [postmaster, self.layout.socket_lock(), self.layout.socket()] {
            let _ = fs::remove_file(stale);
        }
    }

    fn spawn_server(&self) -> Result<Child, PostgresError> {
        self.write_settings()?;
        let log = self.open_log()?;
        let errors =
            log.try_clone().map_err(PostgresError::file("open", &self.layout.log_file()))?;
        let server = self.programs.program("postgres");
        self.account
            .command(&server)
            .arg("-D")
            .arg(self.layout.cluster_dir())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(PostgresError::file("run", &server))
    }

    fn write_settings(&self) -> Result<(), PostgresError> {
        let cluster_dir = self.layout.cluster_dir();
        let mut text = settings::render(self.layout.socket_dir(), PORT, self.wal_compression());
        if self.layout.server_dir().join("local.conf").exists() {
            text.push_str("include = '../local.conf'\n");
        }
        let path = cluster_dir.join("postgresql.conf");
        let new = cluster_dir.join("postgresql.conf.new");
        let write = || {
            let mut file = File::create(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(PostgresError::file("write", &new))?;
        self.account.own(&new)?;
        fs::rename(&new, &path).map_err(PostgresError::file("replace", &path))
    }

    /// The best method that these programs were built with.
    fn wal_compression(&self) -> &'static str {
        let accepts_lz4 = self
            .account
            .command(&self.programs.program("postgres"))
            .args(["-C", "wal_compression", "-c", "wal_compression=lz4", "-D"])
            .arg(self.layout.cluster_dir())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if accepts_lz4 { "lz4" } else { "on" }
    }

    fn open_log(&self) -> Result<File, PostgresError> {
        let path = self.layout.log_file();
        if fs::metadata(&path).is_ok_and(|found| found.size() > LOG_FILE_MAX_BYTES) {
            let _ = fs::rename(&path, self.layout.server_dir().join("server.log.1"));
        }
        let log = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        log.map_err(PostgresError::file("open", &path))
    }

    /// `false` when the server ended although it was not ours; ours ending is an error.
    fn wait_until_ready(
        &self,
        pid: i32,
        mut child: Option<&mut Child>,
        deadline: Instant,
    ) -> Result<bool, PostgresError> {
        let cluster_dir = self.layout.cluster_dir();
        while Instant::now() < deadline {
            let ended = match child.as_deref_mut() {
                Some(child) => child
                    .try_wait()
                    .map_err(PostgresError::file("wait for", &cluster_dir))?
                    .map(|status| status.to_string()),
                None if process::is_live(pid, &cluster_dir) => None,
                None => return Ok(false),
            };
            if let Some(status) = ended {
                return Err(self.start_failed(status));
            }
            let ready = LockFile { pid, state: ServerState::Ready };
            if LockFile::read(&cluster_dir) == Some(ready) {
                return Ok(true);
            }
            std::thread::sleep(POLL_INTERVAL);
        }
        Err(self
            .timed_out("waiting for the embedded PostgreSQL to accept connections", START_PATIENCE))
    }

    /// Stops the server as an administrator would: transactions are cut, everything is written.
    pub(super) fn stop_server(&self) -> Result<(), PostgresError> {
        let cluster_dir = self.layout.cluster_dir();
        let Some(pid) = process::live_postmaster(&cluster_dir) else {
            return Ok(());
        };
        for signal in [Signal::INT, Signal::QUIT] {
            process::send(pid, signal);
            let deadline = Instant::now() + STOP_PATIENCE;
            while Instant::now() < deadline {
                if !process::is_live(pid, &cluster_dir) {
                    self.layout.remove_short_socket_dir();
                    return Ok(());
                }
                std::thread::sleep(POLL_INTERVAL);
            }
        }
        Err(self.timed_out("stopping the embedded PostgreSQL", STOP_PATIENCE))
    }

    fn start_failed(&self, status: String) -> PostgresError {
        let log_file = self.layout.log_file();
        let log = fs::read(&log_file).unwrap_or_default();
        let log_tail = last_lines(&String::from_utf8_lossy(&log));
        PostgresError::StartFailed { status, log_file, log_tail }
    }

    fn timed_out(&self, action: &'static str, patience: Duration) -> PostgresError {
        let log_file = self.layout.log_file();
        PostgresError::TimedOut { action, seconds: patience.as_secs(), log_file }
    }
}

/// Somebody has to take note of the server's end, or it would stay as a zombie.
fn reap_in_background(mut server: Child) {
    std::thread::spawn(move || server.wait());
}

fn run(
    program: &'static str,
    command: &mut Command,
    input: Option<&str>,
) -> Result<Output, PostgresError> {
    let path = Path::new(command.get_program()).to_owned();
    let fail = |source| PostgresError::File { action: "run", path: path.clone(), source };
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().map_err(fail)?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        stdin.write_all(input.as_bytes()).map_err(fail)?;
    }
    let output = child.wait_with_output().map_err(fail)?;
    if output.status.success() {
        return Ok(output);
    }
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    Err(PostgresError::ProgramFailed {
        program,
        status: output.status.to_string(),
        output: last_lines(&String::from_utf8_lossy(&text)),
    })
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
}

fn sync_directory(directory: &Path) -> Result<(), PostgresError> {
    File::open(directory)
        .and_then(|opened| opened.sync_all())
        .map_err(PostgresError::file("write", directory))
}
