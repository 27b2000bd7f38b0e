//! Machines: they break down while they run, are repaired, and are maintained as it was planned.
//!
//! Faults follow each machine's own dice. What is due is done as soon as the machine stands still,
//! and new windows are planned ahead. A machine that somebody else has taken out of work is back
//! after a while, as one is whose fault was ours.

use jiff::SignedDuration;
use mraos_api::maintenance::PlanMaintenance;

use crate::catalogue::{FAULTS, PLANNED_MAINTENANCE};
use crate::dice::Dice;
use crate::simulator::act::Act;
use crate::simulator::floor::{Equipment, Machine};
use crate::simulator::foreman::Foreman;
use crate::simulator::foreman::turn::{Turn, can_work};
use crate::simulator::moment::PlantTime;

/// What is planned is called one of these.
const KINDS: [&str; 4] = ["Tool change", "Calibration", "Filter change", "Belt tension"];
/// A window is planned so far ahead, in minutes of work, and is so long.
const AHEAD_MINUTES: (i64, i64) = (60, 200);
const WINDOW_MINUTES: (i64, i64) = (25, 70);
/// By the clock neither is shorter than this: people have to see it coming.
const SHORTEST: SignedDuration = SignedDuration::from_mins(5);
/// Running hours go on: what is planned is asked for again after so long.
const LOOK_MINUTES: i64 = 60;
/// What is due waits so long, so that people see what it holds up.
const OVERDUE_MINUTES: (i64, i64) = (15, 90);

/// What a machine has before it.
#[derive(Debug)]
pub(super) struct Wear {
    dice: Dice,
    seen_status: String,
    next_fault: PlantTime,
    next_plan: PlantTime,
    /// When what is due will be seen to.
    seen_to_at: Option<PlantTime>,
    /// When it is asked again what is planned.
    next_look: PlantTime,
    back_at: PlantTime,
    pub(super) rests_until: PlantTime,
}

impl Wear {
    fn new(seed: u64, id: &str, now: PlantTime) -> Self {
        let mut dice = Dice::of(seed, &format!("{id}-{}", now.0));
        Self {
            seen_status: String::new(),
            next_fault: now.plus_minutes(dice.between(5, 1_100)),
            next_plan: now.plus_minutes(dice.between(60, 6_000)),
            seen_to_at: None,
            next_look: now,
            back_at: now,
            rests_until: now,
            dice,
        }
    }

    fn notice(&mut self, status: &str, now: PlantTime) {
        let status = if status == "running" { "idle" } else { status };
        if self.seen_status == status {
            return;
        }
        status.clone_into(&mut self.seen_status);
        let minutes = match status {
            "idle" => return,
            "breakdown" => self.dice.between(12, 55),
            "maintenance" => self.dice.between(20, 60),
            _ => self.dice.between(30, 90),
        };
        self.back_at = now.plus_minutes(minutes);
    }
}

impl Foreman {
    pub(super) fn look_after_machines(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.plant;
        for (id, machine) in turn.floor.machines.iter().filter(|(_, machine)| machine.is_active) {
            let wear =
                self.machines.entry(id.clone()).or_insert_with(|| Wear::new(self.seed, id, now));
            wear.notice(&machine.status, now);
            if machine.equipment.is_none() || now >= wear.next_look {
                wear.next_look = now.plus_minutes(LOOK_MINUTES + wear.dice.between(0, 30));
                turn.ask(Act::LearnMachine { machine: id.clone() });
            }
            let equipment = machine.equipment.as_ref();
            if !can_work(machine) {
                let done = equipment.filter(|_| machine.status == "maintenance");
                come_back(wear, id, done, turn);
            } else if turn.is_running(id) {
                if now >= wear.next_fault {
                    let fault = *wear.dice.pick(&FAULTS);
                    if post(turn, id, "breakdown", Some(fault)) {
                        wear.next_fault = now.plus_minutes(wear.dice.between(400, 1_800));
                        self.book.hear_breakdown(id, fault, turn.floor);
                    }
                }
            } else {
                see_to(wear, id, machine, turn);
            }
        }
    }
}

/// A machine goes back to work when its time is over; what was done to it is said first.
fn come_back(wear: &Wear, id: &str, maintained: Option<&Equipment>, turn: &mut Turn<'_>) {
    if turn.now.plant < wear.back_at {
        return;
    }
    match maintained.and_then(|equipment| equipment.due(turn.now.clock)) {
        Some(upkeep) => {
            let act = Act::CompleteUpkeep { machine: id.to_owned(), upkeep: upkeep.id };
            turn.act(act, &[id]);
        }
        None => {
            post(turn, id, "idle", None);
        }
    }
}

/// A machine that stands still: what is due is done, and now and then something is planned.
fn see_to(wear: &mut Wear, id: &str, machine: &Machine, turn: &mut Turn<'_>) {
    let now = turn.now;
    let Some(equipment) = &machine.equipment else { return };
    if let Some(due) = equipment.due(now.clock) {
        let at = match wear.seen_to_at {
            Some(at) => at,
            None if due.has_window() => now.plant,
            None => {
                let (low, high) = OVERDUE_MINUTES;
                now.plant.plus_minutes(wear.dice.between(low, high))
            }
        };
        wear.seen_to_at = Some(at);
        if now.plant >= at && post(turn, id, "maintenance", Some(PLANNED_MAINTENANCE)) {
            wear.seen_to_at = None;
        }
    } else if now.plant >= wear.next_plan {
        let minutes = |(low, high), dice: &mut Dice| dice.between(low, high) as f64;
        let span = |minutes| now.clock_after(minutes).duration_since(now.clock).max(SHORTEST);
        let start = now.clock + span(minutes(AHEAD_MINUTES, &mut wear.dice));
        let plan = PlanMaintenance {
            maintenance_type: (*wear.dice.pick(&KINDS)).to_owned(),
            planned_start: Some(start),
            planned_end: Some(start + span(minutes(WINDOW_MINUTES, &mut wear.dice))),
            ..PlanMaintenance::default()
        };
        if turn.act(Act::PlanUpkeep { machine: id.to_owned(), plan }, &[id]) {
            wear.next_plan = now.plant.plus_minutes(wear.dice.between(1_500, 5_000));
        }
    }
}

fn post(turn: &mut Turn<'_>, id: &str, status: &'static str, reason: Option<&'static str>) -> bool {
    turn.act(Act::PostMachine { machine: id.to_owned(), status, reason }, &[id])
}
