//! Random histories of a small plant keep what the rules promise.
//!
//! A history is a list of numbers; each step turns them into a command about things that exist,
//! so that most commands have a chance. `PROPTEST_RNG_SEED` and `PROPTEST_CASES` explore others
//! than the fixed ones.

use std::collections::{BTreeMap, BTreeSet};

use mraos_domain::command::{ExpectedEnd, Progress};
use mraos_domain::{
    Allocation, AllocationId, Command, DependencyType, Event, Instant, Key, MachineStatus,
    OperatorStatus, Phase, QualityStatus, Quantity, Recorded, RequirementScope, RowId, ShiftChoice,
    ShiftStatus, Side, State, UniqueField, WorkOrderStatus, WorkOrderTerms, decide, evolve,
    requires,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::machine_history::check_history;
use crate::maintenance::{complete_maintenance, plan};
use crate::production::{advance, order_with};
use crate::world::*;

/// One step: which command, about what, after how many minutes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    kind: u8,
    a: u8,
    b: u8,
    c: u8,
    wait: u8,
    /// In one step of eight: minutes that the caller's statement lies back.
    back: u8,
}

pub(crate) fn history() -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>(), 0..30_u8, any::<u8>());
    let step = step.prop_map(|(kind, a, b, c, wait, back)| Step { kind, a, b, c, wait, back });
    prop::collection::vec(step, 1..150)
}

pub(crate) fn config(cases: u32) -> Config {
    let default = Config::default();
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(20_260_302),
        given => given,
    };
    let cases = if default.cases == 256 { cases } else { default.cases };
    Config { cases, rng_seed, failure_persistence: None, max_shrink_iters: 2_000, ..default }
}

const OPERATORS: [(&str, u16); 3] = [("O-1", 1), ("O-2", 1), ("O-3", 2)];
const MACHINES: [(&str, u16); 3] = [("M-1", 1), ("M-2", 1), ("M-3", 3)];
const ORDERS: u8 = 5;
/// Most that anybody can do at once.
const MOST: u16 = 3;

fn populated() -> World {
    let mut world = crate::attendance::with_clocks(World::new());
    world.state.collect_finished();
    for (id, capacity) in OPERATORS {
        world.must(&create_operator_with(id, |details| details.parallel_capacity = capacity));
    }
    for (id, capacity) in MACHINES {
        world.must(&create_machine_with(id, |details| details.parallel_capacity = capacity));
    }
    for n in 0..ORDERS {
        world.must(&create_order(&format!("WO-{n}")));
    }
    crate::stock_histories::furnish(&mut world);
    world
}

fn pick<'a>(all: &[(&'a str, u16)], n: u8) -> &'a str {
    all[usize::from(n) % all.len()].0
}

fn order_name(n: u8) -> String {
    // Orders beyond the first ones replace the closed ones of long histories.
    let beyond = if n >= 200 { 3 } else { 0 };
    format!("WO-{}", n % ORDERS + beyond)
}

/// One of the newest allocations; three times of four one in a phase that fits.
fn some_allocation(world: &World, step: Step, fitting: &[Phase]) -> AllocationId {
    let fits = |one: &&Allocation| step.b.is_multiple_of(4) || fitting.contains(&one.phase);
    let mut ids: Vec<AllocationId> =
        world.state.all_allocations().filter(fits).map(|one| one.allocation_id).collect();
    ids.sort();
    match ids.len().min(6) {
        0 => AllocationId(1),
        recent => ids[ids.len() - 1 - usize::from(step.a) % recent],
    }
}

fn proposal(world: &World, step: Step) -> mraos_domain::command::NewAllocation {
    let (operator, machine) = match step.c % 8 {
        0 => (pick(&OPERATORS, step.b), ""),
        1 => ("", pick(&MACHINES, step.b)),
        _ => (pick(&OPERATORS, step.b), pick(&MACHINES, step.b / 3)),
    };
    let mut new = work(&order_name(step.a), operator, machine);
    new.expected_duration_minutes = Some(i32::from(step.c % 50) + 1);
    if step.c >= 128 {
        new.expected_start_time = Some(world.now.plus_minutes(i64::from(step.c % 64) - 8));
    }
    new
}

fn command_of(world: &World, step: Step) -> Command {
    let some = |fitting: &[Phase]| some_allocation(world, step, fitting);
    let begun = [Phase::Running, Phase::Paused];
    let statuses = [
        OperatorStatus::Available,
        OperatorStatus::Break,
        OperatorStatus::Available,
        OperatorStatus::Sick,
    ];
    let signals = [
        (MachineStatus::Idle, None),
        (MachineStatus::Breakdown, None),
        (MachineStatus::Running, None),
        (MachineStatus::Offline, Some("no_signal")),
        (MachineStatus::Idle, None),
    ];
    match step.kind % 48 {
        0..=9 => Command::Allocate(proposal(world, step)),
        10..=12 => start(some(&[Phase::Booked])),
        13 | 14 => pause(some(&[Phase::Running])),
        15 | 16 => resume(some(&[Phase::Paused])),
        17 | 18 => release(some(&begun)),
        19 | 20 => complete(some(&begun), &(step.b % 40).to_string(), step.c.is_multiple_of(16)),
        21 => cancel(some(&[Phase::Booked])),
        22..=24 => reassign(
            some(&[Phase::Booked, Phase::Running, Phase::Paused]),
            (!step.b.is_multiple_of(3)).then(|| pick(&OPERATORS, step.c)),
            (step.b % 3 < 2).then(|| pick(&MACHINES, step.c / 3)),
        ),
        25 => post_operator(pick(&OPERATORS, step.a), statuses[usize::from(step.b % 4)]),
        26 => {
            let (status, code) = signals[usize::from(step.b % 5)];
            post_machine(pick(&MACHINES, step.a), status, code)
        }
        27 => Command::ReportProgress {
            work_order_id: order_id(&order_name(step.a)),
            expected_version: None,
            progress: Progress::More(quantity(&(step.b % 60).to_string())),
            quantity_rejected: quantity(&(step.c % 3).to_string()),
        },
        28 => order_with(&order_name(step.a), terms_of(step)),
        29 => after(
            &order_name(step.a),
            &order_name(step.b),
            DependencyType::ALL[usize::from(step.c % 3)],
            step.c.is_multiple_of(4),
        ),
        30 => Command::CancelWorkOrder {
            work_order_id: order_id(&order_name(step.a)),
            expected_version: Some(i32::from(step.b % 4)),
            reason: Default::default(),
        },
        31 => master_data(world, step),
        32..=35 => correction(world, step),
        44..=47 => clock(world, step),
        _ => crate::stock_histories::command(world, (step.a, step.b, step.c)),
    }
}

/// What the clock says, or nobody says, of somebody with shifts.
fn clock(world: &World, step: Step) -> Command {
    let operator = pick(&OPERATORS, step.a);
    let shifts = &world.operator(operator).shifts;
    if shifts.len() < 4 && step.b.is_multiple_of(3) {
        let (start, end) =
            [("06:00", "10:00"), ("10:00", "18:00"), ("20:00", "04:00")][usize::from(step.c % 3)];
        let day = world.plant.date_of(world.now).to_string();
        return crate::shifts::add_shift(operator, &day, start, end);
    }
    let shift_id = shifts.get(usize::from(step.c % 4)).map_or(RowId(1), |one| one.shift_id);
    let away = [OperatorStatus::Sick, OperatorStatus::Absent, OperatorStatus::Available];
    match step.b % 8 {
        0..=2 => crate::attendance::clock_in(operator),
        3 | 4 => crate::attendance::clock_out(operator),
        5 | 6 => crate::attendance::note_absence(operator, shift_id),
        _ => {
            let choice =
                if step.c < 128 { ShiftChoice::Next } else { ShiftChoice::Shift(shift_id) };
            if step.a.is_multiple_of(3) {
                return Command::UndoCallOff { operator_id: operator_id(operator), choice };
            }
            crate::calling_off::call_off(operator, choice, away[usize::from(step.c % 3)])
        }
    }
}

/// What mends the steps before.
fn correction(world: &World, step: Step) -> Command {
    let any = [Phase::Booked, Phase::Running, Phase::Paused, Phase::Ended];
    let allocation_id = some_allocation(world, step, &any);
    let minutes = i32::from(step.c % 90) + 1;
    let start = world.now.plus_minutes(i64::from(step.b % 50));
    match step.kind % 4 {
        0 => Command::Reschedule {
            allocation_id: some_allocation(world, step, &[Phase::Booked, Phase::Running]),
            expected_start_time: step.b.is_multiple_of(2).then_some(start),
            expected_end: Some(ExpectedEnd::After(minutes)),
            reason: Default::default(),
            overrides: Vec::new(),
        },
        1 => Command::NoteOverrun { allocation_id },
        2 => Command::Reassign {
            allocation_id,
            operator_id: None,
            machine_id: None,
            dropped: Some(if step.c < 128 { Side::Operator } else { Side::Machine }),
            reason: Default::default(),
            overrides: Vec::new(),
        },
        _ => Command::Undo { allocation_id, reason: Default::default(), overrides: Vec::new() },
    }
}

/// Who can do several things at once may be changed to more or fewer.
fn other_capacity(first: u16, n: u8) -> u16 {
    if first == 1 { 1 } else { u16::from(n) % MOST + 1 }
}

/// Some orders allow an overrun, some are waiting steps.
fn terms_of(step: Step) -> WorkOrderTerms {
    let mut terms = WorkOrderTerms::default();
    match step.c % 4 {
        0 => terms.overrun_quantity = Some(quantity(&(step.b % 20).to_string())),
        1 => terms.wait_minutes = Some(i32::from(step.b % 60) + 1),
        _ => {}
    }
    terms
}

fn quality(step: Step) -> Command {
    let all = QualityStatus::ALL;
    let work_order_id = order_id(&order_name(step.a));
    let status = all[usize::from(step.c) % all.len()];
    Command::DecideQuality { work_order_id, status, notes: None }
}

fn master_data(world: &World, step: Step) -> Command {
    let (operator, capacity) = OPERATORS[usize::from(step.a) % OPERATORS.len()];
    match step.b % 10 {
        0 => give_skill(operator, "WELD", i64::from(step.c % 4) + 1, Some("2026-03-02")),
        1 => require(RequirementScope::Machine(machine_id(pick(&MACHINES, step.a))), "WELD", 1),
        2 => crate::shifts::add_shift(operator, "2026-03-02", "06:00", "22:00"),
        3 => {
            let mut details = operator_details(operator);
            details.parallel_capacity = other_capacity(capacity, step.c);
            details.department = Some(text(&format!("D{}", step.c % 3)));
            let operator_id = operator_id(operator);
            let person_changed = step.c.is_multiple_of(5);
            Command::ChangeOperator { operator_id, expected_version: None, details, person_changed }
        }
        9 if step.c > 235 => Command::EraseOperator { operator_id: operator_id(operator) },
        4 => {
            let day = "2026-03-02".parse().unwrap();
            if step.c.is_multiple_of(2) {
                Command::DefineHoliday { day, name: text(&format!("Day {}", step.c % 3)) }
            } else {
                Command::RemoveHoliday { day }
            }
        }
        7 => advance(&order_name(step.c)),
        8 => quality(step),
        5 => plan(pick(&MACHINES, step.a), |terms| {
            terms.interval_days = (!step.c.is_multiple_of(3)).then(|| i32::from(step.c % 20) + 1);
            terms.due_after_hours = (!step.c.is_multiple_of(2)).then(|| i32::from(step.c % 40));
            terms.repeats_by_hours = step.c % 4 == 1;
        }),
        6 => {
            let machine = world.machine(pick(&MACHINES, step.a));
            let planned = machine.maintenance.first().map_or(RowId(1), |one| one.maintenance_id);
            complete_maintenance(machine.machine_id.as_str(), planned)
        }
        _ => {
            let machine = MACHINES[usize::from(step.a) % MACHINES.len()];
            let mut details = machine_details(machine.0);
            details.parallel_capacity = other_capacity(machine.1, step.c);
            details.serial_number = step.c.is_multiple_of(2).then(|| text("SN-X"));
            let machine_id = machine_id(machine.0);
            Command::ChangeMachine { machine_id, expected_version: None, details }
        }
    }
}

/// Everything that would be a row, in one order, to compare states by.
pub(crate) fn rows(state: &State) -> Vec<String> {
    let open = |all: Vec<&Allocation>| {
        let ids: BTreeSet<i64> = all.iter().map(|one| one.allocation_id.0).collect();
        format!("{ids:?}")
    };
    let mut rows: Vec<String> = Vec::new();
    for one in state.all_operators() {
        let work = open(state.open_of_operator(&one.operator_id).collect());
        rows.push(format!("{one:?} {work}"));
    }
    for one in state.all_machines() {
        let work = open(state.open_of_machine(&one.machine_id).collect());
        rows.push(format!("{one:?} {work}"));
    }
    for one in state.all_work_orders() {
        let work = open(state.open_of_work_order(&one.work_order_id).collect());
        rows.push(format!("{one:?} {work}"));
    }
    rows.extend(state.all_allocations().map(|one| format!("{one:?}")));
    rows.extend(state.all_materials().map(|one| format!("{one:?}")));
    rows.extend(state.all_requirements().map(|one| format!("{one:?}")));
    rows.extend(state.holidays().values().map(|one| format!("{one:?}")));
    rows.extend(state.all_reason_codes().map(|one| format!("{one:?}")));
    rows.sort();
    rows
}

/// Loads from `whole` only what `command` asks for; how many rounds that took.
pub(crate) fn load_part(whole: &State, command: &Command) -> (State, usize) {
    let mut part = State::default();
    for round in 0..100 {
        let missing = requires(&part, command, None);
        if missing.is_empty() {
            return (part, round);
        }
        for key in missing {
            load_key(whole, &mut part, key);
        }
    }
    panic!("loading {command:?} does not end");
}

fn load_key(whole: &State, part: &mut State, key: Key) {
    part.note_absent(key.clone());
    let mut open: Vec<Allocation> = Vec::new();
    match &key {
        Key::Operator(id) => open.extend(whole.open_of_operator(id).cloned()),
        Key::Machine(id) => open.extend(whole.open_of_machine(id).cloned()),
        Key::WorkOrder(id) => open.extend(whole.open_of_work_order(id).cloned()),
        Key::Allocation(id) => open.extend(whole.allocation(*id).cloned()),
        Key::LastChange(id) => {
            if let Some(one) = whole.last_change(*id).cloned() {
                part.put_last_change(*id, one);
            }
        }
        Key::ReasonCode(code) => {
            if let Some(one) = whole.reason_code(code).cloned() {
                part.put_reason_code(one);
            }
        }
        Key::Requirements(scope) => {
            part.put_requirements(scope.clone(), whole.requirements(scope).to_vec());
        }
        Key::Unique(field, value) => {
            part.put_holder(*field, value, whole.holder(*field, value).map(str::to_owned));
        }
        Key::Holidays => part.put_holidays(whole.holidays().clone()),
        Key::Material(id) => {
            if let Some(one) = whole.material(id).cloned() {
                part.put_material(one);
            }
        }
        Key::Source(_) => {}
    }
    let ids: Vec<AllocationId> = open.iter().map(|one| one.allocation_id).collect();
    open.into_iter().for_each(|one| part.put_allocation(one));
    match key {
        Key::Operator(id) => {
            if let Some(one) = whole.operator(&id).cloned() {
                part.put_operator(one, ids);
            }
        }
        Key::Machine(id) => {
            if let Some(one) = whole.machine(&id).cloned() {
                part.put_machine(one, ids);
            }
        }
        Key::WorkOrder(id) => {
            if let Some(one) = whole.work_order(&id).cloned() {
                part.put_work_order(one, ids);
            }
        }
        _ => {}
    }
}

fn within_capacity(open: &[&Allocation], capacity: u16) {
    let running = open.iter().filter(|one| one.phase == Phase::Running).count();
    assert!(running <= usize::from(capacity), "{running} running: {open:#?}");
    if capacity == 1 {
        let booked: Vec<_> = open.iter().filter(|one| one.phase == Phase::Booked).collect();
        for (n, one) in booked.iter().enumerate() {
            let clash = booked[n + 1..].iter().find(|other| other.window.overlaps(&one.window));
            assert!(clash.is_none(), "bookings overlap: {one:#?} {clash:#?}");
        }
    }
}

fn runs(open: &[&Allocation]) -> bool {
    open.iter().any(|one| one.phase == Phase::Running)
}

fn check_resources(state: &State) {
    for one in state.all_operators() {
        let open: Vec<_> = state.open_of_operator(&one.operator_id).collect();
        within_capacity(&open, one.details.parallel_capacity);
        let shown = if runs(&open) { OperatorStatus::Busy } else { one.posted_status };
        assert_eq!(one.current_status, shown, "{one:?}");
        let all = state.all_allocations().filter(|allocation| {
            allocation.is_open()
                && allocation.assignment.operator_id == Some(one.operator_id.clone())
        });
        assert_eq!(all.count(), open.len(), "open work of {}", one.operator_id);
    }
    for one in state.all_operators() {
        for shift in &one.shifts {
            let attendance = shift.attendance;
            let (came, gone) = (attendance.clocked_in_at, attendance.clocked_out_at);
            assert!(came.zip(gone).is_none_or(|(came, gone)| came <= gone), "{shift:?}");
            match attendance.status {
                ShiftStatus::Scheduled => assert_eq!(attendance, Default::default()),
                ShiftStatus::InProgress | ShiftStatus::Late => {
                    assert!(came.is_some() && gone.is_none(), "{shift:?}");
                }
                ShiftStatus::Completed => assert!(came.is_some() && gone.is_some(), "{shift:?}"),
                ShiftStatus::Absent => {}
            }
        }
    }
    for one in state.all_machines() {
        let open: Vec<_> = state.open_of_machine(&one.machine_id).collect();
        within_capacity(&open, one.details.parallel_capacity);
        let stopped =
            mraos_domain::Machine::stops_work(one.current_status, one.status_reason_code.as_ref());
        assert!(!(stopped && runs(&open)), "work runs on a stopped machine: {one:?}");
        let all = state.all_allocations().filter(|allocation| {
            allocation.is_open() && allocation.assignment.machine_id == Some(one.machine_id.clone())
        });
        assert_eq!(all.count(), open.len(), "open work of {}", one.machine_id);
    }
}

fn check_orders(state: &State) {
    for one in state.all_work_orders() {
        let open: Vec<_> = state.open_of_work_order(&one.work_order_id).collect();
        let all = state.all_allocations().filter(|allocation| {
            allocation.is_open() && allocation.assignment.work_order_id == one.work_order_id
        });
        assert_eq!(all.count(), open.len(), "open work of {}", one.work_order_id);
        let is = |phase| open.iter().any(|allocation| allocation.phase == phase);
        let derived = match () {
            () if one.status.is_closed() => one.status,
            () if one.waiting_until.is_some() => WorkOrderStatus::InProgress,
            () if is(Phase::Running) => WorkOrderStatus::InProgress,
            () if is(Phase::Paused) => WorkOrderStatus::Paused,
            () if is(Phase::Booked) => WorkOrderStatus::Assigned,
            () => WorkOrderStatus::Queued,
        };
        assert_eq!(one.status, derived, "{one:?}");
        assert!(!one.status.is_closed() || open.is_empty(), "open work on a closed order");
        assert!(one.quantity_produced <= one.quantity_most(), "{one:?}");
        assert!(one.quantity_produced >= Quantity::ZERO);
        let ended = one.actual_end_date.zip(one.actual_start_date);
        assert!(ended.is_none_or(|(end, start)| end >= start), "{one:?}");
    }
    for one in state.all_allocations() {
        assert!(one.window.start <= one.window.end, "{one:?}");
        let ended = one.actual_end_time.zip(one.actual_start_time);
        assert!(ended.is_none_or(|(end, start)| end >= start), "{one:?}");
        assert_eq!(one.running_since.is_some(), one.phase == Phase::Running, "{one:?}");
        assert_eq!(one.is_open(), one.status.as_str() == "active", "{one:?}");
    }
}

/// From the log alone: when each resource had how much running work.
fn check_log(log: &[Recorded]) {
    let mut running: BTreeMap<(i64, String), Instant> = BTreeMap::new();
    let mut spans: BTreeMap<String, Vec<(Instant, Instant)>> = BTreeMap::new();
    let end_of_time = at("2999-12-31T00:00:00Z");
    for (n, one) in log.iter().enumerate() {
        assert_eq!(one.position, n as i64 + 1, "positions are dense");
        let (id, now_running) = match &one.event {
            Event::AllocationCreated(event) if event.phase == Phase::Running => {
                (one.position, Some(&event.assignment))
            }
            Event::AllocationStarted(event) => (event.allocation_id.0, Some(&event.assignment)),
            Event::AllocationResumed(event) => (event.allocation_id.0, Some(&event.assignment)),
            Event::AllocationReassigned(event) if event.phase == Phase::Running => {
                (event.allocation_id.0, Some(&event.assignment))
            }
            Event::AllocationPaused(event) => (event.allocation_id.0, None),
            Event::AllocationReleased(event) => (event.allocation_id.0, None),
            Event::AllocationCompleted(event) => (event.allocation_id.0, None),
            _ => continue,
        };
        let before: Vec<_> =
            running.keys().filter(|(running_id, _)| *running_id == id).cloned().collect();
        for key in before {
            let since = running.remove(&key).unwrap();
            spans.entry(key.1).or_default().push((since, one.occurred_at));
        }
        for name in now_running.into_iter().flat_map(|assignment| {
            let operator = assignment.operator_id.as_ref().map(ToString::to_string);
            operator.into_iter().chain(assignment.machine_id.as_ref().map(ToString::to_string))
        }) {
            running.insert((id, name), one.occurred_at);
        }
    }
    for ((_, name), since) in running {
        spans.entry(name).or_default().push((since, end_of_time));
    }
    for (name, capacity) in OPERATORS.iter().chain(&MACHINES) {
        let spans = spans.get(*name).map_or(&[][..], Vec::as_slice);
        for (start, _) in spans {
            let at_once = spans.iter().filter(|(from, to)| from <= start && start < to).count();
            let most = if *capacity == 1 { 1 } else { MOST };
            assert!(at_once <= usize::from(most), "{at_once} on {name} at {start}");
        }
    }
}

/// Plays a history, holding after every step what must hold.
pub(crate) fn play(steps: &[Step], mut each: impl FnMut(&mut World, &Command)) -> World {
    let mut world = populated();
    for step in steps {
        world.wait(step.wait.into());
        let command = command_of(&world, *step);
        let back = step.back < 32;
        world.stated_at = back.then(|| world.now.plus_minutes(-i64::from(step.back)));
        each(&mut world, &command);
        world.stated_at = None;
    }
    world
}

fn submit_and_check(world: &mut World, command: &Command) {
    let before = world.log.len();
    let versions: BTreeMap<i64, i32> =
        world.state.all_allocations().map(|one| (one.allocation_id.0, one.version)).collect();
    let _ = world.submit(command);
    let mut changes: BTreeMap<i64, i32> = BTreeMap::new();
    for one in &world.log[before..] {
        let leading = &one.touches()[0];
        // An overrun is told, and changes nothing.
        let is_change = !matches!(one.event, Event::AllocationOverran(_));
        if is_change && leading.entity_type.as_str() == "allocation" {
            *changes.entry(leading.entity_id.parse().unwrap()).or_default() += 1;
        }
    }
    for one in world.state.all_allocations() {
        let id = one.allocation_id.0;
        let expected = versions.get(&id).unwrap_or(&0) + changes.get(&id).unwrap_or(&0);
        assert_eq!(one.version, expected, "versions are consecutive: {one:?}");
    }
    check_resources(&world.state);
    check_orders(&world.state);
    crate::stock_histories::check(&world.state);
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn no_history_breaks_an_invariant(steps in history()) {
        let world = play(&steps, submit_and_check);
        check_log(&world.log);
        crate::stock_histories::check_log(&world.state, &world.log);
    }

    #[test]
    fn a_rebuild_from_the_log_equals_the_live_state(steps in history()) {
        let mut world = play(&steps, |world, command| drop(world.submit(command)));
        let mut rebuilt = State::default();
        rebuilt.collect_finished();
        world.log.iter().for_each(|one| evolve(&mut rebuilt, one));
        prop_assert_eq!(rows(&rebuilt), rows(&world.state));
        prop_assert_eq!(rebuilt.take_finished(), world.state.take_finished());
        for machine in world.state.all_machines() {
            check_history(&world, machine);
        }
        for (id, _) in OPERATORS {
            let number = world.operator(id).details.employee_id.to_string();
            prop_assert_eq!(rebuilt.holder(UniqueField::EmployeeId, &number), Some(id));
        }
    }

    #[test]
    fn the_same_commands_write_the_same_log(steps in history()) {
        let one = play(&steps, |world, command| drop(world.submit(command)));
        let other = play(&steps, |world, command| drop(world.submit(command)));
        prop_assert_eq!(one.log, other.log);
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn undo_restores_and_refusals_change_nothing(steps in history()) {
        let mut world = play(&steps, |world, command| {
            world.load(command);
            let before = rows(&world.state);
            let length = world.log.len();
            world.state.begin();
            let first = world.submit(command);
            if first.is_err() {
                assert_eq!(rows(&world.state), before, "refused, yet changed");
            }
            world.state.undo();
            world.log.truncate(length);
            assert_eq!(rows(&world.state), before, "undone, yet changed");
            assert_eq!(world.submit(command), first, "another answer after undo");
        });
        let mut rebuilt = State::default();
        rebuilt.collect_finished();
        world.log.iter().for_each(|one| evolve(&mut rebuilt, one));
        prop_assert_eq!(rebuilt.take_finished(), world.state.take_finished());
    }

    #[test]
    fn what_is_required_is_enough_to_decide(steps in history()) {
        play(&steps, |world, command| {
            world.load(command);
            let (mut part, _) = load_part(&world.state, command);
            let context = world.context();
            let decision = decide(&part, command, &context);
            assert_eq!(decision, decide(&world.state, command, &context), "{command:?}");
            let recorded = world.submit(command).unwrap_or_default();
            recorded.iter().for_each(|one| evolve(&mut part, one));
            let whole: BTreeSet<String> = rows(&world.state).into_iter().collect();
            for row in rows(&part) {
                assert!(whole.contains(&row), "after {command:?} the part holds {row}");
            }
        });
    }
}
