//! What a plan costs: whole numbers by factor that sum exactly to the score; less is better.
//!
//! Every cost is borne by one operation, so the sum over operations is the sum over factors is the
//! score. Weights are data. These are types alone: the checker computes the numbers, and the search
//! computes them by itself.

use std::ops::{AddAssign, Sub};

use serde::{Deserialize, Serialize};

use crate::problem::Time;

/// What a unit of each factor costs. Rules are not here: they are never broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// An operation that is not planned.
    pub left_out: i64,
    /// A unit of time that an order of weight 1 ends late.
    pub tardiness: i64,
    /// A unit of open time in which a machine stands still between its first and last work.
    pub idle_machine: i64,
    /// A unit of working time in which an operator waits between their first and last work.
    pub idle_operator: i64,
    /// A unit of time until the last operation ends.
    pub makespan: i64,
    /// A unit of time of setting up.
    pub setup: i64,
    /// Each operator's load, squared, in units of `fairness_span`.
    pub fairness: i64,
    /// The load at which one more unit of work costs two units of fairness.
    pub fairness_span: Time,
    /// An operation that changes its machine or its operator against the current plan, each.
    pub reassigned: i64,
    /// A unit of time by which an operation starts earlier or later than in the current plan.
    pub shifted: i64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            left_out: 10_000_000,
            tardiness: 10,
            idle_machine: 1,
            idle_operator: 1,
            makespan: 1,
            setup: 1,
            fairness: 1,
            fairness_span: 480,
            reassigned: 60,
            shifted: 1,
        }
    }
}

/// A cost by factor, weighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Factors {
    /// What is not planned.
    pub left_out: i64,
    /// Orders that end late.
    pub tardiness: i64,
    /// Machines that stand still and operators who wait.
    pub idle: i64,
    /// The end of the last operation.
    pub makespan: i64,
    /// Setting up.
    pub setup: i64,
    /// Work that is spread unevenly.
    pub fairness: i64,
    /// What is otherwise than in the current plan.
    pub stability: i64,
}

impl Factors {
    /// The sum.
    #[must_use]
    pub fn total(&self) -> i64 {
        let Self { left_out, tardiness, idle, makespan, setup, fairness, stability } = self;
        left_out + tardiness + idle + makespan + setup + fairness + stability
    }
}

impl AddAssign for Factors {
    fn add_assign(&mut self, other: Self) {
        self.left_out += other.left_out;
        self.tardiness += other.tardiness;
        self.idle += other.idle;
        self.makespan += other.makespan;
        self.setup += other.setup;
        self.fairness += other.fairness;
        self.stability += other.stability;
    }
}

impl Sub for Factors {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            left_out: self.left_out - other.left_out,
            tardiness: self.tardiness - other.tardiness,
            idle: self.idle - other.idle,
            makespan: self.makespan - other.makespan,
            setup: self.setup - other.setup,
            fairness: self.fairness - other.fairness,
            stability: self.stability - other.stability,
        }
    }
}

/// What a plan costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Score {
    /// The sum of everything.
    pub total: i64,
    /// By factor, over all operations.
    pub factors: Factors,
    /// By operation, in the order of the problem.
    pub operations: Vec<Factors>,
}
