//! Takes a part of a plan out and puts it back: the step that the search is made of.
//!
//! What waits for something is put back after it; beyond that the order is by urgency, by time or
//! by chance. A step that is not wanted is taken back exactly.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::insert::Inserter;
use super::model::NONE;
use super::ruin::Ruin;
use super::state::{Placement, State};
use crate::problem::Time;
use crate::random::Random;
use crate::stop::Stop;

/// A step that can be taken back.
pub(super) struct Rebuilding {
    was: Vec<(u32, Option<Placement>)>,
    queue: BinaryHeap<Reverse<(Time, u32, u32)>>,
    /// By operation; what it says of those that are not taken out means nothing.
    notes: Vec<Note>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Note {
    is_removed: bool,
    /// How many others have to be put back before.
    waiting: u32,
    /// When its turn is; less is earlier.
    key: Time,
    was: Option<Placement>,
}

impl Rebuilding {
    pub(super) fn new(operations: usize) -> Self {
        let notes = vec![Note::default(); operations];
        Self { was: Vec::new(), queue: BinaryHeap::new(), notes }
    }

    /// Rebuilds a part; false if it cannot be put back so that all rules hold, or if the time is
    /// over. Then it has to be taken back.
    pub(super) fn rebuild(
        &mut self,
        state: &mut State,
        ruin: &Ruin,
        (inserter, random): (&mut Inserter, &mut Random),
        stop: &Stop,
    ) -> bool {
        self.take_out(state, ruin);
        self.set_keys(state, ruin, random);
        self.enqueue(state);
        while let Some(Reverse((_, _, operation))) = self.queue.pop() {
            let index = operation as usize;
            let was = self.notes[index].was.filter(|was| keeps_pair(state, ruin, index, was));
            let again = was.and_then(|was| inserter.again(state, index, &was));
            match again.or_else(|| inserter.best(state, index, random)) {
                Some(placement) => state.place(index, placement),
                None if is_needed(state, index) => return self.abandon(),
                None => {}
            }
            if stop.is_due() {
                return self.abandon();
            }
            self.release_followers(state, index);
        }
        self.was
            .iter()
            .all(|(_, was)| was.is_none_or(|placement| state.is_set_up(placement.machine as usize)))
    }

    /// Forgets who waits for whom.
    fn abandon(&mut self) -> bool {
        self.queue.clear();
        for (operation, _) in &self.was {
            self.notes[*operation as usize].waiting = 0;
        }
        false
    }

    /// Takes the step back.
    pub(super) fn take_back(&self, state: &mut State) {
        for (operation, was) in &self.was {
            if state.placed[*operation as usize] != *was {
                state.remove(*operation as usize);
            }
        }
        for (operation, was) in &self.was {
            if let (None, Some(was)) = (state.placed[*operation as usize], was) {
                state.place(*operation as usize, *was);
            }
        }
    }

    fn take_out(&mut self, state: &mut State, ruin: &Ruin) {
        self.was.clear();
        for operation in &ruin.operations {
            self.take(state, *operation);
        }
        // What waits for something that is left out comes along: it is left out as well.
        let mut next = 0;
        while let Some((operation, was)) = self.was.get(next).copied() {
            next += 1;
            if was.is_none() {
                for tie in &state.model.operations[operation as usize].after {
                    self.take(state, tie.other);
                }
            }
        }
    }

    fn take(&mut self, state: &mut State, operation: u32) {
        let index = operation as usize;
        let note = &mut self.notes[index];
        if !note.is_removed && !state.model.operations[index].is_pinned {
            note.is_removed = true;
            note.was = state.remove(index);
            self.was.push((operation, note.was));
        }
    }

    /// Decides in which order operations are put back; less is earlier.
    fn set_keys(&mut self, state: &State, ruin: &Ruin, random: &mut Random) {
        let kind = random.below(6);
        for (operation, was) in &self.was {
            let index = *operation as usize;
            let work = &state.model.operations[index];
            let start = was.map_or(work.earliest, |placement| placement.start);
            let order = &state.model.problem.orders[work.order as usize];
            let noise = |random: &mut Random| {
                random.below(1 + (2 * work.shortest).clamp(0, 1 << 40) as usize) as Time
            };
            self.notes[index].key = match kind {
                _ if ruin.first == Some(work.order) => Time::MIN,
                _ if ruin.keeps_pairs => start,
                0 => start + noise(random),
                1 => random.below(1 << 40) as Time,
                2 | 3 => (work.shortest + work.tail + noise(random)) / order.weight.max(1),
                _ => {
                    let slack = order.due.unwrap_or(1 << 41) - work.tail - work.shortest;
                    let weight = order.weight.max(1);
                    let urgency =
                        if slack < 0 { slack.saturating_mul(weight) } else { slack / weight };
                    urgency.saturating_add(noise(random))
                }
            };
        }
    }

    fn enqueue(&mut self, state: &State) {
        for (operation, _) in &self.was {
            let ties = &state.model.operations[*operation as usize].before;
            let removed = ties.iter().filter(|tie| self.notes[tie.other as usize].is_removed);
            self.notes[*operation as usize].waiting = removed.count() as u32;
        }
        for index in 0..self.was.len() {
            let (operation, _) = self.was[index];
            let note = &mut self.notes[operation as usize];
            note.is_removed = false;
            if note.waiting == 0 {
                self.push(state, operation);
            }
        }
    }

    fn push(&mut self, state: &State, operation: u32) {
        let rank = state.model.operations[operation as usize].rank;
        self.queue.push(Reverse((self.notes[operation as usize].key, rank, operation)));
    }

    fn release_followers(&mut self, state: &State, operation: usize) {
        for tie in &state.model.operations[operation].after {
            let waiting = &mut self.notes[tie.other as usize].waiting;
            if *waiting > 0 {
                *waiting -= 1;
                if *waiting == 0 {
                    self.push(state, tie.other);
                }
            }
        }
    }
}

/// Whether an operation is to come back to the same machine and operator.
fn keeps_pair(state: &State, ruin: &Ruin, operation: usize, was: &Placement) -> bool {
    let order = state.model.operations[operation].order;
    ruin.keeps_pairs && ruin.first != Some(order) && was.hand != NONE
}

/// Whether something is planned that waits for the operation.
fn is_needed(state: &State, operation: usize) -> bool {
    let after = &state.model.operations[operation].after;
    after.iter().any(|tie| state.placed[tie.other as usize].is_some())
}
