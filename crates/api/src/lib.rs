//! Wire types of the HTTP API, one file per noun.
//!
//! Requests carry what a client sent: raw ids and texts, checked by nobody here. The server turns
//! them into domain types, whose constructors hold the rules. Responses name their fields as the
//! specification's columns. Unknown request fields are errors, so that a typo is never ignored.
//! This crate knows neither axum nor SQL nor the domain: clients use it without the product.

pub mod allocation;
pub mod attendance;
pub mod auth;
pub mod batch;
pub mod bom;
pub mod data_access;
pub mod decimal;
pub mod dependency;
pub mod event;
pub mod holiday;
pub mod ingest;
pub mod live;
pub mod machine;
pub mod maintenance;
pub mod material;
pub mod operator;
pub mod page;
pub mod patch;
pub mod problem;
pub mod production_log;
pub mod reason_code;
pub mod reservation;
pub mod shift;
pub mod skill;
pub mod skill_requirement;
pub mod status;
pub mod suggestion;
pub mod timestamp;
pub mod token;
pub mod transaction;
pub mod user;
pub mod work_order;

/// Path prefix of every route but `/healthz`, `/readyz` and `/metrics`.
pub const API_PREFIX: &str = "/api/v1";

/// Header names of the API's own, in the spelling of HTTP/2.
pub mod header {
    /// In: proves with the session's cookie that a change comes from our own page.
    pub const CSRF_TOKEN: &str = "x-csrf-token";
    /// In: makes a write repeatable without effect.
    pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
    /// Out: `true` when the answer is the recorded one of an earlier request.
    pub const IDEMPOTENCY_REPLAYED: &str = "idempotency-replayed";
    /// Out of a write: the log position it reached. In to a read: wait until it is reflected.
    pub const POSITION: &str = "x-position";
    /// In and out: the request's id, found again in log lines and events.
    pub const REQUEST_ID: &str = "x-request-id";
}
