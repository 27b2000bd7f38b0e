//! One transaction: lock, follow, load, decide, write, commit, answer.
//!
//! A lost connection is resolved, never guessed: under the lock the log says whether the batch's
//! first event is there. A data error splits the batch, so that one bad row harms nobody else.

use futures_util::future::join;
use mraos_store::{Head, NewEvent, StoreError};
use tokio::time::Instant as Moment;
use uuid::Uuid;

use super::decide::{Decided, Decider};
use super::session::Session;
use super::{Pending, Queues};
use crate::error::AppError;
use crate::submission::Submission;

/// How a batch ended.
pub(super) enum Ending {
    /// Everybody has an answer.
    Committed { position: i64, events: Vec<NewEvent> },
    /// The database refused the data; try in halves.
    Split(Vec<Pending>),
    /// Everybody has been told that it failed.
    Failed,
}

/// Where the first event of a batch would be, if it was committed.
struct Unresolved {
    position: i64,
    event_id: Uuid,
    decided: Decided,
}

/// A failure on the way, and whether the commit had been sent.
struct Failure {
    error: StoreError,
    unresolved: Option<Unresolved>,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self { error, unresolved: None }
    }
}

pub(super) async fn run(
    session: &mut Session,
    decider: &mut Decider,
    queues: &mut Queues,
    mut batch: Vec<Pending>,
) -> Ending {
    let mut unresolved: Option<Unresolved> = None;
    loop {
        match attempt(session, decider, queues, &batch, &mut unresolved).await {
            Ok(decided) => return answer(batch, decided),
            Err(failure) => {
                decider.reset();
                if failure.unresolved.is_some() {
                    unresolved = failure.unresolved;
                }
                match failure.error {
                    StoreError::Unavailable(reason) => {
                        tracing::warn!(%reason, "commit interrupted; trying again");
                        session.back_off().await;
                        batch = give_up_late(batch, unresolved.is_some());
                        if batch.is_empty() {
                            return Ending::Failed;
                        }
                    }
                    StoreError::Data(reason) if batch.len() > 1 => {
                        tracing::error!(%reason, "the database refused a batch; splitting it");
                        session.discard();
                        return Ending::Split(batch);
                    }
                    error => {
                        tracing::error!(%error, "commit failed");
                        session.discard();
                        refuse_all(batch, &error);
                        return Ending::Failed;
                    }
                }
            }
        }
    }
}

async fn attempt(
    session: &mut Session,
    decider: &mut Decider,
    queues: &mut Queues,
    batch: &[Pending],
    unresolved: &mut Option<Unresolved>,
) -> Result<Decided, Failure> {
    let (writer, reader) = session.open().await?;
    let submissions: Vec<&Submission> = batch.iter().map(|one| &one.submission).collect();
    let keys: Vec<(String, String)> = submissions
        .iter()
        .filter_map(|one| Some((one.actor.id.to_string(), one.idempotency.as_ref()?.key.clone())))
        .collect();
    let (head, recorded) = writer.begin(&keys).await?;
    if let Some(earlier) = unresolved.as_ref() {
        // While this cannot be read the outcome stays unresolved.
        let committed = earlier.answers_all(batch.len())
            && writer.holds(earlier.position, earlier.event_id).await?;
        if let (true, Some(earlier)) = (committed, unresolved.take()) {
            if writer.rollback().await.is_err() {
                session.discard();
            }
            return Ok(earlier.decided);
        }
        *unresolved = None;
    }
    decider.follow(writer, &head).await?;
    decider.load(writer, submissions.iter().copied()).await?;
    let decided = decider.decide(writer, &head, recorded, &submissions).await?;
    if decided.batch.is_empty() {
        writer.rollback().await?;
        decider.keep(head.position, &decided.batch.changes);
        return Ok(decided);
    }
    let writes = writer.prepare(&head, &decided.batch, &decider.state).await?;
    queues.take_ready();
    let next = queues.waiting.iter().map(|one| &one.submission);
    let (committed, ()) = join(writer.commit(&writes), decider.load_ahead(reader, next)).await;
    match committed {
        Ok(()) => {
            decider.keep(decided.position, &decided.batch.changes);
            Ok(decided)
        }
        Err(error) => Err(Failure { unresolved: lost(&error, &head, decided), error }),
    }
}

impl Unresolved {
    fn answers_all(&self, callers: usize) -> bool {
        self.decided.answers.len() == callers
    }
}

/// What to look for when the commit's fate is unknown.
fn lost(error: &StoreError, head: &Head, decided: Decided) -> Option<Unresolved> {
    let event_id = decided.batch.events.first()?.event_id;
    let position = head.position + 1;
    error.is_unavailable().then_some(Unresolved { position, event_id, decided })
}

fn answer(batch: Vec<Pending>, decided: Decided) -> Ending {
    for (pending, answer) in batch.into_iter().zip(decided.answers) {
        // A caller that has gone needs no answer.
        pending.reply.send(answer).ok();
    }
    Ending::Committed { position: decided.position, events: decided.batch.events }
}

fn refuse_all(batch: Vec<Pending>, error: &StoreError) {
    for pending in batch {
        pending.reply.send(Err(AppError::Internal(error.to_string()))).ok();
    }
}

/// Tells those who have waited too long. While an outcome is unresolved the batch stays whole,
/// so that its answers still fit; everybody is told only when the last one's time is up.
fn give_up_late(batch: Vec<Pending>, is_unresolved: bool) -> Vec<Pending> {
    let now = Moment::now();
    if is_unresolved && batch.iter().any(|one| one.deadline > now) {
        return batch;
    }
    let (late, waiting): (Vec<Pending>, Vec<Pending>) =
        batch.into_iter().partition(|one| one.deadline <= now);
    for pending in late {
        pending.reply.send(Err(AppError::Unavailable)).ok();
    }
    waiting
}
