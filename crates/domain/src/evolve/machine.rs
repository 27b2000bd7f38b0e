//! How events about machines, and work on them, change the state.
//!
//! Replacing master data raises the version; a posted status does not. Whatever a machine begins to
//! do becomes a row of its history, be it posted, brought about by work, or stated late.

use super::{Stamp, Turn, hold, runs};
use crate::event::{Event, MachineStatusRestated, Recorded};
use crate::finished::Finished;
use crate::ids::MachineId;
use crate::key::UniqueField;
use crate::machine::{Machine, MachineStatus, MachineStatusBegun};
use crate::reason::ReasonCode;
use crate::state::State;
use crate::text::TextRef;
use crate::time::Instant;

pub(super) fn apply(state: &mut State, recorded: &Recorded, at: Stamp<'_>) {
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
                running_ms: 0,
                maintenance: Vec::new(),
                version: 1,
                created_at: at.recorded_at,
                updated_at: at.recorded_at,
                position: at.position,
            };
            let began = Began { status: event.status, at: at.occurred_at, reason: (&None, &None) };
            note_began(state, at, &created.machine_id, began);
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
            let reason = (&event.reason_code, &event.reason);
            let began = Began { status: event.status, at: at.occurred_at, reason };
            note_began(state, at, &event.machine_id, began);
            change_machine(state, at, &event.machine_id, |one| {
                one.running_ms = one.running_ms_at(at.occurred_at);
                one.current_status = event.status;
                one.status_reason_code = event.reason_code.clone();
                one.status_updated_at = at.occurred_at;
            });
        }
        Event::MachineStatusRestated(event) => {
            restate(state, at, event);
            change_machine(state, at, &event.machine_id, |_| {});
        }
        _ => {}
    }
}

/// What a machine began to do, when and why.
struct Began<'a> {
    status: MachineStatus,
    at: Instant,
    reason: (&'a Option<ReasonCode>, &'a Option<TextRef>),
}

fn note_began(state: &mut State, at: Stamp<'_>, id: &MachineId, began: Began<'_>) {
    let row = MachineStatusBegun {
        machine_id: id.clone(),
        status: began.status,
        started_at: began.at,
        reason_code: began.reason.0.clone(),
        reason: began.reason.1.clone(),
        reported_by: at.actor.clone(),
        created_at: at.recorded_at,
    };
    state.finish(at.position, Finished::MachineStatus(row));
}

/// What is stated late lasts until the next thing that is known: the next row, or what proved
/// the present status last, from where the present status goes on.
fn restate(state: &mut State, at: Stamp<'_>, event: &MachineStatusRestated) {
    let id = &event.machine_id;
    let Some(machine) = state.machine(id) else {
        return;
    };
    let (status, began) = (machine.current_status, machine.status_updated_at);
    let code = machine.status_reason_code.clone();
    let working = state.open_of_machine(id).filter(|one| runs(one));
    let proved = working.map(|one| one.last_transition_at).max();
    let reason = (&event.reason_code, &event.reason);
    let stated = Began { status: event.status, at: at.occurred_at, reason };
    note_began(state, at, id, stated);
    if at.occurred_at >= began {
        let resumed = proved.unwrap_or(at.occurred_at).max(at.occurred_at);
        note_began(state, at, id, Began { status, at: resumed, reason: (&code, &None) });
    }
}

/// A machine runs once work begins on it, and falls idle when the last work there stops. What its
/// own signal says stays otherwise: a booking changes nothing.
pub(super) fn refresh_machine(state: &mut State, id: &MachineId, at: Stamp<'_>, turn: Turn) {
    let working = state.open_of_machine(id).any(runs);
    let Some(slot) = state.machine_mut(id) else {
        return;
    };
    let machine = &mut slot.entity;
    let next = match machine.current_status {
        _ if turn == Turn::Began => MachineStatus::Running,
        MachineStatus::Running if turn == Turn::Stopped && !working => MachineStatus::Idle,
        unchanged => unchanged,
    };
    machine.updated_at = at.recorded_at;
    machine.position = at.position;
    if machine.current_status != next {
        // Work stated late does not begin before what the machine itself said last.
        let began = at.occurred_at.max(machine.status_updated_at);
        machine.running_ms = machine.running_ms_at(began);
        machine.current_status = next;
        machine.status_reason_code = None;
        machine.status_updated_at = began;
        note_began(state, at, id, Began { status: next, at: began, reason: (&None, &None) });
    }
}

fn change_machine(
    state: &mut State,
    at: Stamp<'_>,
    id: &MachineId,
    change: impl FnOnce(&mut Machine),
) {
    if let Some(slot) = state.machine_mut(id) {
        change(&mut slot.entity);
        slot.entity.updated_at = at.recorded_at;
        slot.entity.position = at.position;
    }
}
