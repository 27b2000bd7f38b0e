//! Work orders: what is to be made, how much, until when, after what.
//!
//! The status follows from allocations and progress; a client may only cancel. Produced and
//! remaining quantities follow from progress reports.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decimal::{DecimalInput, DecimalText};
use crate::dependency::AddDependency;

/// Body of `POST /work-orders`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWorkOrder {
    /// The id, at most 20 characters.
    pub work_order_id: String,
    /// Number on paper, unique.
    pub work_order_number: String,
    /// Product.
    pub product_id: String,
    /// Its name.
    pub product_name: String,
    /// Its variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_variant: Option<String>,
    /// Ordered, with up to three decimals.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalInput)]
    pub quantity_ordered: Decimal,
    /// `EA`, `KG`, …
    pub unit_of_measure: String,
    /// `low`, `medium` (if absent), `high` or `urgent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// When it must be done.
    pub due_date: Timestamp,
    /// Planned start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_start_date: Option<Timestamp>,
    /// Planned end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_end_date: Option<Timestamp>,
    /// Estimated length of the whole order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_duration_minutes: Option<i64>,
    /// Line that should make it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_line: Option<String>,
    /// Shift that should make it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned_shift: Option<String>,
    /// The customer's order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_order_id: Option<String>,
    /// Its id in the ERP system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erp_work_order_id: Option<String>,
    /// Operation it is at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_operation: Option<String>,
    /// Whether quality must inspect it; true if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality_inspection_required: Option<bool>,
    /// By how much more than ordered may be made, in percent; nothing if absent.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub overrun_percentage: Option<Decimal>,
    /// The same as a quantity; one of the two at most.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub overrun_quantity: Option<Decimal>,
    /// Makes it a step that needs nobody and no machine and lasts so long after its predecessors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_minutes: Option<i64>,
    /// `pending`, if anything; results come through `/work-orders/{id}/quality`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality_status: Option<String>,
    /// What must come first; the orders named must exist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<AddDependency>,
    /// When it was first there, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Body of `PATCH /work-orders/{id}`: absent means unchanged, `null` empties.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeWorkOrder {
    /// Number on paper, unique.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub work_order_number: Option<String>,
    /// Product.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub product_id: Option<String>,
    /// Its name.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub product_name: Option<String>,
    /// Its variant.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub product_variant: Option<Option<String>>,
    /// Ordered, with up to three decimals.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required_decimal",
        serialize_with = "crate::decimal::option::serialize"
    )]
    #[schema(value_type = Option<DecimalInput>, nullable = false)]
    pub quantity_ordered: Option<Decimal>,
    /// `EA`, `KG`, …
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub unit_of_measure: Option<String>,
    /// `low`, `medium`, `high` or `urgent`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub priority: Option<String>,
    /// When it must be done.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub due_date: Option<Timestamp>,
    /// Planned start.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub planned_start_date: Option<Option<Timestamp>>,
    /// Planned end.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub planned_end_date: Option<Option<Timestamp>>,
    /// Estimated length of the whole order.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub estimated_duration_minutes: Option<Option<i64>>,
    /// Line that should make it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub production_line: Option<Option<String>>,
    /// Shift that should make it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub assigned_shift: Option<Option<String>>,
    /// The customer's order.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub customer_order_id: Option<Option<String>>,
    /// Its id in the ERP system.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub erp_work_order_id: Option<Option<String>>,
    /// Operation it is at.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub current_operation: Option<Option<String>>,
    /// Whether quality must inspect it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub quality_inspection_required: Option<bool>,
    /// By how much more than ordered may be made, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::nullable")]
    #[schema(value_type = Option<DecimalInput>)]
    pub overrun_percentage: Option<Option<Decimal>>,
    /// The same as a quantity; one of the two at most.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::nullable")]
    #[schema(value_type = Option<DecimalInput>)]
    pub overrun_quantity: Option<Option<Decimal>>,
    /// How long a waiting step lasts; null for an order that somebody works on.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub wait_minutes: Option<Option<i64>>,
    /// Only `cancelled` can be asked for; every other status follows from allocations.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub status: Option<String>,
}

/// A work order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WorkOrder {
    /// The id.
    pub work_order_id: String,
    /// Number on paper, unique.
    pub work_order_number: String,
    /// Product.
    pub product_id: String,
    /// Its name.
    pub product_name: String,
    /// Its variant.
    pub product_variant: Option<String>,
    /// Ordered, with up to three decimals.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_ordered: Decimal,
    /// Good pieces so far.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_produced: Decimal,
    /// Rejected pieces so far.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_rejected: Decimal,
    /// Still to make.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_remaining: Decimal,
    /// `EA`, `KG`, …
    pub unit_of_measure: String,
    /// `low`, `medium`, `high` or `urgent`.
    pub priority: String,
    /// `queued`, `assigned`, `in_progress`, `paused`, `completed` or `cancelled`.
    pub status: String,
    /// When it must be done.
    #[serde(with = "crate::timestamp")]
    pub due_date: Timestamp,
    /// Planned start.
    #[serde(with = "crate::timestamp::option", default)]
    pub planned_start_date: Option<Timestamp>,
    /// Planned end.
    #[serde(with = "crate::timestamp::option", default)]
    pub planned_end_date: Option<Timestamp>,
    /// First start.
    #[serde(with = "crate::timestamp::option", default)]
    pub actual_start_date: Option<Timestamp>,
    /// Completion.
    #[serde(with = "crate::timestamp::option", default)]
    pub actual_end_date: Option<Timestamp>,
    /// Estimated length of the whole order.
    pub estimated_duration_minutes: Option<i64>,
    /// From first start to completion.
    pub actual_duration_minutes: Option<i64>,
    /// Line that should make it.
    pub production_line: Option<String>,
    /// Shift that should make it.
    pub assigned_shift: Option<String>,
    /// The customer's order.
    pub customer_order_id: Option<String>,
    /// Its id in the ERP system.
    pub erp_work_order_id: Option<String>,
    /// Operation it is at.
    pub current_operation: Option<String>,
    /// Produced of ordered, in percent.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub progress_percentage: Decimal,
    /// Whether quality must inspect it.
    pub quality_inspection_required: bool,
    /// `pending`, `passed`, `failed` or `waived`.
    pub quality_status: Option<String>,
    /// By how much more than ordered may be made, in percent.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub overrun_percentage: Option<Decimal>,
    /// The same as a quantity.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub overrun_quantity: Option<Decimal>,
    /// How long a waiting step lasts; null for an order that somebody works on.
    pub wait_minutes: Option<i64>,
    /// Until when it waits, once it has begun to.
    #[serde(with = "crate::timestamp::option", default)]
    pub waiting_until: Option<Timestamp>,
    /// When it is done as things stand, by what is left, who works on it, and its predecessors.
    #[serde(with = "crate::timestamp::option", default)]
    pub expected_end: Option<Timestamp>,
    /// Minutes that this is after the due date; 0 in time, null where no end can be told.
    pub delay_minutes: Option<i64>,
    /// Goes up with every change of master data; the ETag.
    pub version: i64,
    /// When it was created.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
    /// When it last changed.
    #[serde(with = "crate::timestamp")]
    pub updated_at: Timestamp,
    /// Who created it.
    pub created_by: Option<String>,
}

/// Body of `POST /work-orders/{id}/progress`: one of the two produced figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportProgress {
    /// Good pieces in all, since the order's start.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub quantity_produced: Option<Decimal>,
    /// Good pieces since the last report.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub quantity_delta: Option<Decimal>,
    /// Rejected pieces since the last report.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub quantity_rejected: Option<Decimal>,
    /// When it was counted, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}
