//! File locks by which the nodes of one data directory agree on the server's life.
//!
//! One lock is held exclusively by who creates, starts or stops the server; another is held
//! shared by every node while it lives. The system drops both with the process that held them, so
//! a killed node never has to be cleaned up after. The files stay; only the locks on them count.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

use super::error::PostgresError;
use super::layout::Layout;

/// Creating a cluster on a slow disk and a long crash recovery fit into this.
const TRANSITION_PATIENCE: Duration = Duration::from_secs(600);
const RETRY_INTERVAL: Duration = Duration::from_millis(10);

/// The exclusive right to start or stop the server, while it is held.
#[derive(Debug)]
pub(super) struct Transition {
    _file: File,
}

/// Waits for the right to start or stop the server.
pub(super) fn begin_transition(layout: &Layout) -> Result<Transition, PostgresError> {
    let deadline = Instant::now() + TRANSITION_PATIENCE;
    loop {
        if let Some(transition) = try_transition(layout)? {
            return Ok(transition);
        }
        if Instant::now() >= deadline {
            return Err(PostgresError::TimedOut {
                action: "waiting for another mraos to start or stop the embedded PostgreSQL",
                seconds: TRANSITION_PATIENCE.as_secs(),
                log_file: layout.log_file(),
            });
        }
        std::thread::sleep(RETRY_INTERVAL);
    }
}

/// The right to start or stop the server, unless another node has it.
pub(super) fn try_transition(layout: &Layout) -> Result<Option<Transition>, PostgresError> {
    let path = layout.transition_lock();
    let file = open(&path)?;
    let taken = try_lock(&file, &path, FlockOperation::NonBlockingLockExclusive)?;
    Ok(taken.then_some(Transition { _file: file }))
}

/// This node's mark that it uses the server.
#[derive(Debug)]
pub(super) struct Membership {
    file: File,
    path: std::path::PathBuf,
}

impl Membership {
    /// Needs a [`Transition`] to be held, as only then nobody tests for the last member.
    pub(super) fn join(layout: &Layout) -> Result<Self, PostgresError> {
        let path = layout.server_dir().join("nodes.lock");
        let file = open(&path)?;
        flock(&file, FlockOperation::LockShared)
            .map_err(|error| PostgresError::file("lock", &path)(error.into()))?;
        Ok(Self { file, path })
    }

    /// Gives the mark up and tells whether it was the last one; needs a [`Transition`].
    pub(super) fn leave_as_last(self) -> Result<bool, PostgresError> {
        try_lock(&self.file, &self.path, FlockOperation::NonBlockingLockExclusive)
    }
}

fn open(path: &Path) -> Result<File, PostgresError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(PostgresError::file("open", path))
}

fn try_lock(file: &File, path: &Path, kind: FlockOperation) -> Result<bool, PostgresError> {
    match flock(file, kind) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(PostgresError::file("lock", path)(error.into())),
    }
}
