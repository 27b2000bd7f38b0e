//! When people worked lately, beside the floor and moved on with it: what a look-up of a person
//! tells of the day.
//!
//! Begins empty: the past is read from the log while the floor moves on already, and what happens
//! meanwhile waits for it. Until then, and about days before those that are kept, nothing is known
//! here. Keeps somewhat more than a day before the last event, however long the log is.

use mraos_domain::{Instant, OperatorId, Recorded, Window, WorkStep, Worked};

/// So much before the last event is kept: the longest day, when the clocks go back, and an hour.
const KEPT_MINUTES: i64 = 26 * 60;
/// How much more may be there before it is taken away.
const SLACK_MINUTES: i64 = 60;

/// The day's work of everybody.
#[derive(Debug, Default)]
pub(crate) struct RecentWork {
    known: Option<Known>,
    /// What happened before the past was known.
    waiting: Vec<WorkStep>,
}

#[derive(Debug)]
struct Known {
    worked: Worked,
    /// Of what ended before, some or all is forgotten.
    since: Instant,
}

/// What a person's day came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WorkOfDay {
    /// When work ran, up to the present.
    pub(crate) windows: Vec<Window>,
    /// Allocations that began.
    pub(crate) begun: usize,
}

/// From when on work is kept when the last event was recorded at `recorded_at`.
pub(crate) fn kept_since(recorded_at: Instant) -> Instant {
    recorded_at.plus_minutes(-KEPT_MINUTES)
}

impl RecentWork {
    /// Takes the next event.
    pub(crate) fn take(&mut self, recorded: &Recorded) {
        let Some(step) = WorkStep::of(recorded) else { return };
        let Some(known) = &mut self.known else {
            self.waiting.push(step);
            return;
        };
        known.worked.take(&step);
        let since = kept_since(recorded.recorded_at);
        if since > known.since.plus_minutes(SLACK_MINUTES) {
            known.worked.forget_before(since);
            known.since = since;
        }
    }

    /// Takes the past, complete since then, up to where the floor stood when it began to move.
    pub(crate) fn know(&mut self, mut worked: Worked, since: Instant) {
        self.waiting.drain(..).for_each(|step| worked.take(&step));
        self.waiting.shrink_to_fit();
        self.known = Some(Known { worked, since });
    }

    /// Whether the past is known.
    pub(crate) fn is_known(&self) -> bool {
        self.known.is_some()
    }

    /// What a person's day comes to `now`, if it is known here.
    pub(crate) fn of_day(&self, id: &OperatorId, day: Window, now: Instant) -> Option<WorkOfDay> {
        let known = self.known.as_ref().filter(|known| known.since <= day.start)?;
        let windows = known.worked.windows(id, day.start, now);
        Some(WorkOfDay { windows, begun: known.worked.count_begun(id, day) })
    }
}
