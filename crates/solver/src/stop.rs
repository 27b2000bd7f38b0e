//! When a search has to stop: at a deadline, or because somebody said so.
//!
//! Shared by the threads of a search and looked at between its steps, and within long ones. The
//! clock is read here and nowhere else in the crate, and decides nothing but the end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// When to stop.
pub(crate) struct Stop<'a> {
    pub(crate) deadline: Option<Instant>,
    pub(crate) cancelled: &'a AtomicBool,
}

impl Stop<'_> {
    pub(crate) fn is_due(&self) -> bool {
        self.is_cancelled() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
