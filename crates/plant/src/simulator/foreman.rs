//! Decides what happens next on the floor: a state machine of the floor, the time and the seed.
//!
//! Nothing here waits, sends or reads a clock, so that a day of a plant is a test of milliseconds.
//! What other people do at their screens is a fact like any other: their work is worked on, their
//! pauses are respected, an order that they have just released is left to them for a while.

mod crew;
#[cfg(test)]
mod days;
mod jobs;
mod machines;
mod planning;
mod supply;
mod turn;

use std::collections::{BTreeMap, BTreeSet};

use mraos_api::problem::Problem;
use mraos_api::shift::Shift;
use serde::Deserialize as _;
use serde_json::Value;

use crate::simulator::act::Act;
use crate::simulator::floor::{Abilities, Floor};
use crate::simulator::moment::{Moment, PlantTime};
use turn::Turn;

pub(crate) use supply::Supply;

/// What came of an act.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// Done; the body of the answer, or what was asked for.
    Done(Value),
    /// Refused by a rule, or about something that is not there any more.
    Refused(Box<Problem>),
}

/// After a refusal an order is left alone for so long, a person or a machine for less.
const ORDER_SET_ASIDE_MINUTES: i64 = 10;
const REST_AFTER_REFUSAL_MINUTES: i64 = 3;
/// A shift that was not taken is not tried again for so long.
const ROTA_AGAIN_MINUTES: i64 = 240;
/// What somebody has released at a screen stays theirs for so long.
const RELEASED_BY_OTHERS_MINUTES: i64 = 20;

/// The foreman of a floor, with everything that he has in mind.
#[derive(Debug)]
pub(crate) struct Foreman {
    seed: u64,
    crew: BTreeMap<String, crew::Mood>,
    machines: BTreeMap<String, machines::Wear>,
    jobs: BTreeMap<i64, jobs::Progress>,
    /// Orders that are not to be touched before some time.
    set_aside: BTreeMap<String, PlantTime>,
    /// Since when an order could have been begun.
    ready_since: BTreeMap<String, PlantTime>,
    next_allocation: BTreeMap<String, PlantTime>,
    /// Allocations that he made himself.
    own: BTreeSet<i64>,
    supply: Supply,
}

impl Foreman {
    pub(crate) fn new(seed: u64, supply: Supply) -> Self {
        Self {
            seed,
            crew: BTreeMap::new(),
            machines: BTreeMap::new(),
            jobs: BTreeMap::new(),
            set_aside: BTreeMap::new(),
            ready_since: BTreeMap::new(),
            next_allocation: BTreeMap::new(),
            own: BTreeSet::new(),
            supply,
        }
    }

    /// Everything that is due now. No two acts of a turn concern the same person, machine, order
    /// or allocation, so that they may be sent side by side.
    pub(crate) fn decide(&mut self, floor: &Floor, now: Moment) -> Vec<Act> {
        self.forget_the_gone(floor, now);
        let mut turn = Turn::new(floor, now);
        self.look_after_crew(&mut turn);
        self.look_after_machines(&mut turn);
        self.look_after_jobs(&mut turn);
        self.plan(&mut turn);
        self.supply.order_more(&mut turn);
        turn.into_acts()
    }

    /// Takes note of what came of an act.
    pub(crate) fn hear(&mut self, floor: &mut Floor, act: &Act, outcome: &Outcome, now: Moment) {
        match outcome {
            Outcome::Done(body) => self.hear_done(floor, act, body),
            Outcome::Refused(problem) => self.hear_refused(floor, act, problem, now),
        }
    }

    fn hear_done(&mut self, floor: &mut Floor, act: &Act, body: &Value) {
        match act {
            Act::Allocate { .. } => {
                self.own.extend(body["allocation_id"].as_i64());
                floor.take_up("allocation", body);
            }
            Act::Start { .. } | Act::Pause { .. } | Act::Resume { .. } | Act::Reassign { .. } => {
                floor.take_up("allocation", body);
            }
            Act::Release { job, .. } | Act::Cancel { job } => {
                self.jobs.remove(job);
                floor.take_up("allocation", body);
            }
            Act::Complete { job, order, .. } => {
                self.jobs.remove(job);
                floor.take_up("allocation", body);
                floor.close_order(order);
            }
            Act::Report { order, .. } => {
                floor.take_up("work_order", body);
                if !floor.orders.contains_key(order) {
                    floor.close_order(order);
                }
            }
            Act::PostPerson { person, status, .. } => {
                floor.take_up("operator", body);
                if *status != "available" {
                    floor.pause_jobs_of_person(person);
                }
            }
            Act::PostMachine { machine, status, .. } => {
                floor.take_up("machine", body);
                if *status != "idle" {
                    floor.pause_jobs_of_machine(machine);
                }
            }
            Act::AssignShift { person, .. } => {
                let abilities =
                    floor.people.get_mut(person).and_then(|person| person.abilities.as_mut());
                if let (Some(abilities), Ok(shift)) = (abilities, Shift::deserialize(body)) {
                    abilities.add_shift(shift);
                }
            }
            Act::CreateOrder(created) => {
                floor.take_up("work_order", body);
                let edges = created.dependencies.iter();
                let before = edges.map(|edge| edge.predecessor_work_order_id.clone()).collect();
                if let Some(order) = floor.orders.get_mut(&created.work_order_id) {
                    order.predecessors = Some(before);
                }
            }
            Act::LearnPerson { .. } | Act::LearnMachine { .. } | Act::LearnOrder { .. } => {
                learn(floor, act, body);
            }
        }
    }

    fn hear_refused(&mut self, floor: &mut Floor, act: &Act, problem: &Problem, now: Moment) {
        let is_gone = problem.status == 404;
        match act {
            Act::Allocate { order, person, machine, .. } => {
                let until = now.plant.plus_minutes(ORDER_SET_ASIDE_MINUTES);
                self.set_aside.insert(order.clone(), until);
                let rest = now.plant.plus_minutes(REST_AFTER_REFUSAL_MINUTES);
                if let Some(mood) = self.crew.get_mut(person) {
                    mood.rests_until = rest;
                }
                if let Some(wear) = self.machines.get_mut(machine) {
                    wear.rests_until = rest;
                }
            }
            Act::Start { job }
            | Act::Pause { job, .. }
            | Act::Resume { job }
            | Act::Reassign { job, .. }
            | Act::Release { job, .. }
            | Act::Cancel { job }
            | Act::Complete { job, .. } => {
                if is_gone {
                    floor.jobs.remove(job);
                } else if let Some(progress) = self.jobs.get_mut(job) {
                    progress.was_refused(now.plant);
                }
            }
            Act::LearnPerson { person } if is_gone => {
                floor.people.remove(person);
            }
            Act::LearnMachine { machine } if is_gone => {
                floor.machines.remove(machine);
            }
            Act::LearnOrder { order } | Act::Report { order, .. } if is_gone => {
                floor.close_order(order);
            }
            Act::AssignShift { person, .. } => {
                if let Some(mood) = self.crew.get_mut(person) {
                    mood.rota_until = now.plant.plus_minutes(ROTA_AGAIN_MINUTES);
                }
            }
            Act::CreateOrder(order) => self.supply.was_refused(&order.work_order_id),
            _ => {}
        }
    }

    fn forget_the_gone(&mut self, floor: &Floor, now: Moment) {
        self.crew.retain(|id, _| floor.people.contains_key(id));
        self.machines.retain(|id, _| floor.machines.contains_key(id));
        for (job, progress) in &self.jobs {
            // Ended, but not by us: whoever did it may have something in mind with the order.
            if !floor.jobs.contains_key(job) {
                let until = now.plant.plus_minutes(RELEASED_BY_OTHERS_MINUTES);
                self.set_aside.insert(progress.order.clone(), until);
            }
        }
        self.jobs.retain(|id, _| floor.jobs.contains_key(id));
        self.own.retain(|id| floor.jobs.contains_key(id));
        self.ready_since.retain(|id, _| floor.orders.contains_key(id));
        self.set_aside.retain(|id, until| *until > now.plant && floor.orders.contains_key(id));
    }
}

/// Takes up the answer to a question.
fn learn(floor: &mut Floor, question: &Act, body: &Value) {
    match question {
        Act::LearnPerson { person } => {
            if let Some(person) = floor.people.get_mut(person) {
                let skills = Vec::deserialize(&body["skills"]).unwrap_or_default();
                let shifts = Vec::deserialize(&body["shifts"]).unwrap_or_default();
                person.abilities = Some(Abilities::new(skills, shifts));
            }
        }
        Act::LearnMachine { machine } => {
            if let Some(machine) = floor.machines.get_mut(machine) {
                let products = serde_json::from_value(body["product_types"].clone());
                machine.products = Some(products.unwrap_or_default());
            }
        }
        Act::LearnOrder { order } => {
            if let Some(order) = floor.orders.get_mut(order) {
                let items = body["items"].as_array().into_iter().flatten();
                let ids = items.filter_map(|item| item["predecessor_work_order_id"].as_str());
                order.predecessors = Some(ids.map(str::to_owned).collect());
            }
        }
        _ => {}
    }
}
