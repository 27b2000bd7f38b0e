//! Entries of production logs that follow from events, and those that people write.
//!
//! Changes nothing in the state: each entry is complete when it is made.

use super::{Stamp, runs};
use crate::allocation::Assignment;
use crate::event::{AllocationCompleted, AllocationReopened, ProductionNoted};
use crate::finished::Finished;
use crate::ids::WorkOrderId;
use crate::production_log::{ProductionEntry, ProductionLogged};
use crate::quantity::Quantity;
use crate::state::State;
use crate::time::Instant;

fn entry(id: &WorkOrderId, at: Stamp<'_>, entry: ProductionEntry) -> ProductionLogged {
    ProductionLogged {
        work_order_id: id.clone(),
        logged_at: at.occurred_at,
        entry,
        quantity_produced: None,
        quantity_rejected: None,
        cumulative_quantity: None,
        operator_id: None,
        machine_id: None,
        notes: None,
        logged_by: at.actor.clone(),
        created_at: at.recorded_at,
    }
}

/// What people write.
pub(super) fn noted(state: &mut State, at: Stamp<'_>, event: &ProductionNoted) {
    let id = &event.work_order_id;
    let logged = ProductionLogged {
        cumulative_quantity: state.work_order(id).map(|order| order.quantity_produced),
        operator_id: event.operator_id.clone(),
        machine_id: event.machine_id.clone(),
        notes: Some(event.notes.clone()),
        ..entry(id, at, event.entry)
    };
    state.finish(at.position, Finished::Production(logged));
}

/// Work that is done, with the order's total afterwards.
pub(super) fn completed(state: &mut State, at: Stamp<'_>, event: &AllocationCompleted) {
    let figures = (event.quantity_produced, event.quantity_rejected);
    of_work(state, at, &event.assignment, ProductionEntry::Completed, figures);
}

/// The end of work that was taken back, with the order's total afterwards.
pub(super) fn reopened(state: &mut State, at: Stamp<'_>, event: &AllocationReopened) {
    let figures = (event.quantity_produced, event.quantity_rejected);
    of_work(state, at, &event.assignment, ProductionEntry::Reopened, figures);
}

fn of_work(
    state: &mut State,
    at: Stamp<'_>,
    assignment: &Assignment,
    told: ProductionEntry,
    (made, bad): (Quantity, Quantity),
) {
    let Assignment { work_order_id, operator_id, machine_id } = assignment;
    let logged = ProductionLogged {
        quantity_produced: Some(made),
        quantity_rejected: Some(bad),
        cumulative_quantity: state.work_order(work_order_id).map(|one| one.quantity_produced),
        operator_id: operator_id.clone(),
        machine_id: machine_id.clone(),
        ..entry(work_order_id, at, told)
    };
    state.finish(at.position, Finished::Production(logged));
}

/// Quantities that were counted; call before the order has them. They are the work's that runs
/// on the order, where there is one such work.
pub(super) fn progressed(
    state: &mut State,
    at: Stamp<'_>,
    id: &WorkOrderId,
    (total, rejected): (Quantity, Quantity),
    is_done: bool,
) {
    let Some(order) = state.work_order(id) else {
        return;
    };
    let (made, bad) =
        (total.minus(order.quantity_produced), rejected.minus(order.quantity_rejected));
    let running: Vec<_> = state.open_of_work_order(id).filter(|one| runs(one)).collect();
    let only = running.first().filter(|_| running.len() == 1);
    let told = if is_done { ProductionEntry::Completed } else { ProductionEntry::Progress };
    let logged = ProductionLogged {
        quantity_produced: Some(made),
        quantity_rejected: Some(bad),
        cumulative_quantity: Some(total),
        operator_id: only.and_then(|one| one.assignment.operator_id.clone()),
        machine_id: only.and_then(|one| one.assignment.machine_id.clone()),
        ..entry(id, at, told)
    };
    state.finish(at.position, Finished::Production(logged));
}

/// A waiting step that began or is over.
pub(super) fn waited(
    state: &mut State,
    at: Stamp<'_>,
    id: &WorkOrderId,
    (told, logged_at): (ProductionEntry, Instant),
) {
    let total = state.work_order(id).map(|order| order.quantity_produced);
    let logged = ProductionLogged { logged_at, cumulative_quantity: total, ..entry(id, at, told) };
    state.finish(at.position, Finished::Production(logged));
}
