//! Limits of the values in requests, by member name: the columns' widths and ranges.
//!
//! The domain's constructors enforce them; here they are told, so that a form can say so before it
//! is sent. `scripts/schemathesis.sh` sends values beyond every limit and fails if one is taken.

use serde_json::{Value, json};

/// Most characters of a text; the least is one.
const TEXTS: &[(&str, u32)] = &[
    ("assigned_shift", 20),
    ("batch_number", 50),
    ("category", 50),
    ("certified_by", 100),
    ("currency", 3),
    ("current_operation", 100),
    ("customer_order_id", 50),
    ("department", 50),
    ("description", 200),
    ("email", 100),
    ("employee_id", 20),
    ("erp_work_order_id", 50),
    ("first_name", 50),
    ("from_location", 100),
    ("holiday_name", 100),
    ("home_location", 100),
    ("last_name", 50),
    ("lot_number", 50),
    ("machine_id", 20),
    ("machine_name", 100),
    ("machine_type", 50),
    ("maintenance_type", 50),
    ("manufacturer", 100),
    ("material_id", 20),
    ("model_number", 50),
    ("notes", 2_000),
    ("operator_id", 20),
    ("part_name", 200),
    ("part_number", 50),
    ("phone", 20),
    ("photo_url", 255),
    ("physical_location", 100),
    ("predecessor_work_order_id", 20),
    ("primary_location", 100),
    ("primary_warehouse", 50),
    ("product_id", 20),
    ("product_name", 200),
    ("product_variant", 100),
    ("production_line", 50),
    ("reason", 2_000),
    ("reason_code", 50),
    ("reason_description", 2_000),
    ("reference_id", 50),
    ("reference_type", 50),
    ("release_reason", 2_000),
    ("scope_id", 50),
    ("serial_number", 50),
    ("shift_name", 20),
    ("skill_code", 50),
    ("skill_name", 100),
    ("to_location", 100),
    ("unit_of_measure", 20),
    ("user_id", 50),
    ("work_order_id", 20),
    ("work_order_number", 50),
    ("zone", 50),
];
/// Least and greatest whole number.
const NUMBERS: &[(&str, i64, i64)] = &[
    ("due_after_hours", 0, 1_000_000_000),
    ("estimated_duration_minutes", 1, 5_256_000),
    ("expected_duration_minutes", 1, 5_256_000),
    ("interval_days", 1, 3_650),
    ("lag_minutes", -525_600, 525_600),
    ("maintenance_hours_remaining", 0, 1_000_000_000),
    ("max_capacity_per_hour", 1, 1_000_000_000),
    ("minimum_level", 1, 4),
    ("parallel_capacity", 1, 1_000),
    ("proficiency_level", 1, 4),
    ("shelf_life_days", 0, 36_525),
    ("wait_minutes", 1, 5_256_000),
];

/// Adds the limits to the members of a request.
pub(super) fn add_to(schema: &mut Value) {
    let members = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, member) in members.into_iter().flatten() {
        // A closed vocabulary says more than a length.
        if member.get("enum").is_some() {
            continue;
        }
        if let Some((_, most)) = TEXTS.iter().find(|(text, _)| text == name) {
            member["minLength"] = json!(1);
            member["maxLength"] = json!(most);
        }
        if let Some((_, least, most)) = NUMBERS.iter().find(|(number, ..)| number == name) {
            member["minimum"] = json!(least);
            member["maximum"] = json!(most);
        }
    }
}
