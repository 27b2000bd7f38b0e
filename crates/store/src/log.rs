//! The log's rows: how an event is written, chained, and read back.
//!
//! `digest` is SHA-256 over the previous digest and the canonical JSON (RFC 8785) of everything
//! else in the row, 64-bit integers and times as strings. Nothing here changes a row.

mod canonical;
pub mod chain;
pub mod checkpoint;
mod complete;
mod entry;
pub mod export;
pub mod finding;
mod pages;
pub mod read;
pub mod rebuild;
mod replay;
mod shadow;
pub mod verify;

use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use mraos_domain::{ChangeSource, EntityRef, Instant, Recorded, State};
use serde::Serialize;
use uuid::Uuid;

use crate::error::StoreError;

/// An entity that an event touches, with its version afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct TouchedEntity {
    /// Which.
    #[serde(flatten)]
    pub entity: EntityRef,
    /// Its version after the event; 0 for things without one.
    pub version: i32,
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
    let version = |entity: EntityRef| TouchedEntity { version: state.version(&entity), entity };
    recorded.touches().into_iter().map(version).collect()
}

pub(crate) const READ_HEAD: &str = "SELECT position, digest, recorded_at, event_id, (SELECT \
    projection_generation FROM log_meta) FROM events ORDER BY position DESC LIMIT 1";

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

const APPEND: &str = "INSERT INTO events (position, event_id, entity_type, entity_id, event_type, \
    schema_version, payload, entities, occurred_at, recorded_at, actor, source, correlation_id, \
    digest) SELECT p, i, et, ei, ty, sv, pl::jsonb, en::jsonb, oc, re, ac, so, co, di FROM \
    unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::smallint[], \
    $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], \
    $13::text[], $14::bytea[]) AS u(p, i, et, ei, ty, sv, pl, en, oc, re, ac, so, co, di)";

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

/// The columns of the rows to append.
#[derive(Default)]
pub(crate) struct Append {
    positions: Vec<i64>,
    ids: Vec<Uuid>,
    entity_types: Vec<&'static str>,
    entity_ids: Vec<String>,
    event_types: Vec<&'static str>,
    schema_versions: Vec<i16>,
    payloads: Vec<String>,
    entities: Vec<String>,
    occurred: Vec<Timestamp>,
    recorded: Vec<Timestamp>,
    actors: Vec<String>,
    sources: Vec<&'static str>,
    correlations: Vec<Option<String>>,
    digests: Vec<Vec<u8>>,
}

impl Append {
    /// Adds the rows of `events` after `head`, which moves to the last of them.
    fn chain(&mut self, head: &mut Head, events: &[NewEvent]) -> Result<(), StoreError> {
        let append = self;
        let mut previous = head.digest;
        for event in events {
            let row = chain::Row::of(event)?;
            previous = row.digest(&previous)?;
            let lead = event.entities.first().map(|lead| lead.entity.clone());
            let Some(lead) = lead else {
                return Err(StoreError::Unexpected("an event touches nothing".to_owned()));
            };
            append.positions.push(event.recorded.position);
            append.ids.push(event.event_id);
            append.entity_types.push(lead.entity_type.as_str());
            append.entity_ids.push(lead.entity_id);
            append.event_types.push(event.recorded.event.event_type());
            append.schema_versions.push(event.recorded.event.schema_version());
            append.payloads.push(row.payload.to_string());
            append.entities.push(row.entities.to_string());
            append.occurred.push(event.recorded.occurred_at.timestamp());
            append.recorded.push(event.recorded.recorded_at.timestamp());
            append.actors.push(event.recorded.actor.to_string());
            append.sources.push(event.source.as_str());
            append.correlations.push(event.correlation_id.clone());
            append.digests.push(previous.to_vec());
        }
        if let Some(last) = events.last() {
            head.position = last.recorded.position;
            head.recorded_at = Some(last.recorded.recorded_at);
            head.event_id = Some(last.event_id);
        }
        head.digest = previous;
        Ok(())
    }

    pub(crate) async fn run(
        &self,
        client: &ClientWrapper,
        statement: &tokio_postgres::Statement,
    ) -> Result<u64, StoreError> {
        let count = client
            .execute(
                statement,
                &[
                    &self.positions,
                    &self.ids,
                    &self.entity_types,
                    &self.entity_ids,
                    &self.event_types,
                    &self.schema_versions,
                    &self.payloads,
                    &self.entities,
                    &self.occurred,
                    &self.recorded,
                    &self.actors,
                    &self.sources,
                    &self.correlations,
                    &self.digests,
                ],
            )
            .await?;
        Ok(count)
    }

    pub(crate) async fn prepare(
        client: &ClientWrapper,
    ) -> Result<tokio_postgres::Statement, StoreError> {
        Ok(client.prepare_cached(APPEND).await?)
    }
}
