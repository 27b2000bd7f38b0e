//! Commands about the bill of materials of an order.
//!
//! A line is kept in the material's own unit: what is stated in another is converted exactly or
//! refused. What a smaller or removed line no longer needs is given back.

use super::stock::{find, in_unit, out_of_use};
use super::supply::give_back;
use super::work_order::{check_open, find as find_order};
use super::{Decision, check_version, refuse};
use crate::bom::BomTerms;
use crate::command::Command;
use crate::event::{BomLineRemoved, BomLineSet, Event};
use crate::ids::MaterialId;
use crate::quantity::Quantity;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::work_order::WorkOrder;

pub(super) fn decide(state: &State, command: &Command) -> Decision {
    match command {
        Command::SetBomLine { work_order_id, expected_version, terms } => {
            let order = find_order(state, work_order_id)?;
            check_version(work_order_id, *expected_version, order.version)?;
            check_open(order)?;
            set(state, order, terms)
        }
        Command::RemoveBomLine { work_order_id, bom_id } => {
            let order = find_order(state, work_order_id)?;
            check_open(order)?;
            let Some(line) = order.bill.lines.iter().find(|line| line.bom_id == *bom_id) else {
                let message =
                    format!("The bill of materials of {work_order_id} has no line {bom_id}.");
                let code = RefusalCode::UnknownBomLine;
                return refuse(Refusal::new(code, work_order_id, message));
            };
            let material_id = line.terms.material_id.clone();
            let mut events = freed(order, &material_id, Quantity::ZERO);
            let (work_order_id, bom_id) = (work_order_id.clone(), *bom_id);
            events.push(BomLineRemoved { work_order_id, bom_id, material_id }.into());
            Ok(events)
        }
        _ => Ok(Vec::new()),
    }
}

fn set(state: &State, order: &WorkOrder, terms: &BomTerms) -> Decision {
    let id = &terms.material_id;
    let material = find(state, id)?;
    let line = order.bill.line(id);
    let mut refusals = Vec::new();
    if line.is_none() && !material.details.is_active {
        refusals.push(out_of_use(material));
    }
    if terms.quantity_required.is_zero() {
        let message = format!("quantity_required of {id} must be more than 0.");
        refusals.push(Refusal::new(RefusalCode::InvalidValue, id, message));
    }
    let amount = in_unit(material, terms.quantity_required, Some(&terms.unit_of_measure));
    let quantity_required = amount.unwrap_or_else(|refusal| {
        refusals.push(*refusal);
        Quantity::ZERO
    });
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let unit_of_measure = material.details.unit_of_measure.clone();
    let terms = BomTerms { quantity_required, unit_of_measure, ..terms.clone() };
    if line.is_some_and(|line| line.terms == terms) {
        return Ok(Vec::new());
    }
    let used = line.map_or(Quantity::ZERO, |line| line.quantity_consumed);
    let mut events = freed(order, id, quantity_required.minus(used));
    events.push(BomLineSet { work_order_id: order.work_order_id.clone(), terms }.into());
    Ok(events)
}

/// Gives back what is set aside beyond `needed`, the newest first.
fn freed(order: &WorkOrder, id: &MaterialId, needed: Quantity) -> Vec<Event> {
    let mut beyond = order.bill.allocated(id).minus(needed);
    let mut events = Vec::new();
    let held: Vec<_> = order.bill.reservations_of(id).collect();
    for one in held.into_iter().rev() {
        let part = one.open().min(beyond);
        if !part.is_zero() {
            beyond = beyond.minus(part);
            events.push(give_back(one, part, false).into());
        }
    }
    events
}
