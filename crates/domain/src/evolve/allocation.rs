//! How allocation events change the state of the allocation and of everything it binds.
//!
//! Each event moves one allocation and then refreshes operator, machine and order by rule.

use super::machine::refresh_machine;
use super::work_order::{complete, reopen};
use super::{Stamp, Turn, production_log, refresh_operator, refresh_work_order};
use crate::allocation::{Allocation, AllocationStatus, Assignment, Phase};
use crate::event::{
    AllocationCancelled, AllocationCompleted, AllocationCreated, AllocationPaused,
    AllocationReassigned, AllocationReleased, AllocationReopened, AllocationRescheduled,
    AllocationResumed, AllocationStarted, Event, Recorded,
};
use crate::ids::AllocationId;
use crate::quantity::Quantity;
use crate::state::State;
use crate::time::{Instant, Window};

pub(super) fn apply(state: &mut State, recorded: &Recorded, at: Stamp<'_>) {
    let id = match &recorded.event {
        Event::AllocationCreated(event) => created(state, recorded, event),
        Event::AllocationStarted(event) => started(state, at, event),
        Event::AllocationPaused(event) => paused(state, at, event),
        Event::AllocationResumed(event) => resumed(state, at, event),
        Event::AllocationReassigned(event) => reassigned(state, at, event),
        Event::AllocationReleased(event) => released(state, recorded, event),
        Event::AllocationCompleted(event) => completed(state, recorded, event),
        Event::AllocationCancelled(event) => cancelled(state, recorded, event),
        Event::AllocationRescheduled(event) => rescheduled(state, at, event),
        Event::AllocationReopened(event) => reopened(state, at, event),
        // That time has passed changes nothing: whoever looks sees it by the clock.
        _ => return,
    };
    state.note_last_change(id, recorded);
}

fn created(state: &mut State, recorded: &Recorded, event: &AllocationCreated) -> AllocationId {
    let id = AllocationId(recorded.position);
    let runs = event.phase == Phase::Running;
    let turn = if runs { Turn::Began } else { Turn::Neither };
    state.insert_allocation(Allocation {
        allocation_id: id,
        assignment: event.assignment.clone(),
        phase: event.phase,
        status: AllocationStatus::Active,
        allocated_at: recorded.occurred_at,
        window: event.window,
        expected_duration_minutes: event.expected_duration_minutes,
        actual_start_time: runs.then_some(recorded.occurred_at),
        actual_end_time: None,
        running_since: runs.then_some(recorded.occurred_at),
        worked_ms: 0,
        allocation_method: event.allocation_method,
        suggestion_score: event.suggestion_score,
        allocated_by: recorded.actor.clone(),
        released_by: None,
        released_at: None,
        release_reason: None,
        quantity_produced: Quantity::ZERO,
        last_transition_at: recorded.occurred_at,
        version: 1,
        created_at: recorded.recorded_at,
        updated_at: recorded.recorded_at,
        position: recorded.position,
    });
    link(state, id, &event.assignment);
    refresh(state, &event.assignment, Stamp::of(recorded), turn);
    id
}

fn started(state: &mut State, at: Stamp<'_>, event: &AllocationStarted) -> AllocationId {
    run(state, at, event.allocation_id, event.window);
    refresh(state, &event.assignment, at, Turn::Began);
    event.allocation_id
}

fn resumed(state: &mut State, at: Stamp<'_>, event: &AllocationResumed) -> AllocationId {
    run(state, at, event.allocation_id, event.window);
    refresh(state, &event.assignment, at, Turn::Began);
    event.allocation_id
}

fn run(state: &mut State, at: Stamp<'_>, id: AllocationId, window: Window) {
    change(state, at, id, |allocation| {
        allocation.phase = Phase::Running;
        allocation.window = window;
        allocation.running_since = Some(at.occurred_at);
        allocation.actual_start_time.get_or_insert(at.occurred_at);
    });
}

fn paused(state: &mut State, at: Stamp<'_>, event: &AllocationPaused) -> AllocationId {
    note_work_ended(state, at, event.allocation_id);
    change(state, at, event.allocation_id, |allocation| {
        allocation.phase = Phase::Paused;
        stop_clock(allocation, at.occurred_at);
    });
    refresh(state, &event.assignment, at, Turn::Stopped);
    event.allocation_id
}

fn reassigned(state: &mut State, at: Stamp<'_>, event: &AllocationReassigned) -> AllocationId {
    let id = event.allocation_id;
    note_work_ended(state, at, id);
    unlink(state, id, &event.previous);
    change(state, at, id, |allocation| allocation.assignment = event.assignment.clone());
    link(state, id, &event.assignment);
    let runs = event.phase == Phase::Running;
    let (left, came) =
        if runs { (Turn::Stopped, Turn::Began) } else { (Turn::Neither, Turn::Neither) };
    refresh(state, &event.previous, at, left);
    refresh(state, &event.assignment, at, came);
    id
}

fn rescheduled(state: &mut State, at: Stamp<'_>, event: &AllocationRescheduled) -> AllocationId {
    change(state, at, event.allocation_id, |allocation| {
        allocation.window = event.window;
        allocation.expected_duration_minutes = event.expected_duration_minutes;
    });
    refresh(state, &event.assignment, at, Turn::Neither);
    event.allocation_id
}

fn reopened(state: &mut State, at: Stamp<'_>, event: &AllocationReopened) -> AllocationId {
    let runs = event.phase == Phase::Running;
    change(state, at, event.allocation_id, |allocation| {
        allocation.phase = event.phase;
        allocation.status = AllocationStatus::Active;
        allocation.window = event.window;
        allocation.actual_end_time = None;
        allocation.running_since = runs.then_some(at.occurred_at);
        allocation.released_by = None;
        allocation.released_at = None;
        allocation.release_reason = None;
        allocation.quantity_produced = Quantity::ZERO;
    });
    link(state, event.allocation_id, &event.assignment);
    if let Some(slot) = state.work_order_mut(&event.assignment.work_order_id) {
        let order = &mut slot.entity;
        let (made, bad) = (event.quantity_produced, event.quantity_rejected);
        order.quantity_produced = order.quantity_produced.minus(made);
        order.quantity_rejected = order.quantity_rejected.minus(bad);
        if event.work_order_reopened {
            reopen(order);
        }
        if event.work_order_reopened || made != Quantity::ZERO || bad != Quantity::ZERO {
            order.version += 1;
        }
    }
    production_log::reopened(state, at, event);
    refresh(state, &event.assignment, at, if runs { Turn::Began } else { Turn::Neither });
    event.allocation_id
}

fn released(state: &mut State, recorded: &Recorded, event: &AllocationReleased) -> AllocationId {
    let at = Stamp::of(recorded);
    end(state, recorded, event.allocation_id, AllocationStatus::Released, |allocation| {
        allocation.release_reason = event.reason.clone();
    });
    unlink(state, event.allocation_id, &event.assignment);
    refresh(state, &event.assignment, at, turn_of_end(event.previous_phase));
    event.allocation_id
}

fn cancelled(state: &mut State, recorded: &Recorded, event: &AllocationCancelled) -> AllocationId {
    let at = Stamp::of(recorded);
    end(state, recorded, event.allocation_id, AllocationStatus::Cancelled, |allocation| {
        allocation.release_reason = event.reason.clone();
        allocation.actual_end_time = None;
    });
    unlink(state, event.allocation_id, &event.assignment);
    refresh(state, &event.assignment, at, Turn::Neither);
    event.allocation_id
}

fn completed(state: &mut State, recorded: &Recorded, event: &AllocationCompleted) -> AllocationId {
    let at = Stamp::of(recorded);
    end(state, recorded, event.allocation_id, AllocationStatus::Completed, |allocation| {
        allocation.quantity_produced = event.quantity_produced;
    });
    unlink(state, event.allocation_id, &event.assignment);
    if let Some(slot) = state.work_order_mut(&event.assignment.work_order_id) {
        let order = &mut slot.entity;
        let (made, bad) = (event.quantity_produced, event.quantity_rejected);
        order.quantity_produced = order.quantity_produced.checked_add(made).unwrap_or(made);
        order.quantity_rejected = order.quantity_rejected.checked_add(bad).unwrap_or(bad);
        if event.work_order_completed {
            complete(order, at.occurred_at);
        }
        if event.work_order_completed || made != Quantity::ZERO || bad != Quantity::ZERO {
            order.version += 1;
        }
    }
    production_log::completed(state, at, event);
    refresh(state, &event.assignment, at, turn_of_end(event.previous_phase));
    event.allocation_id
}

fn turn_of_end(previous: Phase) -> Turn {
    if previous == Phase::Running { Turn::Stopped } else { Turn::Neither }
}

fn end(
    state: &mut State,
    recorded: &Recorded,
    id: AllocationId,
    status: AllocationStatus,
    detail: impl FnOnce(&mut Allocation),
) {
    let at = Stamp::of(recorded);
    note_work_ended(state, at, id);
    change(state, at, id, |allocation| {
        stop_clock(allocation, at.occurred_at);
        allocation.phase = Phase::Ended;
        allocation.status = status;
        allocation.actual_end_time = Some(at.occurred_at);
        allocation.released_at = Some(at.occurred_at);
        allocation.released_by = Some(recorded.actor.clone());
        detail(allocation);
    });
}

fn change(
    state: &mut State,
    at: Stamp<'_>,
    id: AllocationId,
    change: impl FnOnce(&mut Allocation),
) {
    if let Some(allocation) = state.allocation_mut(id) {
        change(allocation);
        allocation.last_transition_at = at.occurred_at;
        allocation.version += 1;
        allocation.updated_at = at.recorded_at;
        allocation.position = at.position;
    }
}

/// Both sides of running work remember when it stopped.
fn note_work_ended(state: &mut State, at: Stamp<'_>, id: AllocationId) {
    let running = state.allocation(id).filter(|one| one.phase == Phase::Running);
    let Some(assignment) = running.map(|one| one.assignment.clone()) else {
        return;
    };
    let latest = |old: Option<Instant>| Some(old.map_or(at.occurred_at, |t| t.max(at.occurred_at)));
    if let Some(slot) = assignment.operator_id.and_then(|id| state.operator_mut(&id)) {
        slot.entity.last_work_ended_at = latest(slot.entity.last_work_ended_at);
    }
    if let Some(slot) = assignment.machine_id.and_then(|id| state.machine_mut(&id)) {
        slot.entity.last_work_ended_at = latest(slot.entity.last_work_ended_at);
    }
}

fn stop_clock(allocation: &mut Allocation, at: Instant) {
    if let Some(since) = allocation.running_since.take() {
        allocation.worked_ms += at.millis_since(since).max(0);
    }
}

fn link(state: &mut State, id: AllocationId, assignment: &Assignment) {
    change_open_lists(state, assignment, |open| {
        if !open.contains(&id) {
            open.push(id);
        }
    });
}

fn unlink(state: &mut State, id: AllocationId, assignment: &Assignment) {
    change_open_lists(state, assignment, |open| open.retain(|other| *other != id));
}

fn change_open_lists(
    state: &mut State,
    assignment: &Assignment,
    change: impl Fn(&mut Vec<AllocationId>),
) {
    if let Some(slot) = assignment.operator_id.as_ref().and_then(|id| state.operator_mut(id)) {
        change(&mut slot.open);
    }
    if let Some(slot) = assignment.machine_id.as_ref().and_then(|id| state.machine_mut(id)) {
        change(&mut slot.open);
    }
    if let Some(slot) = state.work_order_mut(&assignment.work_order_id) {
        change(&mut slot.open);
    }
}

fn refresh(state: &mut State, assignment: &Assignment, at: Stamp<'_>, turn: Turn) {
    if let Some(id) = &assignment.operator_id {
        refresh_operator(state, id, at);
    }
    if let Some(id) = &assignment.machine_id {
        refresh_machine(state, id, at, turn);
    }
    refresh_work_order(state, &assignment.work_order_id, at, turn);
}
