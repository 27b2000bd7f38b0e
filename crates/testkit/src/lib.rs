//! Test machinery: a private PostgreSQL, the application on it, a hand-driven clock, builders.
//!
//! Everything runs on unix sockets and loopback with throw-away data and stops at the end. Never
//! ships.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may fail")]

pub mod app;
pub mod build;
pub mod clock;
pub mod postgres;

pub use app::TestApp;
pub use clock::HandClock;
pub use postgres::TestPostgres;
