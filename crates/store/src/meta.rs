//! Which incarnation of the log this is.
//!
//! The epoch stands beside every position that leaves the system. A server whose identifier or
//! timeline differs from the recorded one is a restored or promoted copy: positions after the
//! copy may name other events, so it gets a new epoch.

use deadpool_postgres::ClientWrapper;
use uuid::Uuid;

use crate::error::StoreError;

/// The epoch of the log, and whether it is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    /// The epoch.
    pub epoch: Uuid,
    /// Whether the server changed since the last start.
    pub is_new: bool,
}

const SERVER: &str = "SELECT (SELECT system_identifier FROM pg_control_system()), (SELECT \
                      timeline_id FROM pg_control_checkpoint())";

/// Reads the epoch; writes `fresh` as the new one where the server is not the recorded one.
pub async fn establish_epoch(client: &ClientWrapper, fresh: Uuid) -> Result<Epoch, StoreError> {
    let server = client.query_one(SERVER, &[]).await?;
    let (system, timeline): (i64, i32) = (server.try_get(0)?, server.try_get(1)?);
    let sql = "INSERT INTO log_meta (epoch, system_identifier, timeline) VALUES ($1, $2, $3) ON \
               CONFLICT (only_row) DO UPDATE SET epoch = excluded.epoch, system_identifier = \
               excluded.system_identifier, timeline = excluded.timeline WHERE (log_meta.\
               system_identifier, log_meta.timeline) <> (excluded.system_identifier, excluded.\
               timeline)";
    let written = client.execute(sql, &[&fresh, &system, &timeline]).await?;
    let row = client.query_one("SELECT epoch FROM log_meta", &[]).await?;
    Ok(Epoch { epoch: row.try_get(0)?, is_new: written > 0 })
}
