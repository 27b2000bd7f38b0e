//! The last change of allocations, as the log holds it.
//!
//! A row names the position that wrote it last, so that no index beside the log's own is needed.
//! Asked for by whoever takes a change back, and by nobody on the way of ordinary work.

use deadpool_postgres::ClientWrapper;
use mraos_domain::{AllocationId, Recorded};

use super::Wanted;
use crate::error::StoreError;
use crate::log::read;

const LAST_CHANGES: &str = "SELECT e.position, e.event_id, e.entity_type, e.entity_id, \
    e.event_type, e.schema_version, e.payload, e.entities, e.occurred_at, e.recorded_at, e.actor, \
    e.source, e.correlation_id, e.digest, a.allocation_id FROM allocations a JOIN events e ON \
    e.position = a.position WHERE a.allocation_id = ANY($1)";

pub(super) async fn read(
    client: &ClientWrapper,
    wanted: &Wanted,
) -> Result<Vec<(AllocationId, Recorded)>, StoreError> {
    let mut found = Vec::new();
    if wanted.last_changes.is_empty() {
        return Ok(found);
    }
    let statement = client.prepare_cached(LAST_CHANGES).await?;
    for row in client.query(&statement, &[&wanted.last_changes]).await? {
        let id = AllocationId(row.try_get(14)?);
        found.push((id, read::decode(&row)?.recorded()?));
    }
    Ok(found)
}
