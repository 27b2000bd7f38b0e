//! The tail of a node: every event of the log, once and in order, from the floor to the hub.
//!
//! What this node commits is handed over by its committer; what is missing, because other nodes
//! wrote it or a queue was full, is read from the log. A node that is alone looks at the log's end
//! twice a second, one in company a hundred times. Never holds anybody up: a tail that is behind
//! reads the log until it is not.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use mraos_domain::event::Event;
use mraos_domain::{Allocation, Instant, OperatorId, State};
use mraos_store::log::read::StoredEvent;
use mraos_store::{ConnectOptions, NewEvent, StoreError, Tail};
use tokio::sync::{RwLock, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant as Moment;

use super::derive::{Fact, Touched};
use super::floor::Floor;
use super::hub::Hub;
use super::message::Published;
use super::replay::{Replay, names_of};
use super::snapshot::{Cards, MOST_ORDERS, Shared};
use super::worked::kept_since;
use crate::error::AppError;
use crate::reads::Reads;

/// How often a node that is alone looks whether it still is, and at the log's end.
const ALONE: Duration = Duration::from_millis(500);
/// How often a node in company looks at the log's end.
const IN_COMPANY: Duration = Duration::from_millis(10);
/// Most events that are read or applied at once.
const PAGE: i64 = 1_000;
/// Batches that wait to be taken; more are read from the log.
const MOST_WAITING: usize = 256;
/// After so many frames for subscribers the tail rests a moment, so that they write more at once …
const CROWD: usize = 100;
/// … for about as long as writing them takes, so that the rest is short until they are many …
const REST_PER_FRAME: Duration = Duration::from_micros(12);
/// … and at most so long.
const LONGEST_REST: Duration = Duration::from_millis(60);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(200);
/// Between two tries to read past work, without which the database is asked.
const PAUSE_AFTER_PAST: Duration = Duration::from_secs(10);

/// The end of the tail that the committer feeds.
#[derive(Clone)]
pub(crate) struct Feed {
    committed: mpsc::Sender<Committed>,
    hub: Arc<Hub>,
}

/// A batch that was committed, and orders as they are after it.
type Committed = (Vec<NewEvent>, State);

impl Feed {
    /// Hands over what was committed, with orders that the floor may not have. What does not fit
    /// is found in the log.
    pub(crate) fn put(&self, events: Vec<NewEvent>, orders: State) {
        if let Some(last) = events.last() {
            self.hub.note_committed(last.recorded.position);
            self.committed.try_send((events, orders)).ok();
        }
    }
}

/// Asks the tail for the cards of its floor.
pub(crate) type AskForCards = mpsc::Sender<oneshot::Sender<Arc<Cards>>>;

/// The floor that the tail moves on and others look at; none until it is loaded.
pub(crate) type SharedFloor = Arc<RwLock<Option<Floor>>>;

/// What a tail is made of.
pub(crate) struct TailTask {
    connect: ConnectOptions,
    reads: Reads,
    hub: Arc<Hub>,
    floor: SharedFloor,
    shared: Arc<Shared>,
    replay: Arc<Replay>,
    /// The position of the floor.
    position: i64,
    fed: mpsc::Receiver<Committed>,
    asked: mpsc::Receiver<oneshot::Sender<Arc<Cards>>>,
    waiting: VecDeque<Fact>,
    /// Orders that came with what waits.
    known: Vec<State>,
    in_company: bool,
    looked_around: Option<Moment>,
    /// Reads when people worked before the floor was loaded; ends with the tail.
    remembering: JoinSet<()>,
}

impl Fact {
    fn new(event: NewEvent) -> Self {
        let source = event.source.as_str().to_owned();
        Self { recorded: event.recorded, event_id: event.event_id, source }
    }

    /// A fact of a row of the log.
    pub(crate) fn read(stored: &StoredEvent) -> Result<Self, AppError> {
        let (event_id, source) = (stored.row.event_id, stored.row.source.clone());
        Ok(Self { recorded: stored.recorded()?, event_id, source })
    }
}

impl TailTask {
    pub(crate) fn new(
        connect: ConnectOptions,
        reads: Reads,
        hub: Arc<Hub>,
        floor: SharedFloor,
        (shared, replay): (Arc<Shared>, Arc<Replay>),
    ) -> (Self, Feed, AskForCards) {
        let (committed, fed) = mpsc::channel(MOST_WAITING);
        let feed = Feed { committed, hub: hub.clone() };
        let (ask, asked) = mpsc::channel(16);
        let (waiting, known) = (VecDeque::new(), Vec::new());
        let (in_company, looked_around) = (false, None);
        let remembering = JoinSet::new();
        let position = 0;
        let task = Self {
            connect,
            reads,
            hub,
            floor,
            shared,
            replay,
            position,
            fed,
            asked,
            waiting,
            known,
            in_company,
            looked_around,
            remembering,
        };
        (task, feed, ask)
    }

    /// Follows the log until the application ends.
    pub(crate) async fn run(mut self) {
        loop {
            match self.follow().await {
                Ok(()) => return,
                Err(error) => {
                    if self.fed.is_closed() {
                        return;
                    }
                    tracing::warn!(%error, "the log tail was interrupted");
                    // Who has come meanwhile is not known.
                    self.hub.note_company(true);
                    self.looked_around = None;
                    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                }
            }
        }
    }

    async fn follow(&mut self) -> Result<(), AppError> {
        let tail = Tail::connect(&self.connect).await?;
        self.look_around(&tail).await?;
        if self.floor.read().await.is_none() {
            let loaded = self.load_floor(&tail).await?;
            self.position = loaded.position;
            let open: Vec<Allocation> = loaded.state.all_allocations().cloned().collect();
            let since = kept_since(loaded.recorded_at);
            *self.floor.write().await = Some(loaded);
            self.remember_work(since, open);
            self.hub.start_at(self.position);
        }
        // Something may have been committed while there was no session.
        let mut next_look = Moment::now();
        loop {
            // However much is handed over: else a busy node would never see another one come.
            if Moment::now() >= next_look {
                self.look_around(&tail).await?;
                // What is missing before something that was handed over is found with it.
                if self.fed.is_empty() {
                    self.read_log(&tail, i64::MAX).await?;
                }
                next_look = Moment::now() + if self.in_company { IN_COMPANY } else { ALONE };
            }
            tokio::select! {
                biased;
                committed = self.fed.recv() => {
                    let Some(committed) = committed else { return Ok(()) };
                    self.take(committed);
                    let applied = self.apply_waiting(&tail).await;
                    self.known.clear();
                    applied?;
                }
                asked = self.asked.recv() => {
                    if let (Some(answer), Some(floor)) = (asked, &*self.floor.read().await) {
                        // Whoever asked may have gone.
                        answer.send(Arc::new(Cards::of(floor))).ok();
                    }
                }
                () = tokio::time::sleep_until(next_look) => {}
            }
        }
    }

    async fn load_floor(&self, tail: &Tail) -> Result<Floor, AppError> {
        let (state, position) = tail.load_floor(MOST_ORDERS as i64).await?;
        let ids: Vec<OperatorId> =
            state.all_operators().map(|one| one.operator_id.clone()).collect();
        let names = names_of(&self.reads, &ids).await?;
        let last = tail.events_after(position - 1, 1).await?;
        let last = last.first().map(StoredEvent::recorded).transpose()?;
        let recorded_at = last.map_or(Instant::EPOCH, |last| last.recorded_at);
        let mut floor = Floor::new(state, names, position, recorded_at);
        if tail.sorts_by_bytes().await? {
            floor.keep_roster();
        }
        Ok(floor)
    }

    /// Reads when people worked before the floor stood where it was loaded, beside its moving on.
    fn remember_work(&mut self, since: Instant, open: Vec<Allocation>) {
        let (reads, floor, position) = (self.reads.clone(), self.floor.clone(), self.position);
        self.remembering.spawn(async move {
            let worked = loop {
                match reads.worked_since(since, position, &open).await {
                    Ok(worked) => break worked,
                    Err(error) => tracing::warn!(%error, "past work is not known yet"),
                }
                tokio::time::sleep(PAUSE_AFTER_PAST).await;
            };
            if let Some(floor) = &mut *floor.write().await {
                floor.work.know(worked, since);
            }
        });
    }

    async fn look_around(&mut self, tail: &Tail) -> Result<(), StoreError> {
        if self.looked_around.is_none_or(|at| at.elapsed() >= ALONE) {
            self.in_company = tail.has_company().await?;
            self.hub.note_company(self.in_company);
            self.looked_around = Some(Moment::now());
        }
        Ok(())
    }

    /// Takes a batch and what else was handed over meanwhile.
    fn take(&mut self, committed: Committed) {
        let mut next = Some(committed);
        while let Some((events, orders)) = next {
            self.waiting.extend(events.into_iter().map(Fact::new));
            self.known.push(orders);
            let has_room = self.waiting.len() < PAGE as usize;
            next = if has_room { self.fed.try_recv().ok() } else { None };
        }
    }

    async fn apply_waiting(&mut self, tail: &Tail) -> Result<(), AppError> {
        let mut facts: Vec<Fact> = self.waiting.drain(..).collect();
        facts.retain(|fact| fact.recorded.position > self.position);
        let mut from = 0;
        while from < facts.len() {
            let first = facts[from].recorded.position;
            if first > self.position + 1 {
                self.read_log(tail, first - 1).await?;
            }
            let contiguous = facts[from..]
                .windows(2)
                .take_while(|pair| pair[1].recorded.position == pair[0].recorded.position + 1)
                .count();
            let until = from + contiguous + 1;
            self.apply(tail, &facts[from..until]).await?;
            from = until;
        }
        Ok(())
    }

    /// Applies what the log has after the floor, up to `last`.
    async fn read_log(&mut self, tail: &Tail, last: i64) -> Result<(), AppError> {
        if last == i64::MAX && tail.last_position().await? <= self.position {
            return Ok(());
        }
        loop {
            let stored = tail.events_after(self.position, PAGE).await?;
            let is_end = (stored.len() as i64) < PAGE;
            let facts = stored.iter().map(Fact::read).collect::<Result<Vec<_>, _>>()?;
            self.apply(tail, &facts).await?;
            if is_end || self.position >= last {
                return Ok(());
            }
        }
    }

    /// Applies contiguous facts and publishes what they mean.
    async fn apply(&mut self, tail: &Tail, facts: &[Fact]) -> Result<(), AppError> {
        // What a failure has left half done is not done again.
        let facts: Vec<&Fact> =
            facts.iter().filter(|fact| fact.recorded.position > self.position).collect();
        let wanted = self.hub.is_wanted();
        let all = self.move_floor(tail, &facts, wanted).await?;
        if !wanted {
            self.hub.skip_to(self.position);
            return Ok(());
        }
        let told = self.hub.publish(&all);
        metrics::counter!("mraos_live_told_total").increment(told as u64);
        if told > CROWD {
            let told = u32::try_from(told).unwrap_or(u32::MAX);
            tokio::time::sleep(REST_PER_FRAME.saturating_mul(told).min(LONGEST_REST)).await;
        }
        Ok(())
    }

    /// Lets go of cards that were made for others. Apart from the tail: whoever makes some just now
    /// holds them and waits for the tail.
    fn forget_what_was_shown(&self) {
        let (shared, replay) = (self.shared.clone(), self.replay.clone());
        tokio::spawn(async move {
            shared.forget().await;
            replay.forget().await;
        });
    }

    /// Moves the floor on by `facts`; what they mean, if that is wanted.
    async fn move_floor(
        &mut self,
        tail: &Tail,
        facts: &[&Fact],
        wanted: bool,
    ) -> Result<Vec<Arc<Published>>, AppError> {
        let mut floor = self.floor.write().await;
        let Some(floor) = floor.as_mut() else { return Ok(Vec::new()) };
        let mut missing = floor.missing(facts.iter().copied());
        missing.retain(|key| !floor.take_over(key, &self.known));
        if !missing.is_empty() {
            tail.load(&missing, &mut floor.state).await?;
        }
        let renamed: Vec<OperatorId> = facts.iter().filter_map(|fact| renamed(fact)).collect();
        if !renamed.is_empty() {
            floor.names.extend(names_of(&self.reads, &renamed).await?);
        }
        for id in facts.iter().filter_map(erased) {
            floor.names.remove(id);
            self.hub.forget_name(id);
            self.forget_what_was_shown();
        }
        let applied = facts.iter().filter_map(|fact| floor.apply(fact, wanted)).map(Arc::new);
        let all = applied.collect();
        self.position = floor.position;
        // A machine may be of another type now, and its type may ask for something.
        for fact in facts.iter().filter(|fact| changes_details(&fact.recorded.event)) {
            let missing = floor.not_ready(&Touched::of(&fact.recorded));
            if !missing.is_empty() {
                tail.load(&missing, &mut floor.state).await?;
            }
        }
        Ok(all)
    }
}

/// Whose name is gone for good.
fn erased<'a>(fact: &&'a Fact) -> Option<&'a OperatorId> {
    match &fact.recorded.event {
        Event::OperatorErased(event) => Some(&event.operator_id),
        _ => None,
    }
}

fn changes_details(event: &Event) -> bool {
    matches!(
        event,
        Event::OperatorCreated(_)
            | Event::OperatorChanged(_)
            | Event::OperatorErased(_)
            | Event::MachineCreated(_)
            | Event::MachineChanged(_)
    )
}

/// Whose name may be another one now.
fn renamed(fact: &Fact) -> Option<OperatorId> {
    match &fact.recorded.event {
        Event::OperatorCreated(event) => Some(event.operator_id.clone()),
        Event::OperatorChanged(event) => Some(event.operator_id.clone()),
        Event::OperatorPersonChanged(event) => Some(event.operator_id.clone()),
        _ => None,
    }
}
