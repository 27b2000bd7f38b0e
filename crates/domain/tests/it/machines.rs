//! Commands about machines: master data, breakdowns, silence, and the machine's own signal.
//!
//! Assigned is not running: a booking never changes what a machine is doing.

use mraos_domain::{Command, MachineStatus, Phase, RefusalCode, RequirementScope, RowId};

use crate::world::*;

fn change(
    id: &str,
    expected: Option<i32>,
    edit: impl FnOnce(&mut mraos_domain::MachineDetails),
) -> Command {
    let mut details = machine_details(id);
    edit(&mut details);
    Command::ChangeMachine { machine_id: machine_id(id), expected_version: expected, details }
}

#[test]
fn ids_and_serial_numbers_are_unique() {
    let mut world = World::small();
    assert_eq!(world.refused(&create_machine("M-1")), [RefusalCode::DuplicateValue]);
    let same = create_machine_with("M-2", |details| details.serial_number = Some(text("SN-M-1")));
    assert!(world.refusals(&same)[0].message.contains("serial_number `SN-M-1`"));
    world.must(&change("M-1", None, |details| details.serial_number = None));
    world.must(&same);
    assert_eq!(world.refused(&change("M-1", None, |_| {})), [RefusalCode::DuplicateValue]);
}

#[test]
fn stale_versions_open_work_and_unknown_machines() {
    let mut world = World::small();
    let edit = |details: &mut mraos_domain::MachineDetails| details.zone = Some(text("Z"));
    assert_eq!(world.refused(&change("M-1", Some(2), edit)), [RefusalCode::StaleVersion]);
    assert_eq!(world.refused(&change("M-9", None, edit)), [RefusalCode::UnknownMachine]);
    world.must(&change("M-1", Some(1), edit));
    assert_eq!(world.machine("M-1").version, 2);
    world.allocate(work("WO-1", "O-1", "M-1"));
    let retire = change("M-1", None, |details| details.is_active = false);
    assert_eq!(world.refused(&retire), [RefusalCode::InUse]);
}

#[test]
fn a_machine_that_stops_pauses_its_work() {
    for status in [MachineStatus::Breakdown, MachineStatus::Maintenance, MachineStatus::Offline] {
        let mut world = World::small();
        let id = world.allocate(work("WO-1", "O-1", "M-1"));
        world.wait(5);
        let events = world.events(&post_machine("M-1", status, None));
        assert_eq!(events, ["machine_status_changed", "allocation_paused"], "{status:?}");
        assert_eq!(world.allocation(id).phase, Phase::Paused);
        assert_eq!(world.machine("M-1").current_status, status);
        assert_eq!(world.operator("O-1").current_status.as_str(), "available");
        assert_eq!(world.refused(&resume(id)), [RefusalCode::MachineUnavailable]);
        world.must(&post_machine("M-1", MachineStatus::Idle, None));
        world.must(&resume(id));
        assert_eq!(world.machine("M-1").current_status, MachineStatus::Running);
    }
}

#[test]
fn silence_is_not_a_stop() {
    let mut world = World::small();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(5);
    let silent = post_machine("M-1", MachineStatus::Offline, Some("no_signal"));
    assert_eq!(world.events(&silent), ["machine_status_changed"]);
    assert_eq!(world.allocation(id).phase, Phase::Running);
    assert_eq!(world.machine("M-1").status_reason_code, Some(text("no_signal")));
    assert_eq!(world.events(&silent), [] as [&str; 0], "said twice");
    let off = post_machine("M-1", MachineStatus::Offline, None);
    assert_eq!(world.events(&off), ["machine_status_changed", "allocation_paused"]);
}

#[test]
fn the_machines_own_signal_survives_bookings() {
    let mut world = World::small();
    world.must(&post_machine("M-1", MachineStatus::Running, None));
    let id = world.allocate(booking(("WO-1", "O-1", "M-1"), world.now.plus_minutes(60), 60));
    assert_eq!(world.machine("M-1").current_status, MachineStatus::Running, "booked");
    world.must(&create_operator("O-2"));
    world.must(&reassign(id, Some("O-2"), None));
    assert_eq!(world.machine("M-1").current_status, MachineStatus::Running, "reassigned");
    world.must(&cancel(id));
    assert_eq!(world.machine("M-1").current_status, MachineStatus::Running, "cancelled");
}

#[test]
fn a_machine_with_two_jobs_runs_until_both_are_over() {
    let mut world = World::small();
    world.must(&change("M-1", None, |details| details.parallel_capacity = 2));
    world.must(&create_order("WO-2"));
    let first = world.allocate(work("WO-1", "", "M-1"));
    let second = world.allocate(work("WO-2", "", "M-1"));
    world.must(&release(first));
    assert_eq!(world.machine("M-1").current_status, MachineStatus::Running);
    world.must(&pause(second));
    assert_eq!(world.machine("M-1").current_status, MachineStatus::Idle);
}

#[test]
fn skill_requirements_belong_to_something_that_exists() {
    let mut world = World::small();
    let machine = |id: &str| RequirementScope::Machine(machine_id(id));
    assert_eq!(world.refused(&require(machine("M-9"), "WELD", 1)), [RefusalCode::UnknownMachine]);
    let order = RequirementScope::WorkOrder(order_id("WO-9"));
    assert_eq!(world.refused(&require(order, "WELD", 1)), [RefusalCode::UnknownWorkOrder]);
    world.must(&require(machine("M-1"), "WELD", 1));
    assert_eq!(world.events(&require(machine("M-1"), "WELD", 1)), [] as [&str; 0]);
    let replaced = world.must(&require(machine("M-1"), "WELD", 2));
    let all = world.state.requirements(&machine("M-1"));
    assert_eq!(all.len(), 1, "one per skill");
    assert_eq!(all[0].requirement_id, RowId(replaced[0].position));
    let drop = Command::DropRequirement { scope: machine("M-1"), requirement_id: RowId(1) };
    assert_eq!(world.refused(&drop), [RefusalCode::UnknownRequirement]);
}
