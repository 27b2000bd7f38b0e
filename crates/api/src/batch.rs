//! Batches: many creations in one request, each item on its own.
//!
//! Items stay unread JSON values here, because one malformed item must not refuse its neighbours:
//! the server reads each with the noun's request type and answers in the same order.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::Problem;

/// Most items that one batch may carry.
pub const MAX_BATCH_ITEMS: usize = 1_000;

/// Body of `POST /{noun}/batch`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch<T = Value> {
    /// At most [`MAX_BATCH_ITEMS`] creation bodies of the noun.
    pub items: Vec<T>,
}

/// Answer to a batch: one result per item, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BatchAnswer<T = Value> {
    /// What each item alone would have been answered.
    pub results: Vec<BatchResult<T>>,
}

/// The body of one item's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ItemBody<T> {
    /// The entity that was created.
    Created(T),
    /// Why it was not.
    Problem(Problem),
}

/// What one item of a batch alone would have been answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BatchResult<T = Value> {
    /// HTTP status.
    pub status: u16,
    /// The entity, or a problem document.
    pub body: T,
}
