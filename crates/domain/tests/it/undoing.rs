//! Taking the last change back: what makes up for which change, and when it is too late.
//!
//! The last change is found in the log, as the committer finds it there.

use mraos_domain::command::Reason;
use mraos_domain::decide::undo::{Remedy, WINDOW_MINUTES, remedy};
use mraos_domain::{AllocationId, Command, MachineStatus, Phase, RefusalCode, WorkOrderStatus};

use crate::world::*;

fn undo(allocation_id: AllocationId) -> Command {
    Command::Undo { allocation_id, reason: Reason::default(), overrides: Vec::new() }
}

type Steps = fn(&mut World) -> AllocationId;
/// Name, steps, what makes up for the last, the event that this gives, phase and status then.
type Case = (&'static str, Steps, Remedy, &'static str, (Phase, &'static str));

fn running(world: &mut World) -> AllocationId {
    world.allocate(work("WO-1", "O-1", "M-1"))
}

fn booked(world: &mut World) -> AllocationId {
    let start = world.now.plus_minutes(120);
    world.allocate(booking(("WO-1", "O-1", "M-1"), start, 60))
}

#[test]
fn every_change_has_what_makes_up_for_it() {
    let cases: &[Case] = &[
        ("booked", booked, Remedy::Cancel, "allocation_cancelled", (Phase::Ended, "cancelled")),
        ("running", running, Remedy::Release, "allocation_released", (Phase::Ended, "released")),
        (
            "started",
            |world| {
                let id = booked(world);
                world.must(&start(id));
                id
            },
            Remedy::Pause,
            "allocation_paused",
            (Phase::Paused, "active"),
        ),
        (
            "paused",
            |world| {
                let id = running(world);
                world.must(&pause(id));
                id
            },
            Remedy::Resume,
            "allocation_resumed",
            (Phase::Running, "active"),
        ),
        (
            "resumed",
            |world| {
                let id = running(world);
                world.must(&pause(id));
                world.must(&resume(id));
                id
            },
            Remedy::Pause,
            "allocation_paused",
            (Phase::Paused, "active"),
        ),
        (
            "reassigned",
            |world| {
                let id = running(world);
                world.must(&create_machine("M-2"));
                world.must(&reassign(id, None, Some("M-2")));
                id
            },
            Remedy::Reassign,
            "allocation_reassigned",
            (Phase::Running, "active"),
        ),
        (
            "rescheduled",
            |world| {
                let id = booked(world);
                world.must(&Command::Reschedule {
                    allocation_id: id,
                    expected_start_time: Some(world.now.plus_minutes(240)),
                    expected_end: None,
                    reason: Reason::default(),
                    overrides: Vec::new(),
                });
                id
            },
            Remedy::Reschedule,
            "allocation_rescheduled",
            (Phase::Booked, "active"),
        ),
        (
            "released",
            |world| {
                let id = running(world);
                world.must(&release(id));
                id
            },
            Remedy::Reopen,
            "allocation_reopened",
            (Phase::Running, "active"),
        ),
        (
            "released while paused",
            |world| {
                let id = running(world);
                world.must(&pause(id));
                world.must(&release(id));
                id
            },
            Remedy::Reopen,
            "allocation_reopened",
            (Phase::Paused, "active"),
        ),
        (
            "completed",
            |world| {
                let id = running(world);
                world.must(&complete(id, "40", true));
                id
            },
            Remedy::Reopen,
            "allocation_reopened",
            (Phase::Running, "active"),
        ),
        (
            "cancelled",
            |world| {
                let id = booked(world);
                world.must(&cancel(id));
                id
            },
            Remedy::Reopen,
            "allocation_reopened",
            (Phase::Booked, "active"),
        ),
    ];
    for (name, steps, expected, event, (phase, status)) in cases {
        let mut world = World::small();
        let id = steps(&mut world);
        world.wait(3);

        world.load(&undo(id));
        let change = world.state.last_change(id).expect("loaded").clone();
        assert_eq!(remedy(&change.event), Some(*expected), "{name}");
        assert_eq!(world.events(&undo(id)), [*event], "{name}");
        let after = world.allocation(id);
        assert_eq!((after.phase, after.status.as_str()), (*phase, *status), "{name}");
        let newer = world.state.last_change(id).map(|one| one.position);
        assert_eq!(newer, Some(after.position), "{name}");
    }
}

#[test]
fn what_was_reported_with_an_end_is_taken_back_with_it() {
    let mut world = World::small();
    let id = running(&mut world);
    let kept = world.order("WO-1").clone();
    world.must(&complete(id, "40", true));
    assert_eq!(world.order("WO-1").status, WorkOrderStatus::Completed);
    world.must(&undo(id));
    let order = world.order("WO-1");
    assert_eq!(
        (order.status, order.quantity_produced),
        (WorkOrderStatus::InProgress, kept.quantity_produced)
    );
    assert_eq!((order.actual_end_date, order.version), (None, kept.version + 2));
    assert_eq!(world.operator("O-1").current_status.as_str(), "busy");
    assert_eq!(world.machine("M-1").current_status.as_str(), "running");
    let open = world.allocation(id);
    assert_eq!((open.actual_end_time, open.released_at, &open.released_by), (None, None, &None));
    world.must(&complete(id, "100", false));
    assert_eq!(world.order("WO-1").quantity_produced, quantity("100"));
}

#[test]
fn what_lets_work_begin_again_is_checked_like_any_beginning() {
    let mut world = World::small();
    let id = running(&mut world);
    world.must(&release(id));
    let other = world.allocate(work("WO-1", "O-1", ""));

    let refusals = world.refusals(&undo(id));
    assert_eq!(
        (refusals[0].code, refusals[0].allocation_id),
        (RefusalCode::OperatorBooked, Some(other))
    );
    world.must(&release(other));
    world.events(&undo(id));
    world.must(&post_machine("M-1", MachineStatus::Breakdown, None));

    assert_eq!(world.refused(&undo(id)), [RefusalCode::MachineUnavailable]);
}

#[test]
fn a_change_stands_after_a_while() {
    let mut world = World::small();
    let id = running(&mut world);
    world.wait(WINDOW_MINUTES);

    let mut late = World::small();
    let too_late = running(&mut late);
    late.wait(WINDOW_MINUTES + 1);

    assert_eq!(late.refused(&undo(too_late)), [RefusalCode::NotUndoable]);
    assert_eq!(world.events(&undo(id)), ["allocation_released"]);
}

#[test]
fn what_was_taken_back_is_not_taken_back_by_undoing_again() {
    let mut world = World::small();
    let id = running(&mut world);
    world.must(&release(id));
    assert_eq!(world.events(&undo(id)), ["allocation_reopened"]);
    assert_eq!(world.refused(&undo(id)), [RefusalCode::NotUndoable]);
    world.must(&release(id));
    let booking = booked(&mut world);
    world.must(&cancel(booking));
    assert_eq!(world.events(&undo(booking)), ["allocation_reopened"]);
}

#[test]
fn a_booking_whose_time_has_passed_is_not_opened_again() {
    let mut world = World::small();
    let start = world.now.plus_minutes(1);
    let id = world.allocate(booking(("WO-1", "O-1", "M-1"), start, 5));
    world.must(&cancel(id));
    world.wait(7);

    let refusals = world.refusals(&undo(id));
    assert_eq!(refusals[0].code, RefusalCode::NotUndoable);
    assert!(refusals[0].message.contains("book it anew"), "{}", refusals[0].message);
}
