//! The document as a whole: the routes of the table, the shared components, the words around them.
//!
//! Built once, when it is first asked for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use mraos_api::API_PREFIX;
use mraos_domain::Role;
use serde_json::{Map, Value, json};

use crate::openapi::operation::Operation;
use crate::openapi::schema::Schemas;
use crate::openapi::{example, outside, parameter};
use crate::router::{Route, table};

static DOCUMENT: LazyLock<Bytes> =
    LazyLock::new(|| Bytes::from(document().to_string().into_bytes()));

/// `GET /api/v1/openapi.json`
pub(crate) async fn serve_document() -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (kind, DOCUMENT.clone()).into_response()
}

/// The OpenAPI 3.1 document of the HTTP interface.
pub fn document() -> Value {
    let mut schemas = Schemas::default();
    schemas.of::<mraos_api::problem::Problem>();
    let mut responses = BTreeMap::new();
    let mut paths: Map<String, Value> = Map::new();
    for route in table() {
        let path = format!("{API_PREFIX}{}", route.path);
        let operation = render(&route, &mut schemas, &mut responses);
        paths.entry(path).or_insert_with(|| json!({}))[route.method.as_str().to_lowercase()] =
            operation;
    }
    let (outside, problems) = outside::paths();
    paths.extend(outside);
    responses.extend(problems);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": info(),
        "servers": [{ "url": "/", "description": "This server" }],
        "security": [{ "bearer": [] }, { "session": [] }],
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": schemas.0,
            "responses": responses,
            "parameters": parameter::components(),
            "headers": parameter::header_components(),
            "securitySchemes": security_schemes(),
        },
    });
    example::add_to(&mut document);
    document
}

fn render(route: &Route, schemas: &mut Schemas, responses: &mut BTreeMap<String, Value>) -> Value {
    let mut operation: Operation = (route.operation)();
    schemas.0.append(&mut operation.schemas.0);
    let mut parameters = parameter::of_path(route.path, &mut operation.problems);
    parameters.append(&mut operation.parameters);

    let mut answers = Map::new();
    answers.insert(operation.answer.status.to_string(), operation.answer.render());
    for (status, reference, name, component) in operation.problems.render() {
        answers.insert(status.to_string(), reference);
        responses.insert(name, component);
    }
    let permission = route.permission.map(|permission| permission.as_str());
    let may = |role: &&Role| route.permission.is_none_or(|permission| role.may(permission));
    let allowed = Role::ALL.iter().filter(may);
    let roles: Vec<&str> = allowed.map(|role| role.as_str()).collect();
    let mut rendered = json!({
        "operationId": route.name.replace("::", "_"),
        "tags": [tag_of(route.path)],
        "summary": operation.summary,
        "parameters": parameters,
        "responses": answers,
        "x-permission": permission,
        "x-roles": roles,
    });
    if let Some(about) = operation.about {
        rendered["description"] = json!(about);
    }
    if let Some(frames) = &operation.frames {
        rendered["x-websocket"] = json!({
            "sub_protocol": frames.sub_protocol,
            "client_frames": frames.client.schema,
            "server_frames": frames.server.schema,
        });
    }
    if operation.is_public {
        rendered["security"] = json!([]);
    }
    if !operation.refusals.is_empty() {
        let codes: Vec<&str> = operation.refusals.iter().map(|code| code.as_str()).collect();
        rendered["x-refusals"] = json!(codes);
    }
    if let Some(body) = &operation.request {
        let media = operation.request_media.iter().map(|media| {
            let schema = if *media == "application/json" {
                body.schema.clone()
            } else {
                json!({ "type": "string" })
            };
            ((*media).to_owned(), json!({ "schema": schema }))
        });
        rendered["requestBody"] =
            json!({ "required": true, "content": media.collect::<Map<_, _>>() });
    }
    rendered
}

fn info() -> Value {
    json!({
        "title": "MRAOS",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "Who works at which machine on which order with what material, live.",
        "description": include_str!("introduction.md"),
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    })
}

fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http", "scheme": "bearer",
            "description": "A token (`POST /tokens`, `mraos token create`) or the session token \
                            of `POST /auth/login`.",
        },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "mraos_session",
            "description": "Set by `POST /auth/login`. Methods that change something need the \
                            `X-CSRF-Token` of that answer beside it.",
        },
    })
}

/// The first word of the path.
fn tag_of(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

fn tags() -> Value {
    json!([
        { "name": "allocations", "description": "Who works at which machine on which order." },
        { "name": "operators", "description": "The people who work at machines." },
        { "name": "machines", "description": "Machines and work places." },
        { "name": "materials", "description": "Materials, their stock by lots, what moved it." },
        { "name": "reservations", "description": "Material that is set aside for orders." },
        { "name": "work-orders", "description": "What is to be made." },
        { "name": "suggestions", "description": "Whom and what to put to work." },
        { "name": "skill-requirements", "description": "What work asks of people." },
        { "name": "reason-codes", "description": "The plant's words for why." },
        { "name": "holidays", "description": "Days on which the plant rests." },
        { "name": "live", "description": "The stream of changes." },
        { "name": "events", "description": "The log, position by position." },
        { "name": "data-access-audit", "description": "Who has seen personal and audit data." },
        { "name": "ingest", "description": "Signals in bulk." },
        { "name": "auth", "description": "Signing in and out." },
        { "name": "users", "description": "Who may sign in, and in which role." },
        { "name": "tokens", "description": "Credentials of programs." },
        { "name": "operations", "description": "For those who run the process." },
    ])
}
