//! Tokens: how programs prove who they are.
//!
//! A token is drawn here; its secret is shown once, and only a digest is kept.

use mraos_domain::Actor;
pub use mraos_store::token::StoredToken;
use rand::RngExt;
use uuid::Uuid;

use crate::access::digest;

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
