//! A shop floor at work: drives a running system through its public API, as its people would.
//!
//! A foreman decides (pure: floor, time and seed in, acts out), a driver sends and listens. What
//! others do at their screens is taken as it comes; a refusal is an answer. A server that is busy
//! or away is waited for, while the plant's time stands still.

mod act;
mod driver;
mod floor;
mod foreman;
mod moment;
mod sight;
mod stream;
mod summary;

use std::time::Duration;

use jiff::Timestamp;

use crate::client::ClientError;

pub use driver::run;
pub use summary::{FloorSize, Summary};

/// How a floor is simulated.
#[derive(Debug, Clone)]
pub struct SimulatorOptions {
    /// Everything that is left to chance follows from it.
    pub seed: u64,
    /// Seconds of plant time in one second of the clock.
    pub speed: f64,
    /// Open orders to keep up; none adds no order.
    pub open_orders: Option<usize>,
    /// Ends by itself after so long.
    pub run_for: Option<Duration>,
    /// The clock, at the start.
    pub now: Timestamp,
}

/// Why a simulation ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The token may not do what a floor does.
    #[error("the floor cannot go on: {0}; use a token of an administrator or an integration")]
    NotPermitted(ClientError),
    /// The server answers, but not as the API says.
    #[error(transparent)]
    Client(ClientError),
    /// There is nothing to work with.
    #[error("the server knows no machine and no operator; seed a plant first")]
    EmptyFloor,
}
