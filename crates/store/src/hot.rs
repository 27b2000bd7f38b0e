//! The statements of the hot path: what work and status change on rows that exist, new work, and
//! what machines began to do.
//!
//! One statement per table and batch, rows in, only the columns that can have changed, so that
//! PostgreSQL can keep the new row version on its page.

use std::collections::BTreeMap;

use mraos_domain::{Finished, State};
use tokio_postgres::Statement;

use crate::error::StoreError;
use crate::projection::{Changes, Depth};
use crate::rows::Rows;
use crate::written::{
    WrittenAllocation, WrittenMachineStatus, WrittenMachineStatusChange, WrittenOperatorStatus,
    WrittenWorkOrderStatus,
};

/// An update that fails unless it meets as many rows as it was given. The function that fails is
/// called only then, as calling it costs as much as updating a row or two.
macro_rules! checked {
    ($update:literal) => {
        concat!(
            "WITH met AS (",
            $update,
            " RETURNING 1) SELECT expect_rows(count(*), cardinality($1)) FROM met HAVING count(*) \
             <> cardinality($1)"
        )
    };
}

pub(crate) mod material;

const OPERATORS: &str = checked!(
    "UPDATE operator_status t SET current_status = u.current_status, posted_status = \
    u.posted_status, status_updated_at = u.status_updated_at, status_posted_at = \
    u.status_posted_at, last_work_ended_at = u.last_work_ended_at, open_allocations = \
    u.open_allocations, running_alone = u.running_alone, updated_at = u.updated_at, position = \
    u.position FROM unnest($1::written_operator_status[]) u WHERE t.operator_id = u.operator_id \
    AND t.generation = u.replaced_position >> 15 AND t.position = u.replaced_position"
);

const MACHINES: &str = checked!(
    "UPDATE machine_status t SET current_status = u.current_status, status_reason_code = \
    u.status_reason_code, status_updated_at = u.status_updated_at, last_work_ended_at = \
    u.last_work_ended_at, running_ms = u.running_ms, open_allocations = u.open_allocations, \
    running_alone = u.running_alone, updated_at = u.updated_at, position = u.position FROM \
    unnest($1::written_machine_status[]) u WHERE t.machine_id = u.machine_id AND t.generation = \
    u.replaced_position >> 15 AND t.position = u.replaced_position"
);

const WORK_ORDERS: &str = checked!(
    "UPDATE work_order_status t SET status = u.status, quantity_ordered = u.quantity_ordered, \
    quantity_produced = u.quantity_produced, quantity_rejected = u.quantity_rejected, \
    quantity_most = u.quantity_most, progress_percentage = u.progress_percentage, waiting_until = \
    u.waiting_until, actual_start_date = u.actual_start_date, actual_end_date = \
    u.actual_end_date, actual_duration_minutes = u.actual_duration_minutes, open_allocations = \
    u.open_allocations, version = u.version, updated_at = u.updated_at, position = u.position \
    FROM unnest($1::written_work_order_status[]) u WHERE t.work_order_id = u.work_order_id"
);

const ALLOCATIONS: &str = checked!(
    "UPDATE allocations t SET operator_id = u.operator_id, machine_id = u.machine_id, \
    allocation_type = u.allocation_type, status = u.status, phase = u.phase, expected_start_time \
    = u.expected_start_time, expected_end_time = u.expected_end_time, actual_start_time = \
    u.actual_start_time, actual_end_time = u.actual_end_time, actual_duration_minutes = \
    u.actual_duration_minutes, running_since = u.running_since, worked_ms = u.worked_ms, \
    released_by = u.released_by, released_at = u.released_at, release_reason_text_id = \
    u.release_reason_text_id, release_reason_digest = u.release_reason_digest, quantity_produced \
    = u.quantity_produced, last_transition_at = u.last_transition_at, version = u.version, \
    updated_at = u.updated_at, position = u.position, expected_duration_minutes = \
    u.expected_duration_minutes FROM unnest($1::written_allocation[]) u WHERE t.allocation_id = \
    u.allocation_id"
);

const INSERT_ALLOCATIONS: &str = "INSERT INTO allocations (allocation_id, operator_id, \
    machine_id, allocation_type, status, phase, expected_start_time, expected_end_time, \
    actual_start_time, actual_end_time, actual_duration_minutes, running_since, worked_ms, \
    released_by, released_at, release_reason_text_id, release_reason_digest, quantity_produced, \
    last_transition_at, version, updated_at, position, expected_duration_minutes, work_order_id, \
    allocated_at, allocation_method, suggestion_score, allocated_by, created_at) SELECT * FROM \
    unnest($1::written_allocation[])";

const INSERT_MACHINE_STATUSES: &str = "INSERT INTO machine_status_changes (status_id, \
    machine_id, status, started_at, reason_code, reason_text_id, reason_digest, reported_by, \
    created_at, position) SELECT * FROM unnest($1::written_machine_status_change[])";

/// How the rows of a batch for one statement are encoded; none if there are no rows.
pub(crate) type Encode = fn(&Changes, &State, &Statement) -> Result<Option<Rows>, StoreError>;

/// Rows that exist; new ones are inserted whole.
pub(crate) const UPDATES: [(&str, Encode); 4] = [
    (OPERATORS, operators),
    (MACHINES, machines),
    (WORK_ORDERS, work_orders),
    (ALLOCATIONS, allocations),
];

/// New work, and two statuses of a machine for each piece of it.
pub(crate) const INSERTS: [(&str, Encode); 2] =
    [(INSERT_ALLOCATIONS, new_allocations), (INSERT_MACHINE_STATUSES, machine_statuses)];

fn old<K>(map: &BTreeMap<K, Depth>) -> impl Iterator<Item = &K> {
    map.iter().filter(|(_, depth)| **depth != Depth::New).map(|(id, _)| id)
}

fn operators(
    changes: &Changes,
    state: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let found = old(&changes.operators).filter_map(|id| state.operator(id));
    Rows::encode(statement, found.map(|one| WrittenOperatorStatus::of(one, changes, state)))
}

fn machines(
    changes: &Changes,
    state: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let found = old(&changes.machines).filter_map(|id| state.machine(id));
    Rows::encode(statement, found.map(|one| WrittenMachineStatus::of(one, changes, state)))
}

fn work_orders(
    changes: &Changes,
    state: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let found = old(&changes.work_orders).filter_map(|id| state.work_order(id));
    Rows::encode(statement, found.map(|one| WrittenWorkOrderStatus::of(one, state)))
}

fn allocations(
    changes: &Changes,
    state: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let found = old(&changes.allocations).filter_map(|id| state.allocation(*id));
    Rows::encode(statement, found.map(WrittenAllocation::from))
}

fn new_allocations(
    changes: &Changes,
    state: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let new = changes.allocations.iter().filter(|(_, depth)| **depth == Depth::New);
    let found = new.filter_map(|(id, _)| state.allocation(*id));
    Rows::encode(statement, found.map(WrittenAllocation::from))
}

fn machine_statuses(
    changes: &Changes,
    _: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let began = changes.finished.iter().filter_map(|row| match &row.row {
        Finished::MachineStatus(began) => Some(WrittenMachineStatusChange::of(row, began)),
        _ => None,
    });
    Rows::encode(statement, began)
}
