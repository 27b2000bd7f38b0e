//! `/work-orders/{id}/logs` and `/work-orders/{id}/quality`.
//!
//! Thin: parse, submit or read, render.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::production_log::{DecideQuality, NoteProduction};
use mraos_app::reads::parse_time_key;
use mraos_domain::{Command, ProductionEntry, WorkOrderId};

use crate::auth::Caller;
use crate::fields::names;
use crate::page::Accepts::OneOf;
use crate::page::List;
use crate::path::Id;
use crate::problem::{HttpError, HttpResult};
use crate::routes::work_order::changed;
use crate::state::Server;
use crate::wire::production_log::{read_note, render};
use crate::wire::work_order::read_quality;
use crate::write::{Change, Write};

pub(crate) const LIST: List = List {
    noun: "logs",
    filters: &[("event_type", OneOf(|| names(ProductionEntry::ALL, ProductionEntry::as_str)))],
    is_key: |key| parse_time_key(key).is_some(),
};

/// `POST /work-orders/{id}/logs`
pub(crate) async fn note(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    write: Write<NoteProduction>,
) -> HttpResult<Response> {
    let change = Change::read(write.body.occurred_at, |fields, texts| {
        read_note(fields, texts, work_order_id.clone(), &write.body)
    })?;
    let applied = server.apply(write.sender, change).await?;
    let page = LIST.read(Some("limit=500"))?;
    let entries = server.app.reads().production_log(&work_order_id, &page).await?.items;
    // One event makes one entry here, and its key begins with the position.
    let mut entries = entries.into_iter();
    let made = entries.find(|one| one.log_id / 1_000 == applied.position);
    let made = made.ok_or_else(|| HttpError::internal(&"the new entry is missing"))?;
    Ok(applied.answer(StatusCode::CREATED, &render(&work_order_id, made)))
}

/// `GET /work-orders/{id}/logs`
pub(crate) async fn list(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    server.work_order(&caller.actor, &work_order_id).await?;
    let entries = server.app.reads().production_log(&work_order_id, &page).await?;
    Ok(LIST.answer(entries, |entry| render(&work_order_id, entry)))
}

/// `POST /work-orders/{id}/quality`
pub(crate) async fn decide_quality(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    write: Write<DecideQuality>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(None, |fields, texts| {
        let status = fields.take("quality_status", read_quality(&body.quality_status));
        let notes = match &body.notes {
            None => Some(None),
            Some(notes) => texts.attach(fields, "notes", notes).map(Some),
        };
        Some(Command::DecideQuality { work_order_id, status: status?, notes: notes? })
    })?;
    changed(&server, &server.apply(write.sender, change).await?).await
}
