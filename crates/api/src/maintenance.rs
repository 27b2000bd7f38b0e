//! Maintenance of a machine, and what the machine did.
//!
//! A window keeps work away; a last day and running hours say when a maintenance is due. One that
//! comes again opens the next when it is completed.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /machines/{id}/maintenance`: a window, a last day, hours or an interval.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanMaintenance {
    /// What is done, such as `Lubrication`.
    pub maintenance_type: String,
    /// Beginning of the window into which no work is booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_start: Option<Timestamp>,
    /// Its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_end: Option<Timestamp>,
    /// Last day on which it is in time; that of the window's end if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Date>,
    /// Running hours after which it is due, counted from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_after_hours: Option<i64>,
    /// Days after which it comes again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_days: Option<i64>,
    /// Whether it comes again after `due_after_hours`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats_by_hours: Option<bool>,
}

/// Body of `PATCH /machines/{id}/maintenance/{maintenance_id}`: absent means unchanged, `null`
/// empties.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMaintenance {
    /// What is done.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub maintenance_type: Option<String>,
    /// Beginning of the window.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub planned_start: Option<Option<Timestamp>>,
    /// Its end.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub planned_end: Option<Option<Timestamp>>,
    /// Last day on which it is in time; a new window brings its own.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub due_date: Option<Option<Date>>,
    /// Running hours after which it is due; they go on counting.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub due_after_hours: Option<Option<i64>>,
    /// Days after which it comes again.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub interval_days: Option<Option<i64>>,
    /// Whether it comes again after `due_after_hours`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub repeats_by_hours: Option<bool>,
}

/// Body of `POST /machines/{id}/maintenance/{maintenance_id}/complete`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteMaintenance {
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// When it was done, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Body of `POST /machines/{id}/maintenance/{maintenance_id}/cancel`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelMaintenance {
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_description: Option<String>,
}

/// A maintenance: planned, done, or called off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Maintenance {
    /// Log position of the event that planned it.
    pub maintenance_id: i64,
    /// Whose it is.
    pub machine_id: String,
    /// What is done.
    pub maintenance_type: String,
    /// `planned`, `completed` or `cancelled`.
    pub status: String,
    /// Beginning of the window.
    #[serde(with = "crate::timestamp::option", default)]
    pub planned_start: Option<Timestamp>,
    /// Its end.
    #[serde(with = "crate::timestamp::option", default)]
    pub planned_end: Option<Timestamp>,
    /// Last day on which it is in time.
    pub due_date: Option<Date>,
    /// Running hours after which it is due.
    pub due_after_hours: Option<i64>,
    /// Whole running hours that are left, below nought once it is overdue; of planned ones alone.
    pub hours_remaining: Option<i64>,
    /// Days after which it comes again.
    pub interval_days: Option<i64>,
    /// Whether it comes again after `due_after_hours`.
    pub repeats_by_hours: bool,
    /// When it was done or called off.
    #[serde(with = "crate::timestamp::option", default)]
    pub ended_at: Option<Timestamp>,
    /// By whom.
    pub ended_by: Option<String>,
    /// What was found, or why it was called off; gone once erased.
    pub notes: Option<String>,
    /// When it was planned.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
    /// When it last changed.
    #[serde(with = "crate::timestamp")]
    pub updated_at: Timestamp,
}

/// What a machine did for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatusPeriod {
    /// The row's id.
    pub status_id: i64,
    /// Whose it is.
    pub machine_id: String,
    /// What it did.
    pub status: String,
    /// What it did before.
    pub previous_status: Option<String>,
    /// From when.
    #[serde(with = "crate::timestamp")]
    pub started_at: Timestamp,
    /// Until when; null for the present.
    #[serde(with = "crate::timestamp::option", default)]
    pub ended_at: Option<Timestamp>,
    /// Whole minutes; null for the present.
    pub duration_minutes: Option<i64>,
    /// Why, as a code.
    pub reason_code: Option<String>,
    /// Why, in words; gone once erased.
    pub reason_description: Option<String>,
    /// Who said or decided it.
    pub reported_by: String,
    /// When it was recorded.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
}
