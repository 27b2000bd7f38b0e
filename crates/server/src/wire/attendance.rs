//! Attendance: wire type ↔ domain type.
//!
//! What a clocking means is the domain's; here are only its names.

use jiff::civil::Date;
use mraos_api::attendance as api;
use mraos_app::reads::AttendanceRow;
use mraos_domain::{ClockingType, Command, OperatorId, OperatorStatus, RowId, ShiftChoice};

use crate::fields::{Fields, date, named_value};
use crate::wire::status::read_reason;
use crate::wire::text::Texts;

/// The command of a clocking.
pub(crate) fn read_clocking(
    fields: &mut Fields,
    operator_id: Option<OperatorId>,
    clocking_type: &str,
) -> Option<Command> {
    let all = ClockingType::ALL;
    let kind = fields.take("type", named_value("type", clocking_type, all, ClockingType::as_str));
    let operator_id = operator_id?;
    Some(match kind? {
        ClockingType::ClockIn => Command::ClockIn { operator_id },
        ClockingType::ClockOut => Command::ClockOut { operator_id },
    })
}

/// The command that calls shifts off.
pub(crate) fn read_call_off(
    fields: &mut Fields,
    texts: &mut Texts,
    operator_id: OperatorId,
    body: &api::CallOff,
) -> Option<Command> {
    let all = [OperatorStatus::Absent, OperatorStatus::Sick, OperatorStatus::Vacation];
    let status = body.status.as_deref().unwrap_or("absent");
    let status = named_value("status", status, &all, OperatorStatus::as_str);
    let status = fields.take("status", status);
    let choice = read_choice(fields, body.shift_id, body.shift_date);
    let words = body.reason_description.as_deref().map(|words| ("reason_description", words));
    let reason = read_reason(fields, texts, body.reason_code.as_deref(), words);
    Some(Command::CallOff { operator_id, choice: choice?, status: status?, reason: reason? })
}

/// The command that takes back that shifts were called off.
pub(crate) fn read_undo(
    fields: &mut Fields,
    operator_id: OperatorId,
    body: &api::UndoCallOff,
) -> Option<Command> {
    let choice = read_choice(fields, body.shift_id, body.shift_date)?;
    if choice == ShiftChoice::Next {
        fields.reject("shift_id", "name the shift, or its day by shift_date");
        return None;
    }
    Some(Command::UndoCallOff { operator_id, choice })
}

fn read_choice(
    fields: &mut Fields,
    shift_id: Option<i64>,
    shift_date: Option<Date>,
) -> Option<ShiftChoice> {
    let day = shift_date.map(|day| date("shift_date", day));
    let day = fields.take_optional("shift_date", day);
    match (shift_id, day?) {
        (Some(_), Some(_)) => {
            fields.reject("shift_id", "name a shift or a day, not both");
            None
        }
        (Some(id), None) => Some(ShiftChoice::Shift(RowId(id))),
        (None, Some(day)) => Some(ShiftChoice::Day(day)),
        (None, None) => Some(ShiftChoice::Next),
    }
}

/// A row as clients see one: why somebody is absent may be a matter of health, and its words are
/// for those alone who see people.
pub(crate) fn render(
    operator_id: &OperatorId,
    row: AttendanceRow,
    with_words: bool,
) -> api::Attendance {
    api::Attendance {
        attendance_id: row.attendance_id,
        operator_id: operator_id.to_string(),
        shift_id: row.shift_id,
        entry_type: row.entry.as_str().to_owned(),
        occurred_at: row.occurred_at.timestamp(),
        is_late: row.is_late,
        reason_code: row.reason_code,
        reason_description: row.reason_description.filter(|_| with_words),
        recorded_by: row.recorded_by,
        created_at: row.created_at.timestamp(),
    }
}
