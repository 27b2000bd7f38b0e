//! Commands along an allocation's life: start, pause, resume, release, complete, cancel.
//!
//! Also the ends and pauses that other facts bring about (a breakdown, an absence, a closed
//! order), so that all of them look alike in the log.

use super::supply::{Supply, with_supply};
use super::work_order::exceeds;
use super::{Decision, all_or, check_reason, refuse};
use crate::allocation::{Allocation, Phase};
use crate::command::{Command, Reason};
use crate::context::Context;
use crate::eligibility::{Proposal, check, no_such, settle, unmet_at_finish};
use crate::event::{
    AllocationCancelled, AllocationCompleted, AllocationOverran, AllocationPaused,
    AllocationReleased, AllocationResumed, AllocationStarted, Event, Override,
};
use crate::ids::{AllocationId, WorkOrderId};
use crate::quantity::Quantity;
use crate::reason::{ORDER_CLOSED, built_in};
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::time::Window;
use crate::work_order::WorkOrder;

pub(super) fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    match command {
        Command::Start { allocation_id, overrides } => {
            let allocation = find_in(state, *allocation_id, context, "started", &[Phase::Booked])?;
            start(state, allocation, overrides, context)
        }
        Command::Resume { allocation_id, overrides } => {
            let allocation = find_in(state, *allocation_id, context, "resumed", &[Phase::Paused])?;
            resume(state, allocation, overrides, context)
        }
        Command::Pause { allocation_id, reason } => {
            let allocation = find_in(state, *allocation_id, context, "paused", &[Phase::Running])?;
            let mut refusals = Vec::new();
            check_reason(state, reason, &mut refusals);
            all_or(vec![pause(allocation, reason.clone())], refusals)
        }
        Command::Release { allocation_id, reason } => {
            let phases = [Phase::Running, Phase::Paused];
            let allocation = find_in(state, *allocation_id, context, "released", &phases)?;
            let mut refusals = Vec::new();
            check_reason(state, reason, &mut refusals);
            let released = release(allocation, reason.clone());
            all_or(ended(state, allocation, released, context), refusals)
        }
        Command::Cancel { allocation_id, reason } => {
            let allocation =
                find_in(state, *allocation_id, context, "cancelled", &[Phase::Booked])?;
            let mut refusals = Vec::new();
            check_reason(state, reason, &mut refusals);
            let cancelled = cancel(allocation, reason.clone());
            all_or(ended(state, allocation, cancelled, context), refusals)
        }
        Command::Complete { .. } => complete(state, command, context),
        Command::NoteOverrun { allocation_id } => {
            let overran = find(state, *allocation_id)?;
            let events = overran.has_overrun(context.now()).then(|| overrun(overran));
            Ok(events.into_iter().collect())
        }
        _ => Ok(Vec::new()),
    }
}

pub(super) fn find(state: &State, id: AllocationId) -> Result<&Allocation, Vec<Refusal>> {
    let missing = || vec![no_such(RefusalCode::UnknownAllocation, id.into(), "allocation")];
    state.allocation(id).ok_or_else(missing)
}

fn find_in<'a>(
    state: &'a State,
    id: AllocationId,
    context: &Context,
    done: &str,
    phases: &[Phase],
) -> Result<&'a Allocation, Vec<Refusal>> {
    let allocation = find(state, id)?;
    if !phases.contains(&allocation.phase) {
        let names: Vec<&str> = phases.iter().map(|phase| phase.as_str()).collect();
        return refuse(wrong_phase(allocation, done, &names.join(" or ")));
    }
    check_order_of_time(allocation, context)?;
    Ok(allocation)
}

pub(super) fn wrong_phase(allocation: &Allocation, done: &str, wanted: &str) -> Refusal {
    let id = allocation.allocation_id;
    let phase = allocation.phase.as_str();
    let message = format!("Allocation {id} is {phase}; only {wanted} ones can be {done}.");
    let mut refusal = Refusal::new(RefusalCode::WrongPhase, id, message).figures(wanted, phase);
    refusal.allocation_id = Some(id);
    refusal
}

/// Nothing may be stated before the allocation's last transition.
pub(super) fn check_order_of_time(
    allocation: &Allocation,
    context: &Context,
) -> Result<(), Vec<Refusal>> {
    let last = allocation.last_transition_at;
    if context.now() >= last {
        return Ok(());
    }
    let message = format!(
        "occurred_at {} lies before the last change of allocation {} at {last}.",
        context.now(),
        allocation.allocation_id
    );
    let refusal = Refusal::new(RefusalCode::OutOfOrder, allocation.allocation_id, message);
    refuse(refusal.figures(last, context.now()))
}

/// An order is not closed before its first start, nor before the last change of anything that its
/// closing ends.
pub(super) fn check_closing_time(
    state: &State,
    order: &WorkOrder,
    context: &Context,
) -> Result<(), Vec<Refusal>> {
    let id = &order.work_order_id;
    for allocation in state.open_of_work_order(id) {
        check_order_of_time(allocation, context)?;
    }
    let Some(began) = order.actual_start_date.filter(|began| *began > context.now()) else {
        return Ok(());
    };
    let message =
        format!("Work on {id} began at {began}; it cannot have ended at {}.", context.now());
    refuse(Refusal::new(RefusalCode::OutOfOrder, id, message).figures(began, context.now()))
}

fn proposal<'a>(
    state: &'a State,
    context: &'a Context,
    allocation: &'a Allocation,
    window: Window,
) -> Proposal<'a> {
    Proposal {
        resources: state,
        orders: state,
        context,
        work_order_id: &allocation.assignment.work_order_id,
        operator_id: allocation.assignment.operator_id.as_ref(),
        machine_id: allocation.assignment.machine_id.as_ref(),
        window,
        starts_now: true,
        length_is_known: false,
        except: Some(allocation.allocation_id),
    }
}

/// A start keeps the booked end, unless that has passed: overrun extends nothing.
fn start(
    state: &State,
    allocation: &Allocation,
    overrides: &[Override],
    context: &Context,
) -> Decision {
    let now = context.now();
    let window = if allocation.window.end > now {
        Window::until(now, allocation.window.end)
    } else {
        Window::starting(now, allocation.expected_duration_minutes.into())
    };
    let refusals = check(&proposal(state, context, allocation, window));
    let started = AllocationStarted {
        allocation_id: allocation.allocation_id,
        assignment: allocation.assignment.clone(),
        window,
        overrides: settle(refusals, overrides, context)?,
    };
    Ok(begun(state, allocation, started.into(), window, context))
}

pub(super) fn resume(
    state: &State,
    allocation: &Allocation,
    overrides: &[Override],
    context: &Context,
) -> Decision {
    let window = Window::starting(context.now(), allocation.remaining_minutes());
    let refusals = check(&proposal(state, context, allocation, window));
    let resumed = AllocationResumed {
        allocation_id: allocation.allocation_id,
        assignment: allocation.assignment.clone(),
        window,
        overrides: settle(refusals, overrides, context)?,
    };
    Ok(begun(state, allocation, resumed.into(), window, context))
}

/// Work begins: what it needs is taken or set aside in the same commit.
fn begun(
    state: &State,
    allocation: &Allocation,
    event: Event,
    window: Window,
    context: &Context,
) -> Vec<Event> {
    let order = &allocation.assignment.work_order_id;
    with_supply(state, context, order, event, |supply| supply.expect(window, true))
}

/// Work ends before it is done: what it has not used is given back.
pub(super) fn ended(
    state: &State,
    allocation: &Allocation,
    event: Event,
    context: &Context,
) -> Vec<Event> {
    let order = &allocation.assignment.work_order_id;
    with_supply(state, context, order, event, |supply| supply.end_work(allocation.allocation_id))
}

fn complete(state: &State, command: &Command, context: &Context) -> Decision {
    let Command::Complete {
        allocation_id,
        quantity_produced,
        quantity_rejected,
        work_order_completed,
    } = command
    else {
        return Ok(Vec::new());
    };
    let phases = [Phase::Running, Phase::Paused];
    let allocation = find_in(state, *allocation_id, context, "completed", &phases)?;
    let order_id = &allocation.assignment.work_order_id;
    let Some(order) = state.work_order(order_id) else {
        return refuse(no_such(RefusalCode::UnknownWorkOrder, order_id.into(), "work order"));
    };
    let (ordered, most) = (order.details.quantity_ordered, order.quantity_most());
    let total = order.quantity_produced.checked_add(*quantity_produced);
    let Some(total) = total.filter(|total| *total <= most) else {
        return refuse(exceeds(order, total.unwrap_or(*quantity_produced), most));
    };
    let Some(rejected) = order.quantity_rejected.checked_add(*quantity_rejected) else {
        return refuse(exceeds(order, *quantity_rejected, most));
    };
    let closes = *work_order_completed || total >= ordered;
    if closes {
        check_closing_time(state, order, context)?;
        let unmet = unmet_at_finish(state, context, order);
        if !unmet.is_empty() {
            return Err(unmet);
        }
    }
    let completed = AllocationCompleted {
        allocation_id: *allocation_id,
        assignment: allocation.assignment.clone(),
        previous_phase: allocation.phase,
        quantity_produced: *quantity_produced,
        quantity_rejected: *quantity_rejected,
        work_order_completed: closes,
    };
    let mut events = vec![completed.into()];
    if closes {
        events.extend(close_open(state, order_id, Some(*allocation_id), true));
    }
    let mut supply = Supply::of(state, context, order);
    supply.backflush(total, rejected);
    if closes {
        supply.close()
    } else {
        supply.end_work(*allocation_id)
    }
    events.extend(supply.into_events());
    Ok(events)
}

/// Ends what is open on an order that closes: bookings are dropped, begun work is completed when
/// the order is done and released when it is called off.
pub(super) fn close_open(
    state: &State,
    order: &WorkOrderId,
    except: Option<AllocationId>,
    done: bool,
) -> Vec<Event> {
    let reason = || Reason { reason_code: built_in(ORDER_CLOSED), text: None };
    let open = state.open_of_work_order(order);
    open.filter(|one| Some(one.allocation_id) != except)
        .map(|one| match one.phase {
            Phase::Booked | Phase::Ended => cancel(one, reason()),
            Phase::Running | Phase::Paused if done => AllocationCompleted {
                allocation_id: one.allocation_id,
                assignment: one.assignment.clone(),
                previous_phase: one.phase,
                quantity_produced: Quantity::ZERO,
                quantity_rejected: Quantity::ZERO,
                work_order_completed: false,
            }
            .into(),
            Phase::Running | Phase::Paused => release(one, reason()),
        })
        .collect()
}

/// The pause that a stopped machine or an absent operator brings about.
pub(super) fn pause_for(allocation: &Allocation, code: &'static str) -> Event {
    pause(allocation, Reason { reason_code: built_in(code), text: None })
}

fn overrun(allocation: &Allocation) -> Event {
    AllocationOverran {
        allocation_id: allocation.allocation_id,
        assignment: allocation.assignment.clone(),
        expected_end: allocation.window.end,
    }
    .into()
}

pub(super) fn pause(allocation: &Allocation, reason: Reason) -> Event {
    AllocationPaused {
        allocation_id: allocation.allocation_id,
        assignment: allocation.assignment.clone(),
        reason_code: reason.reason_code,
        reason: reason.text,
    }
    .into()
}

pub(super) fn release(allocation: &Allocation, reason: Reason) -> Event {
    AllocationReleased {
        allocation_id: allocation.allocation_id,
        assignment: allocation.assignment.clone(),
        previous_phase: allocation.phase,
        reason_code: reason.reason_code,
        reason: reason.text,
    }
    .into()
}

pub(super) fn cancel(allocation: &Allocation, reason: Reason) -> Event {
    AllocationCancelled {
        allocation_id: allocation.allocation_id,
        assignment: allocation.assignment.clone(),
        reason_code: reason.reason_code,
        reason: reason.text,
    }
    .into()
}
