//! The live stream: what happens on the floor, told to whoever subscribes.
//!
//! The tail follows the log and keeps the floor, the hub keeps recent positions and the groups of
//! subscribers, a [`Subscription`] is one subscriber's place in it. Everything is counted in log
//! positions, so nothing is lost, doubled or reordered across reconnects. Knows no sockets.

mod alert;
mod at_hand;
mod card;
mod derive;
mod floor;
mod group;
mod hub;
mod lines;
mod message;
mod names;
mod replay;
mod roster;
mod round;
mod snapshot;
mod subscription;
mod tail;
mod view;
mod worked;

use std::sync::Arc;
use std::time::Duration;

use mraos_domain::OperatorId;
use mraos_store::{ConnectOptions, Store};
use tokio::sync::{OwnedRwLockReadGuard, oneshot, watch};

pub(crate) use at_hand::AtHand;
pub use group::Bell;
pub use names::has_words;
pub use snapshot::Snapshot;
pub use subscription::{Ended, Subscription};
pub use view::{Channel, Filter, Line, People, UnknownChannel, View};
pub(crate) use worked::WorkOfDay;

use crate::error::AppError;
use crate::reads::Reads;
pub(crate) use floor::Floor;
use hub::Hub;
use replay::Replay;
use snapshot::Shared;
pub(crate) use tail::Feed;
use tail::{AskForCards, SharedFloor, TailTask};

/// How long a position that this node does not have yet is waited for.
const AHEAD_PATIENCE: Duration = Duration::from_secs(2);

/// By then the other nodes, which look twice a second, know of one that has come.
const NOTICED_AFTER: Duration = Duration::from_millis(700);

/// The floor, held still.
pub(crate) type FloorInView = OwnedRwLockReadGuard<Option<Floor>, Floor>;

/// The live stream of a node; cheap to clone.
#[derive(Clone)]
pub struct Live {
    parts: Arc<Parts>,
}

struct Parts {
    hub: Arc<Hub>,
    replay: Arc<Replay>,
    shared: Arc<Shared>,
    ask: AskForCards,
    floor: SharedFloor,
    epoch: String,
    draining: watch::Sender<bool>,
    attending: watch::Sender<usize>,
}

/// Counts a subscriber as present until it is dropped.
pub struct Attendance(Live);

impl Drop for Attendance {
    fn drop(&mut self) {
        self.0.parts.attending.send_modify(|count| *count -= 1);
    }
}

impl Live {
    /// Starts the tail; it ends when the last copy of what it is fed by is gone.
    pub(crate) fn start(
        connect: ConnectOptions,
        store: Store,
        (reads, at_hand): (Reads, AtHand),
        epoch: String,
    ) -> (Self, Feed) {
        let AtHand { floor, hub } = at_hand;
        let shared = Arc::new(Shared::default());
        let replay = Arc::new(Replay::new(store, reads.clone()));
        let kept = (shared.clone(), replay.clone());
        let (task, feed, ask) = TailTask::new(connect, reads, hub.clone(), floor.clone(), kept);
        let parts = Parts {
            hub,
            replay,
            shared,
            ask,
            floor,
            epoch,
            draining: watch::Sender::new(false),
            attending: watch::Sender::new(0),
        };
        tokio::spawn(task.run());
        (Self { parts: Arc::new(parts) }, feed)
    }

    /// The last position that has been told.
    pub fn position(&self) -> i64 {
        self.parts.hub.position()
    }

    /// Tells when the position moves.
    pub fn watch_position(&self) -> watch::Receiver<i64> {
        self.parts.hub.watch_position()
    }

    /// The epoch of the log.
    pub fn epoch(&self) -> &str {
        &self.parts.epoch
    }

    /// Asks all subscribers to go elsewhere, and waits until they have, at most `patience`.
    pub async fn drain(&self, patience: Duration) {
        self.parts.draining.send_replace(true);
        let mut attending = self.parts.attending.subscribe();
        let empty = attending.wait_for(|count| *count == 0);
        if tokio::time::timeout(patience, empty).await.is_err() {
            tracing::warn!("some subscribers of the live stream did not leave in time");
        }
    }

    /// Counts a subscriber as present.
    pub fn attend(&self) -> Attendance {
        self.parts.attending.send_modify(|count| *count += 1);
        Attendance(self.clone())
    }

    /// Waits until this node has a position that another may have had before it; `false` if it
    /// does not come.
    pub async fn reaches(&self, wanted: i64) -> bool {
        let mut position = self.watch_position();
        let reached = position.wait_for(|position| *position >= wanted);
        wanted >= 0 && matches!(tokio::time::timeout(AHEAD_PATIENCE, reached).await, Ok(Ok(_)))
    }

    /// Waits until this node knows whether others are there, and they of it.
    pub(crate) async fn announce(&self) {
        let mut company = self.parts.hub.watch_company();
        let known = tokio::time::timeout(AHEAD_PATIENCE, company.wait_for(Option::is_some)).await;
        if known.is_ok_and(|known| known.is_ok_and(|known| *known == Some(true))) {
            tokio::time::sleep(NOTICED_AFTER).await;
        }
    }

    /// Notes a position that is known to be committed, by whomever.
    pub(crate) fn note_committed(&self, position: i64) {
        self.parts.hub.note_committed(position);
    }

    /// The floor, at `position` or later; held still for as long as it is looked at. If the tail is
    /// held up, an older one is better than none.
    pub(crate) async fn floor_at(&self, position: i64) -> Result<FloorInView, AppError> {
        let mut moved = self.watch_position();
        self.reaches(position).await;
        let mut floor = self.parts.floor.clone().read_owned().await;
        if floor.is_none() {
            // A node that has just started is about to load it.
            drop(floor);
            tokio::time::timeout(AHEAD_PATIENCE, moved.changed()).await.ok();
            floor = self.parts.floor.clone().read_owned().await;
        }
        OwnedRwLockReadGuard::try_map(floor, Option::as_ref).map_err(|_| AppError::Unavailable)
    }

    /// Whether this node has read when people worked before it was started.
    pub async fn knows_past_work(&self) -> bool {
        self.parts.floor.read().await.as_ref().is_some_and(|floor| floor.work.is_known())
    }

    /// The floor, if it has everything that is committed by whomever and does not move.
    pub(crate) fn floor_at_hand(&self) -> Option<FloorInView> {
        let floor = self.parts.floor.clone().try_read_owned().ok()?;
        let floor = OwnedRwLockReadGuard::try_map(floor, Option::as_ref).ok()?;
        self.parts.hub.has_all_at(floor.position).then_some(floor)
    }

    /// Operators with a name that begins like each word of `wanted`, by id, at `position` or later.
    pub(crate) async fn people_called(
        &self,
        position: i64,
        wanted: &str,
    ) -> Result<Vec<OperatorId>, AppError> {
        Ok(self.floor_at(position).await?.names.find(wanted))
    }

    /// Tells when subscribers are to go.
    pub fn watch_draining(&self) -> watch::Receiver<bool> {
        self.parts.draining.subscribe()
    }

    /// Whoever has written here and subscribes then does not get that write again. If the tail is
    /// held up, being told twice is better than not being told.
    async fn reach_own_writes(&self) {
        self.reaches(self.parts.hub.committed()).await;
    }

    /// The floor as `view` and `filter` show it.
    pub async fn snapshot(&self, view: &View, filter: &Filter) -> Result<Arc<Snapshot>, AppError> {
        self.parts.hub.want();
        self.reach_own_writes().await;
        let ask = async {
            let (answer, cards) = oneshot::channel();
            let gone = |_| AppError::Unavailable;
            self.parts.ask.send(answer).await.map_err(|_| AppError::Unavailable)?;
            cards.await.map_err(gone)
        };
        self.parts.shared.get(view, filter, ask).await
    }

    /// A subscription from the present position on.
    pub async fn subscribe_from_now(
        &self,
        id: String,
        view: View,
        filter: Filter,
        bell: Bell,
    ) -> Subscription {
        self.parts.hub.want();
        self.reach_own_writes().await;
        self.subscribe_after(self.position(), id, view, filter, bell)
    }

    /// A subscription from a position on.
    pub fn subscribe_after(
        &self,
        position: i64,
        id: String,
        view: View,
        filter: Filter,
        bell: Bell,
    ) -> Subscription {
        Subscription::new(self.clone(), position, id, view, filter, bell)
    }
}
