//! Tokens: creation, listing, revocation.
//!
//! Only the SHA-256 of a token is stored; the token itself is shown once, when it is made.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Store;

/// A token as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredToken {
    /// Id, by which it is listed and revoked.
    pub token_id: Uuid,
    /// SHA-256 of the token. Never part of a recorded answer.
    #[serde(skip)]
    pub digest: Vec<u8>,
    /// Whose.
    pub user_id: String,
    /// Role.
    pub role: String,
    /// Lines that it is limited to; `None` for the whole plant.
    pub production_lines: Option<Vec<String>>,
    /// The operator for whom it acts.
    pub operator_id: Option<String>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "token_id, token_digest, user_id, role, production_lines, operator_id, \
                       expires_at, revoked_at, created_at";

fn decode(row: &Row) -> Result<StoredToken, StoreError> {
    Ok(StoredToken {
        token_id: row.try_get(0)?,
        digest: row.try_get(1)?,
        user_id: row.try_get(2)?,
        role: row.try_get(3)?,
        production_lines: row.try_get(4)?,
        operator_id: row.try_get(5)?,
        expires_at: row.try_get(6)?,
        revoked_at: row.try_get(7)?,
        created_at: row.try_get(8)?,
    })
}

impl Store {
    /// Every token, newest first.
    pub async fn all_tokens(&self) -> Result<Vec<StoredToken>, StoreError> {
        let client = self.session().await?;
        let sql = format!("SELECT {COLUMNS} FROM tokens ORDER BY created_at DESC, token_id");
        let statement = client.prepare_cached(&sql).await?;
        client.query(&statement, &[]).await?.iter().map(decode).collect()
    }

    /// Revokes a token; whether there was one to revoke.
    pub async fn revoke_token(&self, token_id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
        let client = self.session().await?;
        let sql = "UPDATE tokens SET revoked_at = $2 WHERE token_id = $1 AND revoked_at IS NULL";
        let statement = client.prepare_cached(sql).await?;
        Ok(client.execute(&statement, &[&token_id, &at]).await? > 0)
    }
}

/// Adds a token; whether there was none of the same digest.
pub(crate) async fn insert(
    client: &impl GenericClient,
    token: &StoredToken,
) -> Result<bool, StoreError> {
    let sql = format!(
        "INSERT INTO tokens ({COLUMNS}) VALUES ($1, $2, $3, $4, $5::text[], $6, $7, $8, $9) ON \
         CONFLICT (token_digest) DO NOTHING"
    );
    let statement = client.prepare_cached(&sql).await?;
    let written = client
        .execute(
            &statement,
            &[
                &token.token_id,
                &token.digest,
                &token.user_id,
                &token.role,
                &token.production_lines,
                &token.operator_id,
                &token.expires_at,
                &token.revoked_at,
                &token.created_at,
            ],
        )
        .await?;
    Ok(written > 0)
}

/// Revokes every live token that stands for a user.
pub(crate) async fn revoke_all_of(
    client: &impl GenericClient,
    user_id: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
    let statement = client.prepare_cached(sql).await?;
    client.execute(&statement, &[&user_id, &at]).await?;
    Ok(())
}
