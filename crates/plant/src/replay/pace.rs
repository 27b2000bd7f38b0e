//! How fast the floor's clock runs: a factor of real time, or as fast as the server answers.
//!
//! With a factor, a moment waits until its time has come; a slow server makes the floor late but
//! never changes what it sends. The only file of the replay that reads a clock to wait.

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Speed of the floor's clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// As fast as the server answers.
    Max,
    /// So many seconds of the log in one second.
    Factor(f64),
}

/// A text that names no speed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("speed `{0}` is neither `max` nor a number above 0, such as 60 for a minute a second")]
pub struct UnknownSpeed(pub String);

impl FromStr for Speed {
    type Err = UnknownSpeed;

    fn from_str(text: &str) -> Result<Self, UnknownSpeed> {
        if text == "max" {
            return Ok(Self::Max);
        }
        let factor = text.parse().ok().filter(|factor: &f64| factor.is_finite() && *factor > 0.0);
        factor.map(Self::Factor).ok_or_else(|| UnknownSpeed(text.to_owned()))
    }
}

pub(super) struct Pace {
    speed: Speed,
    began: Option<(Instant, Timestamp)>,
}

impl Pace {
    pub(super) fn new(speed: Speed) -> Self {
        Self { speed, began: None }
    }

    /// Waits for a moment and says up to which instant of the log the floor may act.
    pub(super) async fn wait_until(&mut self, at: Timestamp) -> Option<Timestamp> {
        let Speed::Factor(factor) = self.speed else { return None };
        let (real, logged) = *self.began.get_or_insert_with(|| (Instant::now(), at));
        let seconds = at.duration_since(logged).as_secs_f64() / factor;
        let due = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        tokio::time::sleep_until(real + due).await;
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_max_or_a_positive_number() {
        assert_eq!("max".parse(), Ok(Speed::Max));
        assert_eq!("3600".parse(), Ok(Speed::Factor(3600.0)));
        assert_eq!("0.5".parse(), Ok(Speed::Factor(0.5)));
        for text in ["", "fast", "0", "-1", "inf", "NaN"] {
            assert_eq!(text.parse::<Speed>(), Err(UnknownSpeed(text.to_owned())));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_minute_of_the_log_takes_a_second_at_sixty() {
        let mut pace = Pace::new(Speed::Factor(60.0));
        let began = Instant::now();
        let start: Timestamp = "2012-01-02T07:00:00Z".parse().unwrap();
        pace.wait_until(start).await;
        pace.wait_until(start + jiff::SignedDuration::from_mins(10)).await;
        let waited = began.elapsed();
        assert!((10_000..10_010).contains(&waited.as_millis()), "{waited:?}");
    }
}
