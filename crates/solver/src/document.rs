//! The schedule as a file: what `mraos solve --out` writes, with ids as people count them.
//!
//! Jobs, operations, machines and workers are numbered from 1. Only turns one form into another;
//! it checks nothing.

use serde::Serialize;

use crate::problem::{Problem, Time};
use crate::schedule::Schedule;

/// A schedule with ids from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// When the last operation ends.
    pub makespan: Time,
    /// All operations, by job and number.
    pub operations: Vec<DocumentOperation>,
}

/// What becomes of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentOperation {
    /// The job.
    pub job: usize,
    /// Its how-manieth operation.
    pub operation: usize,
    /// The machine.
    pub machine: u32,
    /// The operator, if one is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<u32>,
    /// When it starts.
    pub start: Time,
    /// When it ends.
    pub end: Time,
}

impl Document {
    /// States a checked schedule of a problem.
    #[must_use]
    pub fn new(problem: &Problem, schedule: &Schedule) -> Self {
        let mut numbers = vec![0; problem.jobs.len()];
        let slots = problem.operations.iter().zip(&schedule.slots);
        let operations = slots.map(|(operation, slot)| {
            let choice = operation.choices[slot.choice];
            numbers[operation.job] += 1;
            DocumentOperation {
                job: operation.job + 1,
                operation: numbers[operation.job],
                machine: choice.machine + 1,
                worker: choice.operator.map(|operator| operator + 1),
                start: slot.start,
                end: slot.end,
            }
        });
        Self { makespan: schedule.makespan(), operations: operations.collect() }
    }
}
