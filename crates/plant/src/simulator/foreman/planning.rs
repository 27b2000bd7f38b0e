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
use crate::simulator::floor::{Edge, EdgeKind, Machine, Order, Person};
use crate::simulator::foreman::Foreman;
use crate::simulator::foreman::turn::{Duty, Turn, can_work, is_in_break};
use crate::simulator::moment::PlantTime;

/// One in so many people who are free stays free.
const RESERVE: usize = 8;
/// Of every hundred orders, so many are left to people at screens …
const LEFT_PERCENT: usize = 15;
/// … for so long after they could have begun.
const LEFT_MINUTES: i64 = 45;
/// Of every hundred orders that could begin, about so many are asked about first.
const ADVISED_PERCENT: usize = 35;
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
        self.advice.take(turn);
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
                && can_be_planned(order, turn)
                && !self.supply.is_arriving(id)
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
            if order.predecessors.is_none() {
                candidates += 1;
                turn.ask(Act::LearnOrder { order: (*id).clone() });
                continue;
            }
            if !self.is_ready(id, order, turn) || !turn.has_material(order) {
                continue;
            }
            candidates += 1;
            if dice.chance(ADVISED_PERCENT) {
                let minutes = whole_minutes(length_of(order, turn));
                turn.ask(Act::AskAdvice { order: (*id).clone(), minutes });
                wanted -= 1;
                continue;
            }
            let booked = dice.chance(BOOKED_PERCENT).then(|| dice.between(2, 7));
            if let Some(act) = find_pair(line, id, order, booked, turn) {
                let Act::Allocate { person, machine, .. } = &act else { return };
                let (person, machine) = (person.clone(), machine.clone());
                if turn.act(act, &[id.as_str(), &person, &machine]) {
                    turn.take_material(id);
                }
                wanted -= 1;
            }
        }
    }

    /// Whether an order could begin: nothing comes before it any more, and nobody at a screen is
    /// to have the first look.
    fn is_ready(&mut self, id: &str, order: &Order, turn: &Turn<'_>) -> bool {
        if !order.predecessors.iter().flatten().all(|edge| is_passed(edge, turn)) {
            self.ready_since.remove(id);
            return false;
        }
        let now = turn.now;
        let (since, since_clock) =
            *self.ready_since.entry(id.to_owned()).or_insert((now.plant, now.clock));
        // When those that are gone from the floor began or ended is not known any more.
        let gone = order.predecessors.iter().flatten().filter(|edge| {
            edge.kind != EdgeKind::FinishToFinish && !turn.floor.orders.contains_key(&edge.before)
        });
        let lag = gone.map(|edge| edge.lag_minutes).max().unwrap_or_default();
        let has_rested = lag == 0 || now.clock >= after(since_clock, lag);
        let left = is_left_to_people(self.seed, id) && now.plant < since.plus_minutes(LEFT_MINUTES);
        has_rested && !left
    }
}

/// Somebody is to work on it, and not only in weeks.
fn can_be_planned(order: &Order, turn: &Turn<'_>) -> bool {
    !order.waits && order.planned_start.is_none_or(|start| start <= turn.now.clock)
}

/// A lag after something that was seen at an instant, and a moment more.
pub(super) fn after(seen: Timestamp, lag_minutes: i64) -> Timestamp {
    seen + SignedDuration::from_mins(lag_minutes) + MARGIN
}

/// Whether what comes before an order's start is far enough; what is gone from the floor is done.
fn is_passed(edge: &Edge, turn: &Turn<'_>) -> bool {
    let Some(before) = turn.floor.orders.get(&edge.before) else { return true };
    match edge.kind {
        EdgeKind::FinishToStart => false,
        EdgeKind::FinishToFinish => true,
        EdgeKind::StartToStart => before
            .started_at
            .is_some_and(|started| turn.now.clock >= after(started, edge.lag_minutes)),
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
    let from =
        booked_in_minutes.map(|minutes| now.clock_after(minutes as f64).max(now.clock + MARGIN));
    let starts = from.unwrap_or(now.clock);
    let length = length_of(order, turn);
    let until = (starts + length).to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().ok()?;
    let fitting = line.machines.iter().filter(|(machine_id, machine)| {
        machine.equipment.as_ref().is_some_and(|one| one.makes(&order.product_id))
            && !turn.is_claimed(&[machine_id.as_str()])
            && turn.is_kept_up(machine, starts, starts + length)
    });
    for (machine, equipped) in fitting {
        let least = least_minutes(order, equipped);
        let length = length.max(SignedDuration::from_mins(least));
        for (person_id, person) in &line.people {
            if turn.is_claimed(&[person_id.as_str()])
                || !turn.floor.is_able(person, machine, id, until)
            {
                continue;
            }
            let fits = minutes_within(person, starts, length, turn);
            let Some(minutes) = fits.filter(|minutes| *minutes >= least) else { continue };
            return Some(Act::Allocate {
                order: id.to_owned(),
                person: (*person_id).clone(),
                machine: (*machine).clone(),
                from,
                minutes,
                score: None,
            });
        }
    }
    None
}

/// How long the rest of an order takes by the clock.
fn length_of(order: &Order, turn: &Turn<'_>) -> SignedDuration {
    let share = order.remaining() / order.ordered.max(Decimal::ONE);
    let needed = share.to_f64().unwrap_or(1.0) * order.estimate_minutes as f64;
    turn.now.clock_after(needed.max(1.0)).duration_since(turn.now.clock)
}

fn whole_minutes(length: SignedDuration) -> i64 {
    (length.as_secs() + 59).div_euclid(60).max(1)
}

/// What the machine needs for the rest of an order at its best.
fn least_minutes(order: &Order, machine: &Machine) -> i64 {
    let most = machine.equipment.as_ref().and_then(|one| one.most_per_hour);
    let Some(most) = most.filter(|most| *most > 0) else { return 1 };
    let minutes = order.remaining() * Decimal::from(60) / Decimal::from(most);
    minutes.ceil().to_i64().unwrap_or(1)
}

/// Whole minutes of work that fit into a person's shift; none if it is not worth beginning.
fn minutes_within(
    person: &Person,
    starts: Timestamp,
    length: SignedDuration,
    turn: &Turn<'_>,
) -> Option<i64> {
    let wanted = whole_minutes(length);
    let Duty::On { until: Some(until), .. } = turn.duty(person) else { return Some(wanted) };
    let left = until.duration_since(starts + MARGIN);
    if left < SHORTEST && left < length {
        return None;
    }
    let shifts = person.abilities.iter().flat_map(|abilities| &abilities.shifts);
    let mut counting = shifts.filter(|shift| turn.floor.counts(shift));
    if counting.any(|shift| is_in_break(shift, starts)) {
        return None;
    }
    let fits = left.as_secs().div_euclid(60);
    (fits >= 1).then_some(wanted.min(fits))
}
