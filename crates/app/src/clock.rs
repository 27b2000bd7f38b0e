//! The server's clock, so that tests can turn it by hand.
//!
//! The only place in shipped code that reads the time for the plant; rules get it as a value.

use mraos_domain::Instant;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        #[allow(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
        let now = jiff::Timestamp::now();
        // A clock outside 1970 to 2999 is taken for its nearest end.
        Instant::new(now).unwrap_or(Instant::EPOCH)
    }
}
