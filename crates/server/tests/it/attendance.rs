//! Coming, going and not coming, as a terminal and a supervisor see them.
//!
//! The clock of the plant stands at 08:00 on 23 November 2026, in UTC, until it is moved.

use mraos_domain::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Plant, Request};

const PATH: &str = "/api/v1/operators/O-1/attendance";

/// A plant in which O-1 has a shift from 08:00 to 16:00.
async fn with_shift() -> Plant {
    let plant = Plant::with_floor().await;
    add_shift(&plant, "O-1", "2026-11-23", "08:00", "16:00").await;
    plant
}

async fn add_shift(plant: &Plant, operator: &str, day: &str, start: &str, end: &str) -> i64 {
    let body = json!({
        "shift_name": "Early", "shift_date": day, "start_time": start, "end_time": end,
    });
    let answer = plant.post(&format!("/api/v1/operators/{operator}/shifts"), &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["shift_id"].as_i64().unwrap()
}

async fn clock(plant: &Plant, body: Value) -> Answer {
    plant.post(PATH, &body).await
}

/// Running work of O-1 at M-1 on WO-1; its id.
async fn work(plant: &Plant) -> Value {
    let work = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let answer = plant.post("/api/v1/allocations", &work).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["allocation_id"].clone()
}

/// A booking of O-1 at M-1 on WO-2 from a time on, for an hour; its id.
async fn book(plant: &Plant, start: &str) -> Value {
    let body = json!({
        "work_order_id": "WO-2", "operator_id": "O-1", "machine_id": "M-1",
        "expected_start_time": start, "expected_duration_minutes": 60,
    });
    let answer = plant.post("/api/v1/allocations", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["allocation_id"].clone()
}

async fn phase(plant: &Plant, id: &Value) -> Value {
    plant.get(&format!("/api/v1/allocations/{id}")).await.body["phase"].clone()
}

#[tokio::test]
async fn a_day_at_the_clock() {
    let plant = with_shift().await;
    plant.post("/api/v1/operators/O-1/status", &json!({"status": "offline"})).await;
    plant.test().clock.advance_minutes(10);
    let came = clock(&plant, json!({"type": "clock_in"})).await;
    assert_eq!(came.status, 200, "{}", came.body);
    assert_eq!(came.body["current_status"], "available");
    assert_eq!(came.body["shift"]["status"], "late");
    assert_eq!(came.body["shift"]["actual_clock_in"], "2026-11-23T08:10:00.000000Z");
    assert!(came.header("x-position").is_some());
    let again = clock(&plant, json!({"type": "clock_in"})).await;
    assert_eq!((again.status, again.header("x-position")), (200, came.header("x-position")));

    let running = work(&plant).await;
    plant.test().clock.advance_minutes(60);
    let gone = clock(&plant, json!({"type": "clock_out"})).await;
    assert_eq!(gone.body["current_status"], "offline");
    assert_eq!(gone.body["shift"]["status"], "completed");
    assert_eq!(gone.body["shift"]["actual_clock_out"], "2026-11-23T09:10:00.000000Z");
    assert_eq!(phase(&plant, &running).await, "paused");
    let shifts = plant.get("/api/v1/operators/O-1/shifts").await;
    assert_eq!(shifts.body["items"][0], gone.body["shift"]);

    let rows = plant.get(PATH).await;
    let told = |n: usize, member: &str| rows.body["items"][n][member].clone();
    assert_eq!((told(0, "type"), told(1, "type")), (json!("clock_out"), json!("clock_in")));
    assert_eq!((told(1, "is_late"), told(0, "is_late")), (json!(true), json!(false)));
    assert_eq!(told(0, "shift_id"), gone.body["shift"]["shift_id"]);
    let first = plant.get(&format!("{PATH}?limit=1")).await;
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let second = plant.get(&format!("{PATH}?limit=1&cursor={cursor}")).await;
    assert_eq!(second.body["items"][0], rows.body["items"][1]);
    assert_eq!(second.body["next_cursor"], Value::Null);
    let coming = plant.get(&format!("{PATH}?type=clock_in")).await;
    assert_eq!(coming.body["items"].as_array().unwrap().len(), 1);
    plant.assert_sound().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_reason() {
    let plant = with_shift().await;
    let never = clock(&plant, json!({"type": "clock_out"})).await;
    assert_eq!(never.status, 409, "{}", never.body);
    assert_eq!(never.body["refusals"][0]["code"], "wrong_phase");
    assert!(never.body["detail"].as_str().unwrap().contains("has not clocked in"));
    clock(&plant, json!({"type": "clock_in"})).await;
    let before = json!({"type": "clock_out", "occurred_at": "2026-11-23T07:00:00Z"});
    let before = clock(&plant, before).await;
    assert_eq!((before.status, &before.body["code"]), (422, &json!("out_of_order")));
    let nobody = "/api/v1/operators/O-404/attendance";
    assert_eq!(plant.post(nobody, &json!({"type": "clock_in"})).await.status, 404);
    let supervisor = plant.token_of("supervisor").await;
    let stated = json!({"type": "clock_in", "occurred_at": "2026-11-23T07:59:00Z"});
    let request = Request::new("POST", PATH).token(&supervisor).json(&stated);
    let answer = plant.send(request).await;
    assert_eq!((answer.status, &answer.body["code"]), (403, &json!("backdating_not_permitted")));
    let own = plant.token_on_line(Role::Operator, "Line-1", "O-1").await;
    let request = Request::new("POST", PATH).token(&own).json(&json!({"type": "clock_out"}));
    assert_eq!(plant.send(request).await.status, 200, "a person clocks out by themselves");
}

#[tokio::test]
async fn terminals_send_many_clockings_and_hear_of_each_bad_one() {
    let plant = with_shift().await;
    plant.test().clock.advance_minutes(9 * 60);
    let row = |operator: &str, kind: &str, at: &str, sequence: i64| {
        json!({"operator_id": operator, "type": kind, "occurred_at": at,
               "source": {"id": "terminal-1", "sequence": sequence}})
    };
    let items = json!([
        row("O-1", "clock_in", "2026-11-23T07:58:00Z", 1),
        row("O-404", "clock_in", "2026-11-23T07:59:00Z", 2),
        row("O-2", "clock_out", "2026-11-23T08:00:00Z", 3),
        row("O-1", "lunch", "2026-11-23T12:00:00Z", 4),
        row("O-1", "clock_out", "2026-11-23T16:02:00Z", 5),
    ]);
    let path = "/api/v1/ingest/attendance";
    let answer = plant.post(path, &json!({ "items": items })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!((&answer.body["received"], &answer.body["applied"]), (&json!(5), &json!(2)));
    let rejected = answer.body["rejected"].as_array().unwrap();
    let codes: Vec<(u64, u64)> = rejected
        .iter()
        .map(|row| (row["row"].as_u64().unwrap(), row["status"].as_u64().unwrap()))
        .collect();
    assert_eq!(codes, [(2, 404), (3, 409), (4, 422)], "{}", answer.body);
    let lines: Vec<String> = items.as_array().unwrap().iter().map(ToString::to_string).collect();
    let request = Request::new("POST", path).body(lines.join("\n").into_bytes());
    let again = plant.send(request.content_type("application/x-ndjson")).await;
    assert_eq!((&again.body["applied"], &again.body["unchanged"]), (&json!(0), &json!(3)));
    let shift = &plant.get("/api/v1/operators/O-1/shifts").await.body["items"][0];
    assert_eq!(shift["status"], "completed");
    assert_eq!(shift["actual_clock_in"], "2026-11-23T07:58:00.000000Z");
    plant.assert_sound().await;
}

const CALL_OFF: &str = "/api/v1/operators/O-1/call-off";

#[tokio::test]
async fn a_shift_is_called_off_in_one_request_and_others_are_proposed() {
    let plant = with_shift().await;
    let running = work(&plant).await;
    let booked = book(&plant, "2026-11-23T14:00:00Z").await;
    add_shift(&plant, "O-1", "2026-11-24", "08:00", "16:00").await;
    let tomorrow = book(&plant, "2026-11-24T09:00:00Z").await;
    let before = plant.app().last_position();
    let body = json!({"status": "sick", "reason_description": "Called in with a fever"});
    let request = || Request::new("POST", CALL_OFF).json(&body).header("idempotency-key", "k-1");
    let answer = plant.send(request()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["operator"]["current_status"], "sick");
    assert_eq!(answer.body["shifts"].as_array().unwrap().len(), 1);
    let shift = &answer.body["shifts"][0];
    assert_eq!((&shift["status"], &shift["is_called_off"]), (&json!("absent"), &json!(true)));
    assert_eq!(answer.body["position"], before + 3, "one commit: shift, person, work");
    let hit = answer.body["hit"].as_array().unwrap();
    let named = |n: usize| (hit[n]["allocation_id"].clone(), hit[n]["phase"].clone());
    assert_eq!(hit.len(), 2, "{}", answer.body);
    assert_eq!(named(0), (running.clone(), json!("paused")));
    assert_eq!(named(1), (booked.clone(), json!("booked")));
    for one in hit {
        assert_eq!(one["side"], "operator");
        assert_eq!(one["suggestions"][0]["operator_id"], "O-2", "{one}");
        assert_eq!(one["suggestions"][0]["machine_id"], "M-1");
        assert_eq!(one["possible_pairs"], 1);
        assert!(one["suggestions"][0]["reasons"].as_array().is_some_and(|all| !all.is_empty()));
    }
    let repeated = plant.send(request()).await;
    assert_eq!(repeated.header("idempotency-replayed").as_deref(), Some("true"));
    assert_eq!(repeated.body["shifts"], answer.body["shifts"]);

    let path = format!("/api/v1/allocations/{booked}/start");
    let start = plant.post(&path, &json!({})).await;
    let codes = start.body["refusals"].to_string();
    assert_eq!(start.status, 409);
    assert!(codes.contains("operator_off_shift"), "{codes}");
    assert_eq!(phase(&plant, &tomorrow).await, "booked");
    let again = plant.post(CALL_OFF, &json!({})).await;
    assert_eq!(again.status, 409);
    assert_eq!(again.body["refusals"][0]["code"], "wrong_phase");
    assert!(again.body["detail"].as_str().unwrap().contains("called off already"));
    let rows = plant.get(PATH).await;
    assert_eq!(rows.body["items"][0]["type"], "called_off");
    assert_eq!(rows.body["items"][0]["reason_description"], "Called in with a fever");
    plant.assert_sound().await;
}

#[tokio::test]
async fn a_later_shift_or_a_whole_day_is_called_off_and_the_present_stays() {
    let plant = with_shift().await;
    let running = work(&plant).await;
    let late = add_shift(&plant, "O-1", "2026-11-25", "18:00", "22:00").await;
    add_shift(&plant, "O-1", "2026-11-25", "06:00", "10:00").await;
    let booked = book(&plant, "2026-11-25T07:00:00Z").await;
    let day = plant.post(CALL_OFF, &json!({"shift_date": "2026-11-25"})).await;
    assert_eq!(day.status, 200, "{}", day.body);
    assert_eq!(day.body["shifts"].as_array().unwrap().len(), 2);
    assert_eq!(day.body["operator"]["current_status"], "busy");
    assert_eq!(phase(&plant, &running).await, "running");
    assert_eq!(day.body["hit"].as_array().unwrap().len(), 1);
    assert_eq!(day.body["hit"][0]["allocation_id"], booked);
    let again = plant.post(CALL_OFF, &json!({ "shift_id": late })).await;
    assert_eq!(again.status, 409, "{}", again.body);
    for body in [json!({"shift_id": 999_999}), json!({"shift_date": "2026-12-24"})] {
        let none = plant.post(CALL_OFF, &body).await;
        assert_eq!(none.status, 409, "{}", none.body);
        assert_eq!(none.body["refusals"][0]["code"], "unknown_shift");
    }
    let idle = plant.post("/api/v1/operators/O-2/call-off", &json!({})).await;
    assert_eq!(idle.status, 409);
    assert!(idle.body["detail"].as_str().unwrap().contains("no shift now or within 24 hours"));
    let both = json!({"shift_id": late, "shift_date": "2026-11-25"});
    assert_eq!(plant.post(CALL_OFF, &both).await.status, 422);
    let odd = plant.post(CALL_OFF, &json!({"status": "available"})).await;
    assert_eq!((odd.status, &odd.body["errors"][0]["pointer"]), (422, &json!("/status")));
}

#[tokio::test]
async fn a_call_off_by_mistake_is_taken_back_in_one_request() {
    let plant = with_shift().await;
    let running = work(&plant).await;
    let off = plant.post(CALL_OFF, &json!({"status": "sick"})).await;
    assert_eq!(off.status, 200, "{}", off.body);
    let shift_id = &off.body["shifts"][0]["shift_id"];
    let undo = format!("{CALL_OFF}/undo");
    let undone = plant.post(&undo, &json!({ "shift_id": shift_id })).await;
    assert_eq!(undone.status, 200, "{}", undone.body);
    assert_eq!(undone.body["operator"]["current_status"], "available");
    assert_eq!(undone.body["operator"]["first_name"], "Grace");
    let shift = &undone.body["shifts"][0];
    assert_eq!(shift["shift_id"], *shift_id);
    assert_eq!((&shift["status"], &shift["is_called_off"]), (&json!("scheduled"), &json!(false)));
    let resumed = plant.post(&format!("/api/v1/allocations/{running}/resume"), &json!({})).await;
    assert_eq!(resumed.status, 200, "{}", resumed.body);
    let rows = plant.get(PATH).await;
    let told = |n: usize| rows.body["items"][n]["type"].as_str().unwrap().to_owned();
    assert_eq!([told(0), told(1)], ["call_off_undone", "called_off"], "both are told for good");

    let again = plant.post(&undo, &json!({ "shift_id": shift_id })).await;
    assert_eq!((again.status, &again.body["refusals"][0]["code"]), (409, &json!("wrong_phase")));
    assert!(again.body["detail"].as_str().unwrap().contains("is not called off"));
    let none = plant.post(&undo, &json!({"shift_date": "2026-12-24"})).await;
    assert_eq!((none.status, &none.body["refusals"][0]["code"]), (409, &json!("unknown_shift")));
    let nothing = plant.post(&undo, &json!({})).await;
    assert_eq!((nothing.status, &nothing.body["errors"][0]["pointer"]), (422, &json!("/shift_id")));
    plant.assert_sound().await;
}

#[tokio::test]
async fn a_forgotten_hour_away_is_told_later() {
    let plant = with_shift().await;
    clock(&plant, json!({"type": "clock_in"})).await;
    plant.test().clock.advance_minutes(6 * 60);
    let gone = clock(&plant, json!({"type": "clock_out"})).await;
    let at = |time: &str| format!("2026-11-23T{time}:00Z");
    let came_back = clock(&plant, json!({"type": "clock_in", "occurred_at": at("11:00")})).await;
    assert_eq!(came_back.status, 200, "{}", came_back.body);
    let left = clock(&plant, json!({"type": "clock_out", "occurred_at": at("10:00")})).await;
    assert_eq!(left.status, 200, "{}", left.body);
    assert_eq!(left.body["shift"], gone.body["shift"], "the shift is what it was");
    assert_eq!(left.body["current_status"], "offline");
    let rows = plant.get(PATH).await;
    let rows = rows.body["items"].as_array().unwrap().clone();
    let told = |n: usize| {
        let time = rows[n]["occurred_at"].as_str().unwrap();
        format!("{} {}", &time[11..16], rows[n]["type"].as_str().unwrap())
    };
    assert_eq!(
        [told(0), told(1), told(2), told(3)],
        ["14:00 clock_out", "11:00 clock_in", "10:00 clock_out", "08:00 clock_in"]
    );
    let nowhere = clock(&plant, json!({"type": "clock_out", "occurred_at": at("05:00")})).await;
    assert_eq!((nowhere.status, &nowhere.body["code"]), (422, &json!("out_of_order")));
    plant.assert_sound().await;
}

#[tokio::test]
async fn every_absence_and_every_breakdown_names_what_it_hits() {
    let plant = Plant::with_floor().await;
    let running = work(&plant).await;
    let soon = book(&plant, "2026-11-23T12:00:00Z").await;
    book(&plant, "2026-11-24T12:00:00Z").await;
    let status = "/api/v1/operators/O-1/status";
    let sick = plant.post(status, &json!({"status": "sick"})).await;
    assert_eq!(sick.status, 200, "{}", sick.body);
    assert_eq!(sick.body["operator_id"], "O-1");
    let ids: Vec<&Value> =
        sick.body["hit"].as_array().unwrap().iter().map(|one| &one["allocation_id"]).collect();
    assert_eq!(ids, [&running, &soon], "{}", sick.body);
    assert_eq!(sick.body["hit"][0]["suggestions"][0]["operator_id"], "O-2");
    let back = plant.post(status, &json!({"status": "available"})).await;
    assert_eq!(back.body["hit"], json!([]));
    let resumed = plant.post(&format!("/api/v1/allocations/{running}/resume"), &json!({})).await;
    assert_eq!(resumed.status, 200, "{}", resumed.body);

    let machine = "/api/v1/machines/M-1/status";
    let broken = plant.post(machine, &json!({"status": "breakdown"})).await;
    assert_eq!(broken.status, 200, "{}", broken.body);
    let hit = &broken.body["hit"][0];
    assert_eq!((&hit["allocation_id"], &hit["phase"]), (&running, &json!("paused")));
    assert_eq!(
        (&hit["side"], &hit["suggestions"][0]["machine_id"]),
        (&json!("machine"), &json!("M-2"))
    );
    assert_eq!(broken.body["hit"].as_array().unwrap().len(), 2);
    let idle = plant.post(machine, &json!({"status": "idle"})).await;
    assert_eq!(idle.body["hit"], json!([]));
    let other = plant.post("/api/v1/machines/M-2/status", &json!({"status": "breakdown"})).await;
    assert_eq!(other.body["hit"], json!([]), "nothing was hit");
}

#[tokio::test]
async fn nobody_hears_of_work_that_is_not_theirs() {
    let plant = Plant::with_floor().await;
    plant.add_second_line().await;
    let work = json!({"work_order_id": "WO-1", "operator_id": "O-9", "machine_id": "M-1"});
    let lent = plant.post("/api/v1/allocations", &work).await.body["allocation_id"].clone();
    let elsewhere = json!({
        "work_order_id": "WO-9", "operator_id": "O-9", "machine_id": "M-9",
        "expected_start_time": "2026-11-23T12:00:00Z",
    });
    assert_eq!(plant.post("/api/v1/allocations", &elsewhere).await.status, 201);
    let supervisor = plant.token_on_line(Role::Supervisor, "Line-1", "O-1").await;
    let request = Request::new("POST", "/api/v1/operators/O-9/status").token(&supervisor);
    let sick = plant.send(request.json(&json!({"status": "sick"}))).await;
    assert_eq!(sick.status, 200, "{}", sick.body);
    let hit = sick.body["hit"].as_array().unwrap();
    assert_eq!(hit.len(), 1, "{}", sick.body);
    assert_eq!(hit[0]["allocation_id"], lent);
}

#[tokio::test]
async fn an_operator_shows_the_shift_and_what_the_day_came_to() {
    let plant = Plant::with_floor().await;
    let path = "/api/v1/operators/O-1";
    let none = plant.get(path).await;
    assert_eq!(none.body["performance"]["idle_time_today_minutes"], Value::Null);
    assert_eq!(none.body["current_shift"], Value::Null);
    let shift = json!({
        "shift_name": "Early", "shift_date": "2026-11-23", "start_time": "08:00",
        "end_time": "16:00", "break_start": "12:00", "break_end": "12:30",
    });
    assert_eq!(plant.post(&format!("{path}/shifts"), &shift).await.status, 201);
    clock(&plant, json!({"type": "clock_in"})).await;
    plant.test().clock.advance_minutes(60);
    let running = work(&plant).await;
    plant.test().clock.advance_minutes(30);
    plant.post(&format!("/api/v1/allocations/{running}/pause"), &json!({})).await;
    plant.test().clock.advance_minutes(60);
    plant.post(&format!("/api/v1/allocations/{running}/resume"), &json!({})).await;
    plant.test().clock.advance_minutes(150);
    // 08:00 to 13:00: idle 60 and 60, worked 30 and 150, of which 30 were the break.
    let shown = plant.get(path).await.body;
    assert_eq!(shown["performance"]["idle_time_today_minutes"], 120, "{shown}");
    assert_eq!(shown["current_shift"]["status"], "in_progress");
    assert_eq!(shown["current_shift"]["clock_in"], "2026-11-23T08:00:00.000000Z");
    plant.post(&format!("/api/v1/allocations/{running}/release"), &json!({})).await;
    plant.test().clock.advance_minutes(20);
    let shown = plant.get(path).await.body;
    assert_eq!(shown["performance"]["idle_time_today_minutes"], 140, "{shown}");
}
