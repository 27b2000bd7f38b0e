//! Why a forecast is what it is: the minutes that each factor adds to the usual, exactly.
//!
//! The usual situation has the middle value of every figure. Factors take turns in all orders in
//! replacing the usual figures by those of the moment; a factor's mean effect over all orders (its
//! Shapley value) is what it contributes. The contributions sum to the difference explained.

use serde::Serialize;

use crate::features::{Factor, FallingIdle, FeatureRow, describe, places_of};
use crate::floor::Floor;
use crate::model::ForecastModel;

const FACTORS: usize = Factor::ALL.len();

/// What a factor adds to the usual forecast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Contribution {
    /// Which.
    pub factor: Factor,
    /// Minutes that it adds to the median, or takes off.
    pub minutes: f64,
    /// What it adds to the chance of idling, from -1 to 1.
    pub chance_idle: f64,
}

/// A forecast taken apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The median in the usual situation.
    pub usual_minutes: f64,
    /// The chance of idling in the usual situation.
    pub usual_chance_idle: f64,
    /// What each factor makes of it, the strongest first.
    pub contributions: Vec<Contribution>,
}

impl ForecastModel {
    /// Takes the forecast of this moment apart; `None` for a resource that the floor has not.
    #[must_use]
    pub fn explain(&self, floor: &Floor, moment: &FallingIdle) -> Option<Explanation> {
        if moment.resource >= floor.resources().len() {
            return None;
        }
        let answers = self.answers(&describe(floor, moment))?;
        let mut contributions: Vec<Contribution> = Factor::ALL
            .into_iter()
            .enumerate()
            .map(|(at, factor)| {
                let (minutes, chance_idle) = mean_effect(&answers, 1 << at);
                Contribution { factor, minutes, chance_idle }
            })
            .collect();
        contributions.sort_by(|a, b| b.minutes.abs().total_cmp(&a.minutes.abs()));
        let (usual_minutes, usual_chance_idle) = answers[0];
        Some(Explanation { usual_minutes, usual_chance_idle, contributions })
    }

    /// Median and chance of idling for every set of factors that are as at the moment; bit by bit,
    /// the others being as usual.
    fn answers(&self, row: &FeatureRow) -> Option<Vec<(f64, f64)>> {
        (0..1_usize << FACTORS)
            .map(|set| {
                let mut mixed: FeatureRow = self.usual.as_slice().try_into().ok()?;
                for (at, factor) in Factor::ALL.into_iter().enumerate() {
                    if set & (1 << at) != 0 {
                        let places = places_of(factor);
                        mixed[places.clone()].copy_from_slice(&row[places]);
                    }
                }
                self.forecast_row(&mixed).map(|forecast| (forecast.median, forecast.chance_idle))
            })
            .collect()
    }
}

/// What a factor changes, over all orders in which the factors can be added.
fn mean_effect(answers: &[(f64, f64)], factor: usize) -> (f64, f64) {
    let (mut minutes, mut chance) = (0.0, 0.0);
    for set in (0..answers.len()).filter(|set| set & factor == 0) {
        let weight = share_of_orders(set.count_ones());
        let (with, without) = (answers[set | factor], answers[set]);
        minutes += weight * (with.0 - without.0);
        chance += weight * (with.1 - without.1);
    }
    (minutes, chance)
}

/// In which share of all orders exactly a given set of so many factors comes before another one.
fn share_of_orders(before: u32) -> f64 {
    let factorial = |count: u32| (1..=count).map(f64::from).product::<f64>();
    factorial(before) * factorial(FACTORS as u32 - before - 1) / factorial(FACTORS as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_sum_to_what_they_explain() {
        let answers: Vec<(f64, f64)> = (0..1 << FACTORS)
            .map(|set| (f64::from(set * set % 97), f64::from(set) / 64.0))
            .collect();
        let effects = (0..FACTORS).map(|at| mean_effect(&answers, 1 << at));
        let (minutes, chance) = effects.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let last = answers[answers.len() - 1];
        assert!((minutes - (last.0 - answers[0].0)).abs() < 1e-9);
        assert!((chance - (last.1 - answers[0].1)).abs() < 1e-9);
    }
}
