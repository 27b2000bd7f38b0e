//! The parts of the `mraos` binary: embedded PostgreSQL, settings, keys, commands.
//!
//! It wires the other crates together and holds everything that touches the machine they run on
//! (processes, files, environment). It never decides anything about a plant and never speaks SQL
//! to a plant's tables.

pub mod config;
pub mod keys;
pub mod postgres;
