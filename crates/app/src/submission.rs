//! What is handed to the committer, and what comes back.
//!
//! The commands of one submission happen all together or not at all. The outcome is recorded
//! under the Idempotency-Key as domain values, without any personal data; the edge renders it.

use mraos_domain::work_order::WorkOrder;
use mraos_domain::{
    Actor, Allocation, ChangeSource, Command, Holiday, Instant, Machine, Material, Operator,
    ReasonCodeDefinition, Refusal, Requirement, Reservation, Signal,
};
use mraos_store::Attachment;
use serde::{Deserialize, Serialize};

/// Most commands in one submission.
pub const MAX_COMMANDS: usize = 500;

/// Which queue a submission waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lane {
    /// A person or machine waits.
    #[default]
    Interactive,
    /// One of many; gives way.
    Bulk,
}

/// A key under which the answer is kept for 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key, unique per actor.
    pub key: String,
    /// SHA-256 of the request.
    pub request_digest: [u8; 32],
}

/// One write.
#[derive(Debug, Clone)]
pub struct Submission {
    /// What is asked for, in order.
    pub commands: Vec<Command>,
    /// Who asks.
    pub actor: Actor,
    /// Through which door.
    pub source: ChangeSource,
    /// When it happened, where the caller says so.
    pub stated_at: Option<Instant>,
    /// Number of the signal at its source.
    pub signal: Option<Signal>,
    /// Request id.
    pub correlation_id: Option<String>,
    /// What is kept beside the log.
    pub attachments: Vec<Attachment>,
    /// Key of the answer.
    pub idempotency: Option<IdempotencyKey>,
    /// Queue.
    pub lane: Lane,
}

/// The subject of a command, as it is afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entity_type", content = "entity", rename_all = "snake_case")]
pub enum Snapshot {
    /// An operator with the allocations that are open.
    Operator {
        /// The operator.
        operator: Box<Operator>,
        /// Open allocations.
        open: Vec<Allocation>,
    },
    /// A machine.
    Machine(Box<Machine>),
    /// A material.
    Material(Box<Material>),
    /// A material after its stock moved.
    Stock {
        /// The material.
        material: Box<Material>,
        /// The reservations that were made or drawn on and are not over.
        reservations: Vec<Reservation>,
        /// Position of the first movement.
        first_position: i64,
        /// Position of the last one; before the first if nothing moved.
        last_position: i64,
    },
    /// A work order.
    WorkOrder(Box<WorkOrder>),
    /// An allocation.
    Allocation(Box<Allocation>),
    /// What a scope asks for.
    Requirements(Vec<Requirement>),
    /// A holiday of the plant.
    Holiday(Holiday),
    /// A reason code.
    ReasonCode(ReasonCodeDefinition),
    /// The subject is gone.
    Nothing,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Done; one snapshot per command.
    Applied(Vec<Snapshot>),
    /// Not done, with every reason.
    Refused(Vec<Refusal>),
}

/// What came of a submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Position that reflects it.
    pub position: i64,
    /// Whether this is the recorded answer to an earlier request.
    pub replayed: bool,
    /// Whether anything changed by it; false also when the plant already was as asked for.
    pub changed: bool,
    /// What was decided.
    pub decision: Decision,
}
