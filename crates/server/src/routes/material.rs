//! `/materials`: register, change, list, lots, shortages.
//!
//! Thin: parse, submit, render. Costs are in an answer for roles that may see them.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use mraos_api::batch::Batch;
use mraos_api::material::{ChangeMaterial, CreateMaterial};
use mraos_domain::{Command, MaterialId};
use serde_json::value::RawValue;

use crate::answer::{json, with_etag, with_location};
use crate::auth::Caller;
use crate::headers::expected_version;
use crate::page::Accepts::{Any, Flag};
use crate::page::{List, QueryParameters, whole};
use crate::path::Id;
use crate::problem::HttpResult;
use crate::routes::batch::create_many;
use crate::state::Server;
use crate::wire::material::{change_details, read_create, render, render_lot, render_shortage};
use crate::write::{Change, Write};

pub(crate) const LIST: List = List {
    noun: "materials",
    filters: &[
        ("part_number", Any),
        ("category", Any),
        ("is_active", Flag),
        ("is_hazardous", Flag),
        ("below_safety_stock", Flag),
    ],
    is_key: |key| MaterialId::new(key).is_ok(),
};

pub(crate) const SHORTAGES: List = List { noun: "shortages", filters: &[], ..LIST };

/// `POST /materials`
pub(crate) async fn create(
    State(server): State<Server>,
    write: Write<CreateMaterial>,
) -> HttpResult<Response> {
    let with_costs = write.sender.caller.may_see_costs();
    let occurred_at = write.body.occurred_at;
    let change = Change::from(read_create(write.body)?).stated_at(occurred_at)?;
    let applied = server.apply(write.sender, change).await?;
    let material = applied.material()?;
    let response = applied.answer(StatusCode::CREATED, &render(material, with_costs));
    let response = with_location(response, format_args!("/materials/{}", material.material_id));
    Ok(with_etag(response, material.version))
}

/// `POST /materials/batch`
pub(crate) async fn create_batch(
    State(server): State<Server>,
    write: Write<Batch<Box<RawValue>>>,
) -> HttpResult<Response> {
    create_many(server, write, create).await
}

/// `PATCH /materials/{id}`
pub(crate) async fn change(
    State(server): State<Server>,
    Id(material_id): Id<MaterialId>,
    headers: HeaderMap,
    write: Write<ChangeMaterial>,
) -> HttpResult<Response> {
    let with_costs = write.sender.caller.may_see_costs();
    let expected_version = expected_version(&headers)?;
    let current = server.material(&write.sender.caller.actor, &material_id).await?;
    let details = change_details(current.details, write.body)?;
    let command = Command::ChangeMaterial { material_id, expected_version, details };
    let applied = server.apply(write.sender, command.into()).await?;
    let material = applied.material()?;
    let response = applied.answer(StatusCode::OK, &render(material, with_costs));
    Ok(with_etag(response, material.version))
}

/// `GET /materials/{id}`
pub(crate) async fn show(
    State(server): State<Server>,
    Id(material_id): Id<MaterialId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let material = server.material(&caller.actor, &material_id).await?;
    let body = render(&material, caller.may_see_costs());
    Ok(with_etag(json(StatusCode::OK, &body), material.version))
}

/// `GET /materials`
pub(crate) async fn list(
    State(server): State<Server>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    let materials = server.app.reads().list_materials(&caller.actor, &page).await?;
    let with_costs = caller.may_see_costs();
    Ok(LIST.answer(materials, |material| render(&material, with_costs)))
}

/// `GET /materials/{id}/lots`
pub(crate) async fn list_lots(
    State(server): State<Server>,
    Id(material_id): Id<MaterialId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let material = server.material(&caller.actor, &material_id).await?;
    let today = server.app.plant().date_of(server.app.now());
    let lots = material.lots.iter();
    Ok(whole(lots.map(|lot| render_lot(&material_id, lot, today)).collect()))
}

/// `GET /materials/shortages`
pub(crate) async fn list_shortages(
    State(server): State<Server>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = SHORTAGES.read(query.as_deref())?;
    let (now, plant) = (server.app.now(), server.app.plant());
    let short = server.app.reads().list_shortages(&caller.actor, &page, plant, now).await?;
    Ok(SHORTAGES.answer(short, |one| render_shortage(one, now)))
}
