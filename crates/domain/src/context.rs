//! What surrounds a command: who asks, when, and the settings of the plant.
//!
//! The clock is read by the caller; `decide` sees only the instants in here.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::access::scope::Scope;
use crate::source::ChangeSource;
use crate::text::Text;
use crate::time::{Instant, Window};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// User or token name, such as `S-042`; never a person's name.
    pub id: Text<50>,
    /// What the actor may do follows from this.
    pub role: Role,
    /// With which part of the plant.
    #[serde(default)]
    pub scope: Scope,
}

impl Actor {
    /// An actor who is not limited to lines.
    pub fn new(id: Text<50>, role: Role) -> Self {
        Self { id, role, scope: Scope::default() }
    }
}

/// Settings of the plant that rules need.
#[derive(Debug, Clone)]
pub struct Plant {
    /// Zone of shift times and certificate dates.
    pub zone: TimeZone,
    /// Length of an allocation for which nobody gave one and the order has no estimate.
    pub default_allocation_minutes: u32,
    /// Material for work that begins within so many minutes is set aside; for later work not yet.
    pub reservation_horizon_minutes: u32,
    /// When somebody is late or absent.
    pub attendance: AttendanceRules,
}

/// When somebody is late or absent, by the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttendanceRules {
    /// Who comes more than so many minutes after the start is late.
    pub late_after_minutes: u32,
    /// Who has not come so many minutes after the start is absent; `None` where nobody clocks in.
    pub absent_after_minutes: Option<u32>,
}

impl Default for AttendanceRules {
    fn default() -> Self {
        Self { late_after_minutes: 5, absent_after_minutes: None }
    }
}

impl Plant {
    /// The plant-local date of an instant.
    pub fn date_of(&self, at: Instant) -> Date {
        at.timestamp().to_zoned(self.zone.clone()).date()
    }

    /// The instant of a plant-local date and time. A time that occurs twice is the first of the
    /// two; one that a clock change leaves out is the moment of the change. So what is earlier on
    /// the clock is never later in truth, and windows that do not overlap on paper never do.
    pub fn instant_of(&self, date: Date, time: Time) -> Option<Instant> {
        let local = DateTime::from_parts(date, time);
        let ambiguous = self.zone.to_ambiguous_zoned(local);
        let AmbiguousOffset::Gap { before, after } = ambiguous.offset() else {
            return Instant::new(ambiguous.compatible().ok()?.timestamp()).ok();
        };
        let (early, late) = (after.to_timestamp(local).ok()?, before.to_timestamp(local).ok()?);
        Instant::new(self.change_between(early, late, before)?).ok()
    }

    /// The second at which the offset `before` ends, which is in force at `early` and no longer
    /// at `late`.
    fn change_between(
        &self,
        early: Timestamp,
        late: Timestamp,
        before: Offset,
    ) -> Option<Timestamp> {
        let (mut last, mut first) = (early.as_second(), late.as_second());
        while first - last > 1 {
            let middle = last.midpoint(first);
            if self.zone.to_offset(Timestamp::from_second(middle).ok()?) == before {
                last = middle;
            } else {
                first = middle;
            }
        }
        Timestamp::from_second(first).ok()
    }

    /// The window from `start` to `end` on `date`; an end at or before the start is next day's.
    pub fn window_of(&self, date: Date, start: Time, end: Time) -> Option<Window> {
        let last = if end <= start { date.tomorrow().ok()? } else { date };
        let (start, end) = (self.instant_of(date, start)?, self.instant_of(last, end)?);
        Some(Window { start, end: end.max(start) })
    }
}

impl Plant {
    /// An instant as people in the plant read it.
    pub fn show(&self, at: Instant) -> String {
        at.timestamp().to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// What surrounds one command.
#[derive(Debug, Clone)]
pub struct Context {
    /// Who asks.
    pub actor: Actor,
    /// Through which door.
    pub source: ChangeSource,
    /// The server's clock when the command was decided.
    pub recorded_at: Instant,
    /// When it happened, where the caller said so; else `None`.
    pub stated_at: Option<Instant>,
    /// Settings of the plant.
    pub plant: std::sync::Arc<Plant>,
}

impl Context {
    /// The time that the rules take for "now": the stated one, never ahead of the server's clock.
    pub fn now(&self) -> Instant {
        self.stated_at.map_or(self.recorded_at, |stated| stated.min(self.recorded_at))
    }
}
