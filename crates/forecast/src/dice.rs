//! Seeded randomness with values that stay the same on every machine and in every release.
//!
//! Every tree has dice of its own, drawn from the seed and the tree's number, so that the forest
//! does not depend on how trees are spread over threads. Never seeded from the surroundings.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng as _, SeedableRng as _};

/// Dice of one tree or one fold.
#[derive(Debug, Clone)]
pub(crate) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The dice number `stream` of `seed`.
    pub(crate) fn of(seed: u64, stream: u64) -> Self {
        let mixed = seed.rotate_left(32) ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// A number from 0 to one below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // The high bits times the bound: uneven by less than one in 2^31, and exact everywhere.
        let high = self.0.next_u64() >> 32;
        ((high * bound as u64) >> 32) as usize
    }

    /// A number from 0 to just below 1, a multiple of 2^-24.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.0.next_u64() >> 40) as f32 / 16_777_216.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_stay_within_bounds_and_repeat() {
        let throws = |stream| {
            let mut dice = Dice::of(7, stream);
            (0..1_000).map(|_| (dice.below(6), dice.unit())).collect::<Vec<_>>()
        };
        assert_eq!(throws(1), throws(1));
        assert_ne!(throws(1), throws(2));
        assert!(throws(1).iter().all(|(face, unit)| *face < 6 && (0.0..1.0).contains(unit)));
        assert_eq!((0..6).filter(|face| throws(1).iter().any(|(seen, _)| seen == face)).count(), 6);
    }
}
