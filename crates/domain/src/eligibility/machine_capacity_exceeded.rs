//! Rule `machine_capacity_exceeded` (soft): the machine is fast enough for the rest of the order
//! within the window.
//!
//! Only where somebody gave or estimated the length: a default length says nothing of speed.

use rust_decimal::Decimal;

use super::Proposal;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let (Some(machine), Some(order)) = (proposal.machine(), proposal.work_order()) else {
        return;
    };
    let Some(most) = machine.details.max_capacity_per_hour else {
        return;
    };
    if !proposal.length_is_known {
        return;
    }
    let remaining = order.quantity_remaining().decimal();
    let hours = Decimal::from(proposal.window.minutes().max(1)) / Decimal::from(60);
    let needed = (remaining / hours).ceil();
    if needed > Decimal::from(most) {
        let message = format!(
            "Machine {} makes {most} per hour; {remaining} {} in {} minutes need {needed} per \
             hour.",
            machine.machine_id,
            order.details.unit_of_measure,
            proposal.window.minutes(),
        );
        let refusal =
            Refusal::new(RefusalCode::MachineCapacityExceeded, &machine.machine_id, message);
        out.push(refusal.figures(needed, most));
    }
}
