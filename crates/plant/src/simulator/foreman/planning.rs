//! New allocations: the most urgent order that can begin, a machine for it, a person who may.
//!
//! Line by line and not all at once. On each line somebody is left free, and some orders are left
//! alone for a while, so that whoever looks on finds something to decide.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::dice::Dice;
use crate::simulator::act::Act;
use crate::simulator::floor::{Machine, Order, Person};
use crate::simulator::foreman::Foreman;
use crate::simulator::foreman::jobs::makes;
use crate::simulator::foreman::turn::{Duty, Turn, can_work, is_in_break};
use crate::simulator::moment::PlantTime;

/// One in so many people who are free stays free.
const RESERVE: usize = 8;
/// Of every hundred orders, so many are left to people at screens …
const LEFT_PERCENT: usize = 15;
/// … for so long after they could have begun.
const LEFT_MINUTES: i64 = 45;
/// Of every hundred allocations, so many are booked ahead.
const BOOKED_PERCENT: usize = 14;
/// Orders that are looked at on a line in one turn.
const CANDIDATES: usize = 24;
/// A line of so many machines allocates one job at a time, longer ones more.
const MACHINES_PER_ALLOCATION: usize = 10;
/// Nothing is begun that must be handed over within moments.
const SHORTEST: SignedDuration = SignedDuration::from_secs(150);
/// The server's clock may be a little ahead of what is known of it.
const MARGIN: SignedDuration = SignedDuration::from_secs(3);

#[derive(Default)]
struct Line<'f> {
    people: Vec<(&'f String, &'f Person)>,
    machines: Vec<(&'f String, &'f Machine)>,
    orders: Vec<(&'f String, &'f Order)>,
    all_machines: usize,
}

impl Foreman {
    pub(super) fn plan(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.plant;
        for (name, mut line) in self.lines(turn) {
            let due = self.next_allocation.entry(name.to_owned()).or_insert(now);
            if now < *due || line.people.len() <= 1 + line.people.len() / RESERVE {
                continue;
            }
            let mut dice = Dice::of(self.seed, &format!("{name}-{}", now.0));
            *due = PlantTime(now.0 + dice.between(20, 200));
            line.orders.sort_by_key(|(id, order)| {
                (order.priority, order.produced.is_zero(), order.due, *id)
            });
            let wanted = 1 + line.all_machines / MACHINES_PER_ALLOCATION;
            self.allocate_on(&line, wanted, &mut dice, turn);
        }
    }

    fn lines<'f>(&self, turn: &Turn<'f>) -> BTreeMap<&'f str, Line<'f>> {
        let (floor, now) = (turn.floor, turn.now.plant);
        let mut lines: BTreeMap<&str, Line<'_>> = BTreeMap::new();
        for (id, machine) in &floor.machines {
            let line = lines.entry(machine.line.as_str()).or_default();
            line.all_machines += 1;
            let rested = self.machines.get(id).is_none_or(|wear| wear.rests_until <= now);
            if rested
                && can_work(machine)
                && turn.has_room(id, machine.capacity)
                && !turn.is_claimed(&[id.as_str()])
            {
                line.machines.push((id, machine));
            }
        }
        for (id, person) in &floor.people {
            let line = person.line.as_deref().and_then(|name| lines.get_mut(name));
            let rested = self.crew.get(id).is_some_and(|mood| mood.rests_until <= now);
            if let Some(line) = line
                && rested
                && turn.is_at_work(person)
                && turn.has_room(id, person.capacity)
                && !turn.is_claimed(&[id.as_str()])
            {
                line.people.push((id, person));
            }
        }
        let taken: std::collections::HashSet<&str> =
            floor.jobs.values().map(|job| job.order.as_str()).collect();
        for (id, order) in &floor.orders {
            let line = order.line.as_deref().and_then(|name| lines.get_mut(name));
            if let Some(line) = line
                && !taken.contains(id.as_str())
                && !self.set_aside.contains_key(id)
                && !turn.is_claimed(&[id.as_str()])
            {
                line.orders.push((id, order));
            }
        }
        lines
    }

    fn allocate_on(
        &mut self,
        line: &Line<'_>,
        mut wanted: usize,
        dice: &mut Dice,
        turn: &mut Turn<'_>,
    ) {
        let mut candidates = 0;
        for (id, order) in &line.orders {
            if wanted == 0 || candidates == CANDIDATES {
                return;
            }
            let Some(predecessors) = &order.predecessors else {
                candidates += 1;
                turn.ask(Act::LearnOrder { order: (*id).clone() });
                continue;
            };
            if predecessors.iter().any(|before| turn.floor.orders.contains_key(before)) {
                continue;
            }
            let ready_since = *self.ready_since.entry((*id).clone()).or_insert(turn.now.plant);
            if is_left_to_people(self.seed, id)
                && turn.now.plant < ready_since.plus_minutes(LEFT_MINUTES)
            {
                continue;
            }
            candidates += 1;
            let booked = dice.chance(BOOKED_PERCENT).then(|| dice.between(2, 7));
            if let Some(act) = find_pair(line, id, order, booked, turn) {
                let Act::Allocate { person, machine, .. } = &act else { return };
                let (person, machine) = (person.clone(), machine.clone());
                turn.act(act, &[id.as_str(), &person, &machine]);
                wanted -= 1;
            }
        }
    }
}

fn is_left_to_people(seed: u64, order: &str) -> bool {
    Dice::of(seed, &format!("left-{order}")).chance(LEFT_PERCENT)
}

/// The first machine that makes an order and the first person who may work there for long enough.
fn find_pair(
    line: &Line<'_>,
    id: &str,
    order: &Order,
    booked_in_minutes: Option<i64>,
    turn: &Turn<'_>,
) -> Option<Act> {
    let now = turn.now;
    let share = order.remaining() / order.ordered.max(Decimal::ONE);
    let needed = share.to_f64().unwrap_or(1.0) * order.estimate_minutes as f64;
    let from =
        booked_in_minutes.map(|minutes| now.clock_after(minutes as f64).max(now.clock + MARGIN));
    let starts = from.unwrap_or(now.clock);
    let length = now.clock_after(needed.max(1.0)).duration_since(now.clock);
    let until = (starts + length).to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().ok()?;
    let fitting = line.machines.iter().filter(|(machine_id, machine)| {
        machine.products.as_ref().is_some_and(|products| makes(products, &order.product_id))
            && !turn.is_claimed(&[machine_id.as_str()])
    });
    for (machine, _) in fitting {
        for (person_id, person) in &line.people {
            if turn.is_claimed(&[person_id.as_str()])
                || !turn.floor.is_able(person, machine, id, until)
            {
                continue;
            }
            let Some(minutes) = minutes_within(person, starts, length, turn) else { continue };
            return Some(Act::Allocate {
                order: id.to_owned(),
                person: (*person_id).clone(),
                machine: (*machine).clone(),
                from,
                minutes,
            });
        }
    }
    None
}

/// Whole minutes of work that fit into a person's shift; none if it is not worth beginning.
fn minutes_within(
    person: &Person,
    starts: Timestamp,
    length: SignedDuration,
    turn: &Turn<'_>,
) -> Option<i64> {
    let wanted = (length.as_secs() + 59).div_euclid(60).max(1);
    let Duty::On { until: Some(until), .. } = turn.duty(person) else { return Some(wanted) };
    let left = until.duration_since(starts + MARGIN);
    if left < SHORTEST && left < length {
        return None;
    }
    let shifts = person.abilities.iter().flat_map(|abilities| &abilities.shifts);
    if shifts.into_iter().any(|shift| is_in_break(shift, starts)) {
        return None;
    }
    let fits = left.as_secs().div_euclid(60);
    (fits >= 1).then_some(wanted.min(fits))
}
