//! Allocating and reassigning: nobody and nothing works beyond its capacity, now or later.
//!
//! The refusal names what stands in the way: its id, its order, its window and who decided it.

use mraos_domain::{Command, Phase, RefusalCode};

use crate::world::*;

/// Two operators, machines and orders.
fn pair() -> World {
    let mut world = World::small();
    world.must(&create_operator("O-2"));
    world.must(&create_machine("M-2"));
    world.must(&create_order("WO-2"));
    world
}

#[test]
fn whoever_works_is_named_in_the_refusal() {
    let mut world = pair();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(10);
    let refusals = world.refusals(&Command::Allocate(work("WO-2", "O-1", "M-1")));
    let codes: Vec<_> = refusals.iter().map(|refusal| refusal.code).collect();
    assert_eq!(codes, [RefusalCode::OperatorBooked, RefusalCode::MachineBooked]);
    for refusal in &refusals {
        assert_eq!(refusal.allocation_id, Some(id));
        assert_eq!(refusal.work_order_id, Some(order_id("WO-1")));
        assert_eq!(refusal.held_by.as_deref(), Some("S-042"));
        assert_eq!(refusal.from, Some(at(MORNING)));
        assert_eq!(refusal.to, Some(at(MORNING).plus_minutes(60)));
        assert!(!refusal.overridable);
    }
    assert!(refusals[0].message.contains("works on WO-1 from 2026-03-02 07:00 to"));
}

#[test]
fn bookings_touch_but_never_overlap() {
    let mut world = pair();
    let noon = at("2026-03-02T12:00:00Z");
    world.allocate(booking(("WO-1", "O-1", "M-1"), noon, 60));
    for (offset, minutes, passes) in [
        (-60, 60, true),
        (60, 60, true),
        (-60, 61, false),
        (59, 60, false),
        (10, 10, false),
        (-30, 120, false),
    ] {
        let new = booking(("WO-2", "O-1", "M-2"), noon.plus_minutes(offset), minutes);
        match world.submit(&Command::Allocate(new)) {
            Ok(events) => {
                assert!(passes, "{offset} {minutes}");
                world.must(&cancel(mraos_domain::AllocationId(events[0].position)));
            }
            Err(refusals) => {
                assert!(!passes, "{offset} {minutes}: {refusals:?}");
                assert_eq!(refusals[0].code, RefusalCode::OperatorBooked);
                assert!(refusals[0].message.contains("is booked for WO-1"));
            }
        }
    }
}

#[test]
fn what_runs_beyond_its_window_still_stands_in_the_way_of_a_start_now() {
    let mut world = pair();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    let later = world.now.plus_minutes(60);
    let next = world.allocate(booking(("WO-2", "O-1", "M-1"), later, 60));
    world.wait(75);
    let refusals = world.refusals(&start(next));
    assert_eq!(refusals[0].code, RefusalCode::OperatorBooked);
    assert_eq!(refusals[0].allocation_id, Some(id), "the runner is named");
    world.must(&release(id));
    world.must(&start(next));
    assert_eq!(world.allocation(next).window.end, later.plus_minutes(60), "the end is kept");
}

#[test]
fn capacity_is_counted_at_every_instant_of_the_window() {
    let mut world = World::new();
    world.must(&create_operator("O-1"));
    world.must(&create_machine_with("M-1", |details| details.parallel_capacity = 2));
    for id in ["WO-1", "WO-2", "WO-3", "WO-4"] {
        world.must(&create_order(id));
    }
    let noon = at("2026-03-02T12:00:00Z");
    // Two that do not meet each other leave room for a third across both.
    world.allocate(booking(("WO-1", "", "M-1"), noon, 60));
    world.allocate(booking(("WO-2", "", "M-1"), noon.plus_minutes(60), 60));
    world.allocate(booking(("WO-3", "", "M-1"), noon, 120));
    let full = booking(("WO-4", "", "M-1"), noon.plus_minutes(90), 60);
    let refusal = &world.refusals(&Command::Allocate(full))[0];
    assert_eq!(refusal.code, RefusalCode::MachineBooked);
    assert!(refusal.message.contains("capacity 2 is used up"), "{}", refusal.message);
    world.allocate(booking(("WO-4", "", "M-1"), noon.plus_minutes(120), 60));
}

#[test]
fn length_is_given_estimated_or_the_plants_own() {
    let mut world = pair();
    world.must(&create_order_with("WO-3", |details| {
        details.estimated_duration_minutes = Some(200);
    }));
    let plain = world.allocate(work("WO-1", "O-1", ""));
    assert_eq!(world.allocation(plain).expected_duration_minutes, 60);
    world.must(&release(plain));
    let estimated = world.allocate(work("WO-3", "O-1", ""));
    assert_eq!(world.allocation(estimated).expected_duration_minutes, 200);
    world.must(&complete(estimated, "25", false));
    let rest = world.allocate(work("WO-3", "O-1", ""));
    assert_eq!(world.allocation(rest).expected_duration_minutes, 150, "three quarters are left");
    world.must(&release(rest));
    let mut given = work("WO-3", "O-1", "");
    given.expected_duration_minutes = Some(5);
    let given = world.allocate(given);
    assert_eq!(world.allocation(given).expected_duration_minutes, 5);
    assert_eq!(world.allocation(given).window.minutes(), 5);
}

#[test]
fn a_start_in_the_past_means_now() {
    let mut world = pair();
    let past = world.now.plus_minutes(-30);
    let id = world.allocate(booking(("WO-1", "O-1", "M-1"), past, 60));
    let allocation = world.allocation(id);
    assert_eq!(allocation.phase, Phase::Running);
    assert_eq!(allocation.window.start, at(MORNING));
}

#[test]
fn the_last_hour_that_can_be_written_is_no_trap() {
    let mut world = World::small();
    world.must(&create_machine_with("M-2", |details| details.max_capacity_per_hour = Some(1)));
    for last in ["2999-12-31T23:59:59.999999Z", "2999-12-31T23:59:59Z", "2999-12-31T23:30:00Z"] {
        let mut new = booking(("WO-1", "O-1", "M-2"), at(last), 60);
        new.overrides = vec![overriding(RefusalCode::MachineCapacityExceeded)];
        let id = world.allocate(new);
        let window = world.allocation(id).window;
        assert!(window.start <= window.end, "{last}: {window:?}");
        world.must(&cancel(id));
    }
}

#[test]
fn reassigning_keeps_the_id_and_frees_the_old_side() {
    let mut world = pair();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(20);
    assert_eq!(world.events(&reassign(id, Some("O-2"), None)), ["allocation_reassigned"]);
    let allocation = world.allocation(id);
    assert_eq!(allocation.assignment.operator_id, Some(operator_id("O-2")));
    assert_eq!(allocation.assignment.machine_id, Some(machine_id("M-1")));
    assert_eq!((allocation.version, allocation.phase), (2, Phase::Running));
    assert_eq!(world.operator("O-1").current_status.as_str(), "available");
    assert_eq!(world.operator("O-2").current_status.as_str(), "busy");
    assert_eq!(world.machine("M-1").current_status.as_str(), "running");
    world.must(&Command::Allocate(work("WO-2", "O-1", "M-2")));
    assert_eq!(world.refused(&reassign(id, Some("O-1"), None)), [RefusalCode::OperatorBooked]);
}

#[test]
fn reassigning_to_the_same_is_no_event_and_ended_work_stays() {
    let mut world = pair();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    assert_eq!(world.events(&reassign(id, Some("O-1"), Some("M-1"))), [] as [&str; 0]);
    assert_eq!(world.events(&reassign(id, None, None)), [] as [&str; 0]);
    assert_eq!(world.refused(&reassign(id, Some("O-9"), None)), [RefusalCode::UnknownOperator]);
    world.must(&release(id));
    assert_eq!(world.refused(&reassign(id, Some("O-2"), None)), [RefusalCode::WrongPhase]);
}

#[test]
fn bookings_and_paused_work_can_be_reassigned_too() {
    let mut world = pair();
    let booked = world.allocate(booking(("WO-1", "O-1", "M-1"), world.now.plus_minutes(60), 60));
    world.must(&reassign(booked, Some("O-2"), Some("M-2")));
    assert_eq!(world.operator("O-2").current_status.as_str(), "available");
    assert_eq!(world.allocation(booked).phase, Phase::Booked);
    let paused = world.allocate(work("WO-2", "O-1", "M-1"));
    world.must(&pause(paused));
    world.allocate(work("WO-1", "O-1", "M-1"));
    // Paused work takes nobody's time: it may go to somebody who is busy, but not go on there.
    world.must(&reassign(paused, None, Some("M-2")));
    assert_eq!(world.refused(&resume(paused)), [RefusalCode::OperatorBooked]);
    world.must(&cancel(booked));
    world.must(&reassign(paused, Some("O-2"), None));
    world.must(&resume(paused));
    assert_eq!(world.operator("O-2").current_status.as_str(), "busy");
}
