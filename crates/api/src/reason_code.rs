//! Reason codes: the plant's vocabulary for why something stopped, moved or was let go.
//!
//! Statuses, pauses and releases name them; what a code means is data of the plant, so that
//! reports can group by it. Free words go into descriptions beside the code, never into the code.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /reason-codes`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateReasonCode {
    /// The code.
    pub reason_code: String,
    /// What it is used for: `breakdown`, `pause`, `release`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What it means.
    pub description: String,
    /// Whether it may be used; true if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
}

/// A reason code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReasonCode {
    /// The code.
    pub reason_code: String,
    /// What it is used for.
    pub category: Option<String>,
    /// What it means.
    pub description: String,
    /// Whether it may still be used.
    pub is_active: bool,
}
