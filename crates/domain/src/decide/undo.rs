//! Taking the last change of an allocation back, by what makes up for it.
//!
//! The log keeps both. What makes up for which change stands in one table, [`remedy`]; whatever
//! lets work begin again is checked like any beginning. After a while the plant has moved on, and
//! the ordinary steps are there.

use super::life_cycle::{cancel, check_order_of_time, ended, find, pause, release, resume};
use super::supply::with_supply;
use super::{Decision, allocation, check_reason, refuse, reschedule};
use crate::allocation::{Allocation, Assignment, Phase};
use crate::command::{Command, Reason};
use crate::context::Context;
use crate::eligibility::{Proposal, Reads, check, check_parts, settle};
use crate::event::{
    AllocationCompleted, AllocationReassigned, AllocationReopened, AllocationRescheduled, Event,
    Override, Recorded,
};
use crate::quantity::Quantity;
use crate::reason::{UNDONE, built_in};
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::time::Window;
use crate::work_order::WorkOrderStatus;

/// Minutes after which a change stands.
pub const WINDOW_MINUTES: i64 = 15;

/// What makes up for a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// The booking is dropped.
    Cancel,
    /// The work ends; the order goes on.
    Release,
    /// The work pauses.
    Pause,
    /// The work goes on.
    Resume,
    /// Those who had it get it again.
    Reassign,
    /// It gets its former time again.
    Reschedule,
    /// It is open again.
    Reopen,
}

/// What makes up for `change`; `None` for what cannot be taken back.
pub fn remedy(change: &Event) -> Option<Remedy> {
    Some(match change {
        Event::AllocationCreated(event) if event.phase == Phase::Booked => Remedy::Cancel,
        Event::AllocationCreated(_) => Remedy::Release,
        Event::AllocationStarted(_) | Event::AllocationResumed(_) => Remedy::Pause,
        Event::AllocationPaused(_) => Remedy::Resume,
        Event::AllocationReassigned(_) => Remedy::Reassign,
        Event::AllocationRescheduled(_) => Remedy::Reschedule,
        Event::AllocationReleased(_)
        | Event::AllocationCompleted(_)
        | Event::AllocationCancelled(_) => Remedy::Reopen,
        _ => return None,
    })
}

pub(super) fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    let Command::Undo { allocation_id, reason, overrides } = command else {
        return Ok(Vec::new());
    };
    let allocation = find(state, *allocation_id)?;
    check_order_of_time(allocation, context)?;
    let mut refusals = Vec::new();
    check_reason(state, reason, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let change = state.last_change(*allocation_id);
    let change = change.filter(|change| change.position == allocation.position);
    let Some((change, remedy)) = change.and_then(|one| Some((one, remedy(&one.event)?))) else {
        return refuse(not_undoable(allocation, "it was itself taken back or cannot be"));
    };
    if context.recorded_at > change.recorded_at.plus_minutes(WINDOW_MINUTES) {
        let since = format!("it is more than {WINDOW_MINUTES} minutes ago");
        return refuse(not_undoable(allocation, &since));
    }
    let reason = Reason {
        reason_code: reason.reason_code.clone().or_else(|| built_in(UNDONE)),
        text: reason.text.clone(),
    };
    let undo = Undo { state, allocation, context, reason, overrides };
    match remedy {
        Remedy::Cancel => Ok(ended(state, allocation, cancel(allocation, undo.reason), context)),
        Remedy::Release => Ok(ended(state, allocation, release(allocation, undo.reason), context)),
        Remedy::Pause => Ok(vec![pause(allocation, undo.reason)]),
        Remedy::Resume => resume(state, allocation, overrides, context),
        Remedy::Reassign => undo.give_back(change),
        Remedy::Reschedule => undo.move_back(change),
        Remedy::Reopen => undo.reopen(change),
    }
}

fn not_undoable(allocation: &Allocation, why: &str) -> Refusal {
    let id = allocation.allocation_id;
    let message = format!("The last change of allocation {id} cannot be taken back: {why}.");
    let mut refusal = Refusal::new(RefusalCode::NotUndoable, id, message);
    refusal.allocation_id = Some(id);
    refusal
}

struct Undo<'a> {
    state: &'a State,
    allocation: &'a Allocation,
    context: &'a Context,
    reason: Reason,
    overrides: &'a [Override],
}

/// What an end had reported.
struct Reported {
    produced: Quantity,
    rejected: Quantity,
    closed_the_order: bool,
}

impl Reported {
    const NOTHING: Self =
        Self { produced: Quantity::ZERO, rejected: Quantity::ZERO, closed_the_order: false };
}

impl From<&AllocationCompleted> for Reported {
    fn from(event: &AllocationCompleted) -> Self {
        Self {
            produced: event.quantity_produced,
            rejected: event.quantity_rejected,
            closed_the_order: event.work_order_completed,
        }
    }
}

impl Undo<'_> {
    fn give_back(self, change: &Recorded) -> Decision {
        let Event::AllocationReassigned(AllocationReassigned { previous, .. }) = &change.event
        else {
            return Ok(Vec::new());
        };
        let Self { state, allocation, context, reason, overrides } = self;
        let refusals = allocation::objections(state, allocation, previous, context);
        let reassigned = AllocationReassigned {
            allocation_id: allocation.allocation_id,
            phase: allocation.phase,
            previous: allocation.assignment.clone(),
            assignment: previous.clone(),
            reason_code: reason.reason_code,
            reason: reason.text,
            overrides: settle(refusals, overrides, context)?,
        };
        Ok(vec![reassigned.into()])
    }

    fn move_back(self, change: &Recorded) -> Decision {
        let Event::AllocationRescheduled(AllocationRescheduled { previous, .. }) = &change.event
        else {
            return Ok(Vec::new());
        };
        let Self { state, allocation, context, reason, overrides } = self;
        if previous.end <= context.now() {
            return refuse(not_undoable(allocation, "its former time has passed"));
        }
        let refusals = reschedule::objections(state, allocation, *previous, context);
        let rescheduled = AllocationRescheduled {
            allocation_id: allocation.allocation_id,
            phase: allocation.phase,
            assignment: allocation.assignment.clone(),
            previous: allocation.window,
            window: *previous,
            expected_duration_minutes: reschedule::new_length(allocation, *previous),
            reason_code: reason.reason_code,
            reason: reason.text,
            overrides: settle(refusals, overrides, context)?,
        };
        let (id, order) = (allocation.allocation_id, &allocation.assignment.work_order_id);
        Ok(with_supply(state, context, order, rescheduled.into(), |supply| {
            supply.reschedule(id, *previous);
        }))
    }

    fn reopen(self, change: &Recorded) -> Decision {
        let (phase, reported) = match &change.event {
            Event::AllocationReleased(event) => (event.previous_phase, Reported::NOTHING),
            Event::AllocationCompleted(event) => (event.previous_phase, Reported::from(event)),
            _ => (Phase::Booked, Reported::NOTHING),
        };
        let Self { state, allocation, context, reason, overrides } = self;
        let now = context.now();
        let window = match phase {
            Phase::Booked if allocation.window.end <= now => {
                return refuse(not_undoable(allocation, "its time has passed; book it anew"));
            }
            Phase::Running if allocation.window.end > now => {
                Window::until(now, allocation.window.end)
            }
            Phase::Running => Window::starting(now, allocation.remaining_minutes()),
            _ => allocation.window,
        };
        let refusals = reopening_objections(state, allocation, (phase, window), context, &reported);
        let reopened = AllocationReopened {
            allocation_id: allocation.allocation_id,
            previous_status: allocation.status,
            phase,
            assignment: allocation.assignment.clone(),
            window,
            quantity_produced: reported.produced,
            quantity_rejected: reported.rejected,
            work_order_reopened: reported.closed_the_order,
            reason_code: reason.reason_code,
            reason: reason.text,
            overrides: settle(refusals, overrides, context)?,
        };
        // What was used stays used: it counts when the work is done after all.
        let order = &allocation.assignment.work_order_id;
        Ok(with_supply(state, context, order, reopened.into(), |supply| {
            supply.expect(window, phase == Phase::Running);
        }))
    }
}

/// What speaks against opening an allocation again: the order where it paused, else everything.
fn reopening_objections(
    state: &State,
    allocation: &Allocation,
    (phase, window): (Phase, Window),
    context: &Context,
    reported: &Reported,
) -> Vec<Refusal> {
    let Assignment { work_order_id, operator_id, machine_id } = &allocation.assignment;
    let proposal = Proposal {
        resources: state,
        orders: state,
        context,
        work_order_id,
        operator_id: operator_id.as_ref(),
        machine_id: machine_id.as_ref(),
        window,
        starts_now: phase == Phase::Running,
        length_is_known: false,
        except: Some(allocation.allocation_id),
    };
    let mut refusals = match phase {
        Phase::Paused => check_parts(&proposal, &[Reads::Order]),
        _ => check(&proposal),
    };
    let order = state.work_order(work_order_id);
    let is_completed = order.is_some_and(|order| order.status == WorkOrderStatus::Completed);
    if reported.closed_the_order && is_completed {
        refusals.retain(|one| one.code != RefusalCode::WorkOrderNotAllocatable);
    }
    refusals
}
