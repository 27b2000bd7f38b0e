//! Decides what happens next on the floor: a state machine of the floor, the time and the seed.
//!
//! Nothing here waits, sends or reads a clock, so that a day of a plant is a test of milliseconds.
//! What other people do at their screens is a fact like any other: their work is worked on, their
//! pauses are respected, an order that they have just released is left to them for a while.

mod advice;
mod crew;
#[cfg(test)]
mod days;
mod goods;
mod hearing;
mod inspection;
mod jobs;
mod machines;
mod planning;
mod supply;
mod turn;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use mraos_api::problem::Problem;
use serde_json::Value;

use crate::simulator::act::Act;
use crate::simulator::floor::Floor;
use crate::simulator::moment::{Moment, PlantTime};
use turn::Turn;

pub(crate) use supply::{MOST_BATCHES, Supply};

/// What came of an act.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// Done; the body of the answer, or what was asked for.
    Done(Value),
    /// Refused by a rule, or about something that is not there any more.
    Refused(Box<Problem>),
}

/// What somebody has released at a screen stays theirs for so long.
const RELEASED_BY_OTHERS_MINUTES: i64 = 20;

/// The foreman of a floor, with everything that he has in mind.
#[derive(Debug)]
pub(crate) struct Foreman {
    seed: u64,
    /// When the simulation began, by the clock.
    opened: Option<Timestamp>,
    crew: BTreeMap<String, crew::Mood>,
    machines: BTreeMap<String, machines::Wear>,
    jobs: BTreeMap<i64, jobs::Progress>,
    /// Orders that are not to be touched before some time.
    set_aside: BTreeMap<String, PlantTime>,
    /// How often an order was refused in a row.
    refusals: BTreeMap<String, u32>,
    /// Since when an order could have been begun, in both times.
    ready_since: BTreeMap<String, (PlantTime, Timestamp)>,
    next_allocation: BTreeMap<String, PlantTime>,
    goods: goods::Goods,
    book: inspection::Book,
    advice: advice::Advice,
    /// Allocations that he made himself.
    own: BTreeSet<i64>,
    supply: Supply,
}

impl Foreman {
    pub(crate) fn new(seed: u64, supply: Supply) -> Self {
        Self {
            seed,
            opened: None,
            crew: BTreeMap::new(),
            machines: BTreeMap::new(),
            jobs: BTreeMap::new(),
            set_aside: BTreeMap::new(),
            refusals: BTreeMap::new(),
            ready_since: BTreeMap::new(),
            next_allocation: BTreeMap::new(),
            goods: goods::Goods::default(),
            book: inspection::Book::default(),
            advice: advice::Advice::default(),
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
        self.advice.take_over(&mut turn);
        self.look_after_machines(&mut turn);
        self.look_after_jobs(&mut turn);
        self.goods.look_after(self.seed, &mut turn);
        self.book.look_after(&mut turn);
        self.plan(&mut turn);
        self.supply.order_more(&mut turn);
        turn.into_acts()
    }

    /// Takes note of what came of an act.
    pub(crate) fn hear(&mut self, floor: &mut Floor, act: &Act, outcome: &Outcome, now: Moment) {
        match outcome {
            Outcome::Done(body) => self.hear_done(floor, act, body, now),
            Outcome::Refused(problem) => self.hear_refused(floor, act, problem, now),
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
        self.refusals.retain(|id, _| floor.orders.contains_key(id));
        self.set_aside.retain(|id, until| *until > now.plant && floor.orders.contains_key(id));
    }
}
