//! The search for a short schedule: constructive start, tabu search, exchange of elites.
//!
//! [`solve`] gives the best schedule found so far at any time, stops when it is told to, and for
//! a budget of steps is a function of its arguments: threads search by themselves for a fixed
//! number of steps, then meet. What it returns has passed the checker.

mod choice;
mod construct;
mod elite;
mod neighbourhood;
mod plan;
mod ruin;
mod searcher;
mod shop;
mod tabu;

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::check::{self, Violation};
use crate::problem::{Problem, Time};
use crate::schedule::Schedule;

use crate::random::Random;
use crate::stop::Stop;
use elite::Elite;
use plan::Plan;
use searcher::Searcher;
use shop::Shop;

/// How long to search and with what.
#[derive(Debug, Clone)]
pub struct Budget {
    /// Time after which the search returns; none if only steps count.
    pub time: Option<Duration>,
    /// Steps of each thread after which the search returns; none if only time counts.
    pub steps: Option<u64>,
    /// Threads that search; at least one does.
    pub threads: usize,
    /// What all chance comes from.
    pub seed: u64,
}

/// Where a search stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Time since the search began.
    pub elapsed: Duration,
    /// Steps taken by all threads.
    pub steps: u64,
    /// Makespan of the best schedule so far.
    pub makespan: Time,
}

/// What a search found and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The best schedule; it has passed the checker.
    pub schedule: Schedule,
    /// Its makespan, as the checker computed it.
    pub makespan: Time,
    /// No schedule can be shorter than this.
    pub lower_bound: Time,
    /// Makespan of the constructive start.
    pub first_makespan: Time,
    /// Steps taken by all threads.
    pub steps: u64,
    /// Moves evaluated by all threads.
    pub moves: u64,
    /// Time taken.
    pub elapsed: Duration,
}

/// Why there is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SolveError {
    /// An operation that nobody can do.
    #[error("operation {0} has no choice of machine and operator: nobody can do it")]
    NoChoice(usize),
    /// An index that points nowhere.
    #[error("{what} {index} is referred to, but there are only {count}")]
    Unknown {
        /// What is referred to.
        what: &'static str,
        /// The index.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A duration or a release below 0.
    #[error("operation {0} has a duration or a release below 0")]
    Negative(usize),
    /// More time than the search can compute with.
    #[error("all durations together exceed {0}; use a coarser unit of time")]
    TooLong(Time),
    /// Precedences that are no chains.
    #[error("operation {0} has more than one operation directly before or after it")]
    NotAChain(usize),
    /// Precedences that come back to where they began.
    #[error("the precedences form a cycle")]
    Cycle,
    /// The result failed the check: an error of the search, never of the caller.
    #[error("the schedule found breaks a rule; please report this: {0}")]
    Unsound(#[from] Violation),
}

/// Steps of each thread between two meetings.
const STEPS_PER_ROUND: u64 = 500;

/// Searches for a schedule with the shortest makespan.
///
/// `cancelled` stops the search from outside; `progress` is called now and then from the calling
/// thread. Either way the best schedule found so far is returned.
///
/// # Errors
/// If the problem is no flexible job shop: see [`SolveError`].
pub fn solve(
    problem: &Problem,
    budget: &Budget,
    cancelled: &AtomicBool,
    mut progress: impl FnMut(Progress),
) -> Result<Outcome, SolveError> {
    let began = Instant::now();
    let stop = Stop { deadline: budget.time.map(|time| began + time), cancelled };
    let shop = Shop::new(problem)?;
    let lower_bound = shop.lower_bound();
    let first = first_plan(&shop, budget.seed, &stop);
    let first_makespan = first.makespan();
    let mut elite = Elite::new(first.clone());
    let mut searchers: Vec<Searcher> = (0..budget.threads.max(1))
        .map(|thread| Searcher::new(&shop, first.clone(), budget.seed, thread as u64))
        .collect();
    let mut steps_left = budget.steps.unwrap_or(u64::MAX);
    while steps_left > 0 && elite.best().makespan() > lower_bound && !stop.is_due() {
        let steps = steps_left.min(STEPS_PER_ROUND);
        steps_left -= steps;
        run_round(&mut searchers, &elite, steps, &stop);
        for searcher in &mut searchers {
            elite.admit_all(searcher.take_found());
        }
        progress(Progress {
            elapsed: began.elapsed(),
            steps: searchers.iter().map(Searcher::steps).sum(),
            makespan: elite.best().makespan().into(),
        });
    }
    let schedule = elite.best().schedule(&shop);
    let makespan = check::check(problem, &schedule)?;
    Ok(Outcome {
        schedule,
        makespan,
        lower_bound: lower_bound.into(),
        first_makespan: first_makespan.into(),
        steps: searchers.iter().map(Searcher::steps).sum(),
        moves: searchers.iter().map(Searcher::moves).sum(),
        elapsed: began.elapsed(),
    })
}

/// The better of the constructive plans.
fn first_plan(shop: &Shop, seed: u64, stop: &Stop) -> Plan {
    let mut random = Random::new(seed, u64::MAX);
    let greedy = construct::greedy(shop);
    construct::insertion(shop, &mut random, stop)
        .filter(|plan| plan.makespan() < greedy.makespan())
        .unwrap_or(greedy)
}

/// Lets every searcher take its steps, each on a thread of its own.
fn run_round(searchers: &mut [Searcher], elite: &Elite, steps: u64, stop: &Stop) {
    if let [searcher] = searchers {
        return searcher.run(elite, steps, stop);
    }
    std::thread::scope(|scope| {
        for searcher in searchers {
            scope.spawn(|| searcher.run(elite, steps, stop));
        }
    });
}
