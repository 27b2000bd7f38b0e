//! The best place for one operation: every machine with every operator, at the likely moments.
//!
//! A place costs what it adds to the score as far as that can be told at once: lateness with what
//! has still to follow, waiting on both sides, setting up, load, and departing from the current
//! plan. The exact score of the whole plan decides afterwards; this only chooses.

use super::fit::{Bounds, Pair};
use super::model::NONE;
use super::state::{Placement, Slot, State};
use crate::problem::Time;
use crate::random::Random;

/// More pairs of machine and operator than this are sampled.
const PAIRS_TRIED: usize = 128;

/// Machines tried when pairs are sampled.
const MACHINES_TRIED: usize = 24;

/// One pair of so many is skipped, so that not every rebuilding makes the same choices.
const SKIPPED_ONE_IN: usize = 50;

/// Finds places for operations and counts the places looked at.
pub(super) struct Inserter {
    pub(super) evaluated: u64,
    /// How long what has still to follow is taken to last, in quarters of the shortest time:
    /// nobody gets through a busy plant without waiting.
    pub(super) foresight: i64,
    /// How much waiting counts, in quarters: who never lets anybody wait leaves time unused that
    /// is dear later.
    pub(super) thrift: i64,
    machines: Vec<(Time, usize)>,
}

/// The best place so far.
struct Best {
    cost: i64,
    placement: Option<Placement>,
    /// When the order ends already, without this operation.
    order_end: Time,
    /// How long what has still to follow is taken to last.
    tail: Time,
    thrift: i64,
}

impl Best {
    fn is_hopeless(&self, cost: i64, end: Time) -> bool {
        let placement = self.placement.as_ref();
        placement.is_some_and(|found| (self.cost, found.end) <= (cost, end))
    }
}

impl Inserter {
    pub(super) fn new() -> Self {
        Self { evaluated: 0, foresight: 8, thrift: 4, machines: Vec::new() }
    }

    /// The best place for an operation that is not placed, if there is any.
    pub(super) fn best(
        &mut self,
        state: &State,
        operation: usize,
        random: &mut Random,
    ) -> Option<Placement> {
        let bounds = state.bounds(operation)?;
        let work = &state.model.operations[operation];
        let order_end = state.order_end(work.order as usize).unwrap_or(Time::MIN);
        let tail = work.tail * self.foresight / 4;
        let mut best =
            Best { cost: i64::MAX, placement: None, order_end, tail, thrift: self.thrift };
        self.find_machines(state, operation, &bounds);
        let per_way = PAIRS_TRIED / self.machines.len().clamp(1, MACHINES_TRIED);
        if work.pairs > PAIRS_TRIED {
            self.machines.sort_unstable();
            let machines = std::mem::take(&mut self.machines);
            for (from, way) in machines.iter().take(MACHINES_TRIED) {
                let hands = state.model.way(*way).hands.clone();
                let count = hands.len();
                let step = count.div_ceil(per_way);
                for index in (random.below(step)..count).step_by(step) {
                    let hand = hands.start as usize + index;
                    self.try_pair(state, (operation, *way, hand), &bounds, *from, &mut best);
                }
            }
            self.machines = machines;
            if best.placement.is_some() {
                return best.placement;
            }
        }
        let machines = std::mem::take(&mut self.machines);
        let has_choice = work.pairs > 1;
        for skips in [has_choice, false] {
            for (from, way) in &machines {
                let hands = state.model.way(*way).hands.clone();
                for hand in hands.start as usize..hands.end as usize {
                    if !skips || !random.one_in(SKIPPED_ONE_IN) {
                        self.try_pair(state, (operation, *way, hand), &bounds, *from, &mut best);
                    }
                }
            }
            if best.placement.is_some() {
                break;
            }
        }
        self.machines = machines;
        best.placement
    }

    /// The first place found, for when there is no time to look for the best.
    pub(super) fn first(&mut self, state: &State, operation: usize) -> Option<Placement> {
        let bounds = state.bounds(operation)?;
        state.model.ways(operation).find_map(|way| {
            let way = state.model.way(way);
            let mut hands = way.hands.start as usize..way.hands.end as usize;
            hands.find_map(|hand| {
                self.evaluated += 1;
                let (pair, from) = state.pair(operation, way.machine, hand, &bounds);
                state.fit(&pair, from)
            })
        })
    }

    /// The earliest place at the machine and with the operator that it had.
    pub(super) fn again(
        &mut self,
        state: &State,
        operation: usize,
        was: &Placement,
    ) -> Option<Placement> {
        let bounds = state.bounds(operation)?;
        self.evaluated += 1;
        let (pair, from) = state.pair(operation, was.machine, was.hand as usize, &bounds);
        state.fit(&pair, from)
    }

    /// The machines that have room at all, with the moment from which they have.
    fn find_machines(&mut self, state: &State, operation: usize, bounds: &Bounds) {
        self.machines.clear();
        for index in state.model.ways(operation) {
            let way = state.model.way(index);
            let (_, latest) = bounds.starts(way.shortest);
            let pair = Pair {
                operation: operation as u32,
                machine: way.machine,
                operator: NONE,
                hand: NONE,
                duration: way.shortest,
                latest,
            };
            // Whoever is slower may start earlier when only the end is bound.
            if let Some((start, _)) = state.fit_machine(&pair, bounds.start) {
                self.machines.push((start, index));
            }
        }
    }

    /// Tries a pair at its earliest moment, and at those where it would wait less.
    fn try_pair(
        &mut self,
        state: &State,
        (operation, way, hand): (usize, usize, usize),
        bounds: &Bounds,
        from: Time,
        best: &mut Best,
    ) {
        let machine = state.model.way(way).machine;
        let (pair, earliest) = state.pair(operation, machine, hand, bounds);
        let Some(from) = state.fit_somebody(&pair, from.max(earliest)) else { return };
        let end = from + pair.duration;
        self.evaluated += 1;
        if best.is_hopeless(state.lateness_with(operation, end, best), end) {
            return;
        }
        let Some(placement) = state.fit(&pair, from) else { return };
        self.consider(state, operation, placement, best);
        if self.thrift > 0 && state.model.counts_idle() {
            if let Some(later) = state.adjacent_start(operation, &placement) {
                self.try_at(state, &pair, later, best);
            }
            let after_all = state.after_all(&placement);
            if after_all > placement.start {
                self.try_from(state, &pair, after_all, best);
            }
        }
        let current = state.model.operations[operation].current;
        if let Some(current) = current.filter(|current| current.start > placement.start) {
            self.try_at(state, &pair, current.start, best);
        }
    }

    fn try_at(&mut self, state: &State, pair: &Pair, start: Time, best: &mut Best) {
        self.evaluated += 1;
        if let Some(placement) = state.fit(pair, start).filter(|found| found.start == start) {
            self.consider(state, pair.operation as usize, placement, best);
        }
    }

    fn try_from(&mut self, state: &State, pair: &Pair, from: Time, best: &mut Best) {
        self.evaluated += 1;
        let operation = pair.operation as usize;
        let end = from + pair.duration;
        if best.is_hopeless(state.lateness_with(operation, end, best), end) {
            return;
        }
        if let Some(placement) = state.fit(pair, from) {
            self.consider(state, operation, placement, best);
        }
    }

    fn consider(&self, state: &State, operation: usize, placement: Placement, best: &mut Best) {
        let cost = state.added_cost(operation, &placement, best);
        if !best.is_hopeless(cost, placement.end) {
            best.cost = cost;
            best.placement = Some(placement);
        }
    }
}

impl State<'_> {
    /// What a placement would add to the score, with what has still to follow.
    fn added_cost(&self, operation: usize, placement: &Placement, best: &Best) -> i64 {
        let weights = &self.model.problem.weights;
        let work = &self.model.operations[operation];
        let mut cost = self.lateness_with(operation, placement.end, best);
        cost += weights.makespan * (placement.end + work.tail - self.last_end).max(0);
        cost += self.instability(operation, placement);
        let slot = Slot { start: placement.start, end: placement.end, operation: operation as u32 };
        let machine = placement.machine as usize;
        cost += self.added_in_lane(machine, placement.machine_lane as usize, &slot, best.thrift);
        if placement.operator != NONE {
            let operator = placement.operator as usize;
            let resource = self.model.operator_resource(placement.operator);
            let lane = placement.operator_lane as usize;
            cost += self.added_in_lane(resource, lane, &slot, best.thrift);
            let load = self.load[operator];
            let more = load + placement.end - placement.start;
            cost += self.unfairness(more) - self.unfairness(load);
        }
        cost
    }

    /// What an order's lateness grows by if the operation ends then.
    fn lateness_with(&self, operation: usize, end: Time, best: &Best) -> i64 {
        let order = self.model.operations[operation].order as usize;
        let end = (end + best.tail).max(best.order_end);
        self.lateness(order, end) - self.lateness(order, best.order_end.max(Time::MIN / 2))
    }

    /// Waiting and setting up that a slot adds to a lane.
    fn added_in_lane(&self, resource: usize, lane: usize, slot: &Slot, thrift: i64) -> i64 {
        let model = self.model;
        let weights = &model.problem.weights;
        let is_machine = resource < model.machines();
        let weight = if is_machine { weights.idle_machine } else { weights.idle_operator };
        let slots = &self.lanes[lane];
        let index = slots.partition_point(|other| other < slot);
        let before = index.checked_sub(1).map(|index| &slots[index]);
        let after = slots.get(index);
        let lead_of = |before: Option<&Slot>, slot: &Slot| {
            if is_machine { self.lead(resource, before, slot) } else { 0 }
        };
        let hours = &model.hours[resource];
        let lead = lead_of(before, slot);
        let (mut setup, mut idle) = (lead, 0);
        if let Some(before) = before {
            idle += hours.between(before.end, slot.start - lead);
        }
        if let Some(after) = after {
            let (new, old) = (lead_of(Some(slot), after), lead_of(before, after));
            setup += new - old;
            idle += hours.between(slot.end, after.start - new);
            if let Some(before) = before {
                idle -= hours.between(before.end, after.start - old);
            }
        }
        weights.setup * setup + weight * idle * thrift / 4
    }

    /// A start later in the same gap at which the operation ends where the next one begins, at
    /// the machine or with the operator, whichever is sooner.
    fn adjacent_start(&self, operation: usize, placement: &Placement) -> Option<Time> {
        let Placement { machine, start, end, .. } = *placement;
        let slot = Slot { start, end, operation: operation as u32 };
        let next = |lane: u32| {
            let slots = self.lanes.get(lane as usize)?;
            slots.get(slots.partition_point(|other| *other < slot))
        };
        let at_machine = next(placement.machine_lane)
            .map(|after| after.start - self.lead(machine as usize, Some(&slot), after));
        let with_operator = next(placement.operator_lane).map(|after| after.start);
        let latest_end = at_machine.into_iter().chain(with_operator).min()?;
        let later = latest_end - (end - start);
        (later > start).then_some(later)
    }

    /// When machine and operator have both done all that is placed.
    fn after_all(&self, placement: &Placement) -> Time {
        let last = |lane: u32| self.lanes.get(lane as usize).and_then(|slots| slots.last());
        let ends = [last(placement.machine_lane), last(placement.operator_lane)];
        ends.iter().flatten().map(|slot| slot.end).max().unwrap_or(Time::MIN)
    }
}
