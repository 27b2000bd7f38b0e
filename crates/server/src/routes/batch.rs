//! `POST /{noun}/batch`: many creations in one request, each item on its own.
//!
//! Every item goes through the handler of the single creation, all at the same time and in order,
//! so that the committer gathers them into few transactions.

use std::future::Future;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use http_body_util::BodyExt;
use mraos_api::batch::{Batch, BatchAnswer, BatchResult, MAX_BATCH_ITEMS};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::answer::json;
use crate::headers::{position_of, write_decision};
use crate::json::parse_json;
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::write::Write;

/// Runs `handle` for every item and answers with all results in order.
pub(crate) async fn create_many<T, F, A>(
    server: Server,
    write: Write<Batch<Box<RawValue>>>,
    handle: F,
) -> HttpResult<Response>
where
    T: DeserializeOwned,
    F: Fn(State<Server>, Write<T>) -> A,
    A: Future<Output = HttpResult<Response>>,
{
    let Write { body: Batch { items }, sender } = write;
    if items.len() > MAX_BATCH_ITEMS {
        let message = format!("{} items; at most {MAX_BATCH_ITEMS} in one batch", items.len());
        return Err(HttpError::invalid("/items", message));
    }
    let handle = &handle;
    let answers = items.iter().enumerate().map(|(index, item)| {
        let (server, sender) = (server.clone(), sender.nth(index));
        async move {
            match parse_json::<T>(item.get().as_bytes()) {
                Ok(body) => handle(State(server), Write { body, sender }).await,
                Err(error) => Err(error),
            }
        }
    });
    let mut results = Vec::with_capacity(items.len());
    let mut position = 0;
    for answer in join_all(answers).await {
        let answer = answer.into_response();
        position = position.max(position_of(answer.headers()));
        results.push(to_result(answer).await?);
    }
    let mut response = json(StatusCode::OK, &BatchAnswer { results });
    write_decision(response.headers_mut(), position, false);
    Ok(response)
}

async fn to_result(response: Response) -> HttpResult<BatchResult<Box<RawValue>>> {
    let status = response.status().as_u16();
    let internal = |error: &dyn std::fmt::Display| HttpError::internal(error);
    let bytes = response.into_body().collect().await.map_err(|error| internal(&error))?.to_bytes();
    let body = serde_json::from_slice(&bytes).map_err(|error| internal(&error))?;
    Ok(BatchResult { status, body })
}
