//! Time in the plant: shifts, breaks and certificates over clock changes and holidays, in zones
//! that change at night, at midnight and by half an hour.
//!
//! Tables for what people would look up, properties for what must hold on every day.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use mraos_domain::shift::ShiftTimes;
use mraos_domain::{
    Command, Instant, Plant, RefusalCode, RequirementScope, RowId, State, evolve, requires,
};
use proptest::prelude::*;

use crate::properties::config;
use crate::shifts::{add_shift, times};
use crate::world::*;

/// Europe/Berlin: forward on 29 March 2026 at 02:00, back on 25 October 2026 at 03:00.
const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
/// Australia/Lord_Howe: half an hour back on 5 April 2026 at 02:00, forward on 4 October at 02:00.
const LORD_HOWE: &str = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0";
/// America/Santiago: clocks change at midnight; 6 September 2026 begins at 01:00.
const SANTIAGO: &str = "<-04>4<-03>,M9.1.6/24,M4.1.6/24";

fn plant_in(zone: &str) -> Plant {
    Plant { zone: TimeZone::posix(zone).unwrap(), ..plant() }
}

fn with_break(day: &str, span: (&str, &str), pause: (&str, &str)) -> ShiftTimes {
    let mut shift = times(day, span.0, span.1);
    shift.break_start = Some(pause.0.parse().unwrap());
    shift.break_end = Some(pause.1.parse().unwrap());
    shift
}

#[test]
fn night_shifts_and_their_breaks_over_clock_changes() {
    for (zone, day, span, pause, minutes, break_minutes) in [
        // An ordinary night, the night of 23 hours, the night of 25 hours.
        (BERLIN, "2026-03-02", ("22:00", "06:00"), ("01:45", "02:15"), 480, 30),
        (BERLIN, "2026-03-28", ("22:00", "06:00"), ("01:30", "02:00"), 420, 30),
        (BERLIN, "2026-10-24", ("22:00", "06:00"), ("01:30", "02:00"), 540, 30),
        // A break over midnight stays as it is; one over the change loses or gains the hour.
        (BERLIN, "2026-03-28", ("22:00", "06:00"), ("23:45", "00:15"), 420, 30),
        (BERLIN, "2026-03-28", ("22:00", "06:00"), ("01:45", "03:15"), 420, 30),
        (BERLIN, "2026-10-24", ("22:00", "06:00"), ("01:45", "03:15"), 540, 150),
        // A break in the hour that does not exist is none; in the one that is there twice, the
        // first of the two.
        (BERLIN, "2026-03-28", ("22:00", "06:00"), ("02:15", "02:45"), 420, 0),
        (BERLIN, "2026-10-24", ("22:00", "06:00"), ("02:00", "02:30"), 540, 30),
        (LORD_HOWE, "2026-10-03", ("22:00", "06:00"), ("01:30", "02:00"), 450, 30),
        (LORD_HOWE, "2026-04-04", ("22:00", "06:00"), ("01:00", "01:30"), 510, 30),
        (LORD_HOWE, "2026-10-03", ("22:00", "06:00"), ("02:00", "02:45"), 450, 15),
        (SANTIAGO, "2026-09-05", ("22:00", "06:00"), ("23:30", "00:30"), 420, 30),
        (SANTIAGO, "2026-04-04", ("22:00", "06:00"), ("23:00", "23:30"), 540, 30),
        (SANTIAGO, "2026-09-06", ("00:00", "08:00"), ("02:00", "02:30"), 420, 30),
    ] {
        let shift = with_break(day, span, pause);
        let (window, pause) = shift.windows(&plant_in(zone)).unwrap();
        let found = (window.minutes(), pause.unwrap().minutes());
        assert_eq!(found, (minutes, break_minutes), "{zone} {day} {span:?}, break {pause:?}");
    }
}

#[test]
fn a_time_that_does_not_exist_is_the_moment_of_the_change() {
    for (zone, day, time, expected) in [
        (BERLIN, "2026-03-29", "01:59", "2026-03-29T00:59:00Z"),
        (BERLIN, "2026-03-29", "02:00", "2026-03-29T01:00:00Z"),
        (BERLIN, "2026-03-29", "02:30", "2026-03-29T01:00:00Z"),
        (BERLIN, "2026-03-29", "03:00", "2026-03-29T01:00:00Z"),
        (BERLIN, "2026-10-25", "02:30", "2026-10-25T00:30:00Z"),
        (BERLIN, "2026-10-25", "03:00", "2026-10-25T02:00:00Z"),
        (LORD_HOWE, "2026-10-04", "02:10", "2026-10-03T15:30:00Z"),
        (SANTIAGO, "2026-09-06", "00:30", "2026-09-06T04:00:00Z"),
    ] {
        let instant = plant_in(zone).instant_of(day.parse().unwrap(), time.parse().unwrap());
        assert_eq!(instant, Some(at(expected)), "{zone} {day} {time}");
    }
}

#[test]
fn shifts_that_meet_in_the_missing_hour_do_not_overlap() {
    let mut world = World::small();
    world.must(&add_shift("O-1", "2026-03-28", "22:00", "02:30"));
    world.must(&add_shift("O-1", "2026-03-29", "03:00", "06:00"));
    let mut over_both = booking(("WO-1", "O-1", "M-1"), at("2026-03-28T22:00:00Z"), 300);
    over_both.overrides.clear();
    world.must(&Command::Allocate(over_both));
}

#[test]
fn a_certificate_that_ends_in_the_middle_of_a_job_is_refused_by_the_plants_calendar() {
    // The job lasts from 22:00 of the day before over each change to 06:00; the certificate ends
    // on the evening's day, or on the morning's.
    for (zone, start, minutes, expiry, passes) in [
        (BERLIN, "2026-03-28T21:00:00Z", 420, "2026-03-28", false),
        (BERLIN, "2026-03-28T21:00:00Z", 420, "2026-03-29", true),
        // 23:59 is still the evening, on the day with 23 hours and on the one with 25.
        (BERLIN, "2026-03-28T21:00:00Z", 119, "2026-03-28", true),
        (BERLIN, "2026-10-25T05:00:00Z", 1_079, "2026-10-25", true),
        (BERLIN, "2026-10-25T05:00:00Z", 1_081, "2026-10-25", false),
        (LORD_HOWE, "2026-10-03T11:30:00Z", 119, "2026-10-03", true),
        (LORD_HOWE, "2026-10-03T11:30:00Z", 121, "2026-10-03", false),
        // Midnight of 6 September does not exist in Santiago: the day before ends at 04:00 UTC.
        (SANTIAGO, "2026-09-06T02:00:00Z", 119, "2026-09-05", true),
        (SANTIAGO, "2026-09-06T02:00:00Z", 121, "2026-09-05", false),
    ] {
        let mut world = World::small();
        world.plant = std::sync::Arc::new(plant_in(zone));
        world.must(&require(RequirementScope::Machine(machine_id("M-1")), "WELD", 1));
        world.must(&give_skill("O-1", "WELD", 1, Some(expiry)));
        let job = Command::Allocate(booking(("WO-1", "O-1", "M-1"), at(start), minutes));
        match world.submit(&job) {
            Ok(_) => assert!(passes, "{zone} {start} {minutes} {expiry}"),
            Err(refusals) => {
                assert!(!passes, "{zone} {start} {minutes} {expiry}: {refusals:?}");
                assert_eq!(refusals[0].code, RefusalCode::CertificationExpires);
            }
        }
    }
}

fn holiday(day: &str) -> Command {
    Command::DefineHoliday { day: day.parse().unwrap(), name: text("Plant's day") }
}

#[test]
fn a_shift_on_a_holiday_does_not_count_unless_it_says_so() {
    for (day, start, end, counts, work_at, passes) in [
        ("2026-03-03", "06:00", "14:00", false, "2026-03-03T09:00:00Z", false),
        ("2026-03-03", "06:00", "14:00", true, "2026-03-03T09:00:00Z", true),
        ("2026-03-04", "06:00", "14:00", false, "2026-03-04T09:00:00Z", true),
        // A night belongs to the day on which it starts, before and after midnight.
        ("2026-03-02", "22:00", "06:00", false, "2026-03-03T02:00:00Z", true),
        ("2026-03-03", "22:00", "06:00", false, "2026-03-03T22:00:00Z", false),
        ("2026-03-03", "22:00", "06:00", false, "2026-03-04T02:00:00Z", false),
    ] {
        let mut world = World::small();
        let mut shift = times(day, start, end);
        shift.counts_on_holidays = counts;
        world.must(&Command::AddShift { operator_id: operator_id("O-1"), times: shift });
        world.must(&holiday("2026-03-03"));
        let job = Command::Allocate(booking(("WO-1", "O-1", "M-1"), at(work_at), 30));
        match world.submit(&job) {
            Ok(_) => assert!(passes, "{day} {start} at {work_at}"),
            Err(refusals) => {
                assert!(!passes, "{day} {start} at {work_at}: {refusals:?}");
                assert_eq!(refusals[0].code, RefusalCode::OperatorOffShift);
                assert!(refusals[0].message.contains("Plant's day"), "{}", refusals[0].message);
                assert!(refusals[0].overridable);
            }
        }
    }
}

#[test]
fn a_break_of_a_shift_that_does_not_count_is_no_break() {
    let mut world = World::small();
    let shift = with_break("2026-03-03", ("06:00", "14:00"), ("09:00", "09:30"));
    world.must(&Command::AddShift { operator_id: operator_id("O-1"), times: shift });
    world.must(&holiday("2026-03-03"));
    let job = booking(("WO-1", "O-1", "M-1"), at("2026-03-03T08:00:00Z"), 30);
    assert_eq!(world.refused(&Command::Allocate(job)), [RefusalCode::OperatorOffShift]);
}

#[test]
fn holidays_are_defined_renamed_and_removed() {
    let mut world = World::new();
    assert_eq!(world.events(&holiday("2026-12-25")), ["holiday_defined"]);
    assert!(world.events(&holiday("2026-12-25")).is_empty(), "said twice");
    let day: Date = "2026-12-25".parse().unwrap();
    let renamed = Command::DefineHoliday { day, name: text("Christmas Day") };
    assert_eq!(world.events(&renamed), ["holiday_defined"]);
    assert_eq!(world.state.holidays()[&day].name.as_str(), "Christmas Day");
    assert_eq!(world.events(&Command::RemoveHoliday { day }), ["holiday_removed"]);
    assert!(world.state.holidays().is_empty());
    assert_eq!(world.refused(&Command::RemoveHoliday { day }), [RefusalCode::UnknownHoliday]);
}

#[test]
fn holidays_are_asked_for_only_where_a_shift_could_fall_on_one() {
    let mut world = World::small();
    let job = Command::Allocate(work("WO-1", "O-1", "M-1"));
    let asks = |world: &World| {
        let mut part = State::default();
        world.log.iter().for_each(|one| evolve(&mut part, one));
        requires(&part, &job, None).contains(&mraos_domain::Key::Holidays)
    };
    assert!(!asks(&world), "without shifts");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    assert!(asks(&world), "with a shift");
}

fn zone() -> impl Strategy<Value = Plant> {
    prop::sample::select(vec![BERLIN, LORD_HOWE, SANTIAGO]).prop_map(plant_in)
}

fn day() -> impl Strategy<Value = Date> {
    // Every day of two years, the days of the changes often.
    let changes = ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2026-10-03"];
    let more = ["2026-10-04", "2026-04-04", "2026-04-05", "2026-09-05", "2026-09-06"];
    let named: Vec<Date> = changes.iter().chain(&more).map(|day| day.parse().unwrap()).collect();
    prop_oneof![
        prop::sample::select(named),
        (0..730_i32).prop_map(|n| {
            "2026-01-01".parse::<Date>().unwrap().checked_add(jiff::Span::new().days(n)).unwrap()
        })
    ]
}

fn minute() -> impl Strategy<Value = i64> {
    (0..288_i64).prop_map(|step| step * 5)
}

fn clock(minute: i64) -> Time {
    Time::midnight().wrapping_add(jiff::SignedDuration::from_mins(minute))
}

fn minutes_between(from: Instant, to: Instant) -> i64 {
    to.millis_since(from) / 60_000
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn a_shift_is_as_long_as_on_paper_but_for_the_change(
        plant in zone(), day in day(), start in minute(), end in minute(),
    ) {
        let mut shift = times("2026-01-01", "00:00", "00:00");
        (shift.shift_date, shift.start_time, shift.end_time) = (day, clock(start), clock(end));
        let (window, _) = shift.windows(&plant).unwrap();
        let paper = if end > start { end - start } else { end + 24 * 60 - start };
        let offset = |at: Instant| {
            i64::from(plant.zone.to_offset(at.timestamp()).seconds()) / 60
        };
        let change = offset(window.end) - offset(window.start);
        let shown = |at: Instant| at.timestamp().to_zoned(plant.zone.clone()).time();
        let exists = shown(window.start) == shift.start_time && shown(window.end) == shift.end_time;
        if exists {
            prop_assert_eq!(window.minutes(), paper - change);
        } else {
            // Of the hour that is left out nothing counts, and only of that.
            prop_assert!((paper - 60..=paper).contains(&window.minutes()));
        }
    }

    #[test]
    fn what_does_not_overlap_on_paper_never_overlaps(
        plant in zone(), day in day(), mut cuts in prop::collection::vec(0..576_i64, 4),
    ) {
        cuts.sort_unstable();
        // Over two days, so that midnight lies in between.
        let instant = |cut: i64| {
            let (days, rest) = (cut * 5 / 1440, cut * 5 % 1440);
            let date = day.checked_add(jiff::Span::new().days(days)).unwrap();
            plant.instant_of(date, clock(rest)).unwrap()
        };
        let all: Vec<Instant> = cuts.iter().map(|cut| instant(*cut)).collect();
        prop_assert!(all.windows(2).all(|pair| pair[0] <= pair[1]), "{cuts:?} {all:?}");
    }

    #[test]
    fn a_break_inside_on_paper_is_inside_in_truth(
        plant in zone(), day in day(), start in minute(), length in 1..288_i64,
        from in 0..288_i64, until in 0..288_i64,
    ) {
        let from = from % length;
        let until = from + 1 + until % (length - from);
        let at = |step: i64| clock((start + step * 5) % 1440);
        let mut shift = times("2026-01-01", "00:00", "00:00");
        shift.shift_date = day;
        (shift.start_time, shift.end_time) = (clock(start), at(length));
        (shift.break_start, shift.break_end) = (Some(at(from)), Some(at(until)));
        let (window, pause) = shift.windows(&plant).unwrap();
        let pause = pause.unwrap();
        prop_assert!(window.start <= pause.start && pause.end <= window.end);
        prop_assert!(pause.minutes() <= window.minutes());
        let paper = (until - from) * 5;
        prop_assert!((paper - 60..=paper + 60).contains(&minutes_between(pause.start, pause.end)));
    }

    #[test]
    fn a_certificate_counts_through_the_local_day_of_the_end(
        zone_name in prop::sample::select(vec![BERLIN, LORD_HOWE, SANTIAGO]),
        day in day(), start in minute(), minutes in 1..2_000_i32, slack in -2..3_i32,
    ) {
        let plant = plant_in(zone_name);
        let begin = plant.instant_of(day, clock(start)).unwrap();
        let last = plant.date_of(begin.plus_minutes(minutes.into()));
        let expiry = last.checked_add(jiff::Span::new().days(slack)).unwrap();
        let mut world = World::small();
        world.now = at("2026-01-01T00:00:00Z").min(begin.plus_minutes(-1));
        world.plant = std::sync::Arc::new(plant);
        world.must(&require(RequirementScope::Machine(machine_id("M-1")), "WELD", 1));
        world.must(&give_skill("O-1", "WELD", 1, Some(&expiry.to_string())));
        let job = Command::Allocate(booking(("WO-1", "O-1", "M-1"), begin, minutes));
        prop_assert_eq!(world.submit(&job).is_ok(), slack >= 0);
    }
}

#[test]
fn a_shift_recorded_before_holidays_were_known_does_not_count_on_one() {
    let old = r#"{"operator_id": "O-1", "times": {"shift_name": "S", "shift_date": "2026-03-03",
        "start_time": "06:00:00", "end_time": "14:00:00", "break_start": null, "break_end": null},
        "window": {"start": "2026-03-03T05:00:00Z", "end": "2026-03-03T13:00:00Z"},
        "break_window": null}"#;
    let event = mraos_domain::Event::decode("operator_shift_added", 1, old).unwrap();
    let mut world = World::small();
    let context = world.context();
    let recorded = world.record(vec![event], &context);
    let shift = &world.operator("O-1").shifts[0];
    assert_eq!(shift.shift_id, RowId(recorded[0].position));
    assert!(!shift.times.counts_on_holidays);
}
