//! The one mapping from what went wrong to what a client is told (RFC 9457).
//!
//! Every refusal, bad value and outage leaves the server through [`HttpError`], so that status,
//! code and wording are decided in one file. It never shows an internal error's text: that goes
//! to the log, next to the request id that the client holds.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mraos_api::problem::{FieldError, PROBLEM_MEDIA_TYPE, Problem, Refusal};

use crate::headers::write_decision;
use crate::telemetry::current_request_id;

/// A request that could not be served, and everything that its client is told about it.
#[derive(Debug)]
pub(crate) struct HttpError(Box<Answer>);

#[derive(Debug)]
struct Answer {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    refusals: Vec<Refusal>,
    retry_after_s: Option<u64>,
    decided: Option<Decided>,
}

/// Where in the log a refusal was decided, and whether it repeats a recorded answer.
#[derive(Debug, Clone, Copy)]
struct Decided {
    position: i64,
    replayed: bool,
}

/// Shorthand of every fallible step on the way to an answer.
pub(crate) type HttpResult<T> = Result<T, HttpError>;

impl HttpError {
    /// An error with a status, a stable code and a sentence for a person.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Answer {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            refusals: Vec::new(),
            retry_after_s: None,
            decided: None,
        }))
    }

    /// 400: the request cannot be read at all.
    pub(crate) fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unreadable", detail)
    }

    /// 401: no bearer token, or none that is known.
    pub(crate) fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// 403: known, but not allowed.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: the path names something that does not exist.
    pub(crate) fn unknown(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// The same refusal of a request that names in its body what others have in their path.
    pub(crate) fn named_in_body(mut self) -> Self {
        if self.0.status == StatusCode::NOT_FOUND && !self.0.refusals.is_empty() {
            (self.0.status, self.0.code) = (StatusCode::CONFLICT, "refused");
        }
        self
    }

    /// 422: one value breaks a rule; `pointer` is its place as a JSON pointer.
    pub(crate) fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        let error = FieldError { pointer: pointer.into(), message: message.into() };
        Self::invalid_fields(vec![error])
    }

    /// 422: several values break rules; all are named.
    pub(crate) fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] if only.pointer.is_empty() => only.message.clone(),
            [only] => format!("{}: {}", only.pointer, only.message),
            many => format!("{} values are not valid; see `errors`", many.len()),
        };
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail);
        error.0.errors = errors;
        error
    }

    /// 409 and its relatives: the rules refuse the command, for all these reasons.
    pub(crate) fn refused(status: StatusCode, code: &'static str, refusals: Vec<Refusal>) -> Self {
        let detail = match refusals.as_slice() {
            [only] => only.message.clone(),
            many => {
                let messages: Vec<&str> = many.iter().map(|r| r.message.as_str()).collect();
                format!("{} reasons: {}", many.len(), messages.join(" "))
            }
        };
        let mut error = Self::new(status, code, detail);
        error.0.refusals = refusals;
        error
    }

    /// 503: come back after `retry_after_s`.
    pub(crate) fn unavailable(
        code: &'static str,
        retry_after_s: u64,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).retry_after(retry_after_s)
    }

    /// The same with the time after which another try may go better.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// 500: a defect of the server. `cause` goes to the log only.
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        let request_id = current_request_id();
        tracing::error!(request_id, %cause, "request failed by a defect of the server");
        let detail = "the server failed; its log holds the cause beside this X-Request-Id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// Adds that this is a decision, taken when the log stood at `position`.
    pub(crate) fn decided_at(mut self, position: i64, replayed: bool) -> Self {
        self.0.decided = Some(Decided { position, replayed });
        self
    }

    /// Status of the answer.
    #[cfg(test)]
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The wire form, as batches embed it.
    pub(crate) fn into_problem(self) -> Problem {
        let answer = *self.0;
        Problem {
            kind: format!("urn:mraos:problem:{}", answer.code),
            title: answer.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: answer.status.as_u16(),
            code: answer.code.to_owned(),
            detail: answer.detail,
            instance: None,
            refusals: answer.refusals,
            errors: answer.errors,
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let status = self.0.status;
        let (retry_after_s, decided) = (self.0.retry_after_s, self.0.decided);
        let body = serde_json::to_vec(&self.into_problem()).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        let problem = HeaderValue::from_static(PROBLEM_MEDIA_TYPE);
        headers.insert(header::CONTENT_TYPE, problem);
        if let Some(seconds) = retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(decided) = decided {
            write_decision(headers, decided.position, decided.replayed);
        }
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"mraos\"");
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn one_bad_value_is_named_in_detail_and_errors() {
        let problem = HttpError::invalid("/quantity_ordered", "`-1` is negative").into_problem();
        assert_eq!(problem.status, 422);
        assert_eq!(problem.detail, "/quantity_ordered: `-1` is negative");
        assert_eq!(problem.errors[0].pointer, "/quantity_ordered");
    }

    #[test]
    fn unauthenticated_carries_a_challenge_and_an_outage_a_time() {
        let refused = HttpError::unauthenticated("no token").into_response();
        assert!(refused.headers().contains_key(header::WWW_AUTHENTICATE));
        let outage = HttpError::unavailable("unavailable", 2, "database gone").into_response();
        assert_eq!(outage.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(outage.headers()[header::RETRY_AFTER], "2");
        assert_eq!(outage.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
}
