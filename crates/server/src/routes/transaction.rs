//! `/materials/{id}/transactions`: what moves stock, and what has moved it.
//!
//! Thin: parse, submit, render. Goods of several lots are several transactions of one request.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::transaction::{PostTransaction, PostedTransactions};
use mraos_domain::{MaterialId, TransactionType};

use crate::auth::Caller;
use crate::fields::names;
use crate::page::Accepts::{Any, OneOf};
use crate::page::List;
use crate::path::Id;
use crate::problem::HttpResult;
use crate::state::Server;
use crate::wire::material;
use crate::wire::transaction::{read_transaction, render};
use crate::write::{Change, Write};

pub(crate) const LIST: List = List {
    noun: "transactions",
    filters: &[
        ("transaction_type", OneOf(|| names(TransactionType::ALL, TransactionType::as_str))),
        ("reference_id", Any),
    ],
    is_key: |key| key.parse::<i64>().is_ok(),
};

/// `POST /materials/{id}/transactions`
pub(crate) async fn post(
    State(server): State<Server>,
    Id(material_id): Id<MaterialId>,
    write: Write<PostTransaction>,
) -> HttpResult<Response> {
    let with_costs = write.sender.caller.may_see_costs();
    let body = &write.body;
    let change = Change::read(body.occurred_at, |fields, texts| {
        read_transaction(fields, texts, Some(material_id), body)
    })?;
    let applied = server.apply(write.sender, change).await?;
    let stock = applied.stock()?;
    let (first, last) = (stock.first_position, stock.last_position);
    let moved = server.app.reads().transactions_between(first, last).await?;
    let answer = PostedTransactions {
        items: moved.into_iter().map(|one| render(one, with_costs)).collect(),
        material: material::render(stock.material, with_costs),
    };
    Ok(applied.answer(StatusCode::CREATED, &answer))
}

/// `GET /materials/{id}/transactions`
pub(crate) async fn list(
    State(server): State<Server>,
    Id(material_id): Id<MaterialId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    server.material(&caller.actor, &material_id).await?;
    let moved = server.app.reads().list_transactions(&material_id, &page).await?;
    let with_costs = caller.may_see_costs();
    Ok(LIST.answer(moved, |one| render(one, with_costs)))
}
