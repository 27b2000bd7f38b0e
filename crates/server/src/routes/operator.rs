//! `/operators`: register, change, post a status, list.
//!
//! Personal data takes its own way beside the command, in and out.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use mraos_api::batch::Batch;
use mraos_api::operator::{ChangeOperator, CreateOperator, Erasure};
use mraos_api::status::{ChangeStatus, PostedOperator};
use mraos_app::Page;
use mraos_app::hit::Missing;
use mraos_app::live::has_words;
use mraos_app::reads::OperatorView;
use mraos_domain::{Command, OperatorId, OperatorStatus, Side};
use serde_json::value::RawValue;

use crate::answer::{json, with_etag, with_location};
use crate::auth::Caller;
use crate::fields::{Fields, names};
use crate::headers::expected_version;
use crate::page::Accepts::{Any, Flag, OneOf};
use crate::page::{List, QueryParameters};
use crate::path::Id;
use crate::problem::{HttpError, HttpResult};
use crate::reading::Reading;
use crate::routes::batch::create_many;
use crate::state::Server;
use crate::wire::operator::{
    change_details, change_person, concerns_person, read_create, render, render_detail,
};
use crate::wire::status::{read_operator_status, read_signal};
use crate::write::{Change, NoBody, Write};

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
        ("name", Any),
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
    reading: Reading,
    headers: HeaderMap,
    write: Write<ChangeOperator>,
) -> HttpResult<Response> {
    let expected_version = expected_version(&headers)?;
    let actor = &write.sender.caller.actor;
    let OperatorView { operator, person, .. } = server.operator(actor, &operator_id).await?;
    let mut fields = Fields::default();
    let details = change_details(&mut fields, operator.details, &write.body);
    let changed_person = concerns_person(&write.body)
        .then(|| change_person(&mut fields, person.clone().unwrap_or_default(), &write.body));
    let (details, changed_person) = fields.finish(Some((details, changed_person)))?;
    let sealed = (changed_person.as_ref())
        .map(|person| server.app.vault().seal(&operator_id, person))
        .transpose()?;
    let person_changed = changed_person.is_some() && changed_person != person;
    let command =
        Command::ChangeOperator { operator_id, expected_version, details, person_changed };
    let change = Change::from(command).with_attachments(sealed);
    let applied = server.apply(write.sender, change).await?;
    let operator = applied.operator()?;
    let shown = reading.shows_person(&server, operator.operator_id.as_str(), "update").await;
    let person = changed_person.or(person).filter(|_| shown);
    let body = render(operator, person.as_ref());
    Ok(with_etag(applied.answer(StatusCode::OK, &body), operator.version))
}

/// `DELETE /operators/{id}/personal-data`
pub(crate) async fn erase(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    reading: Reading,
    write: Write<NoBody>,
) -> HttpResult<Response> {
    reading.note(&server, "operator", operator_id.as_str(), "delete").await?;
    let command = Command::EraseOperator { operator_id };
    let applied = server.apply(write.sender, command.into()).await?;
    let operator = applied.operator()?;
    let erased_at = operator.erased_at.ok_or_else(|| HttpError::internal(&"erased without a time"));
    let body = Erasure {
        operator_id: operator.operator_id.to_string(),
        erased_at: erased_at?.timestamp(),
        already_erased: !applied.changed,
    };
    Ok(applied.answer(StatusCode::OK, &body))
}

/// `GET /operators/{id}`
pub(crate) async fn show(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    reading: Reading,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let caller = &reading.caller;
    let view = server.operator(&caller.actor, &operator_id).await?;
    let (version, now) = (view.operator.version, server.app.now());
    let figures = server.app.reads().day_of(&view.operator, server.app.plant(), now).await?;
    let sees_people = caller.may_see_people();
    let body = render_detail(view, sees_people, now, figures);
    if sees_people {
        reading.note(&server, "operator", operator_id.as_str(), "read").await?;
    }
    Ok(with_etag(json(StatusCode::OK, &body), version))
}

/// `GET /operators`
pub(crate) async fn list(
    State(server): State<Server>,
    reading: Reading,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let mut page = LIST.read(query.as_deref())?;
    let caller = &reading.caller;
    find_by_name(&server, caller, &mut page).await?;
    let operators = server.app.reads().list_operators(&caller.actor, &page).await?;
    let sees_people = caller.may_see_people();
    if sees_people {
        let shown = operators.items.iter().filter(|view| view.person.is_some());
        let ids = shown.map(|view| view.operator.operator_id.to_string()).collect();
        reading.note_several(&server, "operator", ids).await?;
    }
    Ok(LIST.answer(operators, |view| {
        render(&view.operator, view.person.as_ref().filter(|_| sees_people))
    }))
}

/// Turns a name that is looked for into the ids of those who have it.
async fn find_by_name(server: &Server, caller: &Caller, page: &mut Page) -> HttpResult<()> {
    let Some(at) = page.filters.iter().position(|(filter, _)| filter == "name") else {
        return Ok(());
    };
    let (_, wanted) = page.filters.swap_remove(at);
    if !caller.may_see_people() {
        let role = caller.actor.role.as_str();
        let detail = format!("the role {role} may not look for names: read_people");
        return Err(HttpError::forbidden(detail));
    }
    if !has_words(&wanted) {
        return Err(HttpError::invalid("/name", "write at least one letter or digit of a name"));
    }
    let found = server.app.operators_called(&wanted).await?;
    page.among = Some(found.iter().map(ToString::to_string).collect());
    Ok(())
}

/// `POST /operators/{id}/status`
pub(crate) async fn post_status(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    reading: Reading,
    write: Write<ChangeStatus>,
) -> HttpResult<Response> {
    let body = &write.body;
    let mut signal = None;
    let change = Change::read(body.occurred_at, |fields, texts| {
        signal = read_signal(fields, body.source.as_ref())?;
        read_operator_status(fields, texts, Some(operator_id.clone()), body)
    })?;
    let caller = write.sender.caller.clone();
    let applied = server.apply(write.sender, change.with_signal(signal)).await?;
    let operator = applied.operator()?;
    let missing = Missing::of_operator(operator);
    let open = applied.open_of_operator();
    let hit = server.hit(&caller.actor, open, Side::Operator, &missing).await;
    let person = server.person(operator, &reading).await?;
    let body = PostedOperator { operator: render(operator, person.as_ref()), hit };
    Ok(with_etag(applied.answer(StatusCode::OK, &body), operator.version))
}
