//! Maintenance: planned windows keep work away, overdue ones its beginning; counters begin anew.
//!
//! The plant's day ends at 23:00 UTC; it is Monday, 2 March 2026, 07:00 there.

use jiff::civil::date;
use mraos_domain::command::Reason;
use mraos_domain::{
    Command, Finished, Instant, MachineStatus, MaintenanceStatus, MaintenanceTerms, RefusalCode,
    RowId, Window,
};

use crate::world::*;

pub(crate) fn lubrication() -> MaintenanceTerms {
    MaintenanceTerms {
        maintenance_type: text("Lubrication"),
        window: None,
        due_date: None,
        due_after_hours: None,
        interval_days: None,
        repeats_by_hours: false,
    }
}

pub(crate) fn plan(id: &str, edit: impl FnOnce(&mut MaintenanceTerms)) -> Command {
    let mut terms = lubrication();
    edit(&mut terms);
    Command::PlanMaintenance { machine_id: machine_id(id), terms }
}

pub(crate) fn complete_maintenance(id: &str, maintenance_id: RowId) -> Command {
    Command::CompleteMaintenance { machine_id: machine_id(id), maintenance_id, notes: None }
}

fn planned(world: &mut World, edit: impl FnOnce(&mut MaintenanceTerms)) -> RowId {
    RowId(world.must(&plan("M-1", edit))[0].position)
}

fn window(world: &World, from: i64, minutes: i64) -> Window {
    Window::starting(world.now.plus_minutes(from), minutes)
}

#[test]
fn no_work_is_booked_into_a_planned_window_unless_somebody_says_why() {
    let mut world = World::small();
    let maintained = window(&world, 60, 30);
    planned(&mut world, |terms| terms.window = Some(maintained));
    let at = |minutes| booking(("WO-1", "O-1", "M-1"), at(MORNING).plus_minutes(minutes), 30);
    let refusals = world.refusals(&Command::Allocate(at(45)));
    assert_eq!(refusals[0].code, RefusalCode::MaintenancePlanned);
    assert_eq!((refusals[0].from, refusals[0].to), (Some(maintained.start), Some(maintained.end)));
    assert!(refusals[0].message.contains("Lubrication"), "{}", refusals[0].message);
    assert!(refusals[0].overridable);
    for free in [30, 90] {
        let id = world.allocate(at(free));
        world.must(&cancel(id));
    }
    let mut overridden = at(45);
    overridden.overrides = vec![overriding(RefusalCode::MaintenancePlanned)];
    world.allocate(overridden);
}

#[test]
fn a_booking_meets_a_window_that_was_planned_since_when_it_starts() {
    let mut world = World::small();
    let id = world.allocate(booking(("WO-1", "O-1", "M-1"), world.now.plus_minutes(10), 60));
    let maintained = window(&world, 30, 30);
    planned(&mut world, |terms| terms.window = Some(maintained));
    world.wait(10);
    assert_eq!(world.refused(&start(id)), [RefusalCode::MaintenancePlanned]);
}

#[test]
fn what_is_overdue_keeps_work_from_beginning_but_not_from_being_booked() {
    let mut world = World::small();
    planned(&mut world, |terms| terms.due_date = Some(date(2026, 3, 2)));
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.must(&release(id));
    world.wait(24 * 60);
    let refusals = world.refusals(&Command::Allocate(work("WO-1", "O-1", "M-1")));
    assert_eq!(refusals[0].code, RefusalCode::MaintenancePlanned);
    assert!(refusals[0].message.contains("2026-03-02"), "{}", refusals[0].message);
    world.allocate(booking(("WO-1", "O-1", "M-1"), world.now.plus_minutes(120), 60));
}

#[test]
fn hours_count_while_the_machine_runs_and_begin_anew_when_it_is_maintained() {
    let mut world = World::small();
    let id = planned(&mut world, |terms| {
        terms.due_after_hours = Some(2);
        terms.repeats_by_hours = true;
    });
    let remaining = |world: &World| world.machine("M-1").maintenance_hours_remaining(world.now);
    world.wait(600);
    assert_eq!(remaining(&world), Some(2), "standing still does not count");
    world.must(&post_machine("M-1", MachineStatus::Running, None));
    world.wait(90);
    assert_eq!(remaining(&world), Some(0), "half an hour is no whole hour");
    world.must(&post_machine("M-1", MachineStatus::Offline, Some("no_signal")));
    world.wait(600);
    world.must(&post_machine("M-1", MachineStatus::Running, None));
    world.wait(30);
    let work_now = Command::Allocate(work("WO-1", "O-1", "M-1"));
    world.state.begin();
    world.must(&work_now);
    world.state.undo();
    world.log.pop();
    world.wait(1);
    let refusals = world.refusals(&work_now);
    assert_eq!(refusals[0].code, RefusalCode::MaintenancePlanned, "two hours and a minute");
    assert_eq!(refusals[0].required.as_deref(), Some("2"));
    let next = RowId(world.must(&complete_maintenance("M-1", id))[0].position);
    assert_eq!(remaining(&world), Some(2));
    assert_eq!(world.machine("M-1").maintenance[0].maintenance_id, next);
    assert_eq!(world.machine("M-1").details.maintenance_hours_remaining, Some(2));
    world.must(&work_now);
}

#[test]
fn completing_notes_the_day_and_opens_what_comes_again() {
    let mut world = World::small();
    world.state.collect_finished();
    let id = planned(&mut world, |terms| {
        terms.due_date = Some(date(2026, 3, 9));
        terms.interval_days = Some(30);
    });
    assert_eq!(world.machine("M-1").details.next_maintenance_date, Some(date(2026, 3, 9)));
    let version = world.machine("M-1").version;
    world.wait(24 * 60);
    world.must(&complete_maintenance("M-1", id));
    let machine = world.machine("M-1");
    assert_eq!(machine.details.last_maintenance_date, Some(date(2026, 3, 3)));
    assert_eq!(machine.details.next_maintenance_date, Some(date(2026, 4, 2)));
    assert_eq!(machine.version, version + 1);
    let rows = world.state.take_finished();
    let Finished::Maintenance(ended) = &rows.last().unwrap().row else { panic!("{rows:?}") };
    assert_eq!(ended.status, MaintenanceStatus::Completed);
    assert_eq!((ended.maintenance.maintenance_id, ended.ended_by.as_str()), (id, "S-042"));
    assert_eq!(
        world.refused(&complete_maintenance("M-1", id)),
        [RefusalCode::UnknownMaintenance],
        "done once"
    );
}

#[test]
fn what_does_not_come_again_leaves_no_date_behind() {
    let mut world = World::small();
    let id = planned(&mut world, |terms| terms.due_date = Some(date(2026, 3, 9)));
    let call_off = Command::CancelMaintenance {
        machine_id: machine_id("M-1"),
        maintenance_id: id,
        reason: Reason::default(),
    };
    world.must(&call_off);
    assert_eq!(world.machine("M-1").details.next_maintenance_date, None);
    assert_eq!(world.machine("M-1").details.last_maintenance_date, None, "called off, not done");
    assert_eq!(world.refused(&call_off), [RefusalCode::UnknownMaintenance]);
}

#[test]
fn an_interval_alone_is_due_once_it_has_passed_and_a_window_on_its_day() {
    let mut world = World::small();
    planned(&mut world, |terms| terms.interval_days = Some(7));
    assert_eq!(world.machine("M-1").next_maintenance_date(), Some(date(2026, 3, 9)));
    let night = Window::starting(at("2026-03-04T22:30:00Z"), 60);
    planned(&mut world, |terms| terms.window = Some(night));
    let due = world.machine("M-1").maintenance[1].terms.due_date;
    assert_eq!(due, Some(date(2026, 3, 5)), "it ends after midnight in the plant");
}

#[test]
fn plans_make_sense_and_are_made_once() {
    let mut world = World::small();
    assert_eq!(world.refused(&plan("M-1", |_| {})), [RefusalCode::InvalidValue], "never due");
    let by_hours = plan("M-1", |terms| {
        terms.due_date = Some(date(2026, 3, 9));
        terms.repeats_by_hours = true;
    });
    assert_eq!(world.refused(&by_hours), [RefusalCode::InvalidValue]);
    let empty = Window { start: world.now, end: world.now };
    assert_eq!(
        world.refused(&plan("M-1", |terms| terms.window = Some(empty))),
        [RefusalCode::InvalidValue]
    );
    let once = plan("M-1", |terms| terms.due_date = Some(date(2026, 3, 9)));
    let id = RowId(world.must(&once)[0].position);
    assert_eq!(world.refused(&once), [RefusalCode::DuplicateValue]);
    assert_eq!(world.refused(&plan("M-9", |_| {})), [RefusalCode::UnknownMachine]);
    let mut terms = lubrication();
    terms.due_date = Some(date(2026, 3, 10));
    let version = world.machine("M-1").version;
    let change = |expected_version| Command::ChangeMaintenance {
        machine_id: machine_id("M-1"),
        maintenance_id: id,
        expected_version,
        terms: terms.clone(),
    };
    assert_eq!(world.refused(&change(Some(version + 1))), [RefusalCode::StaleVersion]);
    assert_eq!(world.events(&change(Some(version))), ["maintenance_changed"]);
    assert_eq!(world.events(&change(None)), [] as [&str; 0]);
}

#[test]
fn a_change_of_master_data_does_not_state_maintenance() {
    let mut world = World::small();
    planned(&mut world, |terms| terms.due_date = Some(date(2026, 3, 9)));
    let mut details = machine_details("M-1");
    details.next_maintenance_date = Some(date(2030, 1, 1));
    details.zone = Some(text("Z"));
    let machine_id = machine_id("M-1");
    world.must(&Command::ChangeMachine { machine_id, expected_version: None, details });
    assert_eq!(world.machine("M-1").details.next_maintenance_date, Some(date(2026, 3, 9)));
}

#[test]
fn what_lasts_comes_before_what_is_next_and_what_is_over_counts_no_more() {
    let mut world = World::small();
    let (late, early) = (window(&world, 600, 60), window(&world, 60, 60));
    let later = planned(&mut world, |terms| terms.window = Some(late));
    let first = planned(&mut world, |terms| terms.window = Some(early));
    planned(&mut world, |terms| terms.due_after_hours = Some(10));
    let machine = world.state.machine(&machine_id("M-1")).unwrap();
    let next = |at: Instant| machine.next_maintenance_window(at).map(|(one, _)| one.maintenance_id);
    let minute = |minutes| early.start.plus_minutes(minutes);
    assert_eq!([next(minute(-60)), next(minute(0)), next(minute(59))], [Some(first); 3]);
    assert_eq!([next(minute(60)), next(late.start)], [Some(later); 2], "done or not");
    assert_eq!(next(late.end), None);
}
