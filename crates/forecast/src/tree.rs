//! One extremely randomised tree whose leaves keep the idle minutes that fell into them.
//!
//! At every node some figures are drawn and for each a random threshold; the split that separates
//! the ranks of the minutes best is kept. Ranks, because minutes span a thousandfold and one closed
//! month would draw all splits to itself. Uses no transcendental function: equal on every machine.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::dice::Dice;
use crate::features::{FEATURES, FeatureRow};

/// A leaf has at least so many samples.
const LEAF_SAMPLES: usize = 5;
/// Figures tried at a node: three in ten.
const FIGURES_TRIED: usize = FEATURES * 3 / 10;

/// What a forest learns from: rows of figures, the minutes that came, and their ranks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lessons {
    pub(crate) rows: Vec<FeatureRow>,
    pub(crate) minutes: Vec<f32>,
    pub(crate) ranks: Vec<f32>,
}

impl Lessons {
    /// Adds the rank of every minute, from 0 to 1, equal ones sharing the mean of theirs.
    pub(crate) fn ranked(rows: Vec<FeatureRow>, minutes: Vec<f32>) -> Self {
        let mut order: Vec<usize> = (0..minutes.len()).collect();
        order.sort_unstable_by(|a, b| minutes[*a].total_cmp(&minutes[*b]));
        let mut ranks = vec![0.0; minutes.len()];
        let mut from = 0;
        for equal in order.chunk_by(|a, b| minutes[*a] == minutes[*b]) {
            let rank = (from as f64 + (equal.len() - 1) as f64 / 2.0) / minutes.len() as f64;
            equal.iter().for_each(|at| ranks[*at] = rank as f32);
            from += equal.len();
        }
        Self { rows, minutes, ranks }
    }
}

/// A place in a tree. A split leads to `left` if the figure is below the threshold, else to the
/// place after `left`; a leaf holds `minutes[from..to]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Node {
    Split { figure: u16, threshold: f32, left: u32 },
    Leaf { from: u32, to: u32 },
}

/// A grown tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    minutes: Vec<f32>,
}

struct Split {
    figure: usize,
    threshold: f32,
    gain: f64,
}

impl Tree {
    /// Grows a tree on these samples; `None` once `cancelled` is set.
    pub(crate) fn grow(
        lessons: &Lessons,
        mut samples: Vec<u32>,
        dice: &mut Dice,
        cancelled: &AtomicBool,
    ) -> Option<Self> {
        let mut tree = Self { nodes: vec![Node::Leaf { from: 0, to: 0 }], minutes: Vec::new() };
        let mut figures: Vec<usize> = (0..FEATURES).collect();
        let mut open = vec![(0_usize, 0_usize, samples.len())];
        while let Some((at, from, to)) = open.pop() {
            if cancelled.load(Ordering::Relaxed) {
                return None;
            }
            let here = &mut samples[from..to];
            match best_split(lessons, here, &mut figures, dice) {
                Some(split) => {
                    let left = tree.nodes.len();
                    tree.nodes[at] = Node::Split {
                        figure: split.figure as u16,
                        threshold: split.threshold,
                        left: left as u32,
                    };
                    tree.nodes.extend([Node::Leaf { from: 0, to: 0 }; 2]);
                    let middle = from + divide(lessons, here, &split);
                    open.extend([(left + 1, middle, to), (left, from, middle)]);
                }
                None => tree.nodes[at] = tree.make_leaf(lessons, here),
            }
        }
        Some(tree)
    }

    fn make_leaf(&mut self, lessons: &Lessons, samples: &[u32]) -> Node {
        let from = self.minutes.len() as u32;
        self.minutes.extend(samples.iter().map(|at| lessons.minutes[*at as usize]));
        Node::Leaf { from, to: self.minutes.len() as u32 }
    }

    /// The minutes that came in situations like this one.
    pub(crate) fn minutes_like(&self, row: &FeatureRow) -> &[f32] {
        let mut at = 0;
        loop {
            match self.nodes[at] {
                Node::Split { figure, threshold, left } => {
                    let right = usize::from(row[figure as usize] >= threshold);
                    at = left as usize + right;
                }
                Node::Leaf { from, to } => return &self.minutes[from as usize..to as usize],
            }
        }
    }

    /// Whether every place that the tree names exists, so that a stored one can be walked.
    pub(crate) fn is_sound(&self) -> bool {
        let places = self.nodes.iter().enumerate().all(|(at, node)| match *node {
            Node::Split { figure, left, .. } => {
                (figure as usize) < FEATURES
                    && left as usize > at
                    && left as usize + 1 < self.nodes.len()
            }
            Node::Leaf { from, to } => from < to && to as usize <= self.minutes.len(),
        });
        places && !self.nodes.is_empty() && self.minutes.iter().all(|minutes| minutes.is_finite())
    }
}

/// The best of some random splits; `None` if the samples are few or all alike.
fn best_split(
    lessons: &Lessons,
    samples: &[u32],
    figures: &mut [usize],
    dice: &mut Dice,
) -> Option<Split> {
    let first = lessons.minutes[*samples.first()? as usize];
    let alike = samples.iter().all(|at| lessons.minutes[*at as usize] == first);
    if samples.len() < 2 * LEAF_SAMPLES || alike {
        return None;
    }
    let total: f64 = samples.iter().map(|at| f64::from(lessons.ranks[*at as usize])).sum();
    let mut best: Option<Split> = None;
    let mut tried = 0;
    for drawn in 0..figures.len() {
        if tried == FIGURES_TRIED {
            break;
        }
        let other = drawn + dice.below(figures.len() - drawn);
        figures.swap(drawn, other);
        let figure = figures[drawn];
        let Some(threshold) = random_threshold(lessons, samples, figure, dice) else {
            continue;
        };
        tried += 1;
        let gain = gain_of(lessons, samples, figure, threshold, total);
        if gain.is_some_and(|gain| best.as_ref().is_none_or(|best| gain > best.gain)) {
            best = gain.map(|gain| Split { figure, threshold, gain });
        }
    }
    best
}

/// A threshold between the smallest and the largest value; `None` if all are equal.
fn random_threshold(
    lessons: &Lessons,
    samples: &[u32],
    figure: usize,
    dice: &mut Dice,
) -> Option<f32> {
    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
    for at in samples {
        let value = lessons.rows[*at as usize][figure];
        low = low.min(value);
        high = high.max(value);
    }
    if low >= high {
        return None;
    }
    let threshold = low + (high - low) * dice.unit();
    // Nothing is below the smallest value, and rounding may reach the largest.
    Some(if threshold > low { threshold } else { high })
}

/// How much the ranks' spread shrinks by the split; `None` if it leaves a side with too few.
fn gain_of(
    lessons: &Lessons,
    samples: &[u32],
    figure: usize,
    threshold: f32,
    total: f64,
) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_usize);
    for at in samples {
        if lessons.rows[*at as usize][figure] < threshold {
            sum += f64::from(lessons.ranks[*at as usize]);
            count += 1;
        }
    }
    let others = samples.len() - count;
    if count < LEAF_SAMPLES || others < LEAF_SAMPLES {
        return None;
    }
    let rest = total - sum;
    Some(sum * sum / count as f64 + rest * rest / others as f64)
}

/// Brings the samples below the threshold to the front; says how many they are.
fn divide(lessons: &Lessons, samples: &mut [u32], split: &Split) -> usize {
    let mut front = 0;
    for at in 0..samples.len() {
        if lessons.rows[samples[at] as usize][split.figure] < split.threshold {
            samples.swap(front, at);
            front += 1;
        }
    }
    front
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lessons(count: usize) -> Lessons {
        let rows = (0..count)
            .map(|at| std::array::from_fn(|figure| if figure == 0 { at as f32 } else { 0.0 }));
        Lessons::ranked(rows.collect(), (0..count).map(|at| (at / 10) as f32).collect())
    }

    fn grow(lessons: &Lessons, count: u32, seed: u64) -> Tree {
        let dice = &mut Dice::of(seed, 1);
        Tree::grow(lessons, (0..count).collect(), dice, &AtomicBool::new(false))
            .expect("nobody cancels")
    }

    #[test]
    fn trees_tell_apart_what_a_figure_tells_apart() {
        let lessons = lessons(400);
        let mut row = [0.0; FEATURES];
        row[0] = 350.0;
        let (mut sum, mut count) = (0.0, 0.0);
        for seed in 0..20 {
            let tree = grow(&lessons, 400, seed);
            assert!(tree.is_sound());
            assert_eq!(tree.minutes.len(), 400);
            sum += tree.minutes_like(&row).iter().sum::<f32>();
            count += tree.minutes_like(&row).len() as f32;
        }
        assert!((sum / count - 35.0).abs() < 2.0, "{}", sum / count);
    }

    #[test]
    fn samples_that_are_all_alike_stay_in_one_leaf() {
        let rows = vec![[0.0; FEATURES]; 5];
        let lessons = Lessons::ranked(rows, vec![1.0, 2.0, 2.0, 3.0, 4.0]);
        assert_eq!(lessons.ranks, [0.0, 0.3, 0.3, 0.6, 0.8]);
        let tree = grow(&lessons, 5, 1);
        assert_eq!(tree.minutes_like(&[0.0; FEATURES]).len(), 5);
    }
}
