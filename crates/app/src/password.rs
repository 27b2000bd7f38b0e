//! Passwords: what makes a good one, and hashing that neither tells nor floods.
//!
//! argon2id with OWASP's parameters, on blocking threads of which only a few run at a time. A
//! check takes the same work whether or not there is such a user. Never here: a rule about kinds
//! of characters; length is what helps.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use rand::RngExt;
use rand::distr::Alphanumeric;
use tokio::sync::Semaphore;

use crate::error::AppError;

/// Fewest characters of a password.
pub const MIN_CHARS: usize = 12;
/// Most characters of a password.
pub const MAX_CHARS: usize = 128;
/// Hashes that are made at a time; each takes 19 MiB and a core for some 20 ms.
const MAX_AT_ONCE: usize = 2;
/// How long a check waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// Characters of a generated password: 119 bits.
const GENERATED_CHARS: usize = 20;

/// Passwords that lists of leaked ones begin with, as far as they are long enough to pass.
const COMMON: &str = include_str!("password/common.txt");

/// What is compared with where there is no user, so that it takes as long as where there is one.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| hash(&generate()).ok());

/// Why a password will not do, in words for the person who chose it.
pub fn objection(password: &str, user_id: &str) -> Option<&'static str> {
    let chars = password.chars().count();
    if chars < MIN_CHARS {
        return Some("needs at least 12 characters; a few words do well");
    }
    if chars > MAX_CHARS {
        return Some("has more than 128 characters");
    }
    let folded = password.to_lowercase();
    let first = folded.chars().next();
    let is_common = COMMON.lines().any(|line| line == folded)
        || folded.chars().all(|one| Some(one) == first)
        || folded == user_id.to_lowercase();
    is_common.then_some("is among the first that anybody would try; choose another")
}

/// The hash of a password, as it is stored. Takes a while; not for async code.
pub fn hash(password: &str) -> Result<String, AppError> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(|error| AppError::Internal(error.to_string()))
}

/// A password that nobody has to think of.
pub fn generate() -> String {
    rand::rng().sample_iter(Alphanumeric).take(GENERATED_CHARS).map(char::from).collect()
}

/// Checks and hashes passwords, a few at a time.
pub(crate) struct Passwords {
    turns: Semaphore,
    checks: AtomicU64,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        LazyLock::force(&NOBODYS);
        Self { turns: Semaphore::new(MAX_AT_ONCE), checks: AtomicU64::new(0) }
    }

    /// How often a password was compared with a hash.
    pub(crate) fn checks(&self) -> u64 {
        self.checks.load(Ordering::Relaxed)
    }

    /// Whether `password` is the one behind `hash`; without a hash, the same work for a no.
    pub(crate) async fn matches(
        &self,
        password: &str,
        hash: Option<String>,
    ) -> Result<bool, AppError> {
        let fits = password.chars().count() <= MAX_CHARS;
        let is_real = hash.is_some() && fits;
        let compared = if is_real { hash } else { NOBODYS.clone() };
        let password = if fits { password.to_owned() } else { String::new() };
        self.checks.fetch_add(1, Ordering::Relaxed);
        let equal = self
            .in_turn(move || {
                let hash = compared.unwrap_or_default();
                let parsed = PasswordHash::new(&hash);
                let verified = parsed.map(|hash| {
                    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
                });
                verified.map_err(|error| AppError::Internal(format!("a stored hash: {error}")))
            })
            .await?;
        Ok(is_real && equal)
    }

    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, AppError> {
        let password = password.to_owned();
        self.in_turn(move || hash(&password)).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.acquire()).await;
        let _turn = turn.map_err(|_| AppError::Overloaded)?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| AppError::Internal(error.to_string()))?
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn length_is_asked_for_and_the_obvious_refused() {
        assert!(objection("short", "S-1").unwrap().contains("12"));
        assert!(objection(&"long ".repeat(30), "S-1").unwrap().contains("128"));
        for obvious in ["Password1234", "aaaaaaaaaaaaaa", "123456789012", "maintenance-lead"] {
            assert!(objection(obvious, "Maintenance-Lead").is_some(), "{obvious}");
        }
        assert_eq!(objection("correct horse battery", "S-1"), None);
        assert_eq!(objection(&generate(), "S-1"), None);
    }

    #[test]
    fn every_listed_password_would_be_long_enough() {
        for line in COMMON.lines() {
            assert!(line.chars().count() >= MIN_CHARS, "`{line}` need not be listed");
            assert_eq!(line, line.to_lowercase(), "compared in lower case");
        }
    }

    #[tokio::test]
    async fn the_same_work_with_and_without_a_user() {
        let passwords = Passwords::new();
        let stored = passwords.hash("correct horse battery").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let right = passwords.matches("correct horse battery", Some(stored.clone()));
        assert!(right.await.unwrap());
        assert!(!passwords.matches("wrong horse battery", Some(stored)).await.unwrap());
        assert!(!passwords.matches("correct horse battery", None).await.unwrap());
        assert_eq!(passwords.checks(), 3);
    }
}
