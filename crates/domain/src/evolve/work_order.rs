//! How events about work orders and their predecessors change the state.
//!
//! Everything that is decided about an order raises its version.

use super::{Stamp, hold, production_log};
use crate::bom::Bill;
use crate::event::{Event, Recorded};
use crate::ids::{RowId, WorkOrderId};
use crate::key::UniqueField;
use crate::production_log::ProductionEntry;
use crate::quantity::Quantity;
use crate::state::State;
use crate::time::Instant;
use crate::work_order::{
    Dependency, QualityStatus, WorkOrder, WorkOrderDetails, WorkOrderStatus, WorkOrderTerms,
};

pub(super) fn apply(state: &mut State, recorded: &Recorded, at: Stamp<'_>) {
    match &recorded.event {
        Event::WorkOrderCreated(event) => {
            create_work_order(state, recorded, at, &event.work_order_id, &event.details);
        }
        Event::WorkOrderChanged(event) => {
            let (id, field) = (&event.work_order_id, UniqueField::WorkOrderNumber);
            let old = state.work_order(id).map(|one| one.details.work_order_number.clone());
            if let Some(old) = old {
                state.put_holder(field, old.as_str(), None);
            }
            hold(state, field, event.details.work_order_number.as_str(), id.as_str());
            change_work_order(state, at, id, |one| one.details = event.details.clone());
        }
        Event::WorkOrderCancelled(event) => {
            change_work_order(state, at, &event.work_order_id, |one| {
                one.status = WorkOrderStatus::Cancelled;
                one.waiting_until = None;
            });
        }
        Event::WorkOrderDependencyAdded(event) => {
            let dependency = Dependency {
                dependency_id: RowId(at.position),
                created_at: at.recorded_at,
                terms: event.terms.clone(),
            };
            change_work_order(state, at, &event.work_order_id, |one| {
                one.dependencies.push(dependency);
            });
        }
        Event::WorkOrderDependencyRemoved(event) => {
            change_work_order(state, at, &event.work_order_id, |one| {
                one.dependencies.retain(|edge| edge.dependency_id != event.dependency_id);
            });
        }
        Event::WorkOrderProgressed(event) => {
            let (id, made) = (&event.work_order_id, event.quantity_produced);
            let figures = (made, event.quantity_rejected);
            production_log::progressed(state, at, id, figures, event.completed);
            change_work_order(state, at, id, |one| {
                one.quantity_produced = made;
                one.quantity_rejected = event.quantity_rejected;
                if event.completed {
                    complete(one, at.occurred_at);
                }
            });
        }
        Event::WorkOrderTermsSet(event) => {
            change_work_order(state, at, &event.work_order_id, |one| one.terms = event.terms);
        }
        Event::WorkOrderQualityDecided(event) => {
            let status = Some(event.status);
            let id = &event.work_order_id;
            change_work_order(state, at, id, |one| one.details.quality_status = status);
        }
        other => wait(state, at, other),
    }
}

/// The order is open again; what was to be inspected is so once more when it is done.
pub(super) fn reopen(order: &mut WorkOrder) {
    order.status = WorkOrderStatus::Queued;
    order.actual_end_date = None;
    let details = &mut order.details;
    details.quality_status = details.quality_status.filter(|one| *one != QualityStatus::Pending);
}

/// Waiting steps begin and end at the times that their events tell.
fn wait(state: &mut State, at: Stamp<'_>, event: &Event) {
    match event {
        Event::WorkOrderWaitingStarted(event) => {
            let told = (ProductionEntry::Started, event.started_at);
            production_log::waited(state, at, &event.work_order_id, told);
            change_work_order(state, at, &event.work_order_id, |one| {
                one.status = WorkOrderStatus::InProgress;
                one.actual_start_date = Some(event.started_at);
                one.waiting_until = Some(event.due_at);
            });
        }
        Event::WorkOrderWaitingEnded(event) => {
            let id = &event.work_order_id;
            change_work_order(state, at, id, |one| {
                one.quantity_produced = one.quantity_produced.max(one.details.quantity_ordered);
                complete(one, event.ended_at);
            });
            let told = (ProductionEntry::Completed, event.ended_at);
            production_log::waited(state, at, id, told);
        }
        _ => {}
    }
}

/// The order is done; whether it is good is for inspection to say.
pub(super) fn complete(order: &mut WorkOrder, at: Instant) {
    order.status = WorkOrderStatus::Completed;
    order.actual_end_date = Some(at);
    order.waiting_until = None;
    let details = &mut order.details;
    if details.quality_inspection_required && details.quality_status.is_none() {
        details.quality_status = Some(QualityStatus::Pending);
    }
}

fn create_work_order(
    state: &mut State,
    recorded: &Recorded,
    at: Stamp<'_>,
    id: &WorkOrderId,
    details: &WorkOrderDetails,
) {
    let number = details.work_order_number.as_str();
    hold(state, UniqueField::WorkOrderNumber, number, id.as_str());
    let created = WorkOrder {
        work_order_id: id.clone(),
        details: details.clone(),
        terms: WorkOrderTerms::default(),
        waiting_until: None,
        status: WorkOrderStatus::Queued,
        quantity_produced: Quantity::ZERO,
        quantity_rejected: Quantity::ZERO,
        actual_start_date: None,
        actual_end_date: None,
        dependencies: Vec::new(),
        bill: Bill::default(),
        version: 1,
        created_at: at.recorded_at,
        updated_at: at.recorded_at,
        created_by: recorded.actor.clone(),
        position: at.position,
    };
    state.put_work_order(created, Vec::new());
}

fn change_work_order(
    state: &mut State,
    at: Stamp<'_>,
    id: &WorkOrderId,
    change: impl FnOnce(&mut WorkOrder),
) {
    if let Some(slot) = state.work_order_mut(id) {
        change(&mut slot.entity);
        slot.entity.version += 1;
        slot.entity.updated_at = at.recorded_at;
        slot.entity.position = at.position;
    }
}
