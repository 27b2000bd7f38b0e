//! `/operators/{id}/attendance` and `/call-off`: who came and went when, and who does not come.
//!
//! Thin: parse, submit or read, render.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::attendance::{
    CallOff, CallOffUndone, CalledOff, Clocked, PostAttendance, UndoCallOff,
};
use mraos_app::hit::Missing;
use mraos_app::reads::parse_time_key;
use mraos_domain::{AttendanceEntry, Command, Holidays, OperatorId, Side};

use crate::answer::with_etag;
use crate::fields::names;
use crate::page::Accepts::OneOf;
use crate::page::List;
use crate::path::Id;
use crate::problem::{HttpError, HttpResult};
use crate::reading::Reading;
use crate::state::Server;
use crate::wire::attendance::{read_call_off, read_clocking, read_undo, render};
use crate::wire::status::read_signal;
use crate::wire::{operator, shift};
use crate::write::{Change, Write};

pub(crate) const LIST: List = List {
    noun: "attendance",
    filters: &[("type", OneOf(|| names(AttendanceEntry::ALL, AttendanceEntry::as_str)))],
    is_key: |key| parse_time_key(key).is_some(),
};

/// `POST /operators/{id}/attendance`
pub(crate) async fn post(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    reading: Reading,
    write: Write<PostAttendance>,
) -> HttpResult<Response> {
    let body = &write.body;
    let mut signal = None;
    let change = Change::read(body.occurred_at, |fields, _| {
        signal = read_signal(fields, body.source.as_ref())?;
        read_clocking(fields, Some(operator_id.clone()), &body.clocking_type)
    })?;
    let comes = matches!(change.command, Command::ClockIn { .. });
    let at = change.stated_at.unwrap_or(server.app.now());
    let applied = server.apply(write.sender, change.with_signal(signal)).await?;
    let found = applied.operator()?;
    let belongs_to =
        if comes { found.shift_to_come_for(at) } else { found.shift_last_come_for(at) };
    let person = server.person(found, &reading).await?;
    let body = Clocked {
        operator: operator::render(found, person.as_ref()),
        shift: belongs_to.map(|one| shift::render(&operator_id, one)),
    };
    Ok(with_etag(applied.answer(StatusCode::OK, &body), found.version))
}

/// `POST /operators/{id}/call-off`
pub(crate) async fn call_off(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    reading: Reading,
    write: Write<CallOff>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        read_call_off(fields, texts, operator_id.clone(), body)
    })?;
    let Command::CallOff { choice, .. } = change.command else {
        return Err(HttpError::internal(&"a call-off was read as something else"));
    };
    let stated_at = change.stated_at;
    let applied = server.apply(write.sender, change).await?;
    let found = applied.operator()?;
    // The row was written when it was decided, also of an answer that is repeated.
    let at = stated_at.map_or(found.updated_at, |stated| stated.min(found.updated_at));
    // It is called off, whatever can be read afterwards.
    let holidays = server.app.reads().holidays().await.unwrap_or_default();
    let mut shifts = found.shifts_meant(choice, at, &holidays);
    shifts.retain(|shift| shift.attendance.is_called_off);
    let missing = Missing {
        windows: shifts.iter().map(|shift| shift.window).collect(),
        at_present: shifts.iter().any(|shift| shift.window.contains(at)),
    };
    let hit =
        server.hit(&reading.caller.actor, applied.open_of_operator(), Side::Operator, &missing);
    let hit = hit.await;
    let person = server.person(found, &reading).await?;
    let body = CalledOff {
        operator: operator::render(found, person.as_ref()),
        shifts: shifts.iter().map(|one| shift::render(&operator_id, one)).collect(),
        hit,
        position: applied.position,
    };
    Ok(with_etag(applied.answer(StatusCode::OK, &body), found.version))
}

/// `POST /operators/{id}/call-off/undo`
pub(crate) async fn undo_call_off(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    reading: Reading,
    write: Write<UndoCallOff>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(None, |fields, _| read_undo(fields, operator_id.clone(), body))?;
    let Command::UndoCallOff { choice, .. } = change.command else {
        return Err(HttpError::internal(&"an undo was read as something else"));
    };
    let applied = server.apply(write.sender, change).await?;
    let found = applied.operator()?;
    // A shift or a day is named, so neither the time nor holidays choose.
    let shifts = found.shifts_meant(choice, found.updated_at, &Holidays::default());
    let person = server.person(found, &reading).await?;
    let body = CallOffUndone {
        operator: operator::render(found, person.as_ref()),
        shifts: shifts.into_iter().map(|one| shift::render(&operator_id, one)).collect(),
        position: applied.position,
    };
    Ok(with_etag(applied.answer(StatusCode::OK, &body), found.version))
}

/// `GET /operators/{id}/attendance`
pub(crate) async fn list(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    reading: Reading,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    server.operator(&reading.caller.actor, &operator_id).await?;
    let rows = server.app.reads().attendance_of(&operator_id, &page).await?;
    // When somebody was there, and why not, is about the person also without a name.
    reading.note(&server, "operator", operator_id.as_str(), "read").await?;
    let with_words = reading.caller.may_see_people();
    Ok(LIST.answer(rows, |row| render(&operator_id, row, with_words)))
}
