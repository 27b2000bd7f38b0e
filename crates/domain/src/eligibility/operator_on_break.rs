//! Rule `operator_on_break` (soft): the work does not begin in a break.
//!
//! A break is what the person posts, for windows that contain the present moment, and what the
//! shift says. Work that began before a break may last through it.

use super::Proposal;
use crate::operator::OperatorStatus;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(operator) = proposal.operator() else {
        return;
    };
    let id = &operator.operator_id;
    let posted = operator.posted_status;
    let is_out = posted == OperatorStatus::Break && operator.details.is_active;
    if is_out && proposal.covers_now() {
        let since = proposal.show(operator.status_posted_at);
        let message = format!("Operator {id} has been on a break since {since}.");
        let refusal = Refusal::new(RefusalCode::OperatorOnBreak, id, message);
        out.push(refusal.figures("available", posted.as_str()));
    }
    let breaks = operator
        .shifts_that_count(proposal.resources.holidays())
        .filter_map(|shift| shift.break_window);
    for pause in breaks.filter(|pause| pause.contains(proposal.window.start)) {
        let (from, to) = (proposal.show(pause.start), proposal.show(pause.end));
        let message = format!("Operator {id} has a break from {from} to {to}.");
        let refusal = Refusal::new(RefusalCode::OperatorOnBreak, id, message);
        out.push(refusal.during(pause));
    }
}
