//! A forest that answers with the whole distribution of minutes seen in like situations.
//!
//! Trees are independent and numbered; how many threads grow them changes nothing but the time.
//! On a long history every tree sees an even draw from all of it. Which figures it is fed with is
//! not its business.

use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use crate::dice::Dice;
use crate::distribution::Distribution;
use crate::error::ForecastError;
use crate::features::FeatureRow;
use crate::tree::{Lessons, Tree};

/// Samples that one tree sees at most.
const SAMPLES_PER_TREE: usize = 12_000;

/// How a forest is grown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Growth<'a> {
    pub(crate) trees: usize,
    pub(crate) threads: usize,
    pub(crate) seed: u64,
    pub(crate) cancelled: &'a AtomicBool,
}

/// Trees that vote with the minutes in their leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Forest {
    trees: Vec<Tree>,
}

impl Forest {
    /// Grows a forest on the given samples of the lessons.
    pub(crate) fn grow(
        lessons: &Lessons,
        samples: &[u32],
        growth: &Growth<'_>,
    ) -> Result<Self, ForecastError> {
        let grow_one = |number: usize| {
            let mut dice = Dice::of(growth.seed, number as u64);
            let drawn = draw(samples, &mut dice);
            Tree::grow(lessons, drawn, &mut dice, growth.cancelled)
        };
        let threads = growth.threads.clamp(1, growth.trees);
        let grown: Vec<Option<Tree>> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|thread| {
                    scope.spawn(move || {
                        (thread..growth.trees).step_by(threads).map(grow_one).collect::<Vec<_>>()
                    })
                })
                .collect();
            let mut shares: Vec<_> = workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_default().into_iter())
                .collect();
            // Back into the order of their numbers.
            (0..growth.trees).map(|number| shares[number % threads].next().flatten()).collect()
        });
        let trees = grown.into_iter().collect::<Option<Vec<Tree>>>();
        trees.map(|trees| Self { trees }).ok_or(ForecastError::Cancelled)
    }

    /// The minutes that came in situations like this one; every tree weighs the same.
    pub(crate) fn distribution(&self, row: &FeatureRow) -> Option<Distribution> {
        let votes = self.trees.iter().flat_map(|tree| {
            let minutes = tree.minutes_like(row);
            minutes.iter().map(|one| (*one, 1.0 / minutes.len() as f64))
        });
        Distribution::gather(votes.collect())
    }

    /// Whether a stored forest can be asked.
    pub(crate) fn is_sound(&self) -> bool {
        !self.trees.is_empty() && self.trees.iter().all(Tree::is_sound)
    }
}

/// All samples, or one from each of equal stretches if they are many.
fn draw(samples: &[u32], dice: &mut Dice) -> Vec<u32> {
    let count = samples.len();
    if count <= SAMPLES_PER_TREE {
        return samples.to_vec();
    }
    (0..SAMPLES_PER_TREE)
        .map(|stretch| {
            let from = stretch * count / SAMPLES_PER_TREE;
            let to = (stretch + 1) * count / SAMPLES_PER_TREE;
            samples[from + dice.below(to - from)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::FEATURES;

    fn grow(threads: usize, seed: u64, cancelled: bool) -> Result<Forest, ForecastError> {
        let rows = (0..300)
            .map(|at| std::array::from_fn(|figure| ((at * (figure + 3)) % 17) as f32))
            .collect();
        let lessons = Lessons::ranked(rows, (0..300).map(|at| (at % 29) as f32).collect());
        let samples: Vec<u32> = (0..300).collect();
        let cancelled = AtomicBool::new(cancelled);
        let growth = Growth { trees: 7, threads, seed, cancelled: &cancelled };
        Forest::grow(&lessons, &samples, &growth)
    }

    #[test]
    fn threads_do_not_change_the_forest_but_the_seed_does() {
        assert_eq!(grow(1, 5, false), grow(3, 5, false));
        assert_ne!(grow(1, 5, false), grow(1, 6, false));
        assert_eq!(grow(2, 5, true), Err(ForecastError::Cancelled));
    }

    #[test]
    fn a_draw_is_spread_over_the_whole_history() {
        let samples: Vec<u32> = (0..120_000).collect();
        let drawn = draw(&samples, &mut Dice::of(1, 1));
        assert_eq!(drawn.len(), SAMPLES_PER_TREE);
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(drawn[0] < 10 && drawn[SAMPLES_PER_TREE - 1] >= 119_990);
    }

    #[test]
    fn a_forest_survives_being_stored() {
        let forest = grow(1, 5, false).expect("nobody cancels");
        let stored = serde_json::to_string(&forest).expect("plain figures");
        let read: Forest = serde_json::from_str(&stored).expect("as it was written");
        assert!(read.is_sound());
        let row = [4.0; FEATURES];
        assert_eq!(read.distribution(&row), forest.distribution(&row));
    }
}
