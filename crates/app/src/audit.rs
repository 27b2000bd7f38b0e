//! The audit of reads: nobody sees personal or audit data without a row that says so.
//!
//! A read puts its row into a bounded queue before it is answered; a writer takes what waits to the
//! database several times a second. A full queue makes reads wait and then fail: nothing is shown
//! unrecorded. Stopping, the writer finishes what is queued.

use std::sync::RwLock;
use std::time::Duration;

use mraos_store::Store;
pub use mraos_store::data_access::{AccessPage, AuditedAccess, DataAccess, SEVERAL};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::error::AppError;

/// Rows that wait to be written; more make reads wait.
const QUEUE: usize = 10_000;
/// Most rows of one statement.
const MOST_AT_ONCE: usize = 200;
/// Rows of so long travel together.
const GATHERING: Duration = Duration::from_millis(200);
/// How long a read waits for room.
const PATIENCE: Duration = Duration::from_secs(2);
/// After a failure the same rows are tried again.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(500);
/// How often a stopping node tries to write the last rows.
const LAST_TRIES: u32 = 10;

/// The way to the audit of reads.
pub(crate) struct Audit {
    queue: RwLock<Option<mpsc::Sender<DataAccess>>>,
    writing: Mutex<Option<JoinHandle<()>>>,
}

impl Audit {
    /// Starts the writer.
    pub(crate) fn start(store: Store) -> Self {
        Self::with_room(store, QUEUE)
    }

    fn with_room(store: Store, room: usize) -> Self {
        let (queue, waiting) = mpsc::channel(room);
        let writing = tokio::spawn(write(store, waiting));
        Self { queue: RwLock::new(Some(queue)), writing: Mutex::new(Some(writing)) }
    }

    /// Notes an access that is about to be answered; without this it must not be.
    pub(crate) async fn note(&self, access: DataAccess) -> Result<(), AppError> {
        let queue = self.queue.read().ok().and_then(|queue| queue.clone());
        let queue = queue.ok_or(AppError::Unavailable)?;
        match tokio::time::timeout(PATIENCE, queue.send(access)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(AppError::Unavailable),
            Err(_) => {
                metrics::counter!("mraos_audit_refused_reads_total").increment(1);
                Err(AppError::Overloaded)
            }
        }
    }

    /// Takes no more and waits until everything is written.
    pub(crate) async fn stop(&self) {
        if let Ok(mut queue) = self.queue.write() {
            queue.take();
        }
        if let Some(writing) = self.writing.lock().await.take()
            && let Err(error) = writing.await
        {
            tracing::error!(%error, "the audit of reads ended badly");
        }
    }
}

async fn write(store: Store, mut waiting: mpsc::Receiver<DataAccess>) {
    loop {
        let batch = gather(&mut waiting).await;
        if batch.is_empty() || !is_written(&store, &batch, &waiting).await {
            return;
        }
    }
}

/// What waits, together with what comes within moments; nothing when nothing can come.
async fn gather(waiting: &mut mpsc::Receiver<DataAccess>) -> Vec<DataAccess> {
    let mut batch = Vec::new();
    if waiting.recv_many(&mut batch, MOST_AT_ONCE).await == 0 {
        return batch;
    }
    if batch.len() < MOST_AT_ONCE && !waiting.is_closed() {
        tokio::time::sleep(GATHERING).await;
    }
    while batch.len() < MOST_AT_ONCE
        && let Ok(more) = waiting.try_recv()
    {
        batch.push(more);
    }
    batch
}

/// Writes a batch, however long that takes; false if a stopping node had to give up.
async fn is_written(
    store: &Store,
    batch: &[DataAccess],
    waiting: &mpsc::Receiver<DataAccess>,
) -> bool {
    let mut failures = 0;
    while let Err(error) = store.write_accesses(batch).await {
        failures += 1;
        tracing::warn!(%error, rows = batch.len(), "the audit of reads is not written yet");
        if waiting.is_closed() && failures >= LAST_TRIES {
            tracing::error!(rows = batch.len() + waiting.len(), "reads stay unaudited");
            return false;
        }
        tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
    }
    metrics::counter!("mraos_audit_rows_total").increment(batch.len() as u64);
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use mraos_store::ConnectOptions;

    use super::*;

    fn access() -> DataAccess {
        DataAccess {
            user_id: "S-1".to_owned(),
            accessed_at: jiff::Timestamp::UNIX_EPOCH,
            entity_type: "operator".to_owned(),
            entity_id: "O-1".to_owned(),
            entity_ids: Vec::new(),
            action: "read".to_owned(),
            ip_address: None,
            user_agent: None,
            query_executed: String::new(),
        }
    }

    #[tokio::test]
    async fn without_room_for_the_row_there_is_no_answer() {
        // Nobody listens there, so that nothing is ever written.
        let nowhere = ConnectOptions::parse("postgres://nobody@127.0.0.1:1/none", 1).unwrap();
        let audit = Audit::with_room(Store::new(&nowhere).unwrap(), 1);
        let mut noted = 0;
        let refused = loop {
            match audit.note(access()).await {
                Ok(()) => noted += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, AppError::Overloaded), "{refused}");
        assert!(noted <= 3, "{noted}");
    }
}
