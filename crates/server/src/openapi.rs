//! The OpenAPI document: what the route table says, joined with one description per route.
//!
//! Every line `METHOD "/path" Permission noun::handler` of the table needs a function of the same
//! name in the file of the same noun here; without it the server does not compile. It says only
//! what the table and the wire types cannot: a summary, extra parameters, the refusals to expect.
//! Paths, permissions, headers, statuses and problem codes follow by themselves.

pub(crate) mod allocation;
pub(crate) mod attendance;
pub(crate) mod auth;
pub(crate) mod bom;
pub(crate) mod data_access;
mod document;
pub(crate) mod event;
mod example;
pub(crate) mod holiday;
pub(crate) mod ingest;
mod limits;
pub(crate) mod live;
pub(crate) mod machine;
pub(crate) mod maintenance;
pub(crate) mod material;
mod operation;
pub(crate) mod operator;
mod outside;
mod parameter;
mod problem;
pub(crate) mod production_log;
pub(crate) mod reason_code;
mod reference;
pub(crate) mod reservation;
mod sample;
mod schema;
pub(crate) mod shift;
pub(crate) mod skill;
pub(crate) mod suggestion;
pub(crate) mod token;
pub(crate) mod transaction;
pub(crate) mod user;
mod vocabulary;
pub(crate) mod work_order;

pub use document::document;
pub(crate) use document::serve_document;
pub(crate) use operation::Operation;
pub(crate) use reference::{redirect_to_reference, serve_reference, serve_reference_file};

#[cfg(test)]
mod tests;
