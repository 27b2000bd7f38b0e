//! Suggestions: for part of the orders the foreman asks the system who could do it where, and takes
//! the best pair that is still free when the answer comes.
//!
//! Whoever is offered where somebody had to go home takes over. What was refused to the question
//! lets an order rest like a refusal of the work itself, without anybody having been sent there in
//! vain.

use std::collections::BTreeMap;

use mraos_api::suggestion::{Hit, Suggestions};
use serde::Deserialize as _;
use serde_json::Value;

use crate::simulator::act::Act;
use crate::simulator::floor::Phase;
use crate::simulator::foreman::turn::Turn;
use crate::simulator::moment::PlantTime;

/// Advice that is older than this is not taken.
const FRESH_MINUTES: i64 = 5;
/// For so many turns the floor may still show work as running that an answer says is paused.
const TURNS_BEHIND: u8 = 8;

/// Pairs that were suggested and not yet taken.
#[derive(Debug, Default)]
pub(super) struct Advice {
    given: BTreeMap<String, Given>,
    /// Work that stands still for want of a person, with who could take over.
    hit: BTreeMap<i64, Offer>,
}

#[derive(Debug)]
struct Offer {
    people: Vec<String>,
    /// How often the floor has not shown yet that the work is paused.
    turns_behind: u8,
}

#[derive(Debug)]
struct Given {
    until: PlantTime,
    minutes: i64,
    pairs: Vec<(String, String, i64)>,
}

impl Advice {
    /// Takes note of an answer; false if nobody can do it anywhere.
    pub(super) fn hear(&mut self, order: &str, minutes: i64, body: &Value, now: PlantTime) -> bool {
        let answer = Suggestions::deserialize(body).unwrap_or_default();
        let pairs: Vec<_> = answer
            .items
            .into_iter()
            .filter_map(|one| Some((one.operator_id?, one.machine_id?, one.score)))
            .collect();
        let any = !pairs.is_empty();
        if any {
            let until = now.plus_minutes(FRESH_MINUTES);
            self.given.insert(order.to_owned(), Given { until, minutes, pairs });
        }
        any
    }

    /// Takes note of who could take over what an absence has hit.
    pub(super) fn hear_hit(&mut self, body: &Value) {
        let hit = Vec::<Hit>::deserialize(&body["hit"]).unwrap_or_default();
        for one in hit.into_iter().filter(|one| one.phase == "paused") {
            let people = one.suggestions.into_iter().filter_map(|one| one.operator_id);
            let offer = Offer { people: people.collect(), turns_behind: 0 };
            self.hit.insert(one.allocation_id, offer);
        }
    }

    /// Gives what was hit to the first of those who were offered and are still free. Who is not
    /// found at once is looked for like any other replacement.
    pub(super) fn take_over(&mut self, turn: &mut Turn<'_>) {
        for (id, Offer { people, turns_behind }) in std::mem::take(&mut self.hit) {
            let Some(job) = turn.floor.jobs.get(&id) else { continue };
            if job.phase != Phase::Paused {
                if job.phase == Phase::Running && turns_behind < TURNS_BEHIND {
                    self.hit.insert(id, Offer { people, turns_behind: turns_behind + 1 });
                }
                continue;
            }
            let is_free = job.machine.as_ref().is_none_or(|one| turn.is_machine_free(one));
            let person = people.into_iter().find(|one| is_free && turn.is_person_free(one));
            let Some(person) = person else { continue };
            let number = id.to_string();
            let mut concerns = Turn::concerns(job, &number);
            concerns.push(&person);
            let (taken, machine) = (Some(person.clone()), None);
            let act = Act::Reassign { job: id, person: taken, machine, is_offered: true };
            turn.act(act, &concerns);
        }
    }

    /// Acts on what was suggested.
    pub(super) fn take(&mut self, turn: &mut Turn<'_>) {
        for (order, given) in std::mem::take(&mut self.given) {
            let is_open = turn.floor.orders.get(&order).is_some_and(|one| turn.has_material(one));
            let is_taken = turn.floor.jobs.values().any(|job| job.order == order);
            if !is_open || is_taken || given.until < turn.now.plant {
                continue;
            }
            let pair = given.pairs.into_iter().find(|(person, machine, _)| {
                turn.is_person_free(person) && turn.is_machine_free(machine)
            });
            let Some((person, machine, score)) = pair else { continue };
            let concerns = [order.clone(), person.clone(), machine.clone()];
            let concerns = concerns.each_ref().map(String::as_str);
            let (minutes, score) = (given.minutes, Some(score));
            let act = Act::Allocate {
                order: order.clone(),
                person: person.clone(),
                machine: machine.clone(),
                from: None,
                minutes,
                score,
            };
            if turn.act(act, &concerns) {
                turn.take_material(&order);
            }
        }
    }
}
