//! Users: who may sign in, in which role, for which lines.
//!
//! An id such as `S-042` names a user everywhere; the person's name is for screens alone. A
//! password goes in and never comes out.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /users`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// Id, such as `S-042`; never a person's name.
    pub user_id: String,
    /// Role.
    pub role: String,
    /// First password: 12 to 128 characters.
    pub password: String,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Lines that the user is limited to; the whole plant if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_lines: Option<Vec<String>>,
    /// The operator who this user is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<String>,
}

/// Body of `PATCH /users/{id}`: an absent member stays as it is, null empties it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUser {
    /// Role.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    pub role: Option<String>,
    /// Whether the user may act; false ends all sessions and tokens of the user.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    pub is_active: Option<bool>,
    /// The person's name.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub display_name: Option<Option<String>>,
    /// Lines that the user is limited to.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub production_lines: Option<Option<Vec<String>>>,
    /// The operator who this user is.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub operator_id: Option<Option<String>>,
    /// Another password: 12 to 128 characters; ends the user's sessions.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    pub password: Option<String>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Id.
    pub user_id: String,
    /// Role.
    pub role: String,
    /// The person's name.
    pub display_name: Option<String>,
    /// Whether the user may act.
    pub is_active: bool,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// Lines that the user is limited to; null for the whole plant.
    pub production_lines: Option<Vec<String>>,
    /// The operator who this user is.
    pub operator_id: Option<String>,
    /// Raised by each change; the `ETag`.
    pub version: i32,
    /// When recorded.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
    /// When changed last.
    #[serde(with = "crate::timestamp")]
    pub updated_at: Timestamp,
}

macro_rules! secret {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

secret! { CreateUser ChangeUser }
