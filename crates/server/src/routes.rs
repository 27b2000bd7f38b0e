//! The handlers, one file per noun. Each parses, asks the application and renders.
//!
//! Which path leads to which handler stands in `router`.

pub(crate) mod allocation;
pub(crate) mod attendance;
pub(crate) mod auth;
pub(crate) mod batch;
pub(crate) mod bom;
pub(crate) mod data_access;
pub(crate) mod event;
pub(crate) mod health;
pub(crate) mod holiday;
pub(crate) mod ingest;
pub(crate) mod machine;
pub(crate) mod maintenance;
pub(crate) mod material;
pub(crate) mod operator;
pub(crate) mod production_log;
pub(crate) mod reason_code;
pub(crate) mod reservation;
pub(crate) mod shift;
pub(crate) mod skill;
pub(crate) mod suggestion;
pub(crate) mod token;
pub(crate) mod transaction;
pub(crate) mod user;
pub(crate) mod work_order;
