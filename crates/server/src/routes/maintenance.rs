//! `/machines/{id}/maintenance` and `/machines/{id}/status-history`.
//!
//! Thin: parse, submit or read, render.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use mraos_api::maintenance::{
    CancelMaintenance, ChangeMaintenance, CompleteMaintenance, PlanMaintenance,
};
use mraos_domain::{Command, MachineId, MachineStatus, Maintenance, MaintenanceStatus, RowId};

use crate::answer::with_etag;
use crate::auth::Caller;
use crate::fields::names;
use crate::headers::expected_version;
use crate::page::Accepts::OneOf;
use crate::page::List;
use crate::path::{Id, Ids, MaintenanceId};
use crate::problem::{HttpError, HttpResult};
use crate::routes::machine::changed;
use crate::state::Server;
use crate::wire::maintenance::{read_change, read_plan, render, render_period, render_planned};
use crate::wire::status::read_reason;
use crate::write::{Applied, Change, Write};

pub(crate) const LIST: List = List {
    noun: "maintenance",
    filters: &[("status", OneOf(|| names(MaintenanceStatus::ALL, MaintenanceStatus::as_str)))],
    is_key: |key| key.parse::<i64>().is_ok(),
};

pub(crate) const HISTORY: List = List {
    noun: "status-history",
    filters: &[("status", OneOf(|| names(&MachineStatus::ALL, MachineStatus::as_str)))],
    is_key: |key| mraos_app::reads::parse_time_key(key).is_some(),
};

/// `POST /machines/{id}/maintenance`
pub(crate) async fn plan(
    State(server): State<Server>,
    Id(machine_id): Id<MachineId>,
    write: Write<PlanMaintenance>,
) -> HttpResult<Response> {
    let command = Command::PlanMaintenance { machine_id, terms: read_plan(write.body)? };
    let applied = server.apply(write.sender, command.into()).await?;
    let planned = applied.machine()?.maintenance.last();
    let planned = planned.ok_or_else(|| HttpError::internal(&"the new maintenance is missing"))?;
    answer(&server, &applied, StatusCode::CREATED, planned)
}

/// `PATCH /machines/{id}/maintenance/{maintenance_id}`
pub(crate) async fn change(
    State(server): State<Server>,
    Ids(machine_id, MaintenanceId(maintenance_id)): Ids<MachineId, MaintenanceId>,
    headers: HeaderMap,
    write: Write<ChangeMaintenance>,
) -> HttpResult<Response> {
    let expected_version = expected_version(&headers)?;
    let machine = server.machine(&write.sender.caller.actor, &machine_id).await?.machine;
    let planned = find(&machine.maintenance, maintenance_id)?;
    let terms = read_change(planned.terms.clone(), write.body)?;
    let command =
        Command::ChangeMaintenance { machine_id, maintenance_id, expected_version, terms };
    let applied = server.apply(write.sender, command.into()).await?;
    let planned = find(&applied.machine()?.maintenance, maintenance_id)?;
    answer(&server, &applied, StatusCode::OK, planned)
}

fn find(all: &[Maintenance], id: RowId) -> HttpResult<&Maintenance> {
    all.iter().find(|one| one.maintenance_id == id).ok_or_else(|| {
        HttpError::unknown("unknown_maintenance", format!("no maintenance `{id}` is planned"))
    })
}

/// The version is the machine's: whatever is planned changes its figures.
fn answer(
    server: &Server,
    applied: &Applied,
    status: StatusCode,
    planned: &Maintenance,
) -> HttpResult<Response> {
    let machine = applied.machine()?;
    let body = render_planned(machine, planned, server.app.now());
    Ok(with_etag(applied.answer(status, &body), machine.version))
}

/// `POST /machines/{id}/maintenance/{maintenance_id}/complete`
pub(crate) async fn complete(
    State(server): State<Server>,
    Ids(machine_id, MaintenanceId(maintenance_id)): Ids<MachineId, MaintenanceId>,
    write: Write<CompleteMaintenance>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        let notes = match &body.notes {
            None => Some(None),
            Some(notes) => texts.attach(fields, "notes", notes).map(Some),
        };
        Some(Command::CompleteMaintenance { machine_id, maintenance_id, notes: notes? })
    })?;
    changed(&server, &server.apply(write.sender, change).await?).await
}

/// `POST /machines/{id}/maintenance/{maintenance_id}/cancel`
pub(crate) async fn cancel(
    State(server): State<Server>,
    Ids(machine_id, MaintenanceId(maintenance_id)): Ids<MachineId, MaintenanceId>,
    write: Write<CancelMaintenance>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(None, |fields, texts| {
        let words = body.reason_description.as_deref().map(|words| ("reason_description", words));
        let reason = read_reason(fields, texts, body.reason_code.as_deref(), words)?;
        Some(Command::CancelMaintenance { machine_id, maintenance_id, reason })
    })?;
    changed(&server, &server.apply(write.sender, change).await?).await
}

/// `GET /machines/{id}/maintenance`
pub(crate) async fn list(
    State(server): State<Server>,
    Id(machine_id): Id<MachineId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    let machine = server.machine(&caller.actor, &machine_id).await?.machine;
    let rows = server.app.reads().maintenance_of(&machine_id, &page).await?;
    let now = server.app.now();
    Ok(LIST.answer(rows, |view| render(&machine, &view, now)))
}

/// `GET /machines/{id}/status-history`
pub(crate) async fn status_history(
    State(server): State<Server>,
    Id(machine_id): Id<MachineId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = HISTORY.read(query.as_deref())?;
    server.machine(&caller.actor, &machine_id).await?;
    let periods = server.app.reads().machine_history(&machine_id, &page).await?;
    Ok(HISTORY.answer(periods, |period| render_period(&machine_id, period)))
}
