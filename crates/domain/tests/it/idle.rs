//! Minutes on shift without work: breaks, clockings, the day's end, work that overlaps.
//!
//! The day is 2 March 2026 in the plant; shifts may begin before it and end after it.

use mraos_domain::idle::idle_minutes;
use mraos_domain::{Command, Window};

use crate::attendance::{clock_in, clock_out, local, plant_at};
use crate::shifts::{add_shift, times};
use crate::world::*;

fn window(from: &str, to: &str) -> Window {
    Window { start: local(from), end: local(to) }
}

fn idle(world: &World, worked: &[Window]) -> Option<i64> {
    let day = window("00:00", "2026-03-03 00:00");
    idle_minutes(world.operator("O-1"), world.state.holidays(), day, world.now, worked)
}

#[test]
fn what_is_on_shift_and_neither_break_nor_work_is_idle() {
    let mut world = plant_at("05:00");
    assert_eq!(idle(&world, &[]), None, "no shift");
    let mut shift = times("2026-03-02", "06:00", "14:00");
    shift.break_start = Some("10:00".parse().unwrap());
    shift.break_end = Some("10:30".parse().unwrap());
    world.must(&Command::AddShift { operator_id: operator_id("O-1"), times: shift });
    for (now, worked, expected) in [
        ("05:00", vec![], 0),
        ("08:00", vec![], 120),
        ("10:20", vec![], 240),
        ("15:00", vec![], 450),
        ("15:00", vec![("06:00", "14:00")], 0),
        // Work before, in and after; twice at once; through the break.
        ("15:00", vec![("05:00", "07:00"), ("06:30", "08:00")], 330),
        ("15:00", vec![("09:45", "10:45")], 420),
        ("15:00", vec![("13:00", "15:00")], 390),
    ] {
        world.now = local(now);
        let worked: Vec<Window> = worked.iter().map(|(from, to)| window(from, to)).collect();
        assert_eq!(idle(&world, &worked), Some(expected), "{now} {worked:?}");
    }
}

#[test]
fn nobody_is_idle_before_coming_and_after_going() {
    let mut world = plant_at("05:00");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    world.now = local("07:00");
    world.must(&clock_in("O-1"));
    world.now = local("09:00");
    assert_eq!(idle(&world, &[]), Some(120));
    world.must(&clock_out("O-1"));
    world.now = local("12:00");
    assert_eq!(idle(&world, &[]), Some(120));
}

#[test]
fn a_night_counts_for_each_day_as_far_as_it_lies_in_it() {
    let mut world = plant_at("2026-03-01 12:00");
    world.must(&add_shift("O-1", "2026-03-01", "22:00", "06:00"));
    world.must(&add_shift("O-1", "2026-03-02", "22:00", "06:00"));
    world.now = local("2026-03-03 12:00");
    assert_eq!(idle(&world, &[]), Some(8 * 60));
    let day = "2026-03-02".parse().unwrap();
    world.must(&Command::DefineHoliday { day, name: text("Rest") });
    assert_eq!(idle(&world, &[]), Some(6 * 60), "the night before began on a working day");
}
