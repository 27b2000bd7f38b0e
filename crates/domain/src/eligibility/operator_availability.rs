//! Rules `operator_unavailable` and `operator_on_break`: is the person here?
//!
//! What a person does now says nothing about next week: the rules apply to windows that contain
//! the present moment.

use super::Proposal;
use crate::operator::OperatorStatus;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(operator) = proposal.operator() else {
        return;
    };
    let id = &operator.operator_id;
    if !operator.details.is_active {
        let message = format!("Operator {id} no longer works here.");
        out.push(Refusal::new(RefusalCode::OperatorUnavailable, id, message));
        return;
    }
    if !proposal.covers_now() {
        return;
    }
    let posted = operator.posted_status;
    let since = proposal.show(operator.status_posted_at);
    match posted {
        OperatorStatus::Available | OperatorStatus::Busy => {}
        OperatorStatus::Break => {
            let message = format!("Operator {id} has been on a break since {since}.");
            let refusal = Refusal::new(RefusalCode::OperatorOnBreak, id, message);
            out.push(refusal.figures("available", posted.as_str()));
        }
        _ => {
            let message = format!("Operator {id} has been {} since {since}.", posted.as_str());
            let refusal = Refusal::new(RefusalCode::OperatorUnavailable, id, message);
            out.push(refusal.figures("available", posted.as_str()));
        }
    }
}
