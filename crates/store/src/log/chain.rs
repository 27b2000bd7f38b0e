//! The canonical form of a log row and its digest.
//!
//! The same function serves the writer and the verifier; what PostgreSQL does to JSON in between
//! (key order, white space) does not matter.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::NewEvent;
use crate::error::StoreError;

/// Everything of a log row but its digest, in canonical types.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Place in the log, as a string.
    pub position: String,
    /// Id of the event.
    pub event_id: Uuid,
    /// Kind of the leading entity.
    pub entity_type: String,
    /// Id of the leading entity.
    pub entity_id: String,
    /// Type of the event.
    pub event_type: String,
    /// Version of the payload's shape.
    pub schema_version: i16,
    /// The fact.
    pub payload: Value,
    /// Touched entities with versions.
    pub entities: Value,
    /// When it happened, RFC 3339 with microseconds.
    pub occurred_at: String,
    /// When it was written.
    pub recorded_at: String,
    /// Who decided it.
    pub actor: String,
    /// Through which door.
    pub source: String,
    /// Request that caused it.
    pub correlation_id: Option<String>,
}

impl Row {
    /// The row of an event that is about to be appended.
    pub fn of(event: &NewEvent) -> Result<Self, StoreError> {
        let unexpected = |error: serde_json::Error| StoreError::Unexpected(error.to_string());
        let recorded = &event.recorded;
        let lead = event.entities.first();
        Ok(Self {
            position: recorded.position.to_string(),
            event_id: event.event_id,
            entity_type: lead.map(|lead| lead.entity.entity_type.as_str()).unwrap_or("").into(),
            entity_id: lead.map(|lead| lead.entity.entity_id.clone()).unwrap_or_default(),
            event_type: recorded.event.event_type().to_owned(),
            schema_version: recorded.event.schema_version(),
            payload: recorded.event.payload().map_err(unexpected)?,
            entities: serde_json::to_value(&event.entities).map_err(unexpected)?,
            occurred_at: recorded.occurred_at.to_string(),
            recorded_at: recorded.recorded_at.to_string(),
            actor: recorded.actor.to_string(),
            source: event.source.as_str().to_owned(),
            correlation_id: event.correlation_id.clone(),
        })
    }

    /// The canonical JSON of this row.
    pub fn canonical(&self) -> Result<String, StoreError> {
        serde_json_canonicalizer::to_string(self)
            .map_err(|error| StoreError::Unexpected(error.to_string()))
    }

    /// SHA-256 over the previous digest and the canonical JSON of this row.
    pub fn digest(&self, previous: &[u8; 32]) -> Result<[u8; 32], StoreError> {
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(self.canonical()?);
        Ok(hasher.finalize().into())
    }
}
