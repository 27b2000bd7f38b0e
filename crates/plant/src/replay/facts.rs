//! What became known when the floor acted.
//!
//! Moments of one wave run side by side and only hand back facts; they are taken up one after the
//! other, in the schedule's order, so that state and report do not depend on who was faster.

use std::time::Duration;

use mraos_api::problem::{Problem, Refusal};

/// Why a rule was overridden, as a supervisor would word it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OverrideReason {
    /// The log shows that the successor began before its predecessor was done.
    PartialBatch,
    /// The predecessor is done in the log, but its order is still open here.
    ReportMissing,
}

impl OverrideReason {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::PartialBatch => "part of the batch went ahead",
            Self::ReportMissing => "the step before is done on the floor, its report is missing",
        }
    }
}

/// Pieces of one report and what the order took of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct PieceCount {
    /// Good pieces that the order took.
    pub(super) booked: u64,
    /// Good pieces that it did not take.
    pub(super) not_booked: u64,
    /// Rejected pieces that it took.
    pub(super) rejected: u64,
}

/// One thing that became known.
#[derive(Debug)]
pub(super) enum Fact {
    Started { allocation_id: i64, overridden: Option<OverrideReason> },
    Refused { refusals: Vec<Refusal> },
    Ended { pieces: PieceCount, completed_order: bool },
    EndedEarlier { pieces: PieceCount },
    Counted { pieces: PieceCount },
    BrokeDown,
    BreakdownOver,
    Paused { row: usize },
    Resumed { row: usize },
    NotResumed,
    Failed { doing: &'static str, problem: Box<Problem> },
    Answered { latency: Duration },
    AnsweredAsBefore,
}
