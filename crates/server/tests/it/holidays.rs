//! `/holidays`: days on which a shift does not count.
//!
//! The promise to clients; the rule itself is tested in the domain.

use serde_json::json;

use crate::harness::{Plant, Request};

#[tokio::test]
async fn a_holiday_takes_a_shift_away_and_gives_it_back() {
    let plant = Plant::with_floor().await;
    let shift = |counts: bool, start: &str, end: &str| {
        json!({"shift_name": "A", "shift_date": "2026-12-25", "start_time": start,
               "end_time": end, "counts_on_holidays": counts})
    };
    plant.create("operators/O-1/shifts", &shift(false, "06:00:00", "14:00:00")).await;
    plant.create("operators/O-2/shifts", &shift(true, "06:00:00", "14:00:00")).await;
    let work = |operator: &str| {
        json!({"work_order_id": "WO-1", "operator_id": operator,
               "expected_start_time": "2026-12-25T10:00:00Z", "expected_duration_minutes": 60})
    };
    let allowed = async |operator: &str| {
        let answer = plant.post("/api/v1/allocations/validate", &work(operator)).await;
        (answer.body["allowed"] == true, answer.body["refusals"][0]["code"].clone())
    };
    assert!(allowed("O-1").await.0);
    let day = json!({"day": "2026-12-25", "holiday_name": "Christmas Day"});
    plant.create("holidays", &day).await;
    assert_eq!(allowed("O-1").await, (false, json!("operator_off_shift")));
    assert!(allowed("O-2").await.0, "the shift says that it counts");
    let listed = plant.get("/api/v1/holidays").await.body;
    assert_eq!(listed["items"][0]["holiday_name"], "Christmas Day");
    let gone = plant.send(Request::new("DELETE", "/api/v1/holidays/2026-12-25")).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    assert!(allowed("O-1").await.0);
    plant.assert_sound().await;
}
