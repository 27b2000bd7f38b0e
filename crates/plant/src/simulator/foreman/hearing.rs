//! What the foreman learns from answers: the floor follows at once what was done, and what was
//! refused is left alone for a while.
//!
//! The live stream tells the same moments later; until then nothing is decided twice.

use mraos_api::problem::Problem;
use mraos_api::shift::Shift;
use serde::Deserialize as _;
use serde_json::Value;

use super::Foreman;
use crate::simulator::act::Act;
use crate::simulator::floor::{Abilities, Edge, Equipment, Floor, Need, Upkeep};
use crate::simulator::moment::{Moment, PlantTime};

/// After a refusal an order is left alone for so long, each further time twice as long …
const ORDER_SET_ASIDE_MINUTES: i64 = 10;
/// … up to so many times that.
const MOST_DOUBLINGS: u32 = 5;
/// A person or a machine rests for less.
const REST_AFTER_REFUSAL_MINUTES: i64 = 3;
/// A shift that was not taken is not tried again for so long.
const ROTA_AGAIN_MINUTES: i64 = 240;

impl Foreman {
    pub(super) fn hear_done(&mut self, floor: &mut Floor, act: &Act, body: &Value, now: Moment) {
        if let Act::CallOff { .. } = act {
            self.advice.hear_hit(body);
        }
        if !self.hear_of_work(floor, act, body, now.plant)
            && !hear_of_person(floor, act, body)
            && !hear_of_resource(floor, act, body)
            && !hear_of_order(floor, act, body)
        {
            self.hear_answer(floor, act, body, now);
        }
    }

    /// Takes up what became of a job; false if the act is none on a job.
    fn hear_of_work(&mut self, floor: &mut Floor, act: &Act, body: &Value, now: PlantTime) -> bool {
        match act {
            Act::Allocate { order, .. } => {
                self.own.extend(body["allocation_id"].as_i64());
                self.refusals.remove(order);
            }
            Act::Start { .. } | Act::Pause { .. } | Act::Resume { .. } | Act::Reassign { .. } => {}
            Act::Release { job, .. } | Act::Cancel { job } => {
                self.jobs.remove(job);
            }
            Act::Complete { job, order, .. } => {
                self.jobs.remove(job);
                if let Some(known) = floor.orders.get(order) {
                    self.book.hear_completed(self.seed, order, known, now);
                }
                floor.close_order(order);
            }
            Act::Report { order, .. } => {
                let before = floor.orders.get(order).cloned();
                floor.take_up("work_order", body);
                match before {
                    Some(before) => self.book.hear_reported(self.seed, order, &before, floor),
                    None => floor.close_order(order),
                }
                return true;
            }
            _ => return false,
        }
        floor.take_up("allocation", body);
        true
    }

    /// Takes up the answer to a question, and what came of the rest.
    fn hear_answer(&mut self, floor: &mut Floor, act: &Act, body: &Value, now: Moment) {
        match act {
            Act::Inspect { order, status } => {
                self.book.hear_inspected(self.seed, order, status, now.plant);
            }
            Act::Receive { material, .. } => self.goods.hear_received(floor, material, body),
            Act::Scrap { .. } => floor.take_up("material", &body["material"]),
            Act::LearnLots { material } => {
                self.goods.hear_lots(floor, material, body, now.clock);
            }
            Act::AskAdvice { order, minutes } => {
                if !self.advice.hear(order, *minutes, body, now.plant) {
                    self.set_aside(order, now.plant);
                }
            }
            _ => learn(floor, act, body),
        }
    }

    pub(super) fn hear_refused(
        &mut self,
        floor: &mut Floor,
        act: &Act,
        problem: &Problem,
        now: Moment,
    ) {
        let is_gone = problem.status == 404;
        match act {
            Act::Allocate { order, person, machine, .. } => {
                self.set_aside(order, now.plant);
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
            Act::CompleteUpkeep { machine, .. } => forget_equipment(floor, machine),
            Act::LearnOrder { order }
            | Act::Report { order, .. }
            | Act::AskAdvice { order, .. }
                if is_gone =>
            {
                floor.close_order(order);
            }
            Act::Inspect { order, .. } => self.book.forget(order),
            Act::ExpectMaterial { material, .. }
            | Act::Receive { material, .. }
            | Act::Scrap { material, .. } => self.goods.was_refused(material, now.plant),
            // Somebody else knows more of the person than the floor does.
            Act::ClockIn { person } | Act::ClockOut { person } | Act::CallOff { person } => {
                if let Some(person) = floor.people.get_mut(person) {
                    person.abilities = None;
                }
                if let Some(mood) = self.crew.get_mut(person) {
                    mood.was_refused(now.plant);
                }
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

    /// An order that cannot be begun is left alone, the longer the oftener that was so.
    fn set_aside(&mut self, order: &str, now: PlantTime) {
        let times = self.refusals.entry(order.to_owned()).or_default();
        let minutes = ORDER_SET_ASIDE_MINUTES << (*times).min(MOST_DOUBLINGS);
        *times += 1;
        self.set_aside.insert(order.to_owned(), now.plus_minutes(minutes));
    }
}

/// Takes up what people did or what was said of them; false if the act is about none.
fn hear_of_person(floor: &mut Floor, act: &Act, body: &Value) -> bool {
    match act {
        Act::PostPerson { person, status, .. } => {
            floor.take_up("operator", body);
            if *status != "available" {
                floor.pause_jobs_of_person(person);
            }
        }
        Act::ClockIn { person } => {
            floor.take_up("operator", body);
            hear_of_shifts(floor, person, std::slice::from_ref(&body["shift"]));
        }
        Act::ClockOut { person } => {
            floor.take_up("operator", body);
            hear_of_shifts(floor, person, std::slice::from_ref(&body["shift"]));
            floor.pause_jobs_of_person(person);
        }
        Act::CallOff { person } => {
            floor.take_up("operator", &body["operator"]);
            let shifts = body["shifts"].as_array();
            hear_of_shifts(floor, person, shifts.map_or(&[], Vec::as_slice));
            floor.pause_jobs_of_person(person);
        }
        Act::AssignShift { person, .. } => {
            if let (Some(abilities), Ok(shift)) =
                (abilities_of(floor, person), Shift::deserialize(body))
            {
                abilities.add_shift(shift);
            }
        }
        _ => return false,
    }
    true
}

fn abilities_of<'f>(floor: &'f mut Floor, person: &str) -> Option<&'f mut Abilities> {
    floor.people.get_mut(person).and_then(|person| person.abilities.as_mut())
}

fn hear_of_shifts(floor: &mut Floor, person: &str, shifts: &[Value]) {
    let Some(abilities) = abilities_of(floor, person) else { return };
    for shift in shifts.iter().filter_map(|shift| Shift::deserialize(shift).ok()) {
        abilities.hear_of_shift(shift);
    }
}

/// Takes up what was done to machines and materials; false if the act is about neither.
fn hear_of_resource(floor: &mut Floor, act: &Act, body: &Value) -> bool {
    match act {
        Act::PostMachine { machine, status, .. } => {
            floor.take_up("machine", body);
            if *status != "idle" {
                floor.pause_jobs_of_machine(machine);
            }
        }
        Act::PlanUpkeep { machine, .. } => {
            let known = floor.machines.get_mut(machine);
            let equipment = known.and_then(|machine| machine.equipment.as_mut());
            if let (Some(equipment), Ok(upkeep)) = (equipment, Upkeep::deserialize(body)) {
                equipment.upkeep.push(upkeep);
            }
        }
        // The next one may have been planned by it.
        Act::CompleteUpkeep { machine, .. } => forget_equipment(floor, machine),
        Act::ExpectMaterial { .. } => floor.take_up("material", body),
        _ => return false,
    }
    true
}

fn forget_equipment(floor: &mut Floor, machine: &str) {
    if let Some(machine) = floor.machines.get_mut(machine) {
        machine.equipment = None;
    }
}

/// Takes up new orders and what belongs to them; false if the act is about none.
fn hear_of_order(floor: &mut Floor, act: &Act, body: &Value) -> bool {
    match act {
        Act::CreateOrder(created) => {
            floor.take_up("work_order", body);
            let edges = created.dependencies.iter();
            let edges = edges.filter_map(|edge| {
                serde_json::to_value(edge).and_then(serde_json::from_value::<Edge>).ok()
            });
            if let Some(order) = floor.orders.get_mut(&created.work_order_id) {
                order.predecessors = Some(edges.collect());
            }
        }
        Act::SetBomLine { order, .. } => {
            let order = floor.orders.get_mut(order);
            if let (Some(order), Ok(need)) = (order, Need::deserialize(body)) {
                order.needs.push(need);
            }
        }
        Act::RequireSkill(_) => floor.requirements.extend(serde_json::from_value(body.clone())),
        _ => return false,
    }
    true
}

/// Takes up the answer to a question about one thing.
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
                let card = &body["machine"];
                let products = serde_json::from_value(card["product_types"].clone());
                machine.equipment = Some(Equipment {
                    products: products.unwrap_or_default(),
                    most_per_hour: card["max_capacity_per_hour"].as_i64(),
                    upkeep: Vec::deserialize(&body["upkeep"]).unwrap_or_default(),
                });
            }
        }
        Act::LearnOrder { order } => {
            floor.take_up("work_order", &body["order"]);
            if let Some(order) = floor.orders.get_mut(order) {
                order.predecessors = Some(Vec::deserialize(&body["edges"]).unwrap_or_default());
                order.needs = Vec::deserialize(&body["needs"]).unwrap_or_default();
            }
        }
        _ => {}
    }
}
