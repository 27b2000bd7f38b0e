//! When an order will be done as things stand, and how late that is.
//!
//! Looks at what is left to make, at work that runs or is booked, and at predecessors, each in the
//! same way. A forecast by the plan's own figures: it knows no queue in front of machines.

use std::collections::BTreeSet;

use crate::allocation::{Allocation, Phase};
use crate::ids::WorkOrderId;
use crate::state::State;
use crate::time::Instant;
use crate::work_order::{DependencyType, WorkOrder, WorkOrderStatus};

/// When an order will begin and be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// First start, past or expected.
    pub start: Instant,
    /// End, past or expected.
    pub end: Instant,
}

impl Outlook {
    /// Whole minutes after the promised date; 0 if in time.
    pub fn delay_minutes(&self, order: &WorkOrder) -> i64 {
        (self.end.millis_since(order.details.due_date) / 60_000).max(0)
    }
}

/// When `id` will be done; nothing for an order that was called off, is not loaded, or of which
/// nobody knows how long it takes. `state` holds its predecessors as far as they matter.
pub fn outlook(state: &State, id: &WorkOrderId, now: Instant) -> Option<Outlook> {
    look(state, id, now, &mut BTreeSet::new())
}

fn look(
    state: &State,
    id: &WorkOrderId,
    now: Instant,
    above: &mut BTreeSet<WorkOrderId>,
) -> Option<Outlook> {
    let order = state.work_order(id)?;
    if order.status == WorkOrderStatus::Cancelled || !above.insert(id.clone()) {
        return None;
    }
    let found = match order.actual_end_date {
        Some(end) => Some(Outlook { start: order.actual_start_date.unwrap_or(end), end }),
        None => look_ahead(state, order, now, above),
    };
    above.remove(id);
    found
}

fn look_ahead(
    state: &State,
    order: &WorkOrder,
    now: Instant,
    above: &mut BTreeSet<WorkOrderId>,
) -> Option<Outlook> {
    let (mut may_start, mut may_end) = (now, now);
    for edge in &order.dependencies {
        let before = look(state, &edge.terms.predecessor_work_order_id, now, above);
        let Some(before) = before else { continue };
        let lag = i64::from(edge.terms.lag_minutes);
        match edge.terms.dependency_type {
            DependencyType::FinishToStart => {
                may_start = may_start.max(before.end.plus_minutes(lag))
            }
            DependencyType::StartToStart => {
                may_start = may_start.max(before.start.plus_minutes(lag))
            }
            DependencyType::FinishToFinish => may_end = may_end.max(before.end.plus_minutes(lag)),
        }
    }
    let ahead = match order.terms.wait_minutes {
        Some(minutes) => wait(order, minutes, may_start),
        None => work(state, order, now, may_start)?,
    };
    Some(Outlook { end: ahead.end.max(may_end), ..ahead })
}

fn wait(order: &WorkOrder, minutes: i32, may_start: Instant) -> Outlook {
    let start = order.actual_start_date.unwrap_or(may_start);
    let end = order.waiting_until.unwrap_or(start.plus_minutes(minutes.into()));
    Outlook { start, end }
}

/// The rest at the estimated pace, shared by all that work on it at once.
fn work(state: &State, order: &WorkOrder, now: Instant, may_start: Instant) -> Option<Outlook> {
    let open: Vec<&Allocation> = state.open_of_work_order(&order.work_order_id).collect();
    let running = open.iter().filter(|one| one.phase == Phase::Running).count();
    let booked = open.iter().filter(|one| one.phase == Phase::Booked).map(|one| one.window);
    let rest = remaining_minutes(order, &open)?;
    if running > 0 {
        let shared = rest.div_euclid(running.try_into().unwrap_or(i64::MAX)).max(1);
        let start = order.actual_start_date.unwrap_or(now);
        return Some(Outlook { start, end: now.plus_minutes(shared) });
    }
    let planned = order.details.planned_start_date;
    let next = booked.map(|window| window.start).min().or(planned).unwrap_or(now);
    let go_on = next.max(may_start);
    let start = order.actual_start_date.unwrap_or(go_on);
    Some(Outlook { start, end: go_on.plus_minutes(rest) })
}

/// By the order's estimate, else by what its work was given, else by the plan.
fn remaining_minutes(order: &WorkOrder, open: &[&Allocation]) -> Option<i64> {
    let given = || {
        let minutes = open.iter().map(|one| one.remaining_minutes());
        (!open.is_empty()).then(|| minutes.sum())
    };
    let planned = || {
        let (start, end) = order.details.planned_start_date.zip(order.details.planned_end_date)?;
        Some((end.millis_since(start) / 60_000).max(1))
    };
    order.remaining_estimate_minutes().or_else(given).or_else(planned)
}
