//! Rule `work_order_not_allocatable`: a closed order takes no more work.
//!
//! Never overridable: what was completed or called off is not begun again.

use super::Proposal;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(order) = proposal.work_order() else {
        return;
    };
    if order.status.is_closed() {
        let message = format!(
            "Work order {} is {}; allocate an open order.",
            order.work_order_id,
            order.status.as_str()
        );
        let refusal =
            Refusal::new(RefusalCode::WorkOrderNotAllocatable, &order.work_order_id, message);
        out.push(refusal.figures("open", order.status.as_str()));
    }
}
