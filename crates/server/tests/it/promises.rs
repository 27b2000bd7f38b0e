//! What clients build on: conditional changes, repeatable writes, positions, pages, first winners.
//!
//! Each test is one promise of the interface.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::harness::{Plant, Request};

#[tokio::test]
async fn a_change_needs_the_version_that_it_was_made_against() {
    let plant = Plant::with_floor().await;
    let read = plant.get("/api/v1/machines/M-1").await;
    let etag = read.header("etag").expect("an ETag");
    let change =
        |zone: &str| Request::new("PATCH", "/api/v1/machines/M-1").json(&json!({ "zone": zone }));
    assert_eq!(plant.send(change("A")).await.status, 428);
    let first = plant.send(change("A").if_match(&etag)).await;
    assert_eq!((first.status, &first.body["zone"]), (200, &json!("A")));
    assert_ne!(first.header("etag").expect("an ETag"), etag);
    let second = plant.send(change("B").if_match(&etag)).await;
    assert_eq!((second.status, &second.body["code"]), (412, &json!("stale_version")));
    assert_eq!(plant.send(change("C").if_match("*")).await.body["zone"], "C");
    let first = plant.get("/api/v1/machines/M-1").await;
    let emptied = Request::new("PATCH", "/api/v1/machines/M-1").json(&json!({ "zone": null }));
    let emptied = plant.send(emptied.if_match(&first.header("etag").expect("an ETag"))).await;
    assert_eq!((emptied.status, &emptied.body["zone"]), (200, &Value::Null));
}

#[tokio::test]
async fn a_repeated_write_is_answered_as_the_first_time() {
    let plant = Plant::with_floor().await;
    let body = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let ask = |body: &Value| {
        Request::new("POST", "/api/v1/allocations").json(body).header("idempotency-key", "k-1")
    };
    let first = plant.send(ask(&body)).await;
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = plant.send(ask(&body)).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(again.header("idempotency-replayed").as_deref(), Some("true"));
    assert_eq!(again.header("x-position"), first.header("x-position"));
    let other = json!({"work_order_id": "WO-2", "operator_id": "O-1"});
    assert_eq!(plant.send(ask(&other)).await.status, 422);
    let refused = |key: &'static str| {
        Request::new("POST", "/api/v1/allocations").json(&other).header("idempotency-key", key)
    };
    let first_refusal = plant.send(refused("k-2")).await;
    assert_eq!(first_refusal.status, 409, "{}", first_refusal.body);
    let again = plant.send(refused("k-2")).await;
    assert_eq!((again.status, &again.body), (409, &first_refusal.body));
    assert_eq!(again.header("idempotency-replayed").as_deref(), Some("true"));
}

#[tokio::test]
async fn a_refusal_tells_every_reason_and_the_winner() {
    let plant = Plant::with_floor().await;
    let body = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let winner = plant.post("/api/v1/allocations", &body).await;
    assert_eq!(winner.status, 201, "{}", winner.body);
    let loser = json!({"work_order_id": "WO-2", "operator_id": "O-1", "machine_id": "M-1"});
    for path in ["/api/v1/allocations", "/api/v1/allocations/validate"] {
        let answer = plant.post(path, &loser).await;
        let refusals = answer.body["refusals"].as_array().expect("refusals").clone();
        let codes: HashSet<_> = refusals.iter().filter_map(|r| r["code"].as_str()).collect();
        assert_eq!(codes, HashSet::from(["operator_booked", "machine_booked"]), "{path}");
        for refusal in refusals {
            assert_eq!(refusal["allocation_id"], winner.body["allocation_id"], "{refusal}");
        }
    }
}

#[tokio::test]
async fn an_operator_shows_shift_skills_and_present_work() {
    let plant = Plant::with_floor().await;
    let shift = json!({"shift_name": "A", "shift_date": "2026-11-23", "start_time": "06:00:00",
                       "end_time": "14:00:00"});
    let skill = json!({"skill_code": "W", "skill_name": "Weld", "proficiency_level": 3});
    let body = json!({"work_order_id": "WO-1", "operator_id": "O-1"});
    for (path, body) in
        [("operators/O-1/shifts", shift), ("operators/O-1/skills", skill), ("allocations", body)]
    {
        let answer = plant.post(&format!("/api/v1/{path}"), &body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    let operator = plant.get("/api/v1/operators/O-1").await.body;
    assert_eq!(operator["name"], "Grace Hopper");
    assert_eq!(operator["current_status"], "busy");
    assert_eq!(operator["current_shift"]["shift_name"], "A");
    assert_eq!(operator["skills"][0]["skill_code"], "W");
    assert_eq!(operator["current_assignment"]["work_order_id"], "WO-1");
    assert_eq!(operator["performance"]["assignments_today"], 1);
}

#[tokio::test]
async fn of_many_who_want_the_same_operator_one_wins() {
    let plant = Plant::with_floor().await;
    let body = json!({"work_order_id": "WO-1", "operator_id": "O-1"});
    let asks = (0..50).map(|_| plant.post("/api/v1/allocations", &body));
    let answers = futures_util::future::join_all(asks).await;
    let won: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(won.len(), 1);
    for lost in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(lost.status, 409, "{}", lost.body);
        let refusal = &lost.body["refusals"][0];
        assert_eq!(refusal["allocation_id"], won[0].body["allocation_id"], "{}", lost.body);
    }
    plant.assert_sound().await;
}

#[tokio::test]
async fn an_allocation_lives_from_booking_to_completion() {
    let plant = Plant::with_floor().await;
    let body = json!({
        "work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1",
        "expected_start_time": "2998-01-01T06:00:00Z", "expected_duration_minutes": 30,
    });
    let booked = plant.post("/api/v1/allocations", &body).await;
    assert_eq!((booked.status, &booked.body["phase"]), (201, &json!("booked")), "{}", booked.body);
    assert_eq!(booked.body["expected_end_time"], "2998-01-01T06:30:00.000000Z");
    let path = booked.header("location").expect("a Location");
    assert_eq!(plant.get(&path).await.body, booked.body);
    for (step, body, phase) in [
        ("start", json!({}), "running"),
        ("pause", json!({}), "paused"),
        ("resume", json!({}), "running"),
        ("reassign", json!({"operator_id": "O-2"}), "running"),
        ("complete", json!({"quantity_produced": "4.5"}), "ended"),
    ] {
        let answer = plant.post(&format!("{path}/{step}"), &body).await;
        assert_eq!((answer.status, &answer.body["phase"]), (200, &json!(phase)), "{}", answer.body);
    }
    let late = plant.post(&format!("{path}/release"), &json!({})).await;
    assert_eq!(late.body["refusals"][0]["code"], "wrong_phase", "{}", late.body);
    let order = plant.get("/api/v1/work-orders/WO-1").await;
    assert_eq!(order.body["quantity_produced"], "4.500", "{}", order.body);
    let events = plant.get(&format!("{path}/events")).await;
    let kinds: Vec<_> = events.body["items"].as_array().expect("items").iter().collect();
    let kinds: Vec<_> = kinds.iter().filter_map(|event| event["event_type"].as_str()).collect();
    let expected = ["created", "started", "paused", "resumed", "reassigned", "completed"];
    assert_eq!(kinds, expected, "{}", events.body);
}

#[tokio::test]
async fn nothing_is_stated_before_the_last_transition() {
    let plant = Plant::with_floor().await;
    let body = json!({"work_order_id": "WO-1", "operator_id": "O-1",
                      "occurred_at": "2026-11-23T07:30:00Z"});
    let started = plant.post("/api/v1/allocations", &body).await;
    assert_eq!(started.status, 201, "{}", started.body);
    assert_eq!(started.body["actual_start_time"], "2026-11-23T07:30:00.000000Z");
    let path = started.header("location").expect("a Location");
    let early = json!({"occurred_at": "2026-11-23T07:00:00Z"});
    let answer = plant.post(&format!("{path}/complete"), &early).await;
    assert_eq!((answer.status, &answer.body["code"]), (422, &json!("out_of_order")));
    let later = json!({"occurred_at": "2026-11-23T07:45:00+00:00"});
    let answer = plant.post(&format!("{path}/complete"), &later).await;
    assert_eq!((answer.status, &answer.body["actual_duration_minutes"]), (200, &json!(15)));
}

#[tokio::test]
async fn pages_show_every_row_once() {
    let plant = Plant::with_floor().await;
    let items: Vec<Value> = (0..25)
        .map(|n| {
            json!({"machine_id": format!("P-{n:02}"), "machine_name": "Press",
                   "machine_type": "Press", "production_line": "Line-9"})
        })
        .collect();
    let batch = plant.post("/api/v1/machines/batch", &json!({ "items": items })).await;
    assert_eq!(batch.status, 200, "{}", batch.body);
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/machines?production_line=Line-9&limit=10{cursor}");
        let page = plant.get(&path).await;
        let rows = page.body["items"].as_array().expect("items");
        seen.extend(rows.iter().filter_map(|row| row["machine_id"].as_str().map(str::to_owned)));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let expected: Vec<String> = (0..25).map(|n| format!("P-{n:02}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn every_filter_of_every_list_works() {
    let plant = Plant::with_floor().await;
    let body = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    assert_eq!(plant.post("/api/v1/allocations", &body).await.status, 201);
    for (query, found) in [
        ("operators?current_status=busy", 1),
        ("operators?status=available&is_active=true", 1),
        ("operators?department=D&home_location=H&production_line=L", 0),
        ("operators?skill_code=W", 0),
        ("machines?current_status=running&production_line=Line-1&machine_type=CNC%20Mill", 1),
        ("machines?status=idle", 1),
        ("machines?zone=Z&is_active=false", 0),
        ("work-orders?status=in_progress&priority=medium&product_id=P-1&is_open=true", 1),
        ("work-orders?work_order_number=N-2", 1),
        ("work-orders?production_line=L&erp_work_order_id=E&customer_order_id=C", 0),
        ("allocations?status=active&phase=running&operator_id=O-1&machine_id=M-1", 1),
        ("allocations?work_order_id=WO-1&production_line=Line-1", 1),
        ("skill-requirements?scope=machine&scope_id=M-1&skill_code=W", 0),
        ("operators/O-1/shifts?from=2026-01-01&to=2027-01-01", 0),
    ] {
        let answer = plant.get(&format!("/api/v1/{query}")).await;
        let items = answer.body["items"].as_array();
        assert_eq!(items.map(Vec::len), Some(found), "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_log_is_dense_and_a_read_sees_its_write() {
    let plant = Plant::with_floor().await;
    let written = plant.post("/api/v1/machines/M-1/status", &json!({"status": "breakdown"})).await;
    let position = written.header("x-position").expect("X-Position");
    let read = Request::new("GET", "/api/v1/machines/M-1").header("x-position", &position);
    assert_eq!(plant.send(read).await.body["current_status"], "breakdown");
    let mut after = 0;
    loop {
        let page = plant.get(&format!("/api/v1/events?after={after}&limit=7")).await;
        for event in page.body["items"].as_array().expect("items") {
            assert_eq!(event["position"].as_i64(), Some(after + 1), "{event}");
            after += 1;
        }
        if page.body["next_cursor"].is_null() {
            break;
        }
    }
    assert_eq!(after.to_string(), position);
    let beyond = Request::new("GET", "/api/v1/machines/M-1").header("x-position", "999999999");
    assert_eq!(plant.send(beyond).await.status, 409);
}

#[tokio::test]
async fn a_cancelled_order_ends_its_work_and_takes_no_more() {
    let plant = Plant::with_floor().await;
    let body = json!({"work_order_id": "WO-1", "operator_id": "O-1"});
    let running = plant.post("/api/v1/allocations", &body).await;
    let etag = plant.get("/api/v1/work-orders/WO-1").await.header("etag").expect("an ETag");
    let change =
        |body: Value| Request::new("PATCH", "/api/v1/work-orders/WO-1").json(&body).if_match(&etag);
    for (body, named) in [
        (json!({"status": "completed"}), "only `cancelled`"),
        (json!({"status": "cancelled", "priority": "low"}), "nothing else"),
    ] {
        let answer = plant.send(change(body)).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        assert!(answer.body.to_string().contains(named), "{}", answer.body);
    }
    let cancelled = plant.send(change(json!({"status": "cancelled"}))).await;
    assert_eq!((cancelled.status, &cancelled.body["status"]), (200, &json!("cancelled")));
    let path = running.header("location").expect("a Location");
    assert_eq!(plant.get(&path).await.body["phase"], "ended");
    let late = plant.post("/api/v1/allocations", &body).await;
    assert_eq!(late.body["refusals"][0]["code"], "work_order_not_allocatable", "{}", late.body);
}

#[tokio::test]
async fn a_breakdown_pauses_what_it_hits() {
    let plant = Plant::with_floor().await;
    let body = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let running = plant.post("/api/v1/allocations", &body).await;
    let path = running.header("location").expect("a Location");
    plant.post("/api/v1/machines/M-1/status", &json!({"status": "breakdown"})).await;
    assert_eq!(plant.get(&path).await.body["phase"], "paused");
    let operator = plant.get("/api/v1/operators/O-1").await;
    assert_eq!(operator.body["current_status"], "available", "{}", operator.body);
    let resumed = plant.post(&format!("{path}/resume"), &json!({})).await;
    let refusal = &resumed.body["refusals"][0];
    assert_eq!((resumed.status, &refusal["code"]), (409, &json!("machine_unavailable")));
}

#[tokio::test]
async fn a_read_at_another_node_sees_the_write_whose_position_it_sends() {
    let plant = Plant::with_floor().await;
    let other = plant.at_another_node().await;
    for status in ["maintenance", "idle", "breakdown"] {
        let body = json!({ "status": status });
        let written = plant.post("/api/v1/machines/M-1/status", &body).await;
        let position = written.header("x-position").expect("X-Position");
        let read = Request::new("GET", "/api/v1/machines/M-1").header("x-position", &position);
        assert_eq!(other.send(read).await.body["current_status"], status);
    }
    let taken = json!({"work_order_id": "WO-1", "operator_id": "O-1"});
    let keyed = |body: &Value| {
        Request::new("POST", "/api/v1/allocations").json(body).header("idempotency-key", "k")
    };
    let first = plant.send(keyed(&taken)).await;
    let again = other.send(keyed(&taken)).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(other.post("/api/v1/allocations", &taken).await.status, 409);
}

#[tokio::test]
async fn signals_of_a_source_count_once() {
    let plant = Plant::with_floor().await;
    let post = |status: &'static str, sequence: i64| {
        let body = json!({"status": status, "source": {"id": "mes-1", "sequence": sequence}});
        let plant = &plant;
        async move { plant.post("/api/v1/machines/M-1/status", &body).await }
    };
    assert_eq!(post("maintenance", 5).await.body["current_status"], "maintenance");
    assert_eq!(post("idle", 5).await.body["current_status"], "maintenance");
    assert_eq!(post("idle", 4).await.body["current_status"], "maintenance");
    assert_eq!(post("idle", 6).await.body["current_status"], "idle");
}

#[tokio::test]
async fn health_and_metrics_need_no_token() {
    let plant = Plant::with_floor().await;
    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = plant.send(Request::new("GET", path).token("")).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("x-request-id").is_some());
    }
}
