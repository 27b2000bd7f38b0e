//! Coming and going by the clock: shifts, statuses, running work, what is told late or twice.
//!
//! The plant keeps Central European time; on 2 March 2026, 06:00 in the plant is 05:00 UTC. Who
//! comes more than 5 minutes late is late, who has not come after 30 minutes is absent.

use std::sync::Arc;

use mraos_domain::{
    AttendanceRules, Command, Finished, Instant, OperatorStatus, Phase, Plant, RefusalCode, RowId,
    Shift, ShiftChoice, ShiftStatus,
};

use crate::shifts::{add_shift, times};
use crate::world::*;

pub(crate) fn clock_in(id: &str) -> Command {
    Command::ClockIn { operator_id: operator_id(id) }
}

pub(crate) fn clock_out(id: &str) -> Command {
    Command::ClockOut { operator_id: operator_id(id) }
}

pub(crate) fn note_absence(id: &str, shift_id: RowId) -> Command {
    Command::NoteAbsence { operator_id: operator_id(id), shift_id }
}

/// A plant in which people clock in, at a time of day.
pub(crate) fn plant_at(time: &str) -> World {
    let mut world = with_clocks(World::new());
    world.now = local(time);
    world.must(&create_operator("O-1"));
    world.must(&create_machine("M-1"));
    world.must(&create_order("WO-1"));
    world
}

/// The same plant, where who does not come is absent.
pub(crate) fn with_clocks(mut world: World) -> World {
    let absent_after_minutes = Some(30);
    let attendance = AttendanceRules { absent_after_minutes, ..AttendanceRules::default() };
    world.plant = Arc::new(Plant { attendance, ..plant() });
    world
}

/// A time of 2 March in the plant, or of a day that is named.
pub(crate) fn local(time: &str) -> Instant {
    let (day, time) = time.split_once(' ').unwrap_or(("2026-03-02", time));
    plant().instant_of(day.parse().unwrap(), time.parse().unwrap()).unwrap()
}

fn shift(world: &World, n: usize) -> &Shift {
    &world.operator("O-1").shifts[n]
}

fn status(world: &World, n: usize) -> ShiftStatus {
    shift(world, n).attendance.status
}

fn posted(world: &World) -> OperatorStatus {
    world.operator("O-1").posted_status
}

fn clock_at(world: &mut World, time: &str, command: &Command) -> Vec<&'static str> {
    world.now = local(time);
    world.events(command)
}

#[test]
fn whoever_comes_and_goes_begins_and_ends_a_shift() {
    let mut world = plant_at("05:40");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    world.must(&post_operator("O-1", OperatorStatus::Offline));
    let version = world.operator("O-1").version;
    let came = clock_at(&mut world, "05:50", &clock_in("O-1"));
    assert_eq!(came, ["operator_clocked_in", "operator_status_changed"]);
    assert_eq!(
        (status(&world, 0), posted(&world)),
        (ShiftStatus::InProgress, OperatorStatus::Available)
    );
    assert_eq!(shift(&world, 0).attendance.clocked_in_at, Some(local("05:50")));
    world.now = local("06:00");
    let work = world.allocate(work("WO-1", "O-1", "M-1"));
    let gone = clock_at(&mut world, "14:05", &clock_out("O-1"));
    assert_eq!(gone, ["operator_clocked_out", "operator_status_changed", "allocation_paused"]);
    assert_eq!(
        (status(&world, 0), posted(&world)),
        (ShiftStatus::Completed, OperatorStatus::Offline)
    );
    assert_eq!(shift(&world, 0).attendance.clocked_out_at, Some(local("14:05")));
    assert_eq!(world.allocation(work).phase, Phase::Paused);
    assert_eq!(world.operator("O-1").version, version, "a clocking is no master data");
}

#[test]
fn late_is_who_comes_after_the_grace() {
    for (time, expected) in [
        ("04:00", ShiftStatus::InProgress),
        ("06:05", ShiftStatus::InProgress),
        ("06:06", ShiftStatus::Late),
        ("13:59", ShiftStatus::Late),
        // Too early, and too late, to be for the shift.
        ("03:59", ShiftStatus::Scheduled),
        ("14:00", ShiftStatus::Scheduled),
    ] {
        let mut world = plant_at("03:00");
        world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
        clock_at(&mut world, time, &clock_in("O-1"));
        assert_eq!(status(&world, 0), expected, "{time}");
    }
}

#[test]
fn who_leaves_for_a_while_and_comes_back_stays_late_or_in_time() {
    let mut world = plant_at("06:00");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    clock_at(&mut world, "06:20", &clock_in("O-1"));
    clock_at(&mut world, "10:00", &clock_out("O-1"));
    assert_eq!(status(&world, 0), ShiftStatus::Completed);
    clock_at(&mut world, "10:30", &clock_in("O-1"));
    let attendance = shift(&world, 0).attendance;
    assert_eq!(attendance.status, ShiftStatus::Late);
    assert_eq!(attendance.clocked_in_at, Some(local("06:20")));
    assert_eq!(attendance.clocked_out_at, None);
    // Who goes before it begins has not worked it.
    let mut early = plant_at("04:30");
    early.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    clock_at(&mut early, "05:00", &clock_in("O-1"));
    clock_at(&mut early, "05:10", &clock_out("O-1"));
    assert_eq!(shift(&early, 0).attendance, Default::default());
}

#[test]
fn split_shifts_and_two_in_a_row() {
    let mut world = plant_at("05:00");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "10:00"));
    world.must(&add_shift("O-1", "2026-03-02", "16:00", "20:00"));
    clock_at(&mut world, "05:55", &clock_in("O-1"));
    clock_at(&mut world, "10:05", &clock_out("O-1"));
    clock_at(&mut world, "15:50", &clock_in("O-1"));
    clock_at(&mut world, "20:01", &clock_out("O-1"));
    for (n, came, gone) in [(0, "05:55", "10:05"), (1, "15:50", "20:01")] {
        let attendance = shift(&world, n).attendance;
        assert_eq!(attendance.status, ShiftStatus::Completed);
        assert_eq!(attendance.clocked_in_at, Some(local(came)));
        assert_eq!(attendance.clocked_out_at, Some(local(gone)));
    }
    // Who stays for the second shift need not clock in between.
    let mut stays = plant_at("05:00");
    stays.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    stays.must(&add_shift("O-1", "2026-03-02", "14:00", "18:00"));
    clock_at(&mut stays, "06:00", &clock_in("O-1"));
    let second = shift(&stays, 1).shift_id;
    assert_eq!(clock_at(&mut stays, "14:40", &note_absence("O-1", second)), [""; 0]);
    clock_at(&mut stays, "18:02", &clock_out("O-1"));
    assert_eq!([status(&stays, 0), status(&stays, 1)], [ShiftStatus::Completed; 2]);
    assert_eq!(shift(&stays, 1).attendance.clocked_in_at, Some(local("14:00")));
}

#[test]
fn over_midnight_and_over_clock_changes() {
    for (day, next, hours) in [
        ("2026-03-02", "2026-03-03", 8),
        ("2026-03-28", "2026-03-29", 7),
        ("2026-10-24", "2026-10-25", 9),
    ] {
        let mut world = plant_at(&format!("{day} 21:00"));
        world.must(&add_shift("O-1", day, "22:00", "06:00"));
        clock_at(&mut world, &format!("{day} 22:00"), &clock_in("O-1"));
        assert_eq!(status(&world, 0), ShiftStatus::InProgress, "{day}");
        clock_at(&mut world, &format!("{next} 06:00"), &clock_out("O-1"));
        let attendance = shift(&world, 0).attendance;
        assert_eq!(attendance.status, ShiftStatus::Completed, "{day}");
        let stay =
            attendance.clocked_out_at.unwrap().millis_since(attendance.clocked_in_at.unwrap());
        assert_eq!(stay, hours * 3_600_000, "{day}");
    }
    // Late by the clock that was put forward: 03:10 is ten minutes after 02:00.
    let mut forward = plant_at("2026-03-29 01:30");
    forward.must(&add_shift("O-1", "2026-03-29", "02:00", "10:00"));
    clock_at(&mut forward, "2026-03-29 03:10", &clock_in("O-1"));
    assert_eq!(status(&forward, 0), ShiftStatus::Late);
}

#[test]
fn the_same_again_says_nothing_new() {
    let mut world = plant_at("06:00");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    assert_eq!(world.refused(&clock_out("O-1")), [RefusalCode::WrongPhase], "never came");
    clock_at(&mut world, "06:01", &clock_in("O-1"));
    assert_eq!(clock_at(&mut world, "06:02", &clock_in("O-1")), [""; 0]);
    assert_eq!(clock_at(&mut world, "14:30", &clock_in("O-1")), [""; 0], "still in");
    clock_at(&mut world, "14:31", &clock_out("O-1"));
    assert_eq!(clock_at(&mut world, "14:32", &clock_out("O-1")), [""; 0]);
    world.now = local("2026-03-03 07:00");
    let refusal = &world.refusals(&clock_out("O-1"))[0];
    assert_eq!(refusal.code, RefusalCode::WrongPhase, "a day later that is another going");
    assert!(refusal.message.contains("2026-03-02 14:31"), "{}", refusal.message);
    // Sent again with its time: known.
    world.stated_at = Some(local("06:01"));
    assert_eq!(world.events(&clock_in("O-1")), [""; 0]);
    world.stated_at = Some(local("14:31"));
    assert_eq!(world.events(&clock_out("O-1")), [""; 0]);
}

#[test]
fn without_shifts_people_come_and_go_as_well() {
    let mut world = plant_at("06:00");
    world.must(&post_operator("O-1", OperatorStatus::Vacation));
    clock_at(&mut world, "07:00", &clock_in("O-1"));
    assert_eq!(posted(&world), OperatorStatus::Available);
    assert_eq!(clock_at(&mut world, "12:00", &clock_in("O-1")), [""; 0]);
    // Yesterday's going was forgotten.
    let came = clock_at(&mut world, "2026-03-03 07:00", &clock_in("O-1"));
    assert_eq!(came, ["operator_clocked_in"]);
    clock_at(&mut world, "2026-03-03 15:00", &clock_out("O-1"));
    assert_eq!(posted(&world), OperatorStatus::Offline);
    let mut left = create_operator_with("O-9", |details| details.is_active = false);
    world.must(&left);
    left = clock_in("O-9");
    assert_eq!(world.refused(&left), [RefusalCode::OperatorUnavailable]);
}

#[test]
fn what_is_told_late_mends_history_alone() {
    let mut world = plant_at("05:00");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "10:00"));
    world.must(&add_shift("O-1", "2026-03-02", "12:00", "18:00"));
    clock_at(&mut world, "12:00", &clock_in("O-1"));
    world.now = local("12:30");
    world.must(&post_operator("O-1", OperatorStatus::Break));
    // The first terminal was without a line until now.
    world.stated_at = Some(local("06:02"));
    assert_eq!(world.events(&clock_in("O-1")), ["operator_clocked_in"]);
    world.stated_at = Some(local("10:01"));
    assert_eq!(world.events(&clock_out("O-1")), ["operator_clocked_out"]);
    assert_eq!(status(&world, 0), ShiftStatus::Completed);
    assert_eq!(status(&world, 1), ShiftStatus::InProgress, "the present stays");
    assert_eq!(posted(&world), OperatorStatus::Break);
    assert_eq!(world.operator("O-1").last_clocking.as_ref().unwrap().clocked_at, local("12:00"));
    // What belongs to no shift is refused: too early for the first, before anybody came.
    for (time, command) in [("03:00", clock_in("O-1")), ("05:00", clock_out("O-1"))] {
        world.stated_at = Some(local(time));
        assert_eq!(world.refused(&command), [RefusalCode::OutOfOrder], "{time} {command:?}");
    }
    world.stated_at = None;
    // A going of noon that comes after a new word changes the shift, not what the person does.
    world.now = local("18:00");
    world.must(&post_operator("O-1", OperatorStatus::Sick));
    world.stated_at = Some(local("17:50"));
    world.now = local("18:10");
    assert_eq!(world.events(&clock_out("O-1")), ["operator_clocked_out"]);
    assert_eq!((status(&world, 1), posted(&world)), (ShiftStatus::Completed, OperatorStatus::Sick));
}

/// Somebody who came at 06:20 and went at 14:02, by the clock, as it was known at 15:00.
fn known_day() -> World {
    let mut world = plant_at("05:00");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    clock_at(&mut world, "06:20", &clock_in("O-1"));
    clock_at(&mut world, "14:02", &clock_out("O-1"));
    world.now = local("15:00");
    world.state.collect_finished();
    world
}

fn told(world: &mut World, time: &str, command: &Command) -> Vec<&'static str> {
    world.stated_at = Some(local(time));
    world.events(command)
}

#[test]
fn a_clocking_that_was_forgotten_between_two_others_takes_its_place() {
    let mut world = known_day();
    let before = shift(&world, 0).attendance;
    // An hour away at noon, in whatever order it is told.
    assert_eq!(told(&mut world, "12:30", &clock_in("O-1")), ["operator_clocked_in"]);
    assert_eq!(told(&mut world, "11:30", &clock_out("O-1")), ["operator_clocked_out"]);
    assert_eq!(shift(&world, 0).attendance, before, "first coming and last going stay");
    assert_eq!(posted(&world), OperatorStatus::Offline);
    assert_eq!(world.operator("O-1").last_clocking.as_ref().unwrap().clocked_at, local("14:02"));
    let rows = world.state.take_finished().into_iter().filter_map(|one| match one.row {
        Finished::Attendance(row) => Some((row.entry.as_str(), row.occurred_at)),
        _ => None,
    });
    let expected = [("clock_in", local("12:30")), ("clock_out", local("11:30"))];
    assert_eq!(rows.collect::<Vec<_>>(), expected);
}

#[test]
fn a_forgotten_first_coming_makes_nobody_late_any_more() {
    let mut world = known_day();
    world.now = local("2026-03-03 06:00");
    world.must(&add_shift("O-1", "2026-03-03", "06:00", "14:00"));
    clock_at(&mut world, "2026-03-03 08:00", &clock_in("O-1"));
    assert_eq!(status(&world, 1), ShiftStatus::Late);
    assert_eq!(told(&mut world, "2026-03-03 05:57", &clock_in("O-1")), ["operator_clocked_in"]);
    assert_eq!(status(&world, 1), ShiftStatus::InProgress);
    assert_eq!(shift(&world, 1).attendance.clocked_in_at, Some(local("2026-03-03 05:57")));
    // The going between the two comings ends nothing: the person is there again.
    assert_eq!(told(&mut world, "2026-03-03 07:00", &clock_out("O-1")), ["operator_clocked_out"]);
    assert_eq!(status(&world, 1), ShiftStatus::InProgress);
    assert_eq!(shift(&world, 1).attendance.clocked_out_at, None);
    assert_eq!(posted(&world), OperatorStatus::Available);
}

#[test]
fn who_came_back_unseen_is_known_to_have_gone_later() {
    let mut world = known_day();
    world.must(&add_shift("O-1", "2026-03-03", "06:00", "14:00"));
    clock_at(&mut world, "2026-03-03 06:00", &clock_in("O-1"));
    clock_at(&mut world, "2026-03-03 11:00", &clock_out("O-1"));
    world.must(&add_shift("O-1", "2026-03-04", "06:00", "14:00"));
    clock_at(&mut world, "2026-03-04 06:00", &clock_in("O-1"));
    assert_eq!(status(&world, 1), ShiftStatus::Completed);
    // On the day before, the person was back at 11:30 and stayed to the end.
    assert_eq!(told(&mut world, "2026-03-03 11:30", &clock_in("O-1")), ["operator_clocked_in"]);
    assert_eq!(status(&world, 1), ShiftStatus::InProgress);
    assert_eq!(told(&mut world, "2026-03-03 14:00", &clock_out("O-1")), ["operator_clocked_out"]);
    let attendance = shift(&world, 1).attendance;
    assert_eq!(attendance.status, ShiftStatus::Completed);
    assert_eq!(attendance.clocked_in_at, Some(local("2026-03-03 06:00")));
    assert_eq!(attendance.clocked_out_at, Some(local("2026-03-03 14:00")));
    assert_eq!(status(&world, 2), ShiftStatus::InProgress, "today stays");
    // Long after anybody could have stayed it belongs to no shift.
    world.stated_at = Some(local("2026-03-04 05:00"));
    let refusal = &world.refusals(&clock_out("O-1"))[0];
    assert_eq!(refusal.code, RefusalCode::OutOfOrder);
    assert!(refusal.message.contains("belongs to no shift"), "{}", refusal.message);
}

#[test]
fn what_is_told_late_of_a_shift_that_was_called_off_does_not_call_it_on() {
    let mut world = plant_at("05:00");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    clock_at(&mut world, "06:20", &clock_in("O-1"));
    world.now = local("10:00");
    let off = crate::calling_off::call_off("O-1", ShiftChoice::Next, OperatorStatus::Sick);
    world.must(&off);
    assert_eq!(told(&mut world, "05:55", &clock_in("O-1")), ["operator_clocked_in"]);
    let attendance = shift(&world, 0).attendance;
    assert_eq!((attendance.status, attendance.is_called_off), (ShiftStatus::Absent, true));
    assert_eq!(attendance.clocked_in_at, Some(local("05:55")));
    assert_eq!(posted(&world), OperatorStatus::Sick);
}

#[test]
fn who_has_not_come_is_absent_and_may_still_come() {
    let mut world = plant_at("05:00");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    world.now = local("06:10");
    let work_id = world.allocate(work("WO-1", "O-1", "M-1"));
    let shift_id = shift(&world, 0).shift_id;
    assert_eq!(clock_at(&mut world, "06:29", &note_absence("O-1", shift_id)), [""; 0]);
    let missed = clock_at(&mut world, "06:30", &note_absence("O-1", shift_id));
    assert_eq!(missed, ["operator_shift_missed", "operator_status_changed", "allocation_paused"]);
    assert_eq!((status(&world, 0), posted(&world)), (ShiftStatus::Absent, OperatorStatus::Absent));
    assert_eq!(world.allocation(work_id).phase, Phase::Paused);
    assert_eq!(world.events(&note_absence("O-1", shift_id)), [""; 0], "another node was first");
    let later = booking(("WO-1", "O-1", "M-1"), local("08:00"), 60);
    let refusal = &world.refusals(&Command::Allocate(later.clone()))[0];
    assert_eq!(refusal.code, RefusalCode::OperatorOffShift);
    assert!(refusal.message.contains("missed"), "{}", refusal.message);
    clock_at(&mut world, "07:15", &clock_in("O-1"));
    assert_eq!((status(&world, 0), posted(&world)), (ShiftStatus::Late, OperatorStatus::Available));
    world.must(&release(work_id));
    world.allocate(later);
}

#[test]
fn nobody_is_absent_without_a_reason() {
    let mut world = plant_at("05:00");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    let shift_id = shift(&world, 0).shift_id;
    let note = note_absence("O-1", shift_id);
    // A plant where nobody clocks in.
    let clocks = world.plant.clone();
    world.plant = Arc::new(plant());
    assert_eq!(clock_at(&mut world, "07:00", &note), [""; 0]);
    world.plant = clocks;
    // A holiday.
    let day = "2026-03-02".parse().unwrap();
    world.must(&Command::DefineHoliday { day, name: text("Rest") });
    assert_eq!(clock_at(&mut world, "07:00", &note), [""; 0]);
    world.must(&Command::RemoveHoliday { day });
    // A shift that is over.
    assert_eq!(clock_at(&mut world, "14:00", &note), [""; 0]);
    // Who is on vacation stays so.
    world.now = local("07:00");
    world.must(&post_operator("O-1", OperatorStatus::Vacation));
    assert_eq!(world.events(&note), ["operator_shift_missed"]);
    assert_eq!(posted(&world), OperatorStatus::Vacation);
}

#[test]
fn each_fact_is_a_row_of_attendance() {
    let mut world = plant_at("05:00");
    world.state.collect_finished();
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "10:00"));
    clock_at(&mut world, "06:20", &clock_in("O-1"));
    clock_at(&mut world, "10:00", &clock_out("O-1"));
    let shift_id = shift(&world, 0).shift_id;
    let rows = world.state.take_finished().into_iter().filter_map(|one| match one.row {
        Finished::Attendance(row) => {
            Some((row.entry.as_str(), row.occurred_at, row.is_late, row.shift_id))
        }
        _ => None,
    });
    let expected = [
        ("clock_in", local("06:20"), true, Some(shift_id)),
        ("clock_out", local("10:00"), false, Some(shift_id)),
    ];
    assert_eq!(rows.collect::<Vec<_>>(), expected);
    let named = times("2026-03-02", "06:00", "10:00");
    assert_eq!(shift(&world, 0).times, named, "the shift itself stays");
}
