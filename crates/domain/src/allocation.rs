//! An allocation: who works at which machine on which order, from when to when.
//!
//! Its life is booked → running ⇄ paused → ended; the specification's `status` follows from the
//! phase. It keeps its id when it is reassigned.

use serde::{Deserialize, Serialize};

use crate::ids::{AllocationId, MachineId, OperatorId, WorkOrderId};
use crate::quantity::{Percentage, Quantity};
use crate::text::{Text, TextRef};
use crate::time::{Instant, Window};
use crate::work_order::named_values;

named_values!(
/// Where the allocation stands.
Phase {
    /// For later.
    Booked => "booked",
    /// Now.
    Running => "running",
    /// Standing still; both sides free.
    Paused => "paused",
    /// Over.
    Ended => "ended",
});
named_values!(
/// The specification's status.
AllocationStatus {
    /// Booked, running or paused.
    Active => "active",
    /// Ended with its work done.
    Completed => "completed",
    /// Ended before.
    Released => "released",
    /// Never begun.
    Cancelled => "cancelled",
});
named_values!(
/// Who proposed it.
AllocationMethod {
    /// A person.
    Manual => "manual",
    /// A person, from a suggestion.
    AiSuggested => "ai_suggested",
    /// The system.
    Automated => "automated",
});

/// One side of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The person.
    Operator,
    /// The machine.
    Machine,
}

impl Side {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Machine => "machine",
        }
    }
}

/// The three that an allocation binds; at least one of operator and machine is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Which order.
    pub work_order_id: WorkOrderId,
    /// Who.
    pub operator_id: Option<OperatorId>,
    /// Where.
    pub machine_id: Option<MachineId>,
}

impl Assignment {
    /// The specification's `allocation_type`.
    pub fn allocation_type(&self) -> &'static str {
        match (&self.operator_id, &self.machine_id) {
            (Some(_), Some(_)) => "operator_machine",
            (Some(_), None) => "operator",
            _ => "machine",
        }
    }
}

/// An allocation as the rules see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// Position of the creating event.
    pub allocation_id: AllocationId,
    /// Who, where, what.
    pub assignment: Assignment,
    /// Where it stands.
    pub phase: Phase,
    /// How it ended, or `active`.
    pub status: AllocationStatus,
    /// When decided.
    pub allocated_at: Instant,
    /// Expected start and end.
    pub window: Window,
    /// Minutes asked for.
    pub expected_duration_minutes: i32,
    /// First start.
    pub actual_start_time: Option<Instant>,
    /// End.
    pub actual_end_time: Option<Instant>,
    /// Start of the present run, while running.
    pub running_since: Option<Instant>,
    /// Milliseconds worked in earlier runs.
    pub worked_ms: i64,
    /// Who proposed it.
    pub allocation_method: AllocationMethod,
    /// Confidence of the suggestion.
    pub suggestion_score: Option<Percentage>,
    /// Who decided.
    pub allocated_by: Text<50>,
    /// Who ended it.
    pub released_by: Option<Text<50>>,
    /// When it ended.
    pub released_at: Option<Instant>,
    /// Why it ended, as free text beside the log.
    pub release_reason: Option<TextRef>,
    /// Good quantity reported on completion.
    pub quantity_produced: Quantity,
    /// Last transition; nothing may be stated before it.
    pub last_transition_at: Instant,
    /// Counts the changes.
    pub version: i32,
    /// When recorded first.
    pub created_at: Instant,
    /// When the row changed last.
    pub updated_at: Instant,
    /// Position of the event that wrote the row last.
    pub position: i64,
}

impl Allocation {
    /// Whether it is not over.
    pub fn is_open(&self) -> bool {
        self.phase != Phase::Ended
    }

    /// Whether it takes its resources during some window: paused work does not.
    pub fn occupies(&self) -> bool {
        matches!(self.phase, Phase::Booked | Phase::Running)
    }

    /// Whether it runs past its expected end.
    pub fn has_overrun(&self, now: Instant) -> bool {
        self.phase == Phase::Running && self.window.end <= now
    }

    /// Minutes of expected work that are left after the runs so far; at least one.
    pub fn remaining_minutes(&self) -> i64 {
        (i64::from(self.expected_duration_minutes) - self.worked_ms / 60_000).max(1)
    }

    /// Minutes worked, once it has ended.
    pub fn actual_duration_minutes(&self) -> Option<i64> {
        self.actual_end_time?;
        self.actual_start_time.map(|_| self.worked_ms / 60_000)
    }
}
