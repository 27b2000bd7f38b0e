//! How events about machines change the state.
//!
//! Replacing master data raises the version; a posted status does not.

use super::{Stamp, hold};
use crate::event::{Event, Recorded};
use crate::key::UniqueField;
use crate::machine::Machine;
use crate::state::State;

pub(super) fn apply(state: &mut State, recorded: &Recorded, at: Stamp) {
    match &recorded.event {
        Event::MachineCreated(event) => {
            let id = event.machine_id.clone();
            if let Some(serial) = &event.details.serial_number {
                hold(state, UniqueField::SerialNumber, serial.as_str(), id.as_str());
            }
            let created = Machine {
                machine_id: id,
                details: event.details.clone(),
                current_status: event.status,
                status_reason_code: None,
                status_updated_at: at.occurred_at,
                last_work_ended_at: None,
                version: 1,
                created_at: at.recorded_at,
                updated_at: at.recorded_at,
                position: at.position,
            };
            state.put_machine(created, Vec::new());
        }
        Event::MachineChanged(event) => {
            let id = &event.machine_id;
            let old = state.machine(id).and_then(|one| one.details.serial_number.clone());
            if let Some(old) = old {
                state.put_holder(UniqueField::SerialNumber, old.as_str(), None);
            }
            if let Some(serial) = &event.details.serial_number {
                hold(state, UniqueField::SerialNumber, serial.as_str(), id.as_str());
            }
            change_machine(state, at, id, |one| {
                one.details = event.details.clone();
                one.version += 1;
            });
        }
        Event::MachineStatusChanged(event) => {
            change_machine(state, at, &event.machine_id, |one| {
                one.current_status = event.status;
                one.status_reason_code = event.reason_code.clone();
                one.status_updated_at = at.occurred_at;
            });
        }
        Event::MachineStatusRestated(event) => {
            change_machine(state, at, &event.machine_id, |_| {});
        }
        _ => {}
    }
}

fn change_machine(
    state: &mut State,
    at: Stamp,
    id: &crate::ids::MachineId,
    change: impl FnOnce(&mut Machine),
) {
    if let Some(slot) = state.machine_mut(id) {
        change(&mut slot.entity);
        slot.entity.updated_at = at.recorded_at;
        slot.entity.position = at.position;
    }
}
