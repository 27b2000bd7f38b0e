//! Idle-time forecast: how likely a machine or a person falls idle, for how long, and why.
//!
//! A pure crate: it reads no clock, file or database and draws only from seeds. The way of the
//! data: a reader ([`production_log`], [`machine_status`]) makes [`report::WorkReport`]s; a
//! [`floor::Floor`] observes them in the order of their ends and so never knows more than a plant
//! would; [`model::ForecastModel`] describes moments of the floor, learns from the gaps that
//! followed ([`sample`]) and answers with a calibrated [`distribution::Distribution`];
//! [`outlook`] asks it at any moment about resources that are busy or idle, [`explain`] says
//! which factors made an answer, and [`backtest`] how good the answers would have been.

pub mod backtest;
mod calibration;
mod dice;
pub mod distribution;
pub mod error;
pub mod explain;
mod features;
pub mod floor;
mod forest;
pub mod machine_status;
pub mod model;
pub mod outlook;
pub mod production_log;
pub mod report;
pub mod sample;
pub mod score;
mod tree;

pub use features::{Factor, FallingIdle};
