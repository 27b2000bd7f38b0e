//! Moving a booking, and giving open work another length.
//!
//! What is moved is checked as if it were booked anew, and does not stand in its own way. Running
//! work has begun: its end can move, its start cannot.

use super::life_cycle::{check_order_of_time, find, wrong_phase};
use super::supply::with_supply;
use super::{Decision, check_reason, refuse};
use crate::allocation::{Allocation, Phase};
use crate::command::{Command, ExpectedEnd};
use crate::context::Context;
use crate::eligibility::{Proposal, check, settle};
use crate::event::AllocationRescheduled;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::time::{Instant, Window};

/// Lengths that fit the column and the calendar: ten years.
const MOST_MINUTES: i64 = 5_256_000;

pub(super) fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    let Command::Reschedule {
        allocation_id,
        expected_start_time: start,
        expected_end,
        reason,
        overrides,
    } = command
    else {
        return Ok(Vec::new());
    };
    let allocation = find(state, *allocation_id)?;
    check_order_of_time(allocation, context)?;
    let mut refusals = Vec::new();
    check_reason(state, reason, &mut refusals);
    let window = match allocation.phase {
        Phase::Booked => booked_window(allocation, *start, *expected_end, context)?,
        Phase::Running => running_window(allocation, *start, *expected_end, context)?,
        Phase::Paused | Phase::Ended => {
            return refuse(wrong_phase(allocation, "rescheduled", "booked or running"));
        }
    };
    if window == allocation.window {
        return if refusals.is_empty() { Ok(Vec::new()) } else { Err(refusals) };
    }
    refusals.extend(objections(state, allocation, window, context));
    let overrides = settle(refusals, overrides, context)?;
    let rescheduled = AllocationRescheduled {
        allocation_id: *allocation_id,
        phase: allocation.phase,
        assignment: allocation.assignment.clone(),
        previous: allocation.window,
        window,
        expected_duration_minutes: new_length(allocation, window),
        reason_code: reason.reason_code.clone(),
        reason: reason.text.clone(),
        overrides,
    };
    let order = &allocation.assignment.work_order_id;
    Ok(with_supply(state, context, order, rescheduled.into(), |supply| {
        supply.reschedule(*allocation_id, window);
    }))
}

/// What speaks against another window. Running work that ends earlier is in nobody's way.
pub(super) fn objections(
    state: &State,
    allocation: &Allocation,
    window: Window,
    context: &Context,
) -> Vec<Refusal> {
    if allocation.phase == Phase::Running && window.end <= allocation.window.end {
        return Vec::new();
    }
    let assignment = &allocation.assignment;
    check(&Proposal {
        resources: state,
        orders: state,
        context,
        work_order_id: &assignment.work_order_id,
        operator_id: assignment.operator_id.as_ref(),
        machine_id: assignment.machine_id.as_ref(),
        window,
        starts_now: false,
        length_is_known: true,
        except: Some(allocation.allocation_id),
    })
}

/// Minutes of work that are expected in all: by as much as the window grows, more.
pub(super) fn new_length(allocation: &Allocation, window: Window) -> i32 {
    if allocation.phase == Phase::Booked {
        return i32::try_from(window.minutes().max(1)).unwrap_or(i32::MAX);
    }
    let grows = window.end.millis_since(allocation.window.end) / 60_000;
    let minutes = i64::from(allocation.expected_duration_minutes) + grows;
    i32::try_from(minutes.clamp(1, MOST_MINUTES)).unwrap_or(i32::MAX)
}

fn booked_window(
    allocation: &Allocation,
    start: Option<Instant>,
    end: Option<ExpectedEnd>,
    context: &Context,
) -> Result<Window, Vec<Refusal>> {
    let now = context.now();
    if let Some(start) = start.filter(|start| *start <= now) {
        let told = "lies in the past; start the work instead of booking it";
        return refuse(invalid(allocation, "expected_start_time", start, told));
    }
    let start = start.unwrap_or(allocation.window.start);
    let minutes = match end {
        None => i64::from(allocation.expected_duration_minutes),
        Some(ExpectedEnd::After(minutes)) => minutes.into(),
        Some(ExpectedEnd::At(end)) if end > start && end > now => Window { start, end }.minutes(),
        Some(ExpectedEnd::At(end)) => {
            let told = "has to lie after the start, and after now";
            return refuse(invalid(allocation, "expected_end_time", end, told));
        }
    };
    Ok(match end {
        Some(ExpectedEnd::At(end)) => Window { start, end },
        _ => Window::starting(start, minutes),
    })
}

fn running_window(
    allocation: &Allocation,
    start: Option<Instant>,
    end: Option<ExpectedEnd>,
    context: &Context,
) -> Result<Window, Vec<Refusal>> {
    let began = allocation.window.start;
    if let Some(start) = start {
        let told = "cannot be changed, because the work has begun; leave it out";
        return refuse(invalid(allocation, "expected_start_time", start, told));
    }
    let end = match end {
        None => allocation.window.end,
        Some(ExpectedEnd::At(end)) => end,
        // What was worked before a pause counts.
        Some(ExpectedEnd::After(minutes)) => {
            began.plus_minutes(i64::from(minutes) - allocation.worked_ms / 60_000)
        }
    };
    if end <= context.now() && end != allocation.window.end {
        let told = "has to lie after now; complete or release the work instead";
        return refuse(invalid(allocation, "expected_end_time", end, told));
    }
    Ok(Window { start: began, end })
}

fn invalid(allocation: &Allocation, name: &str, value: Instant, told: &str) -> Refusal {
    let id = allocation.allocation_id;
    let message = format!("{name} {value} of allocation {id} {told}.");
    Refusal::new(RefusalCode::InvalidValue, id, message)
}
