//! What a look-up tells of somebody's day: the same from memory, from the database, and from a
//! node that was started later.
//!
//! The clock of the plant stands at 08:00 on 23 November 2026, in UTC, until it is moved.

use std::time::Duration;

use jiff::civil::Time;
use mraos_domain::idle::idle_minutes;
use mraos_domain::{OperatorId, Plant as Settings};
use mraos_testkit::app::admin;
use serde_json::{Value, json};

use crate::harness::Plant;

/// Longer than a node takes to read what was before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Idle minutes and begun allocations.
type Day = (Option<i64>, i64);

fn path(operator: &str) -> String {
    format!("/api/v1/operators/{operator}")
}

async fn told(plant: &Plant, operator: &str) -> Day {
    let shown = plant.get(&path(operator)).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    let figures = &shown.body["performance"];
    let begun = figures["assignments_today"].as_i64().unwrap();
    (figures["idle_time_today_minutes"].as_i64(), begun)
}

/// The same by the tables alone.
async fn by_database(plant: &Plant, operator: &str) -> Day {
    let (app, id) = (plant.app(), OperatorId::new(operator).unwrap());
    let settings: &Settings = app.plant();
    let (now, midnight) = (app.now(), Time::midnight());
    let day = settings.window_of(settings.date_of(now), midnight, midnight).unwrap();
    let (from, to) = (day.start.timestamp(), day.end.timestamp());
    let begun = app.store().count_begun(&id, from, to).await.unwrap();
    let worked = app.store().worked_by(&id, from, now).await.unwrap();
    let found = app.reads().find_operator(&admin(), &id).await.unwrap().unwrap();
    let holidays = app.reads().holidays().await.unwrap();
    (idle_minutes(&found.operator, &holidays, day, now, &worked), begun)
}

/// All tell the same of both people.
async fn assert_told(plant: &Plant, expected: [Day; 2], when: &str) {
    for (operator, expected) in ["O-1", "O-2"].into_iter().zip(expected) {
        assert_eq!(told(plant, operator).await, expected, "{operator} {when}");
        assert_eq!(by_database(plant, operator).await, expected, "{operator} {when}, by tables");
    }
}

/// The figures no longer come from the tables: those are gone.
async fn assert_kept(plant: &Plant, expected: [Day; 2], when: &str) {
    for (operator, expected) in ["O-1", "O-2"].into_iter().zip(expected) {
        let kept = async {
            while told(plant, operator).await != expected {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let kept = tokio::time::timeout(PATIENCE, kept).await;
        assert!(kept.is_ok(), "{operator} {when}: {:?}", told(plant, operator).await);
    }
}

async fn with_shifts(day: &str, start: &str, end: &str) -> Plant {
    let plant = Plant::with_floor().await;
    add_shifts(&plant, day, start, end).await;
    plant
}

async fn add_shifts(plant: &Plant, day: &str, start: &str, end: &str) {
    for operator in ["O-1", "O-2"] {
        let shift = json!({
            "shift_name": "Early", "shift_date": day, "start_time": start, "end_time": end,
        });
        let answer = plant.post(&format!("{}/shifts", path(operator)), &shift).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
}

/// Running work on WO-1; its id.
async fn work(plant: &Plant, operator: Option<&str>, machine: &str) -> Value {
    let work = json!({"work_order_id": "WO-1", "operator_id": operator, "machine_id": machine});
    let answer = plant.post("/api/v1/allocations", &work).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["allocation_id"].clone()
}

async fn step(plant: &Plant, id: &Value, step: &str, body: Value) {
    let answer = plant.post(&format!("/api/v1/allocations/{id}/{step}"), &body).await;
    assert!(answer.status < 300, "{step}: {}", answer.body);
}

fn wait(plant: &Plant, minutes: i64) {
    plant.test().clock.advance_minutes(minutes);
}

/// A node that has read what was before it from the log answers without the tables.
async fn assert_known_after_a_restart(plant: &Plant, expected: [Day; 2]) {
    let other = plant.at_another_node().await;
    assert_told(&other, expected, "at another node").await;
    let owner = plant.test().database.owner().await;
    owner.batch_execute("DELETE FROM allocations").await.unwrap();
    assert_kept(plant, expected, "from the memory that saw it happen").await;
    assert_kept(&other, expected, "from the memory that read it").await;
}

#[tokio::test]
async fn memory_and_tables_tell_the_same_day() {
    let plant = with_shifts("2026-11-23", "08:00", "16:00").await;
    assert_told(&plant, [(Some(0), 0), (Some(0), 0)], "at the beginning").await;
    wait(&plant, 60);
    let id = work(&plant, Some("O-1"), "M-1").await;
    wait(&plant, 30);
    assert_told(&plant, [(Some(60), 1), (Some(90), 0)], "while work runs").await;
    step(&plant, &id, "pause", json!({})).await;
    wait(&plant, 20);
    // It went on earlier than it was told.
    step(&plant, &id, "resume", json!({"occurred_at": "2026-11-23T09:40:00Z"})).await;
    assert_told(&plant, [(Some(70), 1), (Some(110), 0)], "after a pause, told late").await;
    wait(&plant, 10);
    step(&plant, &id, "reassign", json!({"operator_id": "O-2"})).await;
    wait(&plant, 10);
    assert_told(&plant, [(Some(130), 0), (Some(120), 1)], "handed on").await;
    step(&plant, &id, "undo", json!({})).await;
    wait(&plant, 10);
    assert_told(&plant, [(Some(80), 1), (Some(140), 0)], "given back").await;
    step(&plant, &id, "release", json!({})).await;
    wait(&plant, 10);
    assert_told(&plant, [(Some(90), 1), (Some(150), 0)], "released").await;
    step(&plant, &id, "undo", json!({})).await;
    let alone = work(&plant, None, "M-2").await;
    wait(&plant, 10);
    step(&plant, &alone, "reassign", json!({"operator_id": "O-2"})).await;
    wait(&plant, 10);
    let expected = [(Some(90), 1), (Some(160), 1)];
    assert_told(&plant, expected, "taken back, and what a machine began alone").await;
    assert_known_after_a_restart(&plant, expected).await;
}

#[tokio::test]
async fn a_day_begins_at_midnight_and_work_goes_on() {
    let plant = with_shifts("2026-11-23", "20:00", "06:00").await;
    wait(&plant, 12 * 60);
    let through = work(&plant, Some("O-1"), "M-1").await;
    let paused = work(&plant, Some("O-2"), "M-2").await;
    wait(&plant, 60);
    step(&plant, &paused, "pause", json!({})).await;
    wait(&plant, 170);
    assert_told(&plant, [(Some(0), 1), (Some(170), 1)], "ten minutes before midnight").await;
    wait(&plant, 40);
    assert_told(&plant, [(Some(0), 0), (Some(30), 0)], "half an hour after").await;
    step(&plant, &paused, "resume", json!({})).await;
    step(&plant, &through, "release", json!({})).await;
    wait(&plant, 30);
    step(&plant, &paused, "complete", json!({"quantity_produced": 1})).await;
    work(&plant, Some("O-1"), "M-1").await;
    wait(&plant, 15);
    let expected = [(Some(30), 1), (Some(45), 0)];
    assert_told(&plant, expected, "an hour later").await;
    assert_known_after_a_restart(&plant, expected).await;
}

#[tokio::test]
async fn what_is_too_long_ago_for_memory_is_forgotten_there_and_read_where_it_is_asked_for() {
    let plant = Plant::with_floor().await;
    let id = work(&plant, Some("O-1"), "M-1").await;
    wait(&plant, 60);
    step(&plant, &id, "release", json!({})).await;
    let running = work(&plant, Some("O-2"), "M-2").await;
    wait(&plant, 3 * 24 * 60 - 60);
    add_shifts(&plant, "2026-11-26", "08:00", "16:00").await;
    work(&plant, Some("O-1"), "M-1").await;
    wait(&plant, 30);
    step(&plant, &running, "pause", json!({})).await;
    wait(&plant, 30);
    let expected = [(Some(0), 1), (Some(30), 0)];
    assert_told(&plant, expected, "three days later").await;
    assert_known_after_a_restart(&plant, expected).await;
}
