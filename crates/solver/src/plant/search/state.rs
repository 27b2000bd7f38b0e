//! A plan under construction: who is where when, and what it costs, kept up to date by the part.
//!
//! Operations are placed and removed one by one; what a change touches is noted and its cost
//! computed anew when the score is asked for. Whether a placement keeps the rules is for
//! [`fit`](super::fit) to find out before.

use super::model::{Model, NONE};
use super::stock::Stock;
use crate::plant::plan::{Assignment, Plan};
use crate::problem::Time;
use crate::random::Random;

/// A plan under construction.
#[derive(Clone)]
pub(super) struct State<'a> {
    pub(super) model: &'a Model<'a>,
    pub(super) placed: Vec<Option<Placement>>,
    pub(super) lanes: Vec<Vec<Slot>>,
    pub(super) stocks: Vec<Stock>,
    /// Work of each operator.
    pub(super) load: Vec<Time>,
    /// When the last operation ends, at the last look at the score.
    pub(super) last_end: Time,
    /// Lateness of each order.
    pub(super) late: Costs,
    /// Idle time, setting up and fairness of each machine and operator.
    pub(super) resources: Costs,
    stability: i64,
    left_out: i64,
}

/// Where an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placement {
    pub(super) machine: u32,
    pub(super) machine_lane: u32,
    /// The operator, or [`NONE`].
    pub(super) operator: u32,
    pub(super) operator_lane: u32,
    /// Which of the model's hands; [`NONE`] for a pin.
    pub(super) hand: u32,
    pub(super) start: Time,
    pub(super) end: Time,
}

/// An operation in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) operation: u32,
}

/// Costs of many things, of which some have to be computed anew.
#[derive(Clone)]
pub(super) struct Costs {
    each: Vec<i64>,
    sum: i64,
    stale: Vec<u32>,
    is_stale: Vec<bool>,
}

impl Costs {
    fn new(count: usize) -> Self {
        let stale = (0..count as u32).collect();
        Self { each: vec![0; count], sum: 0, stale, is_stale: vec![true; count] }
    }

    fn touch(&mut self, index: usize) {
        if !self.is_stale[index] {
            self.is_stale[index] = true;
            self.stale.push(index as u32);
        }
    }

    /// Any of them, the likelier the more it costs; none if nothing costs anything.
    pub(super) fn draw(&self, random: &mut Random) -> Option<usize> {
        let positive = self.each.iter().map(|cost| (*cost).max(0));
        let mut drawn = random.below(positive.clone().sum::<i64>() as usize) as i64;
        let mut pairs = positive.enumerate();
        let found = pairs.find(|(_, cost)| {
            drawn -= cost;
            drawn < 0
        });
        found.map(|(index, _)| index)
    }

    fn set(&mut self, index: usize, cost: i64) {
        self.sum += cost - self.each[index];
        self.each[index] = cost;
        self.is_stale[index] = false;
    }
}

impl<'a> State<'a> {
    /// A plan in which only what is pinned is placed.
    pub(super) fn new(model: &'a Model<'a>) -> Self {
        let problem = model.problem;
        let lanes = model.first_lane[model.first_lane.len() - 1] as usize;
        let mut state = Self {
            model,
            placed: vec![None; problem.operations.len()],
            lanes: vec![Vec::new(); lanes],
            stocks: problem.materials.iter().map(Stock::new).collect(),
            load: problem.operators.iter().map(|operator| operator.worked).collect(),
            last_end: problem.now,
            late: Costs::new(problem.orders.len()),
            resources: Costs::new(model.hours.len()),
            stability: 0,
            left_out: problem.operations.len() as i64,
        };
        let operations = problem.operations.iter().enumerate();
        let mut pins: Vec<_> =
            operations.filter_map(|(index, one)| Some((one.pinned?, index))).collect();
        pins.sort_by_key(|(pin, index)| (pin.start, pin.end, *index));
        for (pin, index) in pins {
            state.pin(index, &pin);
        }
        state
    }

    /// Places a pin in the first free lanes, which validation has found to exist.
    fn pin(&mut self, operation: usize, pin: &Assignment) {
        let free = |resource: usize| {
            let mut lanes = self.model.lanes(resource);
            let is_free =
                |lane: &usize| self.lanes[*lane].last().is_none_or(|slot| slot.end <= pin.start);
            lanes.find(is_free).unwrap_or_default() as u32
        };
        let machine_lane = free(pin.machine as usize);
        let operator_lane =
            pin.operator.map_or(NONE, |operator| free(self.model.operator_resource(operator)));
        let placement = Placement {
            machine: pin.machine,
            machine_lane,
            operator: pin.operator.unwrap_or(NONE),
            operator_lane,
            hand: NONE,
            start: pin.start,
            end: pin.end,
        };
        self.place(operation, placement);
    }

    /// Puts an operation where it fits.
    pub(super) fn place(&mut self, operation: usize, placement: Placement) {
        let Placement { start, end, operator, .. } = placement;
        let slot = Slot { start, end, operation: operation as u32 };
        self.insert(placement.machine_lane, slot);
        if operator != NONE {
            self.insert(placement.operator_lane, slot);
            self.load[operator as usize] += end - start;
        }
        for used in &self.model.problem.operations[operation].consumes {
            self.stocks[used.material].take(start, used.quantity);
        }
        self.placed[operation] = Some(placement);
        self.left_out -= 1;
        self.stability += self.instability(operation, &placement);
        self.touch(operation, &placement);
    }

    /// Takes an operation out, if it is placed.
    pub(super) fn remove(&mut self, operation: usize) -> Option<Placement> {
        let placement = self.placed[operation].take()?;
        let Placement { start, end, operator, .. } = placement;
        let slot = Slot { start, end, operation: operation as u32 };
        self.delete(placement.machine_lane, slot);
        if operator != NONE {
            self.delete(placement.operator_lane, slot);
            self.load[operator as usize] -= end - start;
        }
        for used in &self.model.problem.operations[operation].consumes {
            self.stocks[used.material].give_back(start, used.quantity);
        }
        self.left_out += 1;
        self.stability -= self.instability(operation, &placement);
        self.touch(operation, &placement);
        Some(placement)
    }

    fn insert(&mut self, lane: u32, slot: Slot) {
        let lane = &mut self.lanes[lane as usize];
        let index = lane.partition_point(|other| *other < slot);
        lane.insert(index, slot);
    }

    fn delete(&mut self, lane: u32, slot: Slot) {
        let lane = &mut self.lanes[lane as usize];
        let index = lane.partition_point(|other| *other < slot);
        lane.remove(index);
    }

    fn touch(&mut self, operation: usize, placement: &Placement) {
        self.late.touch(self.model.operations[operation].order as usize);
        self.resources.touch(placement.machine as usize);
        if placement.operator != NONE {
            self.resources.touch(self.model.operator_resource(placement.operator));
        }
    }

    /// What a placement costs for being otherwise than in the current plan.
    pub(super) fn instability(&self, operation: usize, placement: &Placement) -> i64 {
        let Some(current) = self.model.operations[operation].current else { return 0 };
        let weights = &self.model.problem.weights;
        let machine = i64::from(current.machine != placement.machine);
        let operator = i64::from(current.operator.unwrap_or(NONE) != placement.operator);
        weights.reassigned * (machine + operator)
            + weights.shifted * (placement.start - current.start).abs()
    }

    /// What a late end of an order costs.
    pub(super) fn lateness(&self, order: usize, end: Time) -> i64 {
        let order = &self.model.problem.orders[order];
        let late = order.due.map_or(0, |due| (end - due).max(0));
        self.model.problem.weights.tardiness * order.weight * late
    }

    /// When the last placed operation of an order ends.
    pub(super) fn order_end(&self, order: usize) -> Option<Time> {
        let operations = self.model.orders[order].iter();
        operations.filter_map(|one| Some(self.placed[*one as usize]?.end)).max()
    }

    /// How long is set up at a machine before an operation that follows `before` in its lane.
    pub(super) fn lead(&self, machine: usize, before: Option<&Slot>, slot: &Slot) -> Time {
        let model = self.model;
        if model.problem.machines[machine].setups.is_none() {
            return 0;
        }
        let work = &model.operations[slot.operation as usize];
        let Some(before) = before else {
            let product = model.problem.machines[machine].product;
            return if work.is_pinned { 0 } else { model.setup(machine, product, work.product) };
        };
        let other = &model.operations[before.operation as usize];
        let needed = model.setup(machine, other.product, work.product);
        let both_pinned = work.is_pinned && other.is_pinned;
        if both_pinned { needed.min(slot.start - before.end) } else { needed }
    }

    /// What a load of an operator costs.
    pub(super) fn unfairness(&self, load: Time) -> i64 {
        let weights = &self.model.problem.weights;
        let square = match load.checked_mul(load) {
            Some(square) => square / weights.fairness_span,
            None => {
                let load = i128::from(load);
                (load * load / i128::from(weights.fairness_span)) as i64
            }
        };
        weights.fairness * square
    }

    /// The score; computes anew what has been touched.
    pub(super) fn score(&mut self) -> i64 {
        let weights = &self.model.problem.weights;
        while let Some(order) = self.late.stale.pop() {
            let order = order as usize;
            let cost = self.order_end(order).map_or(0, |end| self.lateness(order, end));
            self.late.set(order, cost);
        }
        while let Some(resource) = self.resources.stale.pop() {
            let resource = resource as usize;
            let cost = self.resource_cost(resource);
            self.resources.set(resource, cost);
        }
        let lanes = self.model.lanes_of_machines();
        let last = self.lanes[lanes].iter().filter_map(|lane| Some(lane.last()?.end)).max();
        self.last_end = last.unwrap_or(self.model.problem.now);
        self.late.sum
            + self.resources.sum
            + self.stability
            + weights.left_out * self.left_out
            + weights.makespan * (self.last_end - self.model.problem.now).max(0)
    }

    /// What is left out and late, at the last look at the score.
    pub(super) fn unmet(&self) -> i64 {
        self.late.sum + self.model.problem.weights.left_out * self.left_out
    }

    fn resource_cost(&self, resource: usize) -> i64 {
        let model = self.model;
        let weights = &model.problem.weights;
        let is_machine = resource < model.machines();
        let weight = if is_machine { weights.idle_machine } else { weights.idle_operator };
        let mut cost = 0;
        let mut taken: Vec<(Time, Time)> = Vec::new();
        let lanes = model.lanes(resource);
        let is_single = lanes.len() == 1;
        for lane in &self.lanes[lanes] {
            let mut before: Option<&Slot> = None;
            for slot in lane {
                let lead = if is_machine { self.lead(resource, before, slot) } else { 0 };
                cost += weights.setup * lead;
                let begin = slot.start - lead;
                match before {
                    Some(before) if is_single => {
                        cost += weight * model.hours[resource].between(before.end, begin);
                    }
                    _ if is_single => {}
                    _ => taken.push((begin, slot.end)),
                }
                before = Some(slot);
            }
        }
        if !is_machine {
            let operator = resource - model.machines();
            let worked = model.problem.operators[operator].worked;
            cost += self.unfairness(self.load[operator]) - self.unfairness(worked);
        }
        taken.sort_unstable();
        let mut reach = Time::MAX;
        for (begin, end) in taken {
            cost += weight * model.hours[resource].between(reach, begin);
            reach = if reach == Time::MAX { end } else { reach.max(end) };
        }
        cost
    }

    /// The plan as its reader knows it.
    pub(super) fn plan(&self) -> Plan {
        let assignment = |placement: &Placement| Assignment {
            machine: placement.machine,
            place: placement.machine_lane - self.model.first_lane[placement.machine as usize],
            operator: (placement.operator != NONE).then_some(placement.operator),
            start: placement.start,
            end: placement.end,
        };
        let placed = self.placed.iter();
        Plan { assignments: placed.map(|one| one.as_ref().map(assignment)).collect() }
    }

    /// Goes over to another plan of the same problem.
    pub(super) fn copy_from(&mut self, placed: &[Option<Placement>]) {
        for (operation, placement) in placed.iter().enumerate() {
            if self.placed[operation] != *placement {
                self.remove(operation);
            }
        }
        for (operation, placement) in placed.iter().enumerate() {
            if let (None, Some(placement)) = (self.placed[operation], placement) {
                self.place(operation, *placement);
            }
        }
    }
}
