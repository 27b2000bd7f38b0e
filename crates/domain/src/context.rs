//! What surrounds a command: who asks, when, and the settings of the plant.
//!
//! The clock is read by the caller; `decide` sees only the instants in here.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
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
}

impl Plant {
    /// The plant-local date of an instant.
    pub fn date_of(&self, at: Instant) -> Date {
        at.timestamp().to_zoned(self.zone.clone()).date()
    }

    /// The instant of a plant-local date and time; a gap or fold of a clock change resolves to
    /// the offset before the change, as wall clocks in the plant are read.
    pub fn instant_of(&self, date: Date, time: Time) -> Option<Instant> {
        let local = DateTime::from_parts(date, time);
        let zoned = self.zone.to_ambiguous_zoned(local).compatible().ok()?;
        Instant::new(zoned.timestamp()).ok()
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
