//! What a batch keeps beside the log: answers by key, personal data, free texts, watermarks.
//!
//! Written in the batch's own transaction, column-wise, one statement per table. Nothing here is
//! derived from the log.

use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::writer::{Attachment, Batch};

/// Parameters of one statement.
pub(crate) type Columns = Vec<Box<dyn ToSql + Sync + Send>>;

const INSERT_IDEMPOTENCY: &str = "INSERT INTO idempotency (actor, key, request_digest, outcome, \
    created_at) SELECT a, k, d, o, now() FROM unnest($1::text[], $2::text[], $3::bytea[], \
    $4::text[]) AS u(a, k, d, o) ON CONFLICT (actor, key) DO UPDATE SET request_digest = \
    excluded.request_digest, outcome = excluded.outcome, created_at = excluded.created_at";

const UPSERT_PERSONAL: &str = "INSERT INTO operator_personal (operator_id, wrapped_key, sealed, \
    updated_at) SELECT i, w, s, now() FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS u(i, \
    w, s) ON CONFLICT (operator_id) DO UPDATE SET wrapped_key = excluded.wrapped_key, sealed = \
    excluded.sealed, updated_at = excluded.updated_at";

const ERASE_PERSONAL: &str = "INSERT INTO operator_personal (operator_id, updated_at, erased_at) \
    SELECT i, now(), now() FROM unnest($1::text[]) AS u(i) ON CONFLICT (operator_id) DO UPDATE \
    SET wrapped_key = NULL, sealed = NULL, updated_at = excluded.updated_at, erased_at = \
    coalesce(operator_personal.erased_at, excluded.erased_at)";

const INSERT_TEXTS: &str = "INSERT INTO event_texts (text_id, salt, body, is_sealed, created_at) \
    SELECT i, s, b, true, now() FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS u(i, s, b)";

const UPSERT_WATERMARKS: &str = "INSERT INTO ingest_watermarks (source_id, sequence, updated_at) \
    SELECT i, max(s), now() FROM unnest($1::text[], $2::bigint[]) AS u(i, s) GROUP BY i ON \
    CONFLICT (source_id) DO UPDATE SET sequence = excluded.sequence, updated_at = \
    excluded.updated_at";

/// The statements that write what a batch keeps beside the log, with their parameters.
pub(crate) fn record_columns(batch: &Batch) -> Vec<(&'static str, Columns)> {
    let mut all: Vec<(&'static str, Columns)> = Vec::new();
    let records = &batch.idempotency;
    if !records.is_empty() {
        all.push((
            INSERT_IDEMPOTENCY,
            vec![
                Box::new(records.iter().map(|one| one.actor.clone()).collect::<Vec<_>>()),
                Box::new(records.iter().map(|one| one.key.clone()).collect::<Vec<_>>()),
                Box::new(records.iter().map(|one| one.request_digest.clone()).collect::<Vec<_>>()),
                Box::new(records.iter().map(|one| one.outcome.to_string()).collect::<Vec<_>>()),
            ],
        ));
    }
    Attached::of(&batch.attachments).columns(&mut all);
    if !batch.watermarks.is_empty() {
        let ids: Vec<String> = batch.watermarks.iter().map(|(id, _)| id.to_string()).collect();
        let sequences: Vec<i64> = batch.watermarks.iter().map(|(_, sequence)| *sequence).collect();
        all.push((UPSERT_WATERMARKS, vec![Box::new(ids), Box::new(sequences)]));
    }
    all
}

/// Attachments, column by column.
#[derive(Default)]
struct Attached {
    people: Vec<String>,
    keys: Vec<Vec<u8>>,
    seals: Vec<Vec<u8>>,
    erased: Vec<String>,
    text_ids: Vec<Uuid>,
    salts: Vec<Vec<u8>>,
    texts: Vec<String>,
}

impl Attached {
    fn of(attachments: &[Attachment]) -> Self {
        let mut all = Self::default();
        for attachment in attachments.iter().cloned() {
            match attachment {
                Attachment::Personal { operator_id, wrapped_key, sealed } => {
                    // Twice in one batch: the later one counts.
                    if let Some(at) = all.people.iter().position(|id| *id == operator_id) {
                        (all.keys[at], all.seals[at]) = (wrapped_key, sealed);
                    } else {
                        all.people.push(operator_id);
                        all.keys.push(wrapped_key);
                        all.seals.push(sealed);
                    }
                }
                Attachment::Erased { operator_id } => all.erased.push(operator_id),
                Attachment::Text { text_id, salt, body } => {
                    all.text_ids.push(text_id);
                    all.salts.push(salt);
                    all.texts.push(body);
                }
            }
        }
        all.erased.sort();
        all.erased.dedup();
        all
    }

    fn columns(self, out: &mut Vec<(&'static str, Columns)>) {
        if !self.people.is_empty() {
            let columns: Columns =
                vec![Box::new(self.people), Box::new(self.keys), Box::new(self.seals)];
            out.push((UPSERT_PERSONAL, columns));
        }
        // After what the same batch has written about the same people.
        if !self.erased.is_empty() {
            out.push((ERASE_PERSONAL, vec![Box::new(self.erased)]));
        }
        if !self.text_ids.is_empty() {
            let columns: Columns =
                vec![Box::new(self.text_ids), Box::new(self.salts), Box::new(self.texts)];
            out.push((INSERT_TEXTS, columns));
        }
    }
}
