//! Commands about an order while it is made: inspection, the production log, waiting steps.
//!
//! A waiting step (curing, cooling) runs by itself: what is asked again and again is only whether
//! its time has come, and its own times stand in the events.

use super::operator::erased;
use super::supply::Supply;
use super::work_order::find;
use super::{Decision, refuse};
use crate::command::Command;
use crate::context::Context;
use crate::eligibility::{no_such, unmet_at_finish};
use crate::event::{
    Event, ProductionNoted, WorkOrderQualityDecided, WorkOrderWaitingEnded, WorkOrderWaitingStarted,
};
use crate::quantity::Quantity;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::text::TextRef;
use crate::time::Instant;
use crate::work_order::{DependencyType, QualityStatus, WorkOrder};

pub(super) fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    match command {
        Command::DecideQuality { work_order_id, status, notes } => {
            inspect(find(state, work_order_id)?, *status, notes)
        }
        Command::NoteProduction { .. } => note(state, command),
        Command::AdvanceWaiting { work_order_id } => {
            Ok(advance(state, find(state, work_order_id)?, context))
        }
        _ => Ok(Vec::new()),
    }
}

fn inspect(order: &WorkOrder, status: QualityStatus, notes: &Option<TextRef>) -> Decision {
    let (id, before) = (&order.work_order_id, order.details.quality_status);
    if before == Some(status) {
        return Ok(Vec::new());
    }
    if !status.may_follow(before) {
        let was = before.map_or("not inspected", QualityStatus::as_str);
        let message = format!(
            "Quality of work order {id} is {was}; it cannot become {}. What failed may be pending \
             again or waived, what passed stays.",
            status.as_str()
        );
        let refusal = Refusal::new(RefusalCode::WrongQualityStatus, id, message);
        return refuse(refusal.figures(status.as_str(), was));
    }
    let decided = WorkOrderQualityDecided {
        work_order_id: id.clone(),
        previous_status: before,
        status,
        notes: notes.clone(),
    };
    Ok(vec![decided.into()])
}

fn note(state: &State, command: &Command) -> Decision {
    let Command::NoteProduction { work_order_id, entry, operator_id, machine_id, notes } = command
    else {
        return Ok(Vec::new());
    };
    find(state, work_order_id)?;
    let mut refusals = Vec::new();
    if let Some(id) = operator_id.as_ref().filter(|id| state.operator(id).is_none()) {
        refusals.push(no_such(RefusalCode::UnknownOperator, id.into(), "operator"));
    }
    refusals.extend(operator_id.as_ref().and_then(|id| erased(state.operator(id)?)));
    if let Some(id) = machine_id.as_ref().filter(|id| state.machine(id).is_none()) {
        refusals.push(no_such(RefusalCode::UnknownMachine, id.into(), "machine"));
    }
    if !entry.is_written() {
        let message = format!("`{}` follows from what happens and is not written.", entry.as_str());
        refusals.push(Refusal::new(RefusalCode::InvalidValue, work_order_id, message));
    }
    let noted = ProductionNoted {
        work_order_id: work_order_id.clone(),
        entry: *entry,
        operator_id: operator_id.clone(),
        machine_id: machine_id.clone(),
        notes: notes.clone(),
    };
    super::all_or(vec![noted.into()], refusals)
}

/// Nothing as long as its time has not come.
fn advance(state: &State, order: &WorkOrder, context: &Context) -> Vec<Event> {
    let Some(minutes) = order.terms.wait_minutes.filter(|_| !order.status.is_closed()) else {
        return Vec::new();
    };
    let (id, now) = (&order.work_order_id, context.now());
    let mut events = Vec::new();
    let due_at = match order.waiting_until {
        Some(due_at) => due_at,
        None => {
            let Some(started_at) = begins_at(state, order).filter(|at| *at <= now) else {
                return events;
            };
            let due_at = started_at.plus_minutes(minutes.into());
            let work_order_id = id.clone();
            events.push(WorkOrderWaitingStarted { work_order_id, started_at, due_at }.into());
            due_at
        }
    };
    if due_at <= now && unmet_at_finish(state, context, order).is_empty() {
        events.push(WorkOrderWaitingEnded { work_order_id: id.clone(), ended_at: due_at }.into());
        let mut supply = Supply::of(state, context, order);
        supply.backflush(order.details.quantity_ordered, Quantity::ZERO);
        supply.close();
        events.extend(supply.into_events());
    }
    events
}

/// When everything that comes before is far enough; without predecessors at once.
fn begins_at(state: &State, order: &WorkOrder) -> Option<Instant> {
    let edges = order.dependencies.iter();
    let mut begins = order.created_at;
    for edge in edges.filter(|one| one.terms.dependency_type != DependencyType::FinishToFinish) {
        let before = state.work_order(&edge.terms.predecessor_work_order_id)?;
        begins = begins.max(edge.terms.met_at(before)?);
    }
    Some(begins)
}
