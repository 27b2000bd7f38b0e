//! What a machine did and when: posted, brought about by work, and stated late.
//!
//! A period ends where the machine's next one begins; the last one is the present.

use mraos_domain::{
    Command, Finished, Instant, Machine, MachineStatus, MachineStatusBegun, RowId, State, evolve,
};

use crate::world::*;

/// What the machine began to do, in the order of its history.
fn history(world: &World, id: &str) -> Vec<MachineStatusBegun> {
    let mut state = State::default();
    state.collect_finished();
    world.log.iter().for_each(|one| evolve(&mut state, one));
    let mut rows: Vec<(Instant, RowId, MachineStatusBegun)> = Vec::new();
    for one in state.take_finished() {
        let id = one.row_id();
        if let Finished::MachineStatus(began) = one.row {
            rows.push((began.started_at, id, began));
        }
    }
    rows.retain(|(_, _, began)| began.machine_id == machine_id(id));
    rows.sort_by_key(|(at, id, _)| (*at, *id));
    rows.into_iter().map(|(_, _, began)| began).collect()
}

/// A machine's history ends in what it is doing.
pub(crate) fn check_history(world: &World, machine: &Machine) {
    let last = history(world, machine.machine_id.as_str()).pop().unwrap();
    assert_eq!(last.status, machine.current_status, "{machine:?}");
    assert_eq!(last.reason_code, machine.status_reason_code, "{machine:?}");
    assert!(last.started_at >= machine.status_updated_at, "{machine:?} {last:?}");
}

fn told(world: &World, id: &str) -> Vec<(i64, &'static str)> {
    let minute = |at: Instant| at.millis_since(crate::world::at(MORNING)) / 60_000;
    let all = history(world, id);
    all.iter().map(|began| (minute(began.started_at), began.status.as_str())).collect()
}

#[test]
fn work_and_signals_make_one_history() {
    let mut world = World::small();
    world.wait(10);
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(10);
    world.must(&post_machine("M-1", MachineStatus::Breakdown, Some("no_signal")));
    world.wait(10);
    world.must(&post_machine("M-1", MachineStatus::Idle, None));
    world.must(&resume(id));
    world.wait(10);
    world.must(&release(id));
    let all = [(0, "idle"), (10, "running"), (20, "breakdown"), (30, "idle"), (30, "running")];
    assert_eq!(told(&world, "M-1"), [&all[..], &[(40, "idle")]].concat());
    let broke = history(&world, "M-1").remove(2);
    assert_eq!(broke.reason_code, Some(text("no_signal")));
    assert_eq!(broke.reported_by, text("S-042"));
}

#[test]
fn one_event_may_begin_something_on_two_machines() {
    let mut world = World::small();
    world.must(&create_machine("M-2"));
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.state.collect_finished();
    world.wait(5);
    let moved = world.must(&reassign(id, None, Some("M-2")));
    let rows = world.state.take_finished();
    let ids: Vec<i64> = rows.iter().map(|one| one.row_id().0).collect();
    let first = moved[0].position * 1_000;
    assert_eq!(ids, [first, first + 1], "each row has a key of its own");
    assert_eq!(told(&world, "M-1"), [(0, "idle"), (0, "running"), (5, "idle")]);
    assert_eq!(told(&world, "M-2"), [(0, "idle"), (5, "running")]);
}

#[test]
fn what_is_stated_late_lasts_until_the_next_thing_that_is_known() {
    let mut world = World::small();
    world.wait(60);
    world.allocate(work("WO-1", "O-1", "M-1"));
    let earlier = at(MORNING).plus_minutes(30);
    world.submit_at(earlier, &post_machine("M-1", MachineStatus::Maintenance, None)).unwrap();
    assert_eq!(told(&world, "M-1"), [(0, "idle"), (30, "maintenance"), (60, "running")]);
    assert_eq!(world.machine("M-1").status_updated_at, at(MORNING).plus_minutes(60));
}

#[test]
fn work_that_began_since_proves_that_a_late_stop_was_over() {
    let mut world = World::small();
    world.must(&post_machine("M-1", MachineStatus::Running, None));
    world.wait(60);
    world.allocate(work("WO-1", "O-1", "M-1"));
    let earlier = at(MORNING).plus_minutes(30);
    world.submit_at(earlier, &post_machine("M-1", MachineStatus::Breakdown, None)).unwrap();
    let all = [(0, "idle"), (0, "running"), (30, "breakdown"), (60, "running")];
    assert_eq!(told(&world, "M-1"), all, "it ran again at the latest when work began");
}

#[test]
fn work_stated_late_does_not_run_before_the_machines_own_word() {
    let mut world = World::small();
    world.wait(30);
    world.must(&post_machine("M-1", MachineStatus::Offline, Some("no_signal")));
    world.must(&post_machine("M-1", MachineStatus::Idle, None));
    world.wait(30);
    let early = at(MORNING).plus_minutes(10);
    world.submit_at(early, &Command::Allocate(work("WO-1", "O-1", "M-1"))).unwrap();
    let all = [(0, "idle"), (30, "offline"), (30, "idle"), (30, "running")];
    assert_eq!(told(&world, "M-1"), all);
    assert_eq!(world.machine("M-1").status_updated_at, at(MORNING).plus_minutes(30));
}

#[test]
fn rows_of_a_refused_submission_are_taken_back() {
    let mut world = World::small();
    world.state.collect_finished();
    world.must(&create_machine("M-2"));
    world.state.begin();
    world.must(&create_machine("M-3"));
    world.state.undo();
    world.state.begin();
    world.must(&create_machine("M-4"));
    world.state.keep();
    let rows = world.state.take_finished();
    let names: Vec<&str> = rows.iter().map(|one| name_of(&one.row)).collect();
    assert_eq!(names, ["M-2", "M-4"]);
    assert_eq!(world.state.take_finished(), [], "handed on once");
}

fn name_of(row: &Finished) -> &str {
    match row {
        Finished::MachineStatus(began) => began.machine_id.as_str(),
        other => panic!("{other:?}"),
    }
}
