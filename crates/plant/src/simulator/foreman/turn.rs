//! One turn of decisions: what is occupied, what has been decided already, what to ask.
//!
//! An act claims everything that it concerns; what is claimed is left alone for the rest of the
//! turn. Questions are limited, so that a large plant is learned step by step.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use mraos_api::shift::Shift;
use rust_decimal::Decimal;

use crate::simulator::act::Act;
use crate::simulator::floor::{Floor, Job, MISSED, Machine, Order, Person, Phase};
use crate::simulator::moment::Moment;

/// Questions in one turn.
const MOST_QUESTIONS: usize = 256;
/// What is booked for later than this leaves room for other work before.
const NEAR: SignedDuration = SignedDuration::from_hours(3);

/// Whether somebody is to be at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duty {
    /// On shift, until then at the latest; without shifts there is no end. Nobody works in a shift
    /// that was missed or called off, until they come for it after all.
    On { until: Option<Timestamp>, began: Option<Timestamp>, in_break: bool, is_missed: bool },
    /// Off shift.
    Off,
    /// Not asked for yet.
    Unknown,
}

pub(super) struct Turn<'f> {
    pub(super) floor: &'f Floor,
    pub(super) now: Moment,
    acts: Vec<Act>,
    questions: usize,
    claimed: HashSet<String>,
    occupied: HashMap<&'f str, usize>,
    running: HashMap<&'f str, usize>,
    /// Material that acts of this turn will take.
    taken: HashMap<&'f str, Decimal>,
}

impl<'f> Turn<'f> {
    pub(super) fn new(floor: &'f Floor, now: Moment) -> Self {
        let mut occupied = HashMap::new();
        let mut running = HashMap::new();
        let is_near = |job: &&Job| job.starts.is_none_or(|starts| starts < now.clock + NEAR);
        for job in floor.jobs.values().filter(|job| job.occupies()).filter(is_near) {
            for id in [&job.person, &job.machine].into_iter().flatten() {
                *occupied.entry(id.as_str()).or_default() += 1;
                *running.entry(id.as_str()).or_default() +=
                    usize::from(job.phase == Phase::Running);
            }
        }
        let (acts, claimed, taken) = (Vec::new(), HashSet::new(), HashMap::new());
        Self { floor, now, acts, questions: 0, claimed, occupied, running, taken }
    }

    pub(super) fn into_acts(self) -> Vec<Act> {
        self.acts
    }

    /// Decides an act, unless something that it concerns is taken in this turn.
    pub(super) fn act(&mut self, act: Act, concerns: &[&str]) -> bool {
        if self.is_claimed(concerns) {
            return false;
        }
        self.claimed.extend(concerns.iter().map(|id| (*id).to_owned()));
        self.acts.push(act);
        true
    }

    pub(super) fn is_claimed(&self, concerns: &[&str]) -> bool {
        concerns.iter().any(|id| self.claimed.contains(*id))
    }

    /// Asks something, if not too much was asked already.
    pub(super) fn ask(&mut self, question: Act) {
        if self.questions < MOST_QUESTIONS {
            self.questions += 1;
            self.acts.push(question);
        }
    }

    /// Whether nothing occupies a person or a machine to its capacity.
    pub(super) fn has_room(&self, id: &str, capacity: usize) -> bool {
        self.occupied.get(id).copied().unwrap_or_default() < capacity
    }

    /// Whether one more could run.
    pub(super) fn can_run(&self, id: &str, capacity: usize) -> bool {
        self.running.get(id).copied().unwrap_or_default() < capacity
    }

    pub(super) fn is_running(&self, id: &str) -> bool {
        self.running.get(id).is_some_and(|count| *count > 0)
    }

    pub(super) fn duty(&self, person: &Person) -> Duty {
        let Some(abilities) = &person.abilities else { return Duty::Unknown };
        if abilities.shifts.is_empty() {
            return Duty::On { until: None, began: None, in_break: false, is_missed: false };
        }
        let clock = self.now.clock;
        let is_on = |shift: &&Shift| shift.starts_at <= clock && clock < shift.ends_at;
        let mut shifts = abilities.shifts.iter().filter(|shift| self.floor.counts(shift));
        let shift = shifts.find(is_on);
        let Some(shift) = shift else { return Duty::Off };
        Duty::On {
            until: Some(shift.ends_at),
            began: Some(shift.starts_at),
            in_break: is_in_break(shift, clock),
            is_missed: shift.status == MISSED,
        }
    }

    /// Whether a person could work right now, other work aside.
    pub(super) fn is_at_work(&self, person: &Person) -> bool {
        let on_duty =
            matches!(self.duty(person), Duty::On { in_break: false, is_missed: false, .. });
        person.is_active && person.status == "available" && on_duty
    }

    /// Whether a person could take up something more right now.
    pub(super) fn is_person_free(&self, id: &str) -> bool {
        self.floor.people.get(id).is_some_and(|person| {
            self.is_at_work(person) && self.has_room(id, person.capacity) && !self.is_claimed(&[id])
        })
    }

    /// Whether a machine could take up something more right now.
    pub(super) fn is_machine_free(&self, id: &str) -> bool {
        self.floor.machines.get(id).is_some_and(|machine| {
            can_work(machine)
                && self.has_room(id, machine.capacity)
                && !self.is_claimed(&[id])
                && self.is_kept_up(machine, self.now.clock, self.now.clock)
        })
    }

    /// Whether no maintenance of a machine is due or lies in the way; false while that is unknown.
    pub(super) fn is_kept_up(&self, machine: &Machine, from: Timestamp, until: Timestamp) -> bool {
        let equipment = machine.equipment.as_ref();
        equipment.is_some_and(|one| one.is_free(self.now.clock, from, until))
    }

    /// Whether there is enough of everything without which an order cannot begin.
    pub(super) fn has_material(&self, order: &Order) -> bool {
        let mut needs = order.needs.iter().filter(|need| need.is_critical);
        needs.all(|need| {
            let stock = self.floor.stocks.get(&need.material);
            let taken = self.taken.get(need.material.as_str()).copied().unwrap_or_default();
            stock.is_none_or(|stock| stock.usable() - taken >= need.quantity)
        })
    }

    /// Notes what an act takes that lets work on an order begin.
    pub(super) fn take_material(&mut self, order: &str) {
        let needs = self.floor.orders.get(order).into_iter().flat_map(|order| &order.needs);
        for need in needs {
            *self.taken.entry(need.material.as_str()).or_default() += need.quantity;
        }
    }

    /// Ids of what an act on a job concerns.
    pub(super) fn concerns<'j>(job: &'j Job, id: &'j str) -> Vec<&'j str> {
        let resources = [job.person.as_deref(), job.machine.as_deref()];
        [id, job.order.as_str()].into_iter().chain(resources.into_iter().flatten()).collect()
    }
}

/// Whether a machine could work right now, other work aside.
pub(super) fn can_work(machine: &Machine) -> bool {
    machine.is_active && matches!(machine.status.as_str(), "idle" | "running")
}

/// Whether an instant lies in the break of a shift. Local times are turned into instants by their
/// distance from the start, which is exact but for the nights on which clocks change.
pub(super) fn is_in_break(shift: &Shift, clock: Timestamp) -> bool {
    let (Some(from), Some(to)) = (shift.break_start, shift.break_end) else { return false };
    let day = jiff::SignedDuration::from_hours(24);
    let after_start = |time: jiff::civil::Time| {
        let distance = time.duration_since(shift.start_time);
        shift.starts_at + if distance.is_negative() { distance + day } else { distance }
    };
    let (from, to) = (after_start(from), after_start(to));
    from <= clock && clock < to
}
