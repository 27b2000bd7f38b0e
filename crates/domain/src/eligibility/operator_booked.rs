//! Rule `operator_booked`: nobody works beyond the own capacity.
//!
//! What takes time, and how it is counted, is said in [`super::occupancy`].

use super::Proposal;
use super::occupancy::{Resource, check_resource};
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(operator) = proposal.operator() else {
        return;
    };
    let resource = Resource {
        code: RefusalCode::OperatorBooked,
        what: "Operator",
        entity: (&operator.operator_id).into(),
        capacity: operator.details.parallel_capacity,
        last_work_ended_at: operator.last_work_ended_at,
    };
    let open = proposal.resources.open_of_operator(&operator.operator_id);
    check_resource(proposal, resource, open, out);
}
