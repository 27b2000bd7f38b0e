//! Signing in and out, the own account, tickets for live connections.
//!
//! Passwords and secrets pass through here and are never shown by `Debug`.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /auth/login`.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Id of the user.
    pub user_id: String,
    /// Password.
    pub password: String,
}

/// Body of `POST /auth/password`.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password as it is.
    pub current_password: String,
    /// The password as it is to be: 12 to 128 characters.
    pub new_password: String,
}

/// A session that has begun.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The secret: the cookie holds it too; programs send it as `Authorization: Bearer …`.
    pub session_token: String,
    /// When the session ends by itself.
    #[serde(with = "crate::timestamp")]
    pub expires_at: Timestamp,
    /// With the cookie, changes need this as `X-CSRF-Token`.
    pub csrf_token: String,
    /// Who has signed in.
    pub user: Account,
}

/// Who somebody is to the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// Id of the user or name of the token.
    pub user_id: String,
    /// Role.
    pub role: String,
    /// The person's name; none for tokens.
    pub display_name: Option<String>,
    /// Lines that the account is limited to; null for the whole plant.
    pub production_lines: Option<Vec<String>>,
    /// The operator who this is.
    pub operator_id: Option<String>,
    /// What the role may do.
    pub permissions: Vec<String>,
    /// IANA name of the plant's time zone: shifts, holidays and certificates follow its calendar.
    pub time_zone: String,
    /// When the credential ends by itself; null if never.
    #[serde(with = "crate::timestamp::option", default)]
    pub session_expires_at: Option<Timestamp>,
    /// With the session's cookie, changes need this as `X-CSRF-Token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub csrf_token: Option<String>,
}

/// A ticket for one live connection: `GET /live?ticket=…`.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiveTicket {
    /// The secret; good for one connection.
    pub ticket: String,
    /// Until when it can be used.
    #[serde(with = "crate::timestamp")]
    pub expires_at: Timestamp,
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

secret! { SignIn ChangePassword Session LiveTicket }
