//! What an examination of the log and its projections can find, each with the place it is about.
//!
//! A finding is bad news about stored data, never a failure to look. Its sentence names the values
//! and what they should be; no personal data can be in it, because none is in the log.

use serde::Serialize;

/// Kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// A row of the log does not have the content that its digest was made of.
    DigestMismatch,
    /// Positions are missing, or there are some that cannot be.
    PositionGap,
    /// This program cannot read an event.
    UnreadableEvent,
    /// An event states other entities or versions than the events before it lead to.
    VersionMismatch,
    /// The log has another digest than was signed for this position.
    HistoryRewritten,
    /// A checkpoint bears no valid signature of this installation.
    CheckpointForged,
    /// The log ends before a position that was signed.
    TailMissing,
    /// A table mentions a position that the log does not have.
    RowBeyondLog,
    /// A row differs from the one that the log leads to.
    RowChanged,
    /// A row that the log leads to is not there.
    RowMissing,
    /// A row that the log does not lead to.
    RowUnknown,
}

impl FindingCode {
    /// Whether it is about a projection that a rebuild can repair, and not about the log.
    pub fn is_repairable(self) -> bool {
        matches!(self, Self::RowChanged | Self::RowMissing | Self::RowUnknown)
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind.
    pub code: FindingCode,
    /// The position in the log that it is about; none for a row that no event ever led to.
    pub position: Option<i64>,
    /// The table of a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<&'static str>,
    /// The primary key of a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// A sentence with the values.
    pub detail: String,
}

impl Finding {
    pub(crate) fn at(code: FindingCode, position: i64, detail: String) -> Self {
        Self { code, position: Some(position), table: None, key: None, detail }
    }
}
