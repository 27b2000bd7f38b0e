//! The search on random problems: sound at any budget, repeatable, stoppable, and good.
//!
//! Budgets are steps, so that nothing depends on the speed of the machine. The checker judges, and
//! is judged itself on schedules that were broken on purpose.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use mraos_solver::check::{Violation, check};
use mraos_solver::problem::{Choice, Job, Precedence, Problem};
use mraos_solver::search::{Budget, Outcome, SolveError, solve};
use proptest::prelude::*;

fn run(problem: &Problem, steps: u64, threads: usize, seed: u64) -> Outcome {
    let budget = Budget { time: None, steps: Some(steps), threads, seed };
    solve(problem, &budget, &AtomicBool::new(false), |_| {}).unwrap()
}

/// Job shops with up to three jobs, of which some choices need an operator and some take no time.
fn any_problem() -> impl Strategy<Value = Problem> {
    (1..4_usize, 1..4_usize).prop_flat_map(|(machines, operators)| {
        let operator = prop::option::weighted(0.8, 0..operators as u32);
        let choice = (0..machines as u32, operator, 0..12_i64)
            .prop_map(|(machine, operator, duration)| Choice { machine, operator, duration });
        let operation = prop::collection::vec(choice, 1..5);
        let job = (0..10_i64, prop::collection::vec(operation, 1..6));
        prop::collection::vec(job, 1..6).prop_map(move |jobs| {
            let mut problem = Problem::empty(machines, operators);
            for (number, (release, operations)) in jobs.into_iter().enumerate() {
                let first = problem.operations.len();
                problem.jobs.push(Job { release });
                for choices in operations {
                    problem.push_operation(number, choices);
                }
                problem.chain(first);
            }
            problem
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_budget_gives_a_sound_schedule(problem in any_problem(), steps in 0..1500_u64) {
        let outcome = run(&problem, steps, 1, steps);
        prop_assert_eq!(check(&problem, &outcome.schedule), Ok(outcome.makespan));
        prop_assert!(outcome.lower_bound <= outcome.makespan);
        prop_assert!(outcome.makespan <= outcome.first_makespan);
    }

    #[test]
    fn seed_and_steps_decide_the_answer(problem in any_problem(), seed in any::<u64>()) {
        let first = run(&problem, 1200, 2, seed);
        let second = run(&problem, 1200, 2, seed);
        prop_assert_eq!(first.schedule, second.schedule);
        prop_assert_eq!(first.moves, second.moves);
    }
}

/// Six jobs of six operations on six machines, each job's route turned by one: with enough
/// operators a plan without any waiting exists.
fn turning_routes(size: usize, choices: usize) -> Problem {
    let mut problem = Problem::empty(size, size);
    for job in 0..size {
        let first = problem.operations.len();
        problem.jobs.push(Job::default());
        for step in 0..size {
            let machine = (job + step) % size;
            let choice = |other: usize| Choice {
                machine: machine as u32,
                operator: Some(((machine + other) % size) as u32),
                duration: 10 + other as i64,
            };
            problem.push_operation(job, (0..choices).map(choice).collect());
        }
        problem.chain(first);
    }
    problem
}

#[test]
fn a_perfect_plan_is_found_and_known_to_be_one() {
    let outcome = run(&turning_routes(6, 3), 20_000, 2, 7);
    assert_eq!((outcome.makespan, outcome.lower_bound), (60, 60));
}

#[test]
fn a_cancelled_search_answers_at_once_with_what_it_has() {
    let mut problem = turning_routes(16, 4);
    for (number, operation) in problem.operations.iter_mut().enumerate() {
        for (other, choice) in operation.choices.iter_mut().enumerate() {
            choice.machine = (number * 5 % 7) as u32;
            choice.duration = 1 + ((number * 7 + other * 11) % 17) as i64;
        }
    }
    let cancelled = AtomicBool::new(false);
    let budget = Budget { time: None, steps: Some(1_000_000), threads: 2, seed: 1 };
    let (under_way, is_under_way) = mpsc::channel();
    let (problem, flag) = (&problem, &cancelled);
    std::thread::scope(|scope| {
        let search = scope.spawn(move || {
            solve(problem, &budget, flag, |_| {
                let _ = under_way.send(());
            })
        });
        is_under_way.recv().expect("the search reports before it ends");
        let cancelled_at = Instant::now();
        flag.store(true, Ordering::Relaxed);
        let outcome = search.join().unwrap().unwrap();
        // 50 ms on a machine of one's own; the tests of a workspace share theirs.
        assert!(
            cancelled_at.elapsed() < Duration::from_millis(500),
            "{:?}",
            cancelled_at.elapsed()
        );
        assert!(outcome.steps < 2_000_000, "it was not cancelled");
        assert_eq!(check(problem, &outcome.schedule), Ok(outcome.makespan));
    });
}

#[test]
fn no_time_at_all_still_gives_the_first_plan() {
    let problem = turning_routes(6, 6);
    let budget = Budget { time: Some(Duration::ZERO), steps: None, threads: 2, seed: 1 };
    let outcome = solve(&problem, &budget, &AtomicBool::new(false), |_| {}).unwrap();
    assert_eq!((outcome.steps, outcome.makespan), (0, outcome.first_makespan));
}

#[test]
fn degenerate_problems_have_an_answer_or_a_clear_error() {
    assert_eq!(run(&Problem::empty(0, 0), 10, 1, 1).makespan, 0);

    let mut nobody = Problem::empty(1, 0);
    nobody.jobs.push(Job::default());
    nobody.push_operation(0, Vec::new());
    let budget = Budget { time: None, steps: Some(10), threads: 1, seed: 1 };
    let refused =
        |problem: &Problem| solve(problem, &budget, &AtomicBool::new(false), |_| {}).unwrap_err();
    assert_eq!(refused(&nobody), SolveError::NoChoice(0));

    let mut circle = turning_routes(2, 1);
    circle.precedences.push(Precedence { before: 1, after: 0 });
    assert_eq!(refused(&circle), SolveError::Cycle);
    circle.operations[0].choices[0].operator = Some(2);
    let unknown = SolveError::Unknown { what: "operator", index: 2, count: 2 };
    assert_eq!(refused(&circle), unknown);

    let mut endless = turning_routes(2, 1);
    endless.operations[0].choices[0].duration = i64::MAX;
    assert!(matches!(refused(&endless), SolveError::TooLong(_)));
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let problem = turning_routes(2, 1);
    let sound = run(&problem, 100, 1, 1).schedule;
    let broken = |change: &dyn Fn(&mut Vec<mraos_solver::schedule::Slot>)| {
        let mut schedule = sound.clone();
        change(&mut schedule.slots);
        check(&problem, &schedule).unwrap_err()
    };
    let shift = |by: i64| {
        move |slots: &mut Vec<mraos_solver::schedule::Slot>| {
            slots[1].start += by;
            slots[1].end += by;
        }
    };
    assert!(matches!(broken(&|slots| slots.truncate(3)), Violation::Incomplete { .. }));
    assert!(matches!(broken(&|slots| slots[0].choice = 9), Violation::UnknownChoice { .. }));
    assert!(matches!(broken(&|slots| slots[0].end += 1), Violation::WrongDuration { .. }));
    assert!(matches!(broken(&shift(-1)), Violation::BrokenPrecedence { .. }));
    assert!(matches!(broken(&shift(-100)), Violation::BeforeRelease { .. }));

    let mut together = problem.clone();
    together.precedences.clear();
    let mut schedule = sound.clone();
    for slot in &mut schedule.slots {
        (slot.start, slot.end) = (0, 10);
    }
    assert!(matches!(check(&together, &schedule), Err(Violation::MachineOverlap { .. })));
    for operation in &mut together.operations {
        operation.choices[0].machine = operation.job as u32;
        operation.choices[0].operator = Some(0);
    }
    schedule.slots[1] = mraos_solver::schedule::Slot { choice: 0, start: 10, end: 20 };
    schedule.slots[3] = schedule.slots[1];
    assert!(matches!(check(&together, &schedule), Err(Violation::OperatorOverlap { .. })));
}
