//! No future changes a forecast made before it, and the same seed gives the same figures.
//!
//! The future is replaced by another one; what was forecast before must stay bit by bit. This is
//! what makes a backtest's figures worth anything.

use mraos_forecast::backtest::backtest;

use crate::plant::{logs, plant, resources, training};

#[test]
fn another_future_leaves_earlier_forecasts_alone() {
    let resources = resources(6);
    let reports = plant(1, 6, 120);
    let (split_at, changed_from) = (8.0 * 1440.0, 11.0 * 1440.0);
    let mut other = reports.clone();
    for report in other.iter_mut().filter(|report| report.end > changed_from) {
        report.quantity_completed += 77.0;
        report.operator = Some(99);
        if report.start > changed_from {
            report.start += 3.0;
            report.end += 500.0;
        }
    }
    let found = backtest(&logs(&resources, &reports), split_at, &training(1)).expect("enough");
    let changed = backtest(&logs(&resources, &other), split_at, &training(1)).expect("enough");
    let forecasts = |found: &mraos_forecast::backtest::Backtest| {
        found.outcomes.iter().map(|one| (one.low, one.median, one.high)).collect::<Vec<_>>()
    };
    let (before, after) = (forecasts(&found), forecasts(&changed));
    let untouched = reports
        .iter()
        .filter(|report| report.end >= split_at && report.end < changed_from - 200.0)
        .count();
    assert!(untouched > 50, "the plant is too small for the test: {untouched}");
    // Reports of the made-up plant never touch, so each is a block of its own.
    assert_eq!(before[..untouched], after[..untouched]);
    assert_ne!(before, after);
}

#[test]
fn what_ends_after_the_split_is_not_learnt_from() {
    let resources = resources(6);
    let reports = plant(2, 6, 120);
    let split_at = 8.0 * 1440.0;
    let whole = backtest(&logs(&resources, &reports), split_at, &training(1)).expect("enough");
    let known: Vec<_> = reports.iter().filter(|one| one.start <= split_at).cloned().collect();
    let mut cut = logs(&resources, &reports);
    cut.train = &known;
    assert_eq!(backtest(&cut, split_at, &training(1)).expect("enough"), whole);
}

#[test]
fn the_same_seed_gives_the_same_figures_on_any_number_of_threads() {
    let resources = resources(4);
    let reports = plant(3, 4, 80);
    let run = |seed, threads| {
        let training = mraos_forecast::model::Training { threads, ..training(seed) };
        backtest(&logs(&resources, &reports), 6.0 * 1440.0, &training).expect("enough")
    };
    assert_eq!(run(1, 1), run(1, 3));
    assert_ne!(run(1, 1).outcomes, run(2, 1).outcomes);
}

#[test]
fn intervals_hold_what_they_promise_and_the_night_is_foreseen() {
    let resources = resources(10);
    let reports = plant(4, 10, 250);
    let found = backtest(&logs(&resources, &reports), 18.0 * 1440.0, &training(1)).expect("enough");
    assert!((0.76..=0.84).contains(&found.score.coverage_80), "{:?}", found.score);
    // No constant can be better than the median of what really came.
    let mut minutes: Vec<f64> = found.outcomes.iter().map(|one| one.minutes).collect();
    minutes.sort_by(f64::total_cmp);
    let middle = minutes[minutes.len() / 2];
    let constant = minutes.iter().map(|one| (one - middle).abs()).sum::<f64>();
    let constant = constant / minutes.len() as f64;
    assert!(found.score.mae < 0.5 * constant, "{:?} against {constant}", found.score);
}
