//! Tokens: how programs prove who they are.
//!
//! A token is drawn here; its secret is shown once, and only a digest is kept. An answer recorded
//! under an Idempotency-Key holds the secret sealed, so that a repeated request can be answered
//! as the first time; it is gone after a day.

use jiff::Timestamp;
use mraos_domain::{Instant, Role, Scope, Text};
use mraos_store::access::AccessChange;
pub use mraos_store::token::StoredToken;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{digest, draw_secret, lines_to_store};
use crate::accounts::{AccountError, Accounts, Changed, Request};
use crate::error::AppError;

/// A token that is to be.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Whom it stands for in the log.
    pub name: Text<50>,
    /// Role it acts in.
    pub role: Role,
    /// Part of the plant.
    pub scope: Scope,
    /// When it ends by itself.
    pub expires_at: Option<Instant>,
}

/// A token with its secret.
#[derive(Clone)]
pub struct IssuedToken {
    /// The token.
    pub token: StoredToken,
    /// The secret, shown once.
    pub secret: String,
}

/// What is recorded of an issued token.
#[derive(Serialize, Deserialize)]
struct RecordedToken {
    token: StoredToken,
    sealed_secret: Vec<u8>,
}

impl Accounts {
    /// Issues a token.
    pub async fn create_token(
        &self,
        new: &NewToken,
        request: &Request,
    ) -> Result<Changed<IssuedToken>, AccountError> {
        if new.role == Role::Admin && new.scope.lines.is_some() {
            return Err(AccountError::LimitedAdministrator);
        }
        let secret = draw_secret("mraos_");
        let token = stored(new, &secret, self.now().timestamp());
        let sealed_secret = self.vault.seal_text(&token.token_id.to_string(), &secret)?;
        let recorded = RecordedToken { token: token.clone(), sealed_secret };
        let change = AccessChange::CreateToken(&token);
        let Changed { value, replayed } = self.change(&change, recorded, request).await?;
        let RecordedToken { token, sealed_secret } = value;
        let secret = self.vault.open_text(&token.token_id.to_string(), &sealed_secret)?;
        if !replayed {
            let (token_id, by) = (token.token_id, request.actor.id.as_str());
            tracing::info!(%token_id, role = token.role, by, "token issued");
        }
        Ok(Changed { value: IssuedToken { token, secret }, replayed })
    }

    /// Every token, newest first.
    pub async fn list_tokens(&self) -> Result<Vec<StoredToken>, AppError> {
        Ok(self.store.all_tokens().await?)
    }

    /// Revokes a token; whether there was one to revoke.
    pub async fn revoke_token(&self, token_id: Uuid, by: &Request) -> Result<bool, AppError> {
        let revoked = self.store.revoke_token(token_id, self.now().timestamp()).await?;
        self.credentials.forget().await;
        if revoked {
            tracing::info!(%token_id, by = by.actor.id.as_str(), "token revoked");
        }
        Ok(revoked)
    }
}

fn stored(new: &NewToken, secret: &str, created_at: Timestamp) -> StoredToken {
    StoredToken {
        token_id: Uuid::now_v7(),
        digest: digest(secret).to_vec(),
        user_id: new.name.to_string(),
        role: new.role.as_str().to_owned(),
        production_lines: lines_to_store(&new.scope),
        operator_id: new.scope.operator_id.as_ref().map(ToString::to_string),
        expires_at: new.expires_at.map(Instant::timestamp),
        revoked_at: None,
        created_at,
    }
}
