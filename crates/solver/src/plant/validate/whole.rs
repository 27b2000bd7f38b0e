//! What only the whole problem shows: numbers that add up beyond their type, links that go round,
//! pins that collide.
//!
//! The sizes are bounds on any plan whatsoever, so that neither search nor checker has to fear an
//! overflow. They are generous: a year of a large plant in milliseconds passes.

use super::{LARGEST_TIME, ProblemError};
use crate::plant::problem::{Crew, Operation, PlantProblem};
use crate::problem::Time;

/// Makes sure that no plan can have a time or a score that does not fit its type.
pub(super) fn check_sizes(problem: &PlantProblem) -> Result<(), ProblemError> {
    let weights = &problem.weights;
    let count = problem.operations.len() as i128 + 1;
    let sum = |numbers: &mut dyn Iterator<Item = i64>| numbers.map(i128::from).sum::<i128>();
    let work = sum(&mut problem.operations.iter().map(longest_duration));
    let setup = problem.setups.iter().flat_map(|table| &table.times).max().copied().unwrap_or(0);
    let lags = sum(&mut problem.links.iter().map(|link| link.lag.abs()));
    let after_all = work + lags + count * i128::from(setup);
    let span = 2 * after_all + latest(problem) - earliest(problem);
    let urgency = sum(&mut problem.orders.iter().map(|order| order.weight));
    let per_operation =
        [weights.idle_machine, weights.idle_operator, weights.setup, weights.shifted];
    let per_time = i128::from(weights.tardiness).saturating_mul(urgency)
        + i128::from(weights.makespan)
        + sum(&mut per_operation.into_iter()) * count;
    let load = work + sum(&mut problem.operators.iter().map(|operator| operator.worked));
    let fairness = load.saturating_mul(load) / i128::from(weights.fairness_span.max(1));
    let score = per_time
        .saturating_mul(span)
        .saturating_add(fairness.saturating_mul(weights.fairness.into()))
        .saturating_add(count * (sum(&mut [weights.left_out, weights.reassigned].into_iter()) * 2));
    let fits = |bound: i128| bound < i128::from(i64::MAX / 4);
    if fits(score) && fits(span + i128::from(LARGEST_TIME)) {
        return Ok(());
    }
    Err(ProblemError::TooLarge)
}

fn longest_duration(operation: &Operation) -> Time {
    let ways = operation.ways.iter().map(|way| match &way.crew {
        Crew::Alone(duration) | Crew::Anyone(duration) => *duration,
        Crew::Named(hands) => hands.iter().map(|hand| hand.duration).max().unwrap_or(0),
    });
    let pinned = operation.pinned.map_or(0, |pin| pin.end - pin.start);
    ways.max().unwrap_or(0).max(pinned)
}

fn stated_times(problem: &PlantProblem) -> impl Iterator<Item = i128> {
    let calendars = problem.machines.iter().map(|machine| &machine.calendar);
    let calendars = calendars.chain(problem.operators.iter().map(|operator| &operator.calendar));
    let windows = calendars
        .flat_map(|calendar| calendar.open.iter().flatten().chain(&calendar.breaks))
        .flat_map(|window| [window.start, window.end]);
    let orders = problem.orders.iter().flat_map(|order| [Some(order.release), order.due]);
    let arrivals = problem.materials.iter().flat_map(|material| &material.arrivals);
    let skills = problem.operators.iter().flat_map(|operator| &operator.skills);
    let assignments = problem.operations.iter().flat_map(|one| [one.pinned, one.current]).flatten();
    windows
        .chain(orders.flatten())
        .chain(arrivals.map(|arrival| arrival.at))
        .chain(skills.flat_map(|skill| [skill.from, skill.until]).flatten())
        .chain(assignments.flat_map(|assignment| [assignment.start, assignment.end]))
        .chain([problem.now])
        .map(i128::from)
}

fn latest(problem: &PlantProblem) -> i128 {
    stated_times(problem).max().unwrap_or(0)
}

fn earliest(problem: &PlantProblem) -> i128 {
    stated_times(problem).min().unwrap_or(0)
}

/// Makes sure that the links have a first and a last.
pub(super) fn check_circle(problem: &PlantProblem) -> Result<(), ProblemError> {
    let mut waits_for = vec![0_usize; problem.operations.len()];
    let mut followers = vec![Vec::new(); problem.operations.len()];
    for link in &problem.links {
        waits_for[link.after] += 1;
        followers[link.before].push(link.after);
    }
    let mut free: Vec<usize> =
        (0..waits_for.len()).filter(|operation| waits_for[*operation] == 0).collect();
    while let Some(operation) = free.pop() {
        for follower in &followers[operation] {
            waits_for[*follower] -= 1;
            if waits_for[*follower] == 0 {
                free.push(*follower);
            }
        }
    }
    match waits_for.iter().position(|count| *count > 0) {
        Some(operation) => Err(ProblemError::Circle { operation }),
        None => Ok(()),
    }
}

/// Makes sure that every pin has room beside the others.
pub(super) fn check_pins(problem: &PlantProblem) -> Result<(), ProblemError> {
    let operations = problem.operations.iter().enumerate();
    let mut pins: Vec<_> =
        operations.filter_map(|(index, one)| Some((one.pinned?, index))).collect();
    pins.sort_by_key(|(pin, index)| (pin.start, pin.end, *index));
    let mut at_machines = vec![Vec::new(); problem.machines.len()];
    let mut with_operators = vec![Vec::new(); problem.operators.len()];
    for (pin, index) in pins {
        let machine = pin.machine as usize;
        let capacity = problem.machines[machine].capacity;
        seat(&mut at_machines[machine], capacity, (pin.start, pin.end, index))
            .map_err(|first| collision(format!("machine {machine}"), capacity, first, index))?;
        if let Some(operator) = pin.operator.map(|operator| operator as usize) {
            let capacity = problem.operators[operator].capacity;
            seat(&mut with_operators[operator], capacity, (pin.start, pin.end, index)).map_err(
                |first| collision(format!("operator {operator}"), capacity, first, index),
            )?;
        }
    }
    Ok(())
}

/// Gives a pin the first free seat, or tells who has one of those that are taken.
fn seat(
    seats: &mut Vec<(Time, usize)>,
    capacity: u32,
    (start, end, index): (Time, Time, usize),
) -> Result<(), usize> {
    match seats.iter().position(|(free_from, _)| *free_from <= start) {
        Some(free) => seats[free] = (end, index),
        None if seats.len() < capacity as usize => seats.push((end, index)),
        None => return Err(seats[0].1),
    }
    Ok(())
}

fn collision(resource: String, capacity: u32, first: usize, second: usize) -> ProblemError {
    ProblemError::Pins { resource, capacity, first, second }
}
