//! Commands about work orders: master data, predecessors, progress, calling off.
//!
//! Closing an order ends its open allocations: each end is a fact of its own.

use std::collections::BTreeSet;

use super::life_cycle::{check_closing_time, close_open};
use super::operator::in_use;
use super::supply::Supply;
use super::{Decision, all_or, already_exists, check_reason, check_unique, check_version, refuse};
use crate::command::{Command, Progress};
use crate::context::Context;
use crate::eligibility::{no_such, unmet_at_finish};
use crate::event::{
    Event, WorkOrderCancelled, WorkOrderChanged, WorkOrderCreated, WorkOrderDependencyAdded,
    WorkOrderDependencyRemoved, WorkOrderProgressed, WorkOrderTermsSet,
};
use crate::ids::WorkOrderId;
use crate::key::UniqueField;
use crate::quantity::Quantity;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::work_order::{
    DependencyTerms, QualityStatus, WorkOrder, WorkOrderDetails, WorkOrderTerms, quantity_most,
};

pub(super) fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    match command {
        Command::CreateWorkOrder { work_order_id, details, terms, dependencies } => {
            create(state, work_order_id, (details, terms), dependencies)
        }
        Command::ChangeWorkOrder { work_order_id, expected_version, details, terms } => {
            let order = find(state, work_order_id)?;
            check_version(work_order_id, *expected_version, order.version)?;
            change(state, order, details, terms)
        }
        Command::CancelWorkOrder { work_order_id, expected_version, reason } => {
            let order = find(state, work_order_id)?;
            check_version(work_order_id, *expected_version, order.version)?;
            check_open(order)?;
            check_closing_time(state, order, context)?;
            let mut refusals = Vec::new();
            check_reason(state, reason, &mut refusals);
            let cancelled = WorkOrderCancelled {
                work_order_id: work_order_id.clone(),
                reason_code: reason.reason_code.clone(),
                reason: reason.text.clone(),
            };
            let mut events = vec![cancelled.into()];
            events.extend(close_open(state, work_order_id, None, false));
            let mut supply = Supply::of(state, context, order);
            supply.close();
            events.extend(supply.into_events());
            all_or(events, refusals)
        }
        Command::AddDependency { work_order_id, terms } => {
            add_dependency(state, find(state, work_order_id)?, terms)
        }
        Command::RemoveDependency { work_order_id, dependency_id } => {
            let order = find(state, work_order_id)?;
            if !order.dependencies.iter().any(|edge| edge.dependency_id == *dependency_id) {
                let message =
                    format!("Work order {work_order_id} has no dependency {dependency_id}.");
                let code = RefusalCode::UnknownDependency;
                return refuse(Refusal::new(code, work_order_id, message));
            }
            let (work_order_id, dependency_id) = (work_order_id.clone(), *dependency_id);
            Ok(vec![WorkOrderDependencyRemoved { work_order_id, dependency_id }.into()])
        }
        Command::ReportProgress {
            work_order_id,
            expected_version,
            progress,
            quantity_rejected,
        } => {
            let order = find(state, work_order_id)?;
            check_version(work_order_id, *expected_version, order.version)?;
            report(state, order, *progress, *quantity_rejected, context)
        }
        _ => Ok(Vec::new()),
    }
}

pub(super) fn find<'a>(state: &'a State, id: &WorkOrderId) -> Result<&'a WorkOrder, Vec<Refusal>> {
    let missing = || vec![no_such(RefusalCode::UnknownWorkOrder, id.into(), "work order")];
    state.work_order(id).ok_or_else(missing)
}

pub(super) fn check_open(order: &WorkOrder) -> Result<(), Vec<Refusal>> {
    if !order.status.is_closed() {
        return Ok(());
    }
    let (id, status) = (&order.work_order_id, order.status.as_str());
    let message = format!("Work order {id} is {status}; it takes no more changes.");
    refuse(Refusal::new(RefusalCode::OrderClosed, id, message).figures("open", status))
}

fn create(
    state: &State,
    id: &WorkOrderId,
    (details, order_terms): (&WorkOrderDetails, &WorkOrderTerms),
    dependencies: &[DependencyTerms],
) -> Decision {
    let mut refusals = Vec::new();
    if state.work_order(id).is_some() {
        refusals.push(already_exists(id.into()));
    }
    check_number(state, id, details, &mut refusals);
    check_dates(id, details, &mut refusals);
    check_terms(id, order_terms, &mut refusals);
    check_new_quality(id, details, &mut refusals);
    let mut seen = BTreeSet::new();
    for terms in dependencies {
        let before = &terms.predecessor_work_order_id;
        if before == id {
            refusals.push(cycle(id, &[id.clone(), id.clone()]));
        } else if state.work_order(before).is_none() {
            refusals.push(no_such(RefusalCode::UnknownWorkOrder, before.into(), "work order"));
        } else if !seen.insert((before, terms.dependency_type)) {
            let message = format!("Predecessor {before} is named twice in the same way.");
            refusals.push(Refusal::new(RefusalCode::DuplicateValue, id, message));
        }
    }
    let created = WorkOrderCreated { work_order_id: id.clone(), details: details.clone() };
    let special = (*order_terms != WorkOrderTerms::default()).then(|| -> Event {
        WorkOrderTermsSet { work_order_id: id.clone(), terms: *order_terms }.into()
    });
    let edges = dependencies.iter().map(|terms| -> Event {
        WorkOrderDependencyAdded { work_order_id: id.clone(), terms: terms.clone() }.into()
    });
    all_or(std::iter::once(created.into()).chain(special).chain(edges).collect(), refusals)
}

fn check_number(
    state: &State,
    id: &WorkOrderId,
    details: &WorkOrderDetails,
    out: &mut Vec<Refusal>,
) {
    let number = details.work_order_number.as_str();
    check_unique(state, UniqueField::WorkOrderNumber, number, id.into(), out);
}

fn check_dates(id: &WorkOrderId, details: &WorkOrderDetails, out: &mut Vec<Refusal>) {
    if let (Some(start), Some(end)) = (details.planned_start_date, details.planned_end_date)
        && end < start
    {
        let message = format!("planned_end_date {end} lies before planned_start_date {start}.");
        out.push(Refusal::new(RefusalCode::InvalidValue, id, message));
    }
    if details.quantity_ordered == Quantity::ZERO {
        let message = "quantity_ordered must be more than 0.".to_owned();
        out.push(Refusal::new(RefusalCode::InvalidValue, id, message));
    }
}

fn check_terms(id: &WorkOrderId, terms: &WorkOrderTerms, out: &mut Vec<Refusal>) {
    if terms.overrun_percentage.is_some() && terms.overrun_quantity.is_some() {
        let message = "Give overrun_percentage or overrun_quantity, not both.".to_owned();
        out.push(Refusal::new(RefusalCode::InvalidValue, id, message));
    }
}

/// An order comes without a result of inspection.
fn check_new_quality(id: &WorkOrderId, details: &WorkOrderDetails, out: &mut Vec<Refusal>) {
    let given = details.quality_status.filter(|status| *status != QualityStatus::Pending);
    if let Some(status) = given {
        let message = format!("A new order cannot be {}; it is inspected later.", status.as_str());
        out.push(Refusal::new(RefusalCode::InvalidValue, id, message));
    }
}

fn change(
    state: &State,
    order: &WorkOrder,
    details: &WorkOrderDetails,
    terms: &WorkOrderTerms,
) -> Decision {
    // What inspection has found is not master data.
    let quality_status = order.details.quality_status;
    let details = &WorkOrderDetails { quality_status, ..details.clone() };
    let id = &order.work_order_id;
    let (is_other, has_other_terms) = (order.details != *details, order.terms != *terms);
    if !is_other && !has_other_terms {
        return Ok(Vec::new());
    }
    check_open(order)?;
    let mut refusals = Vec::new();
    check_number(state, id, details, &mut refusals);
    check_dates(id, details, &mut refusals);
    check_terms(id, terms, &mut refusals);
    check_waiting(state, order, terms, &mut refusals);
    let most = quantity_most(details.quantity_ordered, terms);
    if most < order.quantity_produced {
        refusals.push(exceeds(order, order.quantity_produced, most));
    }
    let mut events: Vec<Event> = Vec::new();
    // More may be made before less is ordered, or the other way round: both hold afterwards.
    if has_other_terms {
        events.push(WorkOrderTermsSet { work_order_id: id.clone(), terms: *terms }.into());
    }
    if is_other {
        let (work_order_id, details) = (id.clone(), details.clone());
        events.push(WorkOrderChanged { work_order_id, details }.into());
    }
    all_or(events, refusals)
}

/// An order becomes or ceases to be a waiting step only while nothing has begun.
fn check_waiting(state: &State, order: &WorkOrder, terms: &WorkOrderTerms, out: &mut Vec<Refusal>) {
    let id = &order.work_order_id;
    if order.terms.wait_minutes == terms.wait_minutes {
        return;
    }
    if let Some(open) = state.open_of_work_order(id).next() {
        out.push(in_use(id.into(), open, "made a waiting step"));
    } else if let Some(until) = order.waiting_until {
        let message = format!("Work order {id} waits already, until {until}; let it end.");
        out.push(Refusal::new(RefusalCode::InUse, id, message));
    }
}

/// The refusal of more than may be made.
pub(super) fn exceeds(order: &WorkOrder, produced: Quantity, most: Quantity) -> Refusal {
    let (id, unit) = (&order.work_order_id, &order.details.unit_of_measure);
    let ordered = order.details.quantity_ordered;
    let allowed = if most > ordered { format!(" and allows {most}") } else { String::new() };
    let message = format!(
        "Work order {id} orders {ordered} {unit}{allowed}; {produced} would exceed it. Correct the \
         quantity, raise the order or allow an overrun."
    );
    Refusal::new(RefusalCode::WouldExceedOrdered, id, message).figures(most, produced)
}

fn add_dependency(state: &State, order: &WorkOrder, terms: &DependencyTerms) -> Decision {
    let (id, before) = (&order.work_order_id, &terms.predecessor_work_order_id);
    check_open(order)?;
    if state.work_order(before).is_none() {
        return refuse(no_such(RefusalCode::UnknownWorkOrder, before.into(), "work order"));
    }
    let same = |edge: &&crate::Dependency| {
        edge.terms.predecessor_work_order_id == *before
            && edge.terms.dependency_type == terms.dependency_type
    };
    if let Some(edge) = order.dependencies.iter().find(same) {
        if edge.terms == *terms {
            return Ok(Vec::new());
        }
        let message = format!("Work order {id} already depends on {before} in this way.");
        return refuse(Refusal::new(RefusalCode::DuplicateValue, id, message));
    }
    if let Some(path) = path_to(state, before, id) {
        return refuse(cycle(id, &path));
    }
    let (work_order_id, terms) = (id.clone(), terms.clone());
    Ok(vec![WorkOrderDependencyAdded { work_order_id, terms }.into()])
}

/// The chain of predecessors from `from` back to `to`, if there is one.
fn path_to(state: &State, from: &WorkOrderId, to: &WorkOrderId) -> Option<Vec<WorkOrderId>> {
    let mut seen = BTreeSet::new();
    let mut open = vec![vec![from.clone()]];
    while let Some(path) = open.pop() {
        let last = path.last()?.clone();
        if last == *to {
            return Some(path);
        }
        if !seen.insert(last.clone()) {
            continue;
        }
        for edge in state.work_order(&last).map_or(&[][..], |order| &order.dependencies) {
            let mut longer = path.clone();
            longer.push(edge.terms.predecessor_work_order_id.clone());
            open.push(longer);
        }
    }
    None
}

fn cycle(id: &WorkOrderId, path: &[WorkOrderId]) -> Refusal {
    let mut names = vec![id.to_string()];
    names.extend(path.iter().map(ToString::to_string));
    names.dedup();
    if names.len() == 1 {
        names.push(id.to_string());
    }
    let circle = names.join(" after ");
    let message = format!("The orders would wait for each other: {circle}.");
    Refusal::new(RefusalCode::DependencyCycle, id, message).figures("no circle", circle)
}

fn report(
    state: &State,
    order: &WorkOrder,
    progress: Progress,
    rejected: Quantity,
    context: &Context,
) -> Decision {
    check_open(order)?;
    let (ordered, most) = (order.details.quantity_ordered, order.quantity_most());
    let sum = match progress {
        Progress::Total(total) => Some(total),
        Progress::More(delta) => order.quantity_produced.checked_add(delta),
    };
    let total = match sum {
        Some(total) if total <= most => total,
        Some(total) => return refuse(exceeds(order, total, most)),
        None => return refuse(exceeds(order, most, most)),
    };
    let Some(rejected) = order.quantity_rejected.checked_add(rejected) else {
        return refuse(exceeds(order, rejected, most));
    };
    if total == order.quantity_produced && rejected == order.quantity_rejected {
        return Ok(Vec::new());
    }
    let completed = total >= ordered;
    if completed {
        check_closing_time(state, order, context)?;
        let unmet = unmet_at_finish(state, context, order);
        if !unmet.is_empty() {
            return Err(unmet);
        }
    }
    let id = &order.work_order_id;
    let progressed = WorkOrderProgressed {
        work_order_id: id.clone(),
        quantity_produced: total,
        quantity_rejected: rejected,
        completed,
    };
    let mut events = vec![progressed.into()];
    if completed {
        events.extend(close_open(state, id, None, true));
    }
    let mut supply = Supply::of(state, context, order);
    supply.backflush(total, rejected);
    if completed {
        supply.close();
    }
    events.extend(supply.into_events());
    Ok(events)
}
