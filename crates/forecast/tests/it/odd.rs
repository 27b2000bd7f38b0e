//! Plants that are hardly plants: every one gets an answer or a clear error, never a panic.
//!
//! One report, constant gaps, everything at once, no future, random spans: whatever a young or
//! careless installation may send.

use std::sync::atomic::AtomicBool;

use mraos_forecast::backtest::backtest;
use mraos_forecast::error::ForecastError;
use mraos_forecast::model::Training;
use proptest::prelude::*;

use crate::plant::{logs, plant, report, resources, training};

#[test]
fn a_log_of_one_row_says_that_there_is_nothing_to_learn() {
    let resources = resources(1);
    let reports = [report(0, 0.0, 10.0)];
    let error = backtest(&logs(&resources, &reports), 100.0, &training(1));
    assert_eq!(error, Err(ForecastError::NothingToLearn));
    assert_eq!(backtest(&logs(&resources, &[]), 0.0, &training(1)), error);
}

#[test]
fn a_split_after_everything_says_that_there_is_nothing_to_score() {
    let resources = resources(1);
    let reports = [report(0, 0.0, 10.0), report(0, 20.0, 30.0)];
    let error = backtest(&logs(&resources, &reports), 100.0, &training(1));
    assert_eq!(error, Err(ForecastError::NothingToScore));
}

#[test]
fn constant_gaps_are_forecast_exactly() {
    let resources = resources(2);
    let reports: Vec<_> = (0..40)
        .map(f64::from)
        .flat_map(|at| {
            [report(0, at * 60.0, at * 60.0 + 45.0), report(1, at * 60.0, at * 60.0 + 45.0)]
        })
        .collect();
    let found = backtest(&logs(&resources, &reports), 600.0, &training(1)).expect("enough");
    assert_eq!(found.score.mae, 0.0);
    assert_eq!(found.score.coverage_80, 1.0);
}

#[test]
fn a_machine_that_is_new_is_forecast_by_the_others() {
    let resources = resources(3);
    let mut reports = plant(5, 2, 100);
    let split_at = 7.0 * 1440.0;
    reports.extend([10.0, 11.0].map(|day| report(2, day * 1440.0 + 400.0, day * 1440.0 + 500.0)));
    let found = backtest(&logs(&resources, &reports), split_at, &training(1)).expect("enough");
    assert!(found.outcomes.iter().all(|one| one.low <= one.median && one.median <= one.high));
}

#[test]
fn training_ends_when_nobody_wants_it() {
    let resources = resources(3);
    let reports = plant(6, 3, 50);
    let cancelled = AtomicBool::new(true);
    let training = Training { seed: 1, threads: 2, cancelled: &cancelled };
    let error = backtest(&logs(&resources, &reports), 4.0 * 1440.0, &training);
    assert_eq!(error, Err(ForecastError::Cancelled));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_spans_are_answered(
        spans in prop::collection::vec((0_usize..3, 0_u32..5_000, 0_u32..400), 0..60),
        split_at in 0_u32..5_000,
    ) {
        let resources = resources(3);
        let reports: Vec<_> = spans
            .into_iter()
            .map(|(resource, start, length)| (resource, f64::from(start), f64::from(length)))
            .map(|(resource, start, length)| report(resource, start, start + length))
            .collect();
        let answer = backtest(&logs(&resources, &reports), f64::from(split_at), &training(1));
        match answer {
            Ok(found) => {
                prop_assert!(found.score.mae.is_finite() && found.score.samples > 0);
                for one in &found.outcomes {
                    prop_assert!(one.low <= one.median && one.median <= one.high);
                }
            }
            Err(error) => prop_assert!(matches!(
                error,
                ForecastError::NothingToLearn | ForecastError::NothingToScore
            )),
        }
    }
}
