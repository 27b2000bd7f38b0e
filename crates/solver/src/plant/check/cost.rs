//! What a plan costs, recomputed from its assignments: every cost is borne by one operation.
//!
//! An order's lateness is borne by the operation that ends last, the makespan likewise; waiting by
//! the operation that ends it; a load by the operation that adds to it. So the sums are exact. It
//! is called for plans that keep the rules.

use super::{Checker, TimeLine};
use crate::plant::plan::Plan;
use crate::plant::score::{Factors, Score};
use crate::problem::Time;

pub(super) fn score(checker: &Checker, plan: &Plan) -> Score {
    let mut operations = vec![Factors::default(); plan.assignments.len()];
    add_by_operation(checker, plan, &mut operations);
    add_tardiness(checker, plan, &mut operations);
    add_makespan(checker, plan, &mut operations);
    add_machines(checker, plan, &mut operations);
    add_operators(checker, plan, &mut operations);
    let mut factors = Factors::default();
    for operation in &operations {
        factors += *operation;
    }
    Score { total: factors.total(), factors, operations }
}

/// What is left out, and what is otherwise than in the current plan.
fn add_by_operation(checker: &Checker, plan: &Plan, costs: &mut [Factors]) {
    let weights = &checker.problem.weights;
    for (index, operation) in checker.problem.operations.iter().enumerate() {
        let Some(planned) = plan.assignments[index] else {
            costs[index].left_out = weights.left_out;
            continue;
        };
        let Some(current) = operation.current else { continue };
        let machine = i64::from(planned.machine != current.machine);
        let operator = i64::from(planned.operator != current.operator);
        costs[index].stability = weights.reassigned * (machine + operator)
            + weights.shifted * (planned.start - current.start).abs();
    }
}

fn add_tardiness(checker: &Checker, plan: &Plan, costs: &mut [Factors]) {
    let problem = checker.problem;
    let mut last: Vec<Option<(Time, usize)>> = vec![None; problem.orders.len()];
    for (index, operation) in problem.operations.iter().enumerate() {
        let Some(planned) = plan.assignments[index] else { continue };
        let last = &mut last[operation.order];
        if last.is_none_or(|(end, _)| planned.end > end) {
            *last = Some((planned.end, index));
        }
    }
    for (order, last) in problem.orders.iter().zip(last) {
        let (Some(due), Some((end, index))) = (order.due, last) else { continue };
        costs[index].tardiness = problem.weights.tardiness * order.weight * (end - due).max(0);
    }
}

fn add_makespan(checker: &Checker, plan: &Plan, costs: &mut [Factors]) {
    let problem = checker.problem;
    let Some(last_end) = plan.last_end() else { return };
    let ends = plan.assignments.iter().map(|planned| planned.map(|planned| planned.end));
    if let Some(index) = ends.into_iter().position(|end| end == Some(last_end)) {
        costs[index].makespan = problem.weights.makespan * (last_end - problem.now).max(0);
    }
}

/// Setting up, and machines that stand still between their first and last work.
fn add_machines(checker: &Checker, plan: &Plan, costs: &mut [Factors]) {
    let problem = checker.problem;
    let mut taken = vec![Vec::new(); problem.machines.len()];
    for stay in checker.places(plan) {
        let Factors { setup, .. } = &mut costs[stay.operation];
        *setup = problem.weights.setup * stay.setup;
        taken[stay.machine as usize].push((stay.start - stay.setup, stay.end, stay.operation));
    }
    for (hours, taken) in checker.machines.iter().zip(taken) {
        add_idle(hours, taken, problem.weights.idle_machine, costs);
    }
}

/// Operators who wait between their first and last work, and how evenly it is spread.
fn add_operators(checker: &Checker, plan: &Plan, costs: &mut [Factors]) {
    let problem = checker.problem;
    let mut attended = vec![Vec::new(); problem.operators.len()];
    for (index, planned) in plan.assignments.iter().enumerate() {
        let Some(planned) = planned else { continue };
        let Some(operator) = planned.operator else { continue };
        attended[operator as usize].push((planned.start, planned.end, index));
    }
    for (operator, mut attended) in attended.into_iter().enumerate() {
        attended.sort_unstable();
        let mut load = problem.operators[operator].worked;
        let unfairness = |load: Time| {
            let span = i128::from(problem.weights.fairness_span);
            (i128::from(load) * i128::from(load) / span) as i64
        };
        for (start, end, index) in &attended {
            let more = load + end - start;
            costs[*index].fairness =
                problem.weights.fairness * (unfairness(more) - unfairness(load));
            load = more;
        }
        add_idle(&checker.operators[operator], attended, problem.weights.idle_operator, costs);
    }
}

/// Adds the working time in which nothing is done, from the first beginning to the last end.
fn add_idle(
    hours: &TimeLine,
    mut taken: Vec<(Time, Time, usize)>,
    weight: i64,
    costs: &mut [Factors],
) {
    taken.sort_unstable();
    let mut reach: Option<Time> = None;
    for (begin, end, index) in taken {
        if let Some(reach) = reach.filter(|reach| *reach < begin) {
            costs[index].idle += weight * hours.working_time(reach, begin);
        }
        reach = Some(reach.map_or(end, |reach| reach.max(end)));
    }
}
