//! One transaction after another: lock, follow, load, decide, write, commit, answer.
//!
//! A lost connection is resolved, never guessed: under the lock the log says whether the batch's
//! first event is there. A data error splits the batch, so that one bad row harms nobody else.

use futures_util::future::join;
use mraos_store::log::Chain;
use mraos_store::{Head, IdempotencyRecord, StoreError, Writer, Writes};
use tokio::time::Instant as Moment;
use uuid::Uuid;

use super::ahead::{self, Begun, Spoilt};
use super::decide::{Decided, Decider};
use super::{Pending, Task, Told, count_bulk};
use crate::error::AppError;
use crate::submission::Submission;

/// How a chain of batches ended.
pub(super) enum Ending {
    /// Everybody has an answer, and nothing is under way.
    Done,
    /// The database refused the data; try in halves.
    Split(Vec<Pending>),
}

/// A batch whose turn it is.
pub(super) struct Turn {
    pub(super) pending: Vec<Pending>,
    /// What was done while the one before it was being written.
    pub(super) begun: Option<Begun>,
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

/// Runs a batch, and those that follow it without a pause.
pub(super) async fn run(task: &mut Task, pending: Vec<Pending>) -> Ending {
    let mut turn = Turn { pending, begun: None };
    let mut unresolved: Option<Unresolved> = None;
    loop {
        let (size, bulk, began) = (turn.pending.len(), count_bulk(&turn.pending), Moment::now());
        match attempt(task, &mut turn, &mut unresolved).await {
            Ok(next) => {
                let took = began.elapsed();
                metrics::histogram!("mraos_commit_batch_size").record(size as f64);
                metrics::histogram!("mraos_commit_seconds").record(took.as_secs_f64());
                if bulk > 0 {
                    task.queues.adapt_bulk_limit(bulk, took);
                }
                match next {
                    Some(next) => turn = next,
                    None => return Ending::Done,
                }
            }
            Err(failure) => {
                task.decider.reset();
                if failure.unresolved.is_some() {
                    unresolved = failure.unresolved;
                }
                match failure.error {
                    StoreError::Unavailable(reason) => {
                        tracing::warn!(%reason, "commit interrupted; trying again");
                        task.session.back_off().await;
                        turn.pending = give_up_late(turn.pending, unresolved.is_some());
                        if turn.pending.is_empty() {
                            return Ending::Done;
                        }
                    }
                    StoreError::Data(reason) if turn.pending.len() > 1 => {
                        tracing::error!(%reason, "the database refused a batch; splitting it");
                        task.session.discard();
                        return Ending::Split(turn.pending);
                    }
                    error => {
                        tracing::error!(%error, "commit failed");
                        task.session.discard();
                        refuse_all(turn.pending, &error);
                        return Ending::Done;
                    }
                }
            }
        }
    }
}

/// One attempt at a batch; the next one, if it was begun meanwhile.
async fn attempt(
    task: &mut Task,
    turn: &mut Turn,
    unresolved: &mut Option<Unresolved>,
) -> Result<Option<Turn>, Failure> {
    let begun = turn.begun.take();
    let (writer, _) = match &begun {
        Some(_) => task.session.opened()?,
        None => task.session.open().await?,
    };
    let (head, decided, writes) = match begun {
        Some(begun) if begun.holds() => (begun.head, begun.decided, begun.writes),
        Some(begun) => {
            task.decider.take_back(&begun.decided);
            decide(writer, &mut task.decider, turn, (begun.head, begun.recorded)).await?
        }
        None => {
            let keys = keys_of(turn.pending.iter().map(|one| &one.submission));
            let (head, recorded) = writer.begin(&keys).await?;
            if let Some(earlier) = unresolved.as_ref() {
                // While this cannot be read the outcome stays unresolved.
                let committed = earlier.answers_all(turn.pending.len())
                    && writer.holds(earlier.position, earlier.event_id).await?;
                if let (true, Some(earlier)) = (committed, unresolved.take()) {
                    if writer.rollback().await.is_err() {
                        task.session.discard();
                    }
                    task.told.answer(turn, earlier.decided);
                    return Ok(None);
                }
                *unresolved = None;
            }
            decide(writer, &mut task.decider, turn, (head, recorded)).await?
        }
    };
    match writes {
        Some(writes) => write(task, turn, (head, decided, writes)).await,
        None => {
            writer.rollback().await?;
            task.told.answer(turn, decided);
            Ok(None)
        }
    }
}

/// Decides a whole batch under the lock.
async fn decide(
    writer: &Writer,
    decider: &mut Decider,
    turn: &Turn,
    (head, recorded): (Head, Vec<IdempotencyRecord>),
) -> Result<(Head, Decided, Option<Writes>), StoreError> {
    let submissions = turn.pending.iter().map(|one| &one.submission);
    decider.follow(writer, &head).await?;
    decider.load(writer, submissions.clone()).await?;
    let mut decided = decider.begin(&head, recorded);
    decider.decide(writer, &mut decided, submissions).await?;
    let writes = match decided.batch.is_empty() {
        true => None,
        false => {
            let mut chain = Chain::after(&head);
            chain.add(&decided.batch.events)?;
            Some(writer.prepare(chain, &decided.batch, &decider.state).await?)
        }
    };
    Ok((head, decided, writes))
}

/// Writes, commits and answers; what waits is decided or at least loaded meanwhile.
async fn write(
    task: &mut Task,
    turn: &mut Turn,
    (head, decided, writes): (Head, Decided, Writes),
) -> Result<Option<Turn>, Failure> {
    let Task { session, decider, queues, told } = task;
    let (writer, reader) = session.opened()?;
    // As of now: the next batch may end more.
    let ended = decided.batch.changes.ended_allocations(&decider.state);
    if !decider.may_look_ahead() {
        queues.take_waiting();
        let next = queues.waiting.iter().map(|one| &one.submission);
        let committing = writer.commit(&writes, || ());
        let (committed, ()) = join(committing, decider.load_ahead(reader, next)).await;
        if let Err(error) = committed {
            return Err(lost(error, &head, decided));
        }
        decider.keep(decided.position, &ended);
        told.answer(turn, decided);
        return Ok(None);
    }
    let so_far = (&decided, &writes, turn.pending.len());
    let (committed, ahead) = ahead::commit((writer, reader), decider, queues, so_far).await;
    if let Err(error) = committed {
        ahead.give_up(queues);
        return Err(lost(error, &head, decided));
    }
    decider.keep(decided.position, &ended);
    told.answer(turn, decided);
    match ahead.begin(writer, decider, queues).await {
        Ok(next) => Ok(next),
        Err(Spoilt) => {
            decider.reset();
            session.discard();
            Ok(None)
        }
    }
}

/// The keys under which `submissions` may have been answered before, with their actors.
pub(super) fn keys_of<'a>(
    submissions: impl Iterator<Item = &'a Submission>,
) -> Vec<(String, String)> {
    let key =
        |one: &Submission| Some((one.actor.id.to_string(), one.idempotency.as_ref()?.key.clone()));
    submissions.filter_map(key).collect()
}

impl Unresolved {
    fn answers_all(&self, callers: usize) -> bool {
        self.decided.answers.len() == callers
    }
}

/// What to look for when the commit's fate is unknown.
fn lost(error: StoreError, head: &Head, decided: Decided) -> Failure {
    let first = decided.batch.events.first().map(|event| event.event_id);
    let position = head.position + 1;
    let unresolved = first.filter(|_| error.is_unavailable());
    let unresolved = unresolved.map(|event_id| Unresolved { position, event_id, decided });
    Failure { error, unresolved }
}

impl Told {
    /// Tells everybody what was decided, and the log's followers what was committed.
    fn answer(&self, turn: &mut Turn, decided: Decided) {
        self.feed.put(decided.batch.events, decided.orders);
        self.committed.send_if_modified(|last| {
            let newer = decided.position > *last;
            *last = (*last).max(decided.position);
            newer
        });
        for (pending, answer) in turn.pending.drain(..).zip(decided.answers) {
            // A caller that has gone needs no answer.
            pending.reply.send(answer).ok();
        }
    }
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
