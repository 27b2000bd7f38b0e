//! Seeded randomness with values that stay the same on every machine and in every release.
//!
//! Whole numbers only, from a generator whose algorithm is fixed by name: a plant made from a
//! seed is the same plant everywhere. Every subject (an operator, a machine, a batch) has dice of
//! its own, so that what happens to one does not depend on how many others were asked before.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng as _, SeedableRng as _};

/// Offset and prime of the 64-bit FNV-1a hash.
const HASH_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const HASH_PRIME: u64 = 0x0000_0100_0000_01b3;

/// Dice of one subject.
#[derive(Debug, Clone)]
pub(crate) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The dice of `subject` in the world of `seed`.
    pub(crate) fn of(seed: u64, subject: &str) -> Self {
        let mixed = subject.bytes().fold(HASH_OFFSET ^ seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(HASH_PRIME)
        });
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed ^ seed.rotate_left(32)))
    }

    /// A number from 0 to one below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // The high bits times the bound: uneven by less than one in 2^31, and exact everywhere.
        let high = self.0.next_u64() >> 32;
        usize::try_from((high * bound as u64) >> 32).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(span)).unwrap_or_default()
    }

    /// Whether something with a chance of `percent` in a hundred happens.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of them; the list is never empty.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_subject_throw_the_same() {
        let throws = |seed, subject| {
            let mut dice = Dice::of(seed, subject);
            (0..8).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(throws(7, "M-101"), throws(7, "M-101"));
        assert_ne!(throws(7, "M-101"), throws(7, "M-102"));
        assert_ne!(throws(7, "M-101"), throws(8, "M-101"));
    }

    #[test]
    fn every_number_of_the_range_comes_and_no_other() {
        let mut dice = Dice::of(1, "range");
        let mut seen = [0_u32; 7];
        for _ in 0..7_000 {
            seen[usize::try_from(dice.between(-3, 3) + 3).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
    }
}
