//! Times that callers state: who may, how far ahead, and never before what has already happened.
//!
//! A late status restates history only; a life-cycle step that comes too late is refused.

use mraos_domain::command::{Progress, Reason};
use mraos_domain::{Command, MachineStatus, OperatorStatus, Quantity, RefusalCode, Role};

use crate::world::*;

#[test]
fn only_some_roles_may_state_times() {
    for role in Role::ALL {
        let mut world = World::small();
        world.role = role;
        let earlier = world.now.plus_minutes(-5);
        let result = world.submit_at(earlier, &post_operator("O-1", OperatorStatus::Sick));
        let may = matches!(role, Role::Admin | Role::Integration);
        match result {
            Ok(_) => assert!(may, "{role:?}"),
            Err(refusals) => {
                assert!(!may, "{role:?}");
                assert_eq!(refusals[0].code, RefusalCode::BackdatingNotPermitted);
            }
        }
    }
}

#[test]
fn clocks_may_be_five_minutes_ahead_and_count_as_now() {
    let mut world = World::small();
    let ahead = world.now.plus_minutes(5);
    world.submit_at(ahead, &post_operator("O-1", OperatorStatus::Sick)).unwrap();
    assert_eq!(world.log.last().unwrap().occurred_at, world.now);
    let too_far = world.now.plus_minutes(6);
    let back = post_operator("O-1", OperatorStatus::Available);
    let refusals = world.submit_at(too_far, &back).unwrap_err();
    assert_eq!(refusals[0].code, RefusalCode::InTheFuture);
    assert!(refusals[0].message.contains("2026-03-02T06:06:00.000000Z"));
}

#[test]
fn a_late_status_restates_history_and_pauses_nothing() {
    let mut world = World::small();
    world.wait(60);
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    let earlier = world.now.plus_minutes(-30);
    let person = world.submit_at(earlier, &post_operator("O-1", OperatorStatus::Break)).unwrap();
    assert_eq!(person[0].event.event_type(), "operator_status_restated");
    let machine =
        world.submit_at(earlier, &post_machine("M-1", MachineStatus::Breakdown, None)).unwrap();
    assert_eq!(machine[0].event.event_type(), "machine_status_restated");
    assert_eq!((person.len(), machine.len()), (1, 1));
    assert_eq!(world.allocation(id).phase.as_str(), "running");
    assert_eq!(world.operator("O-1").current_status, OperatorStatus::Busy);
    assert_eq!(world.operator("O-1").posted_status, OperatorStatus::Available);
    assert_eq!(world.machine("M-1").current_status, MachineStatus::Running);
}

#[test]
fn nothing_is_stated_before_the_last_transition() {
    let mut world = World::small();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(30);
    world.must(&pause(id));
    world.wait(30);
    let before = at(MORNING).plus_minutes(29);
    for command in [resume(id), release(id), complete(id, "1", false), reassign(id, None, None)] {
        let refusals = world.submit_at(before, &command).unwrap_err();
        assert_eq!(refusals[0].code, RefusalCode::OutOfOrder, "{command:?}");
    }
    world.submit_at(at(MORNING).plus_minutes(30), &release(id)).unwrap();
    assert_eq!(world.allocation(id).actual_end_time, Some(at(MORNING).plus_minutes(30)));
}

#[test]
fn a_stated_start_does_not_reach_into_work_that_has_ended_since() {
    let mut world = World::small();
    world.must(&create_order("WO-2"));
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(30);
    world.must(&release(id));
    world.wait(30);
    let again = Command::Allocate(work("WO-2", "O-1", "M-1"));
    let inside = at(MORNING).plus_minutes(29);
    let refusals = world.submit_at(inside, &again).unwrap_err();
    let codes: Vec<_> = refusals.iter().map(|refusal| refusal.code).collect();
    assert_eq!(codes, [RefusalCode::OutOfOrder, RefusalCode::OutOfOrder], "person and machine");
    world.submit_at(at(MORNING).plus_minutes(30), &again).unwrap();
}

#[test]
fn a_stated_start_does_not_reach_before_work_that_runs() {
    let mut world = World::small();
    world.must(&create_order("WO-2"));
    world.wait(120);
    world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(10);
    let mut early = work("WO-2", "O-1", "M-1");
    early.expected_duration_minutes = Some(30);
    let refusals = world.submit_at(at(MORNING), &Command::Allocate(early)).unwrap_err();
    assert_eq!(refusals[0].code, RefusalCode::OperatorBooked);
}

/// Work on one order that began at 06:00 and 06:40; it is 07:00 now.
fn two_on_one_order() -> (World, mraos_domain::AllocationId) {
    let mut world = World::small();
    world.must(&create_operator("O-2"));
    let first = world.allocate(work("WO-1", "O-1", ""));
    world.wait(40);
    world.allocate(work("WO-1", "O-2", ""));
    world.wait(20);
    (world, first)
}

#[test]
fn an_order_is_not_closed_before_its_other_work_began() {
    let stated = at(MORNING).plus_minutes(30);
    let call_off = Command::CancelWorkOrder {
        work_order_id: order_id("WO-1"),
        expected_version: None,
        reason: Reason::default(),
    };
    let report = Command::ReportProgress {
        work_order_id: order_id("WO-1"),
        expected_version: None,
        progress: Progress::Total(quantity("100")),
        quantity_rejected: Quantity::ZERO,
    };
    let (_, first) = two_on_one_order();
    for command in [complete(first, "1", true), call_off, report] {
        let (mut world, _) = two_on_one_order();
        let refusals = world.submit_at(stated, &command).unwrap_err();
        assert_eq!(refusals[0].code, RefusalCode::OutOfOrder, "{command:?}");
        world.submit_at(at(MORNING).plus_minutes(40), &command).unwrap();
        for allocation in world.state.all_allocations() {
            assert!(allocation.actual_end_time >= allocation.actual_start_time);
        }
    }
}

#[test]
fn an_order_is_not_completed_before_its_first_start() {
    let mut world = World::small();
    let id = world.allocate(work("WO-1", "O-1", ""));
    world.wait(10);
    world.must(&release(id));
    let report = Command::ReportProgress {
        work_order_id: order_id("WO-1"),
        expected_version: None,
        progress: Progress::Total(quantity("100")),
        quantity_rejected: Quantity::ZERO,
    };
    let before = at(MORNING).plus_minutes(-1);
    let refusals = world.submit_at(before, &report).unwrap_err();
    assert_eq!(refusals[0].code, RefusalCode::OutOfOrder);
    world.submit_at(at(MORNING), &report).unwrap();
}
