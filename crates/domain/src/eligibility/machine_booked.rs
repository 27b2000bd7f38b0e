//! Rule `machine_booked`: no machine works beyond its capacity.
//!
//! What takes time, and how it is counted, is said in [`super::occupancy`].

use super::Proposal;
use super::occupancy::{Resource, check_resource};
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(machine) = proposal.machine() else {
        return;
    };
    let resource = Resource {
        code: RefusalCode::MachineBooked,
        what: "Machine",
        entity: (&machine.machine_id).into(),
        capacity: machine.details.parallel_capacity,
        last_work_ended_at: machine.last_work_ended_at,
    };
    let open = proposal.resources.open_of_machine(&machine.machine_id);
    check_resource(proposal, resource, open, out);
}
