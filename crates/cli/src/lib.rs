//! The parts of the `mraos` binary: commands, settings, keys, embedded PostgreSQL.
//!
//! It wires the other crates together and holds everything that touches the machine they run on
//! (processes, files, environment). It never decides anything about a plant and never speaks SQL
//! to a plant's tables.

pub mod commands;
pub mod config;
pub mod keys;
mod logging;
mod output;
pub mod postgres;
