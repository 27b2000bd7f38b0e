//! Rule `machine_unavailable`: the machine is in use and not down.
//!
//! What a machine does now says nothing about next week: its status counts for windows that
//! contain the present moment.

use super::Proposal;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(machine) = proposal.machine() else {
        return;
    };
    let id = &machine.machine_id;
    if !machine.details.is_active {
        let message = format!("Machine {id} is no longer in use.");
        out.push(Refusal::new(RefusalCode::MachineUnavailable, id, message));
        return;
    }
    let status = machine.current_status;
    if proposal.covers_now() && !status.can_work() {
        let reason = machine.status_reason_code.as_ref();
        let why = reason.map(|code| format!(" ({code})")).unwrap_or_default();
        let since = proposal.show(machine.status_updated_at);
        let message = format!("Machine {id} has been in {}{why} since {since}.", status.as_str());
        let refusal = Refusal::new(RefusalCode::MachineUnavailable, id, message);
        out.push(refusal.figures("idle or running", status.as_str()));
    }
}
