//! Three shifts around the clock and the staggered breaks within them.
//!
//! Times are the plant's local ones, as the API takes them. Who is in which shift is part of the
//! generated plant; the days follow one after the other for as long as the plant runs.

use jiff::civil::{Date, Time, time};
use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};
use mraos_api::shift::AssignShift;

/// Number of shifts in a day.
pub(crate) const SHIFTS: usize = 3;

const SHIFT_HOURS: i64 = 8;
/// The first break begins so long after the start, the others one break later each.
const FIRST_BREAK: SignedDuration = SignedDuration::from_mins(120);
const BREAK: SignedDuration = SignedDuration::from_mins(30);
/// A crew goes to its break in so many groups, so that no line stands still.
const BREAK_GROUPS: usize = 8;

const STARTS: [(&str, Time); SHIFTS] =
    [("Early", time(6, 0, 0, 0)), ("Late", time(14, 0, 0, 0)), ("Night", time(22, 0, 0, 0))];

/// The shift number `shift` of a day, for a person of break group `group`.
pub(crate) fn shift_on(date: Date, shift: usize, group: usize) -> AssignShift {
    let (name, start) = STARTS[shift % SHIFTS];
    let steps = i32::try_from(group % BREAK_GROUPS).unwrap_or_default();
    let break_start = start.wrapping_add(FIRST_BREAK + BREAK * steps);
    AssignShift {
        shift_name: name.to_owned(),
        shift_date: date,
        start_time: start,
        end_time: start.wrapping_add(SHIFT_HOURS.hours()),
        break_start: Some(break_start),
        break_end: Some(break_start.wrapping_add(BREAK)),
        counts_on_holidays: true,
    }
}

/// When a shift of a day begins.
pub(crate) fn start_of(shift: usize) -> Time {
    STARTS[shift % SHIFTS].1
}

/// The shift that is on at an instant, and the day on which it began.
pub(crate) fn shift_at(at: Timestamp, zone: &TimeZone) -> (usize, Date) {
    let local = at.to_zoned(zone.clone());
    let current = (0..SHIFTS).rev().find(|shift| STARTS[*shift].1 <= local.time());
    match current {
        Some(shift) => (shift, local.date()),
        // Before the early shift it is still last night.
        None => (SHIFTS - 1, local.date().yesterday().unwrap_or(local.date())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_night_belongs_to_the_day_on_which_it_began() {
        for (text, expected) in [
            ("2026-03-02T05:59:59Z", (2, date(2026, 3, 1))),
            ("2026-03-02T06:00:00Z", (0, date(2026, 3, 2))),
            ("2026-03-02T13:59:59Z", (0, date(2026, 3, 2))),
            ("2026-03-02T14:00:00Z", (1, date(2026, 3, 2))),
            ("2026-03-02T23:00:00Z", (2, date(2026, 3, 2))),
        ] {
            assert_eq!(shift_at(text.parse().unwrap(), &TimeZone::UTC), expected, "{text}");
        }
    }

    #[test]
    fn breaks_of_a_crew_follow_one_another() {
        let night: Vec<AssignShift> =
            (0..BREAK_GROUPS).map(|group| shift_on(date(2026, 3, 2), 2, group)).collect();
        assert_eq!(night[0].end_time, time(6, 0, 0, 0));
        assert_eq!(night[0].break_start, Some(time(0, 0, 0, 0)));
        for pair in night.windows(2) {
            assert_eq!(pair[0].break_end, pair[1].break_start);
        }
    }
}
