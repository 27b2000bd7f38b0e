//! Free texts that people write: kept beside the log, sealed, erasable; the event gets a salted
//! hash.
//!
//! The salt keeps a short text from being guessed from its hash. In the database a text is sealed
//! under the master key and written as base64. Never logs a text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mraos_domain::TextRef;
use mraos_store::{Attachment, Store};
use rand::RngExt;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::AppError;
use crate::vault::Vault;

/// What a sealed text says it belongs to; the event's hash says to which event.
const OWNER: &str = "event text";
/// Texts of an earlier version that are sealed at a time.
const PAGE: i64 = 1_000;

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

/// Seals the texts among `attachments`, as the database gets them.
pub(crate) fn seal(attachments: &mut [Attachment], vault: &Vault) -> Result<(), AppError> {
    for attachment in attachments {
        if let Attachment::Text { body, .. } = attachment {
            *body = STANDARD.encode(vault.seal_text(OWNER, body)?);
        }
    }
    Ok(())
}

/// Opens a text as the database has it.
pub(crate) fn open(sealed: &str, vault: &Vault) -> Result<String, AppError> {
    let bytes = STANDARD.decode(sealed);
    let bytes = bytes.map_err(|_| AppError::Internal("a free text is not sealed".to_owned()))?;
    vault.open_text(OWNER, &bytes)
}

/// Seals what an earlier version has stored as it was written.
pub(crate) async fn seal_open(store: &Store, vault: &Vault) -> Result<(), AppError> {
    loop {
        let page = store.open_texts(PAGE).await?;
        if page.is_empty() {
            return Ok(());
        }
        tracing::info!(texts = page.len(), "sealing free texts of an earlier version");
        let seal = |(text_id, body): (Uuid, String)| -> Result<_, AppError> {
            Ok((text_id, STANDARD.encode(vault.seal_text(OWNER, &body)?)))
        };
        let sealed = page.into_iter().map(seal).collect::<Result<_, _>>()?;
        store.put_sealed(sealed).await?;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_text_is_stored_sealed_and_can_be_read_again() {
        let vault = Vault::new(&[7; 32]);
        let (reference, stored) = attach("Ada has a fever");
        let mut attachments = [stored];
        seal(&mut attachments, &vault).unwrap();
        let [Attachment::Text { text_id, body, .. }] = &attachments else { panic!("no text") };
        assert_eq!(*text_id, reference.text_id);
        assert!(!body.contains("Ada") && !body.contains("fever"), "{body}");
        assert_eq!(open(body, &vault).unwrap(), "Ada has a fever");
        assert!(open(body, &Vault::new(&[8; 32])).is_err());
        assert!(open("Ada has a fever", &vault).is_err(), "an open text is no sealed one");
    }
}
