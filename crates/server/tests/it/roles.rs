//! Every route × every role: who is let through and who is not.
//!
//! The expectation is written out here as a second opinion to the domain's table.

use mraos_domain::{Permission, Role};
use serde_json::json;

use crate::harness::{Plant, Request};

fn allowed(role: Role) -> &'static [Permission] {
    use Permission as P;
    match role {
        Role::Operator => &[P::ReadPlant, P::PostStatus, P::RunWork],
        Role::Viewer => &[P::ReadPlant],
        Role::Manager => &[P::ReadPlant, P::ReadCosts],
        Role::Auditor => &[P::ReadPlant, P::ReadLog, P::ReadAccessAudit],
        Role::Supervisor => {
            &[P::ReadPlant, P::PostStatus, P::Allocate, P::RunWork, P::MoveStock, P::Override]
        }
        Role::Planner => {
            &[P::ReadPlant, P::ChangeMasterData, P::Allocate, P::RunWork, P::MoveStock, P::Override]
        }
        Role::Integration => &[
            P::ReadPlant,
            P::ChangeMasterData,
            P::PostStatus,
            P::Allocate,
            P::RunWork,
            P::MoveStock,
            P::Override,
            P::Ingest,
            P::ReadLog,
        ],
        Role::Admin => &[
            P::ReadPlant,
            P::ChangeMasterData,
            P::PostStatus,
            P::Allocate,
            P::RunWork,
            P::MoveStock,
            P::Override,
            P::Ingest,
            P::ReadLog,
            P::ErasePeople,
            P::ReadAccessAudit,
            P::ManageTokens,
            P::ManageUsers,
        ],
    }
}

#[tokio::test]
async fn a_route_lets_exactly_the_roles_in_that_it_is_for() {
    let plant = Plant::with_floor().await;
    for role in Role::ALL {
        let token = plant.token_of(role.as_str()).await;
        for (method, path, permission) in mraos_server::permissions() {
            // A body that no write accepts: whoever is let in hears about the body.
            let path = plant.fill(&path);
            let request = Request::new(method.as_str(), &path).token(&token);
            let request = if method == "GET" { request } else { request.json(&json!([])) };
            let answer = plant.send(request).await;
            let let_in = permission
                .is_none_or(|one| one == Permission::OwnAccount || allowed(role).contains(&one));
            let what = format!("{method} {path} as {}: {}", role.as_str(), answer.status);
            assert_eq!(answer.body["code"] != "forbidden", let_in, "{what}");
            assert_ne!(answer.status, 401, "{what}");
        }
    }
}

#[tokio::test]
async fn names_are_shown_only_to_roles_that_may_see_people() {
    let plant = Plant::with_floor().await;
    for (role, sees) in [("supervisor", true), ("manager", true), ("viewer", false)] {
        let token = plant.token_of(role).await;
        let request = Request::new("GET", "/api/v1/operators/O-1").token(&token);
        let answer = plant.send(request).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.body["first_name"] == "Grace", sees, "{role}: {}", answer.body);
    }
}

#[tokio::test]
async fn why_somebody_is_absent_is_told_in_words_only_to_roles_that_may_see_people() {
    let plant = Plant::with_floor().await;
    let shift = json!({
        "shift_name": "Early", "shift_date": "2026-11-24", "start_time": "08:00",
        "end_time": "16:00",
    });
    assert_eq!(plant.post("/api/v1/operators/O-1/shifts", &shift).await.status, 201);
    let code = json!({"reason_code": "called_in", "description": "Called in"});
    plant.create("reason-codes", &code).await;
    let call_off = json!({
        "shift_date": "2026-11-24", "status": "sick", "reason_code": "called_in",
        "reason_description": "Has had an appendix out",
    });
    let called_off = plant.post("/api/v1/operators/O-1/call-off", &call_off).await;
    assert_eq!(called_off.status, 200, "{}", called_off.body);
    assert!(!called_off.body.to_string().contains("appendix"), "{}", called_off.body);
    for role in Role::ALL {
        let sees = match role {
            Role::Supervisor | Role::Planner | Role::Manager | Role::Admin => true,
            Role::Operator | Role::Viewer | Role::Auditor | Role::Integration => false,
        };
        // Of people, the role `operator` sees itself alone.
        let token = plant.token_on_line(role, "Line-1", "O-1").await;
        let request = Request::new("GET", "/api/v1/operators/O-1/attendance").token(&token);
        let answer = plant.send(request).await;
        assert_eq!(answer.status, 200, "{role:?}: {}", answer.body);
        let row = &answer.body["items"][0];
        assert_eq!(row["type"], "called_off", "{role:?}: {row}");
        assert_eq!(row["reason_code"], "called_in", "{role:?}: {row}");
        let words = if sees { json!("Has had an appendix out") } else { json!(null) };
        assert_eq!(row["reason_description"], words, "{role:?}: {row}");
    }
}

#[tokio::test]
async fn only_some_roles_say_when_something_happened() {
    let plant = Plant::with_floor().await;
    let body = json!({"status": "absent", "occurred_at": "2026-11-23T07:00:00Z"});
    for (role, status) in [("supervisor", 403), ("operator", 403), ("integration", 200)] {
        let token = plant.token_of(role).await;
        let request = Request::new("POST", "/api/v1/operators/O-1/status").token(&token);
        let answer = plant.send(request.json(&body)).await;
        assert_eq!(answer.status, status, "{role}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_revoked_token_is_a_stranger() {
    let plant = Plant::with_floor().await;
    let body = json!({"name": "short-lived", "role": "viewer"});
    let issued = plant.post("/api/v1/tokens", &body).await;
    assert_eq!(issued.status, 201, "{}", issued.body);
    let secret = issued.body["secret"].as_str().expect("secret");
    let ask = || Request::new("GET", "/api/v1/machines").token(secret);
    assert_eq!(plant.send(ask()).await.status, 200);
    let id = issued.body["token_id"].as_str().expect("token_id");
    let revoked = plant.send(Request::new("DELETE", &format!("/api/v1/tokens/{id}"))).await;
    assert_eq!(revoked.status, 204, "{}", revoked.body);
    assert_eq!(plant.send(ask()).await.status, 401);
    let listed = plant.get("/api/v1/tokens").await;
    assert!(!listed.body.to_string().contains(secret), "a list never shows a secret");
}
