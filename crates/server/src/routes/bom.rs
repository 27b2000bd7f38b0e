//! `/work-orders/{id}/bom`: what an order needs.
//!
//! Thin: parse, submit, render. Setting the line of a material again replaces it.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::bom::SetBomLine;
use mraos_domain::{Command, MaterialId, RowId, WorkOrderId};

use crate::auth::Caller;
use crate::page::{QueryParameters, whole};
use crate::path::{Id, Ids};
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::wire::bom::{read_set, render};
use crate::write::{NoBody, Write};

/// `POST /work-orders/{id}/bom`
pub(crate) async fn set_line(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    write: Write<SetBomLine>,
) -> HttpResult<Response> {
    let actor = &write.sender.caller.actor;
    let material = match MaterialId::new(&write.body.material_id) {
        Ok(id) => server.app.reads().find_material(actor, &id).await?,
        Err(_) => None,
    };
    let unit = material.map(|one| one.details.unit_of_measure);
    let command = read_set(work_order_id, &write.body, unit.as_ref())?;
    let Command::SetBomLine { terms, .. } = &command else {
        return Err(HttpError::internal(&"not a line"));
    };
    let material_id = terms.material_id.clone();
    let applied = server.apply(write.sender, command.into()).await?;
    let order = applied.work_order()?;
    let line = order.bill.line(&material_id);
    let line = line.ok_or_else(|| HttpError::internal(&"the new line is missing"))?;
    let body = render(&order.work_order_id, &order.bill, line);
    Ok(applied.answer(StatusCode::CREATED, &body))
}

/// `DELETE /work-orders/{id}/bom/{bom_id}`
pub(crate) async fn remove_line(
    State(server): State<Server>,
    Ids(work_order_id, bom_id): Ids<WorkOrderId, RowId>,
    write: Write<NoBody>,
) -> HttpResult<Response> {
    let command = Command::RemoveBomLine { work_order_id, bom_id };
    Ok(server.apply(write.sender, command.into()).await?.gone())
}

/// `GET /work-orders/{id}/bom`
pub(crate) async fn list(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let order = server.work_order(&caller.actor, &work_order_id).await?.order;
    let lines = order.bill.lines.iter();
    Ok(whole(lines.map(|line| render(&work_order_id, &order.bill, line)).collect()))
}
