//! The independent checker: does a schedule keep every rule of its problem?
//!
//! It shares no code with the search and none of its data structures: it sees the problem, the
//! schedule and nothing else, and recomputes everything from them. Every result passes it before
//! it leaves the crate.

use thiserror::Error;

use crate::problem::{Problem, Time};
use crate::schedule::Schedule;

/// A rule that a schedule breaks. Operations, machines and operators are indexes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Violation {
    /// Not one slot per operation.
    #[error("{slots} slots for {operations} operations")]
    Incomplete {
        /// Slots in the schedule.
        slots: usize,
        /// Operations in the problem.
        operations: usize,
    },
    /// A choice that the operation does not have.
    #[error("operation {operation} has no choice {choice}")]
    UnknownChoice {
        /// The operation.
        operation: usize,
        /// The choice that its slot names.
        choice: usize,
    },
    /// A slot that is not as long as its choice.
    #[error("operation {operation} takes {expected}, but its slot is {found} long")]
    WrongDuration {
        /// The operation.
        operation: usize,
        /// The duration of the choice.
        expected: Time,
        /// The length of the slot.
        found: Time,
    },
    /// A start before the release of the job.
    #[error("operation {operation} starts at {start}, before its release at {release}")]
    BeforeRelease {
        /// The operation.
        operation: usize,
        /// When it starts.
        start: Time,
        /// When its job is released.
        release: Time,
    },
    /// A start before the end of an operation that comes first.
    #[error("operation {after} starts at {start}, before operation {before} ends at {end}")]
    BrokenPrecedence {
        /// What has to end first.
        before: usize,
        /// What starts too early.
        after: usize,
        /// When the first ends.
        end: Time,
        /// When the second starts.
        start: Time,
    },
    /// Two operations at one machine at the same time.
    #[error("machine {machine} has operations {first} and {second} at the same time")]
    MachineOverlap {
        /// The machine.
        machine: u32,
        /// The operation that starts first.
        first: usize,
        /// The one that starts before the first has ended.
        second: usize,
    },
    /// Two operations with one operator at the same time.
    #[error("operator {operator} has operations {first} and {second} at the same time")]
    OperatorOverlap {
        /// The operator.
        operator: u32,
        /// The operation that starts first.
        first: usize,
        /// The one that starts before the first has ended.
        second: usize,
    },
}

/// Checks a schedule and gives its makespan.
///
/// # Errors
/// The first rule found broken.
pub fn check(problem: &Problem, schedule: &Schedule) -> Result<Time, Violation> {
    let (slots, operations) = (schedule.slots.len(), problem.operations.len());
    if slots != operations {
        return Err(Violation::Incomplete { slots, operations });
    }
    let mut at_machines = Vec::with_capacity(slots);
    let mut with_operators = Vec::with_capacity(slots);
    let mut last_end = 0;
    for (index, (operation, slot)) in problem.operations.iter().zip(&schedule.slots).enumerate() {
        let Some(choice) = operation.choices.get(slot.choice) else {
            return Err(Violation::UnknownChoice { operation: index, choice: slot.choice });
        };
        let (expected, found) = (choice.duration, slot.end - slot.start);
        if expected != found {
            return Err(Violation::WrongDuration { operation: index, expected, found });
        }
        let release = problem.jobs.get(operation.job).map_or(0, |job| job.release);
        if slot.start < release {
            let start = slot.start;
            return Err(Violation::BeforeRelease { operation: index, start, release });
        }
        at_machines.push((choice.machine, slot.start, slot.end, index));
        with_operators.extend(choice.operator.map(|id| (id, slot.start, slot.end, index)));
        last_end = last_end.max(slot.end);
    }
    check_precedences(problem, schedule)?;
    if let Some((machine, first, second)) = overlap(at_machines) {
        return Err(Violation::MachineOverlap { machine, first, second });
    }
    if let Some((operator, first, second)) = overlap(with_operators) {
        return Err(Violation::OperatorOverlap { operator, first, second });
    }
    Ok(last_end)
}

fn check_precedences(problem: &Problem, schedule: &Schedule) -> Result<(), Violation> {
    for precedence in &problem.precedences {
        let (before, after) = (precedence.before, precedence.after);
        let (end, start) = (schedule.slots[before].end, schedule.slots[after].start);
        if start < end {
            return Err(Violation::BrokenPrecedence { before, after, end, start });
        }
    }
    Ok(())
}

/// Finds two of `(resource, start, end, operation)` that share a resource and an instant.
fn overlap(mut taken: Vec<(u32, Time, Time, usize)>) -> Option<(u32, usize, usize)> {
    taken.sort_unstable();
    let mut pairs = taken.windows(2);
    pairs.find(|pair| pair[0].0 == pair[1].0 && pair[1].1 < pair[0].2).map(|pair| {
        let [(resource, _, _, first), (_, _, _, second)] = [pair[0], pair[1]];
        (resource, first, second)
    })
}
