//! Between the wire and the domain, one file per noun.
//!
//! Reading turns raw bodies into commands whose values passed their constructors, or names every
//! value that did not. Rendering goes the other way. No handler, no I/O, no decision.

pub(crate) mod allocation;
pub(crate) mod attendance;
pub(crate) mod bom;
pub(crate) mod change;
pub(crate) mod machine;
pub(crate) mod maintenance;
pub(crate) mod material;
pub(crate) mod operator;
pub(crate) mod production_log;
pub(crate) mod refusal;
pub(crate) mod reservation;
pub(crate) mod shift;
pub(crate) mod skill;
pub(crate) mod status;
pub(crate) mod suggestion;
pub(crate) mod text;
pub(crate) mod transaction;
pub(crate) mod user;
pub(crate) mod work_order;
