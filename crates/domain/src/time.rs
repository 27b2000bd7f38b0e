//! Instants and windows. Microseconds, UTC, between the years 1970 and 2999.
//!
//! Plant-local dates enter only through [`crate::Plant`]. There is no "now" here: the clock is
//! read at the edge and handed in with the command.

use std::fmt;

use jiff::{SignedDuration, Timestamp, Unit};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::invalid::Invalid;
use crate::json_string;

/// 2999-12-31T23:59:59Z in seconds.
const LATEST_SECOND: i64 = 32_503_679_999;

/// A point in time, cut to microseconds as PostgreSQL stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Timestamp);

impl Instant {
    /// 1970-01-01T00:00:00Z, the earliest instant.
    pub const EPOCH: Self = Self(Timestamp::UNIX_EPOCH);

    /// Accepts 1970 to 2999 and cuts to microseconds.
    pub fn new(value: Timestamp) -> Result<Self, Invalid> {
        if value.as_second() < 0 || value.as_second() > LATEST_SECOND {
            let rule = "a time lies between 1970-01-01 and 2999-12-31";
            return Err(Invalid::new("time", value, rule));
        }
        Ok(Self(cut(value)))
    }

    /// Parses RFC 3339 with any offset.
    pub fn parse(value: &str) -> Result<Self, Invalid> {
        let rule = "write it as RFC 3339, such as 2026-11-22T06:00:00Z, years 1970 to 2999";
        let parsed = value.parse().map_err(|_| Invalid::new("time", value, rule))?;
        Self::new(parsed)
    }

    /// The time as a jiff time stamp.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    /// This time moved by whole minutes; stops at the ends of the allowed range.
    pub fn plus_minutes(self, minutes: i64) -> Self {
        self.plus(SignedDuration::from_mins(minutes.clamp(-1_000_000_000, 1_000_000_000)))
    }

    /// This instant so many seconds later; stays within what can be stored.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus(SignedDuration::from_secs(seconds.clamp(-1_000_000_000, 1_000_000_000)))
    }

    /// Microseconds since 1970.
    pub(crate) fn micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// The instant so many microseconds after 1970; stays within what can be stored.
    pub(crate) fn from_micros(micros: i64) -> Self {
        Self::EPOCH.plus(SignedDuration::from_micros(micros))
    }

    fn plus(self, duration: SignedDuration) -> Self {
        let earliest = Timestamp::UNIX_EPOCH;
        let latest = Timestamp::from_second(LATEST_SECOND).unwrap_or(Timestamp::MAX);
        let moved = self.0.saturating_add(duration).unwrap_or(latest);
        Self(moved.clamp(earliest, latest))
    }

    /// Milliseconds from `earlier` to this time; negative if it is later.
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0.as_millisecond() - earlier.0.as_millisecond()
    }
}

fn cut(value: Timestamp) -> Timestamp {
    if value.subsec_nanosecond() % 1_000 == 0 {
        return value;
    }
    let rounding = jiff::TimestampRound::new().smallest(Unit::Microsecond);
    value.round(rounding.mode(jiff::RoundMode::Trunc)).unwrap_or(value)
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        json_string::read(deserializer, Self::parse)
    }
}

/// A half-open stretch of time `[start, end)`; the end is never before the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First moment inside.
    pub start: Instant,
    /// First moment after.
    pub end: Instant,
}

impl Window {
    /// A window of at least one minute from `start`; shorter only at the end of time.
    pub fn starting(start: Instant, minutes: i64) -> Self {
        // In the last minute of the year 2999 there is no later minute: an empty window.
        Self { start, end: start.plus_minutes(minutes.max(1)).max(start) }
    }

    /// A window to `end`, or of one minute where `end` is not later than that.
    pub fn until(start: Instant, end: Instant) -> Self {
        Self { start, end: end.max(start.plus_minutes(1)).max(start) }
    }

    /// Whether the two share a moment.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `at` lies inside.
    pub fn contains(&self, at: Instant) -> bool {
        self.start <= at && at < self.end
    }

    /// Whole minutes, rounded up.
    pub fn minutes(&self) -> i64 {
        (self.end.millis_since(self.start) + 59_999) / 60_000
    }
}
