//! Frames of the live stream `GET /live` (WebSocket, sub-protocol `mraos.v1`), in both directions.
//!
//! A frame is one JSON text. Everything that one log position means to a subscription travels in
//! one `event` frame, chained by `previous_position`, so that a client sees a gap by itself. What
//! the messages show is in [`card`]. Knows no socket and no rule of who may see what.

pub mod card;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::live::card::Card;

/// Name of the WebSocket sub-protocol.
pub const SUB_PROTOCOL: &str = "mraos.v1";

/// Codes with which the server closes a socket, beside the standard ones.
pub mod close_code {
    /// The node goes down; the reason is JSON with `retry_after_ms`.
    pub const DRAINING: u16 = 1012;
    /// The session or token has expired.
    pub const EXPIRED: u16 = 4001;
    /// The session or token was revoked, or its rights have changed: connect again.
    pub const REVOKED: u16 = 4003;
    /// The client did not read fast enough; connect again and resume by position.
    pub const LAGGING: u16 = 4008;
    /// A frame was not of this protocol.
    pub const PROTOCOL: u16 = 4400;
    /// A frame was too big.
    pub const TOO_BIG: u16 = 4413;
    /// Too many subscriptions, channels or sockets.
    pub const TOO_MANY: u16 = 4429;
}

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// Asks for channels from some place on.
    Subscribe {
        /// The client's own name of the subscription, told back in every frame of it.
        id: String,
        /// `resource-status`, `allocation-changes`, `work-order-progress`, `alerts`, or one of
        /// them (or `*`) of a line: `line:Line-2:*`.
        channels: Vec<String>,
        /// From where on.
        #[serde(default)]
        from: Start,
    },
    /// Ends a subscription.
    Unsubscribe {
        /// Which.
        id: String,
    },
    /// Asks for a `pong`.
    Ping,
}

/// Where a subscription begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Start {
    /// `"now"` or `"snapshot"`.
    Named(NamedStart),
    /// After a position that the client has.
    Position(Resume),
    /// Nothing said: now.
    #[default]
    Unsaid,
}

/// Starts with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NamedStart {
    /// With what happens from now on.
    Now,
    /// With the present state, then with what happens after it.
    Snapshot,
}

/// A place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// The last position that the client has.
    pub position: i64,
    /// The epoch in which it got it.
    pub epoch: String,
}

/// What a server sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The subscription is complete from `position + 1` on.
    Subscribed {
        /// The subscription.
        id: String,
        /// Where it begins.
        position: i64,
        /// The epoch of the log.
        epoch: String,
    },
    /// A part of the state at `position`.
    Snapshot {
        /// The subscription.
        id: String,
        /// The position that the state reflects.
        position: i64,
        /// 1, 2, 3, …
        part: u32,
        /// Whether nothing more follows.
        last: bool,
        /// Entities.
        items: Vec<Item>,
    },
    /// What one position means to the subscription.
    Event {
        /// The subscription.
        id: String,
        /// Place in the log.
        position: i64,
        /// What was sent last on this subscription: of `subscribed`, an event or a heartbeat.
        previous_position: i64,
        /// All that happened at it, as far as it was subscribed to and may be seen.
        events: Vec<Message>,
    },
    /// Everything up to `position` has been sent, on every subscription of the socket.
    Heartbeat {
        /// The position.
        position: i64,
        /// The server's clock.
        #[serde(with = "crate::timestamp")]
        server_time: Timestamp,
    },
    /// Answer to a `ping`.
    Pong {
        /// The server's clock.
        #[serde(with = "crate::timestamp")]
        server_time: Timestamp,
    },
    /// The subscription has ended: forget what is known and subscribe from a snapshot.
    Resync {
        /// The subscription.
        id: String,
        /// `epoch_changed` or `position_unknown`.
        reason: String,
        /// The first position that can be resumed after.
        earliest: i64,
    },
    /// Something that was asked for is not done; the socket stays open.
    Error {
        /// The subscription, if it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// What is wrong, for programs.
        code: String,
        /// What is wrong and what to do, for people.
        detail: String,
    },
}

/// An entity of a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Item {
    /// `operator`, `machine`, `allocation`, `work_order` or `alert`.
    pub entity_type: String,
    /// Its id.
    pub entity_id: String,
    /// Its card.
    #[schema(value_type = Card)]
    pub data: Value,
}

/// One thing that happened to one entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// What, such as `resource_status_changed`.
    pub event_type: String,
    /// Id of the event in the log; messages of one position share it.
    pub event_id: String,
    /// When it was recorded.
    #[serde(with = "crate::timestamp")]
    pub timestamp: Timestamp,
    /// `operator`, `machine`, `allocation`, `work_order` or `alert`.
    pub entity_type: String,
    /// Its id.
    pub entity_id: String,
    /// The whole card of the entity, and what only this event says.
    #[schema(value_type = Card)]
    pub data: Value,
    /// Where it came from.
    pub metadata: Metadata,
}

/// Where a message came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Metadata {
    /// The door: `api`, `supervisor_ui`, `integration` or `automated_system`.
    pub source: String,
    /// Who decided it.
    pub triggered_by: String,
    /// When it happened.
    #[serde(with = "crate::timestamp")]
    pub occurred_at: Timestamp,
    /// Why, where a reason code was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason_code: Option<String>,
    /// Channel of the message.
    pub channel: String,
}

/// Reason of a close with [`close_code::DRAINING`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Draining {
    /// How long to wait before connecting again; differs from client to client.
    pub retry_after_ms: u64,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn read(frame: Value) -> Result<ClientFrame, serde_json::Error> {
        serde_json::from_value(frame)
    }

    #[test]
    fn a_start_is_a_name_or_a_place() {
        let subscribe = |from: Value| {
            read(json!({"type": "subscribe", "id": "a", "channels": ["alerts"], "from": from}))
        };
        for (wire, start) in [
            (json!("now"), Start::Named(NamedStart::Now)),
            (json!("snapshot"), Start::Named(NamedStart::Snapshot)),
            (
                json!({"position": 7, "epoch": "e"}),
                Start::Position(Resume { position: 7, epoch: "e".to_owned() }),
            ),
        ] {
            let ClientFrame::Subscribe { from, .. } = subscribe(wire.clone()).unwrap() else {
                unreachable!("a subscribe frame")
            };
            assert_eq!(from, start);
            assert_eq!(serde_json::to_value(&from).unwrap(), wire);
        }
        assert!(subscribe(json!("yesterday")).is_err());
        assert!(subscribe(json!({"position": "7"})).is_err());
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        assert!(read(json!({"type": "subscribe", "id": "a"})).is_err());
        assert!(read(json!({"type": "dance"})).is_err());
        assert!(read(json!({"type": "unsubscribe", "id": "a", "more": 1})).is_err());
        assert_eq!(read(json!({"type": "ping"})).unwrap(), ClientFrame::Ping);
    }
}
