//! The HTTP interface: one table of routes, thin handlers, one mapping of errors to problems.
//!
//! A handler parses a wire type into a domain command, hands it to the application and renders what
//! comes back. This crate never speaks SQL and decides nothing that the domain could decide.

mod answer;
mod auth;
mod body;
mod failure;
mod fields;
mod headers;
mod json;
mod live;
mod openapi;
mod page;
mod path;
mod problem;
mod reading;
mod reads;
mod router;
mod routes;
mod security;
mod serve;
mod state;
mod telemetry;
mod ui;
mod wire;
mod write;

pub use openapi::document;
pub use router::{permissions, router};
pub use serve::serve;
pub use state::Settings;
pub use telemetry::install_metrics;
