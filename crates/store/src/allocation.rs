//! Allocations: rows to domain values and back.
//!
//! Describes the table once for the live write, the rebuild and their comparison.

use mraos_domain::allocation::{Allocation, AllocationMethod, AllocationStatus, Assignment, Phase};
use mraos_domain::{
    AllocationId, MachineId, OperatorId, Percentage, Quantity, TextRef, Window, WorkOrderId,
};
use tokio_postgres::Row;

use crate::cell::{cell, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::table::{Table, TableRow};

pub(crate) const ALLOCATIONS: Table = Table {
    name: "allocations",
    key: &["allocation_id"],
    columns: &[
        ("allocation_id", "bigint"),
        ("work_order_id", "varchar"),
        ("operator_id", "varchar"),
        ("machine_id", "varchar"),
        ("phase", "varchar"),
        ("status", "varchar"),
        ("allocated_at", "timestamptz"),
        ("expected_start_time", "timestamptz"),
        ("expected_end_time", "timestamptz"),
        ("expected_duration_minutes", "int"),
        ("actual_start_time", "timestamptz"),
        ("actual_end_time", "timestamptz"),
        ("running_since", "timestamptz"),
        ("worked_ms", "bigint"),
        ("allocation_method", "varchar"),
        ("suggestion_score", "numeric"),
        ("allocated_by", "varchar"),
        ("released_by", "varchar"),
        ("released_at", "timestamptz"),
        ("release_reason_text_id", "uuid"),
        ("release_reason_digest", "varchar"),
        ("quantity_produced", "numeric"),
        ("last_transition_at", "timestamptz"),
        ("version", "int"),
        ("created_at", "timestamptz"),
        ("updated_at", "timestamptz"),
        ("position", "bigint"),
        // Derived from the above, for the specification.
        ("allocation_type", "varchar"),
        ("actual_duration_minutes", "int"),
    ],
};

pub(crate) fn encode(one: &Allocation) -> TableRow {
    let reason = one.release_reason.as_ref();
    vec![
        cell(one.allocation_id),
        cell(&one.assignment.work_order_id),
        cell_opt(one.assignment.operator_id.as_ref()),
        cell_opt(one.assignment.machine_id.as_ref()),
        cell(one.phase.as_str()),
        cell(one.status.as_str()),
        cell(one.allocated_at),
        cell(one.window.start),
        cell(one.window.end),
        cell(one.expected_duration_minutes),
        cell_opt(one.actual_start_time),
        cell_opt(one.actual_end_time),
        cell_opt(one.running_since),
        cell(one.worked_ms),
        cell(one.allocation_method.as_str()),
        cell_opt(one.suggestion_score),
        cell(&one.allocated_by),
        cell_opt(one.released_by.as_ref()),
        cell_opt(one.released_at),
        cell_opt(reason.map(|reason| reason.text_id)),
        cell_opt(reason.map(|reason| &reason.digest)),
        cell(one.quantity_produced),
        cell(one.last_transition_at),
        cell(one.version),
        cell(one.created_at),
        cell(one.updated_at),
        cell(one.position),
        cell(one.assignment.allocation_type()),
        cell_opt(one.actual_duration_minutes()),
    ]
}

pub(crate) fn decode(row: &Row) -> Result<Allocation, StoreError> {
    let mut c = Cells::new(row);
    Ok(Allocation {
        allocation_id: AllocationId(c.get()?),
        assignment: Assignment {
            work_order_id: c.parse(WorkOrderId::new)?,
            operator_id: c.parse_opt(OperatorId::new)?,
            machine_id: c.parse_opt(MachineId::new)?,
        },
        phase: c.name(Phase::parse)?,
        status: c.name(AllocationStatus::parse)?,
        allocated_at: c.instant()?,
        window: Window { start: c.instant()?, end: c.instant()? },
        expected_duration_minutes: c.get()?,
        actual_start_time: c.instant_opt()?,
        actual_end_time: c.instant_opt()?,
        running_since: c.instant_opt()?,
        worked_ms: c.get()?,
        allocation_method: c.name(AllocationMethod::parse)?,
        suggestion_score: c.decimal_opt(Percentage::new)?,
        allocated_by: c.text()?,
        released_by: c.text_opt()?,
        released_at: c.instant_opt()?,
        release_reason: c
            .get::<Option<uuid::Uuid>>()?
            .zip(c.get::<Option<String>>()?)
            .map(|(text_id, digest)| TextRef { text_id, digest }),
        quantity_produced: c.decimal(Quantity::new)?,
        last_transition_at: c.instant()?,
        version: c.get()?,
        created_at: c.instant()?,
        updated_at: c.instant()?,
        position: c.get()?,
    })
}
