//! One transaction after another: decide, write, commit, answer.
//!
//! Alone on the log, a batch is decided on the head that is known and takes the lock with its
//! writes; else under the lock, and so it is decided again when somebody else was first. A data
//! error splits the batch, so that one bad row harms nobody else.

use futures_util::future::join;
use mraos_store::log::Chain;
use mraos_store::{StoreError, Writes};
use tokio::time::Instant as Moment;

use super::ahead::{self, Ahead, Next};
use super::decide::Decided;
use super::flight::Flight;
use super::session::Sessions;
use super::unresolved::{Unresolved, resolve};
use super::{Pending, Task, Told, count_bulk};
use crate::error::AppError;
use crate::submission::Submission;

/// How a chain of batches ended.
pub(super) enum Ending {
    /// Everybody has an answer or waits again, and nothing is under way.
    Done,
    /// The database refused the data; try in halves.
    Split(Vec<Pending>),
}

/// Why a batch is not committed.
enum Failure {
    /// The log was not as it was decided on.
    Overtaken(Vec<Pending>),
    /// Nothing of it is in the log.
    Failed(StoreError, Vec<Pending>),
    /// The session was lost when it had been sent, perhaps with the one behind it.
    Lost(String, Vec<Unresolved>),
}

/// Runs a batch, and those that follow it without a pause.
pub(super) async fn run(task: &mut Task, mut pending: Vec<Pending>) -> Ending {
    let mut flight: Option<Flight> = None;
    let mut may_guess = true;
    loop {
        let (began, bulk) = match &flight {
            Some(flight) => (Moment::now(), count_bulk(&flight.pending)),
            None => (Moment::now(), 0),
        };
        let result = match flight.take() {
            Some(flight) => land(task, flight).await,
            None => start(task, std::mem::take(&mut pending), may_guess).await,
        };
        if bulk > 0 {
            task.queues.adapt_bulk_limit(bulk, began.elapsed());
        }
        match result {
            Ok(Some(next)) => flight = Some(next),
            Ok(None) => return Ending::Done,
            Err(Failure::Overtaken(all)) => {
                metrics::counter!("mraos_commit_overtaken_total").increment(1);
                may_guess = false;
                pending = all;
            }
            Err(Failure::Failed(error, all)) => match recover(task, error, all).await {
                Ok(all) => pending = all,
                Err(ending) => return ending,
            },
            Err(Failure::Lost(reason, all)) => {
                tracing::warn!(%reason, "commit interrupted");
                task.decider.reset();
                resolve(task, all).await;
                return Ending::Done;
            }
        }
    }
}

/// Those who try again after an error, if anybody does.
async fn recover(
    task: &mut Task,
    error: StoreError,
    pending: Vec<Pending>,
) -> Result<Vec<Pending>, Ending> {
    task.decider.reset();
    match error {
        StoreError::Unavailable(reason) => {
            tracing::warn!(%reason, "commit interrupted; trying again");
            task.session.back_off().await;
            let waiting = give_up_late(pending);
            if waiting.is_empty() { Err(Ending::Done) } else { Ok(waiting) }
        }
        StoreError::Data(reason) if pending.len() > 1 => {
            tracing::error!(%reason, "the database refused a batch; splitting it");
            task.session.discard();
            Err(Ending::Split(pending))
        }
        error => {
            tracing::error!(%error, "commit failed");
            task.session.discard();
            refuse_all(pending, &error);
            Err(Ending::Done)
        }
    }
}

/// Decides a batch and sends it; nothing is under way if there was nothing to write.
async fn start(
    task: &mut Task,
    mut pending: Vec<Pending>,
    may_guess: bool,
) -> Result<Option<Flight>, Failure> {
    let sessions = match task.session.open().await {
        Ok(sessions) => sessions,
        Err(error) => return Err(Failure::Failed(error, pending)),
    };
    let Task { decider, queues, .. } = &mut *task;
    if may_guess && decider.may_look_ahead() {
        let head = decider.head.clone();
        let ahead = Ahead::new(&head, decider.begin(&head, Vec::new()), (pending, 0));
        match ahead.send(&sessions, (decider, queues)).await {
            Next::Sent(flight) => return Ok(Some(flight)),
            Next::Deciding(spoilt) => {
                decider.reset();
                pending = spoilt.pending;
                if pending.is_empty() {
                    return Ok(None);
                }
            }
        }
    }
    match decide_under_lock(task, &sessions, &pending).await {
        Ok((decided, Some(writes))) => {
            Ok(Some(Flight::start(sessions, (pending, decided), writes).await))
        }
        Ok((decided, None)) => {
            task.told.answer(&mut pending, decided);
            Ok(None)
        }
        Err(error) => Err(Failure::Failed(error, pending)),
    }
}

/// Takes the lock and decides; gives it back if there is nothing to write.
async fn decide_under_lock(
    task: &mut Task,
    sessions: &Sessions,
    pending: &[Pending],
) -> Result<(Decided, Option<Writes>), StoreError> {
    let (writer, decider) = (&sessions.writer, &mut task.decider);
    let submissions = pending.iter().map(|one| &one.submission);
    let (head, recorded) = writer.begin(&keys_of(submissions.clone())).await?;
    decider.follow(writer, &head).await?;
    decider.load(writer, submissions.clone()).await?;
    let mut decided = decider.begin(&head, recorded);
    decider.decide(writer, &mut decided, submissions).await?;
    if decided.batch.is_empty() {
        writer.rollback().await?;
        return Ok((decided, None));
    }
    let mut chain = Chain::after(&head);
    chain.add(&decided.batch.events)?;
    let writes = writer.prepare(chain, (&decided.batch, &decider.state), None).await?;
    Ok((decided, Some(writes)))
}

/// Waits until a batch is committed and answers its callers; what waits is decided or at least
/// loaded meanwhile. The next one, if it is on its way.
async fn land(task: &mut Task, mut flight: Flight) -> Result<Option<Flight>, Failure> {
    let began = Moment::now();
    let Task { decider, queues, told, .. } = task;
    // As of now: the next batch may end more.
    let ended = flight.decided.batch.changes.ended_allocations(&decider.state);
    let next = if decider.may_look_ahead() {
        Some(ahead::follow(&mut flight, decider, queues).await)
    } else {
        queues.take_waiting();
        let waiting = queues.waiting.iter().map(|one| &one.submission);
        join(&mut flight.landing, decider.load_ahead(&flight.sessions.reader, waiting)).await;
        None
    };
    if let Err(error) = flight.result() {
        return Err(fail(task, error, flight, next).await);
    }
    metrics::histogram!("mraos_commit_batch_size").record(flight.pending.len() as f64);
    metrics::histogram!("mraos_commit_seconds").record(began.elapsed().as_secs_f64());
    let Flight { sessions, mut pending, decided, head, .. } = flight;
    decider.keep(head, &ended);
    told.answer(&mut pending, decided);
    let next = match next {
        Some(Next::Deciding(ahead)) => Some(ahead.send(&sessions, (decider, queues)).await),
        next => next,
    };
    match next {
        Some(Next::Sent(flight)) => return Ok(Some(flight)),
        Some(Next::Deciding(ahead)) => {
            if ahead.is_spoilt {
                decider.reset();
            }
            queues.put_back(ahead.pending);
        }
        None => {}
    }
    Ok(None)
}

/// Sorts out what becomes of a batch that did not land, and of the one behind it.
async fn fail(task: &mut Task, error: StoreError, flight: Flight, next: Option<Next>) -> Failure {
    let behind = match next {
        Some(Next::Sent(next)) if error.is_unavailable() => {
            return Failure::Lost(error.to_string(), vec![flight.into(), next.into()]);
        }
        // It expects this one in the log, so the database refuses it; but nothing is believed
        // except its own answer.
        Some(Next::Sent(mut next)) => {
            (&mut next.landing).await;
            match next.result() {
                Err(refused) if !refused.is_unavailable() => Some((next.pending, next.decided)),
                _ => return Failure::Lost(error.to_string(), vec![flight.into(), next.into()]),
            }
        }
        Some(Next::Deciding(ahead)) => Some((ahead.pending, ahead.decided)),
        None => None,
    };
    if let Some((pending, decided)) = behind {
        task.queues.put_back(pending);
        task.decider.take_back(&decided);
    }
    match error {
        StoreError::Unavailable(reason) => Failure::Lost(reason, vec![flight.into()]),
        StoreError::Overtaken(_) => {
            task.decider.take_back(&flight.decided);
            Failure::Overtaken(flight.pending)
        }
        error => Failure::Failed(error, flight.pending),
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

impl Told {
    /// Tells everybody what was decided, and the log's followers what was committed.
    pub(super) fn answer(&self, pending: &mut Vec<Pending>, decided: Decided) {
        self.feed.put(decided.batch.events, decided.orders);
        self.committed.send_if_modified(|last| {
            let newer = decided.position > *last;
            *last = (*last).max(decided.position);
            newer
        });
        for (pending, answer) in pending.drain(..).zip(decided.answers) {
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

/// Tells those who have waited too long; the others go on.
fn give_up_late(batch: Vec<Pending>) -> Vec<Pending> {
    let now = Moment::now();
    let (late, waiting): (Vec<Pending>, Vec<Pending>) =
        batch.into_iter().partition(|one| one.deadline <= now);
    for pending in late {
        pending.reply.send(Err(AppError::Unavailable)).ok();
    }
    waiting
}
