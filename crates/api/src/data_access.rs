//! The audit of reads as `GET /data-access-audit` shows it.
//!
//! For auditors and administrators. Holds ids, never names, and not what was searched for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody has seen something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DataAccess {
    /// Key of the row; ascending.
    pub audit_id: i64,
    /// Who.
    pub user_id: String,
    /// When.
    #[serde(with = "crate::timestamp")]
    pub accessed_at: Timestamp,
    /// Kind of what was seen: `operator`, `user`, `event`, `allocation`, `data_access_audit`.
    pub entity_type: String,
    /// Which one; `*` for an answer about several.
    pub entity_id: String,
    /// Which ones an answer about several showed; empty for a subscription, which shows all.
    pub entity_ids: Vec<String>,
    /// `read`, `subscribe`, `create`, `update` or `delete`.
    pub action: String,
    /// Address of the connection; behind a proxy, the proxy's.
    pub ip_address: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Method, path and query, without what was searched for.
    pub query_executed: String,
    /// When the row was written.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
}
