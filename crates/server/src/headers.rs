//! Request headers with a meaning of their own: bearer token, `If-Match`, `Idempotency-Key`,
//! `X-Position`. And `ETag`, their counterpart on the way out.
//!
//! A header that is there but cannot be right is always an error, never ignored: whoever sends
//! one relies on it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use mraos_api::header as own;

use crate::problem::{HttpError, HttpResult};

/// Longest `Idempotency-Key`.
const MAX_KEY_CHARS: usize = 200;

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer_token(headers: &HeaderMap) -> HttpResult<&str> {
    let missing = || HttpError::unauthenticated("send a token as `Authorization: Bearer TOKEN`");
    let value = headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(missing());
    }
    Ok(token)
}

/// The version that a change was made against; none for `*`, which means any.
///
/// Missing is 428; what no ETag of ours looks like cannot match and is 412.
pub(crate) fn expected_version(headers: &HeaderMap) -> HttpResult<Option<i32>> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Err(HttpError::new(
            StatusCode::PRECONDITION_REQUIRED,
            "if_match_required",
            "send the ETag that you read as If-Match, so that no other change is overwritten",
        ));
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let version = version.and_then(|digits| digits.parse().ok());
    version.map(Some).ok_or_else(|| {
        let detail = format!("If-Match `{text}` is no version; send the ETag as it was received");
        HttpError::new(StatusCode::PRECONDITION_FAILED, "stale_version", detail)
    })
}

/// The same for a write that may be made against a version and need not.
pub(crate) fn optional_version(headers: &HeaderMap) -> HttpResult<Option<i32>> {
    if headers.contains_key(header::IF_MATCH) { expected_version(headers) } else { Ok(None) }
}

/// The client's key that makes a write repeatable.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> HttpResult<Option<&str>> {
    let Some(value) = headers.get(own::IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| {
        (1..=MAX_KEY_CHARS).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    });
    let rule = format!("an Idempotency-Key has 1 to {MAX_KEY_CHARS} visible ASCII characters");
    key.map(Some).ok_or_else(|| HttpError::invalid("/Idempotency-Key", rule))
}

/// The log position that a read wants to see reflected.
pub(crate) fn awaited_position(headers: &HeaderMap) -> HttpResult<Option<i64>> {
    let Some(value) = headers.get(own::POSITION) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let position = text.parse().ok().filter(|position: &i64| *position >= 0);
    position.map(Some).ok_or_else(|| {
        let message = format!("`{text}` is no log position; send X-Position as a write answered");
        HttpError::invalid("/X-Position", message)
    })
}

/// The entity tag of a version.
pub(crate) fn etag(version: impl Into<i64>) -> HeaderValue {
    // Digits in quotes are always a valid header value.
    HeaderValue::try_from(format!("\"{}\"", version.into()))
        .unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
}

/// Tells where in the log a write was decided, and whether this repeats a recorded answer.
pub(crate) fn write_decision(headers: &mut HeaderMap, position: i64, replayed: bool) {
    headers.insert(POSITION, HeaderValue::from(position));
    mark_replay(headers, replayed);
}

/// Tells that an answer is the recorded one of an earlier request.
pub(crate) fn mark_replay(headers: &mut HeaderMap, replayed: bool) {
    if replayed {
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
}

/// The position that an answer tells; 0 if it tells none.
pub(crate) fn position_of(headers: &HeaderMap) -> i64 {
    let told = headers.get(POSITION).and_then(|value| value.to_str().ok());
    told.and_then(|text| text.parse().ok()).unwrap_or_default()
}

const POSITION: HeaderName = HeaderName::from_static(own::POSITION);
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static(own::IDEMPOTENCY_REPLAYED);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    fn status<T: std::fmt::Debug>(result: HttpResult<T>) -> u16 {
        result.unwrap_err().status().as_u16()
    }

    #[test]
    fn if_match_is_required_and_must_look_like_our_etag() {
        assert_eq!(status(expected_version(&HeaderMap::new())), 428);
        assert_eq!(expected_version(&with(header::IF_MATCH, "\"7\"")).unwrap(), Some(7));
        assert_eq!(expected_version(&with(header::IF_MATCH, "*")).unwrap(), None);
        for stale in ["7", "W/\"7\"", "\"99999999999\"", "\"a\"", "\""] {
            assert_eq!(status(expected_version(&with(header::IF_MATCH, stale))), 412, "{stale}");
        }
        assert_eq!(etag(7), "\"7\"");
    }

    #[test]
    fn idempotency_keys_are_visible_ascii_of_bounded_length() {
        let name = || HeaderName::from_static(own::IDEMPOTENCY_KEY);
        assert_eq!(idempotency_key(&HeaderMap::new()).unwrap(), None);
        assert_eq!(idempotency_key(&with(name(), "a-1")).unwrap(), Some("a-1"));
        for bad in ["", "a b", &"x".repeat(201)] {
            assert_eq!(status(idempotency_key(&with(name(), bad))), 422, "{bad}");
        }
    }

    #[test]
    fn only_a_bearer_token_authenticates() {
        assert_eq!(bearer_token(&with(header::AUTHORIZATION, "bearer abc")).unwrap(), "abc");
        for bad in ["Basic abc", "Bearer", "Bearer  ", "abc"] {
            assert_eq!(status(bearer_token(&with(header::AUTHORIZATION, bad))), 401, "{bad}");
        }
    }

    #[test]
    fn positions_are_whole_numbers_from_nought() {
        assert_eq!(awaited_position(&with(POSITION, "12")).unwrap(), Some(12));
        for bad in ["-1", "x", "1.5", "99999999999999999999"] {
            assert_eq!(status(awaited_position(&with(POSITION, bad))), 422, "{bad}");
        }
    }
}
