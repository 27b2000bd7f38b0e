//! How events about maintenance change the state of a machine.
//!
//! A maintenance that is done or called off leaves the state as a complete row. The machine's own
//! figures follow from what is planned: next day, hours left, and the last day it was done.

use super::Stamp;
use crate::event::{Event, Recorded};
use crate::finished::Finished;
use crate::ids::{MachineId, RowId};
use crate::machine::Machine;
use crate::maintenance::{Maintenance, MaintenanceEnded, MaintenanceStatus, MaintenanceTerms};
use crate::state::State;
use crate::text::TextRef;

pub(super) fn apply(state: &mut State, recorded: &Recorded, at: Stamp<'_>) {
    match &recorded.event {
        Event::MaintenancePlanned(event) => {
            change(state, at, &event.machine_id, |one| plan(one, at, &event.terms));
        }
        Event::MaintenanceChanged(event) => {
            change(state, at, &event.machine_id, |machine| {
                let mut all = machine.maintenance.iter_mut();
                if let Some(one) = all.find(|one| one.maintenance_id == event.maintenance_id) {
                    one.terms = event.terms.clone();
                    one.updated_at = at.recorded_at;
                }
            });
        }
        Event::MaintenanceCompleted(event) => {
            let (id, status) = (&event.machine_id, MaintenanceStatus::Completed);
            end(state, at, id, event.maintenance_id, (status, &event.notes));
            change(state, at, id, |machine| {
                machine.details.last_maintenance_date = Some(event.completed_on);
                if let Some(terms) = &event.next {
                    plan(machine, at, terms);
                }
            });
        }
        Event::MaintenanceCancelled(event) => {
            let (id, status) = (&event.machine_id, MaintenanceStatus::Cancelled);
            end(state, at, id, event.maintenance_id, (status, &event.reason));
            change(state, at, id, |_| {});
        }
        _ => {}
    }
}

fn plan(machine: &mut Machine, at: Stamp<'_>, terms: &MaintenanceTerms) {
    let planned = Maintenance {
        maintenance_id: RowId(at.position),
        terms: terms.clone(),
        counted_from_ms: machine.running_ms_at(at.occurred_at),
        created_at: at.recorded_at,
        updated_at: at.recorded_at,
    };
    machine.maintenance.push(planned);
}

/// Takes a plan out of the state and hands it over as a complete row.
fn end(
    state: &mut State,
    at: Stamp<'_>,
    id: &MachineId,
    maintenance_id: RowId,
    (status, notes): (MaintenanceStatus, &Option<TextRef>),
) {
    let Some(slot) = state.machine_mut(id) else {
        return;
    };
    let all = &mut slot.entity.maintenance;
    let Some(place) = all.iter().position(|one| one.maintenance_id == maintenance_id) else {
        return;
    };
    let ended = MaintenanceEnded {
        machine_id: id.clone(),
        maintenance: all.remove(place),
        status,
        ended_at: at.occurred_at,
        ended_by: at.actor.clone(),
        notes: notes.clone(),
    };
    state.finish(at.position, Finished::Maintenance(ended));
}

fn change(state: &mut State, at: Stamp<'_>, id: &MachineId, change: impl FnOnce(&mut Machine)) {
    let Some(slot) = state.machine_mut(id) else {
        return;
    };
    let machine = &mut slot.entity;
    change(machine);
    let hours = machine.maintenance.iter();
    let hours = hours.filter_map(|one| one.hours_remaining(machine, at.occurred_at)).min();
    machine.details.next_maintenance_date = machine.next_maintenance_date();
    machine.details.maintenance_hours_remaining =
        hours.map(|hours| i32::try_from(hours.max(0)).unwrap_or(i32::MAX));
    machine.version += 1;
    machine.updated_at = at.recorded_at;
    machine.position = at.position;
}
