//! JSON bodies: from bytes to a wire type, or to a problem that names the place.
//!
//! Unreadable text is 400; readable text of the wrong shape is 422 with a JSON pointer. A NUL
//! inside any string is refused here, before PostgreSQL would refuse it for a whole batch.

use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;
use serde_path_to_error::Segment;

use crate::problem::{HttpError, HttpResult};

/// Refuses bodies that are declared to be something else than plain JSON.
pub(crate) fn check_content_type(headers: &HeaderMap, accepted: &[&str]) -> HttpResult<()> {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = declared.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !accepted.iter().any(|kind| essence.eq_ignore_ascii_case(kind)) {
        let detail =
            format!("`{essence}` is no content type for this body; send {}", accepted.join(" or "));
        return Err(unsupported(detail));
    }
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => {
            Err(unsupported("a compressed body is not accepted; send it without Content-Encoding"))
        }
        _ => Ok(()),
    }
}

fn unsupported(detail: impl Into<String>) -> HttpError {
    let status = axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE;
    HttpError::new(status, "unsupported_media_type", detail)
}

/// Reads one JSON object of type `T` that ends with the bytes.
pub(crate) fn parse_json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> HttpResult<T> {
    refuse_nul(bytes)?;
    // Serde would read an array into a struct, field by field.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        check_syntax(bytes)?;
        return Err(HttpError::invalid("", "the body is not a JSON object"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize(&mut deserializer) {
        Ok(value) => deserializer.end().map_err(|error| unreadable(&error)).map(|()| value),
        Err(error) => {
            let document = check_syntax(bytes)?;
            Err(shape_error(&error, &document))
        }
    }
}

fn check_syntax(bytes: &[u8]) -> HttpResult<Value> {
    serde_json::from_slice(bytes).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> HttpError {
    HttpError::unreadable(format!("the body is not valid JSON: {error}"))
}

fn shape_error(
    error: &serde_path_to_error::Error<serde_json::Error>,
    document: &Value,
) -> HttpError {
    let cause = error.inner();
    if cause.classify() != Category::Data {
        return unreadable(cause);
    }
    // The position is of no use to a client that holds the pointer.
    let text = cause.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    let pointer = pointer_of(error.path(), message);
    let message = explain(message, document.pointer(&pointer));
    HttpError::invalid(pointer, message)
}

/// The parser's message, with the value and what would do where it says neither.
fn explain(message: &str, value: Option<&Value>) -> String {
    match value {
        // Only the readers of times do not quote what they read.
        Some(Value::String(text))
            if !message.starts_with("invalid ") && !message.contains(text.as_str()) =>
        {
            format!(
                "`{}` is no date or time ({message}); write days as 2026-11-22, times of day as \
             06:00:00 and instants as 2026-11-22T06:00:00Z",
                shorten(text)
            )
        }
        _ => message.replace("expected i64", "expected a whole number"),
    }
}

/// A text as errors show it: without control characters, at most 80 characters.
fn shorten(text: &str) -> String {
    text.escape_debug().take(80).collect()
}

/// The JSON pointer of the value; of the member itself where it is missing, unknown or repeated.
fn pointer_of(path: &serde_path_to_error::Path, message: &str) -> String {
    let mut pointer = String::new();
    let mut last = String::new();
    for segment in path {
        last = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.clone(),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        push_segment(&mut pointer, &last);
    }
    let kinds = ["missing field `", "unknown field `", "duplicate field `"];
    let member = kinds.iter().find_map(|kind| message.strip_prefix(kind)?.split('`').next());
    if let Some(member) = member.filter(|member| *member != last) {
        push_segment(&mut pointer, member);
    }
    pointer
}

fn push_segment(pointer: &mut String, segment: &str) {
    pointer.push('/');
    pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
}

/// Looks for a NUL inside a string. The cheap search almost always ends it.
fn refuse_nul(bytes: &[u8]) -> HttpResult<()> {
    const ESCAPED_NUL: &[u8] = br"\u0000";
    let suspicious = bytes.windows(ESCAPED_NUL.len()).any(|window| window == ESCAPED_NUL);
    if !suspicious {
        return Ok(());
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return Ok(()); // The proper parse says what is wrong with it.
    };
    let Some(pointer) = find_nul(&value, String::new()) else { return Ok(()) };
    let text = value.pointer(&pointer).and_then(Value::as_str).unwrap_or(&pointer);
    let message = format!("`{}` holds a NUL character; send it without", shorten(text));
    Err(HttpError::invalid(pointer, message))
}

fn find_nul(value: &Value, pointer: String) -> Option<String> {
    let below = |segment: &str| {
        let mut deeper = pointer.clone();
        push_segment(&mut deeper, segment);
        deeper
    };
    match value {
        Value::String(text) => text.contains('\0').then_some(pointer),
        Value::Array(items) => (items.iter().enumerate())
            .find_map(|(index, item)| find_nul(item, below(&index.to_string()))),
        Value::Object(members) => members.iter().find_map(|(key, member)| {
            let deeper = below(&key.replace('\0', "\\u0000"));
            if key.contains('\0') { Some(deeper) } else { find_nul(member, deeper) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[allow(dead_code)]
        name: String,
        #[serde(default)]
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[allow(dead_code)]
        count: u8,
    }

    fn failure(body: &str) -> (u16, String, String) {
        let problem = parse_json::<Order>(body.as_bytes()).unwrap_err().into_problem();
        let pointer = problem.errors.first().map(|error| error.pointer.clone());
        (problem.status, pointer.unwrap_or_default(), problem.detail)
    }

    #[test]
    fn unreadable_text_is_400() {
        for body in [
            "",
            "{",
            "{\"name\":\"a\"} x",
            "{\"name\":1",
            "nul",
            "{\"name\":\"\\ud800\"}",
            "\u{feff}{}",
        ] {
            let (status, _, detail) = failure(body);
            assert_eq!(status, 400, "{body}: {detail}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(failure(&deep).0, 400);
    }

    #[test]
    fn wrong_shapes_are_422_with_the_pointer() {
        let cases = [
            ("{}", "/name"),
            ("{\"name\":1}", "/name"),
            ("{\"name\":\"a\",\"nmae\":\"b\"}", "/nmae"),
            ("{\"name\":\"a\",\"lines\":[{\"count\":1},{\"count\":-1}]}", "/lines/1/count"),
            ("{\"name\":\"a\",\"lines\":[{}]}", "/lines/0/count"),
            ("{\"name\":\"a\",\"name\":\"b\"}", "/name"),
            ("[]", ""),
            ("[\"a\", []]", ""),
            ("null", ""),
        ];
        for (body, pointer) in cases {
            let (status, found, detail) = failure(body);
            assert_eq!((status, found.as_str()), (422, pointer), "{body}: {detail}");
            assert!(!detail.contains("line 1"), "{detail}");
        }
    }

    #[derive(Debug, Deserialize)]
    struct Dates {
        #[allow(dead_code)]
        due_date: jiff::Timestamp,
        #[allow(dead_code)]
        #[serde(default)]
        minutes: i64,
    }

    #[test]
    fn the_value_is_named_where_the_parser_does_not() {
        for (body, named) in [
            (r#"{"due_date":"99999-01-01T00:00:00Z"}"#, "`99999-01-01T00:00:00Z` is no date"),
            (r#"{"due_date":"2027-01-01"}"#, "`2027-01-01` is no date"),
            (r#"{"due_date":""}"#, "due_date"),
            (r#"{"due_date":"2027-01-01T00:00:00Z","minutes":"two"}"#, "\"two\", expected a whole"),
        ] {
            let problem = parse_json::<Dates>(body.as_bytes()).unwrap_err().into_problem();
            assert_eq!(problem.status, 422);
            assert!(problem.detail.contains(named), "{}", problem.detail);
        }
    }

    #[test]
    fn a_nul_is_found_wherever_it_hides() {
        assert_eq!(failure(r#"{"name":"a\u0000b"}"#).1, "/name");
        assert_eq!(failure(r#"{"na\u0000me":"b"}"#).1, "/na\\u0000me");
        let harmless = parse_json::<Order>(br#"{"name":"a\\u0000b"}"#).unwrap();
        assert!(harmless.lines.is_empty());
    }

    #[test]
    fn content_types_are_checked_by_essence() {
        let mut headers = HeaderMap::new();
        assert!(check_content_type(&headers, &["application/json"]).is_err());
        headers.insert(header::CONTENT_TYPE, "Application/JSON; charset=utf-8".parse().unwrap());
        assert!(check_content_type(&headers, &["application/json"]).is_ok());
        headers.insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
        let error = check_content_type(&headers, &["application/json"]).unwrap_err();
        assert_eq!(error.status().as_u16(), 415);
    }
}
