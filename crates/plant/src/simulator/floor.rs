//! What the simulator knows of the floor: people, machines, open orders, open allocations.
//!
//! Taken from cards of the live stream, from lists and from answers alike: all name their fields
//! as the API does, and whatever is newer wins. Closed things are forgotten, so that memory
//! follows the size of the plant and not its age. Decides nothing.

mod things;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use mraos_api::live::card::ShiftCard;
use mraos_api::shift::Shift;
use mraos_api::skill_requirement::SkillRequirement;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

pub(crate) use things::{
    Abilities, Edge, EdgeKind, Equipment, LotMarks, MISSED, Need, Stock, Upkeep,
};

/// An operator.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Person {
    pub(crate) line: Option<String>,
    /// What was posted last: never `busy`.
    pub(crate) status: String,
    pub(crate) status_since: Timestamp,
    pub(crate) is_active: bool,
    pub(crate) capacity: usize,
    /// None until it was asked for.
    pub(crate) abilities: Option<Abilities>,
}

/// A machine.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Machine {
    pub(crate) line: String,
    pub(crate) machine_type: String,
    pub(crate) status: String,
    pub(crate) status_since: Timestamp,
    pub(crate) is_active: bool,
    pub(crate) capacity: usize,
    /// None until it was asked for.
    pub(crate) equipment: Option<Equipment>,
}

/// An order that is not closed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    pub(crate) line: Option<String>,
    pub(crate) product_id: String,
    pub(crate) priority: Priority,
    pub(crate) ordered: Decimal,
    pub(crate) produced: Decimal,
    pub(crate) due: Timestamp,
    pub(crate) estimate_minutes: i64,
    pub(crate) started_at: Option<Timestamp>,
    /// Not to be begun before.
    pub(crate) planned_start: Option<Timestamp>,
    /// It cures or cools by itself.
    pub(crate) waits: bool,
    pub(crate) is_inspected: bool,
    /// None until it was asked for.
    pub(crate) predecessors: Option<Vec<Edge>>,
    /// Known with the predecessors.
    pub(crate) needs: Vec<Need>,
}

impl Order {
    pub(crate) fn remaining(&self) -> Decimal {
        (self.ordered - self.produced).max(Decimal::ZERO)
    }
}

/// How urgent an order is; the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Priority {
    Urgent,
    High,
    Medium,
    Low,
}

/// Where an allocation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Phase {
    Booked,
    Running,
    Paused,
    Ended,
}

/// An allocation that has not ended.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Job {
    #[serde(rename = "work_order_id")]
    pub(crate) order: String,
    #[serde(rename = "operator_id")]
    pub(crate) person: Option<String>,
    #[serde(rename = "machine_id")]
    pub(crate) machine: Option<String>,
    pub(crate) phase: Phase,
    #[serde(rename = "expected_start_time")]
    pub(crate) starts: Option<Timestamp>,
    #[serde(rename = "expected_end_time")]
    pub(crate) ends: Option<Timestamp>,
    pub(crate) version: i64,
}

impl Job {
    /// Whether it takes somebody's time now or soon.
    pub(crate) fn occupies(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Booked)
    }
}

/// The floor as it is known.
#[derive(Debug, Default)]
pub(crate) struct Floor {
    pub(crate) people: BTreeMap<String, Person>,
    pub(crate) machines: BTreeMap<String, Machine>,
    pub(crate) orders: BTreeMap<String, Order>,
    pub(crate) jobs: BTreeMap<i64, Job>,
    pub(crate) stocks: BTreeMap<String, Stock>,
    pub(crate) holidays: BTreeSet<Date>,
    pub(crate) requirements: Vec<SkillRequirement>,
}

impl Floor {
    /// Takes up the state of an entity: a card, an item of a list, or the body of an answer.
    /// What is not understood is left out: a newer server may know more kinds.
    pub(crate) fn take_up(&mut self, entity_type: &str, data: &Value) {
        // The result tells a reader nothing: an unreadable card leaves what was known.
        let _ = match entity_type {
            "operator" => self.take_up_operator(data),
            "machine" => self.take_up_machine(data),
            "work_order" => self.take_up_order(data),
            "allocation" => self.take_up_allocation(data),
            "material" => self.take_up_material(data),
            _ => None,
        };
    }

    /// Forgets what was open, before it is told anew.
    pub(crate) fn forget_open(&mut self) {
        self.jobs.clear();
    }

    /// Forgets everything of which `told` does not name the id.
    pub(crate) fn keep_orders(&mut self, told: &BTreeSet<String>) {
        self.orders.retain(|id, _| told.contains(id));
    }

    fn take_up_operator(&mut self, data: &Value) -> Option<()> {
        let fields = OperatorFields::deserialize(data).ok()?;
        let status = match (fields.posted_status, fields.current_status.as_str()) {
            (Some(posted), _) => posted,
            (None, "busy") => "available".to_owned(),
            (None, _) => fields.current_status,
        };
        let known = self.people.get(&fields.operator_id);
        let (status, status_since) = match known {
            Some(known) if known.status_since > fields.status_updated_at => {
                (known.status.clone(), known.status_since)
            }
            _ => (status, fields.status_updated_at),
        };
        let mut abilities = known.and_then(|known| known.abilities.clone());
        if let (Some(abilities), Some(shift)) = (&mut abilities, &fields.shift) {
            abilities.hear_of_card(shift, fields.status_updated_at);
        }
        let person = Person {
            line: fields.home_production_line.or(fields.production_line),
            status,
            status_since,
            is_active: fields.is_active,
            capacity: fields.parallel_capacity,
            abilities,
        };
        self.people.insert(fields.operator_id, person);
        Some(())
    }

    fn take_up_machine(&mut self, data: &Value) -> Option<()> {
        let fields = MachineFields::deserialize(data).ok()?;
        let known = self.machines.get(&fields.machine_id);
        let (status, status_since) = match known {
            Some(known) if known.status_since > fields.status_updated_at => {
                (known.status.clone(), known.status_since)
            }
            _ => (fields.current_status, fields.status_updated_at),
        };
        let equipment = known.and_then(|known| known.equipment.clone());
        let machine = Machine {
            line: fields.production_line,
            machine_type: fields.machine_type,
            status,
            status_since,
            is_active: fields.is_active,
            capacity: fields.parallel_capacity,
            equipment,
        };
        self.machines.insert(fields.machine_id, machine);
        Some(())
    }

    fn take_up_order(&mut self, data: &Value) -> Option<()> {
        let fields = OrderFields::deserialize(data).ok()?;
        if matches!(fields.status.as_str(), "completed" | "cancelled") {
            self.orders.remove(&fields.work_order_id);
            return Some(());
        }
        let known = self.orders.get(&fields.work_order_id);
        let produced = known.map_or(Decimal::ZERO, |known| known.produced);
        let order = Order {
            line: fields.production_line,
            product_id: fields.product_id,
            priority: fields.priority,
            ordered: fields.quantity_ordered,
            produced: fields.quantity_produced.max(produced),
            due: fields.due_date,
            estimate_minutes: fields.estimated_duration_minutes.unwrap_or(60).max(1),
            started_at: fields.actual_start_date.or(known.and_then(|known| known.started_at)),
            planned_start: fields.planned_start_date.or(known.and_then(|one| one.planned_start)),
            waits: fields.wait_minutes.is_some() || known.is_some_and(|known| known.waits),
            is_inspected: fields
                .quality_inspection_required
                .unwrap_or(known.is_some_and(|known| known.is_inspected)),
            predecessors: known.and_then(|known| known.predecessors.clone()),
            needs: known.map(|known| known.needs.clone()).unwrap_or_default(),
        };
        self.orders.insert(fields.work_order_id, order);
        Some(())
    }

    fn take_up_allocation(&mut self, data: &Value) -> Option<()> {
        let id = data["allocation_id"].as_i64()?;
        let job = Job::deserialize(data).ok()?;
        if self.jobs.get(&id).is_some_and(|known| known.version > job.version) {
            return Some(());
        }
        if job.phase == Phase::Ended {
            self.jobs.remove(&id);
        } else {
            self.jobs.insert(id, job);
        }
        Some(())
    }

    fn take_up_material(&mut self, data: &Value) -> Option<()> {
        let known = data["material_id"].as_str().and_then(|id| self.stocks.get(id));
        let (id, stock) = known.cloned().unwrap_or_default().retold(data)?;
        self.stocks.insert(id, stock);
        Some(())
    }

    /// Whether a shift is worked: on a holiday only if it says so.
    pub(crate) fn counts(&self, shift: &Shift) -> bool {
        shift.counts_on_holidays || !self.holidays.contains(&shift.shift_date)
    }

    /// What runs on a machine stops with it.
    pub(crate) fn pause_jobs_of_machine(&mut self, machine: &str) {
        self.pause_jobs(|job| job.machine.as_deref() == Some(machine));
    }

    /// What a person runs stops when the person leaves.
    pub(crate) fn pause_jobs_of_person(&mut self, person: &str) {
        self.pause_jobs(|job| job.person.as_deref() == Some(person));
    }

    fn pause_jobs(&mut self, concerns: impl Fn(&Job) -> bool) {
        for job in self.jobs.values_mut().filter(|job| concerns(job)) {
            if job.phase == Phase::Running {
                job.phase = Phase::Paused;
            }
        }
    }

    /// An order that is done takes its allocations along.
    pub(crate) fn close_order(&mut self, order: &str) {
        self.orders.remove(order);
        self.jobs.retain(|_, job| job.order != order);
    }

    /// Whether somebody has every skill that the machine and the order ask for, until a day.
    pub(crate) fn is_able(&self, person: &Person, machine: &str, order: &str, until: Date) -> bool {
        let Some(abilities) = &person.abilities else { return false };
        let machine_type = self.machines.get(machine).map(|one| one.machine_type.as_str());
        let asked = self.requirements.iter().filter(|asked| match asked.scope.as_str() {
            "machine" => asked.scope_id == machine,
            "machine_type" => Some(asked.scope_id.as_str()) == machine_type,
            _ => asked.scope_id == order,
        });
        let has = |asked: &SkillRequirement| {
            abilities.skills.iter().any(|skill| {
                skill.skill_code == asked.skill_code
                    && skill.proficiency_level >= asked.minimum_level
                    && skill.certification_expiry.is_none_or(|expiry| expiry >= until)
            })
        };
        asked.into_iter().all(has)
    }
}

#[derive(Deserialize)]
struct OperatorFields {
    operator_id: String,
    current_status: String,
    posted_status: Option<String>,
    status_updated_at: Timestamp,
    production_line: Option<String>,
    home_production_line: Option<String>,
    is_active: bool,
    parallel_capacity: usize,
    /// On cards and in answers to clockings.
    #[serde(default)]
    shift: Option<ShiftCard>,
}

#[derive(Deserialize)]
struct MachineFields {
    machine_id: String,
    machine_type: String,
    production_line: String,
    current_status: String,
    status_updated_at: Timestamp,
    is_active: bool,
    parallel_capacity: usize,
}

#[derive(Deserialize)]
struct OrderFields {
    work_order_id: String,
    product_id: String,
    priority: Priority,
    status: String,
    #[serde(with = "mraos_api::decimal")]
    quantity_ordered: Decimal,
    #[serde(with = "mraos_api::decimal")]
    quantity_produced: Decimal,
    due_date: Timestamp,
    production_line: Option<String>,
    estimated_duration_minutes: Option<i64>,
    // What follows is not on cards of the stream.
    #[serde(default)]
    actual_start_date: Option<Timestamp>,
    #[serde(default)]
    planned_start_date: Option<Timestamp>,
    #[serde(default)]
    wait_minutes: Option<i64>,
    #[serde(default)]
    quality_inspection_required: Option<bool>,
}
