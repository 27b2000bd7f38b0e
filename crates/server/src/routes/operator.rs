//! `/operators`: register, change, post a status, list.
//!
//! Personal data takes its own way beside the command, in and out.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use mraos_api::batch::Batch;
use mraos_api::operator::{ChangeOperator, CreateOperator};
use mraos_api::status::ChangeStatus;
use mraos_domain::{Command, OperatorId};
use serde_json::value::RawValue;

use crate::answer::{with_etag, with_location};
use crate::fields::Fields;
use crate::headers::required_version;
use crate::path::Id;
use crate::problem::HttpResult;
use crate::routes::batch::create_many;
use crate::state::Server;
use crate::wire::operator::{change_details, change_person, read_create, render};
use crate::wire::status::{read_operator_status, read_signal};
use crate::write::{Change, Write};

/// `POST /operators`
pub(crate) async fn create(
    State(server): State<Server>,
    write: Write<CreateOperator>,
) -> HttpResult<Response> {
    let (operator_id, command, person) = read_create(&write.body)?;
    let caller = write.sender.caller.clone();
    let change = Change::from(command).stated_at(write.body.occurred_at)?;
    let change = change.with_person(operator_id, &person);
    let applied = server.apply(write.sender, change).await?;
    let operator = applied.operator()?;
    let body = render(operator, caller.may_see_people().then_some(&person));
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
    let expected_version = Some(required_version(&headers)?);
    let current = server.operator(&operator_id).await?;
    let person = server.person(&operator_id).await?;
    let caller = write.sender.caller.clone();
    let mut fields = Fields::default();
    let details = change_details(&mut fields, current.details, &write.body);
    let person = change_person(&mut fields, person, &write.body);
    let (details, person) = fields.finish(Some((details, person)))?;
    let command =
        Command::ChangeOperator { operator_id: operator_id.clone(), expected_version, details };
    let change = Change::from(command).with_person(operator_id, &person);
    let applied = server.apply(write.sender, change).await?;
    let operator = applied.operator()?;
    let body = render(operator, caller.may_see_people().then_some(&person));
    Ok(with_etag(applied.answer(StatusCode::OK, &body), operator.version))
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
        read_operator_status(fields, texts, Some(operator_id), body)
    })?;
    let applied = server.apply(write.sender, change.with_signal(signal)).await?;
    let operator = applied.operator()?;
    Ok(with_etag(applied.answer(StatusCode::OK, &render(operator, None)), operator.version))
}
