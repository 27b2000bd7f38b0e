//! Tokens and users: look-up by digest, creation, revocation.
//!
//! Only the SHA-256 of a token is stored; the token itself is shown once, when it is made.

use jiff::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Store;

/// A token as stored.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// Id, by which it is listed and revoked.
    pub token_id: Uuid,
    /// SHA-256 of the token.
    pub digest: Vec<u8>,
    /// Whose.
    pub user_id: String,
    /// Role.
    pub role: String,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A user as stored.
#[derive(Debug, Clone)]
pub struct StoredUser {
    /// Id, such as `S-042`.
    pub user_id: String,
    /// Role.
    pub role: String,
    /// Whether the user may act.
    pub is_active: bool,
    /// When recorded.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "token_id, token_digest, user_id, role, expires_at, revoked_at, created_at";

fn decode(row: &tokio_postgres::Row) -> Result<StoredToken, StoreError> {
    Ok(StoredToken {
        token_id: row.try_get(0)?,
        digest: row.try_get(1)?,
        user_id: row.try_get(2)?,
        role: row.try_get(3)?,
        expires_at: row.try_get(4)?,
        revoked_at: row.try_get(5)?,
        created_at: row.try_get(6)?,
    })
}

impl Store {
    /// Every token that is neither revoked nor expired.
    pub async fn live_tokens(&self) -> Result<Vec<StoredToken>, StoreError> {
        let client = self.session().await?;
        let sql = format!(
            "SELECT {COLUMNS} FROM tokens WHERE revoked_at IS NULL AND (expires_at IS NULL OR \
             expires_at > now())"
        );
        let statement = client.prepare_cached(&sql).await?;
        client.query(&statement, &[]).await?.iter().map(decode).collect()
    }

    /// Every token, newest first.
    pub async fn all_tokens(&self) -> Result<Vec<StoredToken>, StoreError> {
        let client = self.session().await?;
        let sql = format!("SELECT {COLUMNS} FROM tokens ORDER BY created_at DESC, token_id");
        let statement = client.prepare_cached(&sql).await?;
        client.query(&statement, &[]).await?.iter().map(decode).collect()
    }

    /// Adds a token; a token of the same digest stays as it is.
    pub async fn create_token(&self, token: &StoredToken) -> Result<(), StoreError> {
        let client = self.session().await?;
        let sql = format!(
            "INSERT INTO tokens ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT \
             (token_digest) DO NOTHING"
        );
        let statement = client.prepare_cached(&sql).await?;
        client
            .execute(
                &statement,
                &[
                    &token.token_id,
                    &token.digest,
                    &token.user_id,
                    &token.role,
                    &token.expires_at,
                    &token.revoked_at,
                    &token.created_at,
                ],
            )
            .await?;
        Ok(())
    }

    /// Revokes a token; whether there was one to revoke.
    pub async fn revoke_token(&self, token_id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
        let client = self.session().await?;
        let sql = "UPDATE tokens SET revoked_at = $2 WHERE token_id = $1 AND revoked_at IS NULL";
        let statement = client.prepare_cached(sql).await?;
        Ok(client.execute(&statement, &[&token_id, &at]).await? > 0)
    }

    /// Adds a user or changes the role of one.
    pub async fn save_user(&self, user: &StoredUser) -> Result<(), StoreError> {
        let client = self.session().await?;
        let sql = "INSERT INTO users (user_id, role, is_active, created_at, updated_at) VALUES \
                   ($1, $2, $3, $4, $4) ON CONFLICT (user_id) DO UPDATE SET role = \
                   excluded.role, is_active = excluded.is_active, updated_at = \
                   excluded.updated_at";
        let statement = client.prepare_cached(sql).await?;
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&user.user_id, &user.role, &user.is_active, &user.created_at];
        client.execute(&statement, &parameters).await?;
        Ok(())
    }

    /// Every user by id.
    pub async fn users(&self) -> Result<Vec<StoredUser>, StoreError> {
        let client = self.session().await?;
        let sql = "SELECT user_id, role, is_active, created_at FROM users ORDER BY user_id";
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &[]).await?;
        rows.iter()
            .map(|row| {
                Ok(StoredUser {
                    user_id: row.try_get(0)?,
                    role: row.try_get(1)?,
                    is_active: row.try_get(2)?,
                    created_at: row.try_get(3)?,
                })
            })
            .collect()
    }
}
