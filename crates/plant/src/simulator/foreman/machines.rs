//! Machines: they break down while they run, are repaired, and have their maintenance when idle.
//!
//! Faults follow each machine's own dice. A machine that somebody else has taken out of work is
//! back after a while, as one is whose fault was ours.

use crate::catalogue::{FAULTS, PLANNED_MAINTENANCE};
use crate::dice::Dice;
use crate::simulator::act::Act;
use crate::simulator::foreman::Foreman;
use crate::simulator::foreman::turn::{Turn, can_work};
use crate::simulator::moment::PlantTime;

/// What a machine has before it.
#[derive(Debug)]
pub(super) struct Wear {
    dice: Dice,
    seen_status: String,
    next_fault: PlantTime,
    next_maintenance: PlantTime,
    back_at: PlantTime,
    pub(super) rests_until: PlantTime,
}

impl Wear {
    fn new(seed: u64, id: &str, now: PlantTime) -> Self {
        let mut dice = Dice::of(seed, &format!("{id}-{}", now.0));
        Self {
            seen_status: String::new(),
            next_fault: now.plus_minutes(dice.between(5, 1_100)),
            next_maintenance: now.plus_minutes(dice.between(60, 6_000)),
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
            if machine.products.is_none() {
                turn.ask(Act::LearnMachine { machine: id.clone() });
            }
            let wear =
                self.machines.entry(id.clone()).or_insert_with(|| Wear::new(self.seed, id, now));
            wear.notice(&machine.status, now);
            if !can_work(machine) {
                if now >= wear.back_at {
                    post(turn, id, "idle", None);
                }
            } else if turn.is_running(id) {
                if now >= wear.next_fault {
                    let fault = *wear.dice.pick(&FAULTS);
                    if post(turn, id, "breakdown", Some(fault)) {
                        wear.next_fault = now.plus_minutes(wear.dice.between(400, 1_800));
                    }
                }
            } else if now >= wear.next_maintenance
                && turn.has_room(id, 1)
                && post(turn, id, "maintenance", Some(PLANNED_MAINTENANCE))
            {
                wear.next_maintenance = now.plus_minutes(wear.dice.between(3_000, 7_000));
            }
        }
    }
}

fn post(turn: &mut Turn<'_>, id: &str, status: &'static str, reason: Option<&'static str>) -> bool {
    turn.act(Act::PostMachine { machine: id.to_owned(), status, reason }, &[id])
}
