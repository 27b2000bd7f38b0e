//! Maintenance: rows to domain values and back.
//!
//! What is planned comes with its machine; what was done or called off is written once more, as it
//! ended, and is read for lists alone.

use mraos_domain::{
    Instant, MachineId, Maintenance, MaintenanceEnded, MaintenanceStatus, MaintenanceTerms, RowId,
    Window,
};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::cell::{Cell, cell, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::table::{Table, TableRow};

pub(crate) const SCHEDULES: Table = Table {
    name: "maintenance_schedules",
    key: &["maintenance_id"],
    columns: &[
        ("maintenance_id", "bigint"),
        ("machine_id", "varchar"),
        ("maintenance_type", "varchar"),
        ("status", "varchar"),
        ("planned_start", "timestamptz"),
        ("planned_end", "timestamptz"),
        ("due_date", "date"),
        ("due_after_hours", "int"),
        ("interval_days", "int"),
        ("repeats_by_hours", "boolean"),
        ("counted_from_ms", "bigint"),
        ("created_at", "timestamptz"),
        ("updated_at", "timestamptz"),
        ("ended_at", "timestamptz"),
        ("ended_by", "varchar"),
        ("notes_text_id", "uuid"),
        ("notes_digest", "varchar"),
    ],
};

/// A maintenance and how it ended, for lists.
#[derive(Debug, Clone)]
pub struct MaintenanceRow {
    /// Whose.
    pub machine_id: MachineId,
    /// Where it stands.
    pub status: MaintenanceStatus,
    /// What and when.
    pub maintenance: Maintenance,
    /// When it was done or called off.
    pub ended_at: Option<Instant>,
    /// By whom.
    pub ended_by: Option<String>,
    /// Notes beside the log.
    pub notes_text_id: Option<Uuid>,
}

fn encode(id: &MachineId, one: &Maintenance, status: MaintenanceStatus) -> TableRow {
    let MaintenanceTerms { maintenance_type, window, due_date, due_after_hours, .. } = &one.terms;
    vec![
        cell(one.maintenance_id),
        cell(id),
        cell(maintenance_type),
        cell(status.as_str()),
        cell_opt(window.map(|window| window.start)),
        cell_opt(window.map(|window| window.end)),
        cell_opt(*due_date),
        cell_opt(*due_after_hours),
        cell_opt(one.terms.interval_days),
        cell(one.terms.repeats_by_hours),
        cell(one.counted_from_ms),
        cell(one.created_at),
    ]
}

pub(crate) fn encode_planned(id: &MachineId, one: &Maintenance) -> TableRow {
    let mut row = encode(id, one, MaintenanceStatus::Planned);
    row.extend([cell(one.updated_at), Cell::Null, Cell::Null, Cell::Null, Cell::Null]);
    row
}

pub(crate) fn encode_ended(ended: &MaintenanceEnded) -> TableRow {
    let mut row = encode(&ended.machine_id, &ended.maintenance, ended.status);
    let notes = ended.notes.as_ref();
    row.extend([
        cell(ended.maintenance.updated_at),
        cell(ended.ended_at),
        cell(&ended.ended_by),
        cell_opt(notes.map(|text| text.text_id)),
        cell_opt(notes.map(|text| &text.digest)),
    ]);
    row
}

pub(crate) fn decode(row: &Row) -> Result<MaintenanceRow, StoreError> {
    let mut c = Cells::new(row);
    let maintenance_id = RowId(c.get()?);
    let machine_id = c.parse(MachineId::new)?;
    let maintenance_type = c.text()?;
    let status = c.name(MaintenanceStatus::parse)?;
    let (start, end) = (c.instant_opt()?, c.instant_opt()?);
    let terms = MaintenanceTerms {
        maintenance_type,
        window: start.zip(end).map(|(start, end)| Window { start, end }),
        due_date: c.date_opt()?,
        due_after_hours: c.get()?,
        interval_days: c.get()?,
        repeats_by_hours: c.get()?,
    };
    let maintenance = Maintenance {
        maintenance_id,
        terms,
        counted_from_ms: c.get()?,
        created_at: c.instant()?,
        updated_at: c.instant()?,
    };
    Ok(MaintenanceRow {
        machine_id,
        status,
        maintenance,
        ended_at: c.instant_opt()?,
        ended_by: c.get()?,
        notes_text_id: c.get()?,
    })
}
