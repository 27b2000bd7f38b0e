//! `/reservations`: set material aside, use it, give it back, hand it over to another order.
//!
//! Thin: parse, submit, render. A reservation that is over does not change any more, so it is
//! read where the answer does not carry it.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::reservation::{
    CreateReservation, CreatedReservation, DrawReservation, MoveReservation,
};
use mraos_domain::{Command, Reservation, ReservationStatus, RowId, WorkOrderId};

use crate::answer::{json, with_location};
use crate::auth::Caller;
use crate::fields::names;
use crate::page::Accepts::{Any, OneOf};
use crate::page::{List, QueryParameters};
use crate::path::{Id, ReservationId};
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::wire::reservation::{named, read_amount, read_create, read_why, render};
use crate::write::{Change, Sender, Write};

pub(crate) const LIST: List = List {
    noun: "reservations",
    filters: &[
        ("status", OneOf(|| names(ReservationStatus::ALL, ReservationStatus::as_str))),
        ("material_id", Any),
        ("work_order_id", Any),
    ],
    is_key: |key| key.parse::<i64>().is_ok(),
};

/// `POST /reservations`
pub(crate) async fn create(
    State(server): State<Server>,
    write: Write<CreateReservation>,
) -> HttpResult<Response> {
    let body = &write.body;
    let change = Change::read(None, |fields, texts| read_create(fields, texts, body))?;
    // An unknown material is in the body here, and no matter of the path.
    let applied = server.apply(write.sender, change).await.map_err(HttpError::named_in_body)?;
    let mut made = applied.stock()?.reservations.iter();
    let first = made.next().ok_or_else(|| HttpError::internal(&"nothing was set aside"))?;
    let answer =
        CreatedReservation { first: render(first), further_lots: made.map(render).collect() };
    let response = applied.answer(StatusCode::CREATED, &answer);
    Ok(with_location(response, format_args!("/reservations/{}", first.reservation_id)))
}

/// `POST /reservations/{id}/consume`
pub(crate) async fn consume(
    State(server): State<Server>,
    Id(ReservationId(id)): Id<ReservationId>,
    write: Write<DrawReservation>,
) -> HttpResult<Response> {
    draw(server, id, write, |reservation, amount, reason| Command::ConsumeReservation {
        reservation,
        amount,
        reason,
    })
    .await
}

/// `POST /reservations/{id}/release`
pub(crate) async fn release(
    State(server): State<Server>,
    Id(ReservationId(id)): Id<ReservationId>,
    write: Write<DrawReservation>,
) -> HttpResult<Response> {
    draw(server, id, write, |reservation, amount, reason| Command::ReleaseReservation {
        reservation,
        amount,
        reason,
    })
    .await
}

async fn draw(
    server: Server,
    id: RowId,
    write: Write<DrawReservation>,
    command: impl FnOnce(
        mraos_domain::command::NamedReservation,
        Option<mraos_domain::Quantity>,
        mraos_domain::command::Reason,
    ) -> Command,
) -> HttpResult<Response> {
    let one = server.reservation(&write.sender.caller.actor, id).await?;
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        let amount = read_amount(fields, "quantity", body.quantity);
        let reason = read_why(fields, texts, body.reason_code.as_deref(), body.notes.as_deref());
        Some(command(named(&one), amount?, reason?))
    })?;
    submit(&server, write.sender, change, id).await
}

/// `POST /reservations/{id}/move`
pub(crate) async fn hand_over(
    State(server): State<Server>,
    Id(ReservationId(id)): Id<ReservationId>,
    write: Write<MoveReservation>,
) -> HttpResult<Response> {
    let one = server.reservation(&write.sender.caller.actor, id).await?;
    let body = &write.body;
    let change = Change::read(None, |fields, texts| {
        let to = fields.take("work_order_id", WorkOrderId::new(&body.work_order_id));
        let amount = read_amount(fields, "quantity", body.quantity);
        let reason = read_why(fields, texts, body.reason_code.as_deref(), body.notes.as_deref());
        Some(Command::HandOverReservation {
            reservation: named(&one),
            to_work_order_id: to?,
            amount: amount?,
            reason: reason?,
        })
    })?;
    submit(&server, write.sender, change, id).await
}

/// Submits, and answers with the reservation that the command leaves behind.
async fn submit(
    server: &Server,
    sender: Sender,
    change: Change,
    id: RowId,
) -> HttpResult<Response> {
    let actor = sender.caller.actor.clone();
    let applied = server.apply(sender, change).await?;
    let left: Option<Reservation> = applied.stock()?.reservations.first().cloned();
    let left = match left {
        Some(left) => left,
        None => server.reservation(&actor, id).await?,
    };
    Ok(applied.answer(StatusCode::OK, &render(&left)))
}

/// `GET /reservations/{id}`
pub(crate) async fn show(
    State(server): State<Server>,
    Id(ReservationId(id)): Id<ReservationId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let one = server.reservation(&caller.actor, id).await?;
    Ok(json(StatusCode::OK, &render(&one)))
}

/// `GET /reservations`
pub(crate) async fn list(
    State(server): State<Server>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    let all = server.app.reads().list_reservations(&caller.actor, &page).await?;
    Ok(LIST.answer(all, |one| render(&one)))
}
