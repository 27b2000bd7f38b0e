//! One sample value per member name of the wire.
//!
//! They tell one story: O-156 works at M-203 on WO-4600. A new member without an own format or
//! vocabulary needs a line here; a test names the one that is missing.

use serde_json::{Value, json};

/// The sample of the members with this name.
pub(super) fn sample_of(name: &str) -> Option<Value> {
    samples_of_things(name)
        .or_else(|| samples_of_stock(name))
        .or_else(|| samples_of_records(name))
        .or_else(|| samples_of_accounts(name))
}

fn samples_of_things(name: &str) -> Option<Value> {
    Some(match name {
        "operator_id" | "entity_id" => json!("O-156"),
        "employee_id" => json!("E-20156"),
        "first_name" => json!("Grace"),
        "last_name" => json!("Hopper"),
        "name" => json!("Grace Hopper"),
        "email" => json!("grace.hopper@plant.example"),
        "phone" => json!("+49 30 1234567"),
        "photo_url" => json!("https://plant.example/photos/O-156.jpg"),
        "department" => json!("Assembly"),
        "home_location" | "zone" => json!("Hall A"),
        "production_line" => json!("Line-2"),
        "machine_id" => json!("M-203"),
        "machine_name" => json!("Laser Welder 3"),
        "machine_type" => json!("Welding Robot"),
        "manufacturer" => json!("Trumpf"),
        "model_number" => json!("TLW-5"),
        "serial_number" => json!("SN-88213"),
        "physical_location" => json!("Hall A, bay 12"),
        "product_types" => json!(["P-WM-700"]),
        "max_capacity_per_hour" => json!(40),
        "parallel_capacity" => json!(1),
        "maintenance_hours_remaining" | "hours_remaining" => json!(320),
        "maintenance_type" => json!("Lubrication"),
        "due_after_hours" => json!(500),
        "interval_days" => json!(30),
        "notes" => json!("Two belts changed."),
        "work_order_id" => json!("WO-4600"),
        "predecessor_work_order_id" => json!("WO-4599"),
        "work_order_number" => json!("4600-2026"),
        "product_id" => json!("P-WM-700"),
        "product_name" => json!("Washing machine 700"),
        "product_variant" => json!("white"),
        "unit_of_measure" => json!("EA"),
        "estimated_duration_minutes" | "expected_duration_minutes" => json!(120),
        "assigned_shift" | "shift_name" => json!("Shift A"),
        "customer_order_id" => json!("C-1188"),
        "erp_work_order_id" => json!("0004600112"),
        "current_operation" => json!("welding"),
        "skill_code" => json!("WELD"),
        "skill_name" => json!("Laser welding"),
        "scope_id" => json!("M-203"),
        "proficiency_level" | "minimum_level" => json!(3),
        "certified_by" => json!("Welding Institute"),
        "reason_code" | "change_reason_code" | "status_reason_code" => json!("tool_change"),
        "category" => json!("pause"),
        _ => return None,
    })
}

fn samples_of_stock(name: &str) -> Option<Value> {
    Some(match name {
        "material_id" => json!("MAT-1001"),
        "part_number" => json!("6204-2RS"),
        "part_name" => json!("Ball bearing 6204"),
        "packages" => json!([{"unit_of_measure": "BOX", "quantity": "12.000"}]),
        "currency" => json!("USD"),
        "primary_warehouse" => json!("W-1"),
        "primary_location" | "from_location" | "to_location" | "location" => json!("A-12-3"),
        "batch_number" => json!("B-7"),
        "lot_number" => json!("L-31"),
        "shelf_life_days" => json!(730),
        "reference_type" => json!("WorkOrder"),
        "reference_id" => json!("WO-4600"),
        "lot_id" => json!(18),
        "bom_id" => json!(19),
        "reservation_id" => json!(21),
        "transaction_id" => json!(22),
        "standard_cost" | "unit_cost" => json!("3.2500"),
        "on_hand_quantity" | "usable_quantity" => json!("500.000"),
        "allocated_quantity" | "reserved_quantity" | "quantity_allocated" => json!("200.000"),
        "available_quantity" => json!("300.000"),
        "safety_stock_level" => json!("50.000"),
        "reorder_point" => json!("100.000"),
        "economic_order_quantity" | "next_receipt_quantity" => json!("500.000"),
        "demand_quantity" | "shortage_quantity" => json!("0.000"),
        "quantity" | "counted_quantity" | "quantity_reserved" | "quantity_required" => {
            json!("200.000")
        }
        "quantity_consumed" | "quantity_released" | "quantity_uncovered" => json!("0.000"),
        "quantity_open" => json!("200.000"),
        "work_order_ids" => json!(["WO-4600"]),
        "further_lots" => json!([]),
        "notes" => json!("Counted twice."),
        "reserved_by" | "released_by" | "performed_by" => json!("supervisor-1"),
        _ => return None,
    })
}

fn samples_of_records(name: &str) -> Option<Value> {
    Some(match name {
        "allocation_id" | "position" | "last_position" => json!(42),
        "shift_id" => json!(12),
        "holiday_name" => json!("Christmas Day"),
        "time_zone" => json!("Europe/Berlin"),
        "counts_on_holidays" | "is_late" | "is_called_off" | "is_held_up" => json!(false),
        "maintenance_id" => json!(21),
        "status_id" | "attendance_id" => json!(42_000),
        "duration_minutes" => json!(35),
        "dependency_id" => json!(14),
        "skill_requirement_id" => json!(17),
        "held_up_by_allocation_id" => Value::Null,
        "version" | "schema_version" | "received" | "applied" => json!(1),
        "lag_minutes" => json!(0),
        "quantity_ordered" | "quantity_remaining" => json!("100.000"),
        "quantity_produced" | "quantity_rejected" => json!("0.000"),
        "quantity_delta" => json!("12.000"),
        "progress_percentage" => json!("0.00"),
        "overrun_percentage" => json!("5.00"),
        "overrun_quantity" | "cumulative_quantity" => json!("5.000"),
        "wait_minutes" => json!(480),
        "delay_minutes" => json!(0),
        "log_id" => json!(42_000),
        "efficiency_rating" => json!("4.50"),
        "on_time_completion_rate" => json!("97.50"),
        "overall_equipment_effectiveness" | "uptime_percentage" => json!("91.20"),
        "suggestion_score" => json!("87.50"),
        "score" => json!(87),
        "points" => json!(15),
        "most_points" => json!(20),
        "machine_ids" => json!(["M-203"]),
        "possible_pairs" | "refused_operators" | "refused_machines" => json!(1),
        "assignments_today" => json!(3),
        "idle_time_today_minutes" => json!(14),
        "idle_time_prevented_minutes" | "work_order_delay_minutes" => json!(0),
        "ended_by" | "reported_by" | "logged_by" | "recorded_by" => json!("supervisor-1"),
        "created_by" | "updated_by" | "allocated_by" | "changed_by" | "actor" => {
            json!("supervisor-1")
        }
        "change_source" => json!("supervisor_ui"),
        "status" => json!("available"),
        "event_type" => json!("created"),
        "entity_type" => json!("operator"),
        "message" | "description" | "reason" => json!("The tool is being changed."),
        "release_reason" | "reason_description" | "change_reason_description" => {
            json!("The tool is being changed.")
        }
        "secret" => json!("mraos_9pX4…"),
        "event_id" | "token_id" | "correlation_id" => {
            json!("019ab3c2-7d51-7c30-9a35-3f0d8c2b7e61")
        }
        "digest" => json!("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        "source" => json!("api"),
        "unchanged" => json!(0),
        "rejected" => json!([]),
        "next_cursor" => Value::Null,
        "payload" | "previous_state" | "new_state" => json!({}),
        _ => return None,
    })
}

fn samples_of_accounts(name: &str) -> Option<Value> {
    Some(match name {
        "user_id" => json!("S-042"),
        "display_name" => json!("Mary Jackson"),
        "production_lines" => json!(["Line-2"]),
        "permissions" => json!(["read_plant", "allocate"]),
        "password" | "new_password" => json!("correct horse battery"),
        "current_password" => json!("staple of that horse"),
        "session_token" | "ticket" => json!("mraos_9pX4…"),
        "csrf_token" => json!("b1946ac92492d2347c6235b4d2611184"),
        "action" => json!("read"),
        "entity_ids" => json!(["O-156", "O-157"]),
        "ip_address" => json!("192.0.2.17"),
        "user_agent" => json!("Mozilla/5.0"),
        "query_executed" => json!("GET /api/v1/operators?department=Assembly"),
        _ => return None,
    })
}
