//! Problem documents (RFC 9457): the body of every answer that is not a success.
//!
//! `code` is for programs and never changes its meaning; `detail` is for people. A refused command
//! lists every rule that stood in the way, a malformed body every value that is wrong.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Media type of a problem document.
pub const PROBLEM_MEDIA_TYPE: &str = "application/problem+json";

/// A problem document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// URI reference of the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short, the same for every problem of the kind.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// For programs: the kind in one word.
    pub code: String,
    /// For people: what happened, with the values, and what to do.
    pub detail: String,
    /// The request's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub instance: Option<String>,
    /// Every rule that refused the command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<Refusal>,
    /// Every value that cannot be accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// One value of a request that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer into the body, or the query parameter's or header's name.
    pub pointer: String,
    /// The value, the rule, and what to do.
    pub message: String,
}

/// One rule that refused a command.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Refusal {
    /// For programs: the rule.
    pub code: String,
    /// Kind of the entity that refuses: `operator`, `machine`, `work_order`, `allocation`, …
    pub entity_type: String,
    /// Its id.
    pub entity_id: String,
    /// A sentence that a supervisor understands.
    pub message: String,
    /// Whether a role that may can override it with a reason.
    pub overridable: bool,
    /// Allocation that stands in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub allocation_id: Option<i64>,
    /// Work order that stands in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub work_order_id: Option<String>,
    /// Who or what holds the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub held_by: Option<String>,
    /// Start of what stands in the way.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::timestamp::option")]
    #[schema(nullable = false)]
    pub from: Option<Timestamp>,
    /// End of what stands in the way.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::timestamp::option")]
    #[schema(nullable = false)]
    pub to: Option<Timestamp>,
    /// What the rule asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub required: Option<String>,
    /// What there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub actual: Option<String>,
}
