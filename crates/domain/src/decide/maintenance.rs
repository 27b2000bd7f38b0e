//! Commands about maintenance: plan, change, complete, call off.
//!
//! Work that is booked already stays booked; its start is checked again. The day on which a window
//! ends is the last one in time; an interval alone is due for the first time once it has passed.

use super::machine::find;
use super::{Decision, all_or, check_reason, check_version, refuse};
use crate::command::Command;
use crate::context::Context;
use crate::event::{
    MaintenanceCancelled, MaintenanceChanged, MaintenanceCompleted, MaintenancePlanned,
};
use crate::ids::RowId;
use crate::machine::Machine;
use crate::maintenance::{Maintenance, MaintenanceTerms};
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;

pub(super) fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    match command {
        Command::PlanMaintenance { machine_id, terms } => {
            let machine = find(state, machine_id)?;
            let terms = settle_terms(machine, terms, None, context)?;
            Ok(vec![MaintenancePlanned { machine_id: machine_id.clone(), terms }.into()])
        }
        Command::ChangeMaintenance { machine_id, maintenance_id, expected_version, terms } => {
            let machine = find(state, machine_id)?;
            check_version(machine_id, *expected_version, machine.version)?;
            let planned = find_planned(machine, *maintenance_id)?;
            let terms = settle_terms(machine, terms, Some(*maintenance_id), context)?;
            if planned.terms == terms {
                return Ok(Vec::new());
            }
            let (machine_id, maintenance_id) = (machine_id.clone(), *maintenance_id);
            Ok(vec![MaintenanceChanged { machine_id, maintenance_id, terms }.into()])
        }
        Command::CompleteMaintenance { machine_id, maintenance_id, notes } => {
            let planned = find_planned(find(state, machine_id)?, *maintenance_id)?;
            let completed_on = context.plant.date_of(context.now());
            let completed = MaintenanceCompleted {
                machine_id: machine_id.clone(),
                maintenance_id: *maintenance_id,
                completed_on,
                notes: notes.clone(),
                next: planned.terms.next(completed_on),
            };
            Ok(vec![completed.into()])
        }
        Command::CancelMaintenance { machine_id, maintenance_id, reason } => {
            find_planned(find(state, machine_id)?, *maintenance_id)?;
            let mut refusals = Vec::new();
            check_reason(state, reason, &mut refusals);
            let cancelled = MaintenanceCancelled {
                machine_id: machine_id.clone(),
                maintenance_id: *maintenance_id,
                reason_code: reason.reason_code.clone(),
                reason: reason.text.clone(),
            };
            all_or(vec![cancelled.into()], refusals)
        }
        _ => Ok(Vec::new()),
    }
}

fn find_planned(machine: &Machine, id: RowId) -> Result<&Maintenance, Vec<Refusal>> {
    let found = machine.maintenance.iter().find(|one| one.maintenance_id == id);
    found.ok_or_else(|| {
        let machine_id = &machine.machine_id;
        let message =
            format!("Machine {machine_id} has no planned maintenance {id}; list what is planned.");
        vec![Refusal::new(RefusalCode::UnknownMaintenance, machine_id, message)]
    })
}

/// The terms with their last day, if they make sense and nothing else says the same.
fn settle_terms(
    machine: &Machine,
    terms: &MaintenanceTerms,
    except: Option<RowId>,
    context: &Context,
) -> Result<MaintenanceTerms, Vec<Refusal>> {
    let id = &machine.machine_id;
    let mut terms = terms.clone();
    if terms.due_date.is_none() {
        terms.due_date = terms.window.map(|window| context.plant.date_of(window.end));
    }
    if terms.due_date.is_none() && terms.due_after_hours.is_none() {
        let today = context.plant.date_of(context.now());
        terms.due_date = terms.next(today).and_then(|next| next.due_date);
    }
    if let Err(invalid) = terms.check() {
        return refuse(Refusal::new(RefusalCode::InvalidValue, id, invalid.to_string()));
    }
    let mut others = machine.maintenance.iter().filter(|one| Some(one.maintenance_id) != except);
    if let Some(same) = others.find(|one| one.terms == terms) {
        let message = format!(
            "Machine {id} has the same maintenance planned already, as {}; change that one.",
            same.maintenance_id
        );
        return refuse(Refusal::new(RefusalCode::DuplicateValue, id, message));
    }
    Ok(terms)
}
