//! `/allocations`: allocate, the steps of an allocation's life, and looking at them.
//!
//! Thin: parse, submit, render. Every rule is the domain's.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::allocation::{
    CancelAllocation, CompleteAllocation, CreateAllocation, PauseAllocation, ReassignAllocation,
    ReleaseAllocation, RescheduleAllocation, ResumeAllocation, StartAllocation, UndoAllocation,
    Validation,
};
use mraos_api::batch::Batch;
use mraos_domain::{AllocationId, AllocationStatus, Command, Phase};
use serde_json::value::RawValue;

use crate::answer::{json, with_location};
use crate::auth::Caller;
use crate::fields::{instant, names};
use crate::page::Accepts::{Any, OneOf};
use crate::page::{List, QueryParameters, whole};
use crate::path::Id;
use crate::problem::HttpResult;
use crate::reading::Reading;
use crate::routes::batch::create_many;
use crate::state::Server;
use crate::wire::allocation::{
    read_expected_end, read_new, read_overrides, read_proposal, read_resources, read_side, render,
    render_view, require_resource,
};
use crate::wire::change::read_change;
use crate::wire::refusal;
use crate::wire::status::read_reason;
use crate::wire::suggestion::render_survey;
use crate::wire::work_order::quantity;
use crate::write::{Applied, Change, Write};

pub(crate) const LIST: List = List {
    noun: "allocations",
    filters: &[
        ("status", OneOf(|| names(AllocationStatus::ALL, AllocationStatus::as_str))),
        ("phase", OneOf(|| names(Phase::ALL, Phase::as_str))),
        ("operator_id", Any),
        ("machine_id", Any),
        ("work_order_id", Any),
        ("production_line", Any),
    ],
    is_key: |key| key.parse::<i64>().is_ok(),
};

/// `POST /allocations`
pub(crate) async fn create(
    State(server): State<Server>,
    write: Write<CreateAllocation>,
) -> HttpResult<Response> {
    let change = read_create(&write.body)?;
    let applied = server.apply(write.sender, change).await?;
    let allocation = applied.allocation()?;
    let response = applied.answer(StatusCode::CREATED, &render(allocation, None));
    Ok(with_location(response, format_args!("/allocations/{}", allocation.allocation_id)))
}

fn read_create(body: &CreateAllocation) -> HttpResult<Change> {
    Change::read(body.occurred_at, |fields, texts| {
        read_new(fields, texts, body).map(Command::Allocate)
    })
}

/// `POST /allocations/batch`
pub(crate) async fn create_batch(
    State(server): State<Server>,
    write: Write<Batch<Box<RawValue>>>,
) -> HttpResult<Response> {
    create_many(server, write, create).await
}

/// `POST /allocations/validate`: what a creation would say now; commits nothing.
pub(crate) async fn validate(
    State(server): State<Server>,
    write: Write<CreateAllocation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        read_proposal(fields, texts, body).map(Command::Allocate)
    })?;
    let actor = write.sender.caller.actor;
    let sides = (&body.operator_id, &body.machine_id);
    let surveyed = match &change.command {
        Command::Allocate(new) if !matches!(sides, (Some(_), Some(_))) => {
            Some(server.app.suggestions().survey(&actor, new, change.stated_at).await?)
        }
        _ => None,
    };
    let (allowed, refusals) = match (&surveyed, sides) {
        (Some(surveyed), (None, None)) => (surveyed.possible_pairs > 0, surveyed.order.clone()),
        _ => {
            let refusals = server.app.validate(&change.command, actor, change.stated_at).await?;
            (refusals.is_empty(), refusals)
        }
    };
    let refusals = refusals.iter().map(refusal::render).collect();
    let pairs = surveyed.as_ref().map(render_survey);
    Ok(json(StatusCode::OK, &Validation { allowed, refusals, pairs }))
}

/// `POST /allocations/{id}/start`
pub(crate) async fn start(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    write: Write<StartAllocation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        let overrides = read_overrides(fields, texts, &body.overrides)?;
        Some(Command::Start { allocation_id, overrides })
    })?;
    stepped(&server.apply(write.sender, change).await?)
}

/// `POST /allocations/{id}/pause`
pub(crate) async fn pause(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    write: Write<PauseAllocation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        let reason = read_reason(fields, texts, body.reason_code.as_deref(), None)?;
        Some(Command::Pause { allocation_id, reason })
    })?;
    stepped(&server.apply(write.sender, change).await?)
}

/// `POST /allocations/{id}/resume`
pub(crate) async fn resume(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    write: Write<ResumeAllocation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        let overrides = read_overrides(fields, texts, &body.overrides)?;
        Some(Command::Resume { allocation_id, overrides })
    })?;
    stepped(&server.apply(write.sender, change).await?)
}

/// `POST /allocations/{id}/reassign`
pub(crate) async fn reassign(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    write: Write<ReassignAllocation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        let dropped = read_side(fields, "drop", body.drop.as_deref());
        if dropped.is_none() {
            require_resource(fields, body.operator_id.as_deref(), body.machine_id.as_deref());
        }
        let (operator_id, machine_id) =
            read_resources(fields, body.operator_id.as_deref(), body.machine_id.as_deref());
        let reason = read_reason(fields, texts, body.reason_code.as_deref(), None);
        let overrides = read_overrides(fields, texts, &body.overrides);
        Some(Command::Reassign {
            allocation_id,
            operator_id: operator_id?,
            machine_id: machine_id?,
            dropped,
            reason: reason?,
            overrides: overrides?,
        })
    })?;
    stepped(&server.apply(write.sender, change).await?)
}

/// `POST /allocations/{id}/reschedule`
pub(crate) async fn reschedule(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    write: Write<RescheduleAllocation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        let start = body.expected_start_time.map(|at| instant("expected_start_time", at));
        let expected_start_time = fields.take_optional("expected_start_time", start);
        let expected_end = read_expected_end(fields, body);
        let reason = read_reason(fields, texts, body.reason_code.as_deref(), None);
        let overrides = read_overrides(fields, texts, &body.overrides);
        Some(Command::Reschedule {
            allocation_id,
            expected_start_time: expected_start_time?,
            expected_end: expected_end?,
            reason: reason?,
            overrides: overrides?,
        })
    })?;
    stepped(&server.apply(write.sender, change).await?)
}

/// `POST /allocations/{id}/undo`
pub(crate) async fn undo(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    write: Write<UndoAllocation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        let reason = read_reason(fields, texts, body.reason_code.as_deref(), None);
        let overrides = read_overrides(fields, texts, &body.overrides);
        Some(Command::Undo { allocation_id, reason: reason?, overrides: overrides? })
    })?;
    stepped(&server.apply(write.sender, change).await?)
}

/// `POST /allocations/{id}/release`
pub(crate) async fn release(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    write: Write<ReleaseAllocation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        let words = body.release_reason.as_deref().map(|words| ("release_reason", words));
        let reason = read_reason(fields, texts, body.reason_code.as_deref(), words)?;
        Some(Command::Release { allocation_id, reason })
    })?;
    let words = body.release_reason.clone();
    let applied = server.apply(write.sender, change).await?;
    Ok(applied.answer(StatusCode::OK, &render(applied.allocation()?, words)))
}

/// `POST /allocations/{id}/complete`
pub(crate) async fn complete(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    write: Write<CompleteAllocation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, _| {
        let produced = quantity("quantity_produced", body.quantity_produced.unwrap_or_default());
        let quantity_produced = fields.take("quantity_produced", produced);
        let rejected = quantity("quantity_rejected", body.quantity_rejected.unwrap_or_default());
        let quantity_rejected = fields.take("quantity_rejected", rejected);
        Some(Command::Complete {
            allocation_id,
            quantity_produced: quantity_produced?,
            quantity_rejected: quantity_rejected?,
            work_order_completed: body.work_order_completed.unwrap_or(false),
        })
    })?;
    stepped(&server.apply(write.sender, change).await?)
}

/// `POST /allocations/{id}/cancel`
pub(crate) async fn cancel(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    write: Write<CancelAllocation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        let reason = read_reason(fields, texts, body.reason_code.as_deref(), None)?;
        Some(Command::Cancel { allocation_id, reason })
    })?;
    stepped(&server.apply(write.sender, change).await?)
}

/// `GET /allocations/{id}`
pub(crate) async fn show(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let view = server.allocation(&caller.actor, allocation_id).await?;
    Ok(json(StatusCode::OK, &render_view(view, server.app.now())))
}

/// `GET /allocations`
pub(crate) async fn list(
    State(server): State<Server>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    let allocations = server.app.reads().list_allocations(&caller.actor, &page).await?;
    let now = server.app.now();
    Ok(LIST.answer(allocations, |view| render_view(view, now)))
}

/// `GET /allocations/{id}/events`
pub(crate) async fn list_events(
    State(server): State<Server>,
    Id(allocation_id): Id<AllocationId>,
    reading: Reading,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let caller = &reading.caller;
    let view = server.allocation(&caller.actor, allocation_id).await?;
    reading.note(&server, "allocation", &allocation_id.to_string(), "read").await?;
    let order = &view.allocation.assignment.work_order_id;
    let order = server.app.reads().find_work_order(&caller.actor, order).await?;
    let order = order.map(|view| view.order);
    let events = server.app.reads().events_of_allocation(allocation_id).await?;
    let mut changes = Vec::with_capacity(events.len());
    for event in &events {
        changes.extend(read_change(event, order.as_ref())?);
    }
    let wanted: Vec<_> = changes.iter().filter_map(|change| change.text_id).collect();
    let texts = server.app.reads().texts(&wanted).await?;
    Ok(whole(changes.into_iter().map(|change| change.render(&texts)).collect()))
}

fn stepped(applied: &Applied) -> HttpResult<Response> {
    Ok(applied.answer(StatusCode::OK, &render(applied.allocation()?, None)))
}
