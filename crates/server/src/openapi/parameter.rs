//! Parameters: ids in paths, filters, paging, and the headers with a meaning of their own.
//!
//! What a filter takes comes from the list itself, and which ids a path takes from its template.

use serde_json::{Value, json};

use crate::openapi::problem::Problems;
use crate::page::{Accepts, DEFAULT_LIMIT, MAX_LIMIT};

/// A query parameter.
pub(super) fn query(name: &str, schema: Value, about: &str) -> Value {
    json!({ "name": name, "in": "query", "description": about, "schema": schema })
}

/// A filter of a list.
pub(super) fn filter(name: &str, accepts: Accepts) -> Value {
    let schema = match accepts {
        Accepts::Any => json!({ "type": "string" }),
        Accepts::Moment => json!({ "type": "string", "format": "date-time" }),
        Accepts::Flag => json!({ "type": "boolean" }),
        Accepts::OneOf(names) => json!({ "type": "string", "enum": names() }),
    };
    query(name, schema, "Only what has this value.")
}

/// `limit` and `cursor`.
pub(super) fn paging() -> [Value; 2] {
    ["Limit", "Cursor"].map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
}

/// `X-Position` of a read.
pub(super) fn awaited_position() -> Value {
    reference("AwaitedPosition")
}

/// `Idempotency-Key` of a write.
pub(super) fn idempotency_key() -> Value {
    reference("IdempotencyKey")
}

/// `If-Match` of a change.
pub(super) fn if_match() -> Value {
    reference("IfMatch")
}

/// `If-Match` of a write that may do without.
pub(super) fn optional_if_match() -> Value {
    reference("OptionalIfMatch")
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

/// The shared parameters.
pub(super) fn components() -> Value {
    json!({
        "Limit": query(
            "limit",
            json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT,
                    "default": DEFAULT_LIMIT }),
            "Most items on the page.",
        ),
        "Cursor": query(
            "cursor",
            json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$" }),
            "`next_cursor` of the page before, as it was received.",
        ),
        "AwaitedPosition": {
            "name": "X-Position", "in": "header",
            "description": "`X-Position` of a write: the answer waits, at most a second, until it \
                            reflects that write. The node that took the write always does.",
            "schema": { "type": "integer", "format": "int64", "minimum": 0 },
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header",
            "description": "Makes the write repeatable: the same key with the same request gives \
                            the recorded answer for 24 hours, with another request 422.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200,
                        "pattern": "^[!-~]+$" },
            "example": "4f1c9f0e-release-O-156",
        },
        "OptionalIfMatch": {
            "name": "If-Match", "in": "header",
            "description": "The `ETag` that was read: refused if it has changed since.",
            "schema": { "type": "string" },
            "example": "\"1\"",
        },
        "IfMatch": {
            "name": "If-Match", "in": "header", "required": true,
            "description": "The `ETag` that was read, so that no other change is overwritten; \
                            `*` for any version.",
            "schema": { "type": "string" },
            "example": "\"1\"",
        },
    })
}

/// A reference to one of [`header_components`].
pub(super) fn header_reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// The headers of answers.
pub(super) fn header_components() -> Value {
    let text = |about: &str, schema: Value| json!({ "description": about, "schema": schema });
    let position = json!({ "type": "integer", "format": "int64", "minimum": 0 });
    json!({
        "X-Request-Id": text(
            "The request's id, the client's own if it sent one; log lines and events name it.",
            json!({ "type": "string" }),
        ),
        "X-Position": text("The log position at which the write was decided.", position),
        "Idempotency-Replayed": text(
            "`true` when this is the recorded answer to an earlier request.",
            json!({ "type": "string", "enum": ["true"] }),
        ),
        "ETag": text("The version, for `If-Match`.", json!({ "type": "string" })),
        "Set-Cookie": text("The session, for browsers.", json!({ "type": "string" })),
        "Location": text("Where the new thing is.", json!({ "type": "string" })),
        "Retry-After": text(
            "Seconds after which to try again.",
            json!({ "type": "integer", "minimum": 0 }),
        ),
        "WWW-Authenticate": text("How to prove who you are.", json!({ "type": "string" })),
    })
}

/// What ids a path takes, and what is answered when nothing has them.
pub(super) fn of_path(path: &str, problems: &mut Problems) -> Vec<Value> {
    let noun = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters = Vec::new();
    for name in names {
        let (schema, example, unknown) = path_id(noun, name);
        problems.add(404, unknown);
        problems.add(404, "not_found");
        parameters.push(json!({
            "name": name, "in": "path", "required": true, "schema": schema, "example": example,
        }));
    }
    parameters
}

fn path_id(noun: &str, name: &str) -> (Value, Value, &'static str) {
    let row = || json!({ "type": "integer", "format": "int64", "minimum": 0 });
    let plant_id = || {
        let characters = r"^[^\s/\\?#]+$";
        json!({ "type": "string", "minLength": 1, "maxLength": 20, "pattern": characters })
    };
    match (noun, name) {
        (_, "skill_code") => {
            (json!({ "type": "string", "maxLength": 50 }), json!("WELD"), "unknown_skill")
        }
        ("holidays", _) => {
            (json!({ "type": "string", "format": "date" }), json!("2026-12-25"), "unknown_holiday")
        }
        (_, "shift_id") => (row(), json!(12), "unknown_shift"),
        (_, "bom_id") => (row(), json!(19), "unknown_bom_line"),
        (_, "maintenance_id") => (row(), json!(21), "unknown_maintenance"),
        (_, "dependency_id") => (row(), json!(14), "unknown_dependency"),
        ("operators", _) => (plant_id(), json!("O-156"), "unknown_operator"),
        ("machines", _) => (plant_id(), json!("M-203"), "unknown_machine"),
        ("materials", _) => (plant_id(), json!("MAT-1001"), "unknown_material"),
        ("reservations", _) => (row(), json!(21), "unknown_reservation"),
        ("work-orders", _) => (plant_id(), json!("WO-4600"), "unknown_work_order"),
        ("allocations", _) => (row(), json!(42), "unknown_allocation"),
        ("users", _) => (
            json!({ "type": "string", "minLength": 1, "maxLength": 50 }),
            json!("S-042"),
            "unknown_user",
        ),
        ("tokens", _) => (
            json!({ "type": "string", "format": "uuid" }),
            json!("019ab3c2-7d51-7c30-9a35-3f0d8c2b7e61"),
            "unknown_token",
        ),
        _ => (row(), json!(42), "unknown_entry"),
    }
}
