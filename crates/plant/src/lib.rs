//! A shop floor that drives a running MRAOS through its public HTTP API.
//!
//! [`replay`] turns a real factory's production log into what its people would have sent: orders,
//! allocations, produced pieces, breakdowns. [`client`] is the HTTP client that it speaks through,
//! [`live`] the one that listens.
//! This crate knows the wire types only; it never sees the product's rules, store or clock.

mod catalogue;
pub mod client;
mod dice;
pub mod generator;
pub mod live;
pub mod replay;
mod rota;
pub mod seeding;
pub mod simulator;
