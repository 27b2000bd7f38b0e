//! Who may act: the live credentials, and changes of users and tokens in one transaction each.
//!
//! A change takes what follows from it along (sessions that end, tokens that are revoked) and the
//! answer under its Idempotency-Key. The database counts changes, so that a node knows by one row
//! whether what it holds is current.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Store;
use crate::token::StoredToken;
use crate::user::StoredUser;
use crate::writer::{IdempotencyRecord, decode_recorded};
use crate::{session, token, user};

/// A credential by which somebody may be let in now.
#[derive(Debug, Clone)]
pub struct LiveCredential {
    /// `token` or `session`.
    pub kind: String,
    /// Id of the token or session.
    pub id: Uuid,
    /// SHA-256 of its secret.
    pub digest: Vec<u8>,
    /// Whose.
    pub user_id: String,
    /// Role; a session's is the user's present one.
    pub role: String,
    /// Lines.
    pub production_lines: Option<Vec<String>>,
    /// The operator behind it.
    pub operator_id: Option<String>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// A change of who may act.
#[derive(Debug)]
pub enum AccessChange<'a> {
    /// A new user.
    CreateUser(&'a StoredUser),
    /// A user with other values.
    ChangeUser {
        /// The user afterwards.
        user: &'a StoredUser,
        /// The version that it was made from.
        expected_version: i32,
        /// What becomes of the user's sessions.
        sessions: Sessions,
        /// Whether an administrator must be left.
        needs_administrator: bool,
    },
    /// A new token.
    CreateToken(&'a StoredToken),
}

/// What a change does to the sessions of its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sessions {
    /// They go on, with the new rights.
    GoOn,
    /// All but this one end.
    EndBut(Option<Uuid>),
    /// All end, and the tokens that stand for the user are revoked.
    EndWithTokens,
}

/// What came of a change.
#[derive(Debug)]
pub enum AccessWritten {
    /// Written.
    Done,
    /// The key was used before; this was recorded.
    Recorded(IdempotencyRecord),
    /// The id is taken, or the version is no longer the present one.
    Conflict,
    /// Nobody would be left to administer.
    NoAdministrator,
}

impl Store {
    /// How often it has changed who may act.
    pub async fn access_generation(&self) -> Result<i64, StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached("SELECT generation FROM access_generation").await?;
        Ok(client.query_one(&statement, &[]).await?.try_get(0)?)
    }

    /// Every credential that lets somebody in at `now`.
    pub async fn live_credentials(
        &self,
        now: Timestamp,
    ) -> Result<Vec<LiveCredential>, StoreError> {
        let client = self.session().await?;
        let sql = "SELECT 'token', token_id, token_digest, user_id, role, production_lines, \
                   operator_id, expires_at FROM tokens WHERE revoked_at IS NULL AND (expires_at \
                   IS NULL OR expires_at > $1) UNION ALL SELECT 'session', session_id, \
                   session_digest, user_id, role, production_lines, operator_id, expires_at FROM \
                   sessions JOIN users USING (user_id) WHERE is_active AND expires_at > $1";
        let statement = client.prepare_cached(sql).await?;
        client.query(&statement, &[&now]).await?.iter().map(decode).collect()
    }

    /// Writes a change and the answer under its key, or neither.
    pub async fn change_access(
        &self,
        change: &AccessChange<'_>,
        record: Option<&IdempotencyRecord>,
    ) -> Result<AccessWritten, StoreError> {
        let mut client = self.session().await?;
        let transaction = client.transaction().await?;
        if let Some(record) = record
            && let Some(earlier) = claim_key(&transaction, record).await?
        {
            return Ok(AccessWritten::Recorded(earlier));
        }
        let written = write(&transaction, change).await?;
        if matches!(written, AccessWritten::Done) {
            transaction.commit().await?;
        }
        Ok(written)
    }
}

fn decode(row: &Row) -> Result<LiveCredential, StoreError> {
    Ok(LiveCredential {
        kind: row.try_get(0)?,
        id: row.try_get(1)?,
        digest: row.try_get(2)?,
        user_id: row.try_get(3)?,
        role: row.try_get(4)?,
        production_lines: row.try_get(5)?,
        operator_id: row.try_get(6)?,
        expires_at: row.try_get(7)?,
    })
}

/// Records an answer, or tells the one that the key stands for already. A request under the same
/// key that comes meanwhile waits here for the end of this one.
async fn claim_key(
    client: &impl GenericClient,
    record: &IdempotencyRecord,
) -> Result<Option<IdempotencyRecord>, StoreError> {
    let IdempotencyRecord { actor, key, request_digest, outcome } = record;
    let claim = "INSERT INTO idempotency AS known (actor, key, request_digest, outcome, \
                 created_at) VALUES ($1, $2, $3, $4, now()) ON CONFLICT (actor, key) DO UPDATE \
                 SET request_digest = excluded.request_digest, outcome = excluded.outcome, \
                 created_at = excluded.created_at WHERE known.created_at <= now() - interval '24 \
                 hours'";
    let statement = client.prepare_cached(claim).await?;
    let outcome = outcome.to_string();
    if client.execute(&statement, &[actor, key, request_digest, &outcome]).await? > 0 {
        return Ok(None);
    }
    let look = "SELECT actor, key, request_digest, outcome FROM idempotency WHERE actor = $1 AND \
                key = $2";
    let statement = client.prepare_cached(look).await?;
    let row = client.query_one(&statement, &[actor, key]).await?;
    decode_recorded(&row).map(Some)
}

async fn write(
    client: &impl GenericClient,
    change: &AccessChange<'_>,
) -> Result<AccessWritten, StoreError> {
    let fits = match change {
        AccessChange::CreateUser(user) => user::insert(client, user).await?,
        AccessChange::CreateToken(token) => token::insert(client, token).await?,
        AccessChange::ChangeUser { user, expected_version, sessions, needs_administrator } => {
            let fits = user::replace(client, user, *expected_version).await?;
            if fits && *needs_administrator && !has_administrator(client).await? {
                return Ok(AccessWritten::NoAdministrator);
            }
            match sessions {
                Sessions::GoOn => {}
                Sessions::EndBut(one) => session::end_all_of(client, &user.user_id, *one).await?,
                Sessions::EndWithTokens => {
                    session::end_all_of(client, &user.user_id, None).await?;
                    token::revoke_all_of(client, &user.user_id, user.updated_at).await?;
                }
            }
            fits
        }
    };
    Ok(if fits { AccessWritten::Done } else { AccessWritten::Conflict })
}

/// Changes of users wait for each other, because each counts as one: none can slip in between.
async fn has_administrator(client: &impl GenericClient) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT FROM users WHERE role = 'admin' AND is_active)";
    let statement = client.prepare_cached(sql).await?;
    Ok(client.query_one(&statement, &[]).await?.try_get(0)?)
}
