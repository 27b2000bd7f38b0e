//! A calendar as the search computes with it: sorted, merged, with running sums.
//!
//! Two questions are asked all the time: when does something of this length fit, and how much
//! working time lies between two moments. Both are answered by binary search.

use crate::plant::problem::{Calendar, Window};
use crate::problem::Time;

/// When a machine or an operator works.
pub(super) struct Hours {
    open: Option<Spans>,
    breaks: Spans,
    /// The part of the breaks that would be working time.
    lost: Spans,
}

/// Windows in order that do not touch, and how long those before each are together.
struct Spans {
    windows: Vec<Window>,
    before: Vec<Time>,
    /// For each stretch of `1 << shift` from the first window on, the first window that ends in or
    /// after it: a look here is a search saved.
    first_after: Vec<u32>,
    shift: u32,
}

impl Spans {
    fn new(mut windows: Vec<Window>) -> Self {
        windows.sort_unstable();
        windows.dedup_by(|next, kept| {
            let touches = next.start <= kept.end;
            if touches {
                kept.end = kept.end.max(next.end);
            }
            touches
        });
        let mut sum = 0;
        let lengths = windows.iter().map(|window| {
            let before = sum;
            sum += window.end - window.start;
            before
        });
        let before = lengths.collect();
        let mut spans = Self { windows, before, first_after: Vec::new(), shift: 0 };
        spans.note_stretches();
        spans
    }

    fn note_stretches(&mut self) {
        let (Some(first), Some(last)) = (self.windows.first(), self.windows.last()) else { return };
        let (origin, whole) = (first.start, last.end - first.start);
        let stretches = 4 * self.windows.len() as Time;
        while whole >> self.shift > stretches {
            self.shift += 1;
        }
        let mut window = 0;
        for stretch in 0..=whole >> self.shift {
            let begins = origin + (stretch << self.shift);
            while self.windows.get(window).is_some_and(|window| window.end < begins) {
                window += 1;
            }
            self.first_after.push(window as u32);
        }
    }

    /// The index of the first window that ends at `time` or later.
    fn first_ending(&self, time: Time) -> usize {
        let Some(origin) = self.windows.first().map(|window| window.start) else { return 0 };
        let stretch = ((time - origin).max(0) >> self.shift) as usize;
        let Some(first) = self.first_after.get(stretch) else { return self.windows.len() };
        let mut index = *first as usize;
        while self.windows.get(index).is_some_and(|window| window.end < time) {
            index += 1;
        }
        index
    }

    /// How much of the windows lies before `time`.
    fn until(&self, time: Time) -> Time {
        let index = self.first_ending(time);
        match self.windows.get(index) {
            Some(window) => self.before[index] + (time - window.start).max(0),
            None => index.checked_sub(1).map_or(0, |last| {
                let window = self.windows[last];
                self.before[last] + window.end - window.start
            }),
        }
    }

    /// The end of the window that holds `time`, or `time`.
    fn leave(&self, time: Time) -> Time {
        match self.windows.get(self.first_ending(time)) {
            Some(window) if window.start <= time => window.end,
            _ => time,
        }
    }
}

impl Hours {
    pub(super) fn new(calendar: &Calendar) -> Self {
        let open = calendar.open.clone().map(Spans::new);
        let lost = match &open {
            None => calendar.breaks.clone(),
            Some(open) => calendar.breaks.iter().flat_map(|pause| clip(*pause, open)).collect(),
        };
        Self { open, breaks: Spans::new(calendar.breaks.clone()), lost: Spans::new(lost) }
    }

    /// The longest operation that fits at all.
    pub(super) fn longest(&self) -> Time {
        let Some(open) = &self.open else { return Time::MAX };
        open.windows.iter().map(|window| window.end - window.start).max().unwrap_or(-1)
    }

    /// The earliest start, from `from` on, of something that takes `length` and is set up for
    /// `lead` directly before.
    pub(super) fn fit(&self, from: Time, lead: Time, length: Time) -> Option<Time> {
        let Some(open) = &self.open else { return Some(self.breaks.leave(from)) };
        let windows = &open.windows;
        let first = open.first_ending(from + length);
        let mut start = from;
        for window in &windows[first..] {
            start = self.breaks.leave(start.max(window.start + lead));
            if start + length <= window.end {
                return Some(start);
            }
        }
        None
    }

    /// Whether one window holds all of the time from `start` to `end`.
    pub(super) fn hold(&self, start: Time, end: Time) -> bool {
        let Some(open) = &self.open else { return true };
        open.windows.get(open.first_ending(end)).is_some_and(|window| window.start <= start)
    }

    /// How much working time lies between two moments.
    pub(super) fn between(&self, start: Time, end: Time) -> Time {
        if start >= end {
            return 0;
        }
        let open = match &self.open {
            None => end - start,
            Some(open) => open.until(end) - open.until(start),
        };
        if self.lost.windows.is_empty() {
            return open;
        }
        open - (self.lost.until(end) - self.lost.until(start))
    }
}

fn clip(pause: Window, open: &Spans) -> impl Iterator<Item = Window> {
    let common = open.windows.iter().map(move |window| Window {
        start: window.start.max(pause.start),
        end: window.end.min(pause.end),
    });
    common.filter(|window| window.start < window.end)
}
