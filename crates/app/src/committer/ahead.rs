//! The next batch, decided while the one before it is being written.
//!
//! Its lock is asked for behind the COMMIT under way, on the same session. What it decides rests
//! on the head that the writes before it lead to; if the lock then shows another head, all of it
//! is taken back. Its own writes are made ready while the database ends the COMMIT, so that it gets
//! them at once. Answers nobody: that comes when the batch is committed itself.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use futures_util::future::{Future, MaybeDone, maybe_done};
use futures_util::{FutureExt as _, poll};
use mraos_store::log::Chain;
use mraos_store::{Head, IdempotencyRecord, StoreError, Writer, Writes};
use tokio::sync::Notify;

use super::batch::{Turn, keys_of};
use super::decide::{Decided, Decider};
use super::{Pending, Queues};

/// A question under way, whose answer may have come already.
type Asked<'a, T> = Pin<Box<MaybeDone<Answer<'a, T>>>>;
type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A batch with its transaction begun: what was decided for the head that was expected, and what
/// the lock has shown.
pub(super) struct Begun {
    pub(super) head: Head,
    pub(super) recorded: Vec<IdempotencyRecord>,
    pub(super) decided: Decided,
    /// Nothing if there is nothing to write.
    pub(super) writes: Option<Writes>,
    expected: Head,
}

impl Begun {
    /// Whether what was decided holds.
    pub(super) fn holds(&self) -> bool {
        self.head == self.expected && self.recorded.is_empty()
    }
}

/// The next batch as far as it has come.
pub(super) struct Ahead<'a> {
    pending: Vec<Pending>,
    decided: Decided,
    chain: Chain,
    expected: Head,
    locked: Option<Asked<'a, (Head, Vec<IdempotencyRecord>)>>,
    recorded: Vec<Asked<'a, Vec<IdempotencyRecord>>>,
    /// What it writes, once that is fixed: whatever comes in later is of the batch after it.
    ready: Option<Ready>,
    is_spoilt: bool,
}

/// A batch's writes; none if there is nothing to write.
type Ready = Option<Writes>;

/// The state, or the session, cannot be relied on any more.
pub(super) struct Spoilt;

/// Writes a batch of `size` callers and commits it. Meanwhile decides what comes in, in groups,
/// so that what they need is loaded set by set: of half the smaller of the last two batches, since
/// callers that wait for answers come back in turns.
pub(super) async fn commit<'a>(
    (writer, reader): (&'a Writer, &Writer),
    decider: &mut Decider,
    queues: &mut Queues,
    (before, writes, size): (&Decided, &Writes, usize),
) -> (Result<(), StoreError>, Ahead<'a>) {
    let mut ahead = Ahead {
        pending: std::mem::take(&mut queues.waiting),
        decided: decider.begin_after(writes.head(), before),
        chain: Chain::after(writes.head()),
        expected: writes.head().clone(),
        locked: None,
        recorded: Vec::new(),
        ready: None,
        is_spoilt: false,
    };
    let group = (size.min(queues.last_size) / 2).max(1);
    queues.last_size = size;
    let written = Notify::new();
    let committing = writer.commit(writes, || written.notify_one());
    let mut committing = std::pin::pin!(maybe_done(committing));
    // Sent before anything of the next batch.
    let _ = poll!(&mut committing);
    queues.take_ready(&mut ahead.pending);
    loop {
        if ahead.undecided() >= group {
            ahead.decide(writer, reader, decider).await;
        }
        tokio::select! {
            biased;
            () = &mut committing => break,
            () = written.notified() => {
                if ahead.locked.is_none() && ahead.undecided() > 0 {
                    ahead.decide(writer, reader, decider).await;
                }
                ahead.make_ready(writer, decider).await;
            }
            Some(next) = queues.next(&ahead.pending), if !ahead.is_spoilt => {
                ahead.pending.push(next);
                queues.take_ready(&mut ahead.pending);
            }
        }
    }
    let lost = || StoreError::Unexpected("a commit gave no result".to_owned());
    (committing.as_mut().take_output().unwrap_or_else(|| Err(lost())), ahead)
}

impl<'a> Ahead<'a> {
    fn undecided(&self) -> usize {
        match self.is_spoilt || self.ready.is_some() {
            true => 0,
            false => self.pending.len() - self.decided.answers.len(),
        }
    }

    /// Fixes what is written, if anything was decided.
    async fn make_ready(&mut self, writer: &Writer, decider: &Decider) {
        if self.is_spoilt || self.locked.is_none() {
            return;
        }
        let batch = &self.decided.batch;
        if batch.is_empty() {
            self.ready = Some(None);
            return;
        }
        let chain = std::mem::replace(&mut self.chain, Chain::after(&self.expected));
        let preparing = writer.prepare(chain, batch, &decider.state);
        match AssertUnwindSafe(preparing).catch_unwind().await {
            Ok(Ok(writes)) => self.ready = Some(Some(writes)),
            Ok(Err(error)) => {
                tracing::warn!(reason = %error, "a batch could not be made ready; trying again");
                self.is_spoilt = true;
            }
            Err(_) => self.end_by_defect(),
        }
    }

    /// After a defect in a rule: this batch gets no answer, the one being written does.
    fn end_by_defect(&mut self) {
        metrics::counter!("mraos_commit_panics_total").increment(1);
        self.pending.clear();
        self.is_spoilt = true;
    }

    /// Decides what has come in since the last time.
    async fn decide(&mut self, writer: &'a Writer, reader: &Writer, decider: &mut Decider) {
        let fresh = &self.pending[self.decided.answers.len()..];
        let submissions = fresh.iter().map(|one| &one.submission);
        let keys = keys_of(submissions.clone());
        if self.locked.is_none() {
            let asked = Box::pin(async move { writer.begin(&keys).await });
            let mut asked: Asked<'a, _> = Box::pin(maybe_done(asked));
            let _ = poll!(&mut asked);
            self.locked = Some(asked);
        } else if !keys.is_empty() {
            let asked = Box::pin(async move { writer.recorded(&keys).await });
            let mut asked: Asked<'a, _> = Box::pin(maybe_done(asked));
            let _ = poll!(&mut asked);
            self.recorded.push(asked);
        }
        let (decided, chain) = (&mut self.decided, &mut self.chain);
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

    /// Puts back what nobody has decided.
    pub(super) fn give_up(self, queues: &mut Queues) {
        put_back(self.pending, queues);
    }

    /// Once the batch before is committed: waits for the lock and what it shows. Nothing if
    /// nothing was decided.
    pub(super) async fn begin(
        mut self,
        writer: &Writer,
        decider: &Decider,
        queues: &mut Queues,
    ) -> Result<Option<Turn>, Spoilt> {
        if self.ready.is_none() {
            self.make_ready(writer, decider).await;
        }
        let Some((locked, writes)) = self.locked.take().zip(self.ready.take()) else {
            let is_spoilt = self.is_spoilt;
            put_back(self.pending, queues);
            return if is_spoilt { Err(Spoilt) } else { Ok(None) };
        };
        put_back(self.pending.split_off(self.decided.answers.len()), queues);
        let Self { pending, decided, expected, recorded: asked, .. } = self;
        let under_way = async {
            let (head, mut recorded) = answer(locked).await?;
            for one in asked {
                recorded.extend(answer(one).await?);
            }
            Ok::<_, StoreError>((head, recorded))
        };
        match under_way.await {
            Ok((head, recorded)) => {
                let begun = Begun { head, recorded, decided, writes, expected };
                Ok(Some(Turn { pending, begun: Some(begun) }))
            }
            Err(error) => {
                tracing::warn!(reason = %error, "a batch could not be begun; trying again");
                put_back(pending, queues);
                Err(Spoilt)
            }
        }
    }
}

async fn answer<T>(mut asked: Asked<'_, T>) -> Result<T, StoreError> {
    asked.as_mut().await;
    let lost = || StoreError::Unexpected("a question gave no answer".to_owned());
    asked.as_mut().take_output().unwrap_or_else(|| Err(lost()))
}

/// They come first in the next batch.
fn put_back(pending: Vec<Pending>, queues: &mut Queues) {
    queues.waiting.splice(0..0, pending);
}
