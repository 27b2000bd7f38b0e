//! Sessions of people who signed in, and the tickets by which a live connection is opened.
//!
//! A session that has ended is a row that is gone. Digests stand here, never a secret.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Store;

/// A session as stored.
#[derive(Debug, Clone)]
pub struct StoredSession {
    /// Id.
    pub session_id: Uuid,
    /// SHA-256 of the session's secret.
    pub digest: Vec<u8>,
    /// Whose.
    pub user_id: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A ticket as stored.
#[derive(Debug, Clone)]
pub struct StoredTicket {
    /// SHA-256 of the ticket.
    pub digest: Vec<u8>,
    /// Kind of the credential that it stands for.
    pub credential_kind: String,
    /// Id of that credential, where it has one.
    pub credential_id: Option<Uuid>,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl Store {
    /// Adds a session.
    pub async fn create_session(&self, session: &StoredSession) -> Result<(), StoreError> {
        let client = self.session().await?;
        let sql = "INSERT INTO sessions (session_id, session_digest, user_id, created_at, \
                   expires_at) VALUES ($1, $2, $3, $4, $5)";
        let statement = client.prepare_cached(sql).await?;
        let StoredSession { session_id, digest, user_id, created_at, expires_at } = session;
        client.execute(&statement, &[session_id, digest, user_id, created_at, expires_at]).await?;
        Ok(())
    }

    /// Ends a session.
    pub async fn end_session(&self, session_id: Uuid) -> Result<(), StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached("DELETE FROM sessions WHERE session_id = $1").await?;
        client.execute(&statement, &[&session_id]).await?;
        Ok(())
    }

    /// Adds a ticket.
    pub async fn create_ticket(&self, ticket: &StoredTicket) -> Result<(), StoreError> {
        let client = self.session().await?;
        let sql = "INSERT INTO live_tickets (ticket_digest, credential_kind, credential_id, \
                   expires_at) VALUES ($1, $2, $3, $4)";
        let statement = client.prepare_cached(sql).await?;
        let StoredTicket { digest, credential_kind, credential_id, expires_at } = ticket;
        client.execute(&statement, &[digest, credential_kind, credential_id, expires_at]).await?;
        Ok(())
    }

    /// Takes a ticket out of the table, so that nobody can use it again.
    pub async fn take_ticket(&self, digest: &[u8]) -> Result<Option<StoredTicket>, StoreError> {
        let client = self.session().await?;
        let sql = "DELETE FROM live_tickets WHERE ticket_digest = $1 RETURNING ticket_digest, \
                   credential_kind, credential_id, expires_at";
        let statement = client.prepare_cached(sql).await?;
        let row = client.query_opt(&statement, &[&digest]).await?;
        row.map(|row| {
            Ok(StoredTicket {
                digest: row.try_get(0)?,
                credential_kind: row.try_get(1)?,
                credential_id: row.try_get(2)?,
                expires_at: row.try_get(3)?,
            })
        })
        .transpose()
    }

    /// Removes sessions and tickets that have ended; how many.
    pub async fn forget_ended_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        let client = self.session().await?;
        let tickets = "DELETE FROM live_tickets WHERE expires_at <= $1";
        let forgotten = client.execute(tickets, &[&now]).await?;
        // The look first: a removal of nothing would still have every node read everything anew.
        let any = "SELECT EXISTS (SELECT FROM sessions WHERE expires_at <= $1)";
        if !client.query_one(any, &[&now]).await?.try_get(0)? {
            return Ok(forgotten);
        }
        let sessions = "DELETE FROM sessions WHERE expires_at <= $1";
        Ok(forgotten + client.execute(sessions, &[&now]).await?)
    }
}

/// Ends every session of a user but one.
pub(crate) async fn end_all_of(
    client: &impl GenericClient,
    user_id: &str,
    except: Option<Uuid>,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM sessions WHERE user_id = $1 AND session_id IS DISTINCT FROM $2";
    let statement = client.prepare_cached(sql).await?;
    client.execute(&statement, &[&user_id, &except]).await?;
    Ok(())
}
