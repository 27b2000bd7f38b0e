//! Dependencies between work orders: what must have happened before an order may start or end.
//!
//! A mandatory dependency refuses; one that is not may be overridden with a reason.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /work-orders/{id}/dependencies`, and an item of a new order's `dependencies`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddDependency {
    /// The order that comes first.
    pub predecessor_work_order_id: String,
    /// `finish_to_start` (if absent), `start_to_start` or `finish_to_finish`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependency_type: Option<String>,
    /// Delay between the two; 0 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag_minutes: Option<i64>,
    /// Whether it refuses without appeal; true if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_mandatory: Option<bool>,
}

/// A dependency of a work order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Dependency {
    /// Given at creation, unique over all orders.
    pub dependency_id: i64,
    /// The order that waits.
    pub work_order_id: String,
    /// The order that comes first.
    pub predecessor_work_order_id: String,
    /// `finish_to_start`, `start_to_start` or `finish_to_finish`.
    pub dependency_type: String,
    /// Delay between the two.
    pub lag_minutes: i64,
    /// Whether it refuses without appeal.
    pub is_mandatory: bool,
}

/// An order that waits for the one that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Successor {
    /// Of the dependency.
    pub dependency_id: i64,
    /// The order that waits.
    pub work_order_id: String,
    /// The order that was asked for.
    pub predecessor_work_order_id: String,
    /// `finish_to_start`, `start_to_start` or `finish_to_finish`.
    pub dependency_type: String,
    /// Delay between the two.
    pub lag_minutes: i64,
    /// Whether it refuses without appeal.
    pub is_mandatory: bool,
    /// Where the order that waits stands.
    pub status: String,
    /// Whether this dependency still holds it up: what it ties would be refused now.
    pub is_held_up: bool,
    /// From when on it holds up nothing; null while its predecessor has not come so far.
    #[serde(with = "crate::timestamp::option", default)]
    pub free_from: Option<Timestamp>,
}
