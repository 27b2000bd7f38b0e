//! A clock that tests turn by hand.
//!
//! Shared by all nodes of a test, so that time passes for all of them at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use mraos_app::Clock;
use mraos_domain::Instant;

/// Stands still until it is moved.
#[derive(Debug, Clone)]
pub struct HandClock(Arc<AtomicI64>);

impl HandClock {
    /// Shows `start` (RFC 3339).
    pub fn at(start: &str) -> Self {
        let at = Instant::parse(start).unwrap().timestamp();
        Self(Arc::new(AtomicI64::new(at.as_microsecond())))
    }

    /// Moves ahead.
    pub fn advance_minutes(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60_000_000, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        let at = Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap();
        Instant::new(at).unwrap()
    }
}
