//! Rule `material_short`: of every critical line there is enough that can be used in time.
//!
//! What is set aside for the order counts, unless it expires before. A booking beyond the plant's
//! horizon sets nothing aside yet, so nothing can be said about it. Lines that are not critical
//! never refuse.

use jiff::civil::Date;

use super::Proposal;
use crate::bom::{Bill, BomLine};
use crate::context::Context;
use crate::ids::WorkOrderId;
use crate::material::Material;
use crate::quantity::Quantity;
use crate::refusal::{Refusal, RefusalCode};
use crate::reservation::Reservation;
use crate::state::State;
use crate::time::Window;
use crate::work_order::WorkOrder;

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(order) = proposal.work_order().filter(|order| !order.bill.is_empty()) else {
        return;
    };
    if proposal.starts_now || is_near(proposal.context, proposal.window) {
        out.extend(shortages(proposal.orders, proposal.context, order, proposal.window));
    }
}

/// Whether material for work in `window` is set aside now.
pub(crate) fn is_near(context: &Context, window: Window) -> bool {
    let horizon = i64::from(context.plant.reservation_horizon_minutes);
    window.start <= context.now().plus_minutes(horizon)
}

/// What is missing of the critical lines for work in `window`.
pub(crate) fn shortages(
    state: &State,
    context: &Context,
    order: &WorkOrder,
    window: Window,
) -> Vec<Refusal> {
    let day = context.plant.date_of(window.end);
    let lines = order.bill.lines.iter().filter(|line| line.terms.is_critical);
    lines
        .filter_map(|line| {
            let material = state.material(&line.terms.material_id)?;
            let wanted = needed(&order.bill, line, |one| one.keeps_until(day));
            let free = material.usable_on(day);
            let id = Some(&order.work_order_id);
            (free < wanted).then(|| short(material, id, (wanted, free), Some(day), context))
        })
        .collect()
}

fn needed(bill: &Bill, line: &BomLine, counts: impl Fn(&Reservation) -> bool) -> Quantity {
    let held = bill.reservations_of(&line.terms.material_id).filter(|one| counts(one));
    held.fold(line.remaining(), |rest, one| rest.minus(one.open()))
}

/// "There is too little": what is wanted, what there is, and when more is expected.
pub(crate) fn short(
    material: &Material,
    order: Option<&WorkOrderId>,
    (wanted, free): (Quantity, Quantity),
    day: Option<Date>,
    context: &Context,
) -> Refusal {
    let (id, unit) = (&material.material_id, &material.details.unit_of_measure);
    let purpose = order.map(|order| format!(" for {order}")).unwrap_or_default();
    let usable = day.map(|day| format!(" and may be used on {day}")).unwrap_or_default();
    let expected = material.expected_after(context.now());
    let more = match (expected, material.details.next_receipt_quantity) {
        (Some(at), Some(quantity)) => {
            format!("; {quantity} {unit} are expected at {}", context.plant.show(at))
        }
        (Some(at), None) => format!("; more is expected at {}", context.plant.show(at)),
        (None, _) => "; no receipt is expected".to_owned(),
    };
    let message =
        format!("{wanted} {unit} of {id} are needed{purpose}, {free} are free{usable}{more}.");
    let mut refusal = Refusal::new(RefusalCode::MaterialShort, id, message).figures(wanted, free);
    refusal.work_order_id = order.cloned();
    refusal.to = expected;
    refusal
}
