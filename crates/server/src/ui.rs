//! The screens: files of the web application that travel inside the binary.
//!
//! Answers whatever no route of the API takes. A release build carries `web/dist`; a development
//! build reads it from disk, so that a test needs no second build. Without it a plain page says how
//! to make it. Never answers a path of the API: unknown ones there stay problem documents.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::HttpError;

/// The page that the application starts from, at whatever path it is entered.
const ENTRY: &str = "index.html";
/// What the build tool names after its content, and so never changes.
const HASHED: &str = "assets/";
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";
/// Paths that machines ask: a page would only confuse them.
const NOT_A_SCREEN: [&str; 5] = ["/api", "/docs", "/healthz", "/readyz", "/metrics"];
/// Shown in place of the application by a binary that was built without it.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <title>MRAOS</title><h1>The screens are not in this binary</h1>\
    <p>Run <code>make web</code>, then build and start <code>mraos</code> again. \
    The API works without them: see <a href=\"/docs\">its reference</a>.</p></html>";

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// One file, however it is kept.
#[derive(Clone)]
struct Asset {
    bytes: Bytes,
    content_type: String,
    etag: String,
}

impl From<EmbeddedFile> for Asset {
    fn from(file: EmbeddedFile) -> Self {
        let digest = file.metadata.sha256_hash();
        let content_type = match file.metadata.mimetype() {
            text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
            other => other.to_owned(),
        };
        let bytes = match file.data {
            Cow::Borrowed(built_in) => Bytes::from_static(built_in),
            Cow::Owned(read) => read.into(),
        };
        let etag = format!("\"{}\"", STANDARD_NO_PAD.encode(digest));
        Self { bytes, content_type, etag }
    }
}

/// Answers a path that no route takes: a file, the application's first page, or 404.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    answer(|path| Files::get(path).map(Asset::from), &method, uri.path(), &headers)
}

/// The same for any set of files: `find` gives the one of a name.
fn answer(
    find: impl Fn(&str) -> Option<Asset>,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Response {
    let is_asked_by_programs = NOT_A_SCREEN.iter().any(|prefix| is_under(path, prefix));
    if is_asked_by_programs || !matches!(*method, Method::GET | Method::HEAD) {
        return nothing_at(path);
    }
    let name = path.trim_start_matches('/');
    if let Some(file) = find(name) {
        return send(name, file, &find, headers);
    }
    // A missing script must not be answered with a page that the browser would try to run; what is
    // at the root is no secret to whoever asks without saying for what.
    let is_for_people = name.is_empty() || accepts(headers, header::ACCEPT, "text/html");
    if name.starts_with(HASHED) || !is_for_people {
        return nothing_at(path);
    }
    match find(ENTRY) {
        Some(file) => send(ENTRY, file, &find, headers),
        None => (StatusCode::NOT_FOUND, Html(NOT_BUILT)).into_response(),
    }
}

/// A file, or its packed twin, or the news that the browser's copy is still right.
fn send(
    name: &str,
    file: Asset,
    find: &impl Fn(&str) -> Option<Asset>,
    headers: &HeaderMap,
) -> Response {
    let packed =
        accepts(headers, header::ACCEPT_ENCODING, "br").then(|| find(&format!("{name}.br")));
    let packed = packed.flatten();
    let is_packed = packed.is_some();
    let sent = packed.unwrap_or_else(|| file.clone());
    let caching = if name.starts_with(HASHED) { FOREVER } else { ASK_AGAIN };
    let kept = [
        (header::CACHE_CONTROL, caching.to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
        (header::ETAG, sent.etag.clone()),
    ];
    let seen = headers.get(header::IF_NONE_MATCH).map(HeaderValue::as_bytes);
    if seen == Some(sent.etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let mut response =
        (kept, [(header::CONTENT_TYPE, file.content_type)], sent.bytes).into_response();
    if is_packed {
        let encoding = HeaderValue::from_static("br");
        response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a header's list names this value.
fn accepts(headers: &HeaderMap, name: HeaderName, value: &str) -> bool {
    let lists = headers.get_all(name).into_iter().filter_map(|list| list.to_str().ok());
    let mut offers = lists.flat_map(|list| list.split(','));
    offers.any(|offer| offer.split(';').next().is_some_and(|kind| kind.trim() == value))
}

fn nothing_at(path: &str) -> Response {
    let shown: String = path.chars().take(200).collect();
    HttpError::unknown("not_found", format!("there is nothing at `{shown}`")).into_response()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn built(name: &str) -> Option<Asset> {
        let (text, content_type) = match name {
            "index.html" => ("<!doctype html>", "text/html; charset=utf-8"),
            "assets/app-1a2b.js" => ("let a = 1", "text/javascript; charset=utf-8"),
            "assets/app-1a2b.js.br" => ("packed", "application/octet-stream"),
            _ => return None,
        };
        let bytes = Bytes::from_static(text.as_bytes());
        Some(Asset { bytes, content_type: content_type.into(), etag: format!("\"{text}\"") })
    }

    fn get(path: &str, headers: &[(HeaderName, &'static str)]) -> Response {
        let headers = headers.iter().map(|(n, v)| (n.clone(), HeaderValue::from_static(v)));
        answer(built, &Method::GET, path, &headers.collect())
    }

    fn head(response: &Response, name: HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn any_path_of_the_application_gives_its_first_page() {
        for path in ["/", "/orders", "/lines/Line-2", "/apiary"] {
            let page = get(path, &[(header::ACCEPT, "text/html,*/*;q=0.8")]);
            assert_eq!(page.status(), StatusCode::OK, "{path}");
            assert_eq!(head(&page, header::CONTENT_TYPE), "text/html; charset=utf-8");
            assert_eq!(head(&page, header::CACHE_CONTROL), "no-cache");
        }
    }

    #[test]
    fn programs_and_missing_scripts_get_problem_documents() {
        let html = [(header::ACCEPT, "text/html")];
        for path in ["/api/v1/nothing", "/api", "/metrics/x", "/assets/gone-1.js"] {
            let answer = get(path, &html);
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(head(&answer, header::CONTENT_TYPE), "application/problem+json", "{path}");
        }
        assert_eq!(get("/orders", &[]).status(), StatusCode::NOT_FOUND);
        assert_eq!(get("/", &[(header::ACCEPT, "*/*")]).status(), StatusCode::OK);
        let posted = answer(built, &Method::POST, "/", &HeaderMap::new());
        assert_eq!(posted.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn what_is_named_after_its_content_is_kept_for_good_and_sent_packed() {
        let script = get("/assets/app-1a2b.js", &[(header::ACCEPT_ENCODING, "gzip, br;q=1")]);
        assert_eq!(head(&script, header::CONTENT_ENCODING), "br");
        assert_eq!(head(&script, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
        assert!(head(&script, header::CACHE_CONTROL).ends_with("immutable"));
        let plain = get("/assets/app-1a2b.js", &[]);
        assert_eq!(head(&plain, header::CONTENT_ENCODING), "");
        let again = get("/assets/app-1a2b.js", &[(header::IF_NONE_MATCH, "\"let a = 1\"")]);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn a_binary_without_screens_says_how_to_get_them() {
        let headers =
            HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("text/html"))]);
        let page = answer(|_| None, &Method::GET, "/", &headers);
        assert_eq!(page.status(), StatusCode::NOT_FOUND);
        assert_eq!(head(&page, header::CONTENT_TYPE), "text/html; charset=utf-8");
    }
}
