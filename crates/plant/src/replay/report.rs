//! The report of a replay, for programs as JSON and for people as text.
//!
//! `rows`, `orders`, `allocations`, `refusals`, `rows_unaccounted`, `allocation_ms` and `screen_ms`
//! are a contract. All figures but the latencies are the same on every run against a fresh server;
//! sentences of the server name ids that it gave.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::replay::log::BrokenRow;

/// Where a row of the log ended; each row is in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Allocated, worked and ended as in the log.
    Done,
    /// Allocated, but its order was completed by another row before it ended.
    EndedEarlier,
    /// Refused by a rule; see the refusals.
    Refused,
    /// A breakdown, reported.
    Breakdown,
    /// Start and end are the same instant; its pieces are reported without an allocation.
    ZeroLength,
    /// Repeats an earlier row exactly.
    Duplicate,
    /// Cannot be read.
    Broken,
    /// Answered in a way that a shop floor cannot deal with; see the failures.
    Failed,
}

impl Bucket {
    /// Every bucket, in the report's order.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::EndedEarlier,
        Self::Refused,
        Self::Breakdown,
        Self::ZeroLength,
        Self::Duplicate,
        Self::Broken,
        Self::Failed,
    ];
}

/// Median and 99th percentile of a latency.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Milliseconds {
    /// Median; none where nothing was measured.
    pub p50: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
}

impl Milliseconds {
    /// The percentiles of some latencies, cut to microseconds.
    pub fn of(mut latencies_ms: Vec<f64>) -> Self {
        latencies_ms.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let rank = (latencies_ms.len() as f64 * share).ceil() as usize;
            let latency = latencies_ms.get(rank.max(1) - 1)?;
            Some((latency * 1e3).round() / 1e3)
        };
        Self { p50: at(0.50), p99: at(0.99) }
    }
}

/// A refused row, to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// Line in the file.
    pub line: u64,
    /// Case of the log.
    pub case_id: String,
    /// Resource of the log.
    pub resource: String,
    /// Worker of the log.
    pub worker: String,
    /// When it would have begun.
    pub start: Timestamp,
    /// The server's sentence.
    pub message: String,
}

/// A machine or person that the log shows at several jobs at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LearnedCapacity {
    /// `machine` or `operator`.
    pub entity_type: &'static str,
    /// Id in the product.
    pub id: String,
    /// Name in the log.
    pub name: String,
    /// Most jobs at once.
    pub parallel_capacity: u32,
}

/// What happened around breakdowns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Breakdowns {
    /// Breakdown rows that were reported.
    pub reported: u64,
    /// Rows that were running when their machine broke down.
    pub interrupted_rows: u64,
    /// Of these, resumed after the repair.
    pub resumed: u64,
    /// Of these, not resumed, because a rule refused.
    pub not_resumed: u64,
}

/// Pieces of the log and what the orders took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pieces {
    /// Good pieces in the log.
    pub in_log: u64,
    /// Good pieces that orders took.
    pub booked: u64,
    /// Good pieces that their order did not take, because it was complete or closed.
    pub not_booked: u64,
    /// Rejected pieces in the log.
    pub rejected_in_log: u64,
    /// Rejected pieces that orders took.
    pub rejected_booked: u64,
    /// Pieces that wait for a material review, which the product does not keep.
    pub for_review_in_log: u64,
}

/// How the orders ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Orders {
    /// Completed by the row that ends the step.
    pub closed_by_last_report: u64,
    /// With all pieces made.
    pub quantity_reached: u64,
    /// Still open when the log ends.
    pub open_in_log: u64,
    /// With more pieces than the case has, because some passed the step again.
    pub above_case_quantity: u64,
}

/// Oddities of the log that change nothing in the replay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LogNotes {
    /// Rows whose reported length is not the one between their stamps; the stamps are used.
    pub span_differs_from_stamps: u64,
    /// Rows whose activity names another machine than the resource; the resource is used.
    pub activity_names_other_machine: u64,
    /// Rows that repair earlier work.
    pub rework_rows: u64,
}

/// The report of a replay.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// Rows in the log.
    pub rows: u64,
    /// Work orders: one per (case, activity).
    pub orders: u64,
    /// Allocations that the server made.
    pub allocations: u64,
    /// Refused rows by the code they were refused for.
    pub refusals: BTreeMap<String, u64>,
    /// Rows that are in no bucket; anything but 0 is a fault of the replay.
    pub rows_unaccounted: u64,
    /// Latency of `POST /allocations`, refused ones included.
    pub allocation_ms: Milliseconds,
    /// From `POST /allocations` to its frame on the live stream; none without one.
    pub screen_ms: Milliseconds,
    /// All rows by bucket.
    pub buckets: BTreeMap<Bucket, u64>,
    /// Refused rows by every code that the server named; a row may be under several.
    pub refusals_naming: BTreeMap<String, u64>,
    /// Some refused rows per code.
    pub refusal_examples: BTreeMap<String, Vec<Example>>,
    /// Overrides of unmet dependencies by reason.
    pub overrides: BTreeMap<&'static str, u64>,
    /// What happened around breakdowns.
    pub breakdowns: Breakdowns,
    /// Pieces.
    pub pieces: Pieces,
    /// How the orders ended.
    pub order_figures: Orders,
    /// Capacities above 1 that were learned; none when the replay was strict.
    pub learned_capacity: Option<Vec<LearnedCapacity>>,
    /// Oddities of the log.
    pub notes: LogNotes,
    /// Rows that cannot be read.
    pub broken_rows: Vec<BrokenRow>,
    /// Answers that a shop floor cannot deal with.
    pub failures: Vec<String>,
    /// Ending of the ids of this copy of the plant; empty for the server's first.
    pub id_ending: String,
    /// Requests that the server had answered in an earlier run of the same replay.
    pub answered_as_before: u64,
}
