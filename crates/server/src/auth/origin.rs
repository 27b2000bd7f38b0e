//! Whether a request that a browser authenticated by itself comes from our own page.
//!
//! Two proofs: the page holds a token that follows from the session's secret, which no other site
//! can read; and the `Origin` that the browser names, if it names one, is where we are.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use mraos_api::header::CSRF_TOKEN;
use mraos_app::session::csrf_token;

use crate::problem::{HttpError, HttpResult};

/// Refuses a change that a foreign page may have sent.
pub(crate) fn check_own_page(headers: &HeaderMap, session_secret: &str) -> HttpResult<()> {
    check_origin(headers)?;
    let sent = headers.get(CSRF_TOKEN).and_then(|value| value.to_str().ok());
    let expected = csrf_token(session_secret);
    // Derived by SHA-256 from a secret that the sender has: its comparison tells nothing new.
    if sent == Some(expected.as_str()) {
        return Ok(());
    }
    Err(HttpError::new(
        StatusCode::FORBIDDEN,
        "csrf_token_wrong",
        "with the session's cookie, send the csrf_token of the sign-in or of /auth/me as \
         X-CSRF-Token",
    ))
}

/// Refuses a request whose browser says that it was made by another site's page.
pub(crate) fn check_origin(headers: &HeaderMap) -> HttpResult<()> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin: Option<Uri> = origin.to_str().ok().and_then(|text| text.parse().ok());
    let authority = origin.as_ref().and_then(Uri::authority).map(|authority| authority.as_str());
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    match (authority, host) {
        (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host) => Ok(()),
        _ => Err(HttpError::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "the page that sent this is not one of this server",
        )),
    }
}

/// As [`check_origin`], where a browser always names one: on the way to a WebSocket.
pub(crate) fn check_named_origin(headers: &HeaderMap) -> HttpResult<()> {
    if headers.contains_key(header::ORIGIN) {
        return check_origin(headers);
    }
    Err(HttpError::new(
        StatusCode::FORBIDDEN,
        "foreign_origin",
        "with the session's cookie, a live connection needs an Origin; a program shows its \
         credential as a bearer token or a ticket",
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    fn code(result: HttpResult<()>) -> Option<String> {
        result.err().map(|error| error.into_problem().code)
    }

    #[test]
    fn only_our_own_origin_passes() {
        let host = ("host", "plant.example:8080");
        assert_eq!(code(check_origin(&headers(&[host]))), None);
        let own = headers(&[host, ("origin", "https://Plant.example:8080")]);
        assert_eq!(code(check_origin(&own)), None);
        for foreign in ["https://evil.example", "null", "https://plant.example", "x y"] {
            let refused = headers(&[host, ("origin", foreign)]);
            assert_eq!(code(check_origin(&refused)).unwrap(), "foreign_origin", "{foreign}");
        }
        assert!(code(check_named_origin(&headers(&[host]))).is_some());
    }

    #[test]
    fn the_token_of_another_session_does_not_pass() {
        let token = csrf_token("mraos_session_1");
        let right = headers(&[("x-csrf-token", &token)]);
        assert_eq!(code(check_own_page(&right, "mraos_session_1")), None);
        assert_eq!(code(check_own_page(&right, "mraos_session_2")).unwrap(), "csrf_token_wrong");
        let none = headers(&[]);
        assert_eq!(code(check_own_page(&none, "mraos_session_1")).unwrap(), "csrf_token_wrong");
    }
}
