//! `/work-orders`: register, change, call off, tie together, report progress.
//!
//! Thin: parse, submit, render. A cancellation comes as a change of `status` and is a command of
//! its own.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use mraos_api::batch::Batch;
use mraos_api::dependency::AddDependency;
use mraos_api::work_order::{self as api, ChangeWorkOrder, CreateWorkOrder, ReportProgress};
use mraos_domain::command::Reason;
use mraos_domain::{Command, Priority, RowId, WorkOrder, WorkOrderId, WorkOrderStatus};
use serde_json::value::RawValue;

use crate::answer::{json, with_etag, with_location};
use crate::auth::Caller;
use crate::fields::{self, names};
use crate::headers::{expected_version, optional_version};
use crate::page::Accepts::{Any, Flag, OneOf};
use crate::page::{List, QueryParameters, whole};
use crate::path::{Id, Ids};
use crate::problem::{HttpError, HttpResult};
use crate::routes::batch::create_many;
use crate::state::Server;
use crate::wire::work_order::{
    change_details, change_terms, read_create, read_progress, read_terms, render,
    render_dependency, render_successor,
};
use crate::write::{Applied, Change, NoBody, Write};

pub(crate) const LIST: List = List {
    noun: "work-orders",
    filters: &[
        ("status", OneOf(|| names(WorkOrderStatus::ALL, WorkOrderStatus::as_str))),
        ("priority", OneOf(|| names(Priority::ALL, Priority::as_str))),
        ("production_line", Any),
        ("product_id", Any),
        ("work_order_number", Any),
        ("erp_work_order_id", Any),
        ("customer_order_id", Any),
        ("is_open", Flag),
    ],
    is_key: |key| WorkOrderId::new(key).is_ok(),
};

pub(crate) const SUCCESSORS: List =
    List { noun: "successors", filters: &[], is_key: |key| key.parse::<i64>().is_ok() };

/// `POST /work-orders`
pub(crate) async fn create(
    State(server): State<Server>,
    write: Write<CreateWorkOrder>,
) -> HttpResult<Response> {
    let occurred_at = write.body.occurred_at;
    let change = Change::from(read_create(write.body)?).stated_at(occurred_at)?;
    let applied = server.apply(write.sender, change).await?;
    let order = applied.work_order()?;
    let response = applied.answer(StatusCode::CREATED, &document(&server, order).await?);
    let response = with_location(response, format_args!("/work-orders/{}", order.work_order_id));
    Ok(with_etag(response, order.version))
}

/// `POST /work-orders/batch`
pub(crate) async fn create_batch(
    State(server): State<Server>,
    write: Write<Batch<Box<RawValue>>>,
) -> HttpResult<Response> {
    create_many(server, write, create).await
}

/// `PATCH /work-orders/{id}`
pub(crate) async fn change(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    headers: HeaderMap,
    write: Write<ChangeWorkOrder>,
) -> HttpResult<Response> {
    let expected_version = expected_version(&headers)?;
    let command = if write.body.status.is_some() {
        check_cancellation(&write.body)?;
        Command::CancelWorkOrder { work_order_id, expected_version, reason: Reason::default() }
    } else {
        let current = server.work_order(&write.sender.caller.actor, &work_order_id).await?.order;
        let terms = change_terms(current.terms, &write.body)?;
        let details = change_details(current.details, write.body)?;
        Command::ChangeWorkOrder { work_order_id, expected_version, details, terms }
    };
    changed(&server, &server.apply(write.sender, command.into()).await?).await
}

/// `status` can only become `cancelled`, and nothing else changes with it.
fn check_cancellation(body: &ChangeWorkOrder) -> HttpResult<()> {
    let status = body.status.as_deref().unwrap_or_default();
    if status != "cancelled" {
        let message = format!(
            "`{status}` follows from allocations and progress; only `cancelled` can be asked for"
        );
        return Err(HttpError::invalid("/status", message));
    }
    let alone = ChangeWorkOrder { status: body.status.clone(), ..ChangeWorkOrder::default() };
    if *body != alone {
        return Err(HttpError::invalid("/status", "a cancellation changes nothing else"));
    }
    Ok(())
}

/// `POST /work-orders/{id}/progress`
pub(crate) async fn report_progress(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    headers: HeaderMap,
    write: Write<ReportProgress>,
) -> HttpResult<Response> {
    let expected_version = optional_version(&headers)?;
    let (progress, quantity_rejected) = read_progress(&write.body)?;
    let change = Change::read(write.body.occurred_at, |_, _| {
        Some(Command::ReportProgress {
            work_order_id,
            expected_version,
            progress,
            quantity_rejected,
        })
    })?;
    changed(&server, &server.apply(write.sender, change).await?).await
}

/// `POST /work-orders/{id}/dependencies`
pub(crate) async fn add_dependency(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    write: Write<AddDependency>,
) -> HttpResult<Response> {
    let mut fields = fields::Fields::default();
    let terms = read_terms(&mut fields, &write.body);
    let terms = fields.finish(terms)?;
    let predecessor = terms.predecessor_work_order_id.clone();
    let command = Command::AddDependency { work_order_id: work_order_id.clone(), terms };
    let applied = server.apply(write.sender, command.into()).await?;
    let dependencies = &applied.work_order()?.dependencies;
    let added = dependencies.iter().rfind(|d| d.terms.predecessor_work_order_id == predecessor);
    let added = added.ok_or_else(|| HttpError::internal(&"the new dependency is missing"))?;
    let body = render_dependency(&work_order_id, added);
    Ok(applied.answer(StatusCode::CREATED, &body))
}

/// `DELETE /work-orders/{id}/dependencies/{dependency_id}`
pub(crate) async fn remove_dependency(
    State(server): State<Server>,
    Ids(work_order_id, dependency_id): Ids<WorkOrderId, RowId>,
    write: Write<NoBody>,
) -> HttpResult<Response> {
    let command = Command::RemoveDependency { work_order_id, dependency_id };
    Ok(server.apply(write.sender, command.into()).await?.gone())
}

/// `GET /work-orders/{id}/dependencies`
pub(crate) async fn list_dependencies(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let order = server.work_order(&caller.actor, &work_order_id).await?.order;
    let dependencies = order.dependencies.iter();
    Ok(whole(dependencies.map(|one| render_dependency(&work_order_id, one)).collect()))
}

/// `GET /work-orders/{id}/successors`
pub(crate) async fn list_successors(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = SUCCESSORS.read(query.as_deref())?;
    let order = server.work_order(&caller.actor, &work_order_id).await?.order;
    let waiting = server.app.reads().successors(&caller.actor, &work_order_id, &page).await?;
    let now = server.app.now();
    Ok(SUCCESSORS.answer(waiting, |one| render_successor(&one, &order, now)))
}

/// `GET /work-orders/{id}`
pub(crate) async fn show(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let found = server.expected_order(&caller.actor, &work_order_id).await?;
    let body = render(&found.order, found.outlook.as_ref());
    Ok(with_etag(json(StatusCode::OK, &body), found.order.version))
}

/// `GET /work-orders`
pub(crate) async fn list(
    State(server): State<Server>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    let (reads, now) = (server.app.reads(), server.app.now());
    let orders = reads.list_expected_orders(&caller.actor, &page, now).await?;
    Ok(LIST.answer(orders, |one| render(&one.order, one.outlook.as_ref())))
}

/// The order after a change.
pub(crate) async fn changed(server: &Server, applied: &Applied) -> HttpResult<Response> {
    let order = applied.work_order()?;
    let body = document(server, order).await?;
    Ok(with_etag(applied.answer(StatusCode::OK, &body), order.version))
}

async fn document(server: &Server, order: &WorkOrder) -> HttpResult<api::WorkOrder> {
    let outlook = server.app.reads().outlook(&order.work_order_id, server.app.now()).await?;
    Ok(render(order, outlook.as_ref()))
}
