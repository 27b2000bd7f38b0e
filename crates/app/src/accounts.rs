//! Users, sessions and tokens: the one handle to all that decides who is let in.
//!
//! The parts are in `session`, `user` and `token`; here is what they share, among it that a change
//! under an Idempotency-Key happens once. Every change is logged by ids, without names or secrets.

use std::sync::Arc;

use mraos_domain::{Actor, Instant};
use mraos_store::access::{AccessChange, AccessWritten};
use mraos_store::{IdempotencyRecord, Store};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::access::{Access, CredentialId, Credentials};
use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::error::AppError;
use crate::password::Passwords;
use crate::submission::IdempotencyKey;
use crate::vault::Vault;

/// What accounts are built from.
pub struct AccountsOptions {
    /// The migrated database.
    pub store: Store,
    /// Seals names of users.
    pub vault: Vault,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// An administrator's token for scripts, kept in memory only.
    pub bootstrap_token: Option<String>,
}

/// Users, sessions and tokens.
pub struct Accounts {
    pub(crate) store: Store,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) credentials: Credentials,
    pub(crate) passwords: Passwords,
    pub(crate) attempts: Attempts,
}

/// Who changes an account, and under which key.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who.
    pub actor: Actor,
    /// Key of the answer.
    pub idempotency: Option<IdempotencyKey>,
}

/// A change that happened, now or when its key was used first.
#[derive(Debug, Clone)]
pub struct Changed<T> {
    /// What it left behind.
    pub value: T,
    /// Whether this is the recorded answer to an earlier request.
    pub replayed: bool,
}

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The id belongs to somebody.
    #[error("the id is taken")]
    Taken,
    /// There is no such user.
    #[error("there is no such user")]
    Unknown,
    /// It has changed since it was read.
    #[error("it has changed since it was read")]
    Stale,
    /// Nobody would be left to administer.
    #[error("the last administrator stays one")]
    LastAdministrator,
    /// The password will not do.
    #[error("the password {0}")]
    Password(&'static str),
    /// Administrators have to do with the whole plant.
    #[error("an administrator is not limited to lines")]
    LimitedAdministrator,
    /// Anything that can befall every use case.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<mraos_store::StoreError> for AccountError {
    fn from(error: mraos_store::StoreError) -> Self {
        Self::App(error.into())
    }
}

impl Accounts {
    /// Accounts in a migrated database.
    pub fn new(options: AccountsOptions) -> Result<Self, AppError> {
        let AccountsOptions { store, vault, clock, bootstrap_token } = options;
        let credentials =
            Credentials::new(store.clone(), clock.clone(), bootstrap_token.as_deref())?;
        let (passwords, attempts) = (Passwords::new(), Attempts::default());
        Ok(Self { store, vault, clock, credentials, passwords, attempts })
    }

    /// Who shows this secret of a token or session, if it is a live one.
    pub async fn authenticate(&self, secret: &str) -> Result<Option<Access>, AppError> {
        self.credentials.find(secret).await
    }

    /// What a credential stands for at present; `None` once it is revoked or has ended.
    pub async fn still_valid(&self, id: &CredentialId) -> Result<Option<Access>, AppError> {
        self.credentials.find_again(id).await
    }

    /// How often a password was compared with a hash; for tests of what takes as long as what.
    pub fn password_checks(&self) -> u64 {
        self.passwords.checks()
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Writes a change and records `answer` under the request's key. With a key that was used for
    /// the same request before, nothing happens and the answer of then comes back.
    pub(crate) async fn change<T>(
        &self,
        change: &AccessChange<'_>,
        answer: T,
        request: &Request,
    ) -> Result<Changed<T>, AccountError>
    where
        T: Serialize + DeserializeOwned,
    {
        let record = self.record(&answer, request)?;
        let written = self.store.change_access(change, record.as_ref()).await?;
        self.credentials.forget().await;
        match written {
            AccessWritten::Done => Ok(Changed { value: answer, replayed: false }),
            AccessWritten::Recorded(earlier) => {
                let asked = record.map(|record| record.request_digest);
                if asked.as_ref() != Some(&earlier.request_digest) {
                    return Err(AppError::IdempotencyMismatch.into());
                }
                let value = serde_json::from_value(earlier.outcome);
                let value = value.map_err(|_| {
                    AppError::Internal("a recorded answer cannot be read".to_owned())
                })?;
                Ok(Changed { value, replayed: true })
            }
            AccessWritten::Conflict => match change {
                AccessChange::ChangeUser { .. } => Err(AccountError::Stale),
                AccessChange::CreateUser(_) | AccessChange::CreateToken(_) => {
                    Err(AccountError::Taken)
                }
            },
            AccessWritten::NoAdministrator => Err(AccountError::LastAdministrator),
        }
    }

    fn record<T: Serialize>(
        &self,
        answer: &T,
        request: &Request,
    ) -> Result<Option<IdempotencyRecord>, AppError> {
        let Some(IdempotencyKey { key, request_digest }) = &request.idempotency else {
            return Ok(None);
        };
        let outcome = serde_json::to_value(answer);
        Ok(Some(IdempotencyRecord {
            actor: request.actor.id.to_string(),
            key: key.clone(),
            request_digest: self.vault.veil(request_digest)?,
            outcome: outcome.map_err(|error| AppError::Internal(error.to_string()))?,
        }))
    }
}
