//! The plan that a log becomes, for the sample and, where it is present, for the real log.
//!
//! Checks figures against an independent, plainer count, and the promises that the floor relies
//! on: no row lost, predecessors first, waves that never hold two moments of one resource.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;

use jiff::Timestamp;
use mraos_plant::replay::{
    LogSource, Moment, Plan, ReplayOptions, RowKind, SAMPLE_LOG, Schedule, make_plan, read_log,
};

fn options(learn_capacity: bool) -> ReplayOptions {
    let now = "2026-01-15T12:00:00Z".parse().unwrap();
    ReplayOptions { learn_capacity, ..ReplayOptions::new(LogSource::Sample, now) }
}

fn plan_of(text: &str, learn_capacity: bool) -> Plan {
    make_plan(text, &options(learn_capacity)).unwrap().0
}

fn real_log() -> Option<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("../../../shared/data/production-log/production_shared.csv");
    std::fs::read_to_string(path).ok()
}

fn logs() -> Vec<String> {
    [SAMPLE_LOG.to_owned()].into_iter().chain(real_log()).collect()
}

#[test]
fn the_sample_has_the_quirks_of_real_logs() {
    let plan = plan_of(SAMPLE_LOG, true);
    let kinds = |kind| plan.rows.iter().filter(|row| row.kind == kind).count();
    assert_eq!((kinds(RowKind::Breakdown), kinds(RowKind::ZeroLength)), (4, 2));
    assert_eq!((plan.duplicate_lines.len(), plan.broken.len()), (2, 2));
    assert!(plan.machines.iter().any(|machine| machine.parallel_capacity > 1));
    assert!(plan.rows.iter().any(|row| row.row.names_other_machine()));
    assert!(plan.rows.iter().any(|row| row.row.span_minutes != row.row.minutes()));
    let predecessors = || plan.steps.iter().filter_map(|step| step.predecessor);
    assert!(predecessors().any(|predecessor| predecessor.overlaps));
    assert!(predecessors().any(|predecessor| !predecessor.overlaps));
}

#[test]
fn the_real_log_gives_the_figures_of_its_description() {
    let Some(text) = real_log() else { return };
    let plan = plan_of(&text, true);
    assert_eq!(plan.rows.len() + plan.duplicate_lines.len(), 2_965);
    assert!(plan.broken.is_empty());
    assert_eq!((plan.machines.len(), plan.operators.len(), plan.steps.len()), (31, 48, 907));
    let kinds = |kind| plan.rows.iter().filter(|row| row.kind == kind).count();
    assert_eq!((kinds(RowKind::Breakdown), kinds(RowKind::ZeroLength)), (36, 6));
    let capacity =
        |id: &str| plan.machines.iter().find(|machine| machine.id == id).unwrap().parallel_capacity;
    assert_eq!((capacity("M-04"), capacity("QUALITY-CHECK-1"), capacity("OVEN")), (3, 7, 1));
}

#[test]
fn every_line_becomes_a_row_a_duplicate_or_a_broken_row() {
    for text in logs() {
        let plan = plan_of(&text, false);
        let mut lines: Vec<u64> = plan.rows.iter().map(|row| row.row.line).collect();
        lines.extend(&plan.duplicate_lines);
        lines.extend(plan.broken.iter().map(|row| row.line));
        lines.sort_unstable();
        let expected: Vec<u64> = (2..=text.lines().count() as u64).collect();
        assert_eq!(lines, expected);
    }
}

#[test]
fn orders_are_the_pairs_of_case_and_activity_and_follow_one_another() {
    for text in logs() {
        let plan = plan_of(&text, false);
        let pairs: BTreeSet<(&str, &str)> = plan
            .rows
            .iter()
            .map(|row| (row.row.case_id.as_str(), row.row.activity.as_str()))
            .collect();
        assert_eq!(pairs.len(), plan.steps.len());
        let ids: HashSet<&str> =
            plan.steps.iter().map(|step| step.work_order_id.as_str()).collect();
        assert_eq!(ids.len(), plan.steps.len());
        assert!(ids.iter().all(|id| id.len() <= 20));
        for (index, step) in plan.steps.iter().enumerate() {
            let Some(predecessor) = step.predecessor else { continue };
            assert!(predecessor.step < index);
            let before = &plan.steps[predecessor.step];
            assert_eq!((&before.case_id, before.number + 1), (&step.case_id, step.number));
            let rows = |wanted| plan.rows.iter().filter(move |row| row.step == wanted);
            let end = rows(predecessor.step).map(|row| row.end).max().unwrap();
            let start = rows(index).map(|row| row.start).min().unwrap();
            assert_eq!(predecessor.overlaps, end > start, "{}", step.work_order_id);
        }
    }
}

#[test]
fn rows_refer_to_what_the_log_names() {
    for text in logs() {
        let plan = plan_of(&text, false);
        for row in &plan.rows {
            assert_eq!(plan.machines[row.machine].name, row.row.resource);
            assert_eq!(plan.operators[row.operator].name, row.row.worker);
            assert_eq!(plan.steps[row.step].activity, row.row.activity);
            assert_eq!(plan.steps[row.step].case_id, row.row.case_id);
        }
        assert!(plan.machines.iter().chain(&plan.operators).all(|r| r.parallel_capacity == 1));
    }
}

#[test]
fn an_order_has_room_for_all_pieces_of_its_rows() {
    for text in logs() {
        let plan = plan_of(&text, false);
        let mut made = vec![0; plan.steps.len()];
        for row in &plan.rows {
            made[row.step] += row.row.completed;
        }
        for (step, made) in plan.steps.iter().zip(made) {
            assert!(step.quantity_ordered >= made.max(1), "{}", step.work_order_id);
        }
    }
}

#[test]
fn learned_capacity_is_the_largest_overlap_counted_minute_by_minute() {
    for text in logs() {
        let plan = plan_of(&text, true);
        let work = |row: &&mraos_plant::replay::PlannedRow| row.kind == RowKind::Work;
        for (index, machine) in plan.machines.iter().enumerate() {
            let rows: Vec<_> =
                plan.rows.iter().filter(work).filter(|row| row.machine == index).collect();
            let open_at = |at: Timestamp| {
                rows.iter().filter(|row| row.start <= at && at < row.end).count() as u32
            };
            let most = rows.iter().map(|row| open_at(row.start)).max().unwrap_or(0);
            assert_eq!(machine.parallel_capacity, most.max(1), "{}", machine.name);
        }
    }
}

#[test]
fn waves_hold_every_moment_once_in_the_order_of_each_resource() {
    for text in logs() {
        let plan = plan_of(&text, false);
        let mut schedule = Schedule::new(&plan);
        let expected = schedule.len();
        let mut seen = HashSet::new();
        let mut last_at_machine: BTreeMap<usize, (Timestamp, Moment, u64)> = BTreeMap::new();
        let mut waves = 0;
        while !schedule.is_empty() {
            let wave = schedule.take_wave(None);
            assert!(!wave.is_empty());
            waves += 1;
            let breakdown =
                |moment| matches!(moment, Moment::BeginBreakdown | Moment::EndBreakdown);
            assert!(wave.len() == 1 || wave.iter().all(|moment| !breakdown(moment.moment)));
            let mut machines = HashSet::new();
            for scheduled in &wave {
                let row = &plan.rows[scheduled.row];
                assert!(seen.insert((scheduled.row, scheduled.moment)));
                assert!(machines.insert(row.machine), "two moments of one machine in a wave");
                let now = (scheduled.at, scheduled.moment, row.row.line);
                let before = last_at_machine.insert(row.machine, now);
                assert!(before.is_none_or(|before| before < now), "{before:?} {now:?}");
            }
        }
        assert_eq!(seen.len(), expected);
        assert!(waves * 2 < expected, "{waves} waves for {expected} moments");
    }
}

#[test]
fn with_a_limit_no_wave_runs_ahead_of_the_clock() {
    let plan = plan_of(SAMPLE_LOG, false);
    let mut schedule = Schedule::new(&plan);
    while let Some(at) = schedule.next_at() {
        assert!(schedule.take_wave(Some(at)).iter().all(|scheduled| scheduled.at == at));
    }
}

#[test]
fn shifting_moves_whole_days_and_ends_within_the_last_day() {
    let still = plan_of(SAMPLE_LOG, false);
    let moved = ReplayOptions { shift_to_now: true, ..options(false) };
    let (plan, shift) = make_plan(SAMPLE_LOG, &moved).unwrap();
    let (_, end) = plan.span().unwrap();
    let age = moved.now.duration_since(end);
    assert!((0..24).contains(&age.as_hours()), "{age:?}");
    assert_eq!(shift.as_hours() % 24, 0);
    assert_eq!(plan.rows[0].start, still.rows[0].start + shift);
}

#[test]
fn a_log_without_rows_is_refused() {
    let header = SAMPLE_LOG.lines().next().unwrap();
    let error = make_plan(&format!("{header}\n"), &options(false)).unwrap_err();
    assert!(error.to_string().contains("no readable row"), "{error}");
    assert!(read_log("").is_err());
}
