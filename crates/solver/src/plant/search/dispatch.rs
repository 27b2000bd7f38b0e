//! Dispatching rules: what a plant does that looks no further than the next piece of work.
//!
//! At the earliest moment at which anything can begin, the most urgent of what can begin then
//! takes the machine and the operator with whom it ends first. Eight orders of urgency. They are
//! the yardstick for the search, and what it has to beat.

use super::model::Model;
use super::state::{Placement, State};
use super::unsound;
use crate::plant::check::Checker;
use crate::plant::plan::Plan;
use crate::plant::problem::PlantProblem;
use crate::plant::score::Score;
use crate::plant::search::SolveError;
use crate::plant::validate;
use crate::problem::Time;

/// What is most urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// First come, first served: the order released first.
    FirstReleased,
    /// The shortest operation.
    ShortestOperation,
    /// The longest operation.
    LongestOperation,
    /// The order due first.
    EarliestDue,
    /// The shortest operation for its order's weight.
    WeightedShortest,
    /// The least time to spare.
    LeastSlack,
    /// The least time until due for the work that is left.
    CriticalRatio,
    /// Weight for work, less so with time to spare (apparent tardiness cost).
    TardinessCost,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 8] = [
        Self::FirstReleased,
        Self::ShortestOperation,
        Self::LongestOperation,
        Self::EarliestDue,
        Self::WeightedShortest,
        Self::LeastSlack,
        Self::CriticalRatio,
        Self::TardinessCost,
    ];

    /// The name for tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstReleased => "first released",
            Self::ShortestOperation => "shortest operation",
            Self::LongestOperation => "longest operation",
            Self::EarliestDue => "earliest due",
            Self::WeightedShortest => "weighted shortest",
            Self::LeastSlack => "least slack",
            Self::CriticalRatio => "critical ratio",
            Self::TardinessCost => "apparent tardiness cost",
        }
    }

    /// How urgent an operation is at a moment; more is more urgent.
    fn urgency(self, model: &Model, operation: usize, now: Time, mean_duration: f64) -> f64 {
        let work = &model.operations[operation];
        let order = &model.problem.orders[work.order as usize];
        let duration = work.shortest.max(1) as f64;
        let weight = order.weight as f64;
        // As if an order without a due date were due in the far future.
        let due = order.due.unwrap_or(1 << 40);
        let left = (work.shortest + work.tail).max(1) as f64;
        let slack = (due - now) as f64 - left;
        match self {
            Self::FirstReleased => -(order.release as f64),
            Self::ShortestOperation => -duration,
            Self::LongestOperation => duration,
            Self::EarliestDue => -(due as f64),
            Self::WeightedShortest => weight / duration,
            Self::LeastSlack => -slack,
            Self::CriticalRatio => -((due - now) as f64 / left),
            Self::TardinessCost => {
                weight / duration * (-slack.max(0.0) / (LOOK_AHEAD * mean_duration)).exp()
            }
        }
    }
}

/// How many mean durations ahead slack matters to the apparent tardiness cost; 2 is usual.
const LOOK_AHEAD: f64 = 2.0;

/// Plans by a dispatching rule.
///
/// # Errors
/// As [`solve`](super::solve).
pub fn dispatch(problem: &PlantProblem, rule: Rule) -> Result<(Plan, Score), SolveError> {
    validate::validate(problem)?;
    let model = Model::new(problem);
    let plan = Dispatcher::new(&model, rule).run().plan();
    let score = Checker::new(problem).check(&plan).map_err(unsound)?;
    Ok((plan, score))
}

/// The plan of the rule that is best on average, to begin a search with.
pub(super) fn start<'a>(model: &'a Model<'a>) -> State<'a> {
    Dispatcher::new(model, Rule::LeastSlack).run()
}

struct Dispatcher<'a> {
    model: &'a Model<'a>,
    rule: Rule,
    state: State<'a>,
    /// What could be done next, and a moment before which it cannot begin.
    ready: Vec<(usize, Time)>,
    waiting: Vec<usize>,
    mean_duration: f64,
}

impl<'a> Dispatcher<'a> {
    fn new(model: &'a Model<'a>, rule: Rule) -> Self {
        let waiting: Vec<usize> = model.operations.iter().map(|work| work.before.len()).collect();
        let durations = model.operations.iter().map(|work| work.shortest as f64);
        let mean_duration = durations.sum::<f64>() / model.operations.len().max(1) as f64;
        let state = State::new(model);
        let mut this = Self { model, rule, state, ready: Vec::new(), waiting, mean_duration };
        let is_free = |operation: &usize| model.operations[*operation].before.is_empty();
        for operation in (0..model.operations.len()).filter(is_free) {
            this.make_ready(operation);
        }
        this
    }

    /// Adds an operation to those that can be done next; a pin has been done.
    fn make_ready(&mut self, operation: usize) {
        if self.model.operations[operation].is_pinned {
            self.release_followers(operation);
        } else {
            self.ready.push((operation, self.model.operations[operation].earliest));
        }
    }

    fn release_followers(&mut self, operation: usize) {
        let model = self.model;
        for tie in &model.operations[operation].after {
            self.waiting[tie.other as usize] -= 1;
            if self.waiting[tie.other as usize] == 0 {
                self.make_ready(tie.other as usize);
            }
        }
    }

    fn run(mut self) -> State<'a> {
        while let Some(now) = self.ready.iter().map(|(_, earliest)| *earliest).min() {
            while let Some(index) = self.most_urgent(now) {
                let operation = self.ready[index].0;
                match self.soonest(operation) {
                    Some((start, placement)) if start <= now => {
                        self.ready.swap_remove(index);
                        self.state.place(operation, placement);
                        self.release_followers(operation);
                    }
                    Some((start, _)) => self.ready[index].1 = start,
                    // Nobody can do it any more; what waits for it stays undone too.
                    None => {
                        self.ready.swap_remove(index);
                    }
                }
            }
        }
        self.state
    }

    fn most_urgent(&self, now: Time) -> Option<usize> {
        let open = self.ready.iter().enumerate().filter(|(_, (_, earliest))| *earliest <= now);
        let rated = open.map(|(index, (operation, _))| {
            let urgency = self.rule.urgency(self.model, *operation, now, self.mean_duration);
            (urgency, *operation, index)
        });
        let best = rated.max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
        best.map(|(_, _, index)| index)
    }

    /// The earliest moment at which an operation can begin, and where it ends first.
    fn soonest(&self, operation: usize) -> Option<(Time, Placement)> {
        let bounds = self.state.bounds(operation)?;
        let mut start = Time::MAX;
        let mut best: Option<Placement> = None;
        for way in self.model.ways(operation) {
            let way = self.model.way(way);
            for hand in way.hands.clone() {
                let (pair, from) = self.state.pair(operation, way.machine, hand as usize, &bounds);
                let Some(found) = self.state.fit(&pair, from) else { continue };
                start = start.min(found.start);
                if best.is_none_or(|best| (found.end, found.start) < (best.end, best.start)) {
                    best = Some(found);
                }
            }
        }
        best.map(|best| (start, best))
    }
}
