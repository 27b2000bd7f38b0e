//! What a caller of the application can run into, beside a refusal.
//!
//! Refusals are answers and no errors. Knows no status codes: the door that was used chooses them.

use mraos_store::StoreError;

/// Why a use case did not answer.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The Idempotency-Key was used with another request before.
    #[error("the Idempotency-Key was used with another request before; choose a new key")]
    IdempotencyMismatch,
    /// The database is away; trying again later may help.
    #[error("the database is not available at present")]
    Unavailable,
    /// More waits than can be answered in time.
    #[error("too many requests are waiting")]
    Overloaded,
    /// Nobody can be erased, because it could not be noted.
    #[error("{0}")]
    LedgerUnusable(String),
    /// A defect; the text is for the log.
    #[error("{0}")]
    Internal(String),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            tracing::warn!(%error, "database not available");
            Self::Unavailable
        } else {
            Self::Internal(error.to_string())
        }
    }
}
