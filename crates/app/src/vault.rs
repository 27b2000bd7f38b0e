//! Personal data under a key per person, each wrapped by the master key (AES-256-GCM-SIV).
//!
//! Destroying a person's key erases the person from every copy of the database. Neither keys nor
//! names ever reach an event, a log line or a metric.

use std::fmt;

use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use mraos_domain::OperatorId;
use mraos_store::Attachment;
use mraos_store::store::SealedPerson;
use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

const NONCE_BYTES: usize = 12;

/// Who a person is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalData {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Picture.
    pub photo_url: Option<String>,
}

impl fmt::Debug for PersonalData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalData(…)")
    }
}

/// Seals and opens personal data.
#[derive(Clone)]
pub struct Vault {
    master: Aes256GcmSiv,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// A vault under the plant's master key.
    pub fn new(master_key: &[u8; 32]) -> Self {
        Self { master: Aes256GcmSiv::new(master_key.into()) }
    }

    /// Seals a person's data under a fresh key.
    pub fn seal(&self, id: &OperatorId, person: &PersonalData) -> Result<Attachment, AppError> {
        let key: [u8; 32] = rand::rng().random();
        let plain = serde_json::to_vec(person).map_err(|error| defect(&error))?;
        Ok(Attachment::Personal {
            operator_id: id.to_string(),
            wrapped_key: encrypt(&self.master, id.as_str(), &key)?,
            sealed: encrypt(&Aes256GcmSiv::new(&key.into()), id.as_str(), &plain)?,
        })
    }

    /// Seals a short text that belongs to `owner`.
    pub(crate) fn seal_text(&self, owner: &str, text: &str) -> Result<Vec<u8>, AppError> {
        encrypt(&self.master, owner, text.as_bytes())
    }

    /// Opens a short text that belongs to `owner`.
    pub(crate) fn open_text(&self, owner: &str, sealed: &[u8]) -> Result<String, AppError> {
        let plain = decrypt(&self.master, owner, sealed)?;
        String::from_utf8(plain).map_err(|_| AppError::Internal("a sealed text".to_owned()))
    }

    /// What stands for a digest where the digest itself would let somebody with the database try
    /// passwords: equal for equal digests, and not to be computed without the master key.
    pub(crate) fn veil(&self, digest: &[u8]) -> Result<Vec<u8>, AppError> {
        // The cipher is safe with one nonce: only equality shows, which is what is wanted.
        let payload = Payload { msg: digest, aad: b"request digest" };
        self.master
            .encrypt(&Nonce::from([0; NONCE_BYTES]), payload)
            .map_err(|_| AppError::Internal("a digest cannot be veiled".to_owned()))
    }

    /// Opens a person's data.
    pub fn open(&self, person: &SealedPerson) -> Result<PersonalData, AppError> {
        let id = person.operator_id.as_str();
        let key = decrypt(&self.master, id, &person.wrapped_key)?;
        let key: [u8; 32] =
            key.try_into().map_err(|_| AppError::Internal("a key has not 32 bytes".to_owned()))?;
        let plain = decrypt(&Aes256GcmSiv::new(&key.into()), id, &person.sealed)?;
        serde_json::from_slice(&plain).map_err(|error| defect(&error))
    }
}

fn defect(error: &serde_json::Error) -> AppError {
    // Only the category: the text of the error may quote the data.
    AppError::Internal(format!("personal data cannot be read: {:?}", error.classify()))
}

fn encrypt(cipher: &Aes256GcmSiv, id: &str, plain: &[u8]) -> Result<Vec<u8>, AppError> {
    let nonce: [u8; NONCE_BYTES] = rand::rng().random();
    let payload = Payload { msg: plain, aad: id.as_bytes() };
    let sealed = cipher
        .encrypt(&Nonce::from(nonce), payload)
        .map_err(|_| AppError::Internal("personal data cannot be sealed".to_owned()))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn decrypt(cipher: &Aes256GcmSiv, id: &str, sealed: &[u8]) -> Result<Vec<u8>, AppError> {
    let wrong = || {
        AppError::Internal(format!(
            "personal data of {id} cannot be opened; is this the master key it was sealed with?"
        ))
    };
    let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(wrong)?;
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| wrong())?;
    let payload = Payload { msg: body, aad: id.as_bytes() };
    cipher.decrypt(&Nonce::from(nonce), payload).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    fn person() -> PersonalData {
        PersonalData {
            first_name: "Ada".to_owned(),
            last_name: "Weaver".to_owned(),
            ..PersonalData::default()
        }
    }

    fn sealed(vault: &Vault, id: &str) -> SealedPerson {
        let id = OperatorId::new(id).unwrap();
        let Attachment::Personal { operator_id, wrapped_key, sealed } =
            vault.seal(&id, &person()).unwrap()
        else {
            panic!("not personal")
        };
        SealedPerson { operator_id, wrapped_key, sealed }
    }

    #[test]
    fn opens_what_it_sealed_and_shows_nothing() {
        let vault = Vault::new(&[7; 32]);
        let stored = sealed(&vault, "O-1");
        assert_eq!(vault.open(&stored).unwrap(), person());
        let text = String::from_utf8_lossy(&stored.sealed).into_owned();
        assert!(!text.contains("Ada") && !format!("{:?}", person()).contains("Ada"));
    }

    #[test]
    fn another_master_key_or_person_opens_nothing() {
        let stored = sealed(&Vault::new(&[7; 32]), "O-1");
        assert!(Vault::new(&[8; 32]).open(&stored).is_err());
        let moved = SealedPerson { operator_id: "O-2".to_owned(), ..stored };
        assert!(Vault::new(&[7; 32]).open(&moved).is_err());
    }
}
