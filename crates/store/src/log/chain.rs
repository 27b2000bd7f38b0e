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

/// Everything of a log row but its digest, in canonical types. The fields stand in the order of
/// their names, as the canonical form wants them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Who decided it.
    pub actor: String,
    /// Request that caused it.
    pub correlation_id: Option<String>,
    /// Touched entities with versions.
    pub entities: Value,
    /// Id of the leading entity.
    pub entity_id: String,
    /// Kind of the leading entity.
    pub entity_type: String,
    /// Id of the event.
    pub event_id: Uuid,
    /// Type of the event.
    pub event_type: String,
    /// When it happened, RFC 3339 with microseconds.
    pub occurred_at: String,
    /// The fact.
    pub payload: Value,
    /// Place in the log, as a string.
    pub position: String,
    /// When it was written.
    pub recorded_at: String,
    /// Version of the payload's shape.
    pub schema_version: i16,
    /// Through which door.
    pub source: String,
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
            entity_type: lead.map(|lead| lead.entity_type.as_str()).unwrap_or("").into(),
            entity_id: lead.map(|lead| lead.entity_id.clone()).unwrap_or_default(),
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

    /// The canonical JSON of this row (RFC 8785): members in order, nothing between them. A value
    /// keeps the members of its objects in order by itself, and numbers in events are whole and
    /// small.
    pub fn canonical(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| StoreError::Unexpected(error.to_string()))
    }

    /// SHA-256 over the previous digest and the canonical JSON of this row.
    pub fn digest(&self, previous: &[u8; 32]) -> Result<[u8; 32], StoreError> {
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(self.canonical()?);
        Ok(hasher.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use serde_json::json;

    use super::*;

    #[test]
    fn the_text_of_a_row_is_its_canonical_form() {
        let row = Row {
            actor: "Müller \"€\" 😀".to_owned(),
            correlation_id: None,
            entities: json!([{"version": 3, "entity_type": "machine", "entity_id": "M-\u{1f}"}]),
            entity_id: "M-1".to_owned(),
            entity_type: "machine".to_owned(),
            event_id: Uuid::nil(),
            event_type: "machine_status_changed".to_owned(),
            occurred_at: "2026-11-29T06:00:00.000001Z".to_owned(),
            payload: json!({"z": 9_007_199_254_740_991_i64, "a": {"b": null, "B": [true, -1]}}),
            position: "1".to_owned(),
            recorded_at: "2026-11-29T06:00:00.000002Z".to_owned(),
            schema_version: 1,
            source: "api".to_owned(),
        };
        let wanted = serde_json_canonicalizer::to_string(&row).unwrap();
        assert_eq!(row.canonical().unwrap(), wanted);
    }
}
