//! Failures of the application: which status and which advice each becomes.
//!
//! Everything that can go wrong behind a handler arrives here; refusals do not, they are decisions.

use axum::http::StatusCode;
use mraos_app::{AccountError, AppError};

use crate::problem::HttpError;

/// When a client should try again.
const RETRY_AFTER_S: u64 = 1;

impl From<AppError> for HttpError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::IdempotencyMismatch => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "this Idempotency-Key belongs to another request; use a new key for a new request",
            ),
            AppError::Unavailable => Self::unavailable(
                "unavailable",
                RETRY_AFTER_S,
                "the database does not answer; repeat the request later, a write with its \
                 Idempotency-Key",
            ),
            AppError::Overloaded => Self::unavailable(
                "overloaded",
                RETRY_AFTER_S,
                "more requests wait than can be served; repeat this one a little later",
            ),
            AppError::LedgerUnusable(cause) => {
                tracing::error!(%cause, "nobody can be erased");
                Self::unavailable(
                    "unavailable",
                    RETRY_AFTER_S,
                    "the erasure ledger of this server cannot be used; its log says why",
                )
            }
            AppError::Internal(cause) => Self::internal(&cause),
        }
    }
}

impl From<AccountError> for HttpError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Taken => {
                let detail = "this id belongs to somebody already, who may be deactivated; choose \
                              another, or change that user";
                Self::new(StatusCode::CONFLICT, "user_exists", detail)
            }
            AccountError::Unknown => Self::unknown("unknown_user", "there is no such user"),
            AccountError::Stale => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "stale_version",
                "the user has changed since it was read; read it again",
            ),
            AccountError::LastAdministrator => Self::new(
                StatusCode::CONFLICT,
                "last_administrator",
                "nobody else administers users; make another administrator first",
            ),
            AccountError::Password(objection) => Self::invalid("/password", objection),
            AccountError::LimitedAdministrator => Self::invalid(
                "/production_lines",
                "an administrator has to do with the whole plant; choose another role",
            ),
            AccountError::App(error) => error.into(),
        }
    }
}
