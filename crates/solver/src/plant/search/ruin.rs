//! What to take out of a plan: five ways to choose operations that depend on each other.
//!
//! Rebuilding gains when what is taken out competes for the same machines, people or moments, so
//! each way follows another kind of dependence. Pins are never chosen. Nothing is removed here.

use super::model::NONE;
use super::state::{Placement, State};
use crate::problem::Time;
use crate::random::Random;

/// What to take out, and how to put it back.
pub(super) struct Ruin {
    pub(super) operations: Vec<u32>,
    /// Operations of this order are put back first.
    pub(super) first: Option<u32>,
    /// The others come back to the same machine and operator.
    pub(super) keeps_pairs: bool,
}

/// Operations taken out at most, but for shifts.
const LARGEST: usize = 40;

/// Pairs of machine and operator that are compared for who could make way.
const PAIRS_COMPARED: usize = 8;

/// Chooses what to take out.
pub(super) fn choose(state: &State, movable: &[u32], random: &mut Random) -> Ruin {
    let seed = seed(state, movable, random);
    let largest = LARGEST.min(movable.len());
    // Small parts are quick to rebuild, large ones are needed now and then.
    let upper = 1 + random.below(largest);
    let count = 1 + random.below(upper);
    let operations = match random.below(40) {
        0..10 => related(state, movable, seed, count, random),
        10..20 => whole_orders(state, movable, seed, count, random),
        20..28 => string(state, seed, count),
        28..32 => same_material(state, seed, count, random),
        32..39 => return in_the_way(state, seed, random),
        _ => return shift(state, movable, seed, random),
    };
    Ruin { operations, first: None, keeps_pairs: false }
}

/// Where to begin: where it hurts, in proportion, or anywhere.
fn seed(state: &State, movable: &[u32], random: &mut Random) -> usize {
    let hurts = match random.below(8) {
        0 => left_out(state, movable, random),
        1..4 => state.late.draw(random).map(|order| {
            let operations = &state.model.orders[order];
            operations[random.below(operations.len())]
        }),
        4..6 => state.resources.draw(random).and_then(|resource| {
            let lanes = state.model.lanes(resource);
            let slots = &state.lanes[lanes.start + random.below(lanes.len())];
            (!slots.is_empty()).then(|| slots[random.below(slots.len())].operation)
        }),
        _ => None,
    };
    hurts.unwrap_or_else(|| movable[random.below(movable.len())]) as usize
}

fn left_out(state: &State, movable: &[u32], random: &mut Random) -> Option<u32> {
    let is_left_out = |operation: &&u32| state.placed[**operation as usize].is_none();
    let count = movable.iter().filter(is_left_out).count();
    movable.iter().filter(is_left_out).nth(random.below(count)).copied()
}

fn start_of(state: &State, operation: usize) -> Time {
    let work = &state.model.operations[operation];
    state.placed[operation].map_or(work.earliest, |placement| placement.start)
}

/// Operations around the same time that share machine, operator or order with the seed.
fn related(
    state: &State,
    movable: &[u32],
    seed: usize,
    count: usize,
    random: &mut Random,
) -> Vec<u32> {
    let at = start_of(state, seed);
    let home = state.placed[seed];
    let order = state.model.operations[seed].order;
    let usual = 1 + state.model.operations[seed].shortest;
    let mut distances: Vec<(Time, u32)> = Vec::with_capacity(movable.len());
    for operation in movable {
        let index = *operation as usize;
        let mut distance = (start_of(state, index) - at).abs();
        if let (Some(home), Some(other)) = (home, state.placed[index]) {
            if other.machine != home.machine {
                distance += 2 * usual;
            }
            if other.operator != home.operator {
                distance += 2 * usual;
            }
        }
        if state.model.operations[index].order != order {
            distance += usual;
        }
        distance += random.below(4 * usual.min(1 << 20) as usize) as Time;
        distances.push((distance, *operation));
    }
    let last = count.min(distances.len()) - 1;
    distances.select_nth_unstable(last);
    let mut chosen: Vec<u32> = distances[..=last].iter().map(|(_, operation)| *operation).collect();
    chosen.push(seed as u32);
    chosen
}

/// The seed's order and others.
fn whole_orders(
    state: &State,
    movable: &[u32],
    seed: usize,
    count: usize,
    random: &mut Random,
) -> Vec<u32> {
    let mut chosen = Vec::new();
    let mut next = seed;
    for _ in 0..count {
        let order = state.model.operations[next].order as usize;
        let operations = &state.model.orders[order];
        // Of an order with very many operations, a stretch.
        let first = random.below(operations.len().saturating_sub(LARGEST) + 1);
        chosen.extend(operations.iter().skip(first).take(LARGEST));
        if chosen.len() >= count {
            break;
        }
        next = movable[random.below(movable.len())] as usize;
    }
    chosen
}

/// What stands beside the seed at its machine and with its operator.
fn string(state: &State, seed: usize, count: usize) -> Vec<u32> {
    let mut chosen = vec![seed as u32];
    let Some(home) = state.placed[seed] else { return chosen };
    for lane in [home.machine_lane, home.operator_lane] {
        let Some(slots) = state.lanes.get(lane as usize) else { continue };
        let middle = slots.partition_point(|slot| slot.start < home.start);
        let first = middle.saturating_sub(count / 2);
        let around = slots[first..].iter().take(count);
        chosen.extend(around.map(|slot| slot.operation));
    }
    chosen
}

/// The seed and what follows it, and what is done by a machine and an operator who could do the
/// seed sooner: of some such pairs those whose work weighs least.
fn in_the_way(state: &State, seed: usize, random: &mut Random) -> Ruin {
    let mut operations = Vec::new();
    add_with_followers(state, seed as u32, &mut operations);
    let best = (0..PAIRS_COMPARED).filter_map(|_| displaced(state, seed, random)).min();
    for displaced in best.into_iter().flat_map(|(_, displaced)| displaced) {
        add_with_followers(state, displaced, &mut operations);
    }
    Ruin { operations, first: Some(state.model.operations[seed].order), keeps_pairs: false }
}

/// What a random pair would have to leave for the seed, and how much it weighs.
fn displaced(state: &State, seed: usize, random: &mut Random) -> Option<(i64, Vec<u32>)> {
    let model = state.model;
    let ways = model.ways(seed);
    let bounds = state.bounds(seed).filter(|_| !ways.is_empty())?;
    let way = model.way(ways.start + random.below(ways.len()));
    let hand = way.hands.start as usize + random.below(way.hands.len());
    let (pair, from) = state.pair(seed, way.machine, hand, &bounds);
    let mut resources = vec![way.machine as usize];
    if pair.operator != NONE {
        resources.push(model.operator_resource(pair.operator));
    }
    let mut start = from;
    for _ in 0..4 {
        for resource in &resources {
            start = model.hours[*resource].fit(start, 0, pair.duration)?;
        }
    }
    if state.placed[seed].is_some_and(|placed| placed.start <= start) {
        return None;
    }
    let end = start + pair.duration;
    let mut displaced = Vec::new();
    for resource in resources {
        let lanes = model.lanes(resource);
        let slots = &state.lanes[lanes.start + random.below(lanes.len())];
        let first = slots.partition_point(|slot| slot.end <= start);
        let there = slots[first..].iter().take_while(|slot| slot.start < end);
        displaced.extend(there.map(|slot| slot.operation));
    }
    let weight_of = |operation: &u32| {
        let work = &model.operations[*operation as usize];
        let weight = model.problem.orders[work.order as usize].weight;
        (!work.is_pinned).then_some(1 + weight)
    };
    let weight = displaced.iter().map(weight_of).sum::<Option<i64>>()?;
    Some((weight, displaced))
}

/// Adds an operation and what waits for it, as far as the size allows.
fn add_with_followers(state: &State, operation: u32, chosen: &mut Vec<u32>) {
    let mut next = chosen.len();
    chosen.push(operation);
    while let Some(operation) = chosen.get(next).filter(|_| chosen.len() < LARGEST) {
        let ties = &state.model.operations[*operation as usize].after;
        chosen.extend(ties.iter().map(|tie| tie.other));
        next += 1;
    }
}

/// The seed with others that use up the same material, and what follows them.
fn same_material(state: &State, seed: usize, count: usize, random: &mut Random) -> Vec<u32> {
    let model = state.model;
    let mut chosen = vec![seed as u32];
    let consumes = |operation: usize| &model.problem.operations[operation].consumes;
    // What waits for material, or something before it in its order does.
    let order = &model.orders[model.operations[seed].order as usize];
    let mut users = order.iter().filter(|operation| !consumes(**operation as usize).is_empty());
    let Some(user) = users.next().map(|user| *user as usize) else { return chosen };
    let used = consumes(user)[random.below(consumes(user).len())].material;
    chosen.push(user as u32);
    let rivals = &model.consumers[used];
    for _ in 0..count.min(rivals.len()) {
        let rival = rivals[random.below(rivals.len())];
        chosen.push(rival);
        chosen.extend(model.operations[rival as usize].after.iter().map(|tie| tie.other));
    }
    chosen.extend(model.operations[user].after.iter().map(|tie| tie.other));
    chosen
}

/// Everything from some time before the seed on: what follows moves up, or makes room for the
/// seed's order.
fn shift(state: &State, movable: &[u32], seed: usize, random: &mut Random) -> Ruin {
    let work = &state.model.operations[seed];
    let at = start_of(state, seed);
    let back = random.below((at - work.earliest).clamp(0, 1 << 40) as usize + 1) as Time;
    let from = at - back;
    let is_later = |operation: &&u32| match state.placed[**operation as usize] {
        Some(Placement { start, .. }) => start >= from,
        None => true,
    };
    let operations = movable.iter().filter(is_later).copied().collect();
    Ruin { operations, first: Some(work.order), keeps_pairs: true }
}
