//! The search for a good plan: a constructive start, then ruin and recreate on every thread.
//!
//! [`solve`] gives the best plan found so far at any time, stops when it is told to, and for a
//! budget of steps is a function of its arguments: threads search by themselves for a fixed number
//! of steps, then meet. What it returns has passed the checker.

mod construct;
mod dispatch;
mod fit;
mod hours;
mod insert;
mod model;
mod rebuild;
mod ruin;
mod state;
mod stock;
mod worker;

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::check::{Checker, Violation};
use super::plan::Plan;
use super::problem::PlantProblem;
use super::score::Score;
use super::validate::{self, ProblemError};
use crate::search::Budget;
use crate::stop::Stop;

pub use dispatch::{Rule, dispatch};

use insert::Inserter;
use model::Model;
use worker::Worker;

/// Where a search stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Time since the search began.
    pub elapsed: Duration,
    /// Steps taken by all threads.
    pub steps: u64,
    /// Score of the best plan so far.
    pub score: i64,
}

/// What a search found and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The best plan; it has passed the checker.
    pub plan: Plan,
    /// Its score, as the checker computed it.
    pub score: Score,
    /// Score of the constructive start.
    pub first_score: i64,
    /// Time until the constructive start was there.
    pub first_after: Duration,
    /// Steps taken by all threads.
    pub steps: u64,
    /// Places for an operation that all threads looked at.
    pub evaluations: u64,
    /// Time taken.
    pub elapsed: Duration,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SolveError {
    /// The problem cannot be computed with.
    #[error(transparent)]
    Problem(#[from] ProblemError),
    /// The result failed the check: an error of the search, never of the caller.
    #[error("the plan found breaks a rule; please report this: {0}")]
    Unsound(Violation),
}

/// Steps of each thread between two meetings.
const STEPS_PER_ROUND: u64 = 250;

/// Searches for the plan with the lowest score.
///
/// `cancelled` stops the search from outside; `progress` is called now and then from the calling
/// thread. Either way the best plan found so far is returned; operations that find no place are
/// left out of it.
///
/// # Errors
/// If the problem cannot be computed with: see [`ProblemError`].
pub fn solve(
    problem: &PlantProblem,
    budget: &Budget,
    cancelled: &AtomicBool,
    mut progress: impl FnMut(Progress),
) -> Result<Outcome, SolveError> {
    let began = Instant::now();
    let stop = Stop { deadline: budget.time.map(|time| began + time), cancelled };
    validate::validate(problem)?;
    let model = Model::new(problem);
    let mut first_inserter = Inserter::new();
    let first = construct::construct(&model, &mut first_inserter, budget.seed, &stop);
    let first_after = began.elapsed();
    let mut workers: Vec<Worker> = (0..budget.threads.max(1))
        .map(|thread| Worker::new(&model, first.clone(), budget.seed, thread as u64))
        .collect();
    let first_score = workers[0].best().0;
    let mut steps_left = if workers[0].has_work() { budget.steps.unwrap_or(u64::MAX) } else { 0 };
    progress(Progress { elapsed: began.elapsed(), steps: 0, score: first_score });
    while steps_left > 0 && workers[0].best().0 > 0 && !stop.is_due() {
        let steps = steps_left.min(STEPS_PER_ROUND);
        steps_left -= steps;
        run_round(&mut workers, steps, &stop);
        let score = share_best(&mut workers);
        let steps = workers.iter().map(Worker::steps).sum();
        progress(Progress { elapsed: began.elapsed(), steps, score });
    }
    let mut best = first;
    best.copy_from(workers[0].best().1);
    let plan = best.plan();
    let score = Checker::new(problem).check(&plan).map_err(unsound)?;
    debug_assert_eq!(score.total, workers[0].best().0, "the search has counted otherwise");
    Ok(Outcome {
        plan,
        score,
        first_score,
        first_after,
        steps: workers.iter().map(Worker::steps).sum(),
        evaluations: workers.iter().map(Worker::evaluated).sum::<u64>() + first_inserter.evaluated,
        elapsed: began.elapsed(),
    })
}

/// Lets every worker take its steps, each on a thread of its own.
fn run_round(workers: &mut [Worker], steps: u64, stop: &Stop) {
    if let [worker] = workers {
        return worker.run(steps, stop);
    }
    std::thread::scope(|scope| {
        for worker in workers {
            scope.spawn(|| worker.run(steps, stop));
        }
    });
}

/// Lets every worker know the best plan, of equals that of the first; gives its score.
fn share_best(workers: &mut [Worker]) -> i64 {
    let best = (0..workers.len()).min_by_key(|index| (workers[*index].best().0, *index));
    let (score, placed) = workers[best.unwrap_or(0)].best();
    let placed = placed.to_vec();
    for worker in workers {
        worker.adopt((score, &placed));
    }
    score
}

fn unsound(violations: Vec<Violation>) -> SolveError {
    let first = violations.into_iter().next();
    SolveError::Unsound(first.unwrap_or(Violation::Incomplete { assignments: 0, operations: 0 }))
}
