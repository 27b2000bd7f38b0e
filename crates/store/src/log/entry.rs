//! A row of the log as the replay takes it: its digest checked, its event decoded.
//!
//! Made for millions of rows: columns are borrowed from the driver's buffer, and each digest is
//! checked against the stored one before it, so that pages can be decoded beside each other.

use mraos_domain::Recorded;

use super::TouchedEntity;
use super::chain::{DIGEST, Row};
use crate::error::StoreError;

/// An event as the replay takes it.
pub(crate) struct Entry {
    pub(crate) position: i64,
    pub(crate) digest: Vec<u8>,
    /// Whether the digest follows from the one before and the content.
    pub(crate) digest_holds: bool,
    /// The fact, or why it cannot be read.
    pub(crate) event: Result<ReadableEvent, String>,
}

/// A fact with the entities that it states.
pub(crate) struct ReadableEvent {
    pub(crate) recorded: Recorded,
    pub(crate) entities: Vec<TouchedEntity>,
}

/// Decodes a page for a replay, checking each digest against the stored one before it.
pub(crate) fn decode_entries(
    rows: Vec<tokio_postgres::Row>,
    mut previous: Vec<u8>,
) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::with_capacity(rows.len());
    let mut buffer = Vec::new();
    for row in &rows {
        let (position, digest): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(DIGEST)?);
        let (digest_holds, event) = match Row::read(row) {
            Ok(row) => {
                let made = row.digest(&previous, &mut buffer);
                (made.is_ok_and(|made| made[..] == digest), decode(&row))
            }
            Err(error) => (false, Err(error.to_string())),
        };
        previous.clone_from(&digest);
        entries.push(Entry { position, digest, digest_holds, event });
    }
    Ok(entries)
}

/// The lines of a page for an export: canonical rows with their stored digests.
pub(crate) fn encode_lines(
    rows: Vec<tokio_postgres::Row>,
    _: Vec<u8>,
) -> Result<Vec<Vec<u8>>, StoreError> {
    rows.iter()
        .map(|row| {
            let (position, digest): (i64, &[u8]) = (row.try_get(0)?, row.try_get(DIGEST)?);
            let mut line =
                format!("{{\"digest\":\"{}\",\"row\":", hex::encode(digest)).into_bytes();
            let written = Row::<&str>::read(row)?.write_canonical(&mut line);
            written
                .map_err(|error| StoreError::Corrupt(format!("position {position}: {error}")))?;
            line.extend_from_slice(b"}\n");
            Ok(line)
        })
        .collect()
}

fn decode(row: &Row<&str>) -> Result<ReadableEvent, String> {
    let recorded = row.recorded()?;
    let entities = serde_json::from_str(row.entities)
        .map_err(|error| format!("entities cannot be read: {error}"))?;
    Ok(ReadableEvent { recorded, entities })
}
