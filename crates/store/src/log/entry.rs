//! A row of the log as the replay takes it: its digest checked, its event decoded.
//!
//! Made for millions of rows: columns are borrowed from the driver's buffer, and each digest is
//! checked against the stored one before it, so that pages can be decoded beside each other.

use std::fmt::Display;
use std::io::Write as _;

use jiff::Timestamp;
use mraos_domain::{Event, Instant, Recorded, Text};
use sha2::{Digest, Sha256};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

use super::TouchedEntity;
use super::canonical;
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
    rows: Vec<Row>,
    mut previous: Vec<u8>,
) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::with_capacity(rows.len());
    let mut buffer = Vec::new();
    for row in &rows {
        let (position, digest): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(13)?);
        let (digest_holds, event) = match Columns::of(row) {
            Ok(columns) => {
                let made = columns.digest(&previous, &mut buffer);
                (made.is_ok_and(|made| made[..] == digest), columns.decode())
            }
            Err(error) => (false, Err(error.to_string())),
        };
        previous.clone_from(&digest);
        entries.push(Entry { position, digest, digest_holds, event });
    }
    Ok(entries)
}

/// The lines of a page for an export: canonical rows with their stored digests.
pub(crate) fn encode_lines(rows: Vec<Row>, _: Vec<u8>) -> Result<Vec<Vec<u8>>, StoreError> {
    rows.iter()
        .map(|row| {
            let (position, digest): (i64, &[u8]) = (row.try_get(0)?, row.try_get(13)?);
            let mut line =
                format!("{{\"digest\":\"{}\",\"row\":", hex::encode(digest)).into_bytes();
            let written = Columns::of(row)?.write_canonical(&mut line);
            written
                .map_err(|error| StoreError::Corrupt(format!("position {position}: {error}")))?;
            line.extend_from_slice(b"}\n");
            Ok(line)
        })
        .collect()
}

/// The columns of a row, borrowed, in the order of the page's statement.
struct Columns<'a> {
    position: i64,
    event_id: Uuid,
    entity_type: &'a str,
    entity_id: &'a str,
    event_type: &'a str,
    schema_version: i16,
    payload: &'a str,
    entities: &'a str,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    actor: &'a str,
    source: &'a str,
    correlation_id: Option<&'a str>,
}

impl<'a> Columns<'a> {
    fn of(row: &'a Row) -> Result<Self, StoreError> {
        Ok(Self {
            position: row.try_get(0)?,
            event_id: row.try_get(1)?,
            entity_type: row.try_get(2)?,
            entity_id: row.try_get(3)?,
            event_type: row.try_get(4)?,
            schema_version: row.try_get(5)?,
            payload: row.try_get::<_, JsonText<'_>>(6)?.0,
            entities: row.try_get::<_, JsonText<'_>>(7)?.0,
            occurred_at: row.try_get(8)?,
            recorded_at: row.try_get(9)?,
            actor: row.try_get(10)?,
            source: row.try_get(11)?,
            correlation_id: row.try_get(12)?,
        })
    }

    /// Adds the canonical form of the row, which is what [`super::chain::Row`] is to the writer:
    /// members in order.
    fn write_canonical(&self, out: &mut Vec<u8>) -> Result<(), String> {
        put_text(out, r#"{"actor":"#, Some(self.actor))?;
        put_text(out, r#","correlation_id":"#, self.correlation_id)?;
        out.extend_from_slice(br#","entities":"#);
        canonical::write(self.entities, out)?;
        put_text(out, r#","entity_id":"#, Some(self.entity_id))?;
        put_text(out, r#","entity_type":"#, Some(self.entity_type))?;
        put_plain(out, r#","event_id":"#, self.event_id)?;
        put_text(out, r#","event_type":"#, Some(self.event_type))?;
        put_plain(out, r#","occurred_at":"#, instant(self.occurred_at)?)?;
        out.extend_from_slice(br#","payload":"#);
        canonical::write(self.payload, out)?;
        put_plain(out, r#","position":"#, self.position)?;
        put_plain(out, r#","recorded_at":"#, instant(self.recorded_at)?)?;
        write!(out, r#","schema_version":{}"#, self.schema_version).map_err(told)?;
        put_text(out, r#","source":"#, Some(self.source))?;
        out.extend_from_slice(b"}");
        Ok(())
    }

    fn digest(&self, previous: &[u8], buffer: &mut Vec<u8>) -> Result<[u8; 32], String> {
        buffer.clear();
        self.write_canonical(buffer)?;
        Ok(Sha256::new().chain_update(previous).chain_update(&buffer).finalize().into())
    }

    fn decode(&self) -> Result<ReadableEvent, String> {
        let event = Event::decode(self.event_type, self.schema_version, self.payload)
            .map_err(|error| error.to_string())?;
        let entities = serde_json::from_str(self.entities)
            .map_err(|error| format!("entities cannot be read: {error}"))?;
        let recorded = Recorded {
            position: self.position,
            occurred_at: instant(self.occurred_at)?,
            recorded_at: instant(self.recorded_at)?,
            actor: Text::new(self.actor).map_err(|error| error.to_string())?,
            event,
        };
        Ok(ReadableEvent { recorded, entities })
    }
}

fn told(error: impl Display) -> String {
    error.to_string()
}

/// Adds a text, or null, after `name`.
fn put_text(out: &mut Vec<u8>, name: &str, value: Option<&str>) -> Result<(), String> {
    out.extend_from_slice(name.as_bytes());
    serde_json::to_writer(out, &value).map_err(told)
}

/// Adds after `name` what needs no escape.
fn put_plain(out: &mut Vec<u8>, name: &str, value: impl Display) -> Result<(), String> {
    write!(out, "{name}\"{value}\"").map_err(told)
}

fn instant(at: Timestamp) -> Result<Instant, String> {
    Instant::new(at).map_err(|error| error.to_string())
}

/// The text of a `jsonb` column, borrowed.
struct JsonText<'a>(&'a str);

impl<'a> FromSql<'a> for JsonText<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        match raw.split_first() {
            Some((1, text)) => Ok(Self(std::str::from_utf8(text)?)),
            _ => Err("this version of the binary form of jsonb is not known".into()),
        }
    }

    fn accepts(column: &Type) -> bool {
        *column == Type::JSONB
    }
}
