//! One thread's search: rebuilds part after part and accepts what is not much worse.
//!
//! How much worse falls to nothing over a cycle of steps; then the next cycle, twice as long,
//! begins from the best plan. So the search is good early and does not end, and depends on steps
//! and seed alone. It sees nothing of the other threads.

use super::insert::Inserter;
use super::model::Model;
use super::rebuild::Rebuilding;
use super::ruin;
use super::state::{Placement, State};
use crate::random::Random;
use crate::stop::Stop;

/// Steps of the first cycle.
const FIRST_CYCLE: u64 = 1000;

/// Cycles do not get longer than this.
const LONGEST_CYCLE: u64 = 64_000;

/// How far foresight varies, in quarters of the shortest time.
const FORESIGHT_RANGE: usize = 20;

/// How much worse a plan may become at first, in shares of the score that an operation has.
const ALLOWED_SHARES: i64 = 2;

/// One thread's search.
pub(super) struct Worker<'a> {
    state: State<'a>,
    movable: Vec<u32>,
    random: Random,
    inserter: Inserter,
    rebuilding: Rebuilding,
    score: i64,
    best: Vec<Option<Placement>>,
    best_score: i64,
    /// The longest cycle so far, and how much of it is over.
    cycle: u64,
    step_of_cycle: u64,
    steps: u64,
}

impl<'a> Worker<'a> {
    pub(super) fn new(model: &'a Model<'a>, mut state: State<'a>, seed: u64, stream: u64) -> Self {
        let operations = model.operations.iter().enumerate();
        let movable = operations.filter(|(_, work)| !work.is_pinned && work.pairs > 0);
        let score = state.score();
        Self {
            movable: movable.map(|(index, _)| index as u32).collect(),
            random: Random::new(seed, stream),
            inserter: Inserter::new(),
            rebuilding: Rebuilding::new(model.operations.len()),
            score,
            best: state.placed.clone(),
            best_score: score,
            cycle: FIRST_CYCLE,
            step_of_cycle: 0,
            steps: 0,
            state,
        }
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    pub(super) fn evaluated(&self) -> u64 {
        self.inserter.evaluated
    }

    pub(super) fn best(&self) -> (i64, &[Option<Placement>]) {
        (self.best_score, &self.best)
    }

    /// Whether there is anything to be searched.
    pub(super) fn has_work(&self) -> bool {
        !self.movable.is_empty()
    }

    /// Goes on from a better plan of another thread.
    pub(super) fn adopt(&mut self, (score, placed): (i64, &[Option<Placement>])) {
        if score < self.best_score {
            self.best_score = score;
            self.best.clear();
            self.best.extend_from_slice(placed);
        }
    }

    pub(super) fn run(&mut self, steps: u64, stop: &Stop) {
        for _ in 0..steps {
            if stop.is_due() {
                return;
            }
            if self.step_of_cycle >= self.cycle {
                self.start_cycle();
            }
            if !self.step(stop) {
                return;
            }
            self.step_of_cycle += 1;
            self.steps += 1;
        }
    }

    fn start_cycle(&mut self) {
        self.cycle = (self.cycle * 2).min(LONGEST_CYCLE);
        self.step_of_cycle = 0;
        self.state.copy_from(&self.best);
        self.score = self.state.score();
    }

    /// Rebuilds a part; false if it was stopped in the middle and nothing has changed.
    fn step(&mut self, stop: &Stop) -> bool {
        let Self { state, random, inserter, rebuilding, .. } = self;
        let ruin = ruin::choose(state, &self.movable, random);
        inserter.foresight = 4 + random.below(FORESIGHT_RANGE) as i64;
        inserter.thrift = if random.one_in(2) { 4 } else { 0 };
        let is_whole = rebuilding.rebuild(state, &ruin, (inserter, random), stop);
        let score = if is_whole { state.score() } else { i64::MAX };
        let allowance = self.allowance();
        let worse = self.random.below(allowance as usize + 1) as i64;
        if score == i64::MAX || score > self.score + worse {
            self.rebuilding.take_back(&mut self.state);
            return is_whole || !stop.is_due();
        }
        self.score = score;
        if score < self.best_score {
            self.best_score = score;
            self.best.clear();
            self.best.extend_from_slice(&self.state.placed);
        }
        true
    }

    /// How much worse a plan may become in a step.
    fn allowance(&self) -> i64 {
        let weights = &self.state.model.problem.weights;
        let left_out = self.best.iter().filter(|placed| placed.is_none()).count() as i64;
        let share = (self.best_score - weights.left_out * left_out).max(0);
        let share = ALLOWED_SHARES * share / (self.movable.len() as i64).max(1);
        let rest = self.cycle - self.step_of_cycle.min(self.cycle);
        (i128::from(share) * i128::from(rest) / i128::from(self.cycle)) as i64
    }
}
