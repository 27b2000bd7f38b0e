//! Folds events into the state: the only place where state changes.
//!
//! Whatever follows by rule (operator busy, machine running, order in progress) is computed
//! here, live and in a rebuild alike. Never refuses: the event has happened. An event about
//! something that is not loaded changes nothing.

mod allocation;
mod attendance;
mod holiday;
mod machine;
mod maintenance;
mod material;
mod operator;
mod production_log;
mod requirement;
mod work_order;

use crate::event::{Event, Recorded};
use crate::ids::{OperatorId, WorkOrderId};
use crate::key::UniqueField;
use crate::operator::OperatorStatus;
use crate::state::State;
use crate::text::Text;
use crate::time::Instant;
use crate::work_order::WorkOrderStatus;
use crate::{Allocation, Phase};

/// Applies one event.
pub fn evolve(state: &mut State, recorded: &Recorded) {
    let at = Stamp::of(recorded);
    match &recorded.event {
        Event::OperatorCreated(_)
        | Event::OperatorChanged(_)
        | Event::OperatorStatusChanged(_)
        | Event::OperatorStatusRestated(_)
        | Event::OperatorSkillSet(_)
        | Event::OperatorSkillRemoved(_)
        | Event::OperatorShiftAdded(_)
        | Event::OperatorShiftRemoved(_)
        | Event::OperatorPersonChanged(_)
        | Event::OperatorErased(_) => operator::apply(state, recorded, at),
        Event::OperatorClockedIn(_)
        | Event::OperatorClockedOut(_)
        | Event::OperatorShiftMissed(_)
        | Event::OperatorShiftCalledOff(_)
        | Event::OperatorCallOffUndone(_) => attendance::apply(state, recorded, at),
        Event::MachineCreated(_)
        | Event::MachineChanged(_)
        | Event::MachineStatusChanged(_)
        | Event::MachineStatusRestated(_) => machine::apply(state, recorded, at),
        Event::MaintenancePlanned(_)
        | Event::MaintenanceChanged(_)
        | Event::MaintenanceCompleted(_)
        | Event::MaintenanceCancelled(_) => maintenance::apply(state, recorded, at),
        Event::WorkOrderCreated(_)
        | Event::WorkOrderChanged(_)
        | Event::WorkOrderCancelled(_)
        | Event::WorkOrderDependencyAdded(_)
        | Event::WorkOrderDependencyRemoved(_)
        | Event::WorkOrderProgressed(_)
        | Event::WorkOrderTermsSet(_)
        | Event::WorkOrderQualityDecided(_)
        | Event::WorkOrderWaitingStarted(_)
        | Event::WorkOrderWaitingEnded(_) => work_order::apply(state, recorded, at),
        Event::ProductionNoted(event) => production_log::noted(state, at, event),
        Event::HolidayDefined(_) | Event::HolidayRemoved(_) => holiday::apply(state, recorded),
        Event::MaterialCreated(_)
        | Event::MaterialChanged(_)
        | Event::StockMoved(_)
        | Event::BomLineSet(_)
        | Event::BomLineRemoved(_) => material::apply(state, recorded, at),
        Event::SkillRequired(_)
        | Event::SkillRequirementDropped(_)
        | Event::ReasonCodeDefined(_) => requirement::apply(state, recorded, at),
        Event::AllocationCreated(_)
        | Event::AllocationStarted(_)
        | Event::AllocationPaused(_)
        | Event::AllocationResumed(_)
        | Event::AllocationReassigned(_)
        | Event::AllocationRescheduled(_)
        | Event::AllocationOverran(_)
        | Event::AllocationReopened(_)
        | Event::AllocationReleased(_)
        | Event::AllocationCompleted(_)
        | Event::AllocationCancelled(_) => allocation::apply(state, recorded, at),
    }
}

/// Where, when and by whom, as every touched row keeps it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp<'a> {
    pub(crate) position: i64,
    pub(crate) occurred_at: Instant,
    pub(crate) recorded_at: Instant,
    pub(crate) actor: &'a Text<50>,
}

impl<'a> Stamp<'a> {
    fn of(recorded: &'a Recorded) -> Self {
        Self {
            position: recorded.position,
            occurred_at: recorded.occurred_at,
            recorded_at: recorded.recorded_at,
            actor: &recorded.actor,
        }
    }
}

fn runs(allocation: &Allocation) -> bool {
    allocation.phase == Phase::Running
}

/// Derives what an operator shows from running allocations and the posted status.
fn refresh_operator(state: &mut State, id: &OperatorId, at: Stamp<'_>) {
    let busy = state.open_of_operator(id).any(runs);
    let Some(slot) = state.operator_mut(id) else {
        return;
    };
    let operator = &mut slot.entity;
    let shown = if busy { OperatorStatus::Busy } else { operator.posted_status };
    if operator.current_status != shown {
        operator.current_status = shown;
        operator.status_updated_at = at.occurred_at;
    }
    operator.updated_at = at.recorded_at;
    operator.position = at.position;
}

/// What an event did to running work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Work began to run here.
    Began,
    /// Running work stopped here.
    Stopped,
    /// Nothing that runs was touched.
    Neither,
}

/// Derives where an open order stands from its allocations.
fn refresh_work_order(state: &mut State, id: &WorkOrderId, at: Stamp<'_>, turn: Turn) {
    let derived = state
        .open_of_work_order(id)
        .map(|allocation| match allocation.phase {
            Phase::Running => WorkOrderStatus::InProgress,
            Phase::Paused => WorkOrderStatus::Paused,
            _ => WorkOrderStatus::Assigned,
        })
        .max_by_key(|status| match status {
            WorkOrderStatus::InProgress => 3,
            WorkOrderStatus::Paused => 2,
            _ => 1,
        })
        .unwrap_or(WorkOrderStatus::Queued);
    let Some(slot) = state.work_order_mut(id) else {
        return;
    };
    let order = &mut slot.entity;
    if !order.status.is_closed() {
        order.status = derived;
    }
    if turn == Turn::Began {
        let first = order.actual_start_date.map_or(at.occurred_at, |told| told.min(at.occurred_at));
        order.actual_start_date = Some(first);
    }
    order.updated_at = at.recorded_at;
    order.position = at.position;
}

/// Notes who has a unique value now.
fn hold(state: &mut State, field: UniqueField, value: &str, holder: &str) {
    state.put_holder(field, value, Some(holder.to_owned()));
}
