//! Holds every answer that any test here gets against the API's document: status, problem code and
//! content type have to be written down there.
//!
//! Paths and methods that the document does not know are left alone; those are the tests' own
//! wrong turns.

use std::sync::LazyLock;

use serde_json::Value;

static DOCUMENT: LazyLock<Value> = LazyLock::new(mraos_server::document);

/// Fails if the document does not know this answer.
pub(crate) fn assert_documented(
    method: &str,
    path: &str,
    status: u16,
    content_type: &str,
    body: &Value,
) {
    let Some(operation) = operation(method, path.split('?').next().unwrap_or_default()) else {
        return;
    };
    let what = format!("{method} {path}: {status} {body}");
    let answer = &operation["responses"][status.to_string()];
    let answer = resolve(answer);
    assert!(answer.is_object(), "the document does not know this status: {what}");
    if content_type.is_empty() {
        assert!(answer["content"].is_null(), "the document promises a body: {what}");
        return;
    }
    let essence = content_type.split(';').next().unwrap_or_default();
    let media = &answer["content"][essence];
    assert!(media.is_object(), "the document does not know `{content_type}`: {what}");
    if essence == "application/problem+json" {
        let codes = &media["schema"]["allOf"][1]["properties"]["code"]["enum"];
        let known = codes.as_array().is_some_and(|codes| codes.contains(&body["code"]));
        assert!(known, "the document does not know this code, only {codes}: {what}");
    }
}

fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let paths = DOCUMENT["paths"].as_object()?;
    let matches = |template: &str| {
        let (wanted, given) = (template.split('/'), path.split('/'));
        wanted.clone().count() == given.clone().count()
            && wanted.zip(given).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
    };
    // A literal path goes before a template, as in the router.
    let found = paths.keys().find(|template| *template == path);
    let found = found.or_else(|| paths.keys().find(|template| matches(template)))?;
    paths[found].get(method.to_lowercase())
}

fn resolve(answer: &'static Value) -> &'static Value {
    match answer["$ref"].as_str() {
        Some(target) => DOCUMENT.pointer(target.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => answer,
    }
}
