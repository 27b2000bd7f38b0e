//! What a step means for idle time and for an order's date: consequences, not only facts.
//!
//! Computed from the state in which the step is decided and never changed afterwards. `None` is
//! "cannot be told", which is something else than nothing.

use serde::{Deserialize, Serialize};

use crate::allocation::{Allocation, Phase};
use crate::eligibility::Proposal;
use crate::event::Event;
use crate::time::{Instant, Window};
use crate::work_order::WorkOrder;

/// What a step brings about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    /// Minutes during which something would have stood idle and now does not.
    pub idle_time_prevented_minutes: Option<i64>,
    /// Minutes by which the order will be finished after the date that was given for it.
    pub work_order_delay_minutes: Option<i64>,
}

/// What it brings that the proposed work is done in its window.
pub fn of_new_work(proposal: &Proposal<'_>) -> Consequence {
    let is_free = |open: &mut dyn Iterator<Item = &Allocation>| {
        let others = open.filter(|one| Some(one.allocation_id) != proposal.except);
        !others.filter(|one| one.occupies()).any(|one| one.window.overlaps(&proposal.window))
    };
    let resources = proposal.resources;
    // The machine's time is what a plant pays for; a person counts where there is no machine.
    let stands_idle = match (proposal.machine_id, proposal.operator_id) {
        (Some(id), _) => Some(is_free(&mut resources.open_of_machine(id))),
        (None, Some(id)) => Some(is_free(&mut resources.open_of_operator(id))),
        (None, None) => None,
    };
    let minutes = proposal.window.minutes();
    let order = proposal.orders.work_order(proposal.work_order_id);
    Consequence {
        idle_time_prevented_minutes: stands_idle.map(|idle| if idle { minutes } else { 0 }),
        work_order_delay_minutes: order.map(|order| delay(order, proposal.window.end)),
    }
}

/// What a change of an allocation brings, as far as it lets work be done in a window.
pub fn of_change(change: &Event, order: Option<&WorkOrder>) -> Consequence {
    let (window, prevents_idling) = match change {
        Event::AllocationCreated(event) => (event.window, true),
        Event::AllocationStarted(event) => (event.window, false),
        Event::AllocationResumed(event) => (event.window, true),
        Event::AllocationRescheduled(event) => (event.window, false),
        Event::AllocationReopened(event) => (event.window, event.phase != Phase::Paused),
        _ => return Consequence::default(),
    };
    Consequence {
        idle_time_prevented_minutes: prevents_idling.then(|| window.minutes()),
        work_order_delay_minutes: order.map(|order| delay(order, window.end)),
    }
}

/// Minutes by which an order that is finished at `end` is late; none if it is not.
pub fn delay(order: &WorkOrder, end: Instant) -> i64 {
    let promised = order.details.planned_end_date.unwrap_or(order.details.due_date);
    if end <= promised { 0 } else { Window { start: promised, end }.minutes() }
}
