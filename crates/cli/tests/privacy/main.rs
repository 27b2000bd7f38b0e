//! What is known about people, on the real binary: never in the clear, and gone when erased.
//!
//! Everything that a plant leaves behind is searched byte by byte: dumps, the data directory, the
//! program's log, metrics, frames of the live stream.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../chaos/client.rs"]
#[allow(dead_code, reason = "shared with the tests under load")]
mod client;
mod erasing;
mod search;
#[path = "../chaos/site.rs"]
#[allow(dead_code, reason = "shared with the tests under load")]
mod site;
