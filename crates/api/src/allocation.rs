//! Allocations: who works at which machine on which order.
//!
//! Phases run booked → running ⇄ paused → ended. Every command is checked against every rule, and
//! a refusal names all that stand in the way; soft ones may be overridden with a reason.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decimal::{DecimalInput, DecimalText};
use crate::problem::Refusal;
use crate::suggestion::PairSurvey;

/// Body of `POST /allocations` and `POST /allocations/validate`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAllocation {
    /// The order.
    pub work_order_id: String,
    /// Who works on it; operator, machine or both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_id: Option<String>,
    /// `manual` (if absent), `ai_suggested` or `automated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocation_method: Option<String>,
    /// Later than now books; absent or past starts at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_start_time: Option<Timestamp>,
    /// Length; the order's estimate, else the plant's default, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_duration_minutes: Option<i64>,
    /// 0 to 100, for suggested ones.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub suggestion_score: Option<Decimal>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Soft rules that are overridden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// A soft rule that is overridden, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Code of the refusal.
    pub code: String,
    /// Why it is right here.
    pub reason: String,
}

/// Body of `POST /allocations/{id}/start`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartAllocation {
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Soft rules that are overridden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// Body of `POST /allocations/{id}/pause`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseAllocation {
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Body of `POST /allocations/{id}/resume`: every rule is checked again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeAllocation {
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Soft rules that are overridden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// Body of `POST /allocations/{id}/reassign`: the id stays, the named resources change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReassignAllocation {
    /// The new operator; unchanged if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<String>,
    /// The new machine; unchanged if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_id: Option<String>,
    /// The side that is no longer needed and becomes free: `operator` or `machine`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drop: Option<String>,
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Soft rules that are overridden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// Body of `POST /allocations/{id}/reschedule`: a booking moves, running work takes another time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleAllocation {
    /// New start of a booking, later than now; unchanged if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_start_time: Option<Timestamp>,
    /// New end; instead of a length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_end_time: Option<Timestamp>,
    /// New length; of running work in all, with what was worked before a pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_duration_minutes: Option<i64>,
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Soft rules that are overridden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// Body of `POST /allocations/{id}/undo`: the last change is taken back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoAllocation {
    /// Why, as a code; `undone` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Soft rules that are overridden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
}

/// Body of `POST /allocations/{id}/release`: ends it, the order goes on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseAllocation {
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_reason: Option<String>,
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Body of `POST /allocations/{id}/complete`: ends it as done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteAllocation {
    /// Good pieces made under it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub quantity_produced: Option<Decimal>,
    /// Rejected pieces made under it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub quantity_rejected: Option<Decimal>,
    /// Whether the whole order is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_order_completed: Option<bool>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Body of `POST /allocations/{id}/cancel`: only while booked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelAllocation {
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// An allocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Allocation {
    /// Log position of the event that created it.
    pub allocation_id: i64,
    /// The order.
    pub work_order_id: String,
    /// Who works on it.
    pub operator_id: Option<String>,
    /// Where.
    pub machine_id: Option<String>,
    /// `operator`, `machine` or `operator_machine`.
    pub allocation_type: String,
    /// `active`, `completed`, `released` or `cancelled`.
    pub status: String,
    /// `booked`, `running`, `paused` or `ended`.
    pub phase: String,
    /// When it was decided.
    #[serde(with = "crate::timestamp")]
    pub allocated_at: Timestamp,
    /// Start of its window.
    #[serde(with = "crate::timestamp::option", default)]
    pub expected_start_time: Option<Timestamp>,
    /// End of its window.
    #[serde(with = "crate::timestamp::option", default)]
    pub expected_end_time: Option<Timestamp>,
    /// Length of its window.
    pub expected_duration_minutes: Option<i64>,
    /// When work began.
    #[serde(with = "crate::timestamp::option", default)]
    pub actual_start_time: Option<Timestamp>,
    /// When it ended.
    #[serde(with = "crate::timestamp::option", default)]
    pub actual_end_time: Option<Timestamp>,
    /// From begin to end.
    pub actual_duration_minutes: Option<i64>,
    /// `manual`, `ai_suggested` or `automated`.
    pub allocation_method: String,
    /// 0 to 100.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub suggestion_score: Option<Decimal>,
    /// Who decided it.
    pub allocated_by: String,
    /// Who ended it.
    pub released_by: Option<String>,
    /// When it was ended.
    #[serde(with = "crate::timestamp::option", default)]
    pub released_at: Option<Timestamp>,
    /// Why it was ended.
    pub release_reason: Option<String>,
    /// Good pieces made under it.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_produced: Decimal,
    /// Running work that has passed its expected end and is in the way of this booking, the next
    /// one after it; none in the answer to a write.
    pub held_up_by_allocation_id: Option<i64>,
    /// Goes up with every change.
    pub version: i64,
    /// When it was created.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
    /// When it last changed.
    #[serde(with = "crate::timestamp")]
    pub updated_at: Timestamp,
}

/// Answer of `POST /allocations/validate`: what `POST /allocations` would say now.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Validation {
    /// Whether nothing refuses.
    pub allowed: bool,
    /// Every rule that refuses.
    pub refusals: Vec<Refusal>,
    /// Unless operator and machine are both named: which pairs are possible, and why the others
    /// are not. Where neither is named, `allowed` says whether any is possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub pairs: Option<PairSurvey>,
}

/// One change of an allocation, an item of `GET /allocations/{id}/events`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AllocationChangeEvent {
    /// Log position of the change.
    pub event_id: i64,
    /// The allocation.
    pub allocation_id: i64,
    /// `created`, `started`, `paused`, `resumed`, `reassigned`, `rescheduled`, `overran`,
    /// `reopened`, `released`, `completed` or `cancelled`.
    pub event_type: String,
    /// When it happened on the floor.
    #[serde(with = "crate::timestamp")]
    pub event_timestamp: Timestamp,
    /// State before.
    #[schema(required)]
    pub previous_state: Option<serde_json::Value>,
    /// State after.
    #[schema(required)]
    pub new_state: Option<serde_json::Value>,
    /// Why, as a code.
    pub change_reason_code: Option<String>,
    /// Why, in words.
    pub change_reason_description: Option<String>,
    /// Idle minutes that the change prevented.
    pub idle_time_prevented_minutes: Option<i64>,
    /// Minutes that the change delays the order.
    pub work_order_delay_minutes: Option<i64>,
    /// Who changed it.
    pub changed_by: String,
    /// `supervisor_ui`, `api`, `automated_system` or `integration`.
    pub change_source: String,
    /// When it was recorded.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
}
