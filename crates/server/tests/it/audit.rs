//! The audit of reads: what is in it, for whom, and what is not.
//!
//! A row is there soon after its answer; tests wait for it and never for time to pass.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Plant, Request};

const AUDIT: &str = "/api/v1/data-access-audit";
const PATIENCE: Duration = Duration::from_secs(10);

/// The rows of a query, as soon as there are so many.
async fn rows(plant: &Plant, query: &str, wanted: usize) -> Vec<Value> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = plant.get(&format!("{AUDIT}?{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let rows = answer.body["items"].as_array().unwrap().clone();
        if rows.len() >= wanted {
            assert_eq!(rows.len(), wanted, "{query}: {rows:#?}");
            return rows;
        }
        assert!(Instant::now() < deadline, "{query}: {rows:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn ask(plant: &Plant, token: &str, path: &str) -> Value {
    let request = Request::new("GET", path).token(token).header("user-agent", "wall/7");
    let answer = plant.send(request).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.body
}

#[tokio::test]
async fn whoever_sees_names_is_named() {
    let plant = Plant::with_floor().await;
    let supervisor = plant.token_of("supervisor").await;
    ask(&plant, &supervisor, "/api/v1/operators/O-1").await;
    let row = &rows(&plant, "user_id=a-supervisor", 1).await[0];
    assert_eq!((&row["entity_type"], &row["entity_id"]), (&json!("operator"), &json!("O-1")));
    assert_eq!((&row["action"], &row["user_agent"]), (&json!("read"), &json!("wall/7")));
    assert_eq!(row["ip_address"], "127.0.0.1");
    assert_eq!(row["query_executed"], "GET /api/v1/operators/O-1");

    ask(&plant, &supervisor, "/api/v1/operators?is_active=true&limit=10").await;
    let row = &rows(&plant, "user_id=a-supervisor", 2).await[0];
    assert_eq!((&row["entity_id"], &row["entity_ids"]), (&json!("*"), &json!(["O-1", "O-2"])));
    assert!(row["query_executed"].as_str().unwrap().contains("is_active=true"), "{row}");
    // An answer about several is found by each of them, and by no other.
    rows(&plant, "user_id=a-supervisor&entity_type=operator&entity_id=O-2", 1).await;
    rows(&plant, "user_id=a-supervisor&entity_type=operator&entity_id=O-1", 2).await;
    rows(&plant, "user_id=a-supervisor&entity_type=operator&entity_id=O-7", 0).await;
}

#[tokio::test]
async fn whoever_sees_when_a_person_was_there_is_named_with_or_without_the_name() {
    let plant = Plant::with_floor().await;
    let viewer = plant.token_of("viewer").await;
    ask(&plant, &viewer, "/api/v1/operators/O-1").await;
    ask(&plant, &viewer, "/api/v1/operators/O-1/attendance?type=clock_in").await;
    let row = &rows(&plant, "user_id=a-viewer", 1).await[0];
    assert_eq!((&row["entity_type"], &row["entity_id"]), (&json!("operator"), &json!("O-1")));
    assert_eq!(row["action"], "read");
    assert_eq!(row["query_executed"], "GET /api/v1/operators/O-1/attendance?type=clock_in");
    // Who finds nobody has seen nothing.
    let absent = Request::new("GET", "/api/v1/operators/O-404/attendance").token(&viewer);
    assert_eq!(plant.send(absent).await.status, 404);
    plant.app().shut_down().await;
    let owner = plant.test().database.owner().await;
    let count = "SELECT count(*) FROM data_access_audit WHERE user_id = 'a-viewer'";
    let written: i64 = owner.query_one(count, &[]).await.unwrap().get(0);
    assert_eq!(written, 1);
}

#[tokio::test]
async fn whoever_sees_no_names_is_not() {
    let plant = Plant::with_floor().await;
    let viewer = plant.token_of("viewer").await;
    for path in ["/api/v1/operators/O-1", "/api/v1/operators", "/api/v1/machines"] {
        ask(&plant, &viewer, path).await;
    }
    let auditor = plant.token_of("auditor").await;
    ask(&plant, &auditor, "/api/v1/events").await;
    let row = &rows(&plant, "user_id=a-auditor", 1).await[0];
    assert_eq!((&row["entity_type"], &row["entity_id"]), (&json!("event"), &json!("*")));
    // What was asked before that would stand in the audit by now.
    rows(&plant, "user_id=a-viewer", 0).await;
}

#[tokio::test]
async fn writes_that_show_or_destroy_data_are_in_it_and_work_is_not() {
    let plant = Plant::with_floor().await;
    let body = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let made = plant.post("/api/v1/allocations", &body).await;
    let id = made.body["allocation_id"].clone();
    let release = format!("/api/v1/allocations/{id}/release");
    assert_eq!(plant.post(&release, &json!({})).await.status, 200);
    ask(&plant, "test-token", &format!("/api/v1/allocations/{id}/events")).await;
    let patch = Request::new("PATCH", "/api/v1/operators/O-2").if_match("*");
    let patched = plant.send(patch.json(&json!({"phone": "+49 1"}))).await;
    assert_eq!(patched.status, 200, "{}", patched.body);
    let erase = Request::new("DELETE", "/api/v1/operators/O-1/personal-data");
    assert_eq!(plant.send(erase).await.status, 200);
    let updated = &rows(&plant, "entity_type=operator&entity_id=O-2", 1).await[0];
    assert_eq!(updated["action"], "update");
    let erased = &rows(&plant, "entity_type=operator&entity_id=O-1", 1).await[0];
    assert_eq!(erased["action"], "delete");
    let seen = &rows(&plant, "entity_type=allocation", 1).await[0];
    assert_eq!((&seen["entity_id"], &seen["action"]), (&json!(id.to_string()), &json!("read")));
}

#[tokio::test]
async fn pages_go_back_in_time_and_looking_is_audited() {
    let plant = Plant::with_floor().await;
    let manager = plant.token_of("manager").await;
    for _ in 0..5 {
        ask(&plant, &manager, "/api/v1/operators/O-1").await;
    }
    let all = rows(&plant, "user_id=a-manager", 5).await;
    let key = |row: &Value| row["audit_id"].as_i64().unwrap();
    assert!(all.is_sorted_by_key(|row| -key(row)), "newest first");
    let first = plant.get(&format!("{AUDIT}?user_id=a-manager&limit=3")).await.body;
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = plant.get(&format!("{AUDIT}?user_id=a-manager&limit=3&cursor={cursor}")).await.body;
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (2, &Value::Null));
    let past = "user_id=a-manager&to=2020-01-01T00:00:00Z";
    rows(&plant, past, 0).await;
    rows(&plant, "user_id=a-manager&from=2020-01-01T00:00:00Z", 5).await;
    let bad = plant.get(&format!("{AUDIT}?from=yesterday")).await;
    assert_eq!((bad.status, &bad.body["errors"][0]["pointer"]), (422, &json!("/from")));
    let own = plant.get(&format!("{AUDIT}?entity_type=data_access_audit&limit=1")).await.body;
    assert_eq!(own["items"][0]["action"], "read");
}

#[tokio::test]
async fn nobody_changes_what_the_audit_says() {
    let plant = Plant::with_floor().await;
    ask(&plant, "test-token", "/api/v1/operators/O-1").await;
    rows(&plant, "entity_id=O-1", 1).await;
    let owner = plant.test().database.owner().await;
    owner.batch_execute("SET ROLE mraos_app").await.unwrap();
    for statement in ["UPDATE data_access_audit SET user_id = 'x'", "DELETE FROM data_access_audit"]
    {
        let error = owner.batch_execute(statement).await.unwrap_err();
        assert!(error.as_db_error().unwrap().message().contains("permission denied"), "{error}");
    }
    owner.batch_execute("RESET ROLE").await.unwrap();
    // Only what is older than seven years goes, by itself.
    let old = "UPDATE data_access_audit SET accessed_at = now() - interval '7 years 1 day' WHERE \
               entity_id = 'O-1'";
    owner.batch_execute(old).await.unwrap();
    assert!(plant.app().store().purge_accesses().await.unwrap() == 1);
    rows(&plant, "entity_id=O-1", 0).await;
}

#[tokio::test]
async fn a_stopping_node_writes_what_is_queued() {
    let plant = Plant::with_floor().await;
    ask(&plant, "test-token", "/api/v1/operators/O-1").await;
    plant.app().shut_down().await;
    let owner = plant.test().database.owner().await;
    let count = "SELECT count(*) FROM data_access_audit WHERE entity_id = 'O-1'";
    let written: i64 = owner.query_one(count, &[]).await.unwrap().get(0);
    assert_eq!(written, 1);
    let refused = plant.get("/api/v1/operators/O-1").await;
    assert_eq!(refused.status, 503, "what cannot be audited is not shown: {}", refused.body);
}
