//! One subscriber's place in the stream: catching up first, then reading what its group gets.
//!
//! Frames come out in the order of positions, each naming the one before it. Belongs to whoever
//! writes them to a socket and asks for no more than that can take.

use bytes::Bytes;
use std::sync::Arc;

use super::Live;
use super::group::{Bell, Cursor, Group, Lagging};
use super::hub::{self, Step};
use super::snapshot::subscribed_frame;
use super::view::{Filter, View};
use crate::error::AppError;

/// Why a subscription cannot go on.
#[derive(Debug)]
pub enum Ended {
    /// It has read too slowly.
    Lagging,
    /// The position that it wants to resume after does not exist.
    PositionUnknown,
    /// There are too many kinds of subscriptions.
    Full,
    /// The log could not be read.
    Failed(AppError),
}

impl From<Lagging> for Ended {
    fn from(_: Lagging) -> Self {
        Self::Lagging
    }
}

/// A subscription.
pub struct Subscription {
    live: Live,
    view: View,
    filter: Filter,
    bell: Bell,
    cursor: Cursor,
    joined: Option<(Arc<Group>, u64)>,
}

impl Subscription {
    pub(super) fn new(
        live: Live,
        position: i64,
        id: String,
        view: View,
        filter: Filter,
        bell: Bell,
    ) -> Self {
        let cursor = Cursor { id, position, last: position };
        Self { live, view, filter, bell, cursor, joined: None }
    }

    /// The client's name of it.
    pub fn id(&self) -> &str {
        &self.cursor.id
    }

    /// Everything up to this position was taken or is not for it.
    pub fn position(&self) -> i64 {
        self.cursor.position
    }

    /// The frame that comes first.
    pub fn subscribed_frame(&self) -> Bytes {
        subscribed_frame(&self.cursor.id, self.cursor.position, self.live.epoch())
    }

    /// Notes that the client has been told by a heartbeat that it has everything up to `position`.
    pub fn told_by_heartbeat(&mut self, position: i64) {
        self.cursor.last = self.cursor.last.max(position);
    }

    /// Moves the next frames into `out`, about `most_bytes` of them; whether there are more.
    pub async fn take(&mut self, most_bytes: usize, out: &mut Vec<Bytes>) -> Result<bool, Ended> {
        if let Some((group, _)) = &self.joined {
            return Ok(group.read(&mut self.cursor, most_bytes, out)?);
        }
        let pair = (&self.view, &self.filter);
        match self.live.parts.hub.catch_up(pair, &mut self.cursor, &self.bell, most_bytes, out) {
            Step::More => Ok(true),
            Step::Joined(group, key) => {
                self.joined = Some((group, key));
                // Something may have come between the two.
                Ok(true)
            }
            Step::Full => Err(Ended::Full),
            Step::Ahead if self.live.reaches(self.cursor.position).await => Ok(true),
            Step::Ahead => Err(Ended::PositionUnknown),
            Step::ReadLog(until) => {
                self.read_log(until, most_bytes, out).await.map_err(Ended::Failed)?;
                Ok(true)
            }
        }
    }

    async fn read_log(
        &mut self,
        until: i64,
        most_bytes: usize,
        out: &mut Vec<Bytes>,
    ) -> Result<(), AppError> {
        let all = self.live.parts.replay.after(self.cursor.position).await?;
        let pair = (&self.view, &self.filter);
        let mut bytes = 0;
        let mut moved = false;
        for published in all.iter() {
            let position = published.position;
            if position <= self.cursor.position {
                continue;
            }
            if position > until || bytes >= most_bytes {
                break;
            }
            bytes += hub::take(published, pair, &mut self.cursor, out);
            moved = true;
        }
        if moved {
            return Ok(());
        }
        let position = self.cursor.position;
        Err(AppError::Internal(format!("the log has nothing after position {position}")))
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some((group, key)) = self.joined.take() {
            self.live.parts.hub.leave(&group, key);
        }
    }
}
