//! Calling a shift off: which one, what it pauses, and what can be called off no more.
//!
//! One command, so that all of it happens or nothing.

use mraos_domain::command::Reason;
use mraos_domain::{Command, OperatorStatus, Phase, RefusalCode, RowId, ShiftChoice, ShiftStatus};

use crate::attendance::{clock_in, clock_out, local, note_absence, plant_at};
use crate::shifts::add_shift;
use crate::world::*;

pub(crate) fn call_off(id: &str, choice: ShiftChoice, status: OperatorStatus) -> Command {
    let operator_id = operator_id(id);
    Command::CallOff { operator_id, choice, status, reason: Reason::default() }
}

fn next() -> Command {
    call_off("O-1", ShiftChoice::Next, OperatorStatus::Sick)
}

fn statuses(world: &World) -> Vec<ShiftStatus> {
    world.operator("O-1").shifts.iter().map(|shift| shift.attendance.status).collect()
}

/// A day with a morning and an afternoon, and the next one.
fn rota(time: &str) -> World {
    let mut world = plant_at("03:00");
    world.must(&add_shift("O-1", "2026-03-02", "06:00", "10:00"));
    world.must(&add_shift("O-1", "2026-03-02", "14:00", "18:00"));
    world.must(&add_shift("O-1", "2026-03-03", "06:00", "14:00"));
    world.now = local(time);
    world
}

#[test]
fn the_present_shift_ends_and_what_runs_is_paused() {
    let mut world = rota("06:00");
    world.must(&clock_in("O-1"));
    let running = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(60);
    let events = world.events(&next());
    let expected = ["operator_shift_called_off", "operator_status_changed", "allocation_paused"];
    assert_eq!(events, expected);
    assert_eq!(statuses(&world)[0], ShiftStatus::Absent);
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Sick);
    assert_eq!(world.allocation(running).phase, Phase::Paused);
    // Going home by the clock does not make a sick person merely offline.
    world.wait(5);
    assert_eq!(world.events(&clock_out("O-1")), ["operator_clocked_out"]);
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Sick);
    assert_eq!(statuses(&world)[0], ShiftStatus::Absent);
    // A second gesture does not call the afternoon off.
    let refusal = &world.refusals(&next())[0];
    assert_eq!(refusal.code, RefusalCode::WrongPhase);
    assert!(refusal.message.contains("called off already"), "{}", refusal.message);
}

#[test]
fn a_later_shift_leaves_the_present_as_it_is() {
    let mut world = rota("11:00");
    let running = world.allocate(mraos_domain::command::NewAllocation {
        overrides: vec![overriding(RefusalCode::OperatorOffShift)],
        ..work("WO-1", "O-1", "M-1")
    });
    assert_eq!(world.events(&next()), ["operator_shift_called_off"]);
    assert_eq!(
        statuses(&world),
        [ShiftStatus::Scheduled, ShiftStatus::Absent, ShiftStatus::Scheduled]
    );
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Available);
    assert_eq!(world.allocation(running).phase, Phase::Running);
}

#[test]
fn a_booking_in_a_shift_that_is_called_off_stays_and_cannot_start() {
    let mut world = rota("07:00");
    let booked = world.allocate(booking(("WO-1", "O-1", "M-1"), local("2026-03-03 08:00"), 60));
    let day = ShiftChoice::Day("2026-03-03".parse().unwrap());
    world.must(&call_off("O-1", day, OperatorStatus::Vacation));
    assert_eq!(world.allocation(booked).phase, Phase::Booked);
    world.now = local("2026-03-03 08:00");
    let refusals = world.refusals(&start(booked));
    assert_eq!(refusals[0].code, RefusalCode::OperatorOffShift);
    assert!(refusals[0].message.contains("called off"), "{}", refusals[0].message);
}

#[test]
fn a_day_with_a_split_shift_goes_as_one() {
    let mut world = rota("05:00");
    let day = ShiftChoice::Day("2026-03-02".parse().unwrap());
    let events = world.events(&call_off("O-1", day, OperatorStatus::Absent));
    assert_eq!(events, ["operator_shift_called_off"; 2]);
    assert_eq!(
        statuses(&world),
        [ShiftStatus::Absent, ShiftStatus::Absent, ShiftStatus::Scheduled]
    );
    let again = call_off("O-1", day, OperatorStatus::Absent);
    assert_eq!(world.refused(&again), [RefusalCode::WrongPhase]);
}

#[test]
fn what_is_not_there_or_over_is_refused() {
    let mut world = rota("06:00");
    let shift = |n: usize, world: &World| world.operator("O-1").shifts[n].shift_id;
    world.must(&clock_in("O-1"));
    world.now = local("10:00");
    world.must(&clock_out("O-1"));
    let first = ShiftChoice::Shift(shift(0, &world));
    let refusal = &world.refusals(&call_off("O-1", first, OperatorStatus::Absent))[0];
    assert_eq!(refusal.code, RefusalCode::WrongPhase);
    assert!(refusal.message.contains("completed"), "{}", refusal.message);
    for choice in
        [ShiftChoice::Shift(RowId(9_999)), ShiftChoice::Day("2026-03-09".parse().unwrap())]
    {
        let refused = world.refused(&call_off("O-1", choice, OperatorStatus::Absent));
        assert_eq!(refused, [RefusalCode::UnknownShift]);
    }
    world.now = local("2026-03-03 14:00");
    assert_eq!(world.refused(&next()), [RefusalCode::UnknownShift], "none within a day");
    let odd = call_off("O-1", first, OperatorStatus::Break);
    assert_eq!(world.refused(&odd), [RefusalCode::InvalidValue]);
}

#[test]
fn who_was_marked_absent_can_be_reported_sick_and_who_comes_after_all_works() {
    let mut world = rota("06:30");
    let shift_id = world.operator("O-1").shifts[0].shift_id;
    world.must(&note_absence("O-1", shift_id));
    world.wait(30);
    let events = world.events(&next());
    assert_eq!(events, ["operator_shift_called_off", "operator_status_changed"]);
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Sick);
    world.wait(30);
    world.must(&clock_in("O-1"));
    assert_eq!(statuses(&world)[0], ShiftStatus::Late);
    assert!(!world.operator("O-1").shifts[0].attendance.is_called_off);
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Available);
}

fn undo(choice: ShiftChoice) -> Command {
    Command::UndoCallOff { operator_id: operator_id("O-1"), choice }
}

fn shift_id(world: &World, n: usize) -> ShiftChoice {
    ShiftChoice::Shift(world.operator("O-1").shifts[n].shift_id)
}

#[test]
fn a_call_off_by_mistake_is_taken_back_with_what_the_clock_said() {
    let mut world = rota("06:20");
    world.must(&clock_in("O-1"));
    let running = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(10);
    let first = shift_id(&world, 0);
    world.must(&next());
    let later = booking(("WO-1", "O-1", "M-1"), local("08:00"), 60);
    assert_eq!(world.refused(&Command::Allocate(later.clone())), [RefusalCode::OperatorOffShift,]);
    world.wait(5);
    assert_eq!(world.events(&undo(first)), ["operator_call_off_undone", "operator_status_changed"]);
    let attendance = world.operator("O-1").shifts[0].attendance;
    assert_eq!((attendance.status, attendance.is_called_off), (ShiftStatus::Late, false));
    assert_eq!(attendance.clocked_in_at, Some(local("06:20")));
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Available);
    assert_eq!(world.allocation(running).phase, Phase::Paused, "somebody else may have it");
    world.must(&release(running));
    world.allocate(later);
    let refusal = &world.refusals(&undo(first))[0];
    assert_eq!(refusal.code, RefusalCode::WrongPhase);
    assert!(refusal.message.contains("not called off; it is late"), "{}", refusal.message);
}

#[test]
fn who_has_not_come_is_expected_again_once_it_is_taken_back() {
    let mut world = rota("05:00");
    let day = ShiftChoice::Day("2026-03-02".parse().unwrap());
    world.must(&call_off("O-1", day, OperatorStatus::Vacation));
    assert_eq!(world.events(&undo(day)), ["operator_call_off_undone"; 2]);
    assert_eq!(statuses(&world), [ShiftStatus::Scheduled; 3]);
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Available);
    // In a shift that lasts, of somebody who uses the clock and has not come yet.
    world.must(&clock_in("O-1"));
    world.now = local("10:10");
    world.must(&clock_out("O-1"));
    world.now = local("14:10");
    let afternoon = shift_id(&world, 1);
    world.must(&next());
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Sick);
    world.wait(1);
    world.must(&undo(afternoon));
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Offline);
    assert_eq!(statuses(&world)[1], ShiftStatus::Scheduled);
    for choice in
        [ShiftChoice::Shift(RowId(9_999)), ShiftChoice::Day("2026-03-09".parse().unwrap())]
    {
        assert_eq!(world.refused(&undo(choice)), [RefusalCode::UnknownShift]);
    }
}

#[test]
fn what_was_said_since_stays_when_a_call_off_is_taken_back() {
    let mut world = rota("07:00");
    let present = shift_id(&world, 0);
    world.must(&next());
    world.wait(5);
    world.must(&post_operator("O-1", OperatorStatus::Break));
    world.wait(5);
    assert_eq!(world.events(&undo(present)), ["operator_call_off_undone"]);
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Break);
}

#[test]
fn a_holiday_is_not_called_off() {
    let mut world = rota("05:00");
    let day = "2026-03-02".parse().unwrap();
    world.must(&Command::DefineHoliday { day, name: text("Rest") });
    world.now = local("07:00");
    world.must(&next());
    assert_eq!(
        statuses(&world),
        [ShiftStatus::Scheduled, ShiftStatus::Scheduled, ShiftStatus::Absent]
    );
}
