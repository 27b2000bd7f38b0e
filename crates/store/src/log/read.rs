//! Reading the log in order: pages by position, as raw rows and as events.
//!
//! For screens, clients and exports. Checks no digest: that is the verification's work.

use mraos_domain::Recorded;
use tokio_postgres::GenericClient;

use super::chain::{DIGEST, Row, select_rows};
use crate::error::StoreError;

/// A row of the log as it is stored.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// Everything but the digest.
    pub row: Row<String>,
    /// The stored digest.
    pub digest: Vec<u8>,
}

impl StoredEvent {
    /// The event as the domain knows it.
    pub fn recorded(&self) -> Result<Recorded, StoreError> {
        let position = self.row.position;
        let corrupt = |error| StoreError::Corrupt(format!("position {position}: {error}"));
        self.row.recorded().map_err(corrupt)
    }
}

const PAGE: &str = select_rows!("WHERE position > $1 ORDER BY position LIMIT $2");

/// The events after `position`, at most `limit`, in order.
pub async fn read_after(
    client: &impl GenericClient,
    position: i64,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = client.query(PAGE, &[&position, &limit]).await?;
    rows.iter().map(decode).collect()
}

const OF_ALLOCATION: &str =
    select_rows!("WHERE entity_type = 'allocation' AND entity_id = $1 ORDER BY position");

/// The events of one allocation, in order.
pub async fn read_allocation(
    client: &impl GenericClient,
    allocation_id: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = client.query(OF_ALLOCATION, &[&allocation_id.to_string()]).await?;
    rows.iter().map(decode).collect()
}

/// Decodes a row of `select_rows!`.
pub(crate) fn decode(row: &tokio_postgres::Row) -> Result<StoredEvent, StoreError> {
    Ok(StoredEvent { row: Row::read(row)?, digest: row.try_get(DIGEST)? })
}
