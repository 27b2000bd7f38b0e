//! Events as `GET /events` shows them: the log, position by position.
//!
//! For auditors, administrators and integrations. Payloads carry ids, never names or free text.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// One event of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Dense, ascending, the commit order.
    pub position: i64,
    /// UUID v7, drawn before the transaction.
    pub event_id: String,
    /// Kind of the leading entity.
    pub entity_type: String,
    /// Its id.
    pub entity_id: String,
    /// What happened.
    pub event_type: String,
    /// Version of the payload's shape.
    pub schema_version: i32,
    /// The decided fact.
    pub payload: Value,
    /// Every entity it touches, with its version afterwards.
    pub entities: Vec<TouchedEntity>,
    /// When it happened on the floor.
    #[serde(with = "crate::timestamp")]
    pub occurred_at: Timestamp,
    /// When it was decided.
    #[serde(with = "crate::timestamp")]
    pub recorded_at: Timestamp,
    /// Who asked for it.
    pub actor: String,
    /// Where it came from.
    pub source: String,
    /// Id of the request that caused it.
    pub correlation_id: Option<String>,
    /// SHA-256 over the previous digest and this event, in hexadecimal.
    pub digest: String,
}

/// One entity that an event touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TouchedEntity {
    /// `operator`, `machine`, `work_order`, `allocation`, …
    pub entity_type: String,
    /// Its id.
    pub entity_id: String,
    /// Its version after the event.
    pub version: i64,
}

/// Answer of `GET /events`: a piece of the log and where it goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventPage {
    /// Events with positions above `after`, ascending.
    pub items: Vec<Event>,
    /// Send it as `after` (or `cursor`) to go on; none when the log's end was reached.
    pub next_cursor: Option<String>,
    /// Last position of the log when it was read.
    pub last_position: i64,
}
