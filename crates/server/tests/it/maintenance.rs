//! A machine's maintenance and history, as a planner and a screen see them.
//!
//! What is planned keeps work away, what is done begins anew, and the past can be read in pages.

use serde_json::{Value, json};

use crate::harness::{Plant, Request};

const PATH: &str = "/api/v1/machines/M-1/maintenance";

#[tokio::test]
async fn maintenance_is_planned_changed_and_done() {
    let plant = Plant::with_floor().await;
    let body = json!({
        "maintenance_type": "Lubrication", "due_date": "2026-12-01", "interval_days": 30,
        "due_after_hours": 100, "repeats_by_hours": true,
    });
    let made = plant.post(PATH, &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(
        (&made.body["status"], &made.body["hours_remaining"]),
        (&json!("planned"), &json!(100))
    );
    let id = made.body["maintenance_id"].as_i64().unwrap();
    let machine = plant.get("/api/v1/machines/M-1").await;
    assert_eq!(machine.body["next_maintenance_date"], "2026-12-01");
    assert_eq!(machine.body["maintenance_hours_remaining"], 100);
    assert_eq!(machine.header("etag"), made.header("etag"), "the version is the machine's");

    let one = format!("{PATH}/{id}");
    let change = || Request::new("PATCH", &one).json(&json!({"due_date": "2026-12-02"}));
    assert_eq!(plant.send(change()).await.status, 428);
    assert_eq!(plant.send(change().if_match("\"1\"")).await.status, 412);
    let changed = plant.send(change().if_match(&machine.header("etag").unwrap())).await;
    assert_eq!((changed.status, &changed.body["due_date"]), (200, &json!("2026-12-02")));

    let done = json!({"notes": "Two belts changed."});
    let completed = plant.post(&format!("{one}/complete"), &done).await;
    assert_eq!(completed.status, 200, "{}", completed.body);
    let today = completed.body["last_maintenance_date"].as_str().unwrap().to_owned();
    assert_ne!(completed.body["next_maintenance_date"], json!("2026-12-02"), "comes again");
    let again = plant.post(&format!("{one}/complete"), &json!({})).await;
    assert_eq!((again.status, &again.body["code"]), (404, &json!("unknown_maintenance")));

    let all = plant.get(PATH).await;
    let told = |n: usize, member: &str| all.body["items"][n][member].clone();
    assert_eq!((told(0, "status"), told(1, "status")), (json!("planned"), json!("completed")));
    assert_eq!(told(1, "notes"), "Two belts changed.");
    assert_eq!(told(1, "hours_remaining"), Value::Null);
    assert!(told(1, "ended_at").as_str().unwrap().starts_with(&today));
    let planned = plant.get(&format!("{PATH}?status=planned&limit=1")).await;
    assert_eq!(planned.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(planned.body["items"][0]["maintenance_id"], told(0, "maintenance_id"));
    plant.assert_sound().await;
}

#[tokio::test]
async fn a_planned_window_is_met_in_the_dialog_and_can_be_overridden() {
    let plant = Plant::with_floor().await;
    let (start, end) = ("2030-01-07T08:00:00Z", "2030-01-07T10:00:00Z");
    let body = json!({"maintenance_type": "Overhaul", "planned_start": start, "planned_end": end});
    assert_eq!(plant.post(PATH, &body).await.status, 201);
    let mut work = json!({
        "work_order_id": "WO-1", "machine_id": "M-1", "expected_start_time": start,
        "expected_duration_minutes": 30,
    });
    let checked = plant.post("/api/v1/allocations/validate", &work).await;
    assert_eq!(checked.body["refusals"][0]["code"], "maintenance_planned", "{}", checked.body);
    assert_eq!(checked.body["refusals"][0]["to"], "2030-01-07T10:00:00.000000Z");
    work["overrides"] = json!([{"code": "maintenance_planned", "reason": "moved by hand"}]);
    assert_eq!(plant.post("/api/v1/allocations", &work).await.status, 201);
    let half = json!({"maintenance_type": "Overhaul", "planned_start": start});
    let refused = plant.post(PATH, &half).await;
    assert_eq!(
        (refused.status, &refused.body["errors"][0]["pointer"]),
        (422, &json!("/planned_end"))
    );
    let never = plant.post(PATH, &json!({"maintenance_type": "Overhaul"})).await;
    assert_eq!((never.status, &never.body["code"]), (422, &json!("invalid_value")));
}

#[tokio::test]
async fn maintenance_dates_and_figures_are_not_typed_in() {
    let plant = Plant::with_floor().await;
    for member in [
        "next_maintenance_date",
        "last_maintenance_date",
        "maintenance_hours_remaining",
        "overall_equipment_effectiveness",
        "uptime_percentage",
    ] {
        let change = Request::new("PATCH", "/api/v1/machines/M-1").if_match("*");
        let answer = plant.send(change.json(&json!({ member: 5 }))).await;
        assert_eq!(answer.status, 422, "{member}: {}", answer.body);
        assert_eq!(answer.body["errors"][0]["pointer"], format!("/{member}"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_history_pages_backwards_and_late_words_take_their_place() {
    let plant = Plant::with_floor().await;
    let post = async |body: Value| {
        let answer = plant.post("/api/v1/machines/M-1/status", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    post(json!({"status": "breakdown", "reason_description": "Belt torn"})).await;
    post(json!({"status": "idle"})).await;
    post(json!({"status": "offline", "occurred_at": "2026-01-05T06:00:00Z"})).await;
    post(json!({"status": "idle", "occurred_at": "2026-01-05T06:45:30Z"})).await;
    let path = "/api/v1/machines/M-1/status-history";
    let all = plant.get(path).await;
    let items = all.body["items"].as_array().unwrap().clone();
    let statuses: Vec<&str> = items.iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["idle", "breakdown", "idle", "idle", "offline"]);
    assert_eq!(
        (&items[0]["ended_at"], &items[0]["duration_minutes"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&items[1]["reason_description"], &items[1]["previous_status"]),
        (&json!("Belt torn"), &json!("idle"))
    );
    assert_eq!(items[1]["ended_at"], items[0]["started_at"]);
    assert_eq!(items[4]["duration_minutes"], 45, "whole minutes");
    let mut paged = Vec::new();
    let mut next = format!("{path}?limit=2");
    loop {
        let page = plant.get(&next).await;
        paged.extend(page.body["items"].as_array().unwrap().clone());
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        next = format!("{path}?limit=2&cursor={cursor}");
    }
    assert_eq!(paged, items);
    let broken = plant.get(&format!("{path}?status=breakdown")).await;
    assert_eq!(broken.body["items"].as_array().unwrap().len(), 1);
    plant.assert_sound().await;
}
