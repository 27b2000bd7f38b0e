//! Failures of the application: which status and which advice each becomes.
//!
//! Everything that can go wrong behind a handler arrives here; refusals do not, they are decisions.

use axum::http::StatusCode;
use mraos_app::AppError;

use crate::problem::HttpError;

impl From<AppError> for HttpError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::IdempotencyMismatch => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "this Idempotency-Key belongs to another request; use a new key for a new request",
            ),
            AppError::Unavailable { retry_after } => Self::unavailable(
                "unavailable",
                retry_after.as_secs().max(1),
                "the database does not answer; nothing is lost, repeat the request with its \
                 Idempotency-Key",
            ),
            AppError::Overloaded => Self::unavailable(
                "overloaded",
                1,
                "more requests wait than can be served; repeat this one a little later",
            ),
            AppError::Internal(cause) => Self::internal(&cause),
        }
    }
}
