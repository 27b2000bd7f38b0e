//! Who is let in: the actor behind a secret, and whether that still holds.
//!
//! Every live credential is kept in memory by the digest of its secret, and read anew when that is
//! older than a second or this node has changed one. Never holds a secret itself.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use mraos_domain::{Actor, Instant, Role, Text};
use mraos_store::Store;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::error::AppError;

/// How old the list of credentials may be.
const FRESH: Duration = Duration::from_secs(1);

/// SHA-256 of a secret.
pub(crate) type SecretDigest = [u8; 32];

/// What somebody proved to be somebody with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialId {
    /// The token of the environment.
    Bootstrap,
    /// A token.
    Token(Uuid),
    /// A session.
    Session(Uuid),
}

/// Somebody who has been let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Who, in which role, for which part of the plant.
    pub actor: Actor,
    /// By which credential.
    pub credential: CredentialId,
    /// When it ends by itself.
    pub expires_at: Option<Instant>,
}

/// The live credentials.
pub(crate) struct Credentials {
    store: Store,
    bootstrap: Option<(SecretDigest, Access)>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    live: Arc<Live>,
    read_at: Option<Moment>,
}

#[derive(Default)]
struct Live {
    by_digest: HashMap<SecretDigest, Access>,
    by_id: HashMap<CredentialId, SecretDigest>,
}

impl Credentials {
    pub(crate) fn new(store: Store, bootstrap: Option<&str>) -> Result<Self, AppError> {
        let bootstrap = bootstrap
            .map(|secret| {
                let id = Text::new("bootstrap")
                    .map_err(|error| AppError::Internal(error.to_string()))?;
                let access = Access {
                    actor: Actor::new(id, Role::Admin),
                    credential: CredentialId::Bootstrap,
                    expires_at: None,
                };
                Ok::<_, AppError>((digest(secret), access))
            })
            .transpose()?;
        Ok(Self { store, bootstrap, known: Mutex::default() })
    }

    /// Who shows `secret`, if it is a live one.
    pub(crate) async fn find(&self, secret: &str) -> Result<Option<Access>, AppError> {
        let wanted = digest(secret);
        if let Some((digest, access)) = &self.bootstrap
            && *digest == wanted
        {
            return Ok(Some(access.clone()));
        }
        Ok(self.live().await?.by_digest.get(&wanted).cloned())
    }

    /// What a credential that was let in stands for now, if it is still live.
    pub(crate) async fn find_again(&self, id: &CredentialId) -> Result<Option<Access>, AppError> {
        if *id == CredentialId::Bootstrap {
            return Ok(self.bootstrap.as_ref().map(|(_, access)| access.clone()));
        }
        let live = self.live().await?;
        Ok(live.by_id.get(id).and_then(|digest| live.by_digest.get(digest)).cloned())
    }

    /// Lets the next look-up read the credentials anew.
    pub(crate) async fn forget(&self) {
        self.known.lock().await.read_at = None;
    }

    async fn live(&self) -> Result<Arc<Live>, AppError> {
        let mut known = self.known.lock().await;
        let fresh = known.read_at.is_some_and(|at| at.elapsed() < FRESH);
        if !fresh {
            known.live = Arc::new(self.read().await?);
            known.read_at = Some(Moment::now());
        }
        Ok(known.live.clone())
    }

    async fn read(&self) -> Result<Live, AppError> {
        let mut live = Live::default();
        for token in self.store.live_tokens().await? {
            let digest = SecretDigest::try_from(token.digest.as_slice());
            let (id, role) = (Text::new(&token.user_id), Role::parse(&token.role));
            let expires_at = token.expires_at.map(Instant::new).transpose();
            if let (Ok(digest), Ok(id), Some(role), Ok(expires_at)) =
                (digest, id, role, expires_at)
            {
                let credential = CredentialId::Token(token.token_id);
                let access = Access { actor: Actor::new(id, role), credential, expires_at };
                live.by_id.insert(credential, digest);
                live.by_digest.insert(digest, access);
            } else {
                tracing::error!(token_id = %token.token_id, "stored token cannot be read");
            }
        }
        Ok(live)
    }
}

/// What is kept of a secret.
pub(crate) fn digest(secret: &str) -> SecretDigest {
    Sha256::digest(secret.as_bytes()).into()
}
