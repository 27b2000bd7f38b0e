//! How good the forecasts would have been: train on what was known at a moment, then live on.
//!
//! The protocol is fixed and public. Test forecasts see every report that ended by their moment
//! and nothing later; the forest is not trained again. A true gap moves the calibration only once
//! the block that ended it has been reported.

use std::collections::HashSet;

use serde::Serialize;

use crate::error::ForecastError;
use crate::floor::Floor;
use crate::model::{ForecastModel, IDLE_BEYOND_MINUTES, IdleForecast, Training, walk};
use crate::report::{LocalMinute, Resource, WorkReport};
use crate::sample::{BlindSpell, Sample, busy_blocks, drop_unseen, samples};
use crate::score::{Outcome, Score, score};

/// Logs to learn from and to be scored on; they may be one and the same.
#[derive(Debug, Clone, Copy)]
pub struct Logs<'a> {
    /// All resources, by index.
    pub resources: &'a [Resource],
    /// Learnt from, as far as gaps ended by the split.
    pub train: &'a [WorkReport],
    /// Scored on, as far as gaps began at the split or later.
    pub test: &'a [WorkReport],
    /// When nothing was recorded: a gap over such a spell is none.
    pub blind: &'a [BlindSpell],
}

/// What a backtest finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Backtest {
    /// The figures.
    #[serde(flatten)]
    pub score: Score,
    /// Gaps learnt from.
    pub train_samples: usize,
    /// Mean squared error of the chance of idling against what came, 0 or 1.
    pub brier_idle: f64,
    /// Every forecast beside what came, in the order of time.
    #[serde(skip)]
    pub outcomes: Vec<Outcome>,
}

/// Runs the protocol: trains on what is known at `split_at`, scores everything after it.
pub fn backtest(
    logs: &Logs<'_>,
    split_at: LocalMinute,
    training: &Training<'_>,
) -> Result<Backtest, ForecastError> {
    let mut lessons = gaps_of(logs.train, logs);
    lessons.retain(|sample| sample.next_start <= split_at);
    if lessons.is_empty() {
        return Err(ForecastError::NothingToLearn);
    }
    let mut exams = gaps_of(logs.test, logs);
    exams.retain(|sample| sample.fell_idle >= split_at);
    let reported = by_end(logs.train.iter().collect());
    let floor = Floor::new(logs.resources);
    let model = ForecastModel::train(floor, &reported, &lessons, training)?;
    let sittings = sit(model, logs, &exams);
    let outcomes: Vec<Outcome> = sittings.iter().map(|(outcome, _)| *outcome).collect();
    let score = score(&outcomes).ok_or(ForecastError::NothingToScore)?;
    let misses = sittings.iter().map(|(outcome, chance_idle)| {
        let came = f64::from(u8::from(outcome.minutes > IDLE_BEYOND_MINUTES));
        (chance_idle - came) * (chance_idle - came)
    });
    let brier_idle = misses.sum::<f64>() / sittings.len() as f64;
    Ok(Backtest { score, train_samples: lessons.len(), brier_idle, outcomes })
}

/// Forecasts every gap at its beginning; with each outcome, the chance of idling that was given.
fn sit(mut model: ForecastModel, logs: &Logs<'_>, exams: &[Sample]) -> Vec<(Outcome, f64)> {
    let mut open: Vec<Option<(IdleForecast, f64)>> = vec![None; logs.resources.len()];
    let mut sittings = Vec::with_capacity(exams.len());
    let reported = by_end(union(logs.train, logs.test));
    walk(Floor::new(logs.resources), &reported, exams, |floor, sample, moment| {
        // The resource falls idle again: the block that ended its gap before is reported now.
        if let Some((earlier, idle_minutes)) = open[sample.resource].take() {
            model.observe(&earlier, idle_minutes);
        }
        if let Some(forecast) = model.forecast(floor, moment) {
            let minutes = sample.idle_minutes();
            let outcome = Outcome {
                minutes,
                low: forecast.low,
                median: forecast.median,
                high: forecast.high,
            };
            sittings.push((outcome, forecast.chance_idle));
            open[sample.resource] = Some((forecast, minutes));
        }
        true
    });
    sittings
}

fn gaps_of(reports: &[WorkReport], logs: &Logs<'_>) -> Vec<Sample> {
    let mut gaps = samples(&busy_blocks(reports, logs.resources.len()));
    drop_unseen(&mut gaps, logs.blind);
    gaps
}

/// Everything that either log reports; what both do, once.
fn union<'a>(train: &'a [WorkReport], test: &'a [WorkReport]) -> Vec<&'a WorkReport> {
    let identity = |report: &WorkReport| {
        let times = (report.start.to_bits(), report.end.to_bits());
        (report.resource, times, report.operator, report.work_order)
    };
    let in_test: HashSet<_> = test.iter().map(identity).collect();
    let only_train = train.iter().filter(|report| !in_test.contains(&identity(report)));
    test.iter().chain(only_train).collect()
}

fn by_end(mut reports: Vec<&WorkReport>) -> Vec<WorkReport> {
    reports.sort_by(|a, b| a.end.total_cmp(&b.end).then_with(|| a.start.total_cmp(&b.start)));
    reports.into_iter().cloned().collect()
}
