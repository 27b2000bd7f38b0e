//! What can go wrong between MRAOS and PostgreSQL, sorted by what the caller does about it.
//!
//! `Unavailable` heals by itself and is retried; `Data` means that one row does not fit and the
//! batch is split; `Overtaken` that it is decided again; `Corrupt` that stored data cannot be what
//! MRAOS wrote.

use tokio_postgres::error::SqlState;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The server is gone, starting, overloaded or ended the session.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A value or constraint refused by the database.
    #[error("the database refused the data: {0}")]
    Data(String),
    /// The log is not as it was expected, or a key is answered already; nothing was written.
    #[error("the log has changed meanwhile: {0}")]
    Overtaken(String),
    /// Stored data that MRAOS cannot have written.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// Anything else: a defect.
    #[error("unexpected database error: {0}")]
    Unexpected(String),
}

impl StoreError {
    /// Whether waiting may help.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// The text of a database error without row values, which may be personal.
fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => {
            let constraint = db.constraint().map(|name| format!(" (constraint {name})"));
            format!("{} {}{}", db.code().code(), db.message(), constraint.unwrap_or_default())
        }
        None => {
            let source = std::error::Error::source(error).map(|cause| format!(": {cause}"));
            format!("{error}{}", source.unwrap_or_default())
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let text = describe(&error);
        let Some(code) = error.code() else {
            let closed = error.is_closed() || std::error::Error::source(&error).is_some();
            return if closed { Self::Unavailable(text) } else { Self::Unexpected(text) };
        };
        let class = &code.code()[..2];
        match class {
            // Connection, resources, operator intervention, system error, invalid transaction
            // state after one of these.
            "08" | "53" | "57" | "58" => Self::Unavailable(text),
            "22" | "23" => Self::Data(text),
            // Raised by the schema's own `lock_log_as_expected` and `expect_rows`.
            "MR" if code.code() == "MR002" => Self::Overtaken(text),
            "MR" => Self::Corrupt(text),
            _ if *code == SqlState::LOCK_NOT_AVAILABLE
                || *code == SqlState::T_R_DEADLOCK_DETECTED
                || *code == SqlState::T_R_SERIALIZATION_FAILURE
                || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
                || *code == SqlState::READ_ONLY_SQL_TRANSACTION =>
            {
                Self::Unavailable(text)
            }
            _ => Self::Unexpected(text),
        }
    }
}

impl From<deadpool_postgres::PoolError> for StoreError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Backend(error) => Self::from(error),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<mraos_domain::Invalid> for StoreError {
    fn from(invalid: mraos_domain::Invalid) -> Self {
        Self::Corrupt(invalid.to_string())
    }
}
