//! Days of a generated plant in seconds: the foreman against a model of the rules.
//!
//! The model takes acts as the server would and fails the test on any that no sensible floor
//! would send: a person or machine beyond capacity, work for somebody off shift, on something
//! broken or due for maintenance, without the skill or the material, before what comes before.
//! Everything follows from the seed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil::date};
use mraos_api::problem::Problem;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Foreman, Outcome, Supply};
use crate::generator::{Batches, Opening, PlannedOrder, Plant, Sizes, generate, lines_of};
use crate::simulator::act::Act;
use crate::simulator::floor::{Abilities, EdgeKind, Floor, Phase};
use crate::simulator::moment::{Moment, PlantTime};

mod gate;
mod rules;
mod store;

const TURN_SECONDS: i64 = 20;
const SPEED: f64 = 10.0;

struct World {
    floor: Floor,
    foreman: Foreman,
    opening: Opening,
    elapsed: i64,
    last_id: i64,
    entities: BTreeMap<String, Value>,
    upkeep: BTreeMap<String, Vec<Value>>,
    /// Waiting steps that have begun, with their end.
    waiting: BTreeMap<String, Timestamp>,
    store: store::Store,
    counts: BTreeMap<&'static str, usize>,
    /// Who came too late for a shift that nobody had called off.
    late: usize,
}

impl World {
    fn new(seed: u64) -> Self {
        let at = date(2026, 3, 2).at(9, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let opening = Opening { at, zone: TimeZone::UTC, speed: SPEED };
        let sizes = Sizes::default();
        let plant = generate(seed, sizes, &opening).unwrap();
        let mut batches = Batches::new(seed, lines_of(sizes).unwrap(), SPEED);
        batches.opening_orders(sizes.orders, at);
        let supply = Supply::new(Some(batches), sizes.orders);
        let mut world = Self {
            floor: Floor::default(),
            foreman: Foreman::new(seed, supply),
            opening,
            elapsed: 0,
            last_id: 0,
            entities: BTreeMap::new(),
            upkeep: BTreeMap::new(),
            waiting: BTreeMap::new(),
            store: store::Store::default(),
            counts: BTreeMap::new(),
            late: 0,
        };
        world.furnish(&plant);
        world
    }

    fn furnish(&mut self, plant: &Plant) {
        let since = self.opening.at.to_string();
        for asked in &plant.requirements {
            let mut asked = serde_json::to_value(asked).unwrap();
            asked["skill_requirement_id"] = json!(1);
            self.floor.requirements.push(serde_json::from_value(asked).unwrap());
        }
        self.floor.holidays = plant.holidays.iter().map(|holiday| holiday.day).collect();
        for machine in &plant.machines {
            let mut card = serde_json::to_value(machine).unwrap();
            card["status_updated_at"] = json!(since);
            card["is_active"] = json!(true);
            self.keep("machine", &machine.machine_id, card);
        }
        for planned in &plant.maintenance {
            self.plan_upkeep(&planned.machine_id, &serde_json::to_value(&planned.plan).unwrap());
        }
        self.store.open(plant, &mut self.floor);
        for planned in &plant.operators {
            let mut card = serde_json::to_value(&planned.operator).unwrap();
            card["posted_status"] = card["current_status"].clone();
            card["status_updated_at"] = json!(since);
            card["is_active"] = json!(true);
            let id = planned.operator.operator_id.clone();
            self.keep("operator", &id, card);
            let skills = planned.skills.iter().map(|skill| {
                let mut skill = serde_json::to_value(skill).unwrap();
                skill["operator_id"] = json!(id);
                serde_json::from_value(skill).unwrap()
            });
            let days = (-1..=1).filter_map(|day| self.opening.days_from(day));
            let shifts = days.map(|day| {
                let shift = planned.shift_on(day);
                gate::shift_of(&id, &serde_json::to_value(shift).unwrap())
            });
            let abilities = Abilities::new(skills.collect(), shifts.collect());
            self.floor.people.get_mut(&id).unwrap().abilities = Some(abilities);
        }
        for PlannedOrder { order, bill } in &plant.orders {
            self.create_order(order);
            for line in bill {
                let need = self.store.add_line(&order.work_order_id, line);
                let known = self.floor.orders.get_mut(&order.work_order_id).unwrap();
                known.needs.push(serde_json::from_value(need).unwrap());
            }
        }
    }

    fn plan_upkeep(&mut self, machine: &str, plan: &Value) -> Value {
        self.last_id += 1;
        let mut row = plan.clone();
        row["maintenance_id"] = json!(self.last_id);
        row["hours_remaining"] = plan["due_after_hours"].clone();
        self.upkeep.entry(machine.to_owned()).or_default().push(row.clone());
        row
    }

    fn keep(&mut self, kind: &str, id: &str, card: Value) -> Value {
        self.floor.take_up(kind, &card);
        self.entities.insert(id.to_owned(), card.clone());
        card
    }

    fn create_order(&mut self, order: &mraos_api::work_order::CreateWorkOrder) -> Value {
        let mut card = serde_json::to_value(order).unwrap();
        card["status"] = json!("queued");
        card["quantity_produced"] = json!("0");
        self.keep("work_order", &order.work_order_id, card.clone());
        let edges = serde_json::from_value(json!(order.dependencies)).unwrap();
        self.floor.orders.get_mut(&order.work_order_id).unwrap().predecessors = Some(edges);
        card
    }

    fn clock(&self) -> Timestamp {
        self.opening.at + SignedDuration::from_secs((self.elapsed as f64 / SPEED) as i64)
    }

    fn turn(&mut self) {
        self.elapsed += TURN_SECONDS;
        self.let_wait();
        let now = Moment { clock: self.clock(), plant: PlantTime(self.elapsed), speed: SPEED };
        for act in self.foreman.decide(&self.floor, now) {
            *self.counts.entry(act.name()).or_default() += 1;
            let outcome = self.answer(&act);
            self.foreman.hear(&mut self.floor, &act, &outcome, now);
        }
        self.check_loads();
    }

    /// Waiting steps begin and end by themselves.
    fn let_wait(&mut self) {
        let clock = self.clock();
        let waits = |(id, order): (&String, &crate::simulator::floor::Order)| {
            let mut before = order.predecessors.iter().flatten();
            let begins =
                order.waits && before.all(|edge| !self.entities.contains_key(&edge.before));
            begins.then(|| id.clone())
        };
        let begun: Vec<String> = self.floor.orders.iter().filter_map(waits).collect();
        for id in begun {
            let minutes = self.entities[&id]["wait_minutes"].as_i64().unwrap();
            let end = *self
                .waiting
                .entry(id.clone())
                .or_insert(clock + SignedDuration::from_mins(minutes));
            if end <= clock {
                self.waiting.remove(&id);
                self.entities.remove(&id);
                self.floor.close_order(&id);
            }
        }
    }

    /// Work on an order begins now.
    fn begin(&mut self, order: &str) {
        let clock = self.clock().to_string();
        let card = self.entities.get_mut(order).unwrap();
        if card["actual_start_date"].is_null() {
            card["actual_start_date"] = json!(clock);
        }
        let card = card.clone();
        self.floor.take_up("work_order", &card);
    }

    /// The first pair who may do it, as a suggestion.
    fn suggest(&self, order: &str) -> Value {
        let jobs = || self.floor.jobs.values().filter(|job| job.occupies());
        let is_idle = |id: &&String| {
            jobs().all(|job| job.person.as_ref() != Some(*id) && job.machine.as_ref() != Some(*id))
        };
        let order_is = &self.floor.orders[order];
        let makes = |machine: &&String| {
            let equipment = self.floor.machines[*machine].equipment.as_ref();
            equipment.is_some_and(|equipment| equipment.makes(&order_is.product_id))
        };
        let is_of_line = |person: &&String| self.floor.people[*person].line == order_is.line;
        let mut machines = self.floor.machines.keys().filter(makes).filter(is_idle);
        let pair = machines.find_map(|machine| {
            let mut people = self.floor.people.keys().filter(is_of_line).filter(is_idle);
            Some((people.find(|person| self.may_work(order, person, machine).is_ok())?, machine))
        });
        let clock = self.clock().to_string();
        let items = pair.into_iter().map(|(person, machine)| {
            json!({
                "work_order_id": order, "operator_id": person, "machine_id": machine,
                "expected_start_time": clock, "expected_end_time": clock, "score": 80,
                "reasons": [],
            })
        });
        let items: Vec<Value> = items.collect();
        json!({ "possible_pairs": items.len(), "items": items, "refusals": [] })
    }

    fn answer(&mut self, act: &Act) -> Outcome {
        let wish = act.request();
        let body = wish.as_ref().map(|wish| wish.body().clone()).unwrap_or_default();
        Outcome::Done(match act {
            Act::Allocate { order, person, machine, from, .. } => {
                self.allocate(order, person, machine, *from)
            }
            Act::Start { job } => self.move_on(*job, Phase::Booked, "running"),
            Act::Pause { job, .. } => self.move_on(*job, Phase::Running, "paused"),
            Act::Resume { job } => self.move_on(*job, Phase::Paused, "running"),
            Act::Reassign { job, person, machine, .. } => {
                let mut card = self.entities[&job.to_string()].clone();
                for (field, to) in [("operator_id", person), ("machine_id", machine)] {
                    if let Some(to) = to {
                        card[field] = json!(to);
                    }
                }
                self.bump(*job, card)
            }
            Act::Release { job, .. } | Act::Cancel { job } => {
                let order = self.floor.jobs[job].order.clone();
                self.store.give_back(&order, &mut self.floor);
                let mut card = self.entities.remove(&job.to_string()).unwrap();
                card["phase"] = json!("ended");
                card["version"] = json!(i64::MAX);
                card
            }
            Act::Complete { job, order, produced, .. } => {
                let known = &self.floor.orders[order];
                assert_eq!(known.remaining(), *produced);
                let edges = known.predecessors.iter().flatten();
                let mut open = edges.filter(|edge| self.entities.contains_key(&edge.before));
                assert!(open.all(|edge| edge.kind == EdgeKind::StartToStart), "{order} ends early");
                self.store.use_up(order);
                let mut card = self.entities.remove(&job.to_string()).unwrap();
                card["phase"] = json!("ended");
                self.entities.remove(order);
                card
            }
            Act::Report { order, produced, .. } => {
                let known = &self.floor.orders[order];
                let total = known.produced + produced;
                assert!(*produced > Decimal::ZERO && total < known.ordered, "{order}: {total}");
                let card = self.entities.get_mut(order).unwrap();
                card["quantity_produced"] = json!(total.to_string());
                card.clone()
            }
            _ => self.answer_about_things(act, body),
        })
    }

    fn allocate(
        &mut self,
        order: &str,
        person: &str,
        machine: &str,
        from: Option<Timestamp>,
    ) -> Value {
        self.check_may_work(order, person, machine);
        self.store.reserve(order, &mut self.floor);
        if from.is_none() {
            self.begin(order);
        }
        self.last_id += 1;
        let phase = if from.is_some() { "booked" } else { "running" };
        let id = self.last_id;
        let starts = from.unwrap_or(self.clock());
        let card = json!({
            "allocation_id": id, "work_order_id": order, "operator_id": person,
            "machine_id": machine, "phase": phase, "version": 1,
            "expected_start_time": starts.to_string(), "expected_end_time": null,
        });
        self.entities.insert(id.to_string(), card.clone());
        card
    }

    /// What is done to people, machines, materials and orders, and what is asked.
    fn answer_about_things(&mut self, act: &Act, body: Value) -> Value {
        match act {
            Act::PostPerson { person: id, .. } | Act::PostMachine { machine: id, .. } => {
                let now = self.clock().to_string();
                let card = self.entities.get_mut(id).unwrap();
                card["current_status"] = body["status"].clone();
                card["posted_status"] = body["status"].clone();
                card["status_updated_at"] = json!(now);
                card.clone()
            }
            Act::AssignShift { person, .. } => json!(gate::shift_of(person, &body)),
            Act::ClockIn { person } => self.clock_in(person),
            Act::ClockOut { person } => self.clock_out(person),
            Act::CallOff { person } => self.call_off(person),
            Act::CreateOrder(order) => {
                for edge in &order.dependencies {
                    let before = &edge.predecessor_work_order_id;
                    assert!(self.entities.contains_key(before), "{before} comes later");
                }
                self.create_order(order)
            }
            Act::PlanUpkeep { machine, .. } => self.plan_upkeep(machine, &body),
            Act::CompleteUpkeep { machine, upkeep } => {
                let planned = self.upkeep.get_mut(machine).unwrap();
                let before = planned.len();
                planned.retain(|one| one["maintenance_id"] != json!(upkeep));
                assert_eq!(planned.len() + 1, before, "{machine} has no maintenance {upkeep}");
                json!({})
            }
            Act::LearnMachine { machine } => {
                json!({ "machine": self.entities[machine], "upkeep": self.upkeep.get(machine) })
            }
            Act::ExpectMaterial { material, .. } => self.store.expect(material, &body),
            Act::Receive { material, quantity, .. } => {
                json!({ "material": self.store.receive(material, *quantity) })
            }
            Act::LearnLots { .. } => json!({ "items": [] }),
            Act::SetBomLine { order, line } => self.store.add_line(order, line),
            Act::RequireSkill(_) => {
                let mut row = body;
                row["skill_requirement_id"] = json!(1);
                row
            }
            Act::AskAdvice { order, .. } => self.suggest(order),
            Act::Inspect { .. } | Act::Note { .. } => json!({}),
            _ => panic!("{act:?}: everything is known in this world"),
        }
    }

    fn move_on(&mut self, job: i64, from: Phase, to: &str) -> Value {
        let known = &self.floor.jobs[&job];
        assert_eq!(known.phase, from, "{job} to {to}");
        let mut card = self.entities[&job.to_string()].clone();
        card["phase"] = json!(to);
        let (order, person, machine) =
            (known.order.clone(), known.person.clone().unwrap(), known.machine.clone().unwrap());
        if to == "running" {
            self.check_may_work(&order, &person, &machine);
            self.begin(&order);
        }
        self.bump(job, card)
    }

    fn bump(&mut self, job: i64, mut card: Value) -> Value {
        card["version"] = json!(card["version"].as_i64().unwrap() + 1);
        self.entities.insert(job.to_string(), card.clone());
        card
    }

    fn run_for_minutes(&mut self, minutes: i64) {
        for _ in 0..minutes * 60 / TURN_SECONDS {
            self.turn();
        }
    }

    fn running(&self) -> usize {
        self.floor.jobs.values().filter(|job| job.phase == Phase::Running).count()
    }
}

#[test]
fn a_day_of_work_has_every_kind_of_event_and_breaks_no_rule() {
    for seed in [1, 2] {
        let mut world = World::new(seed);
        world.run_for_minutes(24 * 60);
        println!("seed {seed}: {:?}", world.counts);
        for kind in [
            "allocate",
            "book",
            "start",
            "pause",
            "resume",
            "reassign",
            "release",
            "cancel",
            "complete",
            "report_progress",
            "person_break",
            "person_available",
            "call_off",
            "reassign_offered",
            "machine_breakdown",
            "machine_maintenance",
            "machine_repaired",
            "create_order",
            "set_bom_line",
            "allocate_suggested",
            "order_material",
            "receive_material",
            "plan_maintenance",
            "complete_maintenance",
            "inspect",
            "note",
        ] {
            let count = world.counts.get(kind).copied().unwrap_or_default();
            assert!(count > 0, "seed {seed}: no {kind} in a day: {:?}", world.counts);
        }
        let running = world.running();
        assert!(running >= 15, "seed {seed}: only {running} jobs run at the end of a day");
    }
}

#[test]
fn the_same_seed_lives_the_same_day() {
    let day = |seed| {
        let mut world = World::new(seed);
        world.run_for_minutes(6 * 60);
        (world.counts, world.floor.jobs)
    };
    assert_eq!(day(5), day(5));
    assert_ne!(day(5).0, day(6).0);
}

#[test]
fn days_leave_no_trace_in_memory_and_the_plant_does_not_run_dry() {
    let mut world = World::new(4);
    for span in 0..2 {
        world.run_for_minutes(2 * 24 * 60);
        let foreman = &world.foreman;
        assert!(foreman.jobs.len() <= 120 && foreman.own.len() <= 120, "span {span}");
        assert!(foreman.set_aside.len() <= 320 && foreman.ready_since.len() <= 320, "span {span}");
        let open = world.floor.orders.len();
        assert!((270..=330).contains(&open), "span {span}: {open} orders are open");
        let shifts = world.floor.people.values().map(|one| one.abilities.as_ref().unwrap());
        assert!(shifts.map(|one| one.shifts.len()).max() <= Some(6));
        assert!(world.running() >= 15, "span {span}: {} jobs run", world.running());
    }
    // The late shift came and the early one went by the clock, some of them late.
    let count = |name: &str| world.counts.get(name).copied().unwrap_or_default();
    assert!(count("clock_in") >= 30, "{:?}", world.counts);
    assert!(count("clock_out") >= 10, "{:?}", world.counts);
    let late = world.late;
    assert!(late > 0 && late * 3 < count("clock_in"), "{late} late: {:?}", world.counts);
}

#[test]
fn what_others_do_is_respected() {
    let mut world = World::new(1);
    world.run_for_minutes(30);
    let (id, job) = world.floor.jobs.iter().find(|(_, job)| job.phase == Phase::Running).unwrap();
    let (id, order) = (*id, job.order.clone());
    // Somebody releases it at a screen: the order stays theirs for a while.
    world.floor.jobs.remove(&id);
    world.entities.remove(&id.to_string());
    world.run_for_minutes(15);
    assert!(world.floor.jobs.values().all(|job| job.order != order), "taken back at once");
    // A refusal is an answer: the order rests, and work goes on elsewhere.
    let order = world.floor.orders.keys().next_back().unwrap().clone();
    let (person, machine) = ("O-1001".to_owned(), "M-101".to_owned());
    let (from, score, minutes) = (None, None, 5);
    let act = Act::Allocate { order: order.clone(), person, machine, from, minutes, score };
    let now = Moment { clock: world.clock(), plant: PlantTime(world.elapsed), speed: SPEED };
    let refused = Outcome::Refused(Box::new(Problem { status: 409, ..Problem::default() }));
    world.foreman.hear(&mut world.floor, &act, &refused, now);
    assert!(world.foreman.set_aside.contains_key(&order));
    world.run_for_minutes(60);
    assert!(world.running() > 10);
}
