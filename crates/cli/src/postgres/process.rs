//! What runs: the server's lock file read, processes recognised, signals sent.
//!
//! A process id alone proves nothing (it may be reused, or a zombie that nobody reaps), so where
//! `/proc` exists a server is recognised by its state, name and working directory. Nothing here
//! signals a process that it has not recognised as one of this cluster.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// How far the server that wrote a lock file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerState {
    /// Accepts connections.
    Ready,
    /// Starting, recovering or stopping.
    Busy,
}

/// The server's lock file: who runs, and how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LockFile {
    pub(super) pid: i32,
    pub(super) state: ServerState,
}

impl LockFile {
    pub(super) fn read(cluster_dir: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster_dir.join("postmaster.pid")).ok()?)
    }

    /// First line the process id, eighth the state, which is padded with blanks.
    fn parse(content: &str) -> Option<Self> {
        let mut lines = content.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        let ready = lines.nth(6).is_some_and(|state| state.trim() == "ready");
        let state = if ready { ServerState::Ready } else { ServerState::Busy };
        Some(Self { pid, state })
    }
}

/// The process id of the server that runs on this cluster now.
pub(super) fn live_postmaster(cluster_dir: &Path) -> Option<i32> {
    let lock_file = LockFile::read(cluster_dir)?;
    is_live(lock_file.pid, cluster_dir).then_some(lock_file.pid)
}

pub(super) fn is_live(pid: i32, cluster_dir: &Path) -> bool {
    if !has_proc() {
        return Pid::from_raw(pid).is_some_and(|pid| test_kill_process(pid).is_ok());
    }
    is_running_server(pid) && in_directory(pid, cluster_dir).unwrap_or(true)
}

/// Server processes of this cluster that are left after their postmaster is gone, or `None` where
/// that cannot be known.
pub(super) fn processes_of(cluster_dir: &Path) -> Option<Vec<i32>> {
    if !has_proc() {
        return None;
    }
    let mut members = Vec::new();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if is_running_server(pid) && in_directory(pid, cluster_dir)? {
            members.push(pid);
        }
    }
    Some(members)
}

/// Whether a server listens that may live where its processes cannot be seen, such as in another
/// container that shares the data directory.
pub(super) fn accepts_connections(socket: &Path) -> bool {
    UnixStream::connect(socket).is_ok()
}

/// Sends a signal; that the process is gone already is no failure.
pub(super) fn send(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid)
        && let Err(error) = kill_process(pid, signal)
    {
        tracing::debug!(?pid, ?signal, %error, "signal not delivered");
    }
}

fn has_proc() -> bool {
    Path::new("/proc/self/stat").exists()
}

/// Whether a process is a PostgreSQL server that is not a zombie.
fn is_running_server(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| describes_server(&stat))
}

fn describes_server(stat: &str) -> bool {
    let Some((name, rest)) = stat.rsplit_once(") ") else {
        return false;
    };
    let dead = rest.starts_with(['Z', 'X']);
    !dead && name.ends_with("(postgres")
}

/// `None` when the system does not let us see it; a process that has just ended is nowhere.
fn in_directory(pid: i32, cluster_dir: &Path) -> Option<bool> {
    let directory = fs::metadata(cluster_dir).ok()?;
    // A server runs as the owner of its cluster, so others' processes are not looked into.
    if fs::metadata(format!("/proc/{pid}")).is_ok_and(|found| found.uid() != directory.uid()) {
        return Some(false);
    }
    // Compared by identity, as one directory may have several paths.
    match fs::metadata(format!("/proc/{pid}/cwd")) {
        Ok(found) => Some((found.dev(), found.ino()) == (directory.dev(), directory.ino())),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => None,
        Err(_) => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_tells_process_and_state() {
        let ready = "4711\n/data\n1700000000\n5432\n/run\n\n  1 2\nready   \n";
        assert_eq!(LockFile::parse(ready), Some(LockFile { pid: 4711, state: ServerState::Ready }));
        let young = "4711\n/data\n1700000000\n5432\n";
        assert_eq!(LockFile::parse(young), Some(LockFile { pid: 4711, state: ServerState::Busy }));
        assert_eq!(LockFile::parse(""), None);
    }

    #[test]
    fn zombies_and_namesakes_are_no_servers() {
        assert!(describes_server("12 (postgres) S 1 12"));
        assert!(!describes_server("12 (postgres) Z 1 12"));
        assert!(!describes_server("12 (bash) S 1 12"));
        assert!(!is_live(std::process::id().cast_signed(), Path::new("/")));
    }
}
