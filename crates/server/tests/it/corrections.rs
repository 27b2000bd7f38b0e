//! Moving, extending, taking back and overrunning, over HTTP.
//!
//! The rules are the domain's and tested there; here is what a client sends and reads.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, Plant};

async fn allocate(plant: &Plant, body: Value) -> Value {
    let answer = plant.post("/api/v1/allocations", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["allocation_id"].clone()
}

async fn step(plant: &Plant, id: &Value, step: &str, body: Value) -> Answer {
    plant.post(&format!("/api/v1/allocations/{id}/{step}"), &body).await
}

#[tokio::test]
async fn a_booking_moves_and_running_work_takes_longer() {
    let plant = Plant::with_floor().await;
    let booking = json!({
        "work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1",
        "expected_start_time": "2026-11-23T10:00:00Z", "expected_duration_minutes": 60,
    });
    let id = allocate(&plant, booking).await;
    let other = json!({
        "work_order_id": "WO-2", "machine_id": "M-1",
        "expected_start_time": "2026-11-23T13:00:00Z", "expected_duration_minutes": 60,
    });
    let other = allocate(&plant, other).await;
    let moved = json!({"expected_start_time": "2026-11-23T12:00:00Z"});
    let answer = step(&plant, &id, "reschedule", moved).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["expected_start_time"], "2026-11-23T12:00:00.000000Z");
    assert_eq!(answer.body["expected_end_time"], "2026-11-23T13:00:00.000000Z");
    let read = plant.get(&format!("/api/v1/allocations/{id}")).await;
    assert_eq!(read.body, answer.body, "the row says what the answer said");
    let longer = step(&plant, &id, "reschedule", json!({"expected_duration_minutes": 90})).await;
    assert_eq!((longer.status, &longer.body["refusals"][0]["allocation_id"]), (409, &other));
    for (body, pointer) in [
        (json!({}), "/expected_start_time"),
        (
            json!({"expected_duration_minutes": 5, "expected_end_time": "2026-11-23T14:00:00Z"}),
            "/expected_end_time",
        ),
        (json!({"expected_duration_minutes": 0}), "/expected_duration_minutes"),
        (json!({"expected_start_time": "3001-01-01T00:00:00Z"}), "/expected_start_time"),
    ] {
        let answer = step(&plant, &id, "reschedule", body).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
    let past = json!({"expected_start_time": "2026-11-23T07:00:00Z"});
    let answer = step(&plant, &id, "reschedule", past).await;
    assert_eq!((answer.status, &answer.body["code"]), (422, &json!("invalid_value")));
    let back = step(&plant, &id, "undo", json!({})).await;
    assert_eq!(back.body["expected_start_time"], "2026-11-23T10:00:00.000000Z");
    let changes = plant.get(&format!("/api/v1/allocations/{id}/events")).await;
    let told: Vec<&str> = changes.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["event_type"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["created", "rescheduled", "rescheduled"]);
    assert_eq!(changes.body["items"][0]["idle_time_prevented_minutes"], 60);
    assert_eq!(changes.body["items"][1]["work_order_delay_minutes"], 0);
    assert_eq!(changes.body["items"][2]["change_reason_code"], "undone");
}

#[tokio::test]
async fn an_end_is_taken_back_with_what_it_reported() {
    let plant = Plant::with_floor().await;
    let work = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let id = allocate(&plant, work).await;
    let done = json!({"quantity_produced": 40, "work_order_completed": true});
    assert_eq!(step(&plant, &id, "complete", done).await.status, 200);
    let order = plant.get("/api/v1/work-orders/WO-1").await;
    assert_eq!(order.body["status"], "completed");
    let back = step(&plant, &id, "undo", json!({})).await;
    assert_eq!((back.status, &back.body["phase"]), (200, &json!("running")), "{}", back.body);
    let order = plant.get("/api/v1/work-orders/WO-1").await;
    assert_eq!(order.body["status"], "in_progress");
    assert_eq!(order.body["quantity_produced"], "0.000");
    let listed = plant.get("/api/v1/work-orders?status=in_progress").await;
    assert!(listed.body.to_string().contains("WO-1"), "{}", listed.body);
    let again = step(&plant, &id, "undo", json!({})).await;
    assert_eq!(again.body["refusals"][0]["code"], "not_undoable", "{}", again.body);
    let freed = step(&plant, &id, "reassign", json!({"drop": "operator"})).await;
    assert_eq!((freed.status, &freed.body["operator_id"]), (200, &Value::Null), "{}", freed.body);
    let bad = step(&plant, &id, "reassign", json!({"drop": "order"})).await;
    assert_eq!(bad.status, 422, "{}", bad.body);
    let bad = step(&plant, &id, "reassign", json!({"drop": "machine"})).await;
    assert_eq!((bad.status, &bad.body["code"]), (422, &json!("invalid_value")));
    plant.assert_sound().await;
}

/// What ends in one transaction is taken back in the next, which is decided before the first has
/// been committed.
#[tokio::test]
async fn ends_and_their_undoing_at_the_same_time_leave_the_tables_as_the_log_says() {
    let plant = Plant::with_floor().await;
    let work = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let id = allocate(&plant, work).await;
    let mut taken_back = 0;
    for _ in 0..60 {
        let steps = ["release", "undo"].iter().cycle().take(8);
        let answers = join_all(steps.map(|one| step(&plant, &id, one, json!({})))).await;
        for answer in answers {
            assert!([200, 409, 422].contains(&answer.status), "{}", answer.body);
            taken_back += usize::from(answer.status == 200 && answer.body["phase"] == "running");
        }
        let row = plant.get(&format!("/api/v1/allocations/{id}")).await.body;
        let changes = plant.get(&format!("/api/v1/allocations/{id}/events")).await.body;
        let last = changes["items"].as_array().unwrap().last().unwrap().clone();
        let has_ended = last["event_type"] == "released";
        assert_eq!(row["phase"] == "ended", has_ended, "{row} after {last}");
    }
    assert!(taken_back > 60, "{taken_back} ends were taken back");
    plant.assert_sound().await;
}

#[tokio::test]
async fn work_that_runs_too_long_holds_up_the_next_booking_and_is_told() {
    let plant = Plant::with_floor().await;
    let work = json!({
        "work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1",
        "expected_duration_minutes": 30,
    });
    let running = allocate(&plant, work).await;
    let next = json!({
        "work_order_id": "WO-2", "machine_id": "M-1",
        "expected_start_time": "2026-11-23T09:00:00Z", "expected_duration_minutes": 60,
    });
    let next = allocate(&plant, next).await;
    let path = format!("/api/v1/allocations/{next}");
    assert_eq!(plant.get(&path).await.body["held_up_by_allocation_id"], Value::Null);
    let mut position = plant.app().live().watch_position();
    plant.test().clock.advance_minutes(61);
    assert_eq!(plant.get(&path).await.body["held_up_by_allocation_id"], running);
    let listed = plant.get("/api/v1/allocations?phase=booked").await;
    assert_eq!(listed.body["items"][0]["held_up_by_allocation_id"], running);
    let start = step(&plant, &next, "start", json!({})).await;
    assert_eq!((start.status, &start.body["refusals"][0]["allocation_id"]), (409, &running));
    assert_eq!(start.body["refusals"][0]["held_by"], "bootstrap");
    // Noted by itself, once.
    let events = format!("/api/v1/allocations/{running}/events");
    let told = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let told = plant.get(&events).await.body["items"].clone();
            if told.as_array().is_some_and(|all| all.len() > 1) {
                return told;
            }
            position.changed().await.unwrap();
        }
    });
    let told = told.await.expect("an overrun that is noted");
    assert_eq!(told[1]["event_type"], "overran");
    assert_eq!(told[1]["change_source"], "automated_system");
    assert_eq!(step(&plant, &running, "release", json!({})).await.status, 200);
    assert_eq!(plant.get(&path).await.body["held_up_by_allocation_id"], Value::Null);
    assert_eq!(step(&plant, &next, "start", json!({})).await.status, 200);
}
