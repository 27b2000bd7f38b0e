//! How good forecasts were: the figures of a backtest, by their definitions.
//!
//! Errors are in minutes. The clipped error cuts forecast and outcome at eight hours, so that a
//! shift counts and a closed week does not; the logarithmic one weighs a minute too many among few
//! like an hour too many among many. Nothing here knows how a forecast came about.

use serde::Serialize;

/// Where forecast and outcome are cut for the clipped error.
const CLIP_MINUTES: f64 = 480.0;

/// A forecast beside what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Idle minutes that came.
    pub minutes: f64,
    /// Forecast: the 10 % quantile.
    pub low: f64,
    /// Forecast: the median, which is also the single figure given.
    pub median: f64,
    /// Forecast: the 90 % quantile.
    pub high: f64,
}

/// The figures over all outcomes; in minutes unless the name says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Score {
    /// Outcomes scored.
    pub samples: usize,
    /// Mean absolute error.
    pub mae: f64,
    /// Median absolute error.
    pub medae: f64,
    /// Mean absolute error with forecast and outcome cut at 480 minutes.
    pub mae_clipped_480: f64,
    /// Mean absolute error of ln(1 + minutes).
    pub mae_log1p: f64,
    /// Share of outcomes within the 10 % and 90 % quantiles, both included.
    pub coverage_80: f64,
    /// Mean pinball loss of the 10 % quantile.
    pub pinball_10: f64,
    /// Mean pinball loss of the median.
    pub pinball_50: f64,
    /// Mean pinball loss of the 90 % quantile.
    pub pinball_90: f64,
}

/// Scores the outcomes; `None` if there are none.
#[must_use]
pub fn score(outcomes: &[Outcome]) -> Option<Score> {
    if outcomes.is_empty() {
        return None;
    }
    let mean =
        |of: &dyn Fn(&Outcome) -> f64| outcomes.iter().map(of).sum::<f64>() / outcomes.len() as f64;
    Some(Score {
        samples: outcomes.len(),
        mae: mean(&|one| (one.minutes - one.median).abs()),
        medae: median(outcomes.iter().map(|one| (one.minutes - one.median).abs()).collect()),
        mae_clipped_480: mean(&|one| {
            (one.minutes.min(CLIP_MINUTES) - one.median.min(CLIP_MINUTES)).abs()
        }),
        mae_log1p: mean(&|one| (one.minutes.ln_1p() - one.median.max(0.0).ln_1p()).abs()),
        coverage_80: mean(&|one| f64::from(one.low <= one.minutes && one.minutes <= one.high)),
        pinball_10: mean(&|one| pinball(one.minutes, one.low, 0.1)),
        pinball_50: mean(&|one| pinball(one.minutes, one.median, 0.5)),
        pinball_90: mean(&|one| pinball(one.minutes, one.high, 0.9)),
    })
}

fn pinball(outcome: f64, quantile: f64, level: f64) -> f64 {
    let miss = outcome - quantile;
    if miss >= 0.0 { level * miss } else { (level - 1.0) * miss }
}

/// The middle value, or the mean of the two middle ones.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(minutes: f64, low: f64, median: f64, high: f64) -> Outcome {
        Outcome { minutes, low, median, high }
    }

    fn close(left: f64, right: f64) {
        assert!((left - right).abs() < 1e-9, "{left} is not {right}");
    }

    #[test]
    fn figures_agree_with_a_calculation_by_hand() {
        let score = score(&[
            outcome(10.0, 5.0, 20.0, 40.0),
            outcome(600.0, 100.0, 300.0, 500.0),
            outcome(1.0, 2.0, 3.0, 9.0),
            outcome(700.0, 10.0, 900.0, 1_000.0),
        ]);
        let score = score.expect("four outcomes");
        assert_eq!(score.samples, 4);
        close(score.mae, (10.0 + 300.0 + 2.0 + 200.0) / 4.0);
        close(score.medae, (10.0 + 200.0) / 2.0);
        close(score.mae_clipped_480, (10.0 + 180.0 + 2.0 + 0.0) / 4.0);
        let logs = (21.0_f64 / 11.0).ln()
            + (601.0_f64 / 301.0).ln()
            + (4.0_f64 / 2.0).ln()
            + (901.0_f64 / 701.0).ln();
        close(score.mae_log1p, logs / 4.0);
        close(score.coverage_80, 0.5);
        close(score.pinball_10, (0.1 * 5.0 + 0.1 * 500.0 + 0.9 * 1.0 + 0.1 * 690.0) / 4.0);
        close(score.pinball_50, score.mae / 2.0);
        close(score.pinball_90, (0.1 * 30.0 + 0.9 * 100.0 + 0.1 * 8.0 + 0.1 * 300.0) / 4.0);
    }

    #[test]
    fn the_bounds_of_the_interval_belong_to_it() {
        let score = score(&[outcome(5.0, 5.0, 6.0, 7.0), outcome(7.0, 5.0, 6.0, 7.0)]);
        close(score.expect("two outcomes").coverage_80, 1.0);
        assert_eq!(super::score(&[]), None);
    }
}
