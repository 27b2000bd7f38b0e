//! Who is let in: the actor behind a secret, and whether that still holds.
//!
//! Every live credential is kept in memory by the digest of its secret. Once a second, and at once
//! after a change on this node, one row tells whether anything has changed; only then all are read
//! anew. Never holds a secret itself.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use mraos_domain::{Actor, Instant, Invalid, OperatorId, Role, Scope, Text};
use mraos_store::Store;
use mraos_store::access::LiveCredential;
use rand::RngExt;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::clock::Clock;
use crate::error::AppError;

/// How long the list of credentials is taken to be current without asking.
const FRESH: Duration = Duration::from_millis(900);
/// How long at most without reading it anew: what has ended by itself leaves the memory then.
const REREAD: Duration = Duration::from_secs(3_600);
/// Kinds of credentials in the database.
pub(crate) const TOKEN: &str = "token";
pub(crate) const SESSION: &str = "session";
pub(crate) const BOOTSTRAP: &str = "bootstrap";

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
    clock: Arc<dyn Clock>,
    bootstrap: Option<(SecretDigest, Access)>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    live: Arc<Live>,
    generation: i64,
    read_at: Option<Moment>,
    checked_at: Option<Moment>,
}

#[derive(Default)]
struct Live {
    by_digest: HashMap<SecretDigest, Access>,
    by_id: HashMap<CredentialId, SecretDigest>,
}

impl Credentials {
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        bootstrap: Option<&str>,
    ) -> Result<Self, AppError> {
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
        Ok(Self { store, clock, bootstrap, known: Mutex::default() })
    }

    /// Who shows `secret`, if it is a live one.
    pub(crate) async fn find(&self, secret: &str) -> Result<Option<Access>, AppError> {
        let wanted = digest(secret);
        if let Some((digest, access)) = &self.bootstrap
            && *digest == wanted
        {
            return Ok(Some(access.clone()));
        }
        let live = self.live().await?;
        Ok(live.by_digest.get(&wanted).filter(|access| self.lasts(access)).cloned())
    }

    /// What a credential that was let in stands for at present, if it is still live.
    pub(crate) async fn find_again(&self, id: &CredentialId) -> Result<Option<Access>, AppError> {
        if *id == CredentialId::Bootstrap {
            return Ok(self.bootstrap.as_ref().map(|(_, access)| access.clone()));
        }
        let live = self.live().await?;
        let access = live.by_id.get(id).and_then(|digest| live.by_digest.get(digest));
        Ok(access.filter(|access| self.lasts(access)).cloned())
    }

    /// Lets the next look-up see what this node has changed.
    pub(crate) async fn forget(&self) {
        self.known.lock().await.checked_at = None;
    }

    fn lasts(&self, access: &Access) -> bool {
        access.expires_at.is_none_or(|end| self.clock.now() < end)
    }

    async fn live(&self) -> Result<Arc<Live>, AppError> {
        let mut known = self.known.lock().await;
        if known.checked_at.is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(known.live.clone());
        }
        let now = Moment::now();
        // Asked for first: what is read after it is at least as new.
        let generation = self.store.access_generation().await?;
        let is_current =
            generation == known.generation && known.read_at.is_some_and(|at| at.elapsed() < REREAD);
        if !is_current {
            known.live = Arc::new(self.read().await?);
            known.generation = generation;
            known.read_at = Some(now);
        }
        known.checked_at = Some(now);
        Ok(known.live.clone())
    }

    async fn read(&self) -> Result<Live, AppError> {
        let mut live = Live::default();
        let now = self.clock.now().timestamp();
        for stored in self.store.live_credentials(now).await? {
            let id = stored.id;
            if let Some((digest, access)) = interpret(stored) {
                live.by_id.insert(access.credential, digest);
                live.by_digest.insert(digest, access);
            } else {
                tracing::error!(credential_id = %id, "a stored credential cannot be read");
            }
        }
        Ok(live)
    }
}

fn interpret(stored: LiveCredential) -> Option<(SecretDigest, Access)> {
    let digest = SecretDigest::try_from(stored.digest.as_slice()).ok()?;
    let credential = match stored.kind.as_str() {
        TOKEN => CredentialId::Token(stored.id),
        SESSION => CredentialId::Session(stored.id),
        _ => return None,
    };
    let actor = Actor {
        id: Text::new(&stored.user_id).ok()?,
        role: Role::parse(&stored.role)?,
        scope: stored_scope(stored.production_lines, stored.operator_id)?,
    };
    let expires_at = stored.expires_at.map(Instant::new).transpose().ok()?;
    Some((digest, Access { actor, credential, expires_at }))
}

/// The scope that is stored as a list of lines and an operator; none if it cannot be read.
pub(crate) fn stored_scope(
    lines: Option<Vec<String>>,
    operator_id: Option<String>,
) -> Option<Scope> {
    let all = |lines: Vec<String>| lines.iter().map(|line| Text::new(line)).collect();
    let lines: Option<Result<BTreeSet<Text<50>>, Invalid>> = lines.map(all);
    let operator_id = operator_id.map(|id| OperatorId::new(&id));
    Some(Scope { lines: lines.transpose().ok()?, operator_id: operator_id.transpose().ok()? })
}

/// The lines of a scope as they are stored.
pub(crate) fn lines_to_store(scope: &Scope) -> Option<Vec<String>> {
    scope.lines.as_ref().map(|lines| lines.iter().map(ToString::to_string).collect())
}

/// What is kept of a secret.
pub(crate) fn digest(secret: &str) -> SecretDigest {
    Sha256::digest(secret.as_bytes()).into()
}

/// A fresh secret of 256 bits behind a prefix that tells what it is.
pub(crate) fn draw_secret(prefix: &str) -> String {
    let random: [u8; 32] = rand::rng().random();
    format!("{prefix}{}", hex(&random))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
