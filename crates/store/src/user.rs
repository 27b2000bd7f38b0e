//! Users: rows of `users`, found one by one and listed by id.
//!
//! A password is here as its hash alone, a person's name sealed. Changes go through
//! [`crate::access`], which keeps sessions and recorded answers in step.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;

use crate::error::StoreError;
use crate::list::{Page, USERS};
use crate::store::Store;

/// A user as stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredUser {
    /// Id, such as `S-042`.
    pub user_id: String,
    /// Role.
    pub role: String,
    /// Whether the user may act.
    pub is_active: bool,
    /// Raised by each change.
    pub version: i32,
    /// Hash of the password; without one nobody signs in. Never part of a recorded answer.
    #[serde(skip)]
    pub password_hash: Option<String>,
    /// The person's name, sealed.
    pub display_name_sealed: Option<Vec<u8>>,
    /// Lines that the user is limited to; `None` for the whole plant.
    pub production_lines: Option<Vec<String>>,
    /// The operator who this user is.
    pub operator_id: Option<String>,
    /// When recorded.
    pub created_at: Timestamp,
    /// When changed last.
    pub updated_at: Timestamp,
}

impl std::fmt::Debug for StoredUser {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("StoredUser");
        shown.field("user_id", &self.user_id).field("role", &self.role).finish_non_exhaustive()
    }
}

const COLUMNS: &str = "user_id, role, is_active, version, password_hash, display_name_sealed, \
                       production_lines, operator_id, created_at, updated_at";

fn decode(row: &Row) -> Result<StoredUser, StoreError> {
    Ok(StoredUser {
        user_id: row.try_get(0)?,
        role: row.try_get(1)?,
        is_active: row.try_get(2)?,
        version: row.try_get(3)?,
        password_hash: row.try_get(4)?,
        display_name_sealed: row.try_get(5)?,
        production_lines: row.try_get(6)?,
        operator_id: row.try_get(7)?,
        created_at: row.try_get(8)?,
        updated_at: row.try_get(9)?,
    })
}

impl Store {
    /// The user of that id.
    pub async fn find_user(&self, user_id: &str) -> Result<Option<StoredUser>, StoreError> {
        Ok(self.users(&[user_id.to_owned()]).await?.pop())
    }

    /// A page of users by id, and whether more follow.
    pub async fn list_users(&self, page: &Page) -> Result<(Vec<StoredUser>, bool), StoreError> {
        let listed = self.list(&USERS, page, |id| Ok(id.to_owned())).await?;
        Ok((self.users(&listed.ids).await?, listed.has_more))
    }

    /// Whether anybody could sign in.
    pub async fn has_users(&self) -> Result<bool, StoreError> {
        let client = self.session().await?;
        let sql = "SELECT EXISTS (SELECT FROM users WHERE is_active AND password_hash IS NOT NULL)";
        let statement = client.prepare_cached(sql).await?;
        Ok(client.query_one(&statement, &[]).await?.try_get(0)?)
    }

    async fn users(&self, ids: &[String]) -> Result<Vec<StoredUser>, StoreError> {
        let client = self.session().await?;
        let sql =
            format!("SELECT {COLUMNS} FROM users WHERE user_id = ANY($1::text[]) ORDER BY user_id");
        let statement = client.prepare_cached(&sql).await?;
        client.query(&statement, &[&ids]).await?.iter().map(decode).collect()
    }
}

/// Adds a user; whether the id was free.
pub(crate) async fn insert(
    client: &impl GenericClient,
    user: &StoredUser,
) -> Result<bool, StoreError> {
    let sql = format!(
        "INSERT INTO users ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7::text[], $8, $9, $10) \
         ON CONFLICT (user_id) DO NOTHING"
    );
    let statement = client.prepare_cached(&sql).await?;
    let written = client
        .execute(
            &statement,
            &[
                &user.user_id,
                &user.role,
                &user.is_active,
                &user.version,
                &user.password_hash,
                &user.display_name_sealed,
                &user.production_lines,
                &user.operator_id,
                &user.created_at,
                &user.updated_at,
            ],
        )
        .await?;
    Ok(written > 0)
}

/// Replaces a user that stands at `expected_version`; whether it did.
pub(crate) async fn replace(
    client: &impl GenericClient,
    user: &StoredUser,
    expected_version: i32,
) -> Result<bool, StoreError> {
    let sql = "UPDATE users SET role = $2, is_active = $3, version = $4, password_hash = $5, \
               display_name_sealed = $6, production_lines = $7::text[], operator_id = $8, \
               updated_at = $9 WHERE user_id = $1 AND version = $10";
    let statement = client.prepare_cached(sql).await?;
    let written = client
        .execute(
            &statement,
            &[
                &user.user_id,
                &user.role,
                &user.is_active,
                &user.version,
                &user.password_hash,
                &user.display_name_sealed,
                &user.production_lines,
                &user.operator_id,
                &user.updated_at,
                &expected_version,
            ],
        )
        .await?;
    Ok(written > 0)
}
