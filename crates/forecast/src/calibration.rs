//! Keeps the promise of an interval: eight outcomes in ten lie between its ends.
//!
//! A conformal correction on levels: where in their forecasts the last outcomes really lay says at
//! which level of the next forecast a quantile is to be read. The window moves with every outcome
//! that becomes known, so a change in the plant is followed. It never changes the model.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::distribution::Distribution;

/// Outcomes remembered.
const WINDOW: usize = 400;
/// Outcomes that are pretended to have lain evenly, so that few real ones do not decide alone.
const PRETENDED: f64 = 20.0;

/// Where recent outcomes lay in their forecasts. Many gaps last a minute exactly, so an outcome
/// lies on a step of its forecast: from the share below it to the share that does not exceed it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Calibration {
    /// Oldest first.
    steps: VecDeque<(f64, f64)>,
    sorted_bottoms: Vec<f64>,
    sorted_tops: Vec<f64>,
}

impl Calibration {
    /// Takes note of how long it was in the end.
    pub(crate) fn observe(&mut self, forecast: &Distribution, minutes: f64) {
        let (bottom, top) = forecast.step_of(minutes);
        if self.steps.len() == WINDOW
            && let Some((old_bottom, old_top)) = self.steps.pop_front()
        {
            self.sorted_bottoms.remove(place(&self.sorted_bottoms, old_bottom));
            self.sorted_tops.remove(place(&self.sorted_tops, old_top));
        }
        self.steps.push_back((bottom, top));
        self.sorted_bottoms.insert(place(&self.sorted_bottoms, bottom), bottom);
        self.sorted_tops.insert(place(&self.sorted_tops, top), top);
    }

    /// Where to read the forecast so that a share `level` of outcomes falls short of it.
    pub(crate) fn level_of_low(&self, level: f64) -> f64 {
        level_where(&self.sorted_tops, level)
    }

    /// Where to read the forecast so that a share `level` of outcomes does not exceed it.
    pub(crate) fn level_of_high(&self, level: f64) -> f64 {
        level_where(&self.sorted_bottoms, level)
    }

    /// The share of outcomes to expect where a forecast says `share`.
    pub(crate) fn share_for(&self, share: f64) -> f64 {
        f64::midpoint(
            share_below(&self.sorted_bottoms, share),
            share_below(&self.sorted_tops, share),
        )
    }

    /// Whether a stored calibration is one that [`Self::observe`] could have made.
    pub(crate) fn is_sound(&self) -> bool {
        [&self.sorted_bottoms, &self.sorted_tops].into_iter().all(|levels| {
            levels.len() == self.steps.len()
                && levels.is_sorted()
                && levels.iter().all(|level| (0.0..=1.0).contains(level))
        })
    }
}

fn place(sorted: &[f64], level: f64) -> usize {
    sorted.partition_point(|seen| *seen < level)
}

/// The level below which a share of the remembered ones lies.
fn level_where(sorted: &[f64], share: f64) -> f64 {
    if sorted.is_empty() {
        return share;
    }
    let (mut low, mut high) = (0.0, 1.0);
    // The share below a level rises with the level: halve until it is found.
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if share_below(sorted, middle) < share { low = middle } else { high = middle }
    }
    high
}

fn share_below(sorted: &[f64], level: f64) -> f64 {
    (place(sorted, level) as f64 + PRETENDED * level) / (sorted.len() as f64 + PRETENDED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evenly() -> Distribution {
        let minutes = (1..=1_000).map(|minute| (minute as f32, 1.0));
        Distribution::gather(minutes.collect()).expect("it weighs something")
    }

    #[test]
    fn without_outcomes_levels_stay_as_they_are() {
        let calibration = Calibration::default();
        assert_eq!(calibration.level_of_low(0.1), 0.1);
        assert_eq!(calibration.share_for(0.3), 0.3);
    }

    #[test]
    fn forecasts_that_are_too_wide_are_narrowed() {
        let mut calibration = Calibration::default();
        (0..400).for_each(|at| calibration.observe(&evenly(), 250.0 + 1.25 * f64::from(at)));
        assert!((calibration.level_of_low(0.1) - 0.3).abs() < 0.02);
        assert!((calibration.level_of_high(0.9) - 0.7).abs() < 0.02);
        assert!((calibration.share_for(0.5) - 0.5).abs() < 0.02);
    }

    #[test]
    fn an_outcome_on_the_end_of_an_interval_is_within() {
        let mut calibration = Calibration::default();
        let steps = Distribution::gather(vec![(1.0, 3.0), (60.0, 7.0)]).expect("it weighs");
        (0..400).for_each(|_| calibration.observe(&steps, 1.0));
        // Ones lie at the low end wherever it is read up to 0.3: none falls short.
        assert!(calibration.level_of_low(0.1) >= 0.3);
    }

    #[test]
    fn the_window_follows_a_change() {
        let mut calibration = Calibration::default();
        (0..WINDOW).for_each(|_| calibration.observe(&evenly(), 1.0));
        (0..WINDOW).for_each(|at| calibration.observe(&evenly(), 2.5 * at as f64));
        assert!(calibration.is_sound());
        assert_eq!(calibration.steps.len(), WINDOW);
        assert!((calibration.level_of_high(0.8) - 0.8).abs() < 0.01);
    }
}
