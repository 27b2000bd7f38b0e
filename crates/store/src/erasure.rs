//! Erased people: who they are, and everything beside the log that still tells of them.
//!
//! The key of a person goes with the event of the erasure, in the committer's transaction. What
//! has to be looked for (free texts, recorded answers, accounts) goes in one of its own
//! afterwards, marked when it is done, so that an interrupted one is finished by the next start.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use mraos_domain::OperatorId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Store;

/// The key under which erasures wait for each other.
const ERASURE_LOCK: i64 = 0x4d52_414f_5345_5241;

/// A registration of an operator, which no other database has under the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Id of the operator.
    pub operator_id: String,
    /// When the operator was registered, as the log has it.
    pub registered_at: Timestamp,
    /// When the person was erased, if so.
    pub erased_at: Option<Timestamp>,
}

/// What was taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traces {
    /// Free texts.
    pub texts: u64,
    /// Recorded answers.
    pub answers: u64,
    /// Accounts that can no longer act.
    pub users: u64,
}

/// Texts of all events that touch the people or name them.
const ERASE_TEXTS: &str = "DELETE FROM event_texts WHERE text_id IN (SELECT (jsonb_path_query(\
    payload, 'lax $.**.text_id') #>> '{}')::uuid FROM events WHERE entities @> ANY ($1::jsonb[]) \
    OR payload ->> 'operator_id' = ANY ($2::text[]))";

/// Answers that show the operators or their accounts: the digest of such a request was made of the
/// person's data. Looking for the id first spares reading all others as JSON.
const ERASE_ANSWERS: &str = "DELETE FROM idempotency WHERE CASE WHEN EXISTS (SELECT FROM \
    unnest($1::text[]) AS named (id) WHERE strpos(outcome, named.id) > 0) THEN outcome::jsonb @> \
    ANY ($2::jsonb[]) END";

const USERS: &str = "SELECT user_id FROM users WHERE operator_id = ANY ($1::text[])";

/// An administrator who is the last one stays, or nobody could do anything about it.
const DEACTIVATE_USERS: &str = "UPDATE users SET display_name_sealed = NULL, version = version + \
    1, updated_at = now(), is_active = is_active AND role = 'admin' AND NOT EXISTS (SELECT FROM \
    users other WHERE other.role = 'admin' AND other.is_active AND other.user_id <> ALL \
    ($1::text[])) WHERE user_id = ANY ($1::text[]) AND (is_active OR display_name_sealed IS NOT \
    NULL)";

const END_TICKETS: &str = "DELETE FROM live_tickets WHERE credential_id IN (SELECT session_id \
    FROM sessions WHERE user_id = ANY ($1::text[]) UNION ALL SELECT token_id FROM tokens WHERE \
    user_id = ANY ($1::text[]) OR operator_id = ANY ($2::text[]))";

const END_SESSIONS: &str = "DELETE FROM sessions WHERE user_id = ANY ($1::text[])";

const REVOKE_TOKENS: &str = "UPDATE tokens SET revoked_at = now() WHERE revoked_at IS NULL AND \
    (user_id = ANY ($1::text[]) OR operator_id = ANY ($2::text[]))";

const NOTE_DONE: &str = "INSERT INTO operator_personal (operator_id, updated_at, erased_at, \
    traces_erased_at) SELECT i, now(), now(), now() FROM unnest($1::text[]) AS u(i) ON CONFLICT \
    (operator_id) DO UPDATE SET wrapped_key = NULL, sealed = NULL, updated_at = now(), erased_at \
    = coalesce(operator_personal.erased_at, now()), traces_erased_at = now()";

impl Store {
    /// Everybody who was erased.
    pub async fn erased_people(&self) -> Result<Vec<Registration>, StoreError> {
        let sql = "SELECT operator_id, created_at, erased_at FROM operators WHERE erased_at IS \
                   NOT NULL ORDER BY operator_id";
        let client = self.session().await?;
        let statement = client.prepare_cached(sql).await?;
        client.query(&statement, &[]).await?.iter().map(decode).collect()
    }

    /// The registrations of some operators.
    pub async fn registrations(&self, ids: &[String]) -> Result<Vec<Registration>, StoreError> {
        let sql = "SELECT operator_id, created_at, erased_at FROM operators WHERE operator_id = \
                   ANY ($1::text[]) ORDER BY operator_id";
        let client = self.session().await?;
        let statement = client.prepare_cached(sql).await?;
        client.query(&statement, &[&ids]).await?.iter().map(decode).collect()
    }

    /// Erased people of whom something beside the log may be left.
    pub async fn people_with_traces(&self) -> Result<Vec<OperatorId>, StoreError> {
        let sql = "SELECT o.operator_id FROM operators o LEFT JOIN operator_personal p USING \
                   (operator_id) WHERE o.erased_at IS NOT NULL AND (p.traces_erased_at IS NULL OR \
                   p.wrapped_key IS NOT NULL) ORDER BY o.operator_id";
        let client = self.session().await?;
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &[]).await?;
        rows.iter().map(|row| Ok(OperatorId::new(row.try_get(0)?)?)).collect()
    }

    /// Takes away what is left of erased people; reads the whole log, and holds nobody up.
    pub async fn erase_traces(&self, ids: &[OperatorId]) -> Result<Traces, StoreError> {
        let mut client = self.session().await?;
        let transaction = client.transaction().await?;
        transaction.batch_execute("SET LOCAL statement_timeout = 0").await?;
        // Two at once would wait for each other's rows.
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&ERASURE_LOCK]).await?;
        let traces = erase(&transaction, ids).await?;
        transaction.commit().await?;
        Ok(traces)
    }

    /// Texts that an earlier version has stored as they were written, a page.
    pub async fn open_texts(&self, limit: i64) -> Result<Vec<(Uuid, String)>, StoreError> {
        let sql = "SELECT text_id, body FROM event_texts WHERE NOT is_sealed ORDER BY text_id \
                   LIMIT $1";
        let client = self.session().await?;
        let rows = client.query(sql, &[&limit]).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// Puts sealed texts in the place of open ones.
    pub async fn put_sealed(&self, sealed: Vec<(Uuid, String)>) -> Result<(), StoreError> {
        let (ids, bodies): (Vec<Uuid>, Vec<String>) = sealed.into_iter().unzip();
        let sql = "UPDATE event_texts t SET body = u.body, is_sealed = true FROM unnest(\
                   $1::uuid[], $2::text[]) AS u(text_id, body) WHERE t.text_id = u.text_id AND \
                   NOT t.is_sealed";
        let client = self.session().await?;
        client.execute(sql, &[&ids, &bodies]).await?;
        Ok(())
    }
}

fn decode(row: &tokio_postgres::Row) -> Result<Registration, StoreError> {
    let (operator_id, registered_at, erased_at) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    Ok(Registration { operator_id, registered_at, erased_at })
}

async fn erase(client: &impl GenericClient, ids: &[OperatorId]) -> Result<Traces, StoreError> {
    let ids: Vec<&str> = ids.iter().map(OperatorId::as_str).collect();
    let touched: Vec<Value> = ids.iter().map(|id| json!([entity(id)])).collect();
    let texts = client.execute(ERASE_TEXTS, &[&touched, &ids]).await?;
    let users = client.query(USERS, &[&ids]).await?;
    let users: Vec<&str> = users.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    client.execute(END_TICKETS, &[&users, &ids]).await?;
    if !users.is_empty() {
        client.execute(END_SESSIONS, &[&users]).await?;
        client.execute(DEACTIVATE_USERS, &[&users]).await?;
    }
    client.execute(REVOKE_TOKENS, &[&users, &ids]).await?;
    let mut patterns: Vec<Value> = users.iter().map(|id| json!({"user_id": id})).collect();
    for id in &ids {
        let shown = json!({"entity": {"operator": {"operator_id": id}}});
        patterns.push(json!({"decision": {"applied": [shown]}}));
        patterns.push(json!({"decision": {"refused": [entity(id)]}}));
    }
    let named: Vec<&str> = ids.iter().chain(&users).copied().collect();
    let answers = client.execute(ERASE_ANSWERS, &[&named, &patterns]).await?;
    client.execute(NOTE_DONE, &[&ids]).await?;
    Ok(Traces { texts, answers, users: users.len() as u64 })
}

fn entity(id: &str) -> Value {
    json!({"entity_type": "operator", "entity_id": id})
}
