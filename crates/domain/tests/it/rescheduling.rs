//! Moving bookings, extending running work, dropping a side: checked again, and only what may move.
//!
//! What may not move says so, and nothing is half moved.

use mraos_domain::command::{ExpectedEnd, Reason};
use mraos_domain::{AllocationId, Command, Instant, Phase, RefusalCode, Side};

use crate::world::*;

fn move_to(id: AllocationId, start: Option<Instant>, end: Option<ExpectedEnd>) -> Command {
    Command::Reschedule {
        allocation_id: id,
        expected_start_time: start,
        expected_end: end,
        reason: Reason::default(),
        overrides: Vec::new(),
    }
}

fn drop_side(id: AllocationId, side: Side) -> Command {
    let Command::Reassign { allocation_id, operator_id, machine_id, reason, overrides, .. } =
        reassign(id, None, None)
    else {
        panic!("a reassignment")
    };
    let dropped = Some(side);
    Command::Reassign { allocation_id, operator_id, machine_id, dropped, reason, overrides }
}

#[test]
fn a_booking_moves_unless_something_is_in_its_way() {
    let mut world = World::small();
    let (nine, ten) = (at("2026-03-02T09:00:00Z"), at("2026-03-02T10:00:00Z"));
    let id = world.allocate(booking(("WO-1", "O-1", "M-1"), nine, 60));
    let other = world.allocate(booking(("WO-1", "O-1", ""), ten.plus_minutes(60), 60));
    // An hour later it ends when the other begins; half an hour more is too long.
    assert_eq!(world.events(&move_to(id, Some(ten), None)), ["allocation_rescheduled"]);
    let moved = world.allocation(id).clone();
    assert_eq!((moved.window.start, moved.window.end), (ten, ten.plus_minutes(60)));
    assert_eq!(
        (moved.phase, moved.version, moved.expected_duration_minutes),
        (Phase::Booked, 2, 60)
    );
    let longer = move_to(id, None, Some(ExpectedEnd::After(90)));
    let refusals = world.refusals(&longer);
    assert_eq!(refusals[0].code, RefusalCode::OperatorBooked);
    assert_eq!(refusals[0].allocation_id, Some(other));
    world.must(&cancel(other));
    world.must(&longer);
    assert_eq!(world.allocation(id).expected_duration_minutes, 90);
    world.must(&move_to(id, None, Some(ExpectedEnd::At(ten.plus_minutes(30)))));
    assert_eq!(world.allocation(id).window.minutes(), 30);
    assert_eq!(world.events(&move_to(id, Some(ten), None)), [] as [&str; 0], "it is there already");
}

#[test]
fn the_past_is_no_place_to_move_to() {
    let mut world = World::small();
    let start = world.now.plus_minutes(30);
    let id = world.allocate(booking(("WO-1", "O-1", "M-1"), start, 60));
    for command in [
        move_to(id, Some(world.now), None),
        move_to(id, None, Some(ExpectedEnd::At(start))),
        move_to(id, None, Some(ExpectedEnd::At(world.now.plus_minutes(-5)))),
    ] {
        assert_eq!(world.refused(&command), [RefusalCode::InvalidValue], "{command:?}");
    }
    world.must(&crate::world::start(id));
    world.must(&pause(id));
    assert_eq!(world.refused(&move_to(id, Some(start), None)), [RefusalCode::WrongPhase]);
    world.must(&release(id));
    assert_eq!(world.refused(&move_to(id, Some(start), None)), [RefusalCode::WrongPhase]);
}

#[test]
fn running_work_takes_longer_only_as_far_as_nobody_else_is_booked() {
    let mut world = World::small();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    let began = world.now;
    let next = world.allocate(booking(("WO-1", "", "M-1"), began.plus_minutes(90), 30));
    world.wait(50);
    world.must(&move_to(id, None, Some(ExpectedEnd::After(90))));
    let longer = world.allocation(id).clone();
    assert_eq!((longer.window.start, longer.window.end), (began, began.plus_minutes(90)));
    assert_eq!((longer.expected_duration_minutes, longer.phase), (90, Phase::Running));
    let refusals = world.refusals(&move_to(id, None, Some(ExpectedEnd::After(100))));
    assert_eq!(refusals[0].code, RefusalCode::MachineBooked);
    assert_eq!(refusals[0].allocation_id, Some(next));
    assert_eq!(
        world.refused(&move_to(id, Some(began.plus_minutes(60)), None)),
        [RefusalCode::InvalidValue],
        "it has begun"
    );
    assert_eq!(
        world.refused(&move_to(id, None, Some(ExpectedEnd::After(40)))),
        [RefusalCode::InvalidValue],
        "that has passed"
    );
    world.must(&move_to(id, None, Some(ExpectedEnd::At(began.plus_minutes(55)))));
    assert_eq!(world.allocation(id).expected_duration_minutes, 55);
    // What was worked before a pause counts.
    world.must(&pause(id));
    world.wait(10);
    world.must(&resume(id));
    world.must(&move_to(id, None, Some(ExpectedEnd::After(60))));
    assert_eq!(world.allocation(id).window.end, began.plus_minutes(70));
}

#[test]
fn a_side_that_is_no_longer_needed_is_free() {
    let mut world = World::small();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.must(&drop_side(id, Side::Operator));
    let left = world.allocation(id).assignment.clone();
    assert_eq!((left.operator_id, left.machine_id), (None, Some(machine_id("M-1"))));
    assert_eq!(world.operator("O-1").current_status.as_str(), "available");
    assert_eq!(world.machine("M-1").current_status.as_str(), "running");
    assert_eq!(world.refused(&drop_side(id, Side::Machine)), [RefusalCode::InvalidValue]);
    world.must(&reassign(id, Some("O-1"), None));
    assert_eq!(world.operator("O-1").current_status.as_str(), "busy");
}

#[test]
fn an_overrun_is_noted_once_it_has_happened_and_its_runner_named_to_the_next() {
    let mut world = World::small();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    let next = world.allocate(booking(("WO-1", "", "M-1"), world.now.plus_minutes(60), 30));
    let note = Command::NoteOverrun { allocation_id: id };
    world.wait(59);
    assert_eq!(world.events(&note), [] as [&str; 0]);
    world.wait(1);
    let before = world.allocation(id).clone();
    assert_eq!(world.events(&note), ["allocation_overran"]);
    assert_eq!(*world.allocation(id), before, "it is told, and nothing else");
    let refusals = world.refusals(&start(next));
    assert_eq!(refusals[0].code, RefusalCode::MachineBooked);
    assert_eq!(refusals[0].allocation_id, Some(id));
    assert_eq!(refusals[0].held_by.as_deref(), Some("S-042"));
    world.must(&complete(id, "1", false));
    assert_eq!(world.events(&note), [] as [&str; 0]);
    world.must(&start(next));
}
