//! Attendance: who came and went when, by the clock, and shifts that are called off.
//!
//! A clocking belongs to the shift that lasts or is about to begin. Whoever comes is available,
//! whoever goes is offline; of what is stated late only the history is mended.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::operator::Operator;
use crate::shift::Shift;
use crate::status::SignalSource;
use crate::suggestion::Hit;

/// Body of `POST /operators/{id}/attendance`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostAttendance {
    /// `clock_in` or `clock_out`.
    #[serde(rename = "type")]
    pub clocking_type: String,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Sender and sequence of a signal; at or below the sender's watermark it is already applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SignalSource>,
}

/// One clocking of a terminal, as `POST /ingest/attendance` takes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttendanceSignal {
    /// Whose.
    pub operator_id: String,
    /// `clock_in` or `clock_out`.
    #[serde(rename = "type")]
    pub clocking_type: String,
    /// When it happened; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Sender and sequence; at or below the sender's watermark the row is already applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SignalSource>,
}

/// Body of `POST /ingest/attendance` as JSON; NDJSON carries the rows one per line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IngestAttendance {
    /// The rows, in the order in which they happened.
    pub items: Vec<AttendanceSignal>,
}

/// Answer to a clocking: the operator afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Clocked {
    /// The operator.
    #[serde(flatten)]
    pub operator: Operator,
    /// The shift that the clocking belongs to.
    pub shift: Option<Shift>,
}

/// A row of attendance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Attendance {
    /// The id.
    pub attendance_id: i64,
    /// Whose.
    pub operator_id: String,
    /// Of which shift.
    pub shift_id: Option<i64>,
    /// `clock_in`, `clock_out`, `absent` (nobody came), `called_off` or `call_off_undone`.
    #[serde(rename = "type")]
    pub entry_type: String,
    /// When it happened.
    #[serde(with = "crate::timestamp")]
    pub occurred_at: Timestamp,
    /// Whether the person came late.
    pub is_late: bool,
    /// Why, as a code.
    pub reason_code: Option<String>,
    /// Why, in words, for roles that see people; none also once erased.
    pub reason_description: Option<String>,
    /// Who said so.
    pub recorded_by: String,
    /// When it was recorded.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
}

/// Body of `POST /operators/{id}/call-off`. Without a shift or a day it is the present shift, else
/// the next within 24 hours.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOff {
    /// `absent` (if absent), `sick` or `vacation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// This shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift_id: Option<i64>,
    /// All shifts that begin on this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift_date: Option<Date>,
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_description: Option<String>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Answer to a shift that was called off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CalledOff {
    /// The operator afterwards.
    pub operator: Operator,
    /// The shifts that are called off.
    pub shifts: Vec<Shift>,
    /// Open work that this hits, with who could take over.
    pub hit: Vec<Hit>,
    /// Position of the log that reflects it.
    pub position: i64,
}

/// Body of `POST /operators/{id}/call-off/undo`: one of the two.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoCallOff {
    /// This shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift_id: Option<i64>,
    /// All shifts that begin on this day and are called off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift_date: Option<Date>,
}

/// Answer to a call-off that was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CallOffUndone {
    /// The operator afterwards.
    pub operator: Operator,
    /// The shifts that were named.
    pub shifts: Vec<Shift>,
    /// Position of the log that reflects it.
    pub position: i64,
}
