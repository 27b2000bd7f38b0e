//! Folds events into the state: the only place where state changes.
//!
//! Whatever follows by rule (operator busy, machine running, order in progress) is computed
//! here, live and in a rebuild alike. Never refuses: the event has happened. An event about
//! something that is not loaded changes nothing.

mod allocation;
mod master;

use crate::event::{Event, Recorded};
use crate::ids::{MachineId, OperatorId, WorkOrderId};
use crate::machine::MachineStatus;
use crate::operator::OperatorStatus;
use crate::state::State;
use crate::time::Instant;
use crate::work_order::WorkOrderStatus;
use crate::{Allocation, Phase};

/// Applies one event.
pub fn evolve(state: &mut State, recorded: &Recorded) {
    let at = Stamp {
        position: recorded.position,
        occurred_at: recorded.occurred_at,
        recorded_at: recorded.recorded_at,
    };
    match &recorded.event {
        Event::AllocationCreated(event) => allocation::created(state, recorded, event),
        Event::AllocationStarted(event) => allocation::started(state, at, event),
        Event::AllocationPaused(event) => allocation::paused(state, at, event),
        Event::AllocationResumed(event) => allocation::resumed(state, at, event),
        Event::AllocationReassigned(event) => allocation::reassigned(state, at, event),
        Event::AllocationReleased(event) => allocation::released(state, recorded, event),
        Event::AllocationCompleted(event) => allocation::completed(state, recorded, event),
        Event::AllocationCancelled(event) => allocation::cancelled(state, recorded, event),
        _ => master::apply(state, recorded, at),
    }
}

/// Where and when, as every touched row keeps it.
#[derive(Debug, Clone, Copy)]
struct Stamp {
    position: i64,
    occurred_at: Instant,
    recorded_at: Instant,
}

fn runs(allocation: &Allocation) -> bool {
    allocation.phase == Phase::Running
}

/// Derives what an operator shows from running allocations and the posted status.
fn refresh_operator(state: &mut State, id: &OperatorId, at: Stamp) {
    let busy = state.open_of_operator(id).any(runs);
    let Some(slot) = state.operator_mut(id) else {
        return;
    };
    let operator = &mut slot.entity;
    let shown = if busy { OperatorStatus::Busy } else { operator.posted_status };
    if operator.current_status != shown {
        operator.current_status = shown;
        operator.status_updated_at = at.occurred_at;
    }
    operator.updated_at = at.recorded_at;
    operator.position = at.position;
}

/// What an event did to running work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Work began to run here.
    Began,
    /// Running work stopped here.
    Stopped,
    /// Nothing that runs was touched.
    Neither,
}

/// A machine runs once work begins on it, and falls idle when the last work there stops. What its
/// own signal says stays otherwise: a booking changes nothing.
fn refresh_machine(state: &mut State, id: &MachineId, at: Stamp, turn: Turn) {
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
    if machine.current_status != next {
        machine.current_status = next;
        machine.status_reason_code = None;
        machine.status_updated_at = at.occurred_at;
    }
    machine.updated_at = at.recorded_at;
    machine.position = at.position;
}

/// Derives where an open order stands from its allocations.
fn refresh_work_order(state: &mut State, id: &WorkOrderId, at: Stamp, turn: Turn) {
    let derived = state
        .open_of_work_order(id)
        .map(|allocation| match allocation.phase {
            Phase::Running => WorkOrderStatus::InProgress,
            Phase::Paused => WorkOrderStatus::Paused,
            _ => WorkOrderStatus::Assigned,
        })
        .max_by_key(|status| match status {
            WorkOrderStatus::InProgress => 3,
            WorkOrderStatus::Paused => 2,
            _ => 1,
        })
        .unwrap_or(WorkOrderStatus::Queued);
    let Some(slot) = state.work_order_mut(id) else {
        return;
    };
    let order = &mut slot.entity;
    if !order.status.is_closed() {
        order.status = derived;
    }
    if turn == Turn::Began {
        let first = order.actual_start_date.map_or(at.occurred_at, |told| told.min(at.occurred_at));
        order.actual_start_date = Some(first);
    }
    order.updated_at = at.recorded_at;
    order.position = at.position;
}
