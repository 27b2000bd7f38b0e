//! Commands about machines: master data and status.
//!
//! A machine that stops pauses the work that runs on it: each pause is a fact of its own. One
//! that merely went silent does not.

use super::life_cycle::pause_for;
use super::operator::in_use;
use super::{Decision, all_or, already_exists, check_reason, check_unique, check_version};
use crate::command::{Command, Reason};
use crate::context::Context;
use crate::eligibility::{most_at_once, no_such};
use crate::event::{MachineChanged, MachineCreated, MachineStatusChanged, MachineStatusRestated};
use crate::ids::MachineId;
use crate::key::UniqueField;
use crate::machine::{Machine, MachineDetails, MachineStatus};
use crate::reason::MACHINE_DOWN;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::{Allocation, Phase};

pub(super) fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    match command {
        Command::CreateMachine { machine_id, details, status } => {
            create(state, machine_id, details, *status)
        }
        Command::ChangeMachine { machine_id, expected_version, details } => {
            let machine = find(state, machine_id)?;
            check_version(machine_id, *expected_version, machine.version)?;
            change(state, machine, details)
        }
        Command::SetMachineStatus { machine_id, status, reason } => {
            set_status(state, find(state, machine_id)?, *status, reason, context)
        }
        _ => Ok(Vec::new()),
    }
}

pub(super) fn find<'a>(state: &'a State, id: &MachineId) -> Result<&'a Machine, Vec<Refusal>> {
    let missing = || vec![no_such(RefusalCode::UnknownMachine, id.into(), "machine")];
    state.machine(id).ok_or_else(missing)
}

fn check_serial(
    state: &State,
    id: &MachineId,
    details: &MachineDetails,
    refusals: &mut Vec<Refusal>,
) {
    if let Some(serial) = &details.serial_number {
        check_unique(state, UniqueField::SerialNumber, serial.as_str(), id.into(), refusals);
    }
}

fn create(
    state: &State,
    id: &MachineId,
    details: &MachineDetails,
    status: MachineStatus,
) -> Decision {
    let mut refusals = Vec::new();
    if state.machine(id).is_some() {
        refusals.push(already_exists(id.into()));
    }
    check_serial(state, id, details, &mut refusals);
    let (machine_id, details) = (id.clone(), details.clone());
    all_or(vec![MachineCreated { machine_id, details, status }.into()], refusals)
}

/// What is known of maintenance follows from plans and completions; only a registration states it.
fn with_kept_figures(details: &MachineDetails, kept: &MachineDetails) -> MachineDetails {
    MachineDetails {
        last_maintenance_date: kept.last_maintenance_date,
        next_maintenance_date: kept.next_maintenance_date,
        maintenance_hours_remaining: kept.maintenance_hours_remaining,
        ..details.clone()
    }
}

fn change(state: &State, machine: &Machine, details: &MachineDetails) -> Decision {
    let id = &machine.machine_id;
    let details = &with_kept_figures(details, &machine.details);
    if machine.details == *details {
        return Ok(Vec::new());
    }
    let mut refusals = Vec::new();
    check_serial(state, id, details, &mut refusals);
    let open: Vec<&Allocation> = state.open_of_machine(id).collect();
    if !details.is_active && !open.is_empty() {
        refusals.push(in_use(id.into(), open[0], "taken out of use"));
    }
    if most_at_once(&open) > usize::from(details.parallel_capacity) {
        refusals.push(in_use(id.into(), open[0], "given less parallel capacity"));
    }
    let (machine_id, details) = (id.clone(), details.clone());
    all_or(vec![MachineChanged { machine_id, details }.into()], refusals)
}

fn set_status(
    state: &State,
    machine: &Machine,
    status: MachineStatus,
    reason: &Reason,
    context: &Context,
) -> Decision {
    let id = &machine.machine_id;
    let mut refusals = Vec::new();
    check_reason(state, reason, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let running: Vec<&Allocation> =
        state.open_of_machine(id).filter(|one| one.phase == Phase::Running).collect();
    let newest = running.iter().map(|one| one.last_transition_at).max();
    let newest = newest.map_or(machine.status_updated_at, |at| at.max(machine.status_updated_at));
    let machine_id = id.clone();
    let (reason_code, text) = (reason.reason_code.clone(), reason.text.clone());
    if context.now() < newest {
        let event = MachineStatusRestated { machine_id, status, reason_code, reason: text };
        return Ok(vec![event.into()]);
    }
    if machine.current_status == status && machine.status_reason_code == reason_code {
        return Ok(Vec::new());
    }
    let previous_status = machine.current_status;
    let stops = Machine::stops_work(status, reason_code.as_ref());
    let changed =
        MachineStatusChanged { machine_id, previous_status, status, reason_code, reason: text };
    let mut events = vec![changed.into()];
    if stops {
        events.extend(running.into_iter().map(|one| pause_for(one, MACHINE_DOWN)));
    }
    Ok(events)
}
