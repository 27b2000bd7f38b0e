//! Planning by example: each rule seen to bind, each extreme seen to have an answer.
//!
//! Small plants whose best plan anybody can see, plans broken on purpose for the checker, and
//! problems at the edge of sense and size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use mraos_solver::plant::check::{Violation, check};
use mraos_solver::plant::explain::{Alternative, Answer, Explainer, LeftOut};
use mraos_solver::plant::generate::{Size, generate};
use mraos_solver::plant::search::{Outcome, Rule, SolveError, dispatch, solve};
use mraos_solver::plant::{
    Arrival, Assignment, Calendar, Consumption, Crew, Hand, Link, LinkKind, Machine, Material,
    Operation, Operator, Order, Plan, PlantProblem, ProblemError, Requirement, SetupTable, Skill,
    Way, Window,
};
use mraos_solver::search::Budget;

fn run(problem: &PlantProblem, steps: u64) -> Result<Outcome, SolveError> {
    let budget = Budget { time: None, steps: Some(steps), threads: 2, seed: 1 };
    solve(problem, &budget, &AtomicBool::new(false), |_| {})
}

fn planned(problem: &PlantProblem) -> Vec<Assignment> {
    let outcome = run(problem, 300).unwrap();
    outcome.plan.assignments.into_iter().map(|one| one.expect("nothing is left out")).collect()
}

/// An operation at machine 0 with any of the operators.
fn operation(order: usize, duration: i64) -> Operation {
    Operation {
        order,
        product: None,
        ways: vec![Way { machine: 0, crew: Crew::Anyone(duration) }],
        needs: Vec::new(),
        consumes: Vec::new(),
        pinned: None,
        current: None,
    }
}

/// One machine, one operator, an order per duration.
fn shop(durations: &[i64]) -> PlantProblem {
    PlantProblem {
        machines: vec![Machine::default()],
        operators: vec![Operator::default()],
        orders: vec![Order::default(); durations.len()],
        operations: durations
            .iter()
            .enumerate()
            .map(|(order, duration)| operation(order, *duration))
            .collect(),
        ..PlantProblem::default()
    }
}

fn open(windows: &[(i64, i64)]) -> Calendar {
    let windows = windows.iter().map(|(start, end)| Window { start: *start, end: *end });
    Calendar { open: Some(windows.collect()), breaks: Vec::new() }
}

fn starts(problem: &PlantProblem) -> Vec<i64> {
    planned(problem).iter().map(|planned| planned.start).collect()
}

#[test]
fn what_is_due_and_weighs_more_comes_first() {
    let mut problem = shop(&[10, 10, 10]);
    for (order, (due, weight)) in problem.orders.iter_mut().zip([(30, 1), (10, 1), (10, 9)]) {
        (order.due, order.weight) = (Some(due), weight);
    }
    assert_eq!(starts(&problem), [20, 10, 0]);
    let score = run(&problem, 300).unwrap().score;
    assert_eq!(score.factors.tardiness, 10 * problem.weights.tardiness);
    assert_eq!(score.operations[1].tardiness, score.factors.tardiness, "who is late bears it");
}

#[test]
fn nothing_is_interrupted_by_a_closed_window_or_begun_in_a_break() {
    let mut problem = shop(&[30]);
    problem.machines[0].calendar = open(&[(0, 20), (25, 100)]);
    assert_eq!(starts(&problem), [25]);
    problem.operators[0].calendar.breaks = vec![Window { start: 20, end: 40 }];
    assert_eq!(starts(&problem), [40]);
    problem.operators[0].calendar.breaks = vec![Window { start: 30, end: 40 }];
    assert_eq!(starts(&problem), [25], "a break may fall into work that has begun");
    problem.machines[0].calendar = open(&[(0, 20), (20, 35)]);
    assert_eq!(starts(&problem), [0], "windows that touch are one");
}

#[test]
fn skills_count_by_level_and_while_they_are_valid() {
    let mut problem = shop(&[10, 10]);
    problem.machines[0].capacity = 2;
    let skill = |level, from, until| Skill { skill: 7, level, from, until };
    problem.operators = vec![Operator::default(); 3];
    problem.operators[0].skills = vec![skill(1, None, None)];
    problem.operators[1].skills = vec![skill(3, None, Some(10))];
    problem.operators[2].skills = vec![skill(3, Some(15), None)];
    problem.machines[0].needs = vec![Requirement { skill: 7, level: 2 }];
    let mut plan = planned(&problem);
    plan.sort_by_key(|planned| planned.start);
    assert_eq!((plan[0].operator, plan[0].start), (Some(1), 0));
    assert_eq!((plan[1].operator, plan[1].start), (Some(2), 15));
}

#[test]
fn links_of_each_kind_keep_their_distance() {
    for (kind, lag, start) in [
        (LinkKind::FinishToStart, 5, 15),
        (LinkKind::FinishToStart, -4, 6),
        (LinkKind::StartToStart, 3, 3),
        (LinkKind::FinishToFinish, 2, 8),
    ] {
        let mut problem = shop(&[10, 4]);
        problem.machines[0].capacity = 2;
        problem.operators[0].capacity = 2;
        problem.links = vec![Link { before: 0, after: 1, kind, lag }];
        assert_eq!(starts(&problem), [0, start], "{kind:?} {lag}");
    }
}

#[test]
fn capacity_is_used_and_not_exceeded() {
    let mut problem = shop(&[10, 10, 10]);
    problem.machines[0].capacity = 3;
    problem.operators[0].capacity = 2;
    let mut starts = starts(&problem);
    starts.sort_unstable();
    assert_eq!(starts, [0, 0, 10]);
}

#[test]
fn material_is_waited_for_and_goes_where_it_matters() {
    let mut problem = shop(&[10, 10]);
    let arrivals = [(0, 3), (50, 3)].map(|(at, quantity)| Arrival { at, quantity });
    problem.materials = vec![Material { arrivals: arrivals.to_vec() }];
    for operation in &mut problem.operations {
        operation.consumes = vec![Consumption { material: 0, quantity: 3 }];
    }
    problem.orders[1].due = Some(10);
    assert_eq!(starts(&problem), [50, 0]);
}

#[test]
fn setups_are_done_in_open_time_and_saved_where_possible() {
    let mut problem = shop(&[10, 10, 10]);
    problem.setups = vec![SetupTable { products: 2, times: vec![0, 20, 20, 0] }];
    problem.machines[0].setups = Some(0);
    problem.machines[0].product = Some(1);
    for (operation, product) in problem.operations.iter_mut().zip([0, 1, 0]) {
        operation.product = Some(product);
    }
    let outcome = run(&problem, 300).unwrap();
    assert_eq!(outcome.score.factors.setup, 20 * problem.weights.setup, "one change is enough");
    assert_eq!(outcome.plan.last_end(), Some(50));
    problem.machines[0].calendar = open(&[(0, 15), (18, 90)]);
    problem.weights.idle_operator = 0;
    let outcome = run(&problem, 300).unwrap();
    let first_of_other = outcome.plan.assignments[0].unwrap().start;
    let second_of_other = outcome.plan.assignments[2].unwrap().start;
    assert_eq!(first_of_other.min(second_of_other), 38, "set up within one window");
}

#[test]
fn what_is_pinned_stays_and_the_rest_makes_room() {
    let mut problem = shop(&[10, 10]);
    problem.now = 0;
    let pin = Assignment { machine: 0, place: 0, operator: Some(0), start: -4, end: 6 };
    problem.operations[1].pinned = Some(pin);
    // Facts are not argued with: it has no way, no skill, and is closed.
    problem.operations[1].ways.clear();
    problem.operations[1].needs = vec![Requirement { skill: 1, level: 1 }];
    problem.machines[0].calendar = open(&[(5, 100)]);
    let plan = planned(&problem);
    assert_eq!(plan[1], pin);
    assert_eq!(plan[0].start, 6);
}

#[test]
fn a_current_plan_is_kept_unless_leaving_it_pays() {
    let mut problem = shop(&[10]);
    problem.operators = vec![Operator::default(); 2];
    let current = Assignment { machine: 0, place: 0, operator: Some(1), start: 7, end: 17 };
    problem.operations[0].current = Some(current);
    problem.weights.makespan = 0;
    assert_eq!(planned(&problem), [current]);
    problem.orders[0].due = Some(10);
    assert_eq!(planned(&problem)[0], Assignment { start: 0, end: 10, ..current });
    let outcome = run(&problem, 300).unwrap();
    let changes = Explainer::new(&problem, &outcome.plan).unwrap().changes();
    let Answer::Possible { difference, .. } = &changes[0].if_kept else { panic!("{changes:?}") };
    assert_eq!(difference.tardiness, 7 * problem.weights.tardiness, "that is what it was for");
    assert_eq!(difference.stability, -7 * problem.weights.shifted);
}

#[test]
fn work_is_spread_over_people() {
    let mut problem = shop(&[40, 40, 40, 40]);
    problem.operators = vec![Operator::default(); 4];
    problem.weights.fairness_span = 10;
    let mut operators: Vec<_> = planned(&problem).iter().map(|one| one.operator).collect();
    operators.sort_unstable();
    assert_eq!(operators, [Some(0), Some(1), Some(2), Some(3)]);
}

#[test]
fn why_not_names_the_rule_or_the_exact_difference() {
    let mut problem = shop(&[10]);
    problem.operators = vec![Operator::default(); 2];
    problem.operators[1].calendar = open(&[(100, 200)]);
    let outcome = run(&problem, 50).unwrap();
    let explainer = Explainer::new(&problem, &outcome.plan).unwrap();
    let other = Alternative { operator: Some(1), ..Alternative::default() };
    let Some(Answer::Possible { tried, difference, .. }) = explainer.why_not(0, &other) else {
        panic!("possible, when the other comes");
    };
    assert_eq!((tried.start, difference.makespan), (100, 100));
    let at_once = Alternative { start: Some(0), ..other };
    let absent = Violation::OperatorAbsent { operation: 0, operator: 1, start: 0, end: 10 };
    match explainer.why_not(0, &at_once) {
        Some(Answer::Blocked { violations, .. }) => assert_eq!(violations, [absent]),
        other => panic!("{other:?}"),
    }
    assert_eq!(explainer.why_not(9, &other), None);
    let nobody = Alternative { operator: Some(9), ..Alternative::default() };
    assert_eq!(explainer.why_not(0, &nobody), None);
}

#[test]
fn what_cannot_be_done_is_left_out_with_its_reason() {
    let why = |change: &dyn Fn(&mut PlantProblem)| {
        let mut problem = shop(&[10, 10]);
        problem.materials = vec![Material { arrivals: vec![Arrival { at: 0, quantity: 5 }] }];
        change(&mut problem);
        let outcome = run(&problem, 100).unwrap();
        let explainer = Explainer::new(&problem, &outcome.plan).unwrap();
        assert_eq!(explainer.why_left_out(1), None, "the other one is planned");
        explainer.why_left_out(0)
    };
    assert_eq!(why(&|problem| problem.operations[0].ways.clear()), Some(LeftOut::NoMachine));
    let needs = vec![Requirement { skill: 3, level: 1 }];
    assert_eq!(
        why(&|problem| problem.operations[0].needs = needs.clone()),
        Some(LeftOut::NobodyQualified)
    );
    let too_much = vec![Consumption { material: 0, quantity: 6 }];
    assert_eq!(
        why(&|problem| problem.operations[0].consumes = too_much.clone()),
        Some(LeftOut::MaterialShort { material: 0 })
    );
    assert_eq!(
        why(&|problem| {
            problem.machines[0].calendar = open(&[(0, 12)]);
            problem.operations[0].ways[0].crew = Crew::Anyone(13);
        }),
        Some(LeftOut::NoWindow)
    );
    assert_eq!(
        why(&|problem| {
            problem.machines[0].calendar = open(&[(0, 15)]);
            let pin = Assignment { machine: 0, place: 0, operator: Some(0), start: 0, end: 10 };
            problem.operations[1].pinned = Some(pin);
        }),
        Some(LeftOut::NoRoom)
    );
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let mut problem = shop(&[10, 10]);
    problem.links = vec![Link { before: 0, after: 1, kind: LinkKind::FinishToStart, lag: 0 }];
    let sound = run(&problem, 50).unwrap().plan;
    let broken = |change: &dyn Fn(&mut Vec<Option<Assignment>>)| {
        let mut plan = sound.clone();
        change(&mut plan.assignments);
        check(&problem, &plan).unwrap_err()
    };
    let set = |index: usize, operator: Option<u32>, machine: u32, start: i64, end: i64| {
        move |plan: &mut Vec<Option<Assignment>>| {
            plan[index] = Some(Assignment { machine, place: 0, operator, start, end });
        }
    };
    let first = |violations: Vec<Violation>| violations.into_iter().next().unwrap();
    assert!(matches!(first(broken(&|plan| plan.truncate(1))), Violation::Incomplete { .. }));
    let found = broken(&set(0, Some(0), 5, 0, 10));
    assert!(matches!(first(found), Violation::WrongMachine { machine: 5, .. }));
    let found = broken(&set(0, Some(5), 0, 0, 10));
    assert!(matches!(first(found), Violation::WrongOperator { operator: Some(5), .. }));
    let found = broken(&set(0, None, 0, 0, 10));
    assert!(matches!(first(found), Violation::WrongOperator { operator: None, .. }));
    let found = broken(&set(0, Some(0), 0, 0, 9));
    assert!(matches!(first(found), Violation::WrongDuration { expected: 10, found: 9, .. }));
    let found = broken(&set(0, Some(0), 0, -1, 9));
    assert!(matches!(first(found), Violation::TooEarly { start: -1, earliest: 0, .. }));
    let found = broken(&set(1, Some(0), 0, 5, 15));
    let link = |found: &Violation| matches!(found, Violation::LinkBroken { found: 5, .. });
    let taken = |found: &Violation| matches!(found, Violation::MachineTaken { .. });
    let busy = |found: &Violation| matches!(found, Violation::OperatorTaken { .. });
    assert!(found.iter().any(link) && found.iter().any(taken) && found.iter().any(busy));
    let found = broken(&|plan| plan[0] = None);
    assert_eq!(found, [Violation::PredecessorLeftOut { before: 0, after: 1 }]);
}

fn refused(problem: &PlantProblem) -> ProblemError {
    match run(problem, 10) {
        Err(SolveError::Problem(error)) => error,
        other => panic!("it should be refused, not {other:?}"),
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let value = |change: &dyn Fn(&mut PlantProblem)| {
        let mut problem = shop(&[10, 10]);
        change(&mut problem);
        match refused(&problem) {
            ProblemError::Value { pointer, rule } => (pointer, rule),
            other => panic!("{other:?}"),
        }
    };
    let (pointer, rule) = value(&|problem| problem.operations[1].order = 2);
    assert_eq!(pointer, "/operations/1/order");
    assert_eq!(rule, "there is no order 2, there are 2 from 0");
    let (pointer, _) = value(&|problem| problem.operations[0].ways[0].machine = 1);
    assert_eq!(pointer, "/operations/0/ways/0/machine");
    let hands = vec![Hand { operator: 0, duration: 5 }, Hand { operator: 1, duration: 5 }];
    let (pointer, _) =
        value(&|problem| problem.operations[0].ways[0].crew = Crew::Named(hands.clone()));
    assert_eq!(pointer, "/operations/0/ways/0/crew/named/1/operator");
    let (pointer, _) = value(&|problem| problem.operators[0].capacity = 0);
    assert_eq!(pointer, "/operators/0/capacity");
    let (pointer, _) = value(&|problem| problem.machines[0].calendar = open(&[(0, 5), (9, 8)]));
    assert_eq!(pointer, "/machines/0/calendar/open/1");
    let (pointer, _) = value(&|problem| {
        problem.setups = vec![SetupTable { products: 2, times: vec![0; 3] }];
    });
    assert_eq!(pointer, "/setups/0/times");

    let link = |before, after| Link { before, after, kind: LinkKind::FinishToStart, lag: 0 };
    let mut problem = shop(&[10, 10]);
    problem.links = vec![link(0, 1), link(1, 0)];
    assert!(matches!(refused(&problem), ProblemError::Circle { .. }));

    let mut problem = shop(&[10, 10]);
    for (operation, start) in problem.operations.iter_mut().zip([0, 9]) {
        let operator = Some(0);
        operation.pinned =
            Some(Assignment { machine: 0, place: 0, operator, start, end: start + 10 });
    }
    let error = refused(&problem);
    assert!(matches!(error, ProblemError::Pins { first: 0, second: 1, .. }), "{error}");

    let mut problem = shop(&[1 << 40; 9]);
    problem.weights.tardiness = 1 << 40;
    assert_eq!(refused(&problem), ProblemError::TooLarge);
}

#[test]
fn degenerate_problems_have_an_answer() {
    assert_eq!(run(&PlantProblem::default(), 10).unwrap().score.total, 0);

    let mut nobody = shop(&[10, 10]);
    nobody.operators.clear();
    assert_eq!(run(&nobody, 10).unwrap().plan.left_out().count(), 2);

    let instant = shop(&[0, 0, 0]);
    assert_eq!(starts(&instant), [0, 0, 0]);

    let mut late = shop(&[10, 20, 30]);
    for order in &mut late.orders {
        order.due = Some(-1_000_000);
    }
    assert_eq!(starts(&late), [0, 10, 30], "the shortest first is the least lateness");
}

#[test]
fn no_time_at_all_still_gives_the_first_plan() {
    let problem = generate(Size { operations: 100, machines: 30, operators: 50 }, 3);
    let budget = Budget { time: Some(Duration::ZERO), steps: None, threads: 2, seed: 1 };
    let outcome = solve(&problem, &budget, &AtomicBool::new(false), |_| {}).unwrap();
    assert_eq!((outcome.steps, outcome.plan.left_out().count()), (0, 0));
}

#[test]
fn a_cancelled_search_answers_at_once_with_what_it_has() {
    let problem = &generate(Size { operations: 1000, machines: 300, operators: 500 }, 5);
    let cancelled = &AtomicBool::new(false);
    let budget = Budget { time: None, steps: Some(100_000_000), threads: 2, seed: 1 };
    let (under_way, is_under_way) = mpsc::channel();
    std::thread::scope(|scope| {
        let search = scope.spawn(move || {
            solve(problem, &budget, cancelled, |progress| {
                let _ = under_way.send(progress.steps);
            })
        });
        while is_under_way.recv().expect("the search reports before it ends") == 0 {}
        let cancelled_at = Instant::now();
        cancelled.store(true, Ordering::Relaxed);
        let outcome = search.join().unwrap().unwrap();
        // 50 ms on a machine of one's own; the tests of a workspace share theirs.
        let took = cancelled_at.elapsed();
        assert!(took < Duration::from_millis(500), "{took:?}");
        assert_eq!(check(problem, &outcome.plan), Ok(outcome.score));
    });
}

#[test]
fn the_largest_number_of_options_is_planned() {
    // As many pairs of machine and operator as the largest published instance has.
    let mut problem = shop(&[]);
    problem.machines = vec![Machine::default(); 30];
    problem.operators = vec![Operator::default(); 30];
    problem.orders = vec![Order { due: Some(100), ..Order::default() }; 50];
    let mut left = 441_157_i64;
    for index in 0..500_i64 {
        let mut what = operation(index as usize / 10, 0);
        what.ways.clear();
        for machine in 0..30_u32 {
            let count = left.clamp(0, 30) as u32;
            left -= i64::from(count);
            let duration = |operator: u32| {
                10 + (index * 7 + i64::from(machine) * 5 + i64::from(operator) * 3) % 11
            };
            let hands = (0..count).map(|operator| Hand { operator, duration: duration(operator) });
            what.ways.push(Way { machine, crew: Crew::Named(hands.collect()) });
        }
        if index % 10 > 0 {
            let (before, after) = (index as usize - 1, index as usize);
            let kind = LinkKind::FinishToStart;
            problem.links.push(Link { before, after, kind, lag: 0 });
        }
        problem.operations.push(what);
    }
    // What got none of the options is done by anybody.
    for operation in &mut problem.operations {
        operation.ways.retain(|way| way.crew != Crew::Named(Vec::new()));
        if operation.ways.is_empty() {
            operation.ways.push(Way { machine: 0, crew: Crew::Anyone(10) });
        }
    }
    let outcome = run(&problem, 50).unwrap();
    assert_eq!(outcome.plan.left_out().collect::<Vec<_>>(), Vec::<usize>::new());
    let makespan = outcome.plan.last_end().unwrap();
    assert!(makespan <= 300, "the work of 500 operations on 30 machines, but {makespan}");
}

#[test]
fn a_generated_plant_is_planned_better_than_any_rule_does() {
    let problem = generate(Size { operations: 200, machines: 60, operators: 100 }, 2);
    assert_eq!(problem, generate(Size { operations: 200, machines: 60, operators: 100 }, 2));
    assert_eq!(problem.operations.len(), 200);
    assert!(problem.operations.iter().any(|operation| operation.pinned.is_some()));
    let outcome = run(&problem, 4000).unwrap();
    assert_eq!(outcome.plan.left_out().count(), 0);
    let ours = outcome.score.factors;
    for rule in Rule::ALL {
        let (plan, score) = dispatch(&problem, rule).unwrap();
        assert_eq!(plan.left_out().count(), 0, "{}", rule.name());
        let theirs = score.factors;
        let name = rule.name();
        assert!(ours.tardiness <= theirs.tardiness, "{name}: {ours:?} {theirs:?}");
        assert!(ours.idle * 10 < theirs.idle * 6, "{name}: {ours:?} {theirs:?}");
    }
}

#[test]
fn problem_and_plan_survive_being_written_down() {
    let problem = generate(Size { operations: 60, machines: 30, operators: 40 }, 4);
    let text = serde_json::to_string(&problem).unwrap();
    assert_eq!(serde_json::from_str::<PlantProblem>(&text).unwrap(), problem);
    let plan = run(&problem, 10).unwrap().plan;
    let text = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
}
