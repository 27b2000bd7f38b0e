//! How events about work orders and their predecessors change the state.
//!
//! Everything that is decided about an order raises its version.

use super::{Stamp, hold};
use crate::event::{Event, Recorded};
use crate::ids::{RowId, WorkOrderId};
use crate::key::UniqueField;
use crate::quantity::Quantity;
use crate::state::State;
use crate::work_order::{Dependency, WorkOrder, WorkOrderDetails, WorkOrderStatus};

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
            change_work_order(state, at, &event.work_order_id, |one| {
                one.quantity_produced = event.quantity_produced;
                one.quantity_rejected = event.quantity_rejected;
                if event.completed {
                    one.status = WorkOrderStatus::Completed;
                    one.actual_end_date = Some(at.occurred_at);
                }
            });
        }
        _ => {}
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
        status: WorkOrderStatus::Queued,
        quantity_produced: Quantity::ZERO,
        quantity_rejected: Quantity::ZERO,
        actual_start_date: None,
        actual_end_date: None,
        dependencies: Vec::new(),
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
