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

#[tokio::test]
async fn what_waits_is_told_and_whether_it_is_still_held_up() {
    let plant = Plant::with_floor().await;
    plant.add_second_line().await;
    let waits = async |id: &str, members: Value| {
        let mut edge = json!({"predecessor_work_order_id": "WO-1"});
        edge.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        plant.create(&format!("work-orders/{id}/dependencies"), &edge).await;
    };
    waits("WO-2", json!({})).await;
    let soft = json!({"dependency_type": "start_to_start", "lag_minutes": 30});
    waits("WO-3", soft).await;
    waits("WO-9", json!({"dependency_type": "finish_to_finish", "is_mandatory": false})).await;
    let told = async || {
        let answer = plant.get(&format!("{ORDER}/successors")).await;
        let items = answer.body["items"].as_array().unwrap().clone();
        let held = |one: &Value| {
            let id = one["work_order_id"].as_str().unwrap().to_owned();
            (id, one["is_held_up"].as_bool().unwrap(), one["free_from"].is_string())
        };
        (items.iter().map(held).collect::<Vec<_>>(), items)
    };
    let all = |two: (bool, bool), three: (bool, bool), nine: (bool, bool)| {
        let named = [("WO-2", two), ("WO-3", three), ("WO-9", nine)];
        named.map(|(id, (held, known))| (id.to_owned(), held, known)).to_vec()
    };
    let (held, items) = told().await;
    assert_eq!(held, all((true, false), (true, false), (true, false)));
    let tied = ["dependency_type", "lag_minutes", "is_mandatory", "status"].map(|n| &items[1][n]);
    assert_eq!(json!(tied), json!(["start_to_start", 30, true, "queued"]));

    let first = plant.get(&format!("{ORDER}/successors?limit=2")).await;
    assert_eq!(first.body["items"], json!(items[..2]));
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let rest = plant.get(&format!("{ORDER}/successors?cursor={cursor}")).await;
    assert_eq!(rest.body, json!({"items": items[2..], "next_cursor": null}));
    let token = plant.token_on_line(mraos_domain::Role::Viewer, "Line-1", "O-1").await;
    let path = format!("{ORDER}/successors");
    let own = plant.send(Request::new("GET", &path).token(&token)).await;
    assert_eq!(own.body["items"], json!(items[..2]), "WO-9 belongs to another line");

    let work = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let made = plant.post("/api/v1/allocations", &work).await;
    assert_eq!(told().await.0, all((true, false), (true, true), (true, false)));
    plant.test().clock.advance_minutes(30);
    assert_eq!(told().await.0, all((true, false), (false, true), (true, false)));
    let next = json!({"work_order_id": "WO-2", "operator_id": "O-2", "machine_id": "M-2"});
    let refused = plant.post("/api/v1/allocations", &next).await;
    assert_eq!(refused.body["refusals"][0]["code"], "dependency_unmet", "{}", refused.body);
    let done = format!("/api/v1/allocations/{}/complete", made.body["allocation_id"]);
    let all_of_it = json!({"work_order_completed": true});
    assert_eq!(plant.post(&done, &all_of_it).await.status, 200);
    assert_eq!(told().await.0, all((false, true), (false, true), (false, true)));
    let begun = plant.post("/api/v1/allocations", &next).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    assert_eq!(told().await.1[0]["status"], "in_progress");
    let none = plant.get("/api/v1/work-orders/WO-2/successors").await;
    assert_eq!(none.body["items"], json!([]));
    let bad = plant.get(&format!("{ORDER}/successors?limit=0")).await;
    assert_eq!((bad.status, &bad.body["errors"][0]["pointer"]), (422, &json!("/limit")));
}
