//! Sign-in and sign-out, own passwords, and tickets for live connections.
//!
//! A session lasts eight hours and is revoked by removing it. Whether a user exists shows neither
//! in the answer nor in the time that it takes.

use std::net::IpAddr;
use std::time::Duration;

use mraos_domain::Instant;
use mraos_store::access::{AccessChange, Sessions};
use mraos_store::session::{StoredSession, StoredTicket};
use tokio::time::Instant as Moment;
use uuid::Uuid;

use crate::access::{Access, BOOTSTRAP, CredentialId, SESSION, TOKEN, digest, draw_secret, hex};
use crate::accounts::{AccountError, Accounts, Request};
use crate::error::AppError;
use crate::user::User;

/// How long a session lasts.
pub const SESSION_MINUTES: i64 = 8 * 60;
/// How long a ticket waits to be used.
const TICKET_S: i64 = 30;

/// What somebody who signed in holds.
#[derive(Clone)]
pub struct SignedIn {
    /// The session's secret.
    pub secret: String,
    /// When it ends by itself.
    pub expires_at: Instant,
    /// Who.
    pub user: User,
}

/// A ticket for one live connection.
#[derive(Clone)]
pub struct LiveTicket {
    /// The secret.
    pub secret: String,
    /// Until when it can be used.
    pub expires_at: Instant,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such user, no such password, or deactivated: nobody is told which.
    #[error("user id or password are wrong")]
    WrongCredentials,
    /// Too many failures.
    #[error("too many attempts")]
    TooManyAttempts {
        /// When to try again.
        retry_after: Duration,
    },
    /// Anything that can befall every use case.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Not with a token: only a person who signed in has a password.
    #[error("only a signed-in user has a password to change")]
    NoSession,
    /// The present password is another.
    #[error("the present password is another one")]
    WrongPassword,
    /// Too many failures.
    #[error("too many attempts")]
    TooManyAttempts {
        /// When to try again.
        retry_after: Duration,
    },
    /// The new one will not do, or it could not be written.
    #[error(transparent)]
    Account(#[from] AccountError),
}

/// What a page must send along with the cookie of a session to prove that it is ours.
pub fn csrf_token(session_secret: &str) -> String {
    hex(&digest(&format!("csrf {session_secret}")))
}

impl Accounts {
    /// Lets a person in.
    pub async fn sign_in(
        &self,
        user_id: &str,
        password: &str,
        peer: Option<IpAddr>,
    ) -> Result<SignedIn, SignInError> {
        let attempt = self
            .attempts
            .begin(user_id, peer, Moment::now().into_std())
            .map_err(|retry_after| SignInError::TooManyAttempts { retry_after })?;
        let found = self.store.find_user(user_id).await.map_err(AppError::from)?;
        let found = found.filter(|user| user.is_active);
        let hash = found.as_ref().and_then(|user| user.password_hash.clone());
        let right = self.passwords.matches(password, hash).await?;
        let Some(user) = found.filter(|_| right) else {
            // Not even the id: people type passwords into the wrong field.
            tracing::info!("a sign-in was refused");
            return Err(SignInError::WrongCredentials);
        };
        self.attempts.succeeded(attempt);
        let now = self.now();
        let signed_in = SignedIn {
            secret: draw_secret("mraos_session_"),
            expires_at: now.plus_minutes(SESSION_MINUTES),
            user: self.open_user(user)?,
        };
        let session = StoredSession {
            session_id: Uuid::now_v7(),
            digest: digest(&signed_in.secret).to_vec(),
            user_id: signed_in.user.user_id.to_string(),
            created_at: now.timestamp(),
            expires_at: signed_in.expires_at.timestamp(),
        };
        self.store.create_session(&session).await.map_err(AppError::from)?;
        self.credentials.forget().await;
        let session_id = session.session_id;
        tracing::info!(user_id = session.user_id, %session_id, "signed in");
        Ok(signed_in)
    }

    /// Ends a session; `false` if this is none.
    pub async fn sign_out(&self, access: &Access) -> Result<bool, AppError> {
        let CredentialId::Session(session_id) = access.credential else { return Ok(false) };
        self.store.end_session(session_id).await?;
        self.credentials.forget().await;
        tracing::info!(user_id = access.actor.id.as_str(), %session_id, "signed out");
        Ok(true)
    }

    /// Changes the own password and ends the user's other sessions.
    pub async fn change_password(
        &self,
        access: &Access,
        current: &str,
        new: &str,
    ) -> Result<(), PasswordError> {
        let CredentialId::Session(session_id) = access.credential else {
            return Err(PasswordError::NoSession);
        };
        let user_id = access.actor.id.as_str();
        let attempt = self
            .attempts
            .begin(user_id, None, Moment::now().into_std())
            .map_err(|retry_after| PasswordError::TooManyAttempts { retry_after })?;
        let found = self.store.find_user(user_id).await.map_err(AccountError::from)?;
        let mut user = found.ok_or(PasswordError::NoSession)?;
        let hash = user.password_hash.clone();
        if !self.passwords.matches(current, hash).await.map_err(AccountError::from)? {
            return Err(PasswordError::WrongPassword);
        }
        self.attempts.succeeded(attempt);
        user.password_hash = self.hash_optional(user_id, Some(new)).await?;
        let expected_version = user.version;
        user.version += 1;
        user.updated_at = self.now().timestamp();
        let change = AccessChange::ChangeUser {
            user: &user,
            expected_version,
            sessions: Sessions::EndBut(Some(session_id)),
            needs_administrator: false,
        };
        let request = Request { actor: access.actor.clone(), idempotency: None };
        self.change(&change, (), &request).await?;
        tracing::info!(user_id, "password changed by its owner");
        Ok(())
    }

    /// A ticket that opens one live connection with the rights of `access`.
    pub async fn issue_ticket(&self, access: &Access) -> Result<LiveTicket, AppError> {
        let (kind, credential_id) = match access.credential {
            CredentialId::Bootstrap => (BOOTSTRAP, None),
            CredentialId::Token(id) => (TOKEN, Some(id)),
            CredentialId::Session(id) => (SESSION, Some(id)),
        };
        let secret = draw_secret("mraos_ticket_");
        let expires_at = self.now().plus_seconds(TICKET_S);
        let ticket = StoredTicket {
            digest: digest(&secret).to_vec(),
            credential_kind: kind.to_owned(),
            credential_id,
            expires_at: expires_at.timestamp(),
        };
        self.store.create_ticket(&ticket).await?;
        Ok(LiveTicket { secret, expires_at })
    }

    /// Uses a ticket up: whose it is, if it is a live one and so is what it was issued for.
    pub async fn redeem_ticket(&self, secret: &str) -> Result<Option<Access>, AppError> {
        let Some(ticket) = self.store.take_ticket(&digest(secret)).await? else {
            return Ok(None);
        };
        if ticket.expires_at <= self.now().timestamp() {
            return Ok(None);
        }
        let credential = match (ticket.credential_kind.as_str(), ticket.credential_id) {
            (BOOTSTRAP, None) => CredentialId::Bootstrap,
            (TOKEN, Some(id)) => CredentialId::Token(id),
            (SESSION, Some(id)) => CredentialId::Session(id),
            _ => return Ok(None),
        };
        self.still_valid(&credential).await
    }
}
