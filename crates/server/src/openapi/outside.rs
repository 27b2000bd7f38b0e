//! Paths that are not in the route table: for those who run the process, and the document itself.
//!
//! They need no credential and tell nothing about the plant, so no permission guards them.

use mraos_api::API_PREFIX;
use serde_json::{Map, Value, json};

use crate::openapi::parameter::header_reference;
use crate::openapi::problem::Problems;

/// Their descriptions by path, and the problems that they answer, by component name.
pub(super) fn paths() -> (Map<String, Value>, Vec<(String, Value)>) {
    let state = |word: &str| {
        json!({ "schema": {
            "type": "object", "required": ["status"],
            "properties": { "status": { "const": word } },
        }, "example": { "status": word } })
    };
    let text = json!({ "schema": { "type": "string" } });
    let document =
        json!({ "schema": { "type": "object" }, "example": { "openapi": "3.1.0", "…": "…" } });
    let json_media = "application/json";
    let mut components = Vec::new();
    let mut paths = Map::new();
    for (path, name, summary, media, content) in [
        ("/healthz", "health_healthz", "The process answers", json_media, state("ok")),
        ("/readyz", "health_readyz", "The database answers as well", json_media, state("ready")),
        ("/metrics", "health_metrics", "Figures for Prometheus", "text/plain", text),
        (
            &format!("{API_PREFIX}/openapi.json"),
            "openapi_show",
            "This document",
            json_media,
            document,
        ),
    ] {
        let mut problems = Problems::of_any_route();
        problems.remove(401);
        problems.remove(403);
        let mut answers = json!({ "200": {
            "description": "As it is now.",
            "headers": { "X-Request-Id": header_reference("X-Request-Id") },
            "content": { media: content },
        } });
        for (status, reference, component_name, component) in problems.render() {
            answers[status.to_string()] = reference;
            components.push((component_name, component));
        }
        let operation = json!({
            "operationId": name, "tags": ["operations"], "summary": summary,
            "security": [], "responses": answers,
        });
        paths.insert(path.to_owned(), json!({ "get": operation }));
    }
    (paths, components)
}
