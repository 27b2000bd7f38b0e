//! Planning random plants: sound at any budget, repeatable, exactly scored, explained truthfully.
//!
//! Budgets are steps, so that nothing depends on the speed of the machine. The checker judges; what
//! the search believes of its own score is compared with it in every run of a debug build.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::atomic::AtomicBool;

use mraos_solver::plant::check::check;
use mraos_solver::plant::explain::{Alternative, Answer, Explainer};
use mraos_solver::plant::search::{Outcome, Rule, SolveError, dispatch, solve};
use mraos_solver::plant::{
    Arrival, Assignment, Calendar, Consumption, Crew, Factors, Hand, Link, LinkKind, Machine,
    Material, Operation, Operator, Order, Plan, PlantProblem, Requirement, SetupTable, Skill, Way,
    Weights, Window,
};
use mraos_solver::search::Budget;
use proptest::prelude::*;
use proptest::{collection::vec, option};

const PRODUCTS: u32 = 3;

fn run(
    problem: &PlantProblem,
    steps: u64,
    threads: usize,
    seed: u64,
) -> Result<Outcome, SolveError> {
    let budget = Budget { time: None, steps: Some(steps), threads, seed };
    solve(problem, &budget, &AtomicBool::new(false), |_| {})
}

fn any_calendar() -> impl Strategy<Value = Calendar> {
    let window = |length: std::ops::Range<i64>| {
        (-10..90_i64, length).prop_map(|(start, length)| Window { start, end: start + length })
    };
    (option::weighted(0.6, vec(window(0..60), 0..4)), vec(window(0..6), 0..3))
        .prop_map(|(open, breaks)| Calendar { open, breaks })
}

fn any_needs() -> impl Strategy<Value = Vec<Requirement>> {
    let need = (0..2_u32, 1..3_u32).prop_map(|(skill, level)| Requirement { skill, level });
    prop_oneof![3 => Just(Vec::new()), 1 => vec(need, 1..3)]
}

fn any_machine() -> impl Strategy<Value = Machine> {
    let setups = (prop::bool::ANY, option::of(0..PRODUCTS));
    (1..3_u32, any_calendar(), any_needs(), setups).prop_map(
        |(capacity, calendar, needs, (is_set_up, product))| Machine {
            capacity,
            calendar,
            needs,
            setups: is_set_up.then_some(0),
            product,
        },
    )
}

fn any_operator() -> impl Strategy<Value = Operator> {
    let validity = (option::weighted(0.2, 0..40_i64), option::weighted(0.2, 30..90_i64));
    let skill = move |skill: u32| {
        option::weighted(0.8, (1..4_u32, validity.clone())).prop_map(move |found| {
            found.map(|(level, (from, until))| Skill { skill, level, from, until })
        })
    };
    (1..3_u32, any_calendar(), skill(0), skill(1), 0..30_i64).prop_map(
        |(capacity, calendar, one, other, worked)| Operator {
            capacity,
            calendar,
            skills: one.into_iter().chain(other).collect(),
            worked,
        },
    )
}

fn any_assignment(machines: usize, operators: usize) -> impl Strategy<Value = Assignment> {
    let operator = option::of(0..operators.max(1) as u32);
    (0..machines as u32, operator, -10..60_i64, 0..15_i64).prop_map(
        move |(machine, operator, start, length)| Assignment {
            machine,
            place: 0,
            operator: operator.filter(|one| (*one as usize) < operators),
            start,
            end: start + length,
        },
    )
}

fn any_operation(
    machines: usize,
    operators: usize,
    orders: usize,
) -> impl Strategy<Value = Operation> {
    let hand = (0..operators.max(1) as u32, 0..14_i64)
        .prop_map(|(operator, duration)| Hand { operator, duration });
    let crew = prop_oneof![
        1 => (0..14_i64).prop_map(Crew::Alone),
        1 => (0..14_i64).prop_map(Crew::Anyone),
        3 => vec(hand, 0..4).prop_map(move |mut hands| {
            hands.retain(|hand| (hand.operator as usize) < operators);
            Crew::Named(hands)
        }),
    ];
    let way = (0..machines as u32, crew).prop_map(|(machine, crew)| Way { machine, crew });
    let used =
        (0..2_usize, 0..8_i64).prop_map(|(material, quantity)| Consumption { material, quantity });
    let plan = (
        option::weighted(0.12, any_assignment(machines, operators)),
        option::weighted(0.4, any_assignment(machines, operators)),
    );
    let product = option::weighted(0.8, 0..PRODUCTS);
    (0..orders, product, vec(way, 0..4), any_needs(), vec(used, 0..3), plan).prop_map(
        |(order, product, ways, needs, consumes, (pinned, current))| Operation {
            order,
            product,
            ways,
            needs,
            consumes,
            pinned,
            current,
        },
    )
}

fn any_weights() -> impl Strategy<Value = Weights> {
    vec(0..20_i64, 7).prop_map(|weights| Weights {
        left_out: 1000,
        tardiness: weights[0],
        idle_machine: weights[1],
        idle_operator: weights[2],
        makespan: weights[3],
        setup: weights[4],
        fairness: weights[5],
        fairness_span: 7,
        reassigned: 10 * weights[6],
        shifted: weights[6],
    })
}

fn any_link(operations: usize) -> impl Strategy<Value = Link> {
    let kind = prop_oneof![
        Just(LinkKind::FinishToStart),
        Just(LinkKind::StartToStart),
        Just(LinkKind::FinishToFinish),
    ];
    (0..operations, 1..operations.max(2), kind, -6..10_i64).prop_map(
        move |(before, distance, kind, lag)| {
            // Always forwards, so that there is no circle.
            let after = before + distance;
            Link { before, after: after.min(operations), kind, lag }
        },
    )
}

/// Small plants with a bit of everything.
fn any_problem() -> impl Strategy<Value = PlantProblem> {
    let order = (-5..30_i64, option::of(0..60_i64), 0..4_i64)
        .prop_map(|(release, due, weight)| Order { release, due, weight });
    let arrival = (-5..60_i64, 0..20_i64).prop_map(|(at, quantity)| Arrival { at, quantity });
    let material = vec(arrival, 0..4).prop_map(|arrivals| Material { arrivals });
    let times = vec(0..8_i64, (PRODUCTS * PRODUCTS) as usize);
    let resources = (vec(any_machine(), 1..4), vec(any_operator(), 0..4));
    let others = (vec(order, 1..4), vec(material, 2), times, any_weights(), 0..6_i64);
    (resources, others).prop_flat_map(|((machines, operators), others)| {
        let (orders, materials, times, weights, now) = others;
        let operation = any_operation(machines.len(), operators.len(), orders.len());
        vec(operation, 0..12).prop_flat_map(move |operations| {
            let problem = PlantProblem {
                now,
                machines: machines.clone(),
                operators: operators.clone(),
                materials: materials.clone(),
                setups: vec![SetupTable { products: PRODUCTS, times: times.clone() }],
                orders: orders.clone(),
                operations,
                links: Vec::new(),
                weights,
            };
            let count = problem.operations.len();
            vec(any_link(count.max(1)), 0..5).prop_map(move |links| {
                let links = links.into_iter().filter(|link| link.after < count).collect();
                PlantProblem { links, ..problem.clone() }
            })
        })
    })
}

/// What a plan with one other assignment is judged to be.
fn judge(problem: &PlantProblem, plan: &Plan, operation: usize, answer: &Answer) {
    let mut changed = plan.clone();
    match answer {
        Answer::Blocked { tried, violations } => {
            changed.assignments[operation] = Some(*tried);
            assert_eq!(check(problem, &changed).as_ref(), Err(violations));
        }
        Answer::Possible { tried, score, difference } => {
            changed.assignments[operation] = Some(*tried);
            assert_eq!(check(problem, &changed).as_ref(), Ok(score));
            let before = check(problem, plan).unwrap();
            assert_eq!(difference.total(), score.total - before.total);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_budget_gives_a_sound_and_exactly_scored_plan(
        problem in any_problem(),
        steps in 0..400_u64,
        threads in 1..3_usize,
    ) {
        match run(&problem, steps, threads, steps) {
            Err(SolveError::Problem(_)) => {}
            Err(unsound) => panic!("{unsound}"),
            Ok(outcome) => {
                prop_assert_eq!(check(&problem, &outcome.plan), Ok(outcome.score.clone()));
                let mut sum = Factors::default();
                for operation in &outcome.score.operations {
                    sum += *operation;
                }
                prop_assert_eq!(sum, outcome.score.factors);
                prop_assert_eq!(sum.total(), outcome.score.total);
                prop_assert!(outcome.score.total <= outcome.first_score);
            }
        }
    }

    #[test]
    fn explanations_score_as_they_claim(
        problem in any_problem(),
        machine in option::of(0..3_u32),
        operator in option::of(0..3_u32),
        start in option::of(0..60_i64),
    ) {
        let Ok(outcome) = run(&problem, 60, 1, 1) else { return Ok(()) };
        let explainer = Explainer::new(&problem, &outcome.plan).unwrap();
        prop_assert_eq!(explainer.score(), &outcome.score);
        let alternative = Alternative { machine, operator, start };
        for operation in 0..problem.operations.len() {
            if let Some(answer) = explainer.why_not(operation, &alternative) {
                judge(&problem, &outcome.plan, operation, &answer);
            }
            let is_left_out = outcome.plan.assignments[operation].is_none();
            prop_assert_eq!(explainer.why_left_out(operation).is_some(), is_left_out);
        }
        for change in explainer.changes() {
            prop_assert_eq!(problem.operations[change.operation].current, Some(change.from));
            prop_assert_eq!(outcome.plan.assignments[change.operation], change.to);
            judge(&problem, &outcome.plan, change.operation, &change.if_kept);
        }
    }

    #[test]
    fn seed_and_steps_decide_the_answer(problem in any_problem(), seed in any::<u64>()) {
        let answer = |outcome: Outcome| (outcome.plan, outcome.steps, outcome.evaluations);
        let first = run(&problem, 300, 2, seed).map(answer);
        prop_assert_eq!(first, run(&problem, 300, 2, seed).map(answer));
    }

    #[test]
    fn dispatching_keeps_the_rules(problem in any_problem()) {
        for rule in Rule::ALL {
            match dispatch(&problem, rule) {
                Ok((plan, score)) => prop_assert_eq!(check(&problem, &plan), Ok(score)),
                Err(SolveError::Problem(_)) => {}
                Err(unsound) => panic!("{unsound}"),
            }
        }
    }
}
