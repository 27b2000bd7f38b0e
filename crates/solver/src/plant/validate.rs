//! What a problem must be before anybody computes with it: references that lead somewhere, numbers
//! that make sense, no circle, no two pins in one place.
//!
//! Complaints point into the data as JSON pointers do, so that a reader of files can name line and
//! column. What is well formed but cannot be done is no error: the plan leaves it out.

mod whole;

use std::fmt::Display;

use thiserror::Error;

use super::plan::Assignment;
use super::problem::{Calendar, Crew, Operation, PlantProblem, SetupTable, Window};
use super::score::Weights;
use crate::problem::Time;

/// The longest time that can be computed with, before or after 0: 34 years in milliseconds.
pub(super) const LARGEST_TIME: Time = 1 << 40;

/// The largest weight, quantity, capacity or level.
const LARGEST_NUMBER: i64 = 1 << 40;

/// Why a problem cannot be computed with. Indexes count from 0.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProblemError {
    /// A value that breaks a rule.
    #[error("{pointer}: {rule}")]
    Value {
        /// Where it stands, as a JSON pointer.
        pointer: String,
        /// What is wrong with it.
        rule: String,
    },
    /// Links that come back to where they began.
    #[error("the links form a circle through operation {operation}")]
    Circle {
        /// An operation of the circle.
        operation: usize,
    },
    /// Pinned operations that cannot all be there.
    #[error(
        "{resource} cannot do the pinned operations {first} and {second} at the same time \
         with capacity {capacity}"
    )]
    Pins {
        /// Where: `machine 3` or `operator 5`.
        resource: String,
        /// How much can be done there at once.
        capacity: u32,
        /// One that is there.
        first: usize,
        /// One that is too many.
        second: usize,
    },
    /// Times and weights whose products exceed what can be computed with.
    #[error("times and weights are too large to compute with; use coarser units")]
    TooLarge,
}

/// A place in the data; `join` appends to it.
#[derive(Clone)]
struct Place(String);

impl Place {
    fn of(list: &str, index: usize) -> Self {
        Self(format!("/{list}/{index}"))
    }

    fn join(&self, name: impl Display) -> Self {
        Self(format!("{}/{name}", self.0))
    }

    fn refuse(&self, rule: impl Into<String>) -> ProblemError {
        ProblemError::Value { pointer: self.0.clone(), rule: rule.into() }
    }

    fn index(&self, what: &str, index: usize, count: usize) -> Result<(), ProblemError> {
        if index < count {
            return Ok(());
        }
        Err(self.refuse(format!("there is no {what} {index}, there are {count} from 0")))
    }

    fn number(&self, value: i64, low: i64, high: i64) -> Result<(), ProblemError> {
        if (low..=high).contains(&value) {
            return Ok(());
        }
        Err(self.refuse(format!("{value} should be from {low} to {high}")))
    }

    fn time(&self, value: Time) -> Result<(), ProblemError> {
        self.number(value, -LARGEST_TIME, LARGEST_TIME)
    }

    fn span(&self, value: Time) -> Result<(), ProblemError> {
        self.number(value, 0, LARGEST_TIME)
    }
}

/// Checks that a problem can be computed with.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn validate(problem: &PlantProblem) -> Result<(), ProblemError> {
    Place(String::new()).join("now").time(problem.now)?;
    for (index, machine) in problem.machines.iter().enumerate() {
        let place = Place::of("machines", index);
        place.join("capacity").number(machine.capacity.into(), 1, i64::from(u16::MAX))?;
        check_calendar(&place, &machine.calendar)?;
        if let Some(setups) = machine.setups {
            place.join("setups").index("setup table", setups, problem.setups.len())?;
            check_product(problem, machine.product, setups, &place.join("product"))?;
        }
    }
    check_operators(problem)?;
    for (index, material) in problem.materials.iter().enumerate() {
        for (number, arrival) in material.arrivals.iter().enumerate() {
            let place = Place::of("materials", index).join("arrivals").join(number);
            place.join("at").time(arrival.at)?;
            place.join("quantity").number(arrival.quantity, 0, LARGEST_NUMBER)?;
        }
    }
    for (index, table) in problem.setups.iter().enumerate() {
        check_setups(table, &Place::of("setups", index))?;
    }
    for (index, order) in problem.orders.iter().enumerate() {
        let place = Place::of("orders", index);
        place.join("release").time(order.release)?;
        place.join("due").time(order.due.unwrap_or(0))?;
        place.join("weight").number(order.weight, 0, LARGEST_NUMBER)?;
    }
    for (index, operation) in problem.operations.iter().enumerate() {
        check_operation(problem, operation, &Place::of("operations", index))?;
    }
    for (index, link) in problem.links.iter().enumerate() {
        let place = Place::of("links", index);
        place.join("before").index("operation", link.before, problem.operations.len())?;
        place.join("after").index("operation", link.after, problem.operations.len())?;
        place.join("lag").time(link.lag)?;
    }
    check_weights(&problem.weights)?;
    whole::check_sizes(problem)?;
    whole::check_circle(problem)?;
    whole::check_pins(problem)
}

fn check_calendar(place: &Place, calendar: &Calendar) -> Result<(), ProblemError> {
    let place = place.join("calendar");
    let open = calendar.open.iter().flatten().enumerate();
    for (index, window) in open {
        check_window(window, &place.join("open").join(index))?;
    }
    for (index, window) in calendar.breaks.iter().enumerate() {
        check_window(window, &place.join("breaks").join(index))?;
    }
    Ok(())
}

fn check_window(window: &Window, place: &Place) -> Result<(), ProblemError> {
    place.join("start").time(window.start)?;
    place.join("end").time(window.end)?;
    if window.start > window.end {
        return Err(place.refuse("the window ends before it starts"));
    }
    Ok(())
}

fn check_operators(problem: &PlantProblem) -> Result<(), ProblemError> {
    for (index, operator) in problem.operators.iter().enumerate() {
        let place = Place::of("operators", index);
        place.join("capacity").number(operator.capacity.into(), 1, i64::from(u16::MAX))?;
        place.join("worked").span(operator.worked)?;
        check_calendar(&place, &operator.calendar)?;
        for (number, skill) in operator.skills.iter().enumerate() {
            let place = place.join("skills").join(number);
            place.join("from").time(skill.from.unwrap_or(0))?;
            place.join("until").time(skill.until.unwrap_or(0))?;
            if operator.skills[..number].iter().any(|other| other.skill == skill.skill) {
                return Err(place.refuse(format!("skill {} is stated twice", skill.skill)));
            }
        }
    }
    Ok(())
}

fn check_setups(table: &SetupTable, place: &Place) -> Result<(), ProblemError> {
    let (products, times) = (table.products as usize, table.times.len());
    if products.checked_mul(products) != Some(times) {
        let rule = format!("{products} products need a time for each pair, but there are {times}");
        return Err(place.join("times").refuse(rule));
    }
    for (number, time) in table.times.iter().enumerate() {
        place.join("times").join(number).span(*time)?;
    }
    Ok(())
}

fn check_product(
    problem: &PlantProblem,
    product: Option<u32>,
    setups: usize,
    place: &Place,
) -> Result<(), ProblemError> {
    let count = problem.setups[setups].products as usize;
    product.map_or(Ok(()), |product| place.index("product", product as usize, count))
}

fn check_operation(
    problem: &PlantProblem,
    operation: &Operation,
    place: &Place,
) -> Result<(), ProblemError> {
    place.join("order").index("order", operation.order, problem.orders.len())?;
    let ways = operation.ways.iter().enumerate();
    let machines = ways
        .map(|(index, way)| (place.join("ways").join(index), way.machine))
        .chain(operation.pinned.map(|pin| (place.join("pinned"), pin.machine)))
        .chain(operation.current.map(|current| (place.join("current"), current.machine)));
    for (at, machine) in machines {
        at.join("machine").index("machine", machine as usize, problem.machines.len())?;
        if let Some(setups) = problem.machines[machine as usize].setups {
            check_product(problem, operation.product, setups, &place.join("product"))?;
        }
    }
    for (index, way) in operation.ways.iter().enumerate() {
        let place = place.join("ways").join(index).join("crew");
        match &way.crew {
            Crew::Alone(duration) => place.join("alone").span(*duration)?,
            Crew::Anyone(duration) => place.join("anyone").span(*duration)?,
            Crew::Named(hands) => {
                for (number, hand) in hands.iter().enumerate() {
                    let (operator, operators) = (hand.operator as usize, problem.operators.len());
                    // Hundreds of thousands of these: a place is made only for a complaint.
                    if operator >= operators || !(0..=LARGEST_TIME).contains(&hand.duration) {
                        let place = place.join("named").join(number);
                        place.join("operator").index("operator", operator, operators)?;
                        place.join("duration").span(hand.duration)?;
                    }
                }
            }
        }
    }
    for (index, consumption) in operation.consumes.iter().enumerate() {
        let place = place.join("consumes").join(index);
        place.index("material", consumption.material, problem.materials.len())?;
        place.join("quantity").number(consumption.quantity, 0, LARGEST_NUMBER)?;
    }
    for (name, assignment) in [("pinned", operation.pinned), ("current", operation.current)] {
        if let Some(assignment) = assignment {
            check_assignment(problem, &assignment, &place.join(name))?;
        }
    }
    Ok(())
}

fn check_assignment(
    problem: &PlantProblem,
    assignment: &Assignment,
    place: &Place,
) -> Result<(), ProblemError> {
    if let Some(operator) = assignment.operator {
        place.join("operator").index("operator", operator as usize, problem.operators.len())?;
    }
    check_window(&Window { start: assignment.start, end: assignment.end }, place)
}

fn check_weights(weights: &Weights) -> Result<(), ProblemError> {
    let place = Place("/weights".to_owned());
    let named = [
        ("left_out", weights.left_out),
        ("tardiness", weights.tardiness),
        ("idle_machine", weights.idle_machine),
        ("idle_operator", weights.idle_operator),
        ("makespan", weights.makespan),
        ("setup", weights.setup),
        ("fairness", weights.fairness),
        ("reassigned", weights.reassigned),
        ("shifted", weights.shifted),
    ];
    for (name, weight) in named {
        place.join(name).number(weight, 0, LARGEST_NUMBER)?;
    }
    place.join("fairness_span").number(weights.fairness_span, 1, LARGEST_TIME)
}
