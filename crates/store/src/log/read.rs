//! Reading the log in order: pages by position, as raw rows and as events.
//!
//! For screens, clients and exports. Checks no digest: that is the verification's work.

use mraos_domain::{Event, Instant, Recorded, Text};
use serde_json::value::RawValue;
use tokio_postgres::GenericClient;
use uuid::Uuid;

use super::chain::Row;
use crate::error::StoreError;

/// A row of the log as it is stored.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// Everything but the digest.
    pub row: Row,
    /// Place in the log.
    pub position: i64,
    /// The stored digest.
    pub digest: Vec<u8>,
    payload: String,
    occurred_at: Instant,
    recorded_at: Instant,
}

impl StoredEvent {
    /// The event as the domain knows it.
    pub fn recorded(&self) -> Result<Recorded, StoreError> {
        let row = &self.row;
        let event = Event::decode(&row.event_type, row.schema_version, &self.payload)
            .map_err(|error| StoreError::Corrupt(format!("position {}: {error}", row.position)))?;
        Ok(Recorded {
            position: self.position,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            actor: Text::new(&row.actor)?,
            event,
        })
    }
}

const PAGE: &str = "SELECT position, event_id, entity_type, entity_id, event_type, \
    schema_version, payload, entities, occurred_at, recorded_at, actor, source, correlation_id, \
    digest FROM events WHERE position > $1 ORDER BY position LIMIT $2";

/// The events after `position`, at most `limit`, in order.
pub async fn read_after(
    client: &impl GenericClient,
    position: i64,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = client.query(PAGE, &[&position, &limit]).await?;
    rows.iter().map(decode).collect()
}

const OF_ALLOCATION: &str = "SELECT position, event_id, entity_type, entity_id, event_type, \
    schema_version, payload, entities, occurred_at, recorded_at, actor, source, correlation_id, \
    digest FROM events WHERE entity_type = 'allocation' AND entity_id = $1 ORDER BY position";

/// The events of one allocation, in order.
pub async fn read_allocation(
    client: &impl GenericClient,
    allocation_id: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = client.query(OF_ALLOCATION, &[&allocation_id.to_string()]).await?;
    rows.iter().map(decode).collect()
}

/// Decodes a row of the columns of [`read_after`].
pub(crate) fn decode(row: &tokio_postgres::Row) -> Result<StoredEvent, StoreError> {
    let position: i64 = row.try_get(0)?;
    let corrupt =
        |what: &dyn std::fmt::Display| StoreError::Corrupt(format!("position {position}: {what}"));
    let payload: tokio_postgres::types::Json<Box<RawValue>> = row.try_get(6)?;
    let payload = payload.0.get().to_owned();
    let occurred_at = Instant::new(row.try_get(8)?).map_err(|error| corrupt(&error))?;
    let recorded_at = Instant::new(row.try_get(9)?).map_err(|error| corrupt(&error))?;
    let canonical = Row {
        position: position.to_string(),
        event_id: row.try_get::<_, Uuid>(1)?,
        entity_type: row.try_get(2)?,
        entity_id: row.try_get(3)?,
        event_type: row.try_get(4)?,
        schema_version: row.try_get(5)?,
        payload: serde_json::from_str(&payload).map_err(|error| corrupt(&error))?,
        entities: row.try_get(7)?,
        occurred_at: occurred_at.to_string(),
        recorded_at: recorded_at.to_string(),
        actor: row.try_get(10)?,
        source: row.try_get(11)?,
        correlation_id: row.try_get(12)?,
    };
    let digest = row.try_get(13)?;
    Ok(StoredEvent { row: canonical, position, digest, payload, occurred_at, recorded_at })
}
