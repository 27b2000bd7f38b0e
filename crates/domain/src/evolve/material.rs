//! How events about materials, stock and bills of materials change the state.
//!
//! Stock moves by the same sums for every kind of transaction. Replacing master data or a line of
//! a bill raises a version; moving stock does not.

use super::{Stamp, hold};
use crate::bom::BomLine;
use crate::event::{BomLineSet, Event, MaterialCreated, Recorded, StockMoved};
use crate::finished::Finished;
use crate::ids::{RowId, WorkOrderId};
use crate::key::UniqueField;
use crate::material::Material;
use crate::quantity::Quantity;
use crate::state::State;
use crate::work_order::WorkOrder;

pub(super) fn apply(state: &mut State, recorded: &Recorded, at: Stamp<'_>) {
    match &recorded.event {
        Event::MaterialCreated(event) => create(state, at, event),
        Event::MaterialChanged(event) => {
            let id = &event.material_id;
            if let Some(old) = state.material(id).map(|one| one.details.part_number.clone()) {
                state.put_holder(UniqueField::PartNumber, old.as_str(), None);
            }
            let number = event.details.part_number.as_str();
            hold(state, UniqueField::PartNumber, number, id.as_str());
            if let Some(material) = state.material_mut(id) {
                material.details = event.details.clone();
                material.version += 1;
                material.refresh(at);
            }
        }
        Event::StockMoved(event) => move_stock(state, at, event),
        Event::BomLineSet(event) => set_line(state, at, event),
        Event::BomLineRemoved(event) => {
            change_bill(state, at, &event.work_order_id, |order| {
                order.bill.lines.retain(|line| line.bom_id != event.bom_id);
                order.version += 1;
            });
        }
        _ => {}
    }
}

fn create(state: &mut State, at: Stamp<'_>, event: &MaterialCreated) {
    let id = &event.material_id;
    hold(state, UniqueField::PartNumber, event.details.part_number.as_str(), id.as_str());
    let mut created = Material {
        material_id: id.clone(),
        details: event.details.clone(),
        lots: Vec::new(),
        below_safety_since: None,
        version: 1,
        created_at: at.recorded_at,
        updated_at: at.recorded_at,
        position: at.position,
    };
    created.refresh(at);
    state.put_material(created);
}

fn move_stock(state: &mut State, at: Stamp<'_>, event: &StockMoved) {
    let mut over = None;
    if let Some(id) = &event.work_order_id {
        change_bill(state, at, id, |order| over = order.bill.apply(event, at));
    }
    let Some(material) = state.material_mut(&event.material_id) else {
        return;
    };
    material.apply(event, at);
    if let Some(reservation) = over {
        state.finish(at.position, Finished::Reservation(reservation.into()));
    }
}

fn set_line(state: &mut State, at: Stamp<'_>, event: &BomLineSet) {
    change_bill(state, at, &event.work_order_id, |order| {
        let id = &event.terms.material_id;
        let lines = &mut order.bill.lines;
        match lines.iter_mut().find(|line| line.terms.material_id == *id) {
            Some(line) => line.terms = event.terms.clone(),
            None => lines.push(BomLine {
                bom_id: RowId(at.position),
                terms: event.terms.clone(),
                quantity_consumed: Quantity::ZERO,
                created_at: at.recorded_at,
            }),
        }
        order.version += 1;
    });
}

fn change_bill(
    state: &mut State,
    at: Stamp<'_>,
    id: &WorkOrderId,
    change: impl FnOnce(&mut WorkOrder),
) {
    if let Some(slot) = state.work_order_mut(id) {
        change(&mut slot.entity);
        slot.entity.updated_at = at.recorded_at;
        slot.entity.position = at.position;
    }
}
