//! The trained model: how likely a resource is idle, how long, and what to make of it later.
//!
//! A hurdle read off one distribution: the chance of idling beyond a few minutes, and the quantiles
//! of the minutes. Training learns the forest once; outcomes that become known move the calibration
//! alone. A stored model carries a version and is refused when it does not fit.

use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::calibration::Calibration;
use crate::distribution::Distribution;
use crate::error::ForecastError;
use crate::features::{FEATURES, FallingIdle, FeatureRow, describe};
use crate::floor::Floor;
use crate::forest::{Forest, Growth};
use crate::report::WorkReport;
use crate::sample::Sample;
use crate::tree::Lessons;

/// Rises with every change of the figures or of what is stored.
const MODEL_VERSION: u32 = 1;
/// Below this, a gap is a change of hands and not idleness.
pub const IDLE_BEYOND_MINUTES: f64 = 5.0;
const TREES: usize = 200;
/// Stretches of time left out in turn to see where outcomes lie in forecasts made without them.
const FOLDS: usize = 5;
const TREES_PER_FOLD: usize = 40;
/// Outcomes of a stretch that are looked at, at most.
const OUTCOMES_PER_FOLD: usize = 80;

/// How to train.
#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    /// The same seed gives the same model.
    pub seed: u64,
    /// Threads to use; they change the time alone.
    pub threads: usize,
    /// Set from elsewhere to end the training early.
    pub cancelled: &'a AtomicBool,
}

/// A model of how long resources are idle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastModel {
    version: u32,
    forest: Forest,
    calibration: Calibration,
    /// The middle value of every figure: the situation that explanations start from.
    pub(crate) usual: Vec<f32>,
}

/// What is to be expected of a resource that falls idle.
#[derive(Debug, Clone, PartialEq)]
pub struct IdleForecast {
    /// How likely it is idle for more than [`IDLE_BEYOND_MINUTES`].
    pub chance_idle: f64,
    /// Idle minutes: the 10 % quantile.
    pub low: f64,
    /// Idle minutes: the median.
    pub median: f64,
    /// Idle minutes: the 90 % quantile.
    pub high: f64,
    /// The distribution that they are read from, before calibration.
    pub distribution: Distribution,
}

impl ForecastModel {
    /// Learns from all gaps; `reports` are in the order of their ends, `samples` in that of theirs.
    pub fn train(
        floor: Floor,
        reports: &[WorkReport],
        samples: &[Sample],
        training: &Training<'_>,
    ) -> Result<Self, ForecastError> {
        let mut rows = Vec::with_capacity(samples.len());
        let mut minutes = Vec::with_capacity(samples.len());
        walk(floor, reports, samples, |floor, sample, moment| {
            rows.push(describe(floor, moment));
            minutes.push(sample.idle_minutes() as f32);
            !training.cancelled.load(Ordering::Relaxed)
        });
        if training.cancelled.load(Ordering::Relaxed) {
            return Err(ForecastError::Cancelled);
        }
        if rows.is_empty() {
            return Err(ForecastError::NothingToLearn);
        }
        let lessons = Lessons::ranked(rows, minutes);
        let all: Vec<u32> = (0..samples.len() as u32).collect();
        let growth = Growth {
            trees: TREES,
            threads: training.threads,
            seed: training.seed,
            cancelled: training.cancelled,
        };
        Ok(Self {
            version: MODEL_VERSION,
            calibration: calibrate(&lessons, &all, &growth)?,
            forest: Forest::grow(&lessons, &all, &growth)?,
            usual: usual_row(&lessons.rows),
        })
    }

    /// What to expect, as things stand on the floor; `None` for a resource that it does not have.
    #[must_use]
    pub fn forecast(&self, floor: &Floor, moment: &FallingIdle) -> Option<IdleForecast> {
        (moment.resource < floor.resources().len())
            .then(|| describe(floor, moment))
            .and_then(|row| self.forecast_row(&row))
    }

    pub(crate) fn forecast_row(&self, row: &FeatureRow) -> Option<IdleForecast> {
        self.forest.distribution(row).map(|distribution| self.read(distribution))
    }

    /// Reads the quantiles at the calibrated levels.
    pub(crate) fn read(&self, distribution: Distribution) -> IdleForecast {
        let low = distribution.quantile(self.calibration.level_of_low(0.1));
        let high = distribution.quantile(self.calibration.level_of_high(0.9));
        let within = 1.0 - distribution.chance_beyond(IDLE_BEYOND_MINUTES);
        let median = distribution.quantile(0.5);
        IdleForecast {
            chance_idle: 1.0 - self.calibration.share_for(within),
            low: low.min(median),
            median,
            high: high.max(median),
            distribution,
        }
    }

    /// Takes note of how long the resource of a forecast was idle in the end.
    pub fn observe(&mut self, forecast: &IdleForecast, idle_minutes: f64) {
        self.calibration.observe(&forecast.distribution, idle_minutes);
    }

    /// The model as JSON text.
    pub fn to_json(&self) -> Result<String, ForecastError> {
        serde_json::to_string(self).map_err(|error| ForecastError::UnusableModel(error.to_string()))
    }

    /// Reads a stored model, and refuses one that was made otherwise or is damaged.
    pub fn from_json(text: &str) -> Result<Self, ForecastError> {
        let model: Self = serde_json::from_str(text)
            .map_err(|error| ForecastError::UnusableModel(error.to_string()))?;
        if model.version != MODEL_VERSION {
            return Err(ForecastError::UnusableModel(format!(
                "it has version {}, this program makes version {MODEL_VERSION}",
                model.version
            )));
        }
        let sound = model.forest.is_sound()
            && model.calibration.is_sound()
            && model.usual.len() == FEATURES;
        if sound { Ok(model) } else { Err(ForecastError::UnusableModel("it is damaged".into())) }
    }
}

/// Goes through time: before each sample, the floor has seen every report that ended by then.
/// Ends when `visit` says that enough is seen.
pub(crate) fn walk(
    mut floor: Floor,
    reports: &[WorkReport],
    samples: &[Sample],
    mut visit: impl FnMut(&Floor, &Sample, &FallingIdle) -> bool,
) {
    let mut reports = reports.iter().peekable();
    for sample in samples {
        while let Some(report) = reports.next_if(|report| report.end <= sample.fell_idle) {
            floor.observe(report);
        }
        let last = floor.timeline(sample.resource).last();
        let moment = FallingIdle {
            resource: sample.resource,
            at: sample.fell_idle,
            busy_since: last.map_or(sample.fell_idle, |block| block.start),
        };
        if !visit(&floor, sample, &moment) {
            return;
        }
    }
}

/// Where outcomes lie in forecasts of forests that have not seen their stretch of time.
fn calibrate(
    lessons: &Lessons,
    all: &[u32],
    growth: &Growth<'_>,
) -> Result<Calibration, ForecastError> {
    let mut calibration = Calibration::default();
    if all.len() < 2 * FOLDS {
        return Ok(calibration);
    }
    for fold in 0..FOLDS {
        let bounds = fold * all.len() / FOLDS..(fold + 1) * all.len() / FOLDS;
        let others = [&all[..bounds.start], &all[bounds.end..]].concat();
        let forest = Forest::grow(
            lessons,
            &others,
            &Growth { trees: TREES_PER_FOLD, seed: growth.seed ^ (fold as u64 + 1), ..*growth },
        )?;
        let step = bounds.len().div_ceil(OUTCOMES_PER_FOLD);
        for at in bounds.step_by(step) {
            if let Some(distribution) = forest.distribution(&lessons.rows[at]) {
                calibration.observe(&distribution, f64::from(lessons.minutes[at]));
            }
        }
    }
    Ok(calibration)
}

/// The middle value of every figure.
fn usual_row(rows: &[FeatureRow]) -> Vec<f32> {
    (0..FEATURES)
        .map(|figure| {
            let mut values: Vec<f32> = rows.iter().map(|row| row[figure]).collect();
            let middle = values.len() / 2;
            *values.select_nth_unstable_by(middle, f32::total_cmp).1
        })
        .collect()
}
