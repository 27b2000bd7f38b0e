//! Commands that bind people and machines to orders: allocate and reassign.
//!
//! Everything that speaks against it comes back at once; nothing is half allocated.

use super::life_cycle::{check_order_of_time, find, wrong_phase};
use super::supply::with_supply;
use super::{Decision, check_reason, refuse};
use crate::allocation::{Allocation, Assignment, Phase, Side};
use crate::command::{Command, NewAllocation};
use crate::context::Context;
use crate::eligibility::{Proposal, check, settle};
use crate::event::{AllocationCreated, AllocationReassigned};
use crate::refusal::{EntityRef, EntityType, Refusal, RefusalCode};
use crate::state::State;
use crate::time::Window;

pub(super) fn allocate(state: &State, new: &NewAllocation, context: &Context) -> Decision {
    if new.operator_id.is_none() && new.machine_id.is_none() {
        let message = "An allocation needs an operator_id or a machine_id.".to_owned();
        let entity = EntityRef::new(EntityType::Allocation, "new");
        return refuse(Refusal::new(RefusalCode::InvalidValue, entity, message));
    }
    let proposal = Proposal::new(state, state, context, new);
    let window = proposal.window;
    let overrides = settle(check(&proposal), &new.overrides, context)?;
    let created = AllocationCreated {
        assignment: Assignment {
            work_order_id: new.work_order_id.clone(),
            operator_id: new.operator_id.clone(),
            machine_id: new.machine_id.clone(),
        },
        phase: if proposal.starts_now { Phase::Running } else { Phase::Booked },
        window,
        expected_duration_minutes: i32::try_from(window.minutes().max(1)).unwrap_or(i32::MAX),
        allocation_method: new.allocation_method,
        suggestion_score: new.suggestion_score,
        overrides,
    };
    let begins = proposal.starts_now;
    Ok(with_supply(state, context, &new.work_order_id, created.into(), |supply| {
        supply.expect(window, begins);
    }))
}

pub(super) fn reassign(state: &State, command: &Command, context: &Context) -> Decision {
    let Command::Reassign { allocation_id, operator_id, machine_id, dropped, reason, overrides } =
        command
    else {
        return Ok(Vec::new());
    };
    let allocation = find(state, *allocation_id)?;
    check_order_of_time(allocation, context)?;
    if !allocation.is_open() {
        return refuse(wrong_phase(allocation, "reassigned", "booked, running or paused"));
    }
    let mut refusals = Vec::new();
    check_reason(state, reason, &mut refusals);
    let previous = allocation.assignment.clone();
    let mut assignment = Assignment {
        work_order_id: previous.work_order_id.clone(),
        operator_id: operator_id.clone().or_else(|| previous.operator_id.clone()),
        machine_id: machine_id.clone().or_else(|| previous.machine_id.clone()),
    };
    if let Some(side) = dropped {
        let is_named = match side {
            Side::Operator => {
                assignment.operator_id = None;
                operator_id.is_some()
            }
            Side::Machine => {
                assignment.machine_id = None;
                machine_id.is_some()
            }
        };
        let is_empty = assignment.operator_id.is_none() && assignment.machine_id.is_none();
        if is_named || is_empty {
            let told = if is_named {
                "A side that is dropped cannot be named as well."
            } else {
                "An operator or a machine has to stay; release the work to free both."
            };
            let code = RefusalCode::InvalidValue;
            return refuse(Refusal::new(code, *allocation_id, told.to_owned()));
        }
    }
    if assignment == previous {
        return if refusals.is_empty() { Ok(Vec::new()) } else { Err(refusals) };
    }
    refusals.extend(objections(state, allocation, &assignment, context));
    let overrides = settle(refusals, overrides, context)?;
    let reassigned = AllocationReassigned {
        allocation_id: *allocation_id,
        phase: allocation.phase,
        previous,
        assignment,
        reason_code: reason.reason_code.clone(),
        reason: reason.text.clone(),
        overrides,
    };
    Ok(vec![reassigned.into()])
}

/// What speaks against giving open work to others.
pub(super) fn objections(
    state: &State,
    allocation: &Allocation,
    assignment: &Assignment,
    context: &Context,
) -> Vec<Refusal> {
    let running = allocation.phase == Phase::Running;
    let now = context.now();
    let window =
        if running { Window::until(now, allocation.window.end) } else { allocation.window };
    let mut refusals = check(&Proposal {
        resources: state,
        orders: state,
        context,
        work_order_id: &assignment.work_order_id,
        operator_id: assignment.operator_id.as_ref(),
        machine_id: assignment.machine_id.as_ref(),
        window,
        starts_now: running,
        length_is_known: false,
        except: Some(allocation.allocation_id),
    });
    if allocation.phase == Phase::Paused {
        // Paused work takes nobody's time; resuming it checks again.
        refusals.retain(|refusal| {
            !matches!(refusal.code, RefusalCode::OperatorBooked | RefusalCode::MachineBooked)
        });
    }
    refusals
}
