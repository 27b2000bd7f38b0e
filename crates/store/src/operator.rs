//! Operators, their skills and shifts: rows to domain values and back.
//!
//! Names and contacts are not here; see `personal`.

use mraos_domain::operator::{Operator, OperatorDetails, OperatorStatus};
use mraos_domain::shift::{Shift, ShiftTimes};
use mraos_domain::skill::{OperatorSkill, Skill, SkillLevel};
use mraos_domain::{
    AllocationId, Clocking, ClockingType, OperatorId, Percentage, Rating, RowId, ShiftAttendance,
    ShiftStatus, Window,
};
use tokio_postgres::Row;

use crate::cell::{cell, cell_list, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::table::{Table, TableRow};

pub(crate) const OPERATORS: Table = Table {
    name: "operators",
    key: &["operator_id"],
    columns: &[
        ("operator_id", "varchar"),
        ("employee_id", "varchar"),
        ("hire_date", "date"),
        ("department", "varchar"),
        ("home_location", "varchar"),
        ("production_line", "varchar"),
        ("parallel_capacity", "smallint"),
        ("efficiency_rating", "numeric"),
        ("on_time_completion_rate", "numeric"),
        ("is_active", "boolean"),
        ("version", "int"),
        ("created_at", "timestamptz"),
        ("created_by", "varchar"),
        ("updated_by", "varchar"),
        ("erased_at", "timestamptz"),
        ("last_clocking_type", "varchar"),
        ("last_clocked_at", "timestamptz"),
        ("last_clocked_shift_id", "bigint"),
    ],
};

/// What changes with the work of an operator.
pub(crate) const OPERATOR_STATUS: Table = Table {
    name: "operator_status",
    key: &["operator_id"],
    columns: &[
        ("operator_id", "varchar"),
        ("posted_status", "varchar"),
        ("current_status", "varchar"),
        ("status_updated_at", "timestamptz"),
        ("status_posted_at", "timestamptz"),
        ("last_work_ended_at", "timestamptz"),
        ("updated_at", "timestamptz"),
        ("position", "bigint"),
        ("open_allocations", "bigint[]"),
        // Guarded by a check: at most one.
        ("running_alone", "smallint"),
    ],
};

pub(crate) const SKILLS: Table = Table {
    name: "operator_skills",
    key: &["operator_skill_id"],
    columns: &[
        ("operator_skill_id", "bigint"),
        ("operator_id", "varchar"),
        ("skill_code", "varchar"),
        ("skill_name", "varchar"),
        ("proficiency_level", "int"),
        ("certification_date", "date"),
        ("certification_expiry", "date"),
        ("certified_by", "varchar"),
        ("created_at", "timestamptz"),
    ],
};

pub(crate) const SHIFTS: Table = Table {
    name: "operator_shifts",
    key: &["shift_id"],
    columns: &[
        ("shift_id", "bigint"),
        ("operator_id", "varchar"),
        ("shift_name", "varchar"),
        ("shift_date", "date"),
        ("start_time", "time"),
        ("end_time", "time"),
        ("break_start", "time"),
        ("break_end", "time"),
        ("counts_on_holidays", "boolean"),
        ("starts_at", "timestamptz"),
        ("ends_at", "timestamptz"),
        ("break_starts_at", "timestamptz"),
        ("break_ends_at", "timestamptz"),
        ("status", "varchar"),
        ("actual_clock_in", "timestamptz"),
        ("actual_clock_out", "timestamptz"),
        ("is_called_off", "boolean"),
        ("created_at", "timestamptz"),
    ],
};

pub(crate) fn encode(one: &Operator) -> TableRow {
    let (details, clocking) = (&one.details, one.last_clocking.as_ref());
    vec![
        cell(&one.operator_id),
        cell(&details.employee_id),
        cell_opt(details.hire_date),
        cell_opt(details.department.as_ref()),
        cell_opt(details.home_location.as_ref()),
        cell_opt(details.production_line.as_ref()),
        cell(details.parallel_capacity),
        cell_opt(details.efficiency_rating),
        cell_opt(details.on_time_completion_rate),
        cell(details.is_active),
        cell(one.version),
        cell(one.created_at),
        cell(&one.created_by),
        cell(&one.updated_by),
        cell_opt(one.erased_at),
        cell_opt(clocking.map(|last| last.clocking_type.as_str())),
        cell_opt(clocking.map(|last| last.clocked_at)),
        cell_opt(clocking.and_then(|last| last.shift_id)),
    ]
}

pub(crate) fn encode_status(
    one: &Operator,
    open: impl Iterator<Item = AllocationId>,
    running_alone: i16,
) -> TableRow {
    vec![
        cell(&one.operator_id),
        cell(one.posted_status.as_str()),
        cell(one.current_status.as_str()),
        cell(one.status_updated_at),
        cell(one.status_posted_at),
        cell_opt(one.last_work_ended_at),
        cell(one.updated_at),
        cell(one.position),
        cell_list(open),
        cell(running_alone),
    ]
}

/// Reads an operator without skills and shifts, and the ids of its open allocations.
pub(crate) fn decode(row: &Row) -> Result<(Operator, Vec<AllocationId>), StoreError> {
    let mut c = Cells::new(row);
    let operator_id = c.parse(OperatorId::new)?;
    let details = OperatorDetails {
        employee_id: c.text()?,
        hire_date: c.date_opt()?,
        department: c.text_opt()?,
        home_location: c.text_opt()?,
        production_line: c.text_opt()?,
        parallel_capacity: c.get::<i16>()?.unsigned_abs(),
        efficiency_rating: c.decimal_opt(Rating::new)?,
        on_time_completion_rate: c.decimal_opt(Percentage::new)?,
        is_active: c.get()?,
    };
    let operator = Operator {
        operator_id,
        details,
        version: c.get()?,
        created_at: c.instant()?,
        created_by: c.text()?,
        updated_by: c.text()?,
        erased_at: c.instant_opt()?,
        last_clocking: decode_clocking(&mut c)?,
        posted_status: c.name(OperatorStatus::parse)?,
        current_status: c.name(OperatorStatus::parse)?,
        status_updated_at: c.instant()?,
        status_posted_at: c.instant()?,
        last_work_ended_at: c.instant_opt()?,
        updated_at: c.instant()?,
        position: c.get()?,
        skills: Vec::new(),
        shifts: Vec::new(),
    };
    let open: Vec<i64> = c.get()?;
    Ok((operator, open.into_iter().map(AllocationId).collect()))
}

fn decode_clocking(c: &mut Cells<'_>) -> Result<Option<Clocking>, StoreError> {
    let name: Option<&str> = c.get()?;
    let (clocked_at, shift_id) = (c.instant_opt()?, c.get::<Option<i64>>()?.map(RowId));
    let clocking = name.and_then(ClockingType::parse).zip(clocked_at);
    Ok(clocking.map(|(clocking_type, clocked_at)| Clocking { clocking_type, clocked_at, shift_id }))
}

pub(crate) fn encode_skill(operator_id: &OperatorId, held: &OperatorSkill) -> TableRow {
    let skill = &held.skill;
    vec![
        cell(held.operator_skill_id),
        cell(operator_id),
        cell(&skill.skill_code),
        cell(&skill.skill_name),
        cell(skill.proficiency_level.get()),
        cell_opt(skill.certification_date),
        cell_opt(skill.certification_expiry),
        cell_opt(skill.certified_by.as_ref()),
        cell(held.created_at),
    ]
}

pub(crate) fn decode_skill(row: &Row) -> Result<(OperatorId, OperatorSkill), StoreError> {
    let mut c = Cells::new(row);
    let operator_skill_id = RowId(c.get()?);
    let operator_id = c.parse(OperatorId::new)?;
    let skill = Skill {
        skill_code: c.text()?,
        skill_name: c.text()?,
        proficiency_level: SkillLevel::try_from(i64::from(c.get::<i32>()?))?,
        certification_date: c.date_opt()?,
        certification_expiry: c.date_opt()?,
        certified_by: c.text_opt()?,
    };
    let created_at = c.instant()?;
    Ok((operator_id, OperatorSkill { operator_skill_id, created_at, skill }))
}

pub(crate) fn encode_shift(operator_id: &OperatorId, shift: &Shift) -> TableRow {
    let times = &shift.times;
    let (pause, attendance) = (shift.break_window, shift.attendance);
    vec![
        cell(shift.shift_id),
        cell(operator_id),
        cell(&times.shift_name),
        cell(times.shift_date),
        cell(times.start_time),
        cell(times.end_time),
        cell_opt(times.break_start),
        cell_opt(times.break_end),
        cell(times.counts_on_holidays),
        cell(shift.window.start),
        cell(shift.window.end),
        cell_opt(pause.map(|window| window.start)),
        cell_opt(pause.map(|window| window.end)),
        cell(attendance.status.as_str()),
        cell_opt(attendance.clocked_in_at),
        cell_opt(attendance.clocked_out_at),
        cell(attendance.is_called_off),
        cell(shift.created_at),
    ]
}

pub(crate) fn decode_shift(row: &Row) -> Result<(OperatorId, Shift), StoreError> {
    let mut c = Cells::new(row);
    let shift_id = RowId(c.get()?);
    let operator_id = c.parse(OperatorId::new)?;
    let times = ShiftTimes {
        shift_name: c.text()?,
        shift_date: c.get()?,
        start_time: c.get()?,
        end_time: c.get()?,
        break_start: c.time_opt()?,
        break_end: c.time_opt()?,
        counts_on_holidays: c.get()?,
    };
    let window = Window { start: c.instant()?, end: c.instant()? };
    let (from, to) = (c.instant_opt()?, c.instant_opt()?);
    let break_window = from.zip(to).map(|(start, end)| Window { start, end });
    let attendance = ShiftAttendance {
        status: c.name(ShiftStatus::parse)?,
        clocked_in_at: c.instant_opt()?,
        clocked_out_at: c.instant_opt()?,
        is_called_off: c.get()?,
    };
    let created_at = c.instant()?;
    Ok((operator_id, Shift { shift_id, created_at, times, window, break_window, attendance }))
}
