//! Status changes of operators and machines, by people and by signals.
//!
//! One body for both nouns; which statuses a noun has is the domain's rule. `busy` and `running`
//! follow from allocations and are refused when posted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::machine::Machine;
use crate::operator::Operator;
use crate::suggestion::Hit;

/// Body of `POST /operators/{id}/status` and `POST /machines/{id}/status`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeStatus {
    /// The new status.
    pub status: String,
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_description: Option<String>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Sender and sequence of a signal; at or below the sender's watermark it is already applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SignalSource>,
}

/// Who sent a signal and which of its signals it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalSource {
    /// The sender.
    pub id: String,
    /// Ascending per sender.
    pub sequence: i64,
}

/// An operator after its status was posted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PostedOperator {
    /// The operator.
    #[serde(flatten)]
    pub operator: Operator,
    /// Open work that an absence hits, with who could take over.
    pub hit: Vec<Hit>,
}

/// A machine after its status was posted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PostedMachine {
    /// The machine.
    #[serde(flatten)]
    pub machine: Machine,
    /// Open work that its standing still hits, with which machines could take over.
    pub hit: Vec<Hit>,
}
