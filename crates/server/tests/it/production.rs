//! An order while it is made: log, inspection, overrun, waiting and forecast over HTTP.
//!
//! What follows from work writes itself; the rest is people's.

use serde_json::{Value, json};

use crate::harness::{Plant, Request};

const ORDER: &str = "/api/v1/work-orders/WO-1";

#[tokio::test]
async fn the_log_of_an_order_writes_itself_and_takes_notes() {
    let plant = Plant::with_floor().await;
    let work = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let made = plant.post("/api/v1/allocations", &work).await;
    let allocation = format!("/api/v1/allocations/{}", made.body["allocation_id"]);
    for step in ["pause", "resume"] {
        let answer = plant.post(&format!("{allocation}/{step}"), &json!({})).await;
        assert_eq!(answer.status, 200, "{step}: {}", answer.body);
    }
    let progress = json!({"quantity_delta": 2, "quantity_rejected": 1});
    assert_eq!(plant.post(&format!("{ORDER}/progress"), &progress).await.status, 200);
    let issue = json!({"event_type": "issue", "notes": "Burrs", "machine_id": "M-1"});
    let written = plant.post(&format!("{ORDER}/logs"), &issue).await;
    assert_eq!(written.status, 201, "{}", written.body);
    assert_eq!(
        (&written.body["notes"], &written.body["logged_by"].is_string()),
        (&json!("Burrs"), &true)
    );
    let why = json!({"release_reason": "Waiting for a crane"});
    assert_eq!(plant.post(&format!("{allocation}/release"), &why).await.status, 200);

    let all = plant.get(&format!("{ORDER}/logs")).await;
    let items = all.body["items"].as_array().unwrap();
    let told: Vec<&str> =
        items.iter().rev().map(|one| one["event_type"].as_str().unwrap()).collect();
    assert_eq!(told, ["started", "paused", "resumed", "progress", "issue", "released"]);
    assert!(items.iter().all(|one| one["machine_id"] == "M-1"), "{}", all.body);
    assert_eq!(items[0]["notes"], "Waiting for a crane");
    assert_eq!(
        (&items[2]["quantity_produced"], &items[2]["quantity_rejected"]),
        (&json!("2.000"), &json!("1.000"))
    );
    let issues = plant.get(&format!("{ORDER}/logs?event_type=issue")).await;
    assert_eq!(issues.body["items"], json!([written.body]));
    let first = plant.get(&format!("{ORDER}/logs?limit=2")).await;
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let rest = plant.get(&format!("{ORDER}/logs?cursor={cursor}")).await;
    assert_eq!(rest.body["items"].as_array().unwrap().len(), items.len() - 2);
    let forged = json!({"event_type": "completed", "notes": "Done, honestly"});
    let refused = plant.post(&format!("{ORDER}/logs"), &forged).await;
    assert_eq!(
        (refused.status, &refused.body["errors"][0]["pointer"]),
        (422, &json!("/event_type"))
    );
    plant.assert_sound().await;
}

#[tokio::test]
async fn inspection_is_said_once_and_has_its_way() {
    let plant = Plant::with_floor().await;
    let say = async |status: &str| {
        let body = json!({"quality_status": status, "notes": "Looked at ten."});
        plant.post(&format!("{ORDER}/quality"), &body).await
    };
    let failed = say("failed").await;
    assert_eq!((failed.status, &failed.body["quality_status"]), (200, &json!("failed")));
    let passed = say("passed").await;
    assert_eq!(passed.status, 409);
    assert_eq!(passed.body["refusals"][0]["code"], "wrong_quality_status");
    assert_eq!(say("waived").await.body["quality_status"], "waived");
    let change = Request::new("PATCH", ORDER).if_match("*");
    let answer = plant.send(change.json(&json!({"quality_status": "passed"}))).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    let operator = plant.token_of("operator").await;
    let request = Request::new("POST", &format!("{ORDER}/quality")).token(&operator);
    let answer = plant.send(request.json(&json!({"quality_status": "pending"}))).await;
    assert_eq!(answer.status, 403, "people do not inspect their own work");
}

#[tokio::test]
async fn an_overrun_is_allowed_and_progress_may_be_tied_to_a_version() {
    let plant = Plant::with_floor().await;
    let order = plant.get(ORDER).await;
    let ordered: f64 = order.body["quantity_ordered"].as_str().unwrap().parse().unwrap();
    let report = |total: f64| {
        let request = Request::new("POST", &format!("{ORDER}/progress"));
        request.json(&json!({"quantity_produced": total.to_string()}))
    };
    let refused = plant.send(report(ordered + 1.0)).await;
    assert_eq!(refused.body["refusals"][0]["code"], "would_exceed_ordered", "{}", refused.body);
    let allow = Request::new("PATCH", ORDER).if_match(&order.header("etag").unwrap());
    let allowed = plant.send(allow.json(&json!({"overrun_quantity": "2"}))).await;
    assert_eq!((allowed.status, &allowed.body["overrun_quantity"]), (200, &json!("2.000")));
    let stale = report(1.0).if_match(&order.header("etag").unwrap());
    assert_eq!(plant.send(stale).await.status, 412);
    let current = report(ordered + 1.0).if_match(&allowed.header("etag").unwrap());
    let done = plant.send(current).await;
    assert_eq!((done.status, &done.body["status"]), (200, &json!("completed")));
    assert_eq!(done.body["quantity_remaining"], "0.000");
    let both = json!({"overrun_quantity": 1, "overrun_percentage": 1});
    let change = Request::new("PATCH", "/api/v1/work-orders/WO-2").if_match("*").json(&both);
    assert_eq!(plant.send(change).await.status, 422);
    plant.assert_sound().await;
}

#[tokio::test]
async fn an_order_says_when_it_is_done_and_how_late() {
    let plant = Plant::with_floor().await;
    let order = |id: &str, members: Value| {
        let mut body = json!({
            "work_order_id": id, "work_order_number": format!("N-{id}"), "product_id": "P",
            "product_name": "N", "quantity_ordered": 10, "unit_of_measure": "EA",
            "due_date": "2020-01-01T00:00:00Z",
        });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        body
    };
    let weld = order("WO-70", json!({"estimated_duration_minutes": 60}));
    let weld = plant.post("/api/v1/work-orders", &weld).await;
    assert!(weld.body["delay_minutes"].as_i64().unwrap() > 1_000_000, "{}", weld.body);
    let cure = order(
        "WO-71",
        json!({
            "wait_minutes": 600, "dependencies": [{"predecessor_work_order_id": "WO-70"}],
        }),
    );
    let cure = plant.post("/api/v1/work-orders", &cure).await;
    assert_eq!(cure.status, 201, "{}", cure.body);
    let time =
        |body: &Value| body["expected_end"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let between = time(&cure.body).duration_since(time(&weld.body)).as_mins();
    assert!((599..=601).contains(&between), "{between} minutes after its predecessor");
    let work = json!({"work_order_id": "WO-71", "operator_id": "O-1"});
    let refused = plant.post("/api/v1/allocations", &work).await;
    assert_eq!(
        refused.body["refusals"][0]["code"], "work_order_not_allocatable",
        "{}",
        refused.body
    );
    let listed = plant.get("/api/v1/work-orders").await;
    let items = listed.body["items"].as_array().unwrap();
    let found = items.iter().find(|one| one["work_order_id"] == "WO-71").unwrap();
    assert_eq!(found["wait_minutes"], 600);
    assert!(found["expected_end"].is_string(), "{found}");
}
