//! A row of the log, its canonical form and its digest.
//!
//! The same functions serve the writer and whoever reads or checks; what PostgreSQL does to JSON in
//! between (key order, white space) does not matter. The writer owns its texts; a check of millions
//! of rows borrows them from the driver's buffer.

use std::fmt::Display;
use std::io::Write as _;

use mraos_domain::{Event, Instant, Recorded, Text};
use serde_json::Error as JsonError;
use sha2::{Digest, Sha256};
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

use super::{NewEvent, canonical};
use crate::error::StoreError;

/// A query of log rows, whose columns [`Row::read`] takes by their places; the digest is the last.
macro_rules! select_rows {
    ($rest:literal) => {
        concat!(
            "SELECT position, event_id, entity_type, entity_id, event_type, schema_version, \
             payload, entities, occurred_at, recorded_at, actor, source, correlation_id, digest \
             FROM events ",
            $rest
        )
    };
}
pub(super) use select_rows;

/// Place of the digest among the columns of `select_rows!`.
pub(super) const DIGEST: usize = 13;

/// Everything of a log row but its digest.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// Place in the log.
    pub position: i64,
    /// Id of the event.
    pub event_id: Uuid,
    /// Kind of the leading entity.
    pub entity_type: T,
    /// Id of the leading entity.
    pub entity_id: T,
    /// Type of the event.
    pub event_type: T,
    /// Version of the payload's shape.
    pub schema_version: i16,
    /// The fact, as JSON.
    pub payload: T,
    /// Touched entities with versions, as JSON.
    pub entities: T,
    /// When it happened.
    pub occurred_at: Instant,
    /// When it was written.
    pub recorded_at: Instant,
    /// Who decided it.
    pub actor: T,
    /// Through which door.
    pub source: T,
    /// Request that caused it.
    pub correlation_id: Option<T>,
}

impl Row<String> {
    /// The row of an event that is about to be appended.
    pub(super) fn of(event: &NewEvent) -> Result<Self, StoreError> {
        let unexpected = |error: JsonError| StoreError::Unexpected(error.to_string());
        let recorded = &event.recorded;
        let Some(lead) = event.entities.first() else {
            return Err(StoreError::Unexpected("an event touches nothing".to_owned()));
        };
        Ok(Self {
            position: recorded.position,
            event_id: event.event_id,
            entity_type: lead.entity_type.as_str().to_owned(),
            entity_id: lead.entity_id.clone(),
            event_type: recorded.event.event_type().to_owned(),
            schema_version: recorded.event.schema_version(),
            payload: recorded.event.payload().map_err(unexpected)?,
            entities: serde_json::to_string(&event.entities).map_err(unexpected)?,
            occurred_at: recorded.occurred_at,
            recorded_at: recorded.recorded_at,
            actor: recorded.actor.to_string(),
            source: event.source.as_str().to_owned(),
            correlation_id: event.correlation_id.clone(),
        })
    }
}

impl<'a, T: From<&'a str>> Row<T> {
    /// A row of `select_rows!`.
    pub(super) fn read(row: &'a tokio_postgres::Row) -> Result<Self, StoreError> {
        let text = |at| row.try_get::<_, &str>(at).map(T::from);
        let json = |at| row.try_get::<_, JsonText<'_>>(at).map(|json| T::from(json.0));
        let position: i64 = row.try_get(0)?;
        let instant = |at| {
            let corrupt = |error| StoreError::Corrupt(format!("position {position}: {error}"));
            Instant::new(row.try_get(at)?).map_err(corrupt)
        };
        Ok(Self {
            position,
            event_id: row.try_get(1)?,
            entity_type: text(2)?,
            entity_id: text(3)?,
            event_type: text(4)?,
            schema_version: row.try_get(5)?,
            payload: json(6)?,
            entities: json(7)?,
            occurred_at: instant(8)?,
            recorded_at: instant(9)?,
            actor: text(10)?,
            source: text(11)?,
            correlation_id: row.try_get::<_, Option<&str>>(12)?.map(T::from),
        })
    }
}

impl<T: AsRef<str>> Row<T> {
    /// The event as the domain knows it; why it cannot be read, if it cannot.
    pub(super) fn recorded(&self) -> Result<Recorded, String> {
        let event_type = self.event_type.as_ref();
        let event =
            Event::decode(event_type, self.schema_version, self.payload.as_ref()).map_err(told)?;
        Ok(Recorded {
            position: self.position,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            actor: Text::new(self.actor.as_ref()).map_err(told)?,
            event,
        })
    }

    /// Adds the canonical JSON of this row (RFC 8785), 64-bit integers and times as strings:
    /// members in order, nothing between them.
    pub(super) fn write_canonical(&self, out: &mut Vec<u8>) -> Result<(), String> {
        let correlation_id = self.correlation_id.as_ref().map(T::as_ref);
        put_text(out, r#"{"actor":"#, Some(self.actor.as_ref()))?;
        put_text(out, r#","correlation_id":"#, correlation_id)?;
        out.extend_from_slice(br#","entities":"#);
        canonical::write(self.entities.as_ref(), out)?;
        put_text(out, r#","entity_id":"#, Some(self.entity_id.as_ref()))?;
        put_text(out, r#","entity_type":"#, Some(self.entity_type.as_ref()))?;
        put_plain(out, r#","event_id":"#, self.event_id)?;
        put_text(out, r#","event_type":"#, Some(self.event_type.as_ref()))?;
        put_plain(out, r#","occurred_at":"#, self.occurred_at)?;
        out.extend_from_slice(br#","payload":"#);
        canonical::write(self.payload.as_ref(), out)?;
        put_plain(out, r#","position":"#, self.position)?;
        put_plain(out, r#","recorded_at":"#, self.recorded_at)?;
        write!(out, r#","schema_version":{}"#, self.schema_version).map_err(told)?;
        put_text(out, r#","source":"#, Some(self.source.as_ref()))?;
        out.extend_from_slice(b"}");
        Ok(())
    }

    /// SHA-256 over the previous digest and the canonical JSON of this row, which `buffer` then
    /// holds.
    pub fn digest(&self, previous: &[u8], buffer: &mut Vec<u8>) -> Result<[u8; 32], String> {
        buffer.clear();
        self.write_canonical(buffer)?;
        Ok(Sha256::new().chain_update(previous).chain_update(&buffer).finalize().into())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use serde_json::json;

    use super::*;

    #[test]
    fn the_text_of_a_row_is_its_canonical_form() {
        let (entities, payload) = (
            json!([{"version": 3, "entity_type": "machine", "entity_id": "M-\u{1f}"}]),
            json!({"z": 9_007_199_254_740_991_i64, "a": {"b": null, "B": [true, -1]}}),
        );
        let at = |text: &str| Instant::new(text.parse().unwrap()).unwrap();
        let row = Row {
            position: 1,
            event_id: Uuid::nil(),
            entity_type: "machine",
            entity_id: "M-1",
            event_type: "machine_status_changed",
            schema_version: 1,
            payload: &payload.to_string(),
            entities: &entities.to_string(),
            occurred_at: at("2026-11-29T06:00:00.000001Z"),
            recorded_at: at("2026-11-29T06:00:00.000002Z"),
            actor: "Müller \"€\" 😀",
            source: "api",
            correlation_id: None,
        };
        let wanted = json!({
            "position": "1",
            "event_id": Uuid::nil(),
            "entity_type": "machine",
            "entity_id": "M-1",
            "event_type": "machine_status_changed",
            "schema_version": 1,
            "payload": payload,
            "entities": entities,
            "occurred_at": "2026-11-29T06:00:00.000001Z",
            "recorded_at": "2026-11-29T06:00:00.000002Z",
            "actor": "Müller \"€\" 😀",
            "source": "api",
            "correlation_id": null,
        });
        let mut written = Vec::new();
        row.write_canonical(&mut written).unwrap();
        let wanted = serde_json_canonicalizer::to_string(&wanted).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), wanted);
    }
}
