//! Rule `dependency_unmet`: predecessors are far enough; soft where the edge is not mandatory.
//!
//! Work that begins now looks at what has happened, a booking at what is planned. A
//! finish-to-finish edge is looked at when the order is completed.

use super::Proposal;
use crate::context::Context;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::time::Instant;
use crate::work_order::{Dependency, DependencyType, WorkOrder, WorkOrderStatus};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(order) = proposal.work_order() else {
        return;
    };
    for edge in &order.dependencies {
        if edge.terms.dependency_type == DependencyType::FinishToFinish {
            continue;
        }
        let Some(before) = proposal.orders.work_order(&edge.terms.predecessor_work_order_id) else {
            continue;
        };
        let reached = reached_at(proposal, edge, before);
        let lag = i64::from(edge.terms.lag_minutes);
        let earliest = reached.map(|at| at.plus_minutes(lag));
        if earliest.is_none_or(|at| at > proposal.window.start) {
            let context = proposal.context;
            out.push(refuse(context, order, edge, before, earliest, proposal.window.start));
        }
    }
}

/// What an order that is about to be completed still waits for.
pub(crate) fn unmet_at_finish(state: &State, context: &Context, order: &WorkOrder) -> Vec<Refusal> {
    let edges = order.dependencies.iter();
    edges
        .filter(|edge| edge.terms.dependency_type == DependencyType::FinishToFinish)
        .filter(|edge| edge.terms.is_mandatory)
        .filter_map(|edge| {
            let before = state.work_order(&edge.terms.predecessor_work_order_id)?;
            let earliest = edge.terms.met_at(before);
            let unmet = earliest.is_none_or(|at| at > context.now());
            unmet.then(|| refuse(context, order, edge, before, earliest, context.now()))
        })
        .collect()
}

fn reached_at(proposal: &Proposal<'_>, edge: &Dependency, before: &WorkOrder) -> Option<Instant> {
    let finish = edge.terms.dependency_type == DependencyType::FinishToStart;
    let happened = if finish { before.actual_end_date } else { before.actual_start_date };
    if happened.is_some() || proposal.starts_now || before.status == WorkOrderStatus::Cancelled {
        return happened;
    }
    let open = proposal.orders.open_of_work_order(&before.work_order_id);
    if finish {
        let planned = before.waiting_until.or(before.details.planned_end_date);
        open.map(|one| one.window.end).max().or(planned)
    } else {
        open.map(|one| one.window.start).min().or(before.details.planned_start_date)
    }
}

fn refuse(
    context: &Context,
    order: &WorkOrder,
    edge: &Dependency,
    before: &WorkOrder,
    earliest: Option<Instant>,
    wanted: Instant,
) -> Refusal {
    let goal = match edge.terms.dependency_type {
        DependencyType::StartToStart => "has started",
        _ => "is finished",
    };
    let lag = match edge.terms.lag_minutes {
        0 => String::new(),
        minutes => format!(" and {minutes} minutes have passed"),
    };
    let when = earliest
        .map(|at| format!(", expected at {}", context.plant.show(at)))
        .unwrap_or_else(|| format!("; it is {}", before.status.as_str()));
    let message = format!(
        "Work order {} waits until {} {goal}{lag}{when}.",
        order.work_order_id, before.work_order_id
    );
    let mut refusal = Refusal::new(RefusalCode::DependencyUnmet, &order.work_order_id, message);
    refusal.work_order_id = Some(before.work_order_id.clone());
    refusal.from = Some(wanted);
    refusal.to = earliest;
    if edge.terms.is_mandatory { refusal } else { refusal.soft() }
}
