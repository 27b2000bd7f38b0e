//! When an order will be done as things stand: by what is left, who works on it, and predecessors.
//!
//! Every order of the small plant takes 120 minutes for 100 pieces by its estimate, unless a test
//! says otherwise.

use mraos_domain::command::Progress;
use mraos_domain::{Command, DependencyType, Instant, Outlook, Quantity, WorkOrderTerms, outlook};

use crate::production::{advance, order_with};
use crate::world::*;

fn of(world: &World, id: &str) -> Option<Outlook> {
    outlook(&world.state, &order_id(id), world.now)
}

fn minute(at: Instant) -> i64 {
    at.millis_since(crate::world::at(MORNING)) / 60_000
}

/// Start and end in minutes after the morning.
fn told(world: &World, id: &str) -> (i64, i64) {
    let found = of(world, id).unwrap();
    (minute(found.start), minute(found.end))
}

fn estimated(id: &str, edit: impl FnOnce(&mut mraos_domain::WorkOrderDetails)) -> Command {
    let mut details = order_details(id);
    details.estimated_duration_minutes = Some(120);
    details.planned_start_date = None;
    details.planned_end_date = None;
    edit(&mut details);
    Command::CreateWorkOrder {
        work_order_id: order_id(id),
        details,
        terms: WorkOrderTerms::default(),
        dependencies: Vec::new(),
    }
}

fn plant() -> World {
    let mut world = World::new();
    for id in ["O-1", "O-2"] {
        world.must(&create_operator(id));
    }
    world.must(&create_machine("M-1"));
    for id in ["WO-1", "WO-2"] {
        world.must(&estimated(id, |_| {}));
    }
    world
}

fn made(id: &str, total: &str) -> Command {
    Command::ReportProgress {
        work_order_id: order_id(id),
        expected_version: None,
        progress: Progress::Total(quantity(total)),
        quantity_rejected: Quantity::ZERO,
    }
}

#[test]
fn the_rest_is_what_is_not_made_yet() {
    let mut world = plant();
    assert_eq!(told(&world, "WO-1"), (0, 120), "if somebody began now");
    world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(60);
    assert_eq!(told(&world, "WO-1"), (0, 180), "an hour has passed and nothing is made");
    world.must(&made("WO-1", "75"));
    assert_eq!(told(&world, "WO-1"), (0, 90));
    world.allocate(work("WO-1", "O-2", ""));
    assert_eq!(told(&world, "WO-1"), (0, 75), "two share what is left");
    world.must(&made("WO-1", "100"));
    assert_eq!(told(&world, "WO-1"), (0, 60), "done");
}

#[test]
fn delay_is_counted_from_the_promised_date() {
    let mut world = World::new();
    let due = world.now.plus_minutes(100);
    world.must(&estimated("WO-1", |details| details.due_date = due));
    let late = of(&world, "WO-1").unwrap();
    assert_eq!(late.delay_minutes(world.order("WO-1")), 20);
    world.must(&estimated("WO-2", |details| details.due_date = due.plus_minutes(60)));
    assert_eq!(of(&world, "WO-2").unwrap().delay_minutes(world.order("WO-2")), 0);
}

#[test]
fn bookings_and_plans_say_when_it_begins() {
    let mut world = plant();
    let start = world.now.plus_minutes(45);
    world.allocate(booking(("WO-1", "O-1", "M-1"), start, 60));
    assert_eq!(told(&world, "WO-1"), (45, 165));
    let planned = world.now.plus_minutes(200);
    world.must(&estimated("WO-3", |details| details.planned_start_date = Some(planned)));
    assert_eq!(told(&world, "WO-3"), (200, 320));
}

#[test]
fn predecessors_push_what_comes_after_them() {
    let mut world = plant();
    let mut edge = after("WO-2", "WO-1", DependencyType::FinishToStart, true);
    if let Command::AddDependency { terms, .. } = &mut edge {
        terms.lag_minutes = 30;
    }
    world.must(&edge);
    assert_eq!(told(&world, "WO-2"), (150, 270), "after WO-1 and its lag");
    world.must(&estimated("WO-3", |details| details.estimated_duration_minutes = Some(10)));
    world.must(&after("WO-3", "WO-2", DependencyType::FinishToFinish, true));
    assert_eq!(told(&world, "WO-3"), (0, 270), "done when WO-2 is");
    world.must(&estimated("WO-4", |_| {}));
    world.must(&after("WO-4", "WO-2", DependencyType::StartToStart, true));
    assert_eq!(told(&world, "WO-4"), (150, 270));
}

#[test]
fn waiting_steps_take_their_own_time() {
    let mut world = plant();
    let terms = WorkOrderTerms { wait_minutes: Some(480), ..WorkOrderTerms::default() };
    world.must(&order_with("WO-3", terms));
    world.must(&after("WO-3", "WO-1", DependencyType::FinishToStart, true));
    assert_eq!(told(&world, "WO-3"), (120, 600));
    world.must(&made("WO-1", "100"));
    world.wait(5);
    world.must(&advance("WO-3"));
    assert_eq!(told(&world, "WO-3"), (0, 480));
}

#[test]
fn nobody_can_tell_without_a_length_and_of_what_was_called_off() {
    let mut world = World::new();
    world.must(&estimated("WO-1", |details| details.estimated_duration_minutes = None));
    assert_eq!(of(&world, "WO-1"), None);
    assert_eq!(of(&world, "WO-9"), None);
    world.must(&estimated("WO-2", |_| {}));
    world.must(&Command::CancelWorkOrder {
        work_order_id: order_id("WO-2"),
        expected_version: None,
        reason: Default::default(),
    });
    assert_eq!(of(&world, "WO-2"), None);
}
