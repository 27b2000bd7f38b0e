//! Rule `operator_off_shift` (soft): the person's shifts cover the whole window.
//!
//! An operator without any recorded shift is unrestricted. A shift on a holiday counts only if it
//! says so, one that was missed or called off not at all. What the person posts is the business of
//! another rule.

use super::Proposal;
use crate::attendance::ShiftStatus;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(operator) = proposal.operator() else {
        return;
    };
    let (window, holidays) = (proposal.window, proposal.resources.holidays());
    if operator.is_on_shift(&window, holidays) {
        return;
    }
    let id = &operator.operator_id;
    let (from, to) = (proposal.show(window.start), proposal.show(window.end));
    let mut message = format!("Operator {id} is not on shift for all of {from} to {to}.");
    let (counting, idle): (Vec<_>, Vec<_>) =
        operator.shifts.iter().partition(|shift| shift.counts(holidays));
    let idle = idle.iter().find(|shift| shift.window.overlaps(&window));
    if let Some(shift) = idle.filter(|shift| shift.attendance.status == ShiftStatus::Absent) {
        let why = if shift.attendance.is_called_off { "is called off" } else { "was missed" };
        message += &format!(" Shift {} {why}.", shift.times.shift_name);
    } else if let Some(holiday) = idle.and_then(|shift| holidays.get(&shift.times.shift_date)) {
        message += &format!(" {} is a holiday: {}.", holiday.day, holiday.name);
    }
    let nearest = counting.iter().find(|shift| shift.window.end > window.start);
    let refusal = Refusal::new(RefusalCode::OperatorOffShift, id, message);
    out.push(match nearest {
        Some(shift) => refusal.during(shift.window),
        None => refusal,
    });
}
