//! A batch that is decided before it has the log's lock.
//!
//! It rests on the head that the writes before it lead to. Its own writes are sent with that head
//! as a condition, while the database has half of the writes before them still to do, or as soon
//! as there are any, so that it goes on without a pause; if the lock then shows another head, the
//! database does none of them. Answers nobody: that comes when the batch is committed itself.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use mraos_store::log::Chain;
use mraos_store::{Expected, Head};

use super::batch::keys_of;
use super::decide::{Decided, Decider};
use super::flight::Flight;
use super::session::Sessions;
use super::{Pending, Queues};
use crate::submission::Lane;

/// Up to so many callers share a batch, however few the one before has.
const SMALL: usize = 16;

pub(super) struct Ahead {
    /// Who waits; the first of them have answers already.
    pub(super) pending: Vec<Pending>,
    /// How many callers the batch before has.
    before: usize,
    pub(super) decided: Decided,
    chain: Chain,
    expected: Head,
    /// What was decided cannot be relied on, nor can the state.
    pub(super) is_spoilt: bool,
}

/// The batch after the one that is being written.
pub(super) enum Next {
    Deciding(Ahead),
    Sent(Flight),
}

/// Waits until `flight` has landed. Meanwhile decides what comes in, in groups, so that what they
/// need is loaded set by set: of half the smaller of the last two batches, since callers that wait
/// for answers come back in turns.
pub(super) async fn follow(
    flight: &mut Flight,
    decider: &mut Decider,
    queues: &mut Queues,
) -> Next {
    let Flight { sessions, landing, progress, .. } = flight;
    let size = flight.pending.len();
    let group = (size.min(queues.last_size) / 2).max(1);
    queues.last_size = size;
    let decided = decider.begin_after(&flight.head, &flight.decided);
    let waiting = std::mem::take(&mut queues.waiting);
    let mut ahead = Ahead::new(&flight.head, decided, (waiting, size));
    queues.take_ready(&mut ahead.pending);
    loop {
        if ahead.undecided() >= group {
            ahead.decide(sessions, decider).await;
        }
        tokio::select! {
            biased;
            () = &mut *landing => return Next::Deciding(ahead),
            () = progress.notified() => match ahead.send(sessions, (decider, queues)).await {
                Next::Sent(next) => {
                    landing.await;
                    return Next::Sent(next);
                }
                Next::Deciding(back) => ahead = back,
            },
            Some(one) = queues.next(&ahead.pending), if !ahead.is_spoilt => {
                ahead.pending.push(one);
                queues.take_ready(&mut ahead.pending);
            }
        }
    }
}

impl Ahead {
    /// A batch on top of `head`.
    pub(super) fn new(
        head: &Head,
        decided: Decided,
        (pending, before): (Vec<Pending>, usize),
    ) -> Self {
        let (chain, expected) = (Chain::after(head), head.clone());
        Self { pending, before, decided, chain, expected, is_spoilt: false }
    }

    /// How many of those who wait are of this batch. Bulk work comes in turns of its own size.
    fn share(&self) -> usize {
        let is_bulk = |one: &Pending| one.submission.lane == Lane::Bulk;
        let share = match self.pending.iter().any(is_bulk) {
            true => self.pending.len(),
            false => share_of(self.pending.len(), self.before),
        };
        share.max(self.decided.answers.len())
    }

    fn undecided(&self) -> usize {
        match self.is_spoilt {
            true => 0,
            false => self.share() - self.decided.answers.len(),
        }
    }

    /// Decides what has come in since the last time.
    async fn decide(&mut self, sessions: &Sessions, decider: &mut Decider) {
        let fresh = &self.pending[self.decided.answers.len()..self.share()];
        let submissions = fresh.iter().map(|one| &one.submission);
        let (decided, chain, reader) = (&mut self.decided, &mut self.chain, &sessions.reader);
        let deciding = async {
            decider.load(reader, submissions.clone()).await?;
            let chained = decided.batch.events.len();
            decider.decide(reader, decided, submissions).await?;
            chain.add(&decided.batch.events[chained..])
        };
        match AssertUnwindSafe(deciding).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::debug!(%error, "could not read ahead");
                self.is_spoilt = true;
            }
            Err(_) => self.end_by_defect(),
        }
    }

    /// Decides what is left and sends it all, if there is anything. Waits for no answer.
    pub(super) async fn send(
        mut self,
        sessions: &Sessions,
        (decider, queues): (&mut Decider, &mut Queues),
    ) -> Next {
        if self.undecided() > 0 {
            self.decide(sessions, decider).await;
        }
        if self.is_spoilt || self.pending.is_empty() {
            return Next::Deciding(self);
        }
        queues.put_back(self.pending.split_off(self.decided.answers.len()));
        let keys = keys_of(self.pending.iter().map(|one| &one.submission));
        let expected = Expected { head: self.expected.clone(), keys };
        let chain = std::mem::replace(&mut self.chain, Chain::after(&self.expected));
        let content = (&self.decided.batch, &decider.state);
        let preparing = sessions.writer.prepare(chain, content, Some(expected));
        match AssertUnwindSafe(preparing).catch_unwind().await {
            Ok(Ok(writes)) => {
                let batch = (self.pending, self.decided);
                return Next::Sent(Flight::start(sessions.clone(), batch, writes).await);
            }
            Ok(Err(error)) => {
                tracing::warn!(reason = %error, "a batch could not be made ready; trying again");
                self.is_spoilt = true;
            }
            Err(_) => self.end_by_defect(),
        }
        Next::Deciding(self)
    }

    /// After a defect in a rule: this batch gets no answer; the one being written does, and those
    /// who wait for the next go on.
    fn end_by_defect(&mut self) {
        metrics::counter!("mraos_commit_panics_total").increment(1);
        self.pending.drain(..self.share());
        self.is_spoilt = true;
    }
}

/// How many of the callers who wait share the next batch: so many that it is like the one `before`
/// it. Unlike ones stay unlike, since the callers of one come back together, and behind a small one
/// the database waits for them.
fn share_of(waiting: usize, before: usize) -> usize {
    waiting.min(((before + waiting) / 2).max(SMALL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_batches_under_way_become_alike_whatever_they_were() {
        let callers = 64;
        let (mut before, mut waiting) = (58, 6);
        for _ in 0..4 {
            let next = share_of(waiting, before);
            // Those of the one before are answered and come back; those who were left still wait.
            waiting = waiting - next + before;
            before = next;
        }
        assert_eq!((before, waiting), (callers / 2, callers / 2));
        assert_eq!(share_of(SMALL, 0), SMALL, "few share one");
        assert_eq!(share_of(3, 200), 3, "nobody waits for others to come");
    }
}
