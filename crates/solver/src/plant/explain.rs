//! Why: what each assignment costs, why nothing else was chosen, what changed and what it is for.
//!
//! Every answer is the checker's: an alternative is put into the plan, the whole plan is checked
//! again, and what comes out is either the rules that stand in the way or the exact difference of
//! the scores. Nothing is estimated and the search is not asked.

mod left_out;
mod moments;

use super::check::{Checker, Violation};
use super::plan::{Assignment, Plan};
use super::problem::PlantProblem;
use super::score::{Factors, Score};
use super::validate;
use crate::problem::Time;

pub use left_out::LeftOut;

/// Another way to do an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Alternative {
    /// The machine; none for that of the plan.
    pub machine: Option<u32>,
    /// The operator; none for that of the plan, or nobody if the machine works alone.
    pub operator: Option<u32>,
    /// When it starts; none for the moment, of those that suggest themselves, that costs least.
    pub start: Option<Time>,
}

/// What became of an alternative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It breaks rules.
    Blocked {
        /// What was tried.
        tried: Assignment,
        /// Every rule that it breaks.
        violations: Vec<Violation>,
    },
    /// It is possible, and the score would differ by so much; below 0 it would be better.
    Possible {
        /// What was tried.
        tried: Assignment,
        /// What the score would be.
        score: Score,
        /// What it would be more than now, by factor.
        difference: Factors,
    },
}

/// An operation that is otherwise than in the current plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The operation.
    pub operation: usize,
    /// Where it is in the current plan.
    pub from: Assignment,
    /// Where it is now; none if it is left out.
    pub to: Option<Assignment>,
    /// What would come of leaving it where it was: why it changed.
    pub if_kept: Answer,
}

/// A plan that is asked about.
pub struct Explainer<'a> {
    problem: &'a PlantProblem,
    plan: &'a Plan,
    checker: Checker<'a>,
    score: Score,
}

impl<'a> Explainer<'a> {
    /// Prepares to explain a plan.
    ///
    /// # Errors
    /// The rules that the plan itself breaks; of such a plan nothing can be told.
    pub fn new(problem: &'a PlantProblem, plan: &'a Plan) -> Result<Self, Vec<Violation>> {
        validate::validate(problem).map_err(|error| vec![Violation::Problem(error)])?;
        let checker = Checker::new(problem);
        let score = checker.check(plan)?;
        Ok(Self { problem, plan, checker, score })
    }

    /// The score, with what each operation contributes by factor.
    #[must_use]
    pub fn score(&self) -> &Score {
        &self.score
    }

    /// Why an operation is not done otherwise. None if the operation or what the alternative
    /// names does not exist, or if the operation is pinned.
    #[must_use]
    pub fn why_not(&self, operation: usize, alternative: &Alternative) -> Option<Answer> {
        let what = self.problem.operations.get(operation)?;
        if what.pinned.is_some() {
            return None;
        }
        let now = self.plan.assignments[operation];
        let machine = alternative.machine.or(now.map(|now| now.machine))?;
        let operator = alternative.operator.or(now.and_then(|now| now.operator));
        let operator = operator.filter(|_| !moments::works_alone(what, machine));
        let known = (machine as usize) < self.problem.machines.len()
            && operator.is_none_or(|one| (one as usize) < self.problem.operators.len());
        if !known {
            return None;
        }
        let duration = moments::duration(what, machine, operator);
        let duration = duration.or(now.map(|now| now.end - now.start)).unwrap_or(0);
        let starts = match alternative.start {
            Some(start) => vec![start],
            None => self.likely_starts(operation, machine, operator, duration),
        };
        let answers = starts.into_iter().map(|start| {
            let end = start + duration;
            self.try_places(operation, Assignment { machine, place: 0, operator, start, end })
        });
        answers.min_by_key(cost)
    }

    /// What is otherwise than in the current plan, and why.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let operations = self.problem.operations.iter().enumerate();
        let changed = operations.filter_map(|(operation, what)| {
            let from = what.current?;
            let to = self.plan.assignments[operation];
            let is_same = to.is_some_and(|to| Assignment { place: from.place, ..to } == from);
            if is_same || what.pinned.is_some() {
                return None;
            }
            let if_kept = self.try_places(operation, from);
            Some(Change { operation, from, to, if_kept })
        });
        changed.collect()
    }

    /// Tries an assignment at each place of its machine that something is at, and at a free one.
    fn try_places(&self, operation: usize, assignment: Assignment) -> Answer {
        let machine = assignment.machine;
        let others = self.plan.assignments.iter().enumerate();
        let mut places: Vec<u32> = others
            .filter(|(other, _)| *other != operation)
            .filter_map(|(_, other)| other.filter(|other| other.machine == machine))
            .map(|other| other.place)
            .collect();
        places.sort_unstable();
        places.dedup();
        let free = (0..).find(|place| !places.contains(place)).unwrap_or(0);
        if free < self.problem.machines[machine as usize].capacity || places.is_empty() {
            places.push(free);
        }
        let answers = places
            .into_iter()
            .map(|place| self.try_one(operation, Assignment { place, ..assignment }));
        let blocked = Answer::Blocked { tried: assignment, violations: Vec::new() };
        answers.min_by_key(cost).unwrap_or(blocked)
    }

    fn try_one(&self, operation: usize, tried: Assignment) -> Answer {
        let mut plan = self.plan.clone();
        plan.assignments[operation] = Some(tried);
        match self.checker.check(&plan) {
            Ok(score) => {
                let difference = score.factors - self.score.factors;
                Answer::Possible { tried, score, difference }
            }
            Err(violations) => Answer::Blocked { tried, violations },
        }
    }
}

/// What is possible is better than what is not; then what costs less, then what is sooner.
fn cost(answer: &Answer) -> (bool, i64, Time) {
    match answer {
        Answer::Blocked { tried, violations } => (true, violations.len() as i64, tried.start),
        Answer::Possible { tried, score, .. } => (false, score.total, tried.start),
    }
}
