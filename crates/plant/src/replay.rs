//! Replay of a factory's production log against a running system.
//!
//! Resources become machines, workers operators, each (case, activity) step a work order, each row
//! an allocation with its pieces, breakdown rows breakdowns; everything goes through the public
//! API at the time at which it happened. Every row ends in exactly one bucket of the report.
//! The rules are the server's: what it refuses is counted and explained, never argued away.

mod capacity;
mod copy;
mod facts;
mod floor;
mod log;
mod names;
mod pace;
mod plan;
mod report;
mod schedule;
mod screen;
mod setup;
mod tally;
mod text;

use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::client::{Client, ClientError};
use crate::replay::floor::Floor;
use crate::replay::screen::Screen;

pub use crate::replay::capacity::learn_capacity;
pub use crate::replay::log::{BrokenRow, ProductionLog, ProductionRow, ReportType, read_log};
pub use crate::replay::pace::{Speed, UnknownSpeed};
pub use crate::replay::plan::{
    Plan, PlanOptions, PlannedResource, PlannedRow, Predecessor, RowKind, Step,
};
pub use crate::replay::report::{
    Breakdowns, Bucket, Example, LearnedCapacity, LogNotes, Milliseconds, Orders, Pieces, Report,
};
pub use crate::replay::schedule::{Moment, Schedule, Scheduled};

/// A small log of our own with the quirks of the real ones, for demonstrations and tests.
pub const SAMPLE_LOG: &str = include_str!("../data/sample_log.csv");

/// Where the log comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogSource {
    /// A CSV file.
    File(PathBuf),
    /// The sample that the program carries.
    Sample,
}

/// What is replayed and how.
#[derive(Debug, Clone)]
pub struct ReplayOptions {
    /// The log.
    pub source: LogSource,
    /// How fast.
    pub speed: Speed,
    /// Moves the log by whole days so that it ends within the last day before `now`. Whole days
    /// keep times of day, and a second run on the same day sends the same requests.
    pub shift_to_now: bool,
    /// Gives machines and operators the parallel capacity that the log shows, instead of 1.
    pub learn_capacity: bool,
    /// Zone of the log's clock, which its stamps do not name.
    pub time_zone: TimeZone,
    /// The present, for `shift_to_now`.
    pub now: Timestamp,
    /// Shows a progress bar on standard error.
    pub show_progress: bool,
}

impl ReplayOptions {
    /// The defaults: as fast as possible, strict, times as in the log, read as UTC.
    pub fn new(source: LogSource, now: Timestamp) -> Self {
        Self {
            source,
            speed: Speed::Max,
            shift_to_now: false,
            learn_capacity: false,
            time_zone: TimeZone::UTC,
            now,
            show_progress: false,
        }
    }
}

/// Why a replay could not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file cannot be read.
    #[error("cannot read production log `{path}`: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no production log.
    #[error("not a production log: {0}")]
    Header(String),
    /// No row can be read.
    #[error("the log has no readable row ({0} broken); see its header and first lines")]
    Empty(usize),
    /// A time outside of what can be represented.
    #[error("a time of the log is out of range: {0}")]
    OutOfRange(String),
    /// The server holds too many copies of the plant already.
    #[error("the server holds {0} replays of such a plant; start one with a fresh data directory")]
    TooManyCopies(usize),
    /// The server does not take the log's master data.
    #[error("the server did not take {what} `{id}`: {detail}")]
    Setup {
        /// Kind of thing.
        what: &'static str,
        /// Its id.
        id: String,
        /// The server's words.
        detail: String,
    },
    /// The server cannot be talked to.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// Replays a log against the server that `client` talks to.
pub async fn run(options: ReplayOptions, client: Client) -> Result<Report, ReplayError> {
    let text = read_source(&options.source).await?;
    let (mut plan, shift) = make_plan(&text, &options)?;
    let run_key = run_key(&text, &options, shift);
    let copy = copy::choose_copy(&client, &plan, &run_key, options.now).await?;
    plan.end_ids_in(&copy.id_ending);
    setup::prepare(&client, &plan, &run_key, copy.is_there).await?;
    let screen = Screen::open(&client).await;
    let mut floor = Floor::new(&client, &plan, screen, format!("{run_key}{}", copy.id_ending));
    let mut schedule = Schedule::new(&plan);
    let bar = progress_bar(&options, schedule.len());
    let mut pace = pace::Pace::new(options.speed);
    while let Some(at) = schedule.next_at() {
        let until = pace.wait_until(at).await;
        let wave = schedule.take_wave(until);
        floor.act(&wave).await?;
        bar.inc(wave.len() as u64);
    }
    bar.finish_and_clear();
    Ok(floor.into_report(&options).await)
}

/// Turns the text of a log into the plan that `options` ask for, with the shift that was applied.
pub fn make_plan(
    text: &str,
    options: &ReplayOptions,
) -> Result<(Plan, SignedDuration), ReplayError> {
    let log = read_log(text)?;
    let broken = log.broken.len();
    let mut plan_options = PlanOptions {
        time_zone: options.time_zone.clone(),
        shift: SignedDuration::ZERO,
        learn_capacity: options.learn_capacity,
    };
    let plan = Plan::new(log.clone(), &plan_options)?;
    let (_, end) = plan.span().ok_or(ReplayError::Empty(broken))?;
    if !options.shift_to_now {
        return Ok((plan, SignedDuration::ZERO));
    }
    let behind = options.now.duration_since(end);
    let days = behind.as_hours().div_euclid(24);
    plan_options.shift = SignedDuration::from_hours(days.saturating_mul(24));
    Ok((Plan::new(log, &plan_options)?, plan_options.shift))
}

async fn read_source(source: &LogSource) -> Result<String, ReplayError> {
    match source {
        LogSource::Sample => Ok(SAMPLE_LOG.to_owned()),
        LogSource::File(path) => tokio::fs::read_to_string(path)
            .await
            .map_err(|source| ReplayError::File { path: path.clone(), source }),
    }
}

/// Names the run: the same log, mode and times give the same idempotency keys, so that a second
/// run is answered as the first one was.
fn run_key(text: &str, options: &ReplayOptions, shift: SignedDuration) -> String {
    let zone = options.time_zone.iana_name().unwrap_or("fixed");
    let digest = Sha256::new().chain_update(zone).chain_update(text).finalize();
    let digest: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let mode = if options.learn_capacity { "learned" } else { "strict" };
    format!("replay-{digest}-{mode}-{}h", shift.as_hours())
}

fn progress_bar(options: &ReplayOptions, moments: usize) -> ProgressBar {
    if !options.show_progress {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(moments as u64);
    let style = "replaying {wide_bar} {pos}/{len} moments, {per_sec}, {eta} left";
    bar.with_style(
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}
