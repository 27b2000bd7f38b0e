//! Rows as the writer's statements take them: what changes with the work and with status.
//!
//! Each struct is a composite type of the schema, field by field; the driver finds fields by name
//! and refuses one that is missing. A type that has landed is never changed: a row with more
//! columns is another type. Decides nothing.

mod material;

use mraos_domain::{
    Allocation, FinishedRow, Instant, Machine, MachineStatusBegun, Operator, Percentage, State,
    WorkOrder,
};
use postgres_types::ToSql;
use rust_decimal::Decimal;
use uuid::Uuid;

pub(crate) use self::material::{
    WrittenBomConsumption, WrittenMaterialLot, WrittenMaterialReservation,
};
use crate::projection::{Changes, machine_runs_alone, operator_runs_alone};
use crate::rows::Moment;

/// An operator's row of `operator_status`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_operator_status")]
pub(crate) struct WrittenOperatorStatus<'a> {
    operator_id: &'a str,
    current_status: &'a str,
    posted_status: &'a str,
    status_updated_at: Moment,
    status_posted_at: Moment,
    last_work_ended_at: Option<Moment>,
    open_allocations: Vec<i64>,
    running_alone: i16,
    updated_at: Moment,
    position: i64,
    replaced_position: i64,
}

/// A machine's row of `machine_status`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_machine_status")]
pub(crate) struct WrittenMachineStatus<'a> {
    machine_id: &'a str,
    current_status: &'a str,
    status_reason_code: Option<&'a str>,
    status_updated_at: Moment,
    last_work_ended_at: Option<Moment>,
    running_ms: i64,
    open_allocations: Vec<i64>,
    running_alone: i16,
    updated_at: Moment,
    position: i64,
    replaced_position: i64,
}

/// An order's row of `work_order_status`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_work_order_status")]
pub(crate) struct WrittenWorkOrderStatus<'a> {
    work_order_id: &'a str,
    status: &'a str,
    quantity_ordered: Decimal,
    quantity_produced: Decimal,
    quantity_rejected: Decimal,
    quantity_most: Decimal,
    progress_percentage: Decimal,
    waiting_until: Option<Moment>,
    actual_start_date: Option<Moment>,
    actual_end_date: Option<Moment>,
    actual_duration_minutes: Option<i32>,
    open_allocations: Vec<i64>,
    version: i32,
    updated_at: Moment,
    position: i64,
}

/// A row of `allocations`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_allocation")]
pub(crate) struct WrittenAllocation<'a> {
    allocation_id: i64,
    operator_id: Option<&'a str>,
    machine_id: Option<&'a str>,
    allocation_type: &'a str,
    status: &'a str,
    phase: &'a str,
    expected_start_time: Moment,
    expected_end_time: Moment,
    actual_start_time: Option<Moment>,
    actual_end_time: Option<Moment>,
    actual_duration_minutes: Option<i32>,
    running_since: Option<Moment>,
    worked_ms: i64,
    released_by: Option<&'a str>,
    released_at: Option<Moment>,
    release_reason_text_id: Option<Uuid>,
    release_reason_digest: Option<&'a str>,
    quantity_produced: Decimal,
    last_transition_at: Moment,
    version: i32,
    updated_at: Moment,
    position: i64,
    expected_duration_minutes: i32,
    work_order_id: &'a str,
    allocated_at: Moment,
    allocation_method: &'a str,
    suggestion_score: Option<Decimal>,
    allocated_by: &'a str,
    created_at: Moment,
}

/// A row of `machine_status_changes`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_machine_status_change")]
pub(crate) struct WrittenMachineStatusChange<'a> {
    status_id: i64,
    machine_id: &'a str,
    status: &'a str,
    started_at: Moment,
    reason_code: Option<&'a str>,
    reason_text_id: Option<Uuid>,
    reason_digest: Option<&'a str>,
    reported_by: &'a str,
    created_at: Moment,
    position: i64,
}

fn at(instant: Option<Instant>) -> Option<Moment> {
    instant.map(Moment::from)
}

fn minutes(value: Option<i64>) -> Option<i32> {
    value.and_then(|value| i32::try_from(value).ok())
}

fn ids<'a>(open: impl Iterator<Item = &'a Allocation>) -> Vec<i64> {
    open.map(|one| one.allocation_id.0).collect()
}

impl<'a> WrittenOperatorStatus<'a> {
    /// The operator as the state has them, in place of the row that was there before the batch.
    pub(crate) fn of(one: &'a Operator, changes: &Changes, state: &State) -> Self {
        Self {
            operator_id: one.operator_id.as_str(),
            current_status: one.current_status.as_str(),
            posted_status: one.posted_status.as_str(),
            status_updated_at: one.status_updated_at.into(),
            status_posted_at: one.status_posted_at.into(),
            last_work_ended_at: at(one.last_work_ended_at),
            open_allocations: ids(state.open_of_operator(&one.operator_id)),
            running_alone: operator_runs_alone(state, one),
            updated_at: one.updated_at.into(),
            position: one.position,
            replaced_position: changes.written_operator(&one.operator_id),
        }
    }
}

impl<'a> WrittenMachineStatus<'a> {
    /// The machine as the state has it, in place of the row that was there before the batch.
    pub(crate) fn of(one: &'a Machine, changes: &Changes, state: &State) -> Self {
        Self {
            machine_id: one.machine_id.as_str(),
            current_status: one.current_status.as_str(),
            status_reason_code: one.status_reason_code.as_ref().map(|code| code.as_str()),
            status_updated_at: one.status_updated_at.into(),
            last_work_ended_at: at(one.last_work_ended_at),
            running_ms: one.running_ms,
            open_allocations: ids(state.open_of_machine(&one.machine_id)),
            running_alone: machine_runs_alone(state, one),
            updated_at: one.updated_at.into(),
            position: one.position,
            replaced_position: changes.written_machine(&one.machine_id),
        }
    }
}

impl<'a> WrittenWorkOrderStatus<'a> {
    /// The order as the state has it.
    pub(crate) fn of(one: &'a WorkOrder, state: &State) -> Self {
        let ordered = one.details.quantity_ordered;
        Self {
            work_order_id: one.work_order_id.as_str(),
            status: one.status.as_str(),
            quantity_ordered: ordered.decimal(),
            quantity_produced: one.quantity_produced.decimal(),
            quantity_rejected: one.quantity_rejected.decimal(),
            quantity_most: one.quantity_most().decimal(),
            progress_percentage: one.quantity_produced.percent_of(ordered).decimal(),
            waiting_until: at(one.waiting_until),
            actual_start_date: at(one.actual_start_date),
            actual_end_date: at(one.actual_end_date),
            actual_duration_minutes: minutes(one.actual_duration_minutes()),
            open_allocations: ids(state.open_of_work_order(&one.work_order_id)),
            version: one.version,
            updated_at: one.updated_at.into(),
            position: one.position,
        }
    }
}

impl<'a> From<&'a Allocation> for WrittenAllocation<'a> {
    fn from(one: &'a Allocation) -> Self {
        let reason = one.release_reason.as_ref();
        Self {
            allocation_id: one.allocation_id.0,
            operator_id: one.assignment.operator_id.as_ref().map(|id| id.as_str()),
            machine_id: one.assignment.machine_id.as_ref().map(|id| id.as_str()),
            allocation_type: one.assignment.allocation_type(),
            status: one.status.as_str(),
            phase: one.phase.as_str(),
            expected_start_time: one.window.start.into(),
            expected_end_time: one.window.end.into(),
            actual_start_time: at(one.actual_start_time),
            actual_end_time: at(one.actual_end_time),
            actual_duration_minutes: minutes(one.actual_duration_minutes()),
            running_since: at(one.running_since),
            worked_ms: one.worked_ms,
            released_by: one.released_by.as_ref().map(|by| by.as_str()),
            released_at: at(one.released_at),
            release_reason_text_id: reason.map(|reason| reason.text_id),
            release_reason_digest: reason.map(|reason| reason.digest.as_str()),
            quantity_produced: one.quantity_produced.decimal(),
            last_transition_at: one.last_transition_at.into(),
            version: one.version,
            updated_at: one.updated_at.into(),
            position: one.position,
            expected_duration_minutes: one.expected_duration_minutes,
            work_order_id: one.assignment.work_order_id.as_str(),
            allocated_at: one.allocated_at.into(),
            allocation_method: one.allocation_method.as_str(),
            suggestion_score: one.suggestion_score.map(Percentage::decimal),
            allocated_by: one.allocated_by.as_str(),
            created_at: one.created_at.into(),
        }
    }
}

impl<'a> WrittenMachineStatusChange<'a> {
    /// What a machine began to do.
    pub(crate) fn of(row: &FinishedRow, began: &'a MachineStatusBegun) -> Self {
        Self {
            status_id: row.row_id().0,
            machine_id: began.machine_id.as_str(),
            status: began.status.as_str(),
            started_at: began.started_at.into(),
            reason_code: began.reason_code.as_ref().map(|code| code.as_str()),
            reason_text_id: began.reason.as_ref().map(|text| text.text_id),
            reason_digest: began.reason.as_ref().map(|text| text.digest.as_str()),
            reported_by: began.reported_by.as_str(),
            created_at: began.created_at.into(),
            position: row.position,
        }
    }
}
