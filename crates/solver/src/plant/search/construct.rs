//! The first plan: operations by urgency, each where it costs least at that moment.
//!
//! Several orders of urgency and a dispatching rule compete. It takes milliseconds, and it never
//! fails: what finds no place is left out. When somebody cancels meanwhile, the rest takes the
//! first place that it finds.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::dispatch;
use super::insert::Inserter;
use super::model::Model;
use super::state::State;
use crate::problem::Time;
use crate::random::Random;
use crate::stop::Stop;

/// Orders of urgency that are tried.
const URGENCIES: [Urgency; 3] = [Urgency::Slack, Urgency::WeightedWork, Urgency::Due];

/// Dispatching looks at every pair of machine and operator several times.
const MOST_PAIRS_TO_DISPATCH: usize = 1_000_000;

#[derive(Debug, Clone, Copy)]
enum Urgency {
    /// When an operation has to start for its order to be on time.
    Slack,
    /// Little work that is left for much weight: best when much is late anyway.
    WeightedWork,
    /// When the order is due, the heavier the sooner.
    Due,
}

/// Builds the first plan. Of several the one that leaves out least and is least late is taken, not
/// that of the best score: waiting is easily saved later, lateness is not.
pub(super) fn construct<'a>(
    model: &'a Model<'a>,
    inserter: &mut Inserter,
    seed: u64,
    stop: &Stop,
) -> State<'a> {
    let mut states = vec![build(model, inserter, URGENCIES[0], seed, stop)];
    for urgency in &URGENCIES[1..] {
        if !stop.is_due() {
            states.push(build(model, inserter, *urgency, seed, stop));
        }
    }
    let pairs: usize = model.operations.iter().map(|work| work.pairs).sum();
    if pairs <= MOST_PAIRS_TO_DISPATCH && !stop.is_due() {
        states.push(dispatch::start(model));
    }
    let rated = states.into_iter().enumerate().map(|(index, mut state)| {
        let score = state.score();
        ((state.unmet(), score, index), state)
    });
    let best = rated.min_by_key(|(rating, _)| *rating);
    best.map_or_else(|| State::new(model), |(_, state)| state)
}

fn build<'a>(
    model: &'a Model<'a>,
    inserter: &mut Inserter,
    urgency: Urgency,
    seed: u64,
    stop: &Stop,
) -> State<'a> {
    let mut random = Random::new(seed, u64::MAX);
    let mut state = State::new(model);
    let mut waiting: Vec<usize> = model.operations.iter().map(|work| work.before.len()).collect();
    let mut queue = BinaryHeap::new();
    let free = model.sequence.iter().filter(|operation| waiting[**operation as usize] == 0);
    for operation in free {
        queue.push(Reverse((urgency.of(model, *operation), *operation)));
    }
    while let Some(Reverse((_, operation))) = queue.pop() {
        let index = operation as usize;
        let work = &model.operations[index];
        if !work.is_pinned {
            let found = if stop.is_cancelled() {
                inserter.first(&state, index)
            } else {
                inserter.best(&state, index, &mut random)
            };
            if let Some(placement) = found {
                state.place(index, placement);
            }
        }
        for tie in &work.after {
            let waiting = &mut waiting[tie.other as usize];
            *waiting -= 1;
            if *waiting == 0 {
                queue.push(Reverse((urgency.of(model, tie.other), tie.other)));
            }
        }
    }
    state
}

impl Urgency {
    /// Less is more urgent.
    fn of(self, model: &Model, operation: u32) -> Time {
        let work = &model.operations[operation as usize];
        let order = &model.problem.orders[work.order as usize];
        let weight = order.weight.clamp(1, 1 << 20);
        let due = order.due.unwrap_or(1 << 41) - model.problem.now;
        let left = work.tail + work.shortest;
        match self {
            Self::Slack => due - left,
            Self::WeightedWork => (left << 10).saturating_div(weight),
            Self::Due => due / weight,
        }
    }
}
