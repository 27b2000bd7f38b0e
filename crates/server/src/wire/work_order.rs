//! Work orders and what they depend on: wire type ↔ domain type.
//!
//! Status and produced quantity are never read from a body: they follow from allocations and
//! progress. The one exception, a cancellation, is a command of its own.

use mraos_api::dependency as api_dependency;
use mraos_api::work_order as api;
use mraos_app::reads::Successor;
use mraos_domain::command::Progress;
use mraos_domain::work_order::{DependencyTerms, DependencyType, QualityStatus};
use mraos_domain::{
    Command, Dependency, Instant, Invalid, Outlook, Percentage, Priority, Quantity, WorkOrder,
    WorkOrderDetails, WorkOrderId, WorkOrderTerms,
};

use crate::fields::{Fields, decimal, instant, minutes, named_value, text, whole_number};
use crate::problem::HttpResult;

/// Predecessors that one order may be created with.
const MAX_DEPENDENCIES: usize = 200;
/// Longest lag between two orders: a year, either way.
const LAG_MINUTES: std::ops::RangeInclusive<i64> = -525_600..=525_600;

/// The command to register an order.
pub(crate) fn read_create(body: api::CreateWorkOrder) -> HttpResult<Command> {
    let mut fields = Fields::default();
    let work_order_id = fields.take("work_order_id", WorkOrderId::new(&body.work_order_id));
    let dependencies = read_dependencies(&mut fields, &body.dependencies);
    let mut terms = WorkOrderTerms::default();
    let given = api::ChangeWorkOrder {
        overrun_percentage: body.overrun_percentage.map(Some),
        overrun_quantity: body.overrun_quantity.map(Some),
        wait_minutes: body.wait_minutes.map(Some),
        ..api::ChangeWorkOrder::default()
    };
    replace_terms(&mut fields, &mut terms, &given);
    let details = read_details(&mut fields, body);
    let command = (|| {
        Some(Command::CreateWorkOrder {
            work_order_id: work_order_id?,
            details: details?,
            terms,
            dependencies: dependencies?,
        })
    })();
    fields.finish(command)
}

fn read_details(fields: &mut Fields, body: api::CreateWorkOrder) -> Option<WorkOrderDetails> {
    let work_order_number = fields.text("work_order_number", &body.work_order_number);
    let product_id = fields.text("product_id", &body.product_id);
    let product_name = fields.text("product_name", &body.product_name);
    let quantity =
        fields.take("quantity_ordered", ordered("quantity_ordered", body.quantity_ordered));
    let unit_of_measure = fields.text("unit_of_measure", &body.unit_of_measure);
    let priority = body.priority.as_deref().unwrap_or("medium");
    let priority = fields.take("priority", read_priority("priority", priority));
    let due_date = fields.take("due_date", instant("due_date", body.due_date));
    let quality = body.quality_status.as_deref().map(read_quality);
    let quality_status = fields.take_optional("quality_status", quality);
    let mut details = WorkOrderDetails {
        work_order_number: work_order_number?,
        product_id: product_id?,
        product_name: product_name?,
        product_variant: None,
        quantity_ordered: quantity?,
        unit_of_measure: unit_of_measure?,
        priority: priority?,
        planned_start_date: None,
        planned_end_date: None,
        due_date: due_date?,
        estimated_duration_minutes: None,
        production_line: None,
        assigned_shift: None,
        customer_order_id: None,
        erp_work_order_id: None,
        current_operation: None,
        quality_inspection_required: body.quality_inspection_required.unwrap_or(true),
        quality_status: quality_status?,
    };
    let optional = api::ChangeWorkOrder {
        product_variant: body.product_variant.map(Some),
        planned_start_date: body.planned_start_date.map(Some),
        planned_end_date: body.planned_end_date.map(Some),
        estimated_duration_minutes: body.estimated_duration_minutes.map(Some),
        production_line: body.production_line.map(Some),
        assigned_shift: body.assigned_shift.map(Some),
        customer_order_id: body.customer_order_id.map(Some),
        erp_work_order_id: body.erp_work_order_id.map(Some),
        current_operation: body.current_operation.map(Some),
        ..api::ChangeWorkOrder::default()
    };
    change_optional(fields, &mut details, optional);
    check_plan(fields, &details);
    Some(details)
}

/// Master data after a change; `status` is not part of it.
pub(crate) fn change_details(
    mut details: WorkOrderDetails,
    body: api::ChangeWorkOrder,
) -> HttpResult<WorkOrderDetails> {
    let mut fields = Fields::default();
    let d = &mut details;
    let change = body.clone();
    fields.replace(&mut d.work_order_number, "work_order_number", change.work_order_number, text);
    fields.replace(&mut d.product_id, "product_id", change.product_id, text);
    fields.replace(&mut d.product_name, "product_name", change.product_name, text);
    fields.replace(&mut d.quantity_ordered, "quantity_ordered", change.quantity_ordered, ordered);
    fields.replace(&mut d.unit_of_measure, "unit_of_measure", change.unit_of_measure, text);
    fields.replace(&mut d.priority, "priority", change.priority, |name, value| {
        read_priority(name, &value)
    });
    fields.replace(&mut d.due_date, "due_date", change.due_date, instant);
    d.quality_inspection_required =
        change.quality_inspection_required.unwrap_or(d.quality_inspection_required);
    change_optional(&mut fields, d, body);
    check_plan(&mut fields, &details);
    fields.finish(Some(details))
}

/// The members that may be empty.
fn change_optional(fields: &mut Fields, d: &mut WorkOrderDetails, change: api::ChangeWorkOrder) {
    fields.replace_nullable(
        &mut d.product_variant,
        "product_variant",
        change.product_variant,
        text,
    );
    for (target, name, change) in [
        (&mut d.planned_start_date, "planned_start_date", change.planned_start_date),
        (&mut d.planned_end_date, "planned_end_date", change.planned_end_date),
    ] {
        fields.replace_nullable(target, name, change, instant);
    }
    let estimate = change.estimated_duration_minutes;
    fields.replace_nullable(
        &mut d.estimated_duration_minutes,
        "estimated_duration_minutes",
        estimate,
        minutes,
    );
    let line = change.production_line;
    fields.replace_nullable(&mut d.production_line, "production_line", line, text);
    fields.replace_nullable(&mut d.assigned_shift, "assigned_shift", change.assigned_shift, text);
    let customer = change.customer_order_id;
    fields.replace_nullable(&mut d.customer_order_id, "customer_order_id", customer, text);
    let erp = change.erp_work_order_id;
    fields.replace_nullable(&mut d.erp_work_order_id, "erp_work_order_id", erp, text);
    let operation = change.current_operation;
    fields.replace_nullable(&mut d.current_operation, "current_operation", operation, text);
}

/// How the order is carried out, after a change.
pub(crate) fn change_terms(
    mut terms: WorkOrderTerms,
    body: &api::ChangeWorkOrder,
) -> HttpResult<WorkOrderTerms> {
    let mut fields = Fields::default();
    replace_terms(&mut fields, &mut terms, body);
    fields.finish(Some(terms))
}

fn replace_terms(fields: &mut Fields, terms: &mut WorkOrderTerms, body: &api::ChangeWorkOrder) {
    let percent = body.overrun_percentage;
    let read = decimal(Percentage::new);
    fields.replace_nullable(&mut terms.overrun_percentage, "overrun_percentage", percent, read);
    let more = body.overrun_quantity;
    fields.replace_nullable(&mut terms.overrun_quantity, "overrun_quantity", more, quantity);
    let wait = body.wait_minutes;
    fields.replace_nullable(&mut terms.wait_minutes, "wait_minutes", wait, minutes);
}

/// What inspection has found.
pub(crate) fn read_quality(value: &str) -> Result<QualityStatus, Invalid> {
    named_value("quality_status", value, QualityStatus::ALL, QualityStatus::as_str)
}

fn check_plan(fields: &mut Fields, details: &WorkOrderDetails) {
    if let (Some(start), Some(end)) = (details.planned_start_date, details.planned_end_date)
        && end < start
    {
        let message = format!("`{end}` lies before planned_start_date `{start}`");
        fields.reject("planned_end_date", message);
    }
}

fn read_priority(name: &'static str, value: &str) -> Result<Priority, Invalid> {
    named_value(name, value, Priority::ALL, Priority::as_str)
}

/// An ordered quantity: more than nothing.
fn ordered(name: &'static str, value: rust_decimal::Decimal) -> Result<Quantity, Invalid> {
    let quantity = quantity(name, value)?;
    if quantity.decimal().is_zero() {
        return Err(Invalid::new(name, value, "more than 0"));
    }
    Ok(quantity)
}

/// An amount of goods under the field's own name.
pub(crate) fn quantity(
    name: &'static str,
    value: rust_decimal::Decimal,
) -> Result<Quantity, Invalid> {
    Quantity::new(value).map_err(|invalid| Invalid { what: name, ..invalid })
}

fn read_dependencies(
    fields: &mut Fields,
    items: &[api_dependency::AddDependency],
) -> Option<Vec<DependencyTerms>> {
    if items.len() > MAX_DEPENDENCIES {
        let message = format!("{} predecessors; at most {MAX_DEPENDENCIES}", items.len());
        fields.reject("dependencies", message);
        return None;
    }
    let mut terms = Vec::with_capacity(items.len());
    fields.below("dependencies", |fields| {
        for (index, item) in items.iter().enumerate() {
            terms.push(fields.below(&index.to_string(), |fields| read_terms(fields, item)));
        }
    });
    terms.into_iter().collect()
}

/// The terms of one dependency.
pub(crate) fn read_terms(
    fields: &mut Fields,
    body: &api_dependency::AddDependency,
) -> Option<DependencyTerms> {
    let predecessor =
        fields.take("predecessor_work_order_id", WorkOrderId::new(&body.predecessor_work_order_id));
    let kind = body.dependency_type.as_deref().unwrap_or("finish_to_start");
    let kind = named_value("dependency_type", kind, DependencyType::ALL, DependencyType::as_str);
    let dependency_type = fields.take("dependency_type", kind);
    let lag = whole_number("lag_minutes", body.lag_minutes.unwrap_or(0), LAG_MINUTES);
    let lag_minutes = fields.take("lag_minutes", lag);
    Some(DependencyTerms {
        predecessor_work_order_id: predecessor?,
        dependency_type: dependency_type?,
        lag_minutes: lag_minutes?,
        is_mandatory: body.is_mandatory.unwrap_or(true),
    })
}

/// What was made, and how much of it was rejected.
pub(crate) fn read_progress(body: &api::ReportProgress) -> HttpResult<(Progress, Quantity)> {
    let mut fields = Fields::default();
    let total = body.quantity_produced.map(|value| quantity("quantity_produced", value));
    let total = fields.take_optional("quantity_produced", total);
    let more = body.quantity_delta.map(|value| quantity("quantity_delta", value));
    let more = fields.take_optional("quantity_delta", more);
    let rejected = body.quantity_rejected.unwrap_or_default();
    let rejected = fields.take("quantity_rejected", quantity("quantity_rejected", rejected));
    let progress = total.zip(more).and_then(|given| match given {
        (Some(total), None) => Some(Progress::Total(total)),
        (None, Some(more)) => Some(Progress::More(more)),
        (None, None) if body.quantity_rejected.is_some() => Some(Progress::More(Quantity::ZERO)),
        _ => {
            fields.reject("quantity_produced", "send either quantity_produced or quantity_delta");
            None
        }
    });
    fields.finish(progress.zip(rejected))
}

/// An order as clients see one.
pub(crate) fn render(order: &WorkOrder, outlook: Option<&Outlook>) -> api::WorkOrder {
    let details = &order.details;
    let at = |instant: Option<Instant>| instant.map(Instant::timestamp);
    api::WorkOrder {
        work_order_id: order.work_order_id.to_string(),
        work_order_number: details.work_order_number.to_string(),
        product_id: details.product_id.to_string(),
        product_name: details.product_name.to_string(),
        product_variant: details.product_variant.as_ref().map(ToString::to_string),
        quantity_ordered: details.quantity_ordered.decimal(),
        quantity_produced: order.quantity_produced.decimal(),
        quantity_rejected: order.quantity_rejected.decimal(),
        quantity_remaining: order.quantity_remaining().decimal(),
        unit_of_measure: details.unit_of_measure.to_string(),
        priority: details.priority.as_str().to_owned(),
        status: order.status.as_str().to_owned(),
        due_date: details.due_date.timestamp(),
        planned_start_date: at(details.planned_start_date),
        planned_end_date: at(details.planned_end_date),
        actual_start_date: at(order.actual_start_date),
        actual_end_date: at(order.actual_end_date),
        estimated_duration_minutes: details.estimated_duration_minutes.map(i64::from),
        actual_duration_minutes: order.actual_duration_minutes(),
        production_line: details.production_line.as_ref().map(ToString::to_string),
        assigned_shift: details.assigned_shift.as_ref().map(ToString::to_string),
        customer_order_id: details.customer_order_id.as_ref().map(ToString::to_string),
        erp_work_order_id: details.erp_work_order_id.as_ref().map(ToString::to_string),
        current_operation: details.current_operation.as_ref().map(ToString::to_string),
        progress_percentage: order.quantity_produced.percent_of(details.quantity_ordered).decimal(),
        quality_inspection_required: details.quality_inspection_required,
        quality_status: details.quality_status.map(|status| status.as_str().to_owned()),
        overrun_percentage: order.terms.overrun_percentage.map(Percentage::decimal),
        overrun_quantity: order.terms.overrun_quantity.map(Quantity::decimal),
        wait_minutes: order.terms.wait_minutes.map(i64::from),
        waiting_until: at(order.waiting_until),
        expected_end: at(outlook.map(|outlook| outlook.end)),
        delay_minutes: outlook.map(|outlook| outlook.delay_minutes(order)),
        version: order.version.into(),
        created_at: order.created_at.timestamp(),
        updated_at: order.updated_at.timestamp(),
        created_by: Some(order.created_by.to_string()),
    }
}

/// A dependency as clients see one.
pub(crate) fn render_dependency(
    work_order_id: &WorkOrderId,
    dependency: &Dependency,
) -> api_dependency::Dependency {
    let terms = &dependency.terms;
    api_dependency::Dependency {
        dependency_id: dependency.dependency_id.0,
        work_order_id: work_order_id.to_string(),
        predecessor_work_order_id: terms.predecessor_work_order_id.to_string(),
        dependency_type: terms.dependency_type.as_str().to_owned(),
        lag_minutes: terms.lag_minutes.into(),
        is_mandatory: terms.is_mandatory,
    }
}

/// `one` as `before`, which it waits for, tells it.
pub(crate) fn render_successor(
    one: &Successor,
    before: &WorkOrder,
    now: Instant,
) -> api_dependency::Successor {
    let edge = render_dependency(&one.order.work_order_id, &one.dependency);
    let terms = &one.dependency.terms;
    api_dependency::Successor {
        dependency_id: edge.dependency_id,
        work_order_id: edge.work_order_id,
        predecessor_work_order_id: edge.predecessor_work_order_id,
        dependency_type: edge.dependency_type,
        lag_minutes: edge.lag_minutes,
        is_mandatory: edge.is_mandatory,
        status: one.order.status.as_str().to_owned(),
        is_held_up: terms.holds_up(&one.order, before, now),
        free_from: terms.met_at(before).map(Instant::timestamp),
    }
}
