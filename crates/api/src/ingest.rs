//! Bulk intake: `POST /ingest/status` and `POST /ingest/inventory`, JSON or NDJSON.
//!
//! Every row stands alone: a bad one is named in the answer and its neighbours are applied. Rows
//! are JSON values until each is read, so that one malformed row refuses itself only.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::{FieldError, Refusal};
use crate::status::SignalSource;
use crate::transaction::InventorySignal;

/// Body of `POST /ingest/status` as JSON; NDJSON carries the rows one per line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ingest<T = Value> {
    /// The rows, in the order in which they happened.
    pub items: Vec<T>,
}

/// Body of `POST /ingest/inventory` as JSON; NDJSON carries the rows one per line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IngestInventory {
    /// The rows, in the order in which they happened.
    pub items: Vec<InventorySignal>,
}

/// One status signal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusSignal {
    /// `operator` or `machine`.
    pub entity_type: String,
    /// Its id.
    pub entity_id: String,
    /// The new status.
    pub status: String,
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_description: Option<String>,
    /// When it happened; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Sender and sequence; at or below the sender's watermark the row is already applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SignalSource>,
}

/// Answer to an intake: how many rows went where, and every rejected row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IngestAnswer {
    /// Rows in the request.
    pub received: u64,
    /// Rows that changed something.
    pub applied: u64,
    /// Rows that were already applied or repeat the present status.
    pub unchanged: u64,
    /// Rows that could not be applied.
    pub rejected: Vec<RejectedRow>,
}

/// One row that could not be applied.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RejectedRow {
    /// The row, counted from 1.
    pub row: u64,
    /// Status that the row alone would have been answered.
    pub status: u16,
    /// For programs: why.
    pub code: String,
    /// For people: the value, the rule, and what to do.
    pub detail: String,
    /// Rules that refused it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// Values that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}
