//! `/machines`: register, change, post a status, list.
//!
//! Thin: parse, submit, render.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use mraos_api::batch::Batch;
use mraos_api::machine::{self as api, ChangeMachine, CreateMachine};
use mraos_api::status::{ChangeStatus, PostedMachine};
use mraos_api::suggestion::Hit;
use mraos_app::hit::Missing;
use mraos_domain::{Actor, Command, Machine, MachineId, MachineStatus, Side};
use serde_json::value::RawValue;

use crate::answer::{json, with_etag, with_location};
use crate::auth::Caller;
use crate::fields::names;
use crate::headers::expected_version;
use crate::page::Accepts::{Any, Flag, OneOf};
use crate::page::{List, QueryParameters};
use crate::path::Id;
use crate::problem::HttpResult;
use crate::routes::batch::create_many;
use crate::state::Server;
use crate::wire::machine::{change_details, read_create, render};
use crate::wire::status::{read_machine_status, read_signal};
use crate::write::{Applied, Change, Write};

pub(crate) const LIST: List = List {
    noun: "machines",
    filters: &[
        ("current_status", OneOf(|| names(&MachineStatus::ALL, MachineStatus::as_str))),
        ("status", OneOf(|| names(&MachineStatus::ALL, MachineStatus::as_str))),
        ("production_line", Any),
        ("machine_type", Any),
        ("zone", Any),
        ("is_active", Flag),
    ],
    is_key: |key| MachineId::new(key).is_ok(),
};

/// `POST /machines`
pub(crate) async fn create(
    State(server): State<Server>,
    write: Write<CreateMachine>,
) -> HttpResult<Response> {
    let occurred_at = write.body.occurred_at;
    let change = Change::from(read_create(write.body)?).stated_at(occurred_at)?;
    let applied = server.apply(write.sender, change).await?;
    let machine = applied.machine()?;
    let body = document(&server, machine).await?;
    let response = applied.answer(StatusCode::CREATED, &body);
    let response = with_location(response, format_args!("/machines/{}", machine.machine_id));
    Ok(with_etag(response, machine.version))
}

/// `PATCH /machines/{id}`
pub(crate) async fn change(
    State(server): State<Server>,
    Id(machine_id): Id<MachineId>,
    headers: HeaderMap,
    write: Write<ChangeMachine>,
) -> HttpResult<Response> {
    let expected_version = expected_version(&headers)?;
    let current = server.machine(&write.sender.caller.actor, &machine_id).await?.machine;
    let details = change_details(current.details, write.body)?;
    let command = Command::ChangeMachine { machine_id, expected_version, details };
    changed(&server, &server.apply(write.sender, command.into()).await?).await
}

/// `POST /machines/{id}/status`
pub(crate) async fn post_status(
    State(server): State<Server>,
    Id(machine_id): Id<MachineId>,
    write: Write<ChangeStatus>,
) -> HttpResult<Response> {
    let body = &write.body;
    let mut signal = None;
    let change = Change::read(body.occurred_at, |fields, texts| {
        signal = read_signal(fields, body.source.as_ref())?;
        read_machine_status(fields, texts, Some(machine_id), body)
    })?;
    let actor = write.sender.caller.actor.clone();
    let applied = server.apply(write.sender, change.with_signal(signal)).await?;
    let machine = applied.machine()?;
    let hit = hit(&server, &actor, machine).await;
    let body = PostedMachine { machine: document(&server, machine).await?, hit };
    Ok(with_etag(applied.answer(StatusCode::OK, &body), machine.version))
}

/// What a machine's standing still hits; nothing where that cannot be told.
async fn hit(server: &Server, actor: &Actor, machine: &Machine) -> Vec<Hit> {
    let missing = Missing::of_machine(machine);
    if !missing.at_present {
        return Vec::new();
    }
    match server.app.reads().find_machine(actor, &machine.machine_id).await {
        Ok(found) => {
            let open = found.map(|view| view.open).unwrap_or_default();
            server.hit(actor, open, Side::Machine, &missing).await
        }
        Err(error) => {
            tracing::warn!(%error, "what a machine's standing still hits is not known");
            Vec::new()
        }
    }
}

/// The machine after a change.
pub(crate) async fn changed(server: &Server, applied: &Applied) -> HttpResult<Response> {
    let machine = applied.machine()?;
    let body = document(server, machine).await?;
    Ok(with_etag(applied.answer(StatusCode::OK, &body), machine.version))
}

async fn document(server: &Server, machine: &Machine) -> HttpResult<api::Machine> {
    let id = &machine.machine_id;
    let figures = server.app.reads().machine_figures(std::slice::from_ref(id)).await?;
    Ok(render(machine, figures.get(id), server.app.now()))
}

/// `POST /machines/batch`
pub(crate) async fn create_batch(
    State(server): State<Server>,
    write: Write<Batch<Box<RawValue>>>,
) -> HttpResult<Response> {
    create_many(server, write, create).await
}

/// `GET /machines/{id}`
pub(crate) async fn show(
    State(server): State<Server>,
    Id(machine_id): Id<MachineId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let machine = server.machine(&caller.actor, &machine_id).await?.machine;
    let body = document(&server, &machine).await?;
    Ok(with_etag(json(StatusCode::OK, &body), machine.version))
}

/// `GET /machines`
pub(crate) async fn list(
    State(server): State<Server>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    let machines = server.app.reads().list_machines(&caller.actor, &page).await?;
    let ids: Vec<MachineId> =
        machines.items.iter().map(|view| view.machine.machine_id.clone()).collect();
    let figures = server.app.reads().machine_figures(&ids).await?;
    let now = server.app.now();
    let render = |machine: &Machine| render(machine, figures.get(&machine.machine_id), now);
    Ok(LIST.answer(machines, |view| render(&view.machine)))
}
