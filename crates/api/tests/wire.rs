//! What the wire promises: unknown fields are errors, PATCH tells absent from null, numbers keep
//! their digits, and a response read back is the same value.
//!
//! Values of one noun stand for all: the types are written alike.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use mraos_api::allocation::{Allocation, CreateAllocation};
use mraos_api::machine::ChangeMachine;
use mraos_api::operator::ChangeOperator;
use mraos_api::problem::{Problem, Refusal};
use mraos_api::work_order::CreateWorkOrder;
use serde_json::{Value, json};

fn work_order() -> Value {
    json!({
        "work_order_id": "WO-4600", "work_order_number": "4600", "product_id": "P-1",
        "product_name": "Cable Head", "quantity_ordered": "10.000", "unit_of_measure": "EA",
        "due_date": "2026-03-01T12:00:00+02:00"
    })
}

#[test]
fn a_misspelt_field_is_named() {
    let mut body = work_order();
    body["quantity_orderd"] = json!(5);
    let error = serde_json::from_value::<CreateWorkOrder>(body).unwrap_err().to_string();
    assert!(error.contains("unknown field `quantity_orderd`"), "{error}");
}

#[test]
fn a_quantity_is_read_from_text_and_number_and_written_as_text() {
    let mut body = work_order();
    body["quantity_ordered"] = json!(10.125);
    let order: CreateWorkOrder = serde_json::from_value(body).unwrap();
    assert_eq!(order.quantity_ordered.to_string(), "10.125");
    assert_eq!(serde_json::to_value(&order).unwrap()["quantity_ordered"], json!("10.125"));
}

#[test]
fn patch_tells_absent_from_null_from_value() {
    let patch: ChangeOperator =
        serde_json::from_value(json!({"email": null, "department": "Grinding"})).unwrap();
    assert_eq!(patch.email, Some(None));
    assert_eq!(patch.department, Some(Some("Grinding".to_owned())));
    assert_eq!(patch.phone, None);
    let wire = serde_json::to_value(&patch).unwrap();
    assert_eq!(wire, json!({"email": null, "department": "Grinding"}));
}

#[test]
fn null_for_a_column_that_is_never_empty_is_refused() {
    for body in [json!({"machine_name": null}), json!({"parallel_capacity": null})] {
        assert!(serde_json::from_value::<ChangeMachine>(body).is_err());
    }
}

#[test]
fn nullable_decimals_of_a_patch_tell_the_three_cases_apart() {
    let read = |body: Value| serde_json::from_value::<ChangeOperator>(body).unwrap();
    assert_eq!(read(json!({})).efficiency_rating, None);
    assert_eq!(read(json!({"efficiency_rating": null})).efficiency_rating, Some(None));
    let rated = read(json!({"efficiency_rating": 4.2}));
    assert_eq!(serde_json::to_value(&rated).unwrap(), json!({"efficiency_rating": "4.2"}));
}

#[test]
fn an_allocation_reads_back_as_it_was_written() {
    let wire = json!({
        "allocation_id": 17, "work_order_id": "WO-1", "operator_id": "O-1", "machine_id": null,
        "allocation_type": "operator", "status": "active", "phase": "running",
        "allocated_at": "2026-03-01T10:00:00.000000Z", "expected_start_time": null,
        "expected_end_time": null, "expected_duration_minutes": 60,
        "actual_start_time": "2026-03-01T10:00:00.123456Z", "actual_end_time": null,
        "actual_duration_minutes": null, "allocation_method": "manual",
        "suggestion_score": null, "allocated_by": "admin", "released_by": null,
        "released_at": null, "release_reason": null, "quantity_produced": "3.000",
        "held_up_by_allocation_id": null,
        "version": 1, "created_at": "2026-03-01T10:00:00.000000Z",
        "updated_at": "2026-03-01T10:00:00.000000Z"
    });
    let allocation: Allocation = serde_json::from_value(wire.clone()).unwrap();
    assert_eq!(serde_json::to_value(&allocation).unwrap(), wire);
}

#[test]
fn a_creation_sends_only_what_it_says() {
    let body = CreateAllocation {
        work_order_id: "WO-1".to_owned(),
        machine_id: Some("M-1".to_owned()),
        ..CreateAllocation::default()
    };
    let wire = serde_json::to_value(&body).unwrap();
    assert_eq!(wire, json!({"work_order_id": "WO-1", "machine_id": "M-1"}));
}

#[test]
fn a_problem_without_refusals_has_no_such_field() {
    let problem = Problem { kind: "about:blank".to_owned(), status: 404, ..Problem::default() };
    let wire = serde_json::to_value(&problem).unwrap();
    assert_eq!(wire["type"], "about:blank");
    assert!(wire.get("refusals").is_none() && wire.get("errors").is_none());
    let refused = Problem { refusals: vec![Refusal::default()], ..problem };
    assert!(serde_json::to_value(&refused).unwrap()["refusals"][0].get("held_by").is_none());
}
