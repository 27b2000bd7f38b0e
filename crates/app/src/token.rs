//! Bearer tokens: from a secret to an actor, with revocation within a second.
//!
//! The live tokens are few; all of them are kept in memory by digest and read anew when they are
//! older than a second or an unknown one is shown.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use mraos_domain::{Actor, Role, Text};
use mraos_store::Store;
pub use mraos_store::token::StoredToken;
use rand::RngExt;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::error::AppError;

/// How old the list of tokens may be.
const FRESH: Duration = Duration::from_secs(1);

type Digest32 = [u8; 32];

/// The live tokens.
pub(crate) struct Tokens {
    store: Store,
    bootstrap: Option<(Digest32, Actor)>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    actors: Arc<HashMap<Digest32, Actor>>,
    read_at: Option<Moment>,
}

impl Tokens {
    pub(crate) fn new(store: Store, bootstrap: Option<&str>) -> Result<Self, AppError> {
        let bootstrap = bootstrap
            .map(|secret| {
                let id = Text::new("bootstrap")
                    .map_err(|error| AppError::Internal(error.to_string()))?;
                Ok::<_, AppError>((digest(secret), Actor { id, role: Role::Admin }))
            })
            .transpose()?;
        Ok(Self { store, bootstrap, known: Mutex::default() })
    }

    /// Whose token this is, if it is a live one.
    pub(crate) async fn find(&self, secret: &str) -> Result<Option<Actor>, AppError> {
        let wanted = digest(secret);
        if let Some((digest, actor)) = &self.bootstrap
            && *digest == wanted
        {
            return Ok(Some(actor.clone()));
        }
        let mut known = self.known.lock().await;
        let fresh = known.read_at.is_some_and(|at| at.elapsed() < FRESH);
        if !fresh {
            known.actors = Arc::new(self.read().await?);
            known.read_at = Some(Moment::now());
        }
        Ok(known.actors.get(&wanted).cloned())
    }

    /// Lets the next look-up read the tokens anew.
    pub(crate) async fn forget(&self) {
        self.known.lock().await.read_at = None;
    }

    async fn read(&self) -> Result<HashMap<Digest32, Actor>, AppError> {
        let mut actors = HashMap::new();
        for token in self.store.live_tokens().await? {
            let digest = Digest32::try_from(token.digest.as_slice());
            let (id, role) = (Text::new(&token.user_id), Role::parse(&token.role));
            if let (Ok(digest), Ok(id), Some(role)) = (digest, id, role) {
                actors.insert(digest, Actor { id, role });
            } else {
                tracing::error!(token_id = %token.token_id, "stored token cannot be read");
            }
        }
        Ok(actors)
    }
}

fn digest(secret: &str) -> Digest32 {
    Sha256::digest(secret.as_bytes()).into()
}

/// A new token: what is stored, and the secret that is shown once.
pub fn issue(
    actor: &Actor,
    created_at: jiff::Timestamp,
    expires_at: Option<jiff::Timestamp>,
) -> (StoredToken, String) {
    let random: [u8; 24] = rand::rng().random();
    let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let secret = format!("mraos_{secret}");
    let stored = StoredToken {
        token_id: Uuid::now_v7(),
        digest: digest(&secret).to_vec(),
        user_id: actor.id.to_string(),
        role: actor.role.as_str().to_owned(),
        expires_at,
        revoked_at: None,
        created_at,
    };
    (stored, secret)
}
