//! A shop floor that drives a running MRAOS through its public HTTP API.
//!
//! [`generator`] makes a plant from a seed, [`seeding`] puts it into a server, and [`simulator`]
//! works on it. [`replay`] turns a real factory's log into what its people would have sent. All
//! speak through [`client`] and listen through [`live`].
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
