//! `/healthz`, `/readyz`, `/metrics`: for those who run the process, without a token.
//!
//! They tell nothing about the plant.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::problem::HttpError;
use crate::state::Server;
use crate::telemetry::{PAST_METRIC, POSITION_METRIC};

/// How long a caller should wait before it asks again whether the node is ready.
const RETRY_AFTER_S: u64 = 1;

/// `GET /healthz`: the process answers.
pub(crate) async fn healthz() -> Response {
    crate::answer::json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// `GET /readyz`: the database answers as well.
pub(crate) async fn readyz(State(server): State<Server>) -> Response {
    if server.app.is_ready().await {
        return crate::answer::json(StatusCode::OK, &json!({ "status": "ready" }));
    }
    let detail = "the database does not answer; this node recovers by itself";
    HttpError::unavailable("unavailable", RETRY_AFTER_S, detail).into_response()
}

/// `GET /metrics`: in the text format of Prometheus.
pub(crate) async fn metrics(State(server): State<Server>) -> Response {
    // Positions stay far below 2^53, up to which a float counts exactly.
    metrics::gauge!(POSITION_METRIC).set(server.app.last_position() as f64);
    let knows_past = server.app.live().knows_past_work().await;
    metrics::gauge!(PAST_METRIC).set(u8::from(knows_past));
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, server.metrics.render()).into_response()
}
