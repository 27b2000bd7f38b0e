//! Every field of every write × values that somebody will send one day.
//!
//! Systematic, not random: a valid body, one field replaced. Whatever the answer is, it is not a
//! failure of the server, and the database never has to refuse what the rules let through.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Plant, Request};

/// Writes with a body that is right, apart from conflicts with what is there.
fn writes() -> Vec<(&'static str, &'static str, Value)> {
    let at = "2026-11-23T07:59:00Z";
    vec![
        (
            "POST",
            "/operators",
            json!({"operator_id": "O-3", "employee_id": "E-3", "first_name": "A", "last_name": "B",
                   "email": "a@b", "phone": "1", "photo_url": "/p", "hire_date": "2020-01-01",
                   "department": "D", "home_location": "H", "production_line": "L",
                   "parallel_capacity": 1, "current_status": "available",
                   "efficiency_rating": "4.5", "on_time_completion_rate": 90, "occurred_at": at}),
        ),
        (
            "POST",
            "/machines",
            json!({"machine_id": "M-3", "machine_name": "N", "machine_type": "T",
                   "production_line": "L", "serial_number": "S", "product_types": ["P"],
                   "max_capacity_per_hour": 9, "parallel_capacity": 1, "current_status": "idle",
                   "next_maintenance_date": "2027-01-01", "maintenance_hours_remaining": 5}),
        ),
        (
            "POST",
            "/work-orders",
            json!({"work_order_id": "WO-3", "work_order_number": "N-3", "product_id": "P",
                   "product_name": "N", "quantity_ordered": 5, "unit_of_measure": "EA",
                   "priority": "low", "due_date": "2030-01-01T00:00:00Z",
                   "planned_start_date": at, "planned_end_date": "2029-01-01T00:00:00Z",
                   "estimated_duration_minutes": 60, "quality_status": "pending",
                   "quality_inspection_required": true, "dependencies": []}),
        ),
        (
            "POST",
            "/operators/O-1/status",
            json!({"status": "break", "reason_code": "no_signal", "reason_description": "R",
                   "occurred_at": at, "source": {"id": "s", "sequence": 1}}),
        ),
        ("POST", "/machines/M-1/status", json!({"status": "idle", "occurred_at": at})),
        (
            "POST",
            "/operators/O-1/attendance",
            json!({"type": "clock_in", "occurred_at": at, "source": {"id": "s", "sequence": 1}}),
        ),
        (
            "POST",
            "/operators/O-1/call-off",
            json!({"status": "sick", "shift_id": 1, "shift_date": "2026-11-23",
                   "reason_code": "no_signal", "reason_description": "R", "occurred_at": at}),
        ),
        (
            "POST",
            "/operators/O-1/skills",
            json!({"skill_code": "W", "skill_name": "Weld", "proficiency_level": 2,
                   "certification_date": "2020-01-01", "certification_expiry": "2030-01-01",
                   "certified_by": "TUV"}),
        ),
        (
            "POST",
            "/operators/O-1/shifts",
            json!({"shift_name": "A", "shift_date": "2026-11-23", "start_time": "06:00:00",
                   "end_time": "14:00:00", "break_start": "09:00:00", "break_end": "09:30:00"}),
        ),
        (
            "POST",
            "/work-orders/WO-1/dependencies",
            json!({"predecessor_work_order_id": "WO-2", "dependency_type": "start_to_start",
                   "lag_minutes": 0, "is_mandatory": false}),
        ),
        (
            "POST",
            "/work-orders/WO-1/progress",
            json!({"quantity_delta": "0.001", "quantity_rejected": 0, "occurred_at": at}),
        ),
        (
            "POST",
            "/skill-requirements",
            json!({"scope": "machine_type", "scope_id": "T", "skill_code": "W",
                   "minimum_level": 1}),
        ),
        ("POST", "/holidays", json!({"day": "2026-12-25", "holiday_name": "H"})),
        (
            "POST",
            "/reason-codes",
            json!({"reason_code": "R", "description": "D", "category": "C", "is_active": true}),
        ),
        (
            "POST",
            "/allocations",
            json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1",
                   "allocation_method": "manual", "expected_start_time": "2998-01-01T00:00:00Z",
                   "expected_duration_minutes": 5, "suggestion_score": "50", "occurred_at": at,
                   "overrides": [{"code": "operator_off_shift", "reason": "R"}]}),
        ),
        (
            "PATCH",
            "/operators/O-2",
            json!({"last_name": "C", "hire_date": null, "is_active": true}),
        ),
        ("PATCH", "/machines/M-2", json!({"zone": "Z", "product_types": [], "is_active": true})),
        (
            "PATCH",
            "/work-orders/WO-2",
            json!({"quantity_ordered": 7, "due_date": "2031-01-01T00:00:00Z", "priority": "high"}),
        ),
    ]
}

/// What somebody will send one day.
fn values() -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!([null]),
        json!({"a": 1}),
        json!(1e308),
        json!(0.0001),
        json!(i64::MIN),
        json!(u64::MAX),
        json!("x".repeat(3_000)),
        json!("\u{1F980}".repeat(20)),
    ];
    values.extend([-1, 0, 1, 32_768, 2_147_483_648_i64].map(|number| json!(number)));
    values.extend(
        [
            "",
            " ",
            "\u{0}",
            "a\u{0}b",
            "\u{7}",
            "\u{feff}",
            "\u{202e}",
            "\u{ffff}",
            "\\",
            "%s",
            "'; --",
            "{}",
            "NULL",
            "\\N",
            "NaN",
            "Infinity",
            "-0",
            "1e9",
            "0.000",
            "O-1",
            "M-1",
            "WO-1",
            "WO-2",
            "2026-11-23",
            "9999-12-31",
            "-009999-01-01",
            "00:00:00",
            "24:00:00",
            "2999-12-31T23:59:59.999999999Z",
            "1970-01-01T00:00:00+23:59",
            "cancelled",
            "idle",
        ]
        .map(|text| json!(text)),
    );
    values
}

#[tokio::test]
async fn no_value_in_any_field_is_a_failure_of_the_server() {
    let plant = Plant::with_floor().await;
    for (method, path, body) in writes() {
        for field in body.as_object().expect("an object").keys() {
            let asks = values().into_iter().map(|value| {
                let mut changed = body.clone();
                changed[field] = value;
                let request = Request::new(method, &format!("/api/v1{path}")).json(&changed);
                let answer = plant.send(request.if_match("\"1\""));
                async move { (changed, answer.await) }
            });
            for (changed, answer) in join_all(asks).await {
                let what = format!("{method} {path} {changed}: {} {}", answer.status, answer.body);
                assert!(answer.status < 500, "{what}");
                let is_problem = answer.content_type == "application/problem+json";
                assert_eq!(is_problem, answer.status >= 400, "{what}");
            }
        }
    }
    plant.assert_sound().await;
}
