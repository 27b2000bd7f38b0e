//! `/holidays`: the days on which the plant rests.
//!
//! Posting a day that is a holiday already gives it another name.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use mraos_api::holiday as api;
use mraos_domain::{Command, Holiday};

use crate::fields::{Fields, date};
use crate::page::{QueryParameters, whole};
use crate::path::Id;
use crate::problem::HttpResult;
use crate::state::Server;
use crate::write::{NoBody, Write};

/// `POST /holidays`
pub(crate) async fn define(
    State(server): State<Server>,
    write: Write<api::DefineHoliday>,
) -> HttpResult<Response> {
    let mut fields = Fields::default();
    let day = fields.take("day", date("day", write.body.day));
    let name = fields.text("holiday_name", &write.body.holiday_name);
    let (day, name) = fields.finish(day.zip(name))?;
    let command = Command::DefineHoliday { day, name };
    let applied = server.apply(write.sender, command.into()).await?;
    Ok(applied.answer(StatusCode::CREATED, &render(applied.holiday()?)))
}

/// `DELETE /holidays/{day}`
pub(crate) async fn remove(
    State(server): State<Server>,
    Id(day): Id<Date>,
    write: Write<NoBody>,
) -> HttpResult<Response> {
    let command = Command::RemoveHoliday { day };
    Ok(server.apply(write.sender, command.into()).await?.gone())
}

/// `GET /holidays`
pub(crate) async fn list(
    State(server): State<Server>,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    Ok(whole(server.app.reads().holidays().await?.values().map(render).collect()))
}

fn render(holiday: &Holiday) -> api::Holiday {
    api::Holiday {
        day: holiday.day,
        holiday_name: holiday.name.to_string(),
        created_at: holiday.created_at.timestamp(),
        created_by: holiday.created_by.to_string(),
    }
}
