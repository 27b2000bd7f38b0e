//! The HTTP interface: one table of routes, thin handlers, one mapping of errors to problems.
//!
//! A handler parses a wire type into a domain command, hands it to the application and renders what
//! comes back. This crate never speaks SQL and decides nothing that the domain could decide.

mod body;
mod fields;
mod headers;
mod json;
mod page;
mod problem;
mod serve;
mod telemetry;
mod wire;

pub use serve::serve;
pub use telemetry::install_metrics;
