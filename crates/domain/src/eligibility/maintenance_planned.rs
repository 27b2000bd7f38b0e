//! Rule `maintenance_planned` (soft): no work while the machine is maintained, and none that begins
//! while a maintenance is overdue.
//!
//! A planned window keeps all work away. A last day or running hours that have passed speak of the
//! present alone: what is booked for later may well find the machine maintained.

use super::Proposal;
use crate::machine::Machine;
use crate::maintenance::Maintenance;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(machine) = proposal.machine() else {
        return;
    };
    for planned in &machine.maintenance {
        if let Some(refusal) = check_one(proposal, machine, planned) {
            out.push(refusal);
        }
    }
}

fn check_one(proposal: &Proposal<'_>, machine: &Machine, planned: &Maintenance) -> Option<Refusal> {
    let (id, what) = (&machine.machine_id, &planned.terms.maintenance_type);
    let refuse = |message| Refusal::new(RefusalCode::MaintenancePlanned, id, message);
    if let Some(window) = planned.terms.window.filter(|one| one.overlaps(&proposal.window)) {
        let (from, to) = (proposal.show(window.start), proposal.show(window.end));
        let message = format!("Machine {id} is maintained ({what}) from {from} to {to}.");
        return Some(refuse(message).during(window));
    }
    if !proposal.covers_now() {
        return None;
    }
    let today = proposal.context.plant.date_of(proposal.now());
    if let Some(due) = planned.terms.due_date.filter(|due| *due < today) {
        let message = format!("Maintenance ({what}) of machine {id} was due by {due}.");
        return Some(refuse(message).figures(due, today));
    }
    let hours = planned.hours_remaining(machine, proposal.now())?;
    let most = planned.terms.due_after_hours?;
    (hours < 0).then(|| {
        let run = planned.hours_run(machine, proposal.now());
        let message = format!(
            "Maintenance ({what}) of machine {id} was due after {most} running hours; it has run \
             {run}."
        );
        refuse(message).figures(most, run)
    })
}
