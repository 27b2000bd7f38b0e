//! Rule `operator_unavailable`: is the person here, and not on a break as far as they said?
//!
//! What a person does now says nothing about next week: what was posted counts for windows that
//! contain the present moment.

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
    let posted = operator.posted_status;
    let is_here =
        matches!(posted, OperatorStatus::Available | OperatorStatus::Busy | OperatorStatus::Break);
    if is_here || !proposal.covers_now() {
        return;
    }
    let since = proposal.show(operator.status_posted_at);
    let message = format!("Operator {id} has been {} since {since}.", posted.as_str());
    let refusal = Refusal::new(RefusalCode::OperatorUnavailable, id, message);
    out.push(refusal.figures("available", posted.as_str()));
}
