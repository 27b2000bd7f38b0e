//! Commands about work orders: master data, predecessors, progress, calling off.
//!
//! Closing an order ends what is open on it, each end a fact of its own.

use mraos_domain::command::{Progress, Reason};
use mraos_domain::{
    AllocationStatus, Command, DependencyTerms, DependencyType, Quantity, RefusalCode, RowId,
    WorkOrderDetails,
};

use crate::world::*;

fn change(id: &str, expected: Option<i32>, edit: impl FnOnce(&mut WorkOrderDetails)) -> Command {
    let mut details = order_details(id);
    edit(&mut details);
    Command::ChangeWorkOrder {
        work_order_id: order_id(id),
        expected_version: expected,
        details,
        terms: Default::default(),
    }
}

fn report(id: &str, progress: Progress, rejected: &str) -> Command {
    Command::ReportProgress {
        work_order_id: order_id(id),
        expected_version: None,
        progress,
        quantity_rejected: quantity(rejected),
    }
}

fn call_off(id: &str) -> Command {
    Command::CancelWorkOrder {
        work_order_id: order_id(id),
        expected_version: None,
        reason: Reason::default(),
    }
}

#[test]
fn values_that_do_not_fit_together_are_refused_together() {
    let mut world = World::small();
    let bad = create_order_with("WO-1", |details| {
        details.work_order_number = text("N-WO-1");
        details.planned_start_date = Some(at("2026-03-03T00:00:00Z"));
        details.planned_end_date = Some(at("2026-03-02T00:00:00Z"));
        details.quantity_ordered = Quantity::ZERO;
    });
    let codes = world.refused(&bad);
    let (taken, invalid) = (RefusalCode::DuplicateValue, RefusalCode::InvalidValue);
    assert_eq!(codes, [taken, invalid, invalid]);
    let number = create_order_with("WO-2", |details| details.work_order_number = text("N-WO-1"));
    assert_eq!(world.refused(&number), [RefusalCode::DuplicateValue]);
}

#[test]
fn master_data_changes_raise_the_version_until_the_order_is_closed() {
    let mut world = World::small();
    let edit = |details: &mut WorkOrderDetails| details.customer_order_id = Some(text("C-1"));
    assert_eq!(world.refused(&change("WO-1", Some(3), edit)), [RefusalCode::StaleVersion]);
    assert_eq!(world.refused(&change("WO-9", None, edit)), [RefusalCode::UnknownWorkOrder]);
    world.must(&change("WO-1", Some(1), edit));
    assert_eq!(world.order("WO-1").version, 2);
    world.must(&report("WO-1", Progress::Total(quantity("60")), "0"));
    let less = change("WO-1", None, |details| details.quantity_ordered = quantity("59"));
    assert_eq!(world.refused(&less), [RefusalCode::WouldExceedOrdered]);
    world.must(&call_off("WO-1"));
    for command in [
        change("WO-1", None, |details| details.product_variant = Some(text("B"))),
        report("WO-1", Progress::Total(quantity("61")), "0"),
        call_off("WO-1"),
        after("WO-1", "WO-9", DependencyType::FinishToStart, true),
    ] {
        assert_eq!(world.refused(&command), [RefusalCode::OrderClosed], "{command:?}");
    }
}

#[test]
fn circles_of_any_length_are_refused_and_spelled_out() {
    let mut world = World::new();
    for id in ["WO-1", "WO-2", "WO-3"] {
        world.must(&create_order(id));
    }
    let kind = DependencyType::FinishToStart;
    assert_eq!(world.refused(&after("WO-1", "WO-1", kind, true)), [RefusalCode::DependencyCycle]);
    world.must(&after("WO-2", "WO-1", kind, true));
    world.must(&after("WO-3", "WO-2", DependencyType::StartToStart, false));
    let refusal = &world.refusals(&after("WO-1", "WO-3", kind, true))[0];
    assert_eq!(refusal.code, RefusalCode::DependencyCycle);
    let circle = "WO-1 after WO-3 after WO-2 after WO-1";
    assert_eq!(refusal.actual.as_deref(), Some(circle));
    assert!(refusal.message.contains(circle));
    world.must(&after("WO-3", "WO-1", kind, true));
}

#[test]
fn predecessors_are_tied_once_per_kind_and_untied() {
    let mut world = World::small();
    world.must(&create_order("WO-0"));
    let kind = DependencyType::FinishToStart;
    let tie = after("WO-1", "WO-0", kind, true);
    let position = world.must(&tie)[0].position;
    assert_eq!(world.events(&tie), [] as [&str; 0]);
    let other_terms = after("WO-1", "WO-0", kind, false);
    assert_eq!(world.refused(&other_terms), [RefusalCode::DuplicateValue]);
    world.must(&after("WO-1", "WO-0", DependencyType::FinishToFinish, true));
    let unknown = after("WO-1", "WO-9", kind, true);
    assert_eq!(world.refused(&unknown), [RefusalCode::UnknownWorkOrder]);
    let untie = Command::RemoveDependency {
        work_order_id: order_id("WO-1"),
        dependency_id: RowId(position),
    };
    world.must(&untie);
    assert_eq!(world.refused(&untie), [RefusalCode::UnknownDependency]);
    assert_eq!(world.order("WO-1").dependencies.len(), 1);
}

#[test]
fn an_order_comes_with_its_predecessors() {
    let mut world = World::small();
    let terms = |id: &str| DependencyTerms {
        predecessor_work_order_id: order_id(id),
        dependency_type: DependencyType::FinishToStart,
        lag_minutes: 5,
        is_mandatory: true,
    };
    let create = |dependencies| Command::CreateWorkOrder {
        terms: Default::default(),
        work_order_id: order_id("WO-2"),
        details: order_details("WO-2"),
        dependencies,
    };
    let codes =
        world.refused(&create(vec![terms("WO-2"), terms("WO-9"), terms("WO-1"), terms("WO-1")]));
    let expected =
        [RefusalCode::DependencyCycle, RefusalCode::UnknownWorkOrder, RefusalCode::DuplicateValue];
    assert_eq!(codes, expected);
    let mut finish = terms("WO-1");
    finish.dependency_type = DependencyType::FinishToFinish;
    let events = world.events(&create(vec![terms("WO-1"), finish]));
    let added = "work_order_dependency_added";
    assert_eq!(events, ["work_order_created", added, added]);
    assert_eq!(world.order("WO-2").dependencies[0].terms, terms("WO-1"));
}

#[test]
fn progress_is_a_total_or_more_and_never_beyond_what_was_ordered() {
    let mut world = World::small();
    world.must(&report("WO-1", Progress::Total(quantity("30")), "2"));
    world.must(&report("WO-1", Progress::More(quantity("20")), "1"));
    let order = world.order("WO-1");
    assert_eq!((order.quantity_produced, order.quantity_rejected), (quantity("50"), quantity("3")));
    assert_eq!(order.version, 3);
    assert_eq!(
        world.events(&report("WO-1", Progress::Total(quantity("50")), "0")),
        [] as [&str; 0]
    );
    for too_much in [
        Progress::Total(quantity("100.001")),
        Progress::More(quantity("50.001")),
        Progress::More(quantity("999999999999.999")),
    ] {
        let codes = world.refused(&report("WO-1", too_much, "0"));
        assert_eq!(codes, [RefusalCode::WouldExceedOrdered], "{too_much:?}");
    }
    let events = world.events(&report("WO-1", Progress::More(quantity("50")), "0"));
    assert_eq!(events, ["work_order_progressed"]);
    assert_eq!(world.order("WO-1").status.as_str(), "completed");
}

#[test]
fn reaching_the_quantity_closes_open_work() {
    let mut world = World::small();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(5);
    let events = world.events(&report("WO-1", Progress::Total(quantity("100")), "0"));
    assert_eq!(events, ["work_order_progressed", "allocation_completed"]);
    assert_eq!(world.allocation(id).status, AllocationStatus::Completed);
    assert_eq!(world.operator("O-1").current_status.as_str(), "available");
    assert_eq!(world.order("WO-1").quantity_produced, quantity("100"));
}

#[test]
fn calling_off_releases_what_began_and_drops_what_was_booked() {
    let mut world = World::small();
    let running = world.allocate(work("WO-1", "O-1", "M-1"));
    let booked = world.allocate(booking(("WO-1", "O-1", "M-1"), world.now.plus_minutes(90), 60));
    world.wait(5);
    let events = world.events(&call_off("WO-1"));
    assert_eq!(events, ["work_order_cancelled", "allocation_released", "allocation_cancelled"]);
    assert_eq!(world.allocation(running).status, AllocationStatus::Released);
    assert_eq!(world.allocation(booked).status, AllocationStatus::Cancelled);
    assert_eq!(world.order("WO-1").status.as_str(), "cancelled");
    assert_eq!(world.machine("M-1").current_status.as_str(), "idle");
}

#[test]
fn finish_to_finish_holds_the_end_back() {
    for done_by_progress in [false, true] {
        let mut world = World::small();
        world.must(&create_order("WO-0"));
        world.must(&after("WO-1", "WO-0", DependencyType::FinishToFinish, true));
        let id = world.allocate(work("WO-1", "O-1", "M-1"));
        world.wait(5);
        let finish = match done_by_progress {
            true => report("WO-1", Progress::Total(quantity("100")), "0"),
            false => complete(id, "1", true),
        };
        assert_eq!(world.refused(&finish), [RefusalCode::DependencyUnmet]);
        world.must(&report("WO-0", Progress::Total(quantity("100")), "0"));
        world.must(&finish);
    }
}
