//! Headers that tell a browser what an answer may not be used for.
//!
//! Answers of the API are data: never shown in a frame, never kept, never run. Pages load from
//! here and nowhere else. A handler that has set a header itself knows better and keeps it.

use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use mraos_api::API_PREFIX;

/// For what is not a page.
const OF_DATA: [(HeaderName, &str); 2] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];
/// For pages. Style attributes are set by the components of the screens; style sheets and
/// scripts come from files alone.
const OF_PAGES: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr \
         'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src \
         'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];
const OF_ALL: [(HeaderName, &str); 2] =
    [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::REFERRER_POLICY, "no-referrer")];
/// A browser that has come once over TLS comes over TLS for half a year.
const OVER_TLS: (HeaderName, &str) = (header::STRICT_TRANSPORT_SECURITY, "max-age=15552000");

/// Adds what the answer to `path` lacks. `over_tls` says that browsers reach us that way.
pub(crate) fn protect(response: &mut Response, path: &str, over_tls: bool) {
    let is_data = path.starts_with(API_PREFIX);
    let headers = response.headers_mut();
    add(headers, OF_ALL);
    if is_data {
        add(headers, OF_DATA);
    } else {
        add(headers, OF_PAGES);
    }
    if over_tls {
        add(headers, [OVER_TLS]);
    }
}

fn add<const N: usize>(headers: &mut HeaderMap, wanted: [(HeaderName, &'static str); N]) {
    for (name, value) in wanted {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn data_is_not_kept_and_pages_load_from_here_alone() {
        let mut data = Response::new(Body::empty());
        protect(&mut data, "/api/v1/machines", true);
        assert_eq!(data.headers()["cache-control"], "no-store");
        assert_eq!(data.headers()["x-content-type-options"], "nosniff");
        assert!(data.headers().contains_key("strict-transport-security"));
        let mut page = Response::new(Body::empty());
        protect(&mut page, "/", false);
        let policy = page.headers()["content-security-policy"].to_str().unwrap_or_default();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert!(!page.headers().contains_key("strict-transport-security"));
    }

    #[test]
    fn what_a_handler_has_set_stays() {
        let mut page = Response::new(Body::empty());
        let own = HeaderValue::from_static("default-src 'none'");
        page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, own.clone());
        protect(&mut page, "/docs", false);
        assert_eq!(page.headers()["content-security-policy"], own);
    }
}
