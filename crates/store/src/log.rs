//! The log's rows: how an event is written, chained, and read back.
//!
//! `digest` is SHA-256 over the previous digest and the canonical JSON (RFC 8785) of everything
//! else in the row, 64-bit integers and times as strings. Nothing here changes a row.

mod binary_copy;
mod canonical;
pub mod chain;
pub mod checkpoint;
mod complete;
mod entry;
pub mod export;
pub mod finding;
mod fingerprint;
mod pages;
pub mod read;
pub mod rebuild;
mod replay;
mod shadow;
pub mod verify;

use jiff::Timestamp;
use mraos_domain::{ChangeSource, EntityRef, EntityType, Instant, Recorded, State};
use postgres_types::ToSql;
use serde::Serialize;
use tokio_postgres::Statement;
use uuid::Uuid;

use crate::error::StoreError;
use crate::rows::{Moment, Rows};

/// An entity that an event touches, with its version afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct TouchedEntity {
    /// Kind.
    pub entity_type: EntityType,
    /// Id within its kind.
    pub entity_id: String,
    /// Its version after the event; 0 for things without one.
    pub version: i32,
}

impl TouchedEntity {
    /// Which.
    pub fn entity(&self) -> EntityRef {
        EntityRef::new(self.entity_type, self.entity_id.as_str())
    }
}

/// An event ready to be appended.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Drawn before the transaction, so that an unknown outcome can be looked up.
    pub event_id: Uuid,
    /// Position, times, actor and fact.
    pub recorded: Recorded,
    /// Everything touched, the leading entity first.
    pub entities: Vec<TouchedEntity>,
    /// Through which door.
    pub source: ChangeSource,
    /// Request that caused it.
    pub correlation_id: Option<String>,
}

/// The last row of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its position; 0 for an empty log.
    pub position: i64,
    /// Its digest; zeros for an empty log.
    pub digest: [u8; 32],
    /// When it was written.
    pub recorded_at: Option<Instant>,
    /// Its id.
    pub event_id: Option<Uuid>,
    /// How often a rebuild has repaired rows; state that was loaded before the last repair may
    /// be wrong and is to be forgotten.
    pub projection_generation: i64,
}

impl Head {
    /// The head of a log without events.
    pub const EMPTY: Self = Self {
        position: 0,
        digest: [0; 32],
        recorded_at: None,
        event_id: None,
        projection_generation: 0,
    };
}

/// The entities that an event touches, with their versions in `state`, which is after it.
pub fn touched_entities(state: &State, recorded: &Recorded) -> Vec<TouchedEntity> {
    let with_version = |entity: EntityRef| {
        let version = state.version(&entity);
        let EntityRef { entity_type, entity_id } = entity;
        TouchedEntity { entity_type, entity_id, version }
    };
    recorded.touches().into_iter().map(with_version).collect()
}

pub(crate) const READ_HEAD: &str = "SELECT position, digest, recorded_at, event_id, (SELECT \
    projection_generation FROM log_meta) FROM events ORDER BY position DESC LIMIT 1";

/// Makes every node forget what it has loaded, and fail where it expected the head of before.
pub(crate) const COUNT_GENERATION_UP: &str =
    "UPDATE log_meta SET projection_generation = projection_generation + 1";

pub(crate) fn decode_head(row: Option<&tokio_postgres::Row>) -> Result<Head, StoreError> {
    let Some(row) = row else { return Ok(Head::EMPTY) };
    let digest: &[u8] = row.try_get(1)?;
    let recorded_at: Timestamp = row.try_get(2)?;
    Ok(Head {
        position: row.try_get(0)?,
        digest: digest
            .try_into()
            .map_err(|_| StoreError::Corrupt("a digest has not 32 bytes".to_owned()))?,
        recorded_at: Some(Instant::new(recorded_at)?),
        event_id: Some(row.try_get(3)?),
        // Absent until the first node has named the epoch; nothing was repaired before that.
        projection_generation: row.try_get::<_, Option<i64>>(4)?.unwrap_or_default(),
    })
}

pub(crate) const APPEND: &str = "INSERT INTO events (position, event_id, entity_type, entity_id, \
    event_type, schema_version, payload, entities, occurred_at, recorded_at, actor, source, \
    correlation_id, digest) SELECT position, event_id, entity_type, entity_id, event_type, \
    schema_version, payload::jsonb, entities::jsonb, occurred_at, recorded_at, actor, source, \
    correlation_id, digest FROM unnest($1::written_event[])";

/// A row of `events` as the statement takes it.
#[derive(Debug, ToSql)]
#[postgres(name = "written_event")]
struct WrittenEvent<'a> {
    position: i64,
    event_id: Uuid,
    entity_type: &'a str,
    entity_id: &'a str,
    event_type: &'a str,
    schema_version: i16,
    payload: &'a str,
    entities: &'a str,
    occurred_at: Moment,
    recorded_at: Moment,
    actor: &'a str,
    source: &'a str,
    correlation_id: Option<&'a str>,
    digest: &'a [u8],
}

/// Events on their way into the log, chained to its head, and the head that they lead to.
pub struct Chain {
    head: Head,
    append: Append,
}

impl Chain {
    /// An empty one after `head`.
    pub fn after(head: &Head) -> Self {
        Self { head: head.clone(), append: Append::default() }
    }

    /// Adds the next events.
    pub fn add(&mut self, events: &[NewEvent]) -> Result<(), StoreError> {
        self.append.chain(&mut self.head, events)
    }

    pub(crate) fn into_parts(self) -> (Head, Append) {
        (self.head, self.append)
    }
}

/// A row to append, its place in the chain known.
struct Linked {
    row: chain::Row<String>,
    digest: [u8; 32],
}

impl Linked {
    fn written(&self) -> WrittenEvent<'_> {
        let row = &self.row;
        WrittenEvent {
            position: row.position,
            event_id: row.event_id,
            entity_type: &row.entity_type,
            entity_id: &row.entity_id,
            event_type: &row.event_type,
            schema_version: row.schema_version,
            payload: &row.payload,
            entities: &row.entities,
            occurred_at: row.occurred_at.into(),
            recorded_at: row.recorded_at.into(),
            actor: &row.actor,
            source: &row.source,
            correlation_id: row.correlation_id.as_deref(),
            digest: &self.digest,
        }
    }
}

/// The rows to append.
#[derive(Default)]
pub(crate) struct Append {
    rows: Vec<Linked>,
}

impl Append {
    /// Adds the rows of `events` after `head`, which moves to the last of them.
    fn chain(&mut self, head: &mut Head, events: &[NewEvent]) -> Result<(), StoreError> {
        let mut buffer = Vec::new();
        for event in events {
            let row = chain::Row::of(event)?;
            let digest = row.digest(&head.digest, &mut buffer).map_err(StoreError::Unexpected)?;
            head.digest = digest;
            head.position = row.position;
            head.recorded_at = Some(row.recorded_at);
            head.event_id = Some(row.event_id);
            self.rows.push(Linked { row, digest });
        }
        Ok(())
    }

    /// The rows as `statement` takes them; none if there are none.
    pub(crate) fn encode(&self, statement: &Statement) -> Result<Option<Rows>, StoreError> {
        Rows::encode(statement, self.rows.iter().map(Linked::written))
    }
}
