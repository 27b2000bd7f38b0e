//! Rules `operator_off_shift` and `operator_on_break` (both soft): the person's shifts cover the
//! whole window, and the work does not begin in one of their breaks.
//!
//! An operator without any recorded shift is unrestricted. Work that began before a break may
//! last through it. What the person posts is the business of another rule.

use super::Proposal;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(operator) = proposal.operator() else {
        return;
    };
    let id = &operator.operator_id;
    let breaks = operator.shifts.iter().filter_map(|shift| shift.break_window);
    for pause in breaks.filter(|pause| pause.contains(proposal.window.start)) {
        let (from, to) = (proposal.show(pause.start), proposal.show(pause.end));
        let message = format!("Operator {id} has a break from {from} to {to}.");
        let refusal = Refusal::new(RefusalCode::OperatorOnBreak, id, message);
        out.push(refusal.during(pause));
    }
    if operator.is_on_shift(&proposal.window) {
        return;
    }
    let (from, to) = (proposal.show(proposal.window.start), proposal.show(proposal.window.end));
    let message = format!("Operator {id} is not on shift for all of {from} to {to}.");
    let nearest = operator.shifts.iter().find(|shift| shift.window.end > proposal.window.start);
    let refusal = Refusal::new(RefusalCode::OperatorOffShift, id, message);
    out.push(match nearest {
        Some(shift) => refusal.during(shift.window),
        None => refusal,
    });
}
