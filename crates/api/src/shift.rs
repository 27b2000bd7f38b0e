//! Shifts of an operator.
//!
//! Day and times of day are the plant's local ones; an end before the start lies on the next day.
//! The server turns them into instants with the plant's zone, so that daylight saving is right.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::timestamp::LocalTime;

/// Body of `POST /operators/{id}/shifts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignShift {
    /// Name of the shift, such as `Shift A`.
    pub shift_name: String,
    /// Day on which it starts.
    pub shift_date: Date,
    /// Start, local.
    #[schema(value_type = LocalTime)]
    pub start_time: Time,
    /// End, local; at or before the start means the next day.
    #[schema(value_type = LocalTime)]
    pub end_time: Time,
    /// Start of the break.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<LocalTime>)]
    pub break_start: Option<Time>,
    /// End of the break.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<LocalTime>)]
    pub break_end: Option<Time>,
    /// Whether it counts although its day is a holiday; false if absent.
    #[serde(default)]
    pub counts_on_holidays: bool,
}

/// A shift of an operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Shift {
    /// Log position of the event that assigned it.
    pub shift_id: i64,
    /// Whose it is.
    pub operator_id: String,
    /// Name of the shift.
    pub shift_name: String,
    /// Day on which it starts.
    pub shift_date: Date,
    /// Start, local.
    #[schema(value_type = LocalTime)]
    pub start_time: Time,
    /// End, local.
    #[schema(value_type = LocalTime)]
    pub end_time: Time,
    /// Start of the break.
    #[schema(value_type = Option<LocalTime>)]
    pub break_start: Option<Time>,
    /// End of the break.
    #[schema(value_type = Option<LocalTime>)]
    pub break_end: Option<Time>,
    /// Whether it counts although its day is a holiday.
    #[serde(default)]
    pub counts_on_holidays: bool,
    /// `scheduled`, `in_progress`, `completed`, `absent` or `late`.
    pub status: String,
    /// When the person came first.
    #[serde(with = "crate::timestamp::option", default)]
    pub actual_clock_in: Option<Timestamp>,
    /// When the person went last.
    #[serde(with = "crate::timestamp::option", default)]
    pub actual_clock_out: Option<Timestamp>,
    /// Whether it is absent because it was called off.
    #[serde(default)]
    pub is_called_off: bool,
    /// The start as an instant.
    #[serde(with = "crate::timestamp")]
    pub starts_at: Timestamp,
    /// The end as an instant.
    #[serde(with = "crate::timestamp")]
    pub ends_at: Timestamp,
}
