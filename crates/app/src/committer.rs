//! The one writer of a node: gathers what waits, decides it in order, commits it together.
//!
//! A lone submission commits at once; under load hundreds share one transaction. Interactive
//! submissions go before bulk ones, and bulk takes only as much as keeps the log's lock short.
//! State stays resident between batches, stamped with the log position that it reflects. While one
//! batch is being written the next is decided.

mod ahead;
mod batch;
mod decide;
mod flight;
mod session;
mod stock_snapshot;
mod unresolved;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use mraos_domain::Plant;
use mraos_store::ConnectOptions;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant as Moment;

use crate::clock::Clock;
use crate::error::AppError;
use crate::live::Feed;
use crate::submission::{Lane, Outcome, Submission};

/// Most submissions that wait in a lane; more are turned away.
const QUEUE: usize = 20_000;
/// Most interactive submissions in one transaction.
const MAX_INTERACTIVE: usize = 256;
/// How long a submission waits for the database before the caller is told.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a transaction with bulk work should take at most.
const BULK_TARGET: Duration = Duration::from_millis(25);

/// A submission with its caller.
struct Pending {
    submission: Submission,
    reply: oneshot::Sender<Result<Outcome, AppError>>,
    deadline: Moment,
}

/// The way to the committer; cheap to clone.
#[derive(Clone)]
pub struct Committer {
    interactive: mpsc::Sender<Pending>,
    bulk: mpsc::Sender<Pending>,
    position: watch::Receiver<i64>,
}

/// What the committer needs.
pub(crate) struct CommitterOptions {
    pub(crate) connect: ConnectOptions,
    pub(crate) plant: Arc<Plant>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Where what was committed goes.
    pub(crate) feed: Feed,
}

impl Committer {
    /// Starts the committer; it ends when the last handle is gone and its queues are empty.
    pub(crate) fn start(options: CommitterOptions) -> (Self, tokio::task::JoinHandle<()>) {
        let (interactive, interactive_queue) = mpsc::channel(QUEUE);
        let (bulk, bulk_queue) = mpsc::channel(QUEUE);
        let (committed, position) = watch::channel(0);
        let task = Task {
            session: session::Session::new(options.connect),
            decider: decide::Decider::new(options.plant, options.clock),
            queues: Queues {
                interactive: interactive_queue,
                bulk: bulk_queue,
                bulk_limit: 64,
                waiting: Vec::new(),
                last_size: 1,
            },
            told: Told { committed, feed: options.feed },
        };
        (Self { interactive, bulk, position }, apart(task.run()))
    }

    /// Hands in a submission and waits for what comes of it.
    pub async fn submit(&self, submission: Submission) -> Result<Outcome, AppError> {
        let (reply, answer) = oneshot::channel();
        let lane = match submission.lane {
            Lane::Interactive => &self.interactive,
            Lane::Bulk => &self.bulk,
        };
        let deadline = Moment::now() + PATIENCE;
        let pending = Pending { submission, reply, deadline };
        match lane.try_send(pending) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => return Err(AppError::Overloaded),
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(AppError::Unavailable),
        }
        answer.await.unwrap_or(Err(AppError::Unavailable))
    }

    /// The last position that this node has committed or seen.
    pub fn last_position(&self) -> i64 {
        *self.position.borrow()
    }
}

/// Runs the committer on a thread of its own, where neither requests nor sockets are before it
/// when the database answers; among them where no thread can be had.
fn apart(run: impl Future<Output = ()> + Send + 'static) -> tokio::task::JoinHandle<()> {
    match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => tokio::task::spawn_blocking(move || runtime.block_on(run)),
        Err(error) => {
            tracing::warn!(%error, "the committer gets no thread of its own");
            tokio::spawn(run)
        }
    }
}

struct Task {
    session: session::Session,
    decider: decide::Decider,
    queues: Queues,
    told: Told,
}

/// Whom the committer tells what it has committed, beside the callers.
struct Told {
    committed: watch::Sender<i64>,
    feed: Feed,
}

/// The lanes, and what has been taken from them for the next batch.
struct Queues {
    interactive: mpsc::Receiver<Pending>,
    bulk: mpsc::Receiver<Pending>,
    bulk_limit: usize,
    waiting: Vec<Pending>,
    /// How many the last batch had that was written.
    last_size: usize,
}

impl Queues {
    /// Waits for one submission and takes what else is there; empty when nothing can come.
    async fn gather(&mut self) -> Vec<Pending> {
        if self.waiting.is_empty() {
            tokio::select! {
                biased;
                Some(first) = self.interactive.recv() => self.waiting.push(first),
                Some(first) = self.bulk.recv() => self.waiting.push(first),
                else => {}
            }
        }
        self.take_waiting();
        std::mem::take(&mut self.waiting)
    }

    /// They come first in the next batch.
    fn put_back(&mut self, pending: Vec<Pending>) {
        self.waiting.splice(0..0, pending);
    }

    /// Takes what is there for the next batch without waiting.
    fn take_waiting(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        self.take_ready(&mut waiting);
        self.waiting = waiting;
    }

    /// Takes what is there into `batch`, as much as one batch may have.
    fn take_ready(&mut self, batch: &mut Vec<Pending>) {
        while batch.len() < MAX_INTERACTIVE {
            let Ok(next) = self.interactive.try_recv() else { break };
            batch.push(next);
        }
        let mut bulk = count_bulk(batch);
        while bulk < self.bulk_limit {
            let Ok(next) = self.bulk.try_recv() else { break };
            batch.push(next);
            bulk += 1;
        }
    }

    /// The next submission that `batch` has room for; nothing if none can come.
    async fn next(&mut self, batch: &[Pending]) -> Option<Pending> {
        let (interactive, bulk) =
            (batch.len() < MAX_INTERACTIVE, count_bulk(batch) < self.bulk_limit);
        tokio::select! {
            biased;
            Some(next) = self.interactive.recv(), if interactive => Some(next),
            Some(next) = self.bulk.recv(), if bulk => Some(next),
            else => None,
        }
    }

    fn adapt_bulk_limit(&mut self, bulk: usize, took: Duration) {
        if took > BULK_TARGET {
            self.bulk_limit = (self.bulk_limit / 2).max(16);
        } else if bulk >= self.bulk_limit {
            self.bulk_limit = (self.bulk_limit * 5 / 4).min(1_000);
        }
    }
}

fn count_bulk(waiting: &[Pending]) -> usize {
    waiting.iter().filter(|one| one.submission.lane == Lane::Bulk).count()
}

impl Task {
    async fn run(mut self) {
        loop {
            let batch = self.queues.gather().await;
            if batch.is_empty() {
                return;
            }
            self.commit(batch).await;
        }
    }

    /// Commits `all`; every caller gets an answer.
    async fn commit(&mut self, all: Vec<Pending>) {
        let mut open = vec![all];
        while let Some(batch) = open.pop() {
            let running = batch::run(self, batch);
            // A defect in a rule must not end the committer: its batch gets no answer, and what
            // was loaded is dropped.
            let ending = AssertUnwindSafe(running).catch_unwind().await.unwrap_or_else(|_| {
                metrics::counter!("mraos_commit_panics_total").increment(1);
                self.session.discard();
                self.decider.reset();
                batch::Ending::Done
            });
            match ending {
                batch::Ending::Split(mut first) => {
                    metrics::counter!("mraos_commit_bisections_total").increment(1);
                    let second = first.split_off(first.len() / 2);
                    open.push(second);
                    open.push(first);
                }
                batch::Ending::Done => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulk_work_takes_only_as_much_as_keeps_the_lock_short() {
        let (_, interactive) = mpsc::channel(1);
        let (_, bulk) = mpsc::channel(1);
        let mut queues =
            Queues { interactive, bulk, bulk_limit: 64, waiting: Vec::new(), last_size: 1 };
        let mut limit_after = |bulk, took_ms| {
            queues.adapt_bulk_limit(bulk, Duration::from_millis(took_ms));
            queues.bulk_limit
        };
        assert_eq!(limit_after(64, 26), 32, "a batch that took too long is halved");
        assert_eq!(limit_after(32, 24), 40, "a full one in time may grow");
        assert_eq!(limit_after(39, 1), 40, "one that was not full tells nothing");
        assert_eq!(limit_after(40, 500), 20);
        assert_eq!((limit_after(20, 500), limit_after(16, 500)), (16, 16), "some goes on always");
        let grown = (0..100).map(|_| limit_after(1_000, 1)).last();
        assert_eq!(grown, Some(1_000), "and never more than a batch of the interface");
    }
}
