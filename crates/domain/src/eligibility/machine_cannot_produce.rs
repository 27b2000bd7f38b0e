//! Rule `machine_cannot_produce`: the order's product is one that the machine can make.
//!
//! A machine without a list of products makes any.

use super::Proposal;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let (Some(machine), Some(order)) = (proposal.machine(), proposal.work_order()) else {
        return;
    };
    let can = &machine.details.product_types;
    let product = &order.details.product_id;
    if can.is_empty() || can.contains(product) {
        return;
    }
    let list: Vec<&str> = can.iter().map(|one| one.as_str()).collect();
    let list = list.join(", ");
    let message = format!("Machine {} makes {list}, not product {product}.", machine.machine_id);
    let refusal = Refusal::new(RefusalCode::MachineCannotProduce, &machine.machine_id, message);
    out.push(refusal.figures(product, list));
}
