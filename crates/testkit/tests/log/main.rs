//! The log on a real PostgreSQL: what was tampered with is found and named, tables come back from
//! the log, exports verify without us.
//!
//! Tampering is done as the owner of the database with triggers off, as an intruder would.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod checkpoints;
mod export;
mod plant;
mod rebuild;
mod reopened;
mod verify;
