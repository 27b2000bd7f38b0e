//! How clockings, absences and shifts that are called off change the state.
//!
//! What a person is doing follows as an event of its own. Each fact is a row of attendance.

use super::Stamp;
use crate::attendance::{AttendanceEntry, AttendanceNoted, Clocking, ClockingType, ShiftStatus};
use crate::event::{Event, Recorded};
use crate::finished::Finished;
use crate::ids::{OperatorId, RowId};
use crate::operator::Operator;
use crate::shift::Shift;
use crate::state::State;

pub(super) fn apply(state: &mut State, recorded: &Recorded, at: Stamp<'_>) {
    match &recorded.event {
        Event::OperatorClockedIn(event) => {
            let id = &event.operator_id;
            change(state, at, id, |one| {
                let is_history = one.last_clocking.as_ref().is_some_and(|last| is_before(at, last));
                clocked(one, at, ClockingType::ClockIn, event.shift_id);
                let shift = event.shift_id.and_then(|id| shift_mut(one, id));
                if let Some(Shift { attendance, .. }) = shift {
                    if is_history && attendance.clocked_in_at.is_some() {
                        attendance.mend_coming(at.occurred_at, event.is_late);
                    } else {
                        attendance.clock_in(at.occurred_at, event.is_late);
                    }
                }
            });
            let entry = row(id, at, AttendanceEntry::ClockIn, event.shift_id);
            note(state, at, AttendanceNoted { is_late: event.is_late, ..entry });
        }
        Event::OperatorClockedOut(event) => {
            let (id, first) = (&event.operator_id, event.shift_ids.first().copied());
            let last = event.shift_ids.last().copied();
            change(state, at, id, |one| {
                let later = one.last_clocking.clone().filter(|last| is_before(at, last));
                clocked(one, at, ClockingType::ClockOut, last);
                // Who came or went again since has not left the shift by this.
                let again = later.and_then(|last| last.shift_id);
                let left = event.shift_ids.iter().filter(|id| Some(**id) != again);
                left.for_each(|id| leave(one, *id, at));
            });
            note(state, at, row(id, at, AttendanceEntry::ClockOut, first));
        }
        Event::OperatorShiftMissed(event) => {
            let (id, shift_id) = (&event.operator_id, event.shift_id);
            change(state, at, id, |one| {
                if let Some(shift) = shift_mut(one, shift_id) {
                    shift.attendance.status = ShiftStatus::Absent;
                }
            });
            note(state, at, row(id, at, AttendanceEntry::Absent, Some(shift_id)));
        }
        Event::OperatorShiftCalledOff(event) => {
            let (id, shift_id) = (&event.operator_id, event.shift_id);
            change(state, at, id, |one| {
                if let Some(shift) = shift_mut(one, shift_id) {
                    shift.attendance.status = ShiftStatus::Absent;
                    shift.attendance.is_called_off = true;
                }
            });
            let entry = row(id, at, AttendanceEntry::CalledOff, Some(shift_id));
            let (reason_code, reason) = (event.reason_code.clone(), event.reason.clone());
            note(state, at, AttendanceNoted { reason_code, reason, ..entry });
        }
        Event::OperatorCallOffUndone(event) => {
            let (id, shift_id) = (&event.operator_id, event.shift_id);
            change(state, at, id, |one| {
                if let Some(shift) = shift_mut(one, shift_id) {
                    shift.attendance.take_back_call_off(event.is_late);
                }
            });
            note(state, at, row(id, at, AttendanceEntry::CallOffUndone, Some(shift_id)));
        }
        _ => {}
    }
}

fn leave(operator: &mut Operator, shift_id: RowId, at: Stamp<'_>) {
    if let Some(Shift { attendance, window, .. }) = shift_mut(operator, shift_id)
        && attendance.clocked_out_at.is_none_or(|gone| gone <= at.occurred_at)
    {
        attendance.clock_out(at.occurred_at, *window);
    }
}

fn is_before(at: Stamp<'_>, last: &Clocking) -> bool {
    at.occurred_at < last.clocked_at
}

/// A clocking that became known late is not the last one.
fn clocked(
    operator: &mut Operator,
    at: Stamp<'_>,
    clocking_type: ClockingType,
    shift_id: Option<RowId>,
) {
    let clocked_at = at.occurred_at;
    let is_last = operator.last_clocking.as_ref().is_none_or(|last| last.clocked_at <= clocked_at);
    if is_last {
        operator.last_clocking = Some(Clocking { clocking_type, clocked_at, shift_id });
    }
}

fn shift_mut(operator: &mut Operator, id: RowId) -> Option<&mut Shift> {
    operator.shifts.iter_mut().find(|shift| shift.shift_id == id)
}

fn row(
    id: &OperatorId,
    at: Stamp<'_>,
    entry: AttendanceEntry,
    shift_id: Option<RowId>,
) -> AttendanceNoted {
    AttendanceNoted {
        operator_id: id.clone(),
        shift_id,
        entry,
        occurred_at: at.occurred_at,
        is_late: false,
        reason_code: None,
        reason: None,
        recorded_by: at.actor.clone(),
        created_at: at.recorded_at,
    }
}

fn note(state: &mut State, at: Stamp<'_>, noted: AttendanceNoted) {
    state.finish(at.position, Finished::Attendance(noted));
}

fn change(state: &mut State, at: Stamp<'_>, id: &OperatorId, change: impl FnOnce(&mut Operator)) {
    if let Some(slot) = state.operator_mut(id) {
        change(&mut slot.entity);
        slot.entity.updated_at = at.recorded_at;
        slot.entity.position = at.position;
    }
}
