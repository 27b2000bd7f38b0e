//! Watches the server from a thread of its own and starts it again when it has died.
//!
//! Every node of a data directory watches; whoever gets the transition lock restarts. Failed
//! attempts are repeated with growing pauses and without end, since the cause (a full disk, say)
//! may go away. A thread, not a task, so that a busy runtime cannot delay it.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use super::cluster::Cluster;
use super::error::PostgresError;
use super::{locks, process};

const CHECK_INTERVAL: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// The watching thread.
#[derive(Debug)]
pub(super) struct Supervisor {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Supervisor {
    pub(super) fn watch(cluster: Arc<Cluster>) -> Result<Self, PostgresError> {
        let (stop, stopped) = mpsc::channel();
        let server_dir = cluster.layout().server_dir().to_owned();
        let thread = std::thread::Builder::new()
            .name("postgres-supervisor".to_owned())
            .spawn(move || {
                let mut pause = CHECK_INTERVAL;
                while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                    pause = match revive(&cluster) {
                        Ok(()) => CHECK_INTERVAL,
                        Err(error) => {
                            tracing::error!(%error, "the embedded PostgreSQL is down");
                            (pause * 2).min(PAUSE_MAX)
                        }
                    };
                }
            })
            .map_err(PostgresError::file("start a thread to watch", &server_dir))?;
        Ok(Self { stop, thread })
    }

    /// Ends the watch; a restart that is under way is finished first.
    pub(super) fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the thread that watches the embedded PostgreSQL has panicked");
        }
    }
}

fn revive(cluster: &Cluster) -> Result<(), PostgresError> {
    let cluster_dir = cluster.layout().cluster_dir();
    let socket = cluster.layout().socket();
    let runs = || {
        process::live_postmaster(&cluster_dir).is_some() || process::accepts_connections(&socket)
    };
    if runs() {
        return Ok(());
    }
    // Whoever holds the lock is at it already.
    let Some(_transition) = locks::try_transition(cluster.layout())? else {
        return Ok(());
    };
    if runs() {
        return Ok(());
    }
    tracing::warn!("the embedded PostgreSQL has ended unexpectedly; starting it again");
    cluster.ensure_running()?;
    tracing::info!("the embedded PostgreSQL is back");
    Ok(())
}
