//! `/operators`: register, change, post a status, list.
//!
//! Personal data takes its own way beside the command, in and out.

use std::collections::HashMap;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use mraos_api::batch::Batch;
use mraos_api::operator::{ChangeOperator, CreateOperator};
use mraos_api::status::ChangeStatus;
use mraos_app::reads::OperatorView;
use mraos_domain::{Command, OperatorId, OperatorStatus};
use serde_json::value::RawValue;

use crate::answer::{json, with_etag, with_location};
use crate::auth::Caller;
use crate::fields::{Fields, names};
use crate::headers::expected_version;
use crate::page::Accepts::{Any, Flag, OneOf};
use crate::page::{List, QueryParameters};
use crate::path::Id;
use crate::problem::HttpResult;
use crate::routes::batch::create_many;
use crate::state::Server;
use crate::wire::operator::{
    change_details, change_person, concerns_person, read_create, render, render_detail,
};
use crate::wire::status::{read_operator_status, read_signal};
use crate::write::{Change, Write};

pub(crate) const LIST: List = List {
    noun: "operators",
    filters: &[
        ("current_status", OneOf(|| names(&OperatorStatus::ALL, OperatorStatus::as_str))),
        ("status", OneOf(|| names(&OperatorStatus::ALL, OperatorStatus::as_str))),
        ("department", Any),
        ("home_location", Any),
        ("production_line", Any),
        ("skill_code", Any),
        ("is_active", Flag),
    ],
    is_key: |key| OperatorId::new(key).is_ok(),
};

/// `POST /operators`
pub(crate) async fn create(
    State(server): State<Server>,
    write: Write<CreateOperator>,
) -> HttpResult<Response> {
    let (operator_id, command, person) = read_create(&write.body)?;
    let sees_people = write.sender.caller.may_see_people();
    let sealed = server.app.vault().seal(&operator_id, &person)?;
    let change = Change::from(command).stated_at(write.body.occurred_at)?;
    let change = change.with_attachments([sealed]);
    let applied = server.apply(write.sender, change).await?;
    let operator = applied.operator()?;
    let body = render(operator, sees_people.then_some(&person));
    let response = applied.answer(StatusCode::CREATED, &body);
    let response = with_location(response, format_args!("/operators/{}", operator.operator_id));
    Ok(with_etag(response, operator.version))
}

/// `POST /operators/batch`
pub(crate) async fn create_batch(
    State(server): State<Server>,
    write: Write<Batch<Box<RawValue>>>,
) -> HttpResult<Response> {
    create_many(server, write, create).await
}

/// `PATCH /operators/{id}`
pub(crate) async fn change(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    headers: HeaderMap,
    write: Write<ChangeOperator>,
) -> HttpResult<Response> {
    let expected_version = expected_version(&headers)?;
    let actor = &write.sender.caller.actor;
    let OperatorView { operator, person, .. } = server.operator(actor, &operator_id).await?;
    let sees_people = write.sender.caller.may_see_people();
    let mut fields = Fields::default();
    let details = change_details(&mut fields, operator.details, &write.body);
    let changed_person = concerns_person(&write.body)
        .then(|| change_person(&mut fields, person.clone().unwrap_or_default(), &write.body));
    let (details, changed_person) = fields.finish(Some((details, changed_person)))?;
    let sealed = (changed_person.as_ref())
        .map(|person| server.app.vault().seal(&operator_id, person))
        .transpose()?;
    let command = Command::ChangeOperator { operator_id, expected_version, details };
    let change = Change::from(command).with_attachments(sealed);
    let applied = server.apply(write.sender, change).await?;
    let operator = applied.operator()?;
    let person = changed_person.or(person).filter(|_| sees_people);
    let body = render(operator, person.as_ref());
    Ok(with_etag(applied.answer(StatusCode::OK, &body), operator.version))
}

/// `GET /operators/{id}`
pub(crate) async fn show(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let view = server.operator(&caller.actor, &operator_id).await?;
    let (version, now) = (view.operator.version, server.app.now());
    let reads = server.app.reads();
    let begun_today = reads.count_begun_on_day(&operator_id, server.app.plant(), now).await?;
    let body = render_detail(view, caller.may_see_people(), now, begun_today);
    Ok(with_etag(json(StatusCode::OK, &body), version))
}

/// `GET /operators`
pub(crate) async fn list(
    State(server): State<Server>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    let operators = server.app.reads().list_operators(&caller.actor, &page).await?;
    let sees_people = caller.may_see_people();
    Ok(LIST.answer(operators, |view| {
        render(&view.operator, view.person.as_ref().filter(|_| sees_people))
    }))
}

/// `POST /operators/{id}/status`
pub(crate) async fn post_status(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    write: Write<ChangeStatus>,
) -> HttpResult<Response> {
    let body = &write.body;
    let mut signal = None;
    let change = Change::read(body.occurred_at, |fields, texts| {
        signal = read_signal(fields, body.source.as_ref())?;
        read_operator_status(fields, texts, Some(operator_id.clone()), body)
    })?;
    let sees_people = write.sender.caller.may_see_people();
    let applied = server.apply(write.sender, change.with_signal(signal)).await?;
    let operator = applied.operator()?;
    let people = if sees_people {
        server.app.reads().people(std::slice::from_ref(&operator_id)).await?
    } else {
        HashMap::new()
    };
    let body = render(operator, people.get(operator_id.as_str()));
    Ok(with_etag(applied.answer(StatusCode::OK, &body), operator.version))
}
