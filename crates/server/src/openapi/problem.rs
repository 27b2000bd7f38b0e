//! Every problem that the server answers: its code, its status, and what it means.
//!
//! The list is part of the interface: codes keep their meaning. A test holds every problem that
//! the other tests meet against it, so a new code has to be written down here.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use mraos_api::problem::PROBLEM_MEDIA_TYPE;
use serde_json::{Value, json};

use crate::openapi::parameter::header_reference;

/// Code and meaning of every problem, by status.
pub(super) const PROBLEMS: &[(u16, &str, &str)] = &[
    (400, "unreadable", "The body is not JSON, or it broke off."),
    (401, "unauthenticated", "No credential, or none that is known, valid and not revoked."),
    (401, "wrong_credentials", "User id or password are wrong."),
    (403, "forbidden", "The role may not do this."),
    (403, "backdating_not_permitted", "The role may not state when something happened."),
    (403, "outside_scope", "The sender is limited to other lines."),
    (403, "not_own_work", "An operator may do this with own work alone."),
    (403, "csrf_token_wrong", "A change with the session's cookie lacks its `X-CSRF-Token`."),
    (403, "foreign_origin", "The page that sent this is not one of this server."),
    (403, "session_required", "This is for people who have signed in, not for tokens."),
    (404, "not_found", "There is nothing at this path."),
    (404, "unknown_operator", "No operator has this id."),
    (404, "unknown_machine", "No machine has this id."),
    (404, "unknown_work_order", "No work order has this id."),
    (404, "unknown_allocation", "No allocation has this id."),
    (404, "unknown_material", "No material has this id."),
    (404, "unknown_reservation", "No reservation has this id."),
    (404, "unknown_bom_line", "The order does not have this line."),
    (404, "unknown_skill", "The operator does not have this skill."),
    (404, "unknown_shift", "The operator does not have this shift."),
    (404, "unknown_holiday", "The day is no holiday."),
    (404, "unknown_maintenance", "The machine does not have this maintenance planned."),
    (404, "unknown_dependency", "The order does not have this dependency."),
    (404, "unknown_requirement", "No skill requirement has this id."),
    (404, "unknown_entry", "No entry has this id."),
    (404, "unknown_token", "No live token has this id."),
    (404, "unknown_user", "No user has this id."),
    (405, "method_not_allowed", "The path does not take this method; `Allow` says which it takes."),
    (408, "body_too_slow", "The body did not arrive in time."),
    (409, "position_not_reached", "The position of `X-Position` is not reflected here yet."),
    (409, "refused", "Rules speak against it: all of them are in `refusals`."),
    (409, "user_exists", "The id belongs to another user."),
    (409, "last_administrator", "Nobody else administers users."),
    (412, "stale_version", "It has changed since the version of `If-Match` was read."),
    (413, "body_too_large", "The body is larger than the server takes."),
    (415, "unsupported_media_type", "The body is not of a content type that is taken here."),
    (422, "invalid", "Values break a rule of form: all of them are in `errors`."),
    (422, "invalid_value", "The values do not fit together."),
    (422, "out_of_order", "`occurred_at` lies before the last transition."),
    (422, "in_the_future", "`occurred_at` lies more than five minutes ahead."),
    (422, "idempotency_key_reused", "The key belongs to another request."),
    (426, "upgrade_required", "This path is for WebSockets of sub-protocol `mraos.v1`."),
    (428, "if_match_required", "A change needs the version that it was made against."),
    (429, "too_many_attempts", "Too many failed attempts; `Retry-After` says when to go on."),
    (500, "internal", "A defect of the server; its log holds the cause beside the request's id."),
    (503, "unavailable", "The database does not answer; the node recovers by itself."),
    (503, "overloaded", "More requests wait than can be served."),
    (503, "no_more_sockets", "This node holds as many live connections as it can."),
    (503, "timed_out", "No answer in time; a write may still be applied: repeat it with its key."),
];

/// The problems that one route may answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Problems(BTreeMap<u16, BTreeSet<&'static str>>);

impl Problems {
    /// What may happen on any route that asks for a credential.
    pub(super) fn of_any_route() -> Self {
        let mut problems = Self::default();
        for (status, code) in [
            (401, "unauthenticated"),
            (403, "forbidden"),
            (500, "internal"),
            (503, "unavailable"),
            (503, "overloaded"),
            (503, "timed_out"),
        ] {
            problems.add(status, code);
        }
        problems
    }

    /// What may be wrong with a read.
    pub(super) fn add_of_reads(&mut self) {
        self.add(409, "position_not_reached");
        self.add(422, "invalid");
    }

    /// What may be wrong with a body and the key beside it.
    pub(super) fn add_of_bodies(&mut self) {
        for (status, code) in [
            (400, "unreadable"),
            (403, "csrf_token_wrong"),
            (403, "foreign_origin"),
            (408, "body_too_slow"),
            (413, "body_too_large"),
            (415, "unsupported_media_type"),
            (422, "invalid"),
            (422, "idempotency_key_reused"),
        ] {
            self.add(status, code);
        }
    }

    pub(super) fn add(&mut self, status: u16, code: &'static str) {
        self.0.entry(status).or_default().insert(code);
    }

    pub(super) fn remove(&mut self, status: u16) {
        self.0.remove(&status);
    }

    /// Status and code of each.
    #[cfg(test)]
    pub(super) fn codes(&self) -> Vec<(u16, &'static str)> {
        let each = self.0.iter();
        each.flat_map(|(status, codes)| codes.iter().map(|code| (*status, *code))).collect()
    }

    /// References by status, and the components that they name.
    pub(super) fn render(&self) -> Vec<(u16, Value, String, Value)> {
        self.0
            .iter()
            .map(|(status, codes)| {
                let name = component_name(codes);
                let reference = json!({ "$ref": format!("#/components/responses/{name}") });
                (*status, reference, name, component(*status, codes))
            })
            .collect()
    }
}

/// `unavailable` and `timed_out` become `TimedOutOrUnavailable`.
fn component_name(codes: &BTreeSet<&'static str>) -> String {
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    let names = codes.iter().map(|code| code.split('_').filter_map(capitalised).collect());
    names.collect::<Vec<String>>().join("Or")
}

fn component(status: u16, codes: &BTreeSet<&'static str>) -> Value {
    let known = PROBLEMS.iter().filter(|(of, code, _)| *of == status && codes.contains(code));
    let (mut lines, mut examples) = (Vec::new(), serde_json::Map::new());
    for (_, code, meaning) in known {
        lines.push(format!("- `{code}`: {meaning}"));
        examples.insert((*code).to_owned(), json!({ "value": example(status, code, meaning) }));
    }
    let mut headers = json!({ "X-Request-Id": header_reference("X-Request-Id") });
    match status {
        401 => headers["WWW-Authenticate"] = header_reference("WWW-Authenticate"),
        429 | 503 => headers["Retry-After"] = header_reference("Retry-After"),
        _ => {}
    }
    let codes: Vec<&str> = codes.iter().copied().collect();
    json!({
        "description": lines.join("\n"),
        "headers": headers,
        "content": { PROBLEM_MEDIA_TYPE: {
            "schema": { "allOf": [
                { "$ref": "#/components/schemas/Problem" },
                { "type": "object", "properties": {
                    "status": { "const": status },
                    "code": { "enum": codes },
                } },
            ] },
            "examples": examples,
        } },
    })
}

fn example(status: u16, code: &str, meaning: &str) -> Value {
    let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut problem = json!({
        "type": format!("urn:mraos:problem:{code}"),
        "title": title.unwrap_or("Error"),
        "status": status,
        "code": code,
        "detail": meaning,
    });
    if code == "invalid" {
        problem["errors"] = json!([{
            "pointer": "/quantity_ordered",
            "message": "`-1` lies below 0; it lies between 0 and 999999999999.999",
        }]);
    }
    if code == "refused" {
        problem["refusals"] = json!([{
            "code": "machine_booked",
            "entity_type": "machine",
            "entity_id": "M-203",
            "message": "M-203 runs WO-4599 until 09:30; release it or choose a later start.",
            "overridable": false,
            "allocation_id": 41,
            "work_order_id": "WO-4599",
            "held_by": "supervisor-1",
            "from": "2026-11-23T07:30:00.000000Z",
            "to": "2026-11-23T09:30:00.000000Z",
        }]);
    }
    problem
}
