//! `/operators/{id}/shifts`: when a person works.
//!
//! Thin: parse, submit, render.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use mraos_api::shift::AssignShift;
use mraos_domain::{Command, OperatorId, RowId};

use crate::auth::Caller;
use crate::page::{QueryParameters, whole};
use crate::path::{Id, Ids};
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::wire::shift::{read_times, render};
use crate::write::{NoBody, Write};

/// `POST /operators/{id}/shifts`
pub(crate) async fn assign(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    write: Write<AssignShift>,
) -> HttpResult<Response> {
    let times = read_times(&write.body, server.app.plant())?;
    let command = Command::AddShift { operator_id: operator_id.clone(), times: times.clone() };
    let applied = server.apply(write.sender, command.into()).await?;
    let shift = applied.operator()?.shifts.iter().find(|shift| shift.times == times);
    let shift = shift.ok_or_else(|| HttpError::internal(&"the new shift is missing"))?;
    Ok(applied.answer(StatusCode::CREATED, &render(&operator_id, shift)))
}

/// `DELETE /operators/{id}/shifts/{shift_id}`
pub(crate) async fn remove(
    State(server): State<Server>,
    Ids(operator_id, shift_id): Ids<OperatorId, RowId>,
    write: Write<NoBody>,
) -> HttpResult<Response> {
    let command = Command::RemoveShift { operator_id, shift_id };
    Ok(server.apply(write.sender, command.into()).await?.gone())
}

/// `GET /operators/{id}/shifts`
pub(crate) async fn list(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let mut query = QueryParameters::parse(query.as_deref());
    let from = query.take_parsed("from", parse_day);
    let to = query.take_parsed("to", parse_day);
    query.finish()?;
    let operator = server.operator(&caller.actor, &operator_id).await?.operator;
    let wanted = operator.shifts.iter().filter(|shift| {
        let day = shift.times.shift_date;
        from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
    });
    Ok(whole(wanted.map(|shift| render(&operator_id, shift)).collect()))
}

fn parse_day(value: &str) -> Result<Date, String> {
    value.parse().map_err(|_| format!("`{value}` is no date; write it as 2026-11-22"))
}
