//! Rule `work_order_not_allocatable`: a closed order takes no more work, a waiting step none.
//!
//! Never overridable: what was completed or called off is not begun again, and what cures or cools
//! needs nobody.

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
    } else if let Some(minutes) = order.terms.wait_minutes {
        let id = &order.work_order_id;
        let message = format!(
            "Work order {id} is a waiting step of {minutes} minutes; it runs by itself after its \
             predecessors."
        );
        out.push(Refusal::new(RefusalCode::WorkOrderNotAllocatable, id, message));
    }
}
