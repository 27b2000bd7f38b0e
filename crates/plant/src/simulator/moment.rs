//! The two times of a simulated floor: the server's clock, and how long the plant has been at work.
//!
//! Shifts, bookings and due dates live by the clock. Work, breaks, faults and illness live by the
//! plant's time, which runs faster or slower by the speed factor and stands still while the server
//! cannot be reached.

use jiff::{SignedDuration, Timestamp};

/// Seconds of work since the simulation began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PlantTime(pub(crate) i64);

impl PlantTime {
    /// So many minutes of work later.
    pub(crate) fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes.saturating_mul(60)))
    }
}

/// Now, in both times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moment {
    /// The server's clock.
    pub(crate) clock: Timestamp,
    /// The plant's time.
    pub(crate) plant: PlantTime,
    /// Seconds of plant time in one second of the clock.
    pub(crate) speed: f64,
}

impl Moment {
    /// When the clock will show it, if the plant needs so many minutes of work from now.
    pub(crate) fn clock_after(&self, plant_minutes: f64) -> Timestamp {
        let seconds = (plant_minutes * 60.0 / self.speed).clamp(0.0, 1e9);
        let wait = SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
        self.clock.checked_add(wait).unwrap_or(self.clock)
    }
}
