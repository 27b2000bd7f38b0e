//! Request bodies: read up to a limit, completely or not at all.
//!
//! Also hashes what a key stands for: the same `Idempotency-Key` with another method, path or body
//! is a mistake that must be noticed.

use axum::body::Body;
use axum::http::{Method, StatusCode, Uri};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};

use crate::problem::{HttpError, HttpResult};
use crate::state::Settings;

/// So much of an oversized body is read and dropped, so that its sender gets to see the answer.
const MAX_DRAINED_BYTES: usize = 64 * 1024 * 1024;

/// All bytes of a body; 413 past the limit, 408 when its sender dawdles.
pub(crate) async fn read_body(body: Body, settings: &Settings) -> HttpResult<Bytes> {
    // Half of the request's time, so that the sender is told before the whole request ends.
    let patience = settings.request_timeout / 2;
    let read = tokio::time::timeout(patience, collect(body, settings.body_limit_bytes)).await;
    read.unwrap_or_else(|_| {
        let detail = format!("the body did not arrive within {} ms", patience.as_millis());
        Err(HttpError::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail))
    })
}

async fn collect(mut body: Body, limit_bytes: usize) -> HttpResult<Bytes> {
    let mut kept = BytesMut::new();
    let mut received_bytes = 0;
    while let Some(frame) = body.frame().await {
        let broken = |error| HttpError::unreadable(format!("the body broke off: {error}"));
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        received_bytes += data.len();
        if received_bytes <= limit_bytes {
            kept.extend_from_slice(&data);
        } else if received_bytes > MAX_DRAINED_BYTES {
            break;
        }
    }
    if received_bytes > limit_bytes {
        let detail = format!("the body is larger than {limit_bytes} bytes; send it in parts");
        return Err(HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail));
    }
    Ok(kept.freeze())
}

/// What an idempotency key stands for.
pub(crate) fn request_digest(method: &Method, uri: &Uri, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [method.as_str().as_bytes(), uri.path().as_bytes()] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(body);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::time::Duration;

    use super::*;

    fn settings(request_timeout: Duration) -> Settings {
        Settings { request_timeout, body_limit_bytes: 5, ..Settings::default() }
    }

    #[tokio::test]
    async fn a_body_past_the_limit_is_413_however_it_is_cut() {
        let settings = settings(Duration::from_secs(30));
        assert_eq!(read_body(Body::from("12345"), &settings).await.unwrap(), "12345");
        let chunks = ["1234", "56", "7"].map(Ok::<_, std::io::Error>);
        let body = Body::from_stream(futures_util::stream::iter(chunks));
        assert_eq!(read_body(body, &settings).await.unwrap_err().status(), 413);
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_408() {
        let pending = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let settings = settings(Duration::from_millis(10));
        let read = read_body(Body::from_stream(pending), &settings).await;
        assert_eq!(read.unwrap_err().status(), 408);
    }

    #[test]
    fn a_digest_tells_method_path_and_body_apart() {
        let at = |method: &Method, path: &str, body: &str| {
            request_digest(method, &path.parse().unwrap(), body.as_bytes())
        };
        let one = at(&Method::POST, "/a", "{}");
        assert_eq!(one, at(&Method::POST, "/a", "{}"));
        assert_ne!(one, at(&Method::PATCH, "/a", "{}"));
        assert_ne!(one, at(&Method::POST, "/b", "{}"));
        assert_ne!(one, at(&Method::POST, "/a", "{ }"));
    }
}
