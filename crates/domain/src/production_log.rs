//! The production log of an order: what happened to it, by itself and in people's words.
//!
//! Starts, pauses and ends of work are read from the log of events; what has quantities or words is
//! a row of its own.

use crate::ids::{MachineId, OperatorId, WorkOrderId};
use crate::quantity::Quantity;
use crate::text::{Text, TextRef};
use crate::time::Instant;
use crate::work_order::named_values;
use serde::{Deserialize, Serialize};

named_values!(
/// What an entry tells.
ProductionEntry {
    /// Work began.
    Started => "started",
    /// Work stands still.
    Paused => "paused",
    /// Work went on.
    Resumed => "resumed",
    /// Work ended before it was done.
    Released => "released",
    /// Work, or the order, is done.
    Completed => "completed",
    /// The end of work was taken back; its quantities are what no longer counts.
    Reopened => "reopened",
    /// Quantities were counted.
    Progress => "progress",
    /// Something was reached.
    Milestone => "milestone",
    /// Something is wrong.
    Issue => "issue",
    /// Whatever else is worth knowing.
    Note => "note",
});

impl ProductionEntry {
    /// Whether people write it; the others follow from what happens.
    pub fn is_written(self) -> bool {
        matches!(self, Self::Milestone | Self::Issue | Self::Note)
    }
}

/// An entry that is a row of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductionLogged {
    /// Of which order.
    pub work_order_id: WorkOrderId,
    /// When it happened.
    pub logged_at: Instant,
    /// What it tells.
    pub entry: ProductionEntry,
    /// Good quantity by this entry.
    pub quantity_produced: Option<Quantity>,
    /// Rejected quantity by this entry.
    pub quantity_rejected: Option<Quantity>,
    /// Good quantity of the order afterwards.
    pub cumulative_quantity: Option<Quantity>,
    /// By whom, where one person worked.
    pub operator_id: Option<OperatorId>,
    /// Where, if at one machine.
    pub machine_id: Option<MachineId>,
    /// In words, beside the log.
    pub notes: Option<TextRef>,
    /// Who said so.
    pub logged_by: Text<50>,
    /// When it was recorded.
    pub created_at: Instant,
}
