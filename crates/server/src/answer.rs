//! Answers of writes and reads: JSON with the headers that belong to it.
//!
//! Bodies are rendered by `wire`; here they get status, `ETag`, `Location` and the position of the
//! write, so that every route answers alike.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mraos_api::API_PREFIX;
use mraos_app::Snapshot;
use mraos_domain::{
    Allocation, Holiday, Machine, Material, Operator, ReasonCodeDefinition, Requirement,
    Reservation, WorkOrder,
};
use serde::Serialize;

use crate::headers::{etag, mark_replay, write_decision};
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

/// The same answer, marked if it repeats a recorded one.
pub(crate) fn with_replay(mut response: Response, replayed: bool) -> Response {
    mark_replay(response.headers_mut(), replayed);
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

/// A material after its stock moved, with the reservations that are not over and the positions of
/// the movements.
pub(crate) struct Stock<'a> {
    pub(crate) material: &'a Material,
    pub(crate) reservations: &'a [Reservation],
    pub(crate) first_position: i64,
    pub(crate) last_position: i64,
}

macro_rules! snapshot_parts {
    ($($name:ident: $type:ty = $pattern:pat => $entity:expr;)*) => {$(
        /// The entity of that kind which the change left behind.
        pub(crate) fn $name(&self) -> HttpResult<&$type> {
            match &self.snapshot {
                $pattern => Ok($entity),
                _ => {
                    let cause = concat!("a write was answered without its ", stringify!($name));
                    Err(HttpError::internal(&cause))
                }
            }
        }
    )*};
}

impl Applied {
    snapshot_parts! {
        operator: Operator = Snapshot::Operator { operator, .. } => operator;
        machine: Machine = Snapshot::Machine(machine) => machine;
        material: Material = Snapshot::Material(material) => material;
        work_order: WorkOrder = Snapshot::WorkOrder(order) => order;
        allocation: Allocation = Snapshot::Allocation(allocation) => allocation;
        requirements: Vec<Requirement> = Snapshot::Requirements(requirements) => requirements;
        holiday: Holiday = Snapshot::Holiday(holiday) => holiday;
        reason_code: ReasonCodeDefinition = Snapshot::ReasonCode(definition) => definition;
    }

    /// The open work of the operator which the change left behind.
    pub(crate) fn open_of_operator(&self) -> Vec<Allocation> {
        match &self.snapshot {
            Snapshot::Operator { open, .. } => open.clone(),
            _ => Vec::new(),
        }
    }

    /// What a movement of stock left behind.
    pub(crate) fn stock(&self) -> HttpResult<Stock<'_>> {
        match &self.snapshot {
            Snapshot::Stock { material, reservations, first_position, last_position } => {
                let (first_position, last_position) = (*first_position, *last_position);
                Ok(Stock { material, reservations, first_position, last_position })
            }
            _ => Err(HttpError::internal(&"a write was answered without its stock")),
        }
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
