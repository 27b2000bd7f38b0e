//! Answers of writes and reads: JSON with the headers that belong to it.
//!
//! Bodies are rendered by `wire`; here they get status, `ETag`, `Location` and the position of the
//! write, so that every route answers alike.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mraos_api::API_PREFIX;
use mraos_api::page::Page;
use mraos_app::Snapshot;
use mraos_domain::{Allocation, Machine, Operator, ReasonCodeDefinition, Requirement, WorkOrder};
use serde::Serialize;

use crate::headers::{etag, write_decision};
use crate::page::{PageRequest, encode_cursor};
use crate::problem::{HttpError, HttpResult};
use crate::write::Applied;

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => {
            let kind = HeaderValue::from_static("application/json");
            (status, [(header::CONTENT_TYPE, kind)], bytes).into_response()
        }
        Err(error) => HttpError::internal(&error).into_response(),
    }
}

/// The same answer with the `ETag` of a version.
pub(crate) fn with_etag(mut response: Response, version: impl Into<i64>) -> Response {
    response.headers_mut().insert(header::ETAG, etag(version));
    response
}

/// The same answer with the path at which the new thing is found.
pub(crate) fn with_location(mut response: Response, path: impl std::fmt::Display) -> Response {
    // Ids hold no blanks and no control characters; anything else would have no address.
    if let Ok(location) = HeaderValue::try_from(format!("{API_PREFIX}{path}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// One page of a list: `rows` holds one more than asked for if there is a next page.
pub(crate) fn page<R, T: Serialize>(
    noun: &str,
    request: &PageRequest,
    mut rows: Vec<R>,
    key: impl Fn(&R) -> String,
    render: impl FnMut(R) -> T,
) -> Response {
    let limit = request.limit as usize;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|row| encode_cursor(noun, &key(row)));
    let items: Vec<T> = rows.into_iter().map(render).collect();
    json(StatusCode::OK, &Page { items, next_cursor })
}

macro_rules! snapshot_parts {
    ($($name:ident: $variant:ident($type:ty),)*) => {$(
        /// The entity of that kind which the change left behind.
        pub(crate) fn $name(&self) -> HttpResult<&$type> {
            match &self.snapshot {
                Snapshot::$variant(entity) => Ok(entity),
                _ => Err(HttpError::internal(&concat!("a write answered without its ", stringify!($name)))),
            }
        }
    )*};
}

impl Applied {
    snapshot_parts! {
        operator: Operator(Operator),
        machine: Machine(Machine),
        work_order: WorkOrder(WorkOrder),
        allocation: Allocation(Allocation),
        requirements: Requirements(Vec<Requirement>),
        reason_code: ReasonCode(ReasonCodeDefinition),
    }

    /// The answer with its body and the position of the write.
    pub(crate) fn answer(&self, status: StatusCode, body: &impl Serialize) -> Response {
        let mut response = json(status, body);
        write_decision(response.headers_mut(), self.position, self.replayed);
        response
    }

    /// The answer to a removal.
    pub(crate) fn gone(&self) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        write_decision(response.headers_mut(), self.position, self.replayed);
        response
    }
}
