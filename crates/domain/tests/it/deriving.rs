//! What follows by rule when events are folded in: busy, running, in progress, open lists.
//!
//! Also what a fold must never do: change anything when the thing is not loaded, or leave a
//! trace after `undo`.

use mraos_domain::{
    Command, DependencyType, EntityRef, Key, OperatorStatus, Phase, State, WorkOrderStatus, decide,
    evolve,
};

use crate::properties::rows;
use crate::world::*;

#[test]
fn an_operator_is_busy_while_anything_runs() {
    let mut world = World::new();
    world.must(&create_operator_with("O-1", |details| details.parallel_capacity = 2));
    world.must(&create_order("WO-1"));
    world.must(&create_order("WO-2"));
    let first = world.allocate(work("WO-1", "O-1", ""));
    world.wait(10);
    let second = world.allocate(work("WO-2", "O-1", ""));
    let operator = world.operator("O-1");
    assert_eq!(operator.current_status, OperatorStatus::Busy);
    assert_eq!(operator.status_updated_at, at(MORNING), "busy since the first");
    assert_eq!(operator.posted_status, OperatorStatus::Available);
    assert_eq!(operator.version, 1, "a status flip is no version");
    world.must(&release(first));
    assert_eq!(world.operator("O-1").current_status, OperatorStatus::Busy);
    assert_eq!(world.operator("O-1").last_work_ended_at, Some(world.now));
    world.wait(5);
    world.must(&pause(second));
    let operator = world.operator("O-1");
    assert_eq!(operator.current_status, OperatorStatus::Available);
    assert_eq!(operator.status_updated_at, world.now);
}

#[test]
fn a_booking_leaves_its_resources_as_they_are() {
    let mut world = World::small();
    let before = world.operator("O-1").clone();
    world.allocate(booking(("WO-1", "O-1", "M-1"), world.now.plus_minutes(60), 60));
    assert_eq!(world.operator("O-1").current_status, before.current_status);
    assert_eq!(world.operator("O-1").status_updated_at, before.status_updated_at);
    assert_eq!(world.machine("M-1").current_status.as_str(), "idle");
    assert_eq!(world.order("WO-1").status, WorkOrderStatus::Assigned);
    assert_eq!(world.order("WO-1").actual_start_date, None);
}

#[test]
fn an_order_stands_where_its_furthest_allocation_stands() {
    use WorkOrderStatus as S;
    let mut world = World::small();
    world.must(&create_operator("O-2"));
    let status = |world: &World| world.order("WO-1").status;
    assert_eq!(status(&world), S::Queued);
    let soon = world.now.plus_minutes(90);
    let booked = world.allocate(booking(("WO-1", "O-2", ""), soon, 60));
    assert_eq!(status(&world), S::Assigned);
    let running = world.allocate(work("WO-1", "O-1", ""));
    assert_eq!(status(&world), S::InProgress);
    world.must(&pause(running));
    assert_eq!(status(&world), S::Paused, "before assigned");
    world.must(&release(running));
    assert_eq!(status(&world), S::Assigned);
    world.must(&cancel(booked));
    assert_eq!(status(&world), S::Queued);
    let order = world.order("WO-1");
    assert_eq!(order.actual_start_date, Some(at(MORNING)));
    assert_eq!(order.version, 1, "where an order stands is no version");
}

#[test]
fn an_order_began_at_the_earliest_start_even_when_told_late() {
    let mut world = World::small();
    world.must(&create_operator("O-2"));
    world.wait(60);
    world.allocate(work("WO-1", "O-1", ""));
    world.submit_at(at(MORNING), &Command::Allocate(work("WO-1", "O-2", ""))).unwrap();
    assert_eq!(world.order("WO-1").actual_start_date, Some(at(MORNING)));
}

#[test]
fn every_touched_row_carries_the_position_of_its_last_event() {
    let mut world = World::small();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.must(&pause(id));
    let last = world.log.len() as i64;
    assert_eq!(world.operator("O-1").position, last);
    assert_eq!(world.machine("M-1").position, last);
    assert_eq!(world.order("WO-1").position, last);
    assert_eq!(world.allocation(id).position, last);
}

#[test]
fn an_event_names_all_that_it_touches_the_leading_one_first() {
    let mut world = World::small();
    world.must(&create_operator("O-2"));
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    let created = world.log.last().unwrap().touches();
    let expected: Vec<EntityRef> = vec![
        id.into(),
        (&operator_id("O-1")).into(),
        (&machine_id("M-1")).into(),
        (&order_id("WO-1")).into(),
    ];
    assert_eq!(created, expected);
    let reassigned = world.must(&reassign(id, Some("O-2"), None))[0].touches();
    assert_eq!(reassigned.len(), 5, "the operator left behind too, nothing twice");
    assert!(reassigned.contains(&(&operator_id("O-1")).into()));
    assert_eq!(reassigned[0], id.into());
    assert_eq!(world.state.version(&id.into()), 2);
    assert_eq!(world.state.version(&(&operator_id("O-1")).into()), 1);
}

#[test]
fn events_about_what_is_not_loaded_change_nothing() {
    let mut world = World::small();
    world.must(&create_order("WO-2"));
    world.must(&after("WO-2", "WO-1", DependencyType::FinishToStart, false));
    world.must(&give_skill("O-1", "WELD", 1, None));
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.must(&post_operator("O-1", OperatorStatus::Sick));
    world.must(&post_operator("O-1", OperatorStatus::Available));
    world.must(&resume(id));
    world.must(&complete(id, "1", true));
    let mut empty = State::default();
    let created = ["operator_created", "machine_created", "work_order_created"];
    for one in &world.log {
        if !created.contains(&one.event.event_type()) && one.position != id.0 {
            evolve(&mut empty, one);
        }
    }
    assert_eq!(empty.all_operators().count(), 0);
    assert_eq!(empty.all_machines().count(), 0);
    assert_eq!(empty.all_work_orders().count(), 0);
    assert_eq!(empty.all_allocations().count(), 0);
}

#[test]
fn undo_takes_everything_back_and_keep_lets_it_stand() {
    let mut world = World::small();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(5);
    let before = rows(&world.state);
    let length = world.log.len();
    world.state.begin();
    world.must(&complete(id, "100", true));
    world.must(&create_operator("O-7"));
    assert_ne!(rows(&world.state), before);
    world.state.undo();
    world.log.truncate(length);
    assert_eq!(rows(&world.state), before);
    assert_eq!(world.allocation(id).phase, Phase::Running);
    assert!(world.state.operator(&operator_id("O-7")).is_none());
    world.state.begin();
    world.must(&complete(id, "100", true));
    world.state.keep();
    world.state.undo();
    assert_eq!(world.allocation(id).phase, Phase::Ended, "kept");
}

#[test]
fn one_submission_sees_what_its_earlier_commands_did() {
    let mut world = World::small();
    let first = work("WO-1", "O-1", "M-1");
    let context = world.context();
    world.load(&Command::Allocate(first.clone()));
    let events = decide(&world.state, &Command::Allocate(first.clone()), &context).unwrap();
    world.state.begin();
    world.record(events, &context);
    assert!(decide(&world.state, &Command::Allocate(first.clone()), &context).is_err());
    world.state.undo();
    assert!(decide(&world.state, &Command::Allocate(first), &context).is_ok());
    assert!(world.state.has(&Key::Operator(operator_id("O-1"))));
}
