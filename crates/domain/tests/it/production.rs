//! An order while it is made: overrun, inspection, its production log, and waiting steps.
//!
//! What follows from events writes itself; what may be made beyond the order has to be allowed.

use mraos_domain::command::Progress;
use mraos_domain::{
    Command, DependencyType, Finished, Instant, ProductionEntry, ProductionLogged, QualityStatus,
    Quantity, RefusalCode, WorkOrderStatus, WorkOrderTerms,
};

use crate::world::*;

pub(crate) fn order_with(id: &str, terms: WorkOrderTerms) -> Command {
    match create_order(id) {
        Command::CreateWorkOrder { work_order_id, details, dependencies, .. } => {
            Command::CreateWorkOrder { work_order_id, details, terms, dependencies }
        }
        other => other,
    }
}

fn waits(minutes: i32) -> WorkOrderTerms {
    WorkOrderTerms { wait_minutes: Some(minutes), ..WorkOrderTerms::default() }
}

fn over(percent: &str) -> WorkOrderTerms {
    let percentage = mraos_domain::Percentage::new(percent.parse().unwrap()).unwrap();
    WorkOrderTerms { overrun_percentage: Some(percentage), ..WorkOrderTerms::default() }
}

fn report(id: &str, progress: Progress, rejected: &str) -> Command {
    Command::ReportProgress {
        work_order_id: order_id(id),
        expected_version: None,
        progress,
        quantity_rejected: quantity(rejected),
    }
}

fn inspect(status: QualityStatus) -> Command {
    Command::DecideQuality { work_order_id: order_id("WO-1"), status, notes: None }
}

pub(crate) fn advance(id: &str) -> Command {
    Command::AdvanceWaiting { work_order_id: order_id(id) }
}

fn log(world: &mut World) -> Vec<ProductionLogged> {
    let rows = world.state.take_finished().into_iter();
    rows.filter_map(|one| match one.row {
        Finished::Production(logged) => Some(logged),
        _ => None,
    })
    .collect()
}

#[test]
fn more_than_ordered_has_to_be_allowed() {
    let mut world = World::new();
    world.must(&create_order("WO-1"));
    world.must(&order_with("WO-2", over("5")));
    let of = |total: &str| Progress::Total(quantity(total));
    assert_eq!(
        world.refused(&report("WO-1", of("100.001"), "0")),
        [RefusalCode::WouldExceedOrdered]
    );
    let refusals = world.refusals(&report("WO-2", of("105.001"), "0"));
    assert_eq!(refusals[0].required.as_deref(), Some("105.000"));
    assert!(refusals[0].message.contains("allows 105.000"), "{}", refusals[0].message);
    world.must(&report("WO-2", of("105"), "0"));
    let order = world.order("WO-2");
    assert_eq!(
        (order.status, order.quantity_produced),
        (WorkOrderStatus::Completed, quantity("105"))
    );
    assert_eq!(order.quantity_remaining(), Quantity::ZERO);
}

#[test]
fn what_is_allowed_holds_for_work_that_is_completed_and_for_changes() {
    let mut world = World::small();
    let more = WorkOrderTerms { overrun_quantity: Some(quantity("3")), ..over("5") };
    assert_eq!(world.refused(&order_with("WO-2", more)), [RefusalCode::InvalidValue], "not both");
    let terms = WorkOrderTerms { overrun_percentage: None, ..more };
    let change = |terms| Command::ChangeWorkOrder {
        work_order_id: order_id("WO-1"),
        expected_version: None,
        details: order_details("WO-1"),
        terms,
    };
    assert_eq!(world.events(&change(terms)), ["work_order_terms_set"]);
    assert_eq!(world.events(&change(terms)), [] as [&str; 0]);
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(1);
    assert_eq!(world.refused(&complete(id, "103.001", false)), [RefusalCode::WouldExceedOrdered]);
    world.must(&complete(id, "103", false));
    assert_eq!(world.order("WO-1").status, WorkOrderStatus::Completed);
}

#[test]
fn inspection_goes_its_way() {
    use QualityStatus::{Failed, Passed, Pending, Waived};
    let mut world = World::new();
    let mut inspected = create_order("WO-1");
    if let Command::CreateWorkOrder { details, .. } = &mut inspected {
        details.quality_inspection_required = true;
    }
    world.must(&inspected);
    assert_eq!(world.order("WO-1").details.quality_status, None);
    world.must(&report("WO-1", Progress::Total(quantity("100")), "0"));
    assert_eq!(world.order("WO-1").details.quality_status, Some(Pending), "done, to be inspected");
    assert_eq!(world.events(&inspect(Failed)), ["work_order_quality_decided"]);
    assert_eq!(world.events(&inspect(Failed)), [] as [&str; 0]);
    let refusals = world.refusals(&inspect(Passed));
    assert_eq!(refusals[0].code, RefusalCode::WrongQualityStatus);
    assert_eq!(refusals[0].actual.as_deref(), Some("failed"));
    let version = world.order("WO-1").version;
    world.must(&inspect(Pending));
    world.must(&inspect(Passed));
    assert_eq!(world.order("WO-1").version, version + 2);
    for status in [Pending, Failed, Waived] {
        assert_eq!(
            world.refused(&inspect(status)),
            [RefusalCode::WrongQualityStatus],
            "{status:?}"
        );
    }
    let mut details = order_details("WO-2");
    details.quality_status = Some(Passed);
    let born_passed = Command::CreateWorkOrder {
        work_order_id: order_id("WO-2"),
        details,
        terms: WorkOrderTerms::default(),
        dependencies: Vec::new(),
    };
    assert_eq!(world.refused(&born_passed), [RefusalCode::InvalidValue]);
}

#[test]
fn quantities_are_logged_with_the_work_that_made_them() {
    let mut world = World::small();
    world.state.collect_finished();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(10);
    world.must(&report("WO-1", Progress::More(quantity("10")), "1"));
    world.wait(10);
    world.must(&report("WO-1", Progress::Total(quantity("30")), "0"));
    world.wait(10);
    world.must(&complete(id, "5", false));
    let told: Vec<_> = log(&mut world)
        .into_iter()
        .map(|one| {
            let figure = |value: Option<Quantity>| value.unwrap().to_string();
            let figures = [one.quantity_produced, one.quantity_rejected, one.cumulative_quantity];
            (one.entry.as_str(), figures.map(figure).join(" "), one.machine_id.unwrap().to_string())
        })
        .collect();
    let at_machine = |entry, figures: &str| (entry, figures.to_owned(), "M-1".to_owned());
    assert_eq!(
        told,
        [
            at_machine("progress", "10.000 1.000 10.000"),
            at_machine("progress", "20.000 0.000 30.000"),
            at_machine("completed", "5.000 0.000 35.000"),
        ]
    );
}

#[test]
fn people_write_what_does_not_follow_from_anything() {
    let mut world = World::small();
    world.state.collect_finished();
    let write = |entry, operator: &str| Command::NoteProduction {
        work_order_id: order_id("WO-1"),
        entry,
        operator_id: Some(operator_id(operator)),
        machine_id: None,
        notes: reason_text(),
    };
    let version = world.order("WO-1").version;
    assert_eq!(world.events(&write(ProductionEntry::Issue, "O-1")), ["production_noted"]);
    assert_eq!(world.order("WO-1").version, version, "a note changes no master data");
    let logged = log(&mut world).pop().unwrap();
    assert_eq!((logged.entry, logged.notes), (ProductionEntry::Issue, Some(reason_text())));
    assert_eq!(world.refused(&write(ProductionEntry::Note, "O-9")), [RefusalCode::UnknownOperator]);
    let forged = write(ProductionEntry::Completed, "O-1");
    assert_eq!(world.refused(&forged), [RefusalCode::InvalidValue]);
}

fn finish(world: &mut World, id: &str) -> Instant {
    world.must(&report(id, Progress::Total(quantity("100")), "0"));
    world.now
}

#[test]
fn a_waiting_step_runs_by_itself_after_its_predecessors() {
    let mut world = World::small();
    world.must(&order_with("WO-2", waits(90)));
    let edge = after("WO-2", "WO-1", DependencyType::FinishToStart, true);
    world.must(&edge);
    assert_eq!(world.events(&advance("WO-2")), [] as [&str; 0], "nothing is done yet");
    world.wait(10);
    let done = finish(&mut world, "WO-1");
    world.wait(25);
    assert_eq!(world.events(&advance("WO-2")), ["work_order_waiting_started"]);
    let order = world.order("WO-2");
    assert_eq!((order.status, order.actual_start_date), (WorkOrderStatus::InProgress, Some(done)));
    assert_eq!(order.waiting_until, Some(done.plus_minutes(90)), "counted from the predecessor");
    assert_eq!(world.events(&advance("WO-2")), [] as [&str; 0], "once");
    world.wait(100);
    assert_eq!(world.events(&advance("WO-2")), ["work_order_waiting_ended"]);
    let order = world.order("WO-2");
    assert_eq!(order.actual_end_date, Some(done.plus_minutes(90)), "not when somebody looked");
    assert_eq!(order.status, WorkOrderStatus::Completed);
    assert_eq!(order.quantity_produced, order.details.quantity_ordered);
    assert_eq!(world.events(&advance("WO-2")), [] as [&str; 0]);
}

#[test]
fn a_late_look_begins_and_ends_a_step_at_once_and_nobody_is_put_to_it() {
    let mut world = World::small();
    world.must(&order_with("WO-2", waits(30)));
    assert_eq!(
        world.refused(&Command::Allocate(work("WO-2", "O-1", "M-1"))),
        [RefusalCode::WorkOrderNotAllocatable]
    );
    world.wait(31);
    let events = world.events(&advance("WO-2"));
    assert_eq!(events, ["work_order_waiting_started", "work_order_waiting_ended"]);
    assert_eq!(world.events(&advance("WO-1")), [] as [&str; 0], "not a waiting step");
}

#[test]
fn a_step_waits_for_its_lag_and_for_ends_that_are_tied_together() {
    let mut world = World::small();
    world.must(&order_with("WO-2", waits(30)));
    world.must(&create_order("WO-3"));
    let mut lagging = after("WO-2", "WO-1", DependencyType::FinishToStart, true);
    if let Command::AddDependency { terms, .. } = &mut lagging {
        terms.lag_minutes = 15;
    }
    world.must(&lagging);
    world.must(&after("WO-2", "WO-3", DependencyType::FinishToFinish, true));
    finish(&mut world, "WO-1");
    world.wait(14);
    assert_eq!(world.events(&advance("WO-2")), [] as [&str; 0]);
    world.wait(1);
    assert_eq!(world.events(&advance("WO-2")), ["work_order_waiting_started"]);
    world.wait(60);
    assert_eq!(world.events(&advance("WO-2")), [] as [&str; 0], "WO-3 is not finished");
    finish(&mut world, "WO-3");
    assert_eq!(world.events(&advance("WO-2")), ["work_order_waiting_ended"]);
}

#[test]
fn an_order_with_work_does_not_become_a_waiting_step() {
    let mut world = World::small();
    world.allocate(work("WO-1", "O-1", "M-1"));
    let change = Command::ChangeWorkOrder {
        work_order_id: order_id("WO-1"),
        expected_version: None,
        details: order_details("WO-1"),
        terms: waits(10),
    };
    assert_eq!(world.refused(&change), [RefusalCode::InUse]);
}

#[test]
fn an_end_that_is_taken_back_is_told_with_what_no_longer_counts() {
    let mut world = World::small();
    let mut inspected = order_details("WO-1");
    inspected.quality_inspection_required = true;
    world.must(&Command::ChangeWorkOrder {
        work_order_id: order_id("WO-1"),
        expected_version: None,
        details: inspected,
        terms: WorkOrderTerms::default(),
    });
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(10);
    world.must(&complete(id, "100", false));
    assert_eq!(world.order("WO-1").details.quality_status, Some(QualityStatus::Pending));
    world.state.collect_finished();
    world.must(&Command::Undo {
        allocation_id: id,
        reason: Default::default(),
        overrides: Vec::new(),
    });
    let told = log(&mut world).pop().unwrap();
    assert_eq!(told.entry, ProductionEntry::Reopened);
    assert_eq!(told.quantity_produced, Some(quantity("100")));
    assert_eq!(told.cumulative_quantity, Some(Quantity::ZERO));
    assert_eq!(world.order("WO-1").details.quality_status, None, "nothing to inspect yet");
}
