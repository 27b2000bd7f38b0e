//! Bearer tokens: how programs and people without a session prove who they are.
//!
//! The secret is shown once, in the answer to its creation; the server keeps a hash.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /tokens`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateToken {
    /// What the token is for.
    pub name: String,
    /// Role it acts in.
    pub role: String,
    /// Lines that it is limited to; the whole plant if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_lines: Option<Vec<String>>,
    /// The operator for whom it acts, for the role `operator`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<String>,
    /// When it ends; never if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A token without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// Its id.
    pub token_id: String,
    /// What it is for.
    pub name: String,
    /// Role it acts in.
    pub role: String,
    /// Lines that it is limited to; null for the whole plant.
    pub production_lines: Option<Vec<String>>,
    /// The operator for whom it acts.
    pub operator_id: Option<String>,
    /// When it was made.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
    /// When it ends.
    #[serde(with = "crate::timestamp::option", default)]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    #[serde(with = "crate::timestamp::option", default)]
    pub revoked_at: Option<Timestamp>,
}

/// A fresh token with its secret, shown this once.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IssuedToken {
    /// The secret: send it as `Authorization: Bearer …`.
    pub secret: String,
    /// The rest of it.
    #[serde(flatten)]
    pub token: Token,
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("IssuedToken").field("token", &self.token).finish_non_exhaustive()
    }
}
