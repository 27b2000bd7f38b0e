//! Rule `operator_off_shift` (soft): the person's shifts cover the whole window.
//!
//! An operator without any recorded shift is unrestricted. What the person posts is the business
//! of another rule.

use super::Proposal;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(operator) = proposal.operator() else {
        return;
    };
    if operator.is_on_shift(&proposal.window) {
        return;
    }
    let id = &operator.operator_id;
    let (from, to) = (proposal.show(proposal.window.start), proposal.show(proposal.window.end));
    let message = format!("Operator {id} is not on shift for all of {from} to {to}.");
    let nearest = operator.shifts.iter().find(|shift| shift.window.end > proposal.window.start);
    let refusal = Refusal::new(RefusalCode::OperatorOffShift, id, message);
    out.push(match nearest {
        Some(shift) => refusal.during(shift.window),
        None => refusal,
    });
}
