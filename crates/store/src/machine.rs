//! Machines: rows to domain values and back.
//!
//! Describes the table once for the live write, the rebuild and their comparison.

use mraos_domain::machine::{Machine, MachineDetails, MachineStatus, MachineStatusBegun};
use mraos_domain::{AllocationId, FinishedRow, MachineId, Text};
use tokio_postgres::Row;

use crate::cell::{cell, cell_list, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::table::{Table, TableRow};

pub(crate) const MACHINES: Table = Table {
    name: "machines",
    key: &["machine_id"],
    columns: &[
        ("machine_id", "varchar"),
        ("machine_name", "varchar"),
        ("machine_type", "varchar"),
        ("manufacturer", "varchar"),
        ("model_number", "varchar"),
        ("serial_number", "varchar"),
        ("production_line", "varchar"),
        ("zone", "varchar"),
        ("physical_location", "varchar"),
        ("product_types", "text[]"),
        ("max_capacity_per_hour", "int"),
        ("parallel_capacity", "smallint"),
        ("last_maintenance_date", "date"),
        ("next_maintenance_date", "date"),
        ("maintenance_hours_remaining", "int"),
        ("installation_date", "date"),
        ("warranty_expiry", "date"),
        ("is_active", "boolean"),
        ("version", "int"),
        ("created_at", "timestamptz"),
    ],
};

/// What changes with the work of a machine.
pub(crate) const MACHINE_STATUS: Table = Table {
    name: "machine_status",
    key: &["machine_id"],
    columns: &[
        ("machine_id", "varchar"),
        ("current_status", "varchar"),
        ("status_reason_code", "varchar"),
        ("status_updated_at", "timestamptz"),
        ("last_work_ended_at", "timestamptz"),
        ("running_ms", "bigint"),
        ("updated_at", "timestamptz"),
        ("position", "bigint"),
        ("open_allocations", "bigint[]"),
        // Guarded by a check: at most one.
        ("running_alone", "smallint"),
    ],
};

/// What machines began to do: a machine's history.
pub(crate) const STATUS_CHANGES: Table = Table {
    name: "machine_status_changes",
    key: &["status_id"],
    columns: &[
        ("status_id", "bigint"),
        ("machine_id", "varchar"),
        ("status", "varchar"),
        ("started_at", "timestamptz"),
        ("reason_code", "varchar"),
        ("reason_text_id", "uuid"),
        ("reason_digest", "varchar"),
        ("reported_by", "varchar"),
        ("created_at", "timestamptz"),
        ("position", "bigint"),
    ],
};

pub(crate) fn encode(one: &Machine) -> TableRow {
    let details = &one.details;
    vec![
        cell(&one.machine_id),
        cell(&details.machine_name),
        cell(&details.machine_type),
        cell_opt(details.manufacturer.as_ref()),
        cell_opt(details.model_number.as_ref()),
        cell_opt(details.serial_number.as_ref()),
        cell(&details.production_line),
        cell_opt(details.zone.as_ref()),
        cell_opt(details.physical_location.as_ref()),
        cell_list(details.product_types.iter()),
        cell_opt(details.max_capacity_per_hour),
        cell(details.parallel_capacity),
        cell_opt(details.last_maintenance_date),
        cell_opt(details.next_maintenance_date),
        cell_opt(details.maintenance_hours_remaining),
        cell_opt(details.installation_date),
        cell_opt(details.warranty_expiry),
        cell(details.is_active),
        cell(one.version),
        cell(one.created_at),
    ]
}

pub(crate) fn encode_status(
    one: &Machine,
    open: impl Iterator<Item = AllocationId>,
    running_alone: i16,
) -> TableRow {
    vec![
        cell(&one.machine_id),
        cell(one.current_status.as_str()),
        cell_opt(one.status_reason_code.as_ref()),
        cell(one.status_updated_at),
        cell_opt(one.last_work_ended_at),
        cell(one.running_ms),
        cell(one.updated_at),
        cell(one.position),
        cell_list(open),
        cell(running_alone),
    ]
}

pub(crate) fn encode_status_change(one: &FinishedRow, began: &MachineStatusBegun) -> TableRow {
    vec![
        cell(one.row_id()),
        cell(&began.machine_id),
        cell(began.status.as_str()),
        cell(began.started_at),
        cell_opt(began.reason_code.as_ref()),
        cell_opt(began.reason.as_ref().map(|text| text.text_id)),
        cell_opt(began.reason.as_ref().map(|text| &text.digest)),
        cell(&began.reported_by),
        cell(began.created_at),
        cell(one.position),
    ]
}

/// Reads a machine, its planned maintenance left out, and the ids of its open allocations.
pub(crate) fn decode(row: &Row) -> Result<(Machine, Vec<AllocationId>), StoreError> {
    let mut c = Cells::new(row);
    let machine_id = c.parse(MachineId::new)?;
    let details = MachineDetails {
        machine_name: c.text()?,
        machine_type: c.text()?,
        manufacturer: c.text_opt()?,
        model_number: c.text_opt()?,
        serial_number: c.text_opt()?,
        production_line: c.text()?,
        zone: c.text_opt()?,
        physical_location: c.text_opt()?,
        product_types: c
            .get::<Vec<&str>>()?
            .into_iter()
            .map(Text::new)
            .collect::<Result<_, _>>()?,
        max_capacity_per_hour: c.get()?,
        parallel_capacity: c.get::<i16>()?.unsigned_abs(),
        last_maintenance_date: c.date_opt()?,
        next_maintenance_date: c.date_opt()?,
        maintenance_hours_remaining: c.get()?,
        installation_date: c.date_opt()?,
        warranty_expiry: c.date_opt()?,
        is_active: c.get()?,
    };
    let machine = Machine {
        machine_id,
        details,
        version: c.get()?,
        created_at: c.instant()?,
        current_status: c.name(MachineStatus::parse)?,
        status_reason_code: c.text_opt()?,
        status_updated_at: c.instant()?,
        last_work_ended_at: c.instant_opt()?,
        running_ms: c.get()?,
        maintenance: Vec::new(),
        updated_at: c.instant()?,
        position: c.get()?,
    };
    let open: Vec<i64> = c.get()?;
    Ok((machine, open.into_iter().map(AllocationId).collect()))
}
