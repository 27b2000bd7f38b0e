//! What is written down about orders: results of inspections, milestones, issues.
//!
//! An inspector comes a while after an order is done. Most of it passes; what fails is looked at
//! again after rework.

use std::collections::BTreeMap;

use crate::dice::Dice;
use crate::simulator::act::Act;
use crate::simulator::floor::{Floor, Order, Phase};
use crate::simulator::foreman::turn::Turn;
use crate::simulator::moment::PlantTime;

const INSPECTION_MINUTES: (i64, i64) = (6, 25);
const REWORK_MINUTES: (i64, i64) = (20, 50);
/// Of every hundred orders so many fail, and so many are let through all the same.
const FAILED_PERCENT: usize = 7;
const WAIVED_PERCENT: usize = 3;
/// Of every hundred orders half done, about so many somebody makes a note.
const NOTED_PERCENT: usize = 35;

/// What is still to be written.
#[derive(Debug, Default)]
pub(super) struct Book {
    inspections: BTreeMap<String, (PlantTime, &'static str)>,
    notes: Vec<Act>,
}

impl Book {
    pub(super) fn look_after(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.plant;
        for (order, (due, status)) in &self.inspections {
            if *due <= now {
                let act = Act::Inspect { order: order.clone(), status };
                turn.act(act, &[order]);
            }
        }
        // What concerns something that is busy this turn is written in the next.
        self.notes.retain(|note| {
            let Act::Note { order, .. } = note else { return false };
            !turn.act(note.clone(), &[order.as_str()])
        });
    }

    /// An order is done.
    pub(super) fn hear_completed(&mut self, seed: u64, id: &str, order: &Order, now: PlantTime) {
        if !order.is_inspected {
            return;
        }
        let mut dice = Dice::of(seed, &format!("inspection-{id}"));
        let status = match dice.below(100) {
            draw if draw < FAILED_PERCENT => "failed",
            draw if draw < FAILED_PERCENT + WAIVED_PERCENT => "waived",
            _ => "passed",
        };
        let due = now.plus_minutes(dice.between(INSPECTION_MINUTES.0, INSPECTION_MINUTES.1));
        self.inspections.insert(id.to_owned(), (due, status));
    }

    /// What follows on a result: after a failure rework, then another look.
    pub(super) fn hear_inspected(&mut self, seed: u64, id: &str, status: &str, now: PlantTime) {
        let next = match status {
            "failed" => "pending",
            "pending" => "passed",
            _ => {
                self.inspections.remove(id);
                return;
            }
        };
        let mut dice = Dice::of(seed, &format!("rework-{id}-{status}"));
        let due = now.plus_minutes(dice.between(REWORK_MINUTES.0, REWORK_MINUTES.1));
        self.inspections.insert(id.to_owned(), (due, next));
    }

    /// Somebody else has decided it, or it is gone.
    pub(super) fn forget(&mut self, order: &str) {
        self.inspections.remove(order);
    }

    /// Pieces were counted: at half of the order there may be something to say.
    pub(super) fn hear_reported(&mut self, seed: u64, id: &str, before: &Order, floor: &Floor) {
        let Some(after) = floor.orders.get(id) else { return };
        let half = before.ordered / rust_decimal::Decimal::TWO;
        let passed_half = before.produced < half && half <= after.produced;
        if passed_half && Dice::of(seed, &format!("note-{id}")).chance(NOTED_PERCENT) {
            let text = format!("Half of {} done, first pieces are good.", before.ordered);
            self.notes.push(note(id, "milestone", text, None));
        }
    }

    /// A machine has stopped: what ran there hears why.
    pub(super) fn hear_breakdown(&mut self, machine: &str, reason: &str, floor: &Floor) {
        let there = floor
            .jobs
            .values()
            .filter(|job| job.machine.as_deref() == Some(machine) && job.phase == Phase::Running);
        for job in there {
            let text = format!("Stopped at {machine}: {}.", reason.replace('_', " "));
            self.notes.push(note(&job.order, "issue", text, Some(machine.to_owned())));
        }
    }
}

fn note(order: &str, kind: &'static str, text: String, machine: Option<String>) -> Act {
    Act::Note { order: order.to_owned(), kind, text, machine }
}
