//! Cards: the whole state of an entity after an event, as screens show it.
//!
//! A client replaces what it has by (entity type, entity id) and never merges. Names of people are
//! there only for roles that may see them. Decimals are strings, times RFC 3339.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decimal::DecimalText;

/// The card of any entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Card {
    /// Of an operator.
    Operator(OperatorCard),
    /// Of a machine.
    Machine(MachineCard),
    /// Of an allocation.
    Allocation(AllocationCard),
    /// Of a work order.
    WorkOrder(WorkOrderCard),
    /// Of a material.
    Material(MaterialCard),
    /// Of an alert.
    Alert(AlertCard),
}

/// An operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OperatorCard {
    /// The id.
    pub operator_id: String,
    /// First and last name; absent for roles that may not see it, and after erasure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// What the operator does; `busy` while work runs.
    pub current_status: String,
    /// What the operator has said last.
    pub posted_status: String,
    /// Since when.
    #[serde(with = "crate::timestamp")]
    pub status_updated_at: Timestamp,
    /// Line of the machine of running work, else the operator's own.
    pub production_line: Option<String>,
    /// The operator's own line.
    pub home_production_line: Option<String>,
    /// Zone or area of the factory.
    pub home_location: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// The shift that the operator clocked in for, else the one that lasted when the card was made.
    pub shift: Option<ShiftCard>,
    /// False once retired.
    pub is_active: bool,
    /// True once the person was erased; the name is gone for good.
    #[serde(default)]
    pub is_erased: bool,
    /// Jobs the operator can tend at once.
    pub parallel_capacity: i64,
    /// Booked, running and paused allocations.
    pub allocation_ids: Vec<i64>,
}

/// A shift on an operator's card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ShiftCard {
    /// The id.
    pub shift_id: i64,
    /// Name.
    pub shift_name: String,
    /// `scheduled`, `in_progress`, `completed`, `absent` or `late`.
    pub status: String,
    /// Whether it is absent because it was called off.
    pub is_called_off: bool,
    /// The start as an instant.
    #[serde(with = "crate::timestamp")]
    pub starts_at: Timestamp,
    /// The end as an instant.
    #[serde(with = "crate::timestamp")]
    pub ends_at: Timestamp,
    /// When the operator came first.
    #[serde(with = "crate::timestamp::option", default)]
    pub actual_clock_in: Option<Timestamp>,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MachineCard {
    /// The id.
    pub machine_id: String,
    /// Name.
    pub machine_name: String,
    /// Type.
    pub machine_type: String,
    /// Line.
    pub production_line: String,
    /// Zone of the line.
    pub zone: Option<String>,
    /// What it does.
    pub current_status: String,
    /// Why, where a reason code was given.
    pub status_reason_code: Option<String>,
    /// Since when.
    #[serde(with = "crate::timestamp")]
    pub status_updated_at: Timestamp,
    /// False once retired.
    pub is_active: bool,
    /// Jobs it can do at once.
    pub parallel_capacity: i64,
    /// The planned window that lasted when the card was made, else the next one.
    pub next_maintenance: Option<MaintenanceCard>,
    /// Booked, running and paused allocations.
    pub allocation_ids: Vec<i64>,
}

/// A planned window of maintenance on a machine's card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MaintenanceCard {
    /// The id.
    pub maintenance_id: i64,
    /// What is done.
    pub maintenance_type: String,
    /// From when on it keeps work away.
    #[serde(with = "crate::timestamp")]
    pub planned_start: Timestamp,
    /// Until when.
    #[serde(with = "crate::timestamp")]
    pub planned_end: Timestamp,
}

/// An allocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AllocationCard {
    /// The id.
    pub allocation_id: i64,
    /// The order.
    pub work_order_id: String,
    /// The operator.
    pub operator_id: Option<String>,
    /// The machine.
    pub machine_id: Option<String>,
    /// `active`, `completed`, `released` or `cancelled`.
    pub status: String,
    /// `booked`, `running`, `paused` or `ended`.
    pub phase: String,
    /// Planned start.
    #[serde(with = "crate::timestamp")]
    pub expected_start_time: Timestamp,
    /// Planned end.
    #[serde(with = "crate::timestamp")]
    pub expected_end_time: Timestamp,
    /// First start.
    #[serde(with = "crate::timestamp::option", default)]
    pub actual_start_time: Option<Timestamp>,
    /// End.
    #[serde(with = "crate::timestamp::option", default)]
    pub actual_end_time: Option<Timestamp>,
    /// Since when it runs without a break.
    #[serde(with = "crate::timestamp::option", default)]
    pub running_since: Option<Timestamp>,
    /// Good quantity of this allocation.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_produced: Decimal,
    /// `manual`, `ai_suggested` or `automated`.
    pub allocation_method: String,
    /// Goes up with every change.
    pub version: i64,
    /// Line of the machine, else of the operator, else of the order.
    pub production_line: Option<String>,
}

/// A work order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WorkOrderCard {
    /// The id.
    pub work_order_id: String,
    /// Number for people.
    pub work_order_number: String,
    /// Product.
    pub product_id: String,
    /// Product's name.
    pub product_name: String,
    /// `low`, `medium`, `high` or `urgent`.
    pub priority: String,
    /// Where it stands.
    pub status: String,
    /// How much is to be made.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_ordered: Decimal,
    /// Good quantity so far.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_produced: Decimal,
    /// Rejected quantity so far.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_rejected: Decimal,
    /// Share of the quantity, at most 100.00.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub progress_percentage: Decimal,
    /// Promised date.
    #[serde(with = "crate::timestamp")]
    pub due_date: Timestamp,
    /// Line meant for it.
    pub production_line: Option<String>,
    /// Minutes for the whole quantity.
    pub estimated_duration_minutes: Option<i64>,
    /// First start of work.
    #[serde(with = "crate::timestamp::option", default)]
    pub actual_start_date: Option<Timestamp>,
    /// Goes up with changes of master data and quantities.
    pub version: i64,
    /// Booked, running and paused allocations.
    pub allocation_ids: Vec<i64>,
}

/// A material.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MaterialCard {
    /// The id.
    pub material_id: String,
    /// Number for people.
    pub part_number: String,
    /// Name.
    pub part_name: String,
    /// Group.
    pub category: Option<String>,
    /// Unit of all its quantities.
    pub unit_of_measure: String,
    /// What there is.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub on_hand_quantity: Decimal,
    /// What is set aside.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub allocated_quantity: Decimal,
    /// What is left.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub available_quantity: Decimal,
    /// Below this it wants attention.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub safety_stock_level: Option<Decimal>,
    /// At this it is ordered again.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub reorder_point: Option<Decimal>,
    /// Since when less than the safety stock is available.
    #[serde(with = "crate::timestamp::option", default)]
    pub below_safety_since: Option<Timestamp>,
    /// When more is expected.
    #[serde(with = "crate::timestamp::option", default)]
    pub next_receipt_at: Option<Timestamp>,
    /// False once out of use.
    pub is_active: bool,
}

/// Something that wants attention; there is at most one per code and subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertCard {
    /// The id: code and subject, such as `machine_breakdown:M-203`.
    pub alert_id: String,
    /// `critical`, `warning` or `info`.
    pub severity: String,
    /// `machine_breakdown`, `machine_no_signal`, `operator_absent`, `operator_late`,
    /// `allocation_overrun` or `material_below_safety_stock`.
    pub code: String,
    /// A sentence for people, without names.
    pub message: String,
    /// What it is about.
    pub subject: AlertSubject,
    /// Line of the subject.
    pub production_line: Option<String>,
    /// Open allocations that it hits.
    pub affected_allocation_ids: Vec<i64>,
    /// Since when.
    #[serde(with = "crate::timestamp")]
    pub raised_at: Timestamp,
    /// Until when; `null` while it lasts.
    #[serde(with = "crate::timestamp::option", default)]
    pub resolved_at: Option<Timestamp>,
}

/// What an alert is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AlertSubject {
    /// `operator`, `machine`, `allocation` or `material`.
    pub entity_type: String,
    /// Its id.
    pub entity_id: String,
}
