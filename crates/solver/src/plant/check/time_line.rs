//! A calendar as the checker reads it: windows that touch or overlap made one.
//!
//! Questions are answered by walking all windows; there is nothing clever here to be wrong.

use crate::plant::problem::{Calendar, Window};
use crate::problem::Time;

/// When a machine or an operator works.
pub(super) struct TimeLine {
    /// Without any restriction if none.
    open: Option<Vec<Window>>,
    breaks: Vec<Window>,
}

impl TimeLine {
    pub(super) fn new(calendar: &Calendar) -> Self {
        let open = calendar.open.as_ref().map(|windows| merged(windows));
        Self { open, breaks: merged(&calendar.breaks) }
    }

    /// Whether one window holds all of the time from `start` to `end`.
    pub(super) fn holds(&self, start: Time, end: Time) -> bool {
        let Some(open) = &self.open else { return true };
        open.iter().any(|window| window.start <= start && end <= window.end)
    }

    /// Whether `time` lies in a break.
    pub(super) fn is_break(&self, time: Time) -> bool {
        self.breaks.iter().any(|pause| pause.start <= time && time < pause.end)
    }

    /// How much of the time from `start` to `end` is open and no break.
    pub(super) fn working_time(&self, start: Time, end: Time) -> Time {
        let whole = [Window { start, end }];
        let open = self.open.as_deref().unwrap_or(&whole);
        let open = open.iter().map(|window| common(*window, whole[0]));
        open.map(|window| {
            let breaks = self.breaks.iter().map(|pause| length(common(*pause, window)));
            length(window) - breaks.sum::<Time>()
        })
        .sum()
    }
}

fn merged(windows: &[Window]) -> Vec<Window> {
    let mut sorted = windows.to_vec();
    sorted.sort();
    let mut merged: Vec<Window> = Vec::new();
    for window in sorted {
        match merged.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => merged.push(window),
        }
    }
    merged
}

/// What two windows have in common; of no length if nothing.
fn common(one: Window, other: Window) -> Window {
    let start = one.start.max(other.start);
    Window { start, end: one.end.min(other.end).max(start) }
}

fn length(window: Window) -> Time {
    window.end - window.start
}
