//! Shifts as people write them and the instants that they mean: midnight, clock changes, breaks.
//!
//! The plant keeps Central European time: clocks go forward on 29 March 2026 at 02:00 and back
//! on 25 October 2026 at 03:00.

use mraos_domain::shift::ShiftTimes;
use mraos_domain::{Command, RefusalCode, RowId};

use crate::world::*;

pub(crate) fn times(day: &str, start: &str, end: &str) -> ShiftTimes {
    ShiftTimes {
        shift_name: text("Shift"),
        shift_date: day.parse().unwrap(),
        start_time: start.parse().unwrap(),
        end_time: end.parse().unwrap(),
        break_start: None,
        break_end: None,
        counts_on_holidays: false,
    }
}

pub(crate) fn add_shift(operator: &str, day: &str, start: &str, end: &str) -> Command {
    Command::AddShift { operator_id: operator_id(operator), times: times(day, start, end) }
}

#[test]
fn windows_over_midnight_and_clock_changes() {
    for (day, start, end, from, to, hours) in [
        ("2026-03-02", "06:00", "14:00", "2026-03-02T05:00:00Z", "2026-03-02T13:00:00Z", 8),
        ("2026-03-02", "22:00", "06:00", "2026-03-02T21:00:00Z", "2026-03-03T05:00:00Z", 8),
        // The night in which an hour is missing, and the one that has it twice.
        ("2026-03-28", "22:00", "06:00", "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z", 7),
        ("2026-10-24", "22:00", "06:00", "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z", 9),
        // 02:30 exists twice in this night.
        ("2026-10-25", "02:30", "10:30", "2026-10-25T00:30:00Z", "2026-10-25T09:30:00Z", 9),
        // The same time twice is a whole day.
        ("2026-03-02", "06:00", "06:00", "2026-03-02T05:00:00Z", "2026-03-03T05:00:00Z", 24),
        ("2026-12-31", "18:00", "02:00", "2026-12-31T17:00:00Z", "2027-01-01T01:00:00Z", 8),
    ] {
        let (window, pause) = times(day, start, end).windows(&plant()).unwrap();
        assert_eq!((window.start, window.end), (at(from), at(to)), "{day} {start}–{end}");
        assert_eq!(window.minutes(), hours * 60, "{day} {start}–{end}");
        assert_eq!(pause, None);
    }
}

#[test]
fn breaks_lie_inside_the_shift_also_after_midnight() {
    for (start, end, from, to, expected) in [
        ("06:00", "14:00", Some("10:00"), Some("10:30"), Ok("2026-03-02T09:00:00Z")),
        ("22:00", "06:00", Some("02:00"), Some("02:30"), Ok("2026-03-03T01:00:00Z")),
        ("22:00", "06:00", Some("23:45"), Some("00:15"), Ok("2026-03-02T22:45:00Z")),
        ("06:00", "14:00", Some("15:00"), Some("15:30"), Err("inside the shift")),
        ("06:00", "14:00", Some("13:45"), Some("14:15"), Err("inside the shift")),
        ("06:00", "14:00", Some("10:00"), None, Err("needs a break_end")),
        ("06:00", "14:00", None, Some("10:00"), Err("needs a break_start")),
    ] {
        let mut shift = times("2026-03-02", start, end);
        shift.break_start = from.map(|time| time.parse().unwrap());
        shift.break_end = to.map(|time| time.parse().unwrap());
        match (shift.windows(&plant()), expected) {
            (Ok((_, pause)), Ok(begins)) => assert_eq!(pause.unwrap().start, at(begins)),
            (Err(invalid), Err(rule)) => assert!(invalid.rule.contains(rule), "{invalid}"),
            (got, _) => panic!("{start}–{end}, break {from:?}–{to:?}: {got:?}"),
        }
    }
}

#[test]
fn years_without_end_are_refused() {
    for day in ["1969-12-30", "3000-01-01", "9999-12-31"] {
        let invalid = times(day, "22:00", "06:00").windows(&plant()).unwrap_err();
        assert!(invalid.to_string().contains(day), "{invalid}");
    }
}

#[test]
fn shifts_are_added_and_taken_away() {
    let mut world = World::small();
    let added = world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    world.must(&add_shift("O-1", "2026-03-02", "14:00", "22:00"));
    assert_eq!(world.operator("O-1").shifts.len(), 2);
    assert_eq!(world.operator("O-1").version, 3);
    let overlapping = add_shift("O-1", "2026-03-02", "13:59", "15:00");
    assert_eq!(world.refused(&overlapping), [RefusalCode::DuplicateValue]);
    let shift_id = RowId(added[0].position);
    let remove = Command::RemoveShift { operator_id: operator_id("O-1"), shift_id };
    world.must(&remove);
    assert_eq!(world.operator("O-1").shifts.len(), 1);
    assert_eq!(world.refused(&remove), [RefusalCode::UnknownShift]);
}

#[test]
fn a_shift_that_the_clock_change_swallows_is_still_recorded_only_once() {
    let mut world = World::small();
    let swallowed = add_shift("O-1", "2026-03-29", "02:30", "03:00");
    world.must(&swallowed);
    let window = world.operator("O-1").shifts[0].window;
    assert_eq!(window.start, window.end);
    assert_eq!(world.refused(&swallowed), [RefusalCode::DuplicateValue]);
}
