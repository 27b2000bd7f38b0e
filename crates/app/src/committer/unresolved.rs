//! Batches that were sent over a session that was lost: committed or not, nobody knows.
//!
//! Never guessed: under the lock, with whatever may still be under way shut out, the log says
//! whether a batch's first event is there. What is not there goes back into the queue.

use mraos_store::StoreError;
use tokio::time::Instant as Moment;

use super::decide::Decided;
use super::flight::Flight;
use super::{Pending, Task};
use crate::error::AppError;

pub(super) struct Unresolved {
    pending: Vec<Pending>,
    decided: Decided,
}

impl From<Flight> for Unresolved {
    fn from(flight: Flight) -> Self {
        Self { pending: flight.pending, decided: flight.decided }
    }
}

/// Finds out what became of the batches, in the order in which they were sent. As long as nobody
/// can say they stay whole; everybody is told only when the last one's time is up.
pub(super) async fn resolve(task: &mut Task, all: Vec<Unresolved>) {
    loop {
        task.session.back_off().await;
        let now = Moment::now();
        if all.iter().flat_map(|one| &one.pending).all(|one| one.deadline <= now) {
            return refuse(all, || AppError::Unavailable);
        }
        match find_committed(task, &all).await {
            Ok(committed) => return end(task, all, &committed),
            Err(StoreError::Unavailable(reason)) => {
                tracing::warn!(%reason, "not known yet whether a batch was committed");
            }
            Err(error) => {
                tracing::error!(%error, "not to be found out whether a batch was committed");
                task.session.discard();
                return refuse(all, || AppError::Internal(error.to_string()));
            }
        }
    }
}

/// Which of them the log holds; the others can never be committed any more.
async fn find_committed(task: &mut Task, all: &[Unresolved]) -> Result<Vec<bool>, StoreError> {
    let writer = task.session.open().await?.writer;
    writer.shut_out().await?;
    let mut committed = Vec::with_capacity(all.len());
    for one in all {
        // Without an event nothing has happened that could happen twice.
        committed.push(match one.decided.batch.events.first() {
            Some(first) => writer.holds(first.recorded.position, first.event_id).await?,
            None => false,
        });
    }
    writer.end().await?;
    Ok(committed)
}

fn end(task: &mut Task, all: Vec<Unresolved>, committed: &[bool]) {
    let mut again = Vec::new();
    for (Unresolved { mut pending, decided }, is_committed) in all.into_iter().zip(committed) {
        match is_committed {
            true => task.told.answer(&mut pending, decided),
            false => again.extend(pending),
        }
    }
    task.queues.put_back(again);
}

fn refuse(all: Vec<Unresolved>, error: impl Fn() -> AppError) {
    for pending in all.into_iter().flat_map(|one| one.pending) {
        pending.reply.send(Err(error())).ok();
    }
}
