//! The audit of reads: who has seen what, written in batches and never changed.
//!
//! Not derived from the log. An answer about several people is one row that names them all, so
//! that looking at a list costs one row and still tells whom it showed.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::error::StoreError;
use crate::store::Store;

/// In the place of an id: the row names several, or none.
pub const SEVERAL: &str = "*";

/// Somebody has seen something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataAccess {
    /// Who.
    pub user_id: String,
    /// When.
    pub accessed_at: Timestamp,
    /// Kind of what was seen.
    pub entity_type: String,
    /// Which one, or [`SEVERAL`].
    pub entity_id: String,
    /// Which ones, where the answer was about several.
    pub entity_ids: Vec<String>,
    /// What was done with it.
    pub action: String,
    /// From where.
    pub ip_address: Option<IpAddr>,
    /// By which program.
    pub user_agent: Option<String>,
    /// What was asked for.
    pub query_executed: String,
}

/// An access as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedAccess {
    /// Key of the row.
    pub audit_id: i64,
    /// What it tells.
    pub access: DataAccess,
    /// When it was written.
    pub created_at: Timestamp,
}

/// Which accesses.
#[derive(Debug, Clone, Default)]
pub struct AccessPage {
    /// Of this user only.
    pub user_id: Option<String>,
    /// To things of this kind only.
    pub entity_type: Option<String>,
    /// To this one only, alone or among others.
    pub entity_id: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// Key of the last row of the page before.
    pub before: Option<i64>,
    /// Most rows.
    pub limit: i64,
}

const INSERT: &str = "INSERT INTO data_access_audit (user_id, accessed_at, entity_type, \
    entity_id, action, ip_address, user_agent, query_executed, entity_ids) SELECT u, at, kind, \
    id, did, ip::inet, agent, query, string_to_array(nullif(ids, ''), E'\\n') FROM unnest(\
    $1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], \
    $8::text[], $9::text[]) AS row (u, at, kind, id, did, ip, agent, query, ids)";

const PAGE: &str = "SELECT audit_id, user_id, accessed_at, entity_type, entity_id, entity_ids, \
    action, host(ip_address), user_agent, query_executed, created_at FROM data_access_audit WHERE \
    ($1::text IS NULL OR user_id = $1) AND ($2::text IS NULL OR entity_type = $2) AND ($3::text \
    IS NULL OR entity_id = $3 OR $3 = ANY (entity_ids)) AND ($4::timestamptz IS NULL OR \
    accessed_at >= $4) AND ($5::timestamptz IS NULL OR accessed_at < $5) AND ($6::bigint IS NULL \
    OR audit_id < $6) ORDER BY audit_id DESC LIMIT $7";

impl Store {
    /// Writes a batch of accesses.
    pub async fn write_accesses(&self, all: &[DataAccess]) -> Result<(), StoreError> {
        let text = |of: fn(&DataAccess) -> &str| all.iter().map(of).collect::<Vec<&str>>();
        let users = text(|one| &one.user_id);
        let times: Vec<Timestamp> = all.iter().map(|one| one.accessed_at).collect();
        let kinds = text(|one| &one.entity_type);
        let ids = text(|one| &one.entity_id);
        let actions = text(|one| &one.action);
        let from = |one: &DataAccess| one.ip_address.map(|address| address.to_string());
        let addresses: Vec<Option<String>> = all.iter().map(from).collect();
        let agents: Vec<Option<&str>> = all.iter().map(|one| one.user_agent.as_deref()).collect();
        let queries = text(|one| &one.query_executed);
        let several: Vec<String> = all.iter().map(|one| one.entity_ids.join("\n")).collect();
        let client = self.session().await?;
        let statement = client.prepare_cached(INSERT).await?;
        client
            .execute(
                &statement,
                &[&users, &times, &kinds, &ids, &actions, &addresses, &agents, &queries, &several],
            )
            .await?;
        Ok(())
    }

    /// A page of accesses, newest first; one more than asked for if there are more.
    pub async fn accesses(&self, page: &AccessPage) -> Result<Vec<AuditedAccess>, StoreError> {
        let client = self.session().await?;
        let AccessPage { user_id, entity_type, entity_id, from, to, before, limit } = page;
        let limit = limit + 1;
        // Planned for the values at hand: which index helps depends on what is asked.
        let rows = client
            .query(PAGE, &[user_id, entity_type, entity_id, from, to, before, &limit])
            .await?;
        rows.iter().map(decode).collect()
    }

    /// Takes away what is older than seven years; how many rows.
    pub async fn purge_accesses(&self) -> Result<i64, StoreError> {
        let client = self.session().await?;
        Ok(client.query_one("SELECT purge_data_access_audit()", &[]).await?.try_get(0)?)
    }
}

fn decode(row: &tokio_postgres::Row) -> Result<AuditedAccess, StoreError> {
    let address: Option<&str> = row.try_get(7)?;
    let several: Option<Vec<String>> = row.try_get(5)?;
    let query: Option<String> = row.try_get(9)?;
    Ok(AuditedAccess {
        audit_id: row.try_get(0)?,
        access: DataAccess {
            user_id: row.try_get(1)?,
            accessed_at: row.try_get(2)?,
            entity_type: row.try_get(3)?,
            entity_id: row.try_get(4)?,
            entity_ids: several.unwrap_or_default(),
            action: row.try_get(6)?,
            ip_address: address.and_then(|text| text.parse().ok()),
            user_agent: row.try_get(8)?,
            query_executed: query.unwrap_or_default(),
        },
        created_at: row.try_get(10)?,
    })
}
