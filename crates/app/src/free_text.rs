//! Free texts that people write: kept beside the log, erasable; the event gets a salted hash.
//!
//! The salt keeps a short text from being guessed from its hash. Never logs a text.

use mraos_domain::TextRef;
use mraos_store::Attachment;
use rand::RngExt;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What the event keeps of `body`, and what is stored beside the log.
pub fn attach(body: &str) -> (TextRef, Attachment) {
    let text_id = Uuid::now_v7();
    let salt: [u8; 16] = rand::rng().random();
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(body.as_bytes());
    let digest: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let stored = Attachment::Text { text_id, salt: salt.to_vec(), body: body.to_owned() };
    (TextRef { text_id, digest }, stored)
}
