//! When people worked, folded from events: pauses, handing on, taking back, machines alone.
//!
//! Against the plain rule: of the allocations that somebody has, the steps by which they ran for
//! that person. And the part of a log that a node reads at its start tells the same as all of it.

use mraos_domain::{
    AllocationId, Instant, OperatorId, PastWork, Recorded, Window, WorkStep, Worked, worked::Effect,
};
use proptest::prelude::*;

use crate::attendance::{local, plant_at};
use crate::properties::{config, history, play};
use crate::world::*;

const PEOPLE: [&str; 3] = ["O-1", "O-2", "O-3"];

fn steps(log: &[Recorded]) -> impl Iterator<Item = WorkStep> {
    log.iter().filter_map(WorkStep::of)
}

fn fold(log: &[Recorded]) -> Worked {
    let mut worked = Worked::default();
    steps(log).for_each(|step| worked.take(&step));
    worked
}

/// When somebody worked since midnight, as local times, and how many allocations began.
fn day(world: &World, worked: &Worked, operator: &str) -> (Vec<Window>, usize) {
    let id = operator_id(operator);
    let (from, to) = (local("00:00"), local("2026-03-03 00:00"));
    let mut windows = worked.windows(&id, from, world.now);
    windows.sort_by_key(|window| window.start);
    (windows, worked.count_begun(&id, Window { start: from, end: to }))
}

fn window(from: &str, to: &str) -> Window {
    Window { start: local(from), end: local(to) }
}

fn undo(allocation_id: AllocationId) -> mraos_domain::Command {
    let (reason, overrides) = (Default::default(), Vec::new());
    mraos_domain::Command::Undo { allocation_id, reason, overrides }
}

#[test]
fn what_runs_counts_until_it_pauses_and_from_then_on_again() {
    let mut world = plant_at("2026-03-01 23:30");
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.now = local("00:30");
    world.must(&pause(id));
    world.now = local("07:00");
    // Told late.
    world.submit_at(local("06:45"), &resume(id)).unwrap();
    assert_eq!(
        day(&world, &fold(&world.log), "O-1"),
        (vec![window("2026-03-01 23:30", "00:30"), window("06:45", "07:00")], 0),
        "it began the day before"
    );
    world.must(&release(id));
    world.now = local("07:10");
    let ended = fold(&world.log);
    assert_eq!(day(&world, &ended, "O-1").0[1], window("06:45", "07:00"));
    world.must(&undo(id));
    world.now = local("08:00");
    let (windows, begun) = day(&world, &fold(&world.log), "O-1");
    assert_eq!((windows[2], begun), (window("07:10", "08:00"), 0), "taken back, it runs again");
    world.must(&release(id));
    world.allocate(work("WO-1", "O-1", "M-1"));
    assert_eq!(day(&world, &fold(&world.log), "O-1").1, 1);
}

#[test]
fn work_is_of_whoever_has_it() {
    let mut world = plant_at("08:00");
    world.must(&create_operator("O-2"));
    let id = world.allocate(work("WO-1", "", "M-1"));
    world.now = local("09:00");
    world.must(&reassign(id, Some("O-1"), None));
    world.now = local("10:00");
    let worked = fold(&world.log);
    let first = (vec![window("09:00", "10:00")], 1);
    assert_eq!(day(&world, &worked, "O-1"), first, "a machine had begun alone");
    world.must(&reassign(id, Some("O-2"), None));
    world.now = local("10:10");
    let worked = fold(&world.log);
    assert_eq!(day(&world, &worked, "O-1"), (Vec::new(), 0), "handed on");
    assert_eq!(day(&world, &worked, "O-2"), (vec![window("10:00", "10:10")], 1));
    world.must(&undo(id));
    world.now = local("12:00");
    let worked = fold(&world.log);
    let back = vec![window("09:00", "10:00"), window("10:10", "12:00")];
    assert_eq!(day(&world, &worked, "O-1"), (back, 1), "given back");
    assert_eq!(day(&world, &worked, "O-2"), (Vec::new(), 0));
}

#[test]
fn what_is_over_is_forgotten_and_what_runs_is_not() {
    let mut world = plant_at("06:00");
    world.must(&create_operator("O-2"));
    world.must(&create_machine("M-2"));
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.allocate(work("WO-1", "O-2", "M-2"));
    world.now = local("07:00");
    world.must(&release(id));
    world.now = local("12:00");
    let mut worked = fold(&world.log);
    worked.forget_before(local("07:00"));
    assert_eq!(day(&world, &worked, "O-1"), (vec![window("06:00", "07:00")], 0));
    worked.forget_before(local("07:01"));
    assert_eq!(day(&world, &worked, "O-1"), (Vec::new(), 0));
    assert_eq!(day(&world, &worked, "O-2"), (vec![window("06:00", "12:00")], 0));
}

/// The rule without a memory: the steps of the allocations that somebody has at last.
fn plainly(log: &[Recorded], id: &OperatorId, from: Instant, to: Instant) -> (Vec<Window>, usize) {
    let id = Some(id.clone());
    let (mut windows, mut running, mut begun) = (Vec::new(), Vec::new(), 0);
    let mut all: Vec<AllocationId> = steps(log).map(|step| step.allocation_id).collect();
    all.sort();
    all.dedup();
    for allocation in all {
        let steps: Vec<WorkStep> =
            steps(log).filter(|step| step.allocation_id == allocation).collect();
        if steps.last().is_none_or(|last| last.operator_id != id) {
            continue;
        }
        let first = steps.iter().find(|step| step.effect == Effect::Begins);
        begun += usize::from(first.is_some_and(|first| first.at >= from));
        let mut since = None;
        for step in steps {
            if step.effect != Effect::Rests && step.operator_id == id {
                since.get_or_insert(step.at);
            } else if let Some(start) = since.take() {
                windows.push(Window { start, end: step.at });
            }
        }
        running.extend(since.map(|start| Window { start, end: to }));
    }
    windows.retain(|window: &Window| window.end > from);
    windows.extend(running);
    (windows, begun)
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn any_history_and_any_part_of_it_tell_what_the_plain_rule_tells(
        history in history(),
        cut in 0..1_000_usize,
    ) {
        let world = play(&history, |world, command| drop(world.submit(command)));
        let log = &world.log;
        let since = log[cut * log.len() / 1_000].recorded_at;
        let (before, after) = log.split_at(log.partition_point(|one| one.recorded_at < since));
        let mut past = PastWork::from_position(after[0].position);
        steps(after).for_each(|step| past.take(step));
        let needed = past.from_before();
        let earlier = steps(before).filter(|step| needed.contains(&step.allocation_id));
        earlier.for_each(|step| past.take_earlier(&step));
        let open = world.state.all_allocations().filter(|one| one.is_open());
        let part = past.finish(open, since);
        let whole = fold(log);
        for id in PEOPLE.map(operator_id) {
            let (mut expected, begun) = plainly(log, &id, since, world.now);
            expected.sort_by_key(|window| (window.start, window.end));
            for (name, worked) in [("whole", &whole), ("part", &part)] {
                let mut windows = worked.windows(&id, since, world.now);
                windows.sort_by_key(|window| (window.start, window.end));
                prop_assert_eq!(&windows, &expected, "{} of {}", name, id);
                let within = Window { start: since, end: world.now.plus_minutes(1) };
                prop_assert_eq!(worked.count_begun(&id, within), begun, "{} of {}", name, id);
            }
            let has = |one: &&mraos_domain::Allocation| {
                one.assignment.operator_id.as_ref() == Some(&id)
                    && one.actual_start_time.is_some_and(|start| start >= since)
            };
            prop_assert_eq!(world.state.all_allocations().filter(has).count(), begun);
        }
    }
}
