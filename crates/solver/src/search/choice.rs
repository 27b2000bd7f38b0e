//! Judges of moves: the cheapest, the cheapest that is not tabu, any.
//!
//! Among equals chance decides, with the same probability for each. They see moves as the
//! neighbourhood finds them and keep one; making it is for the search.

use std::cmp::Ordering;

use super::neighbourhood::{Judge, Move};
use super::tabu::TabuList;
use crate::random::Random;

/// Keeps the cheapest move.
pub(super) struct Cheapest<'a> {
    random: &'a mut Random,
    best: Option<Move>,
    equals: usize,
}

impl<'a> Cheapest<'a> {
    pub(super) fn new(random: &'a mut Random) -> Self {
        Self { random, best: None, equals: 0 }
    }

    pub(super) fn best(self) -> Option<Move> {
        self.best
    }
}

impl Judge for Cheapest<'_> {
    fn limit(&self, makespan: i32) -> Option<i32> {
        let Some(best) = self.best else { return Some(i32::MAX) };
        match makespan.cmp(&best.makespan) {
            Ordering::Less => Some(best.makespan),
            Ordering::Equal => Some(best.through),
            Ordering::Greater => None,
        }
    }

    fn consider(&mut self, found: Move) {
        let order = self.best.map_or(Ordering::Less, |best| found.cost().cmp(&best.cost()));
        self.equals = match order {
            Ordering::Less => 1,
            Ordering::Equal => self.equals + 1,
            Ordering::Greater => return,
        };
        if self.random.one_in(self.equals) {
            self.best = Some(found);
        }
    }
}

/// Keeps the cheapest move that is not tabu.
pub(super) struct Allowed<'a> {
    cheapest: Cheapest<'a>,
    tabu: &'a TabuList,
    /// A move to less than this is always allowed.
    aspiration: i32,
}

impl<'a> Allowed<'a> {
    pub(super) fn new(tabu: &'a TabuList, aspiration: i32, random: &'a mut Random) -> Self {
        Self { cheapest: Cheapest::new(random), tabu, aspiration }
    }

    pub(super) fn best(self) -> Option<Move> {
        self.cheapest.best()
    }
}

impl Judge for Allowed<'_> {
    fn limit(&self, makespan: i32) -> Option<i32> {
        self.cheapest.limit(makespan)
    }

    fn consider(&mut self, found: Move) {
        if found.makespan < self.aspiration || !self.tabu.forbids(found.place.option) {
            self.cheapest.consider(found);
        }
    }
}

/// Keeps any move.
pub(super) struct Any<'a> {
    random: &'a mut Random,
    kept: Option<Move>,
    seen: usize,
}

impl<'a> Any<'a> {
    pub(super) fn new(random: &'a mut Random) -> Self {
        Self { random, kept: None, seen: 0 }
    }

    pub(super) fn kept(self) -> Option<Move> {
        self.kept
    }
}

impl Judge for Any<'_> {
    fn limit(&self, _: i32) -> Option<i32> {
        Some(i32::MAX)
    }

    fn consider(&mut self, found: Move) {
        self.seen += 1;
        if self.random.one_in(self.seen) {
            self.kept = Some(found);
        }
    }
}
