//! Bad input of every kind against every route: always a problem document with a 4xx status that
//! names the value, never a 5xx, never a poisoned batch.
//!
//! The routes come from the server's own table, so a new one is covered without a line here.

use serde_json::{Value, json};

use crate::harness::{Answer, Plant, Request};

/// Bodies that no write accepts, with the statuses that may answer them.
fn bad_bodies() -> Vec<(&'static str, Vec<u8>, &'static [u16])> {
    vec![
        ("cut off", b"{\"a\":".to_vec(), &[400]),
        ("not JSON", b"status=idle".to_vec(), &[400]),
        ("not UTF-8", vec![b'{', b'"', 0xff, 0xfe, b'"', b':', b'1', b'}'], &[400]),
        ("raw NUL", b"{\"a\":\"\0\"}".to_vec(), &[400]),
        ("lone surrogate", br#"{"a":"\ud800"}"#.to_vec(), &[400]),
        ("nested too deep", [b"{\"a\":".to_vec(), b"[".repeat(100_000)].concat(), &[400]),
        ("two documents", b"{}{}".to_vec(), &[400, 422]),
        ("an array", b"[]".to_vec(), &[422]),
        ("a string", b"\"text\"".to_vec(), &[422]),
        ("null", b"null".to_vec(), &[422]),
        ("unknown member", br#"{"no_such_member":1}"#.to_vec(), &[422]),
        ("escaped NUL", br#"{"no\u0000such":"a\u0000b"}"#.to_vec(), &[422]),
        ("12 MiB", [b"{\"a\":\"".to_vec(), b"x".repeat(12 * 1024 * 1024)].concat(), &[413]),
    ]
}

fn assert_problem(what: &str, answer: &Answer, expected: &[u16]) {
    let text = format!("{what}: {} {}", answer.status, answer.body);
    assert!(expected.contains(&answer.status), "{text}; expected {expected:?}");
    assert_eq!(answer.content_type, "application/problem+json", "{text}");
    assert_eq!(answer.body["status"], answer.status, "{text}");
    for member in ["type", "title", "code", "detail"] {
        let value = answer.body[member].as_str().unwrap_or_default();
        assert!(!value.is_empty(), "{text}: `{member}` is empty");
    }
    if answer.status == 422 && answer.body["refusals"].is_null() {
        assert!(answer.body["errors"].as_array().is_some_and(|e| !e.is_empty()), "{text}");
    }
}

#[tokio::test]
async fn every_write_refuses_every_unreadable_body() {
    let plant = Plant::with_floor().await;
    for (method, path, _) in mraos_server::permissions() {
        if method == "GET" {
            continue;
        }
        let path = plant.fill(&path);
        for (what, body, expected) in bad_bodies() {
            // An intake of rows reads NDJSON line by line; as JSON it is like the others.
            let request = Request::new(method.as_str(), &path).body(body).if_match("\"1\"");
            let answer = plant.send(request).await;
            assert_problem(&format!("{method} {path} with {what}"), &answer, expected);
        }
        let request = Request::new(method.as_str(), &path).body(b"{}".to_vec());
        let typed = plant.send(request.if_match("\"1\"").content_type("text/plain")).await;
        assert_problem(&format!("{method} {path} as text/plain"), &typed, &[415]);
        let request = Request::new(method.as_str(), &path).json(&json!({}));
        let keyed = plant.send(request.if_match("\"1\"").header("idempotency-key", "a b")).await;
        assert_problem(&format!("{method} {path} with a bad key"), &keyed, &[422]);
    }
    plant.assert_sound().await;
}

#[tokio::test]
async fn every_route_refuses_strangers() {
    let plant = Plant::with_floor().await;
    for (method, path, permission) in mraos_server::permissions() {
        if permission.is_none() {
            continue;
        }
        let path = plant.fill(&path);
        for token in ["", "not-a-token", "\u{e9}"] {
            let request = Request::new(method.as_str(), &path).token(token);
            let answer = plant.send(request).await;
            assert_problem(&format!("{method} {path} as `{token}`"), &answer, &[401]);
        }
    }
}

#[tokio::test]
async fn every_read_refuses_parameters_that_it_does_not_know() {
    let plant = Plant::with_floor().await;
    for (method, path, _) in mraos_server::permissions() {
        // The stream is no read: it first asks for an upgrade, and tells the rest on the socket.
        if method != "GET" || path.ends_with("/live") {
            continue;
        }
        let path = plant.fill(&path);
        for (query, expected) in [
            ("no_such_filter=1", "no_such_filter"),
            ("limit=0", "limit"),
            ("limit=501", "limit"),
            ("limit=ten", "limit"),
            ("cursor=%00", "cursor"),
            ("cursor=Z2FyYmFnZQ", "cursor"),
        ] {
            let answer = plant.get(&format!("{path}?{query}")).await;
            assert_problem(&format!("GET {path}?{query}"), &answer, &[422]);
            assert!(answer.body.to_string().contains(expected), "{}", answer.body);
        }
        for position in ["-1", "soon", "99999999999999999999"] {
            let request = Request::new("GET", &path).header("x-position", position);
            let answer = plant.send(request).await;
            assert_problem(&format!("GET {path} at {position}"), &answer, &[422]);
        }
    }
}

/// Method, path, body, expected status, and what the answer must name.
type Case = (&'static str, &'static str, Value, u16, &'static str);

fn operator(changes: &Value) -> Value {
    let mut body = json!({
        "operator_id": "O-900", "employee_id": "E-900", "first_name": "Ada", "last_name": "Byron",
    });
    merge(&mut body, changes);
    body
}

fn machine(changes: &Value) -> Value {
    let mut body = json!({
        "machine_id": "M-900", "machine_name": "Mill", "machine_type": "CNC Mill",
        "production_line": "Line-1",
    });
    merge(&mut body, changes);
    body
}

fn order(changes: &Value) -> Value {
    let mut body = json!({
        "work_order_id": "WO-900", "work_order_number": "N-900", "product_id": "P-1",
        "product_name": "Bracket", "quantity_ordered": 10, "unit_of_measure": "EA",
        "due_date": "2030-01-01T00:00:00Z",
    });
    merge(&mut body, changes);
    body
}

fn material(changes: &Value) -> Value {
    let mut body = json!({
        "material_id": "MAT-900", "part_number": "PN-900", "part_name": "Bearing",
        "unit_of_measure": "EA",
    });
    merge(&mut body, changes);
    body
}

/// Every way to get a material, its stock, a reservation or a line of a bill wrong.
fn material_cases() -> Vec<Case> {
    let materials = "/materials";
    let moves = "/materials/MAT-1/transactions";
    let moved = |changes: Value| {
        let mut body = json!({"transaction_type": "receipt", "quantity": 1});
        merge(&mut body, &changes);
        body
    };
    let claim = |changes: Value| {
        let mut body =
            json!({"material_id": "MAT-1", "work_order_id": "WO-3", "quantity_reserved": 1});
        merge(&mut body, &changes);
        body
    };
    let line = |changes: Value| {
        let mut body = json!({"material_id": "MAT-1", "quantity_required": 1});
        merge(&mut body, &changes);
        body
    };
    let bom = "/work-orders/WO-1/bom";
    let package = |unit: &str, quantity: Value| {
        material(&json!({"packages": [{"unit_of_measure": unit, "quantity": quantity}]}))
    };
    vec![
        ("POST", materials, material(&json!({"material_id": "M 1"})), 422, "M 1"),
        ("POST", materials, material(&json!({"part_name": ""})), 422, "/part_name"),
        ("POST", materials, material(&json!({"currency": "usd"})), 422, "usd"),
        ("POST", materials, material(&json!({"currency": "EURO"})), 422, "EURO"),
        ("POST", materials, material(&json!({"standard_cost": -1})), 422, "-1"),
        ("POST", materials, material(&json!({"standard_cost": "1.00001"})), 422, "1.00001"),
        ("POST", materials, material(&json!({"standard_cost": 1e8})), 422, "/standard_cost"),
        ("POST", materials, material(&json!({"safety_stock_level": "0.0001"})), 422, "0.0001"),
        ("POST", materials, material(&json!({"shelf_life_days": -1})), 422, "/shelf_life_days"),
        ("POST", materials, material(&json!({"on_hand_quantity": 1})), 422, "on_hand_quantity"),
        ("POST", materials, package("EA", json!(2)), 422, "EA"),
        ("POST", materials, package("BOX", json!(0)), 422, "BOX"),
        ("POST", materials, package("", json!(2)), 422, "/packages/0/unit_of_measure"),
        ("POST", materials, material(&json!({"material_id": "MAT-1"})), 409, "duplicate_value"),
        ("POST", materials, material(&json!({"part_number": "PN-1"})), 409, "duplicate_value"),
        ("POST", moves, moved(json!({"transaction_type": "theft"})), 422, "theft"),
        ("POST", moves, moved(json!({"quantity": 0})), 422, "/quantity"),
        ("POST", moves, moved(json!({"quantity": -1})), 422, "-1"),
        ("POST", moves, moved(json!({"quantity": "1.0001"})), 422, "1.0001"),
        ("POST", moves, moved(json!({"quantity": 1e15})), 422, "/quantity"),
        ("POST", moves, moved(json!({"quantity": null})), 422, "/quantity"),
        ("POST", moves, moved(json!({"quantity": "999999999999.999"})), 422, "more than fits"),
        ("POST", moves, moved(json!({"counted_quantity": 1})), 422, "counted_quantity"),
        ("POST", moves, moved(json!({"unit_of_measure": "KG"})), 409, "unit_not_convertible"),
        ("POST", moves, moved(json!({"expiration_date": "0001-01-01"})), 422, "0001-01-01"),
        ("POST", moves, moved(json!({"reference_type": "PurchaseOrder"})), 422, "/reference_id"),
        ("POST", moves, moved(json!({"reference_id": "7"})), 422, "/reference_type"),
        (
            "POST",
            moves,
            moved(json!({"reference_type": "WorkOrder", "reference_id": "WO-404"})),
            409,
            "unknown_work_order",
        ),
        ("POST", moves, moved(json!({"reason_code": "NOPE"})), 409, "NOPE"),
        ("POST", moves, moved(json!({"notes": " "})), 422, "/notes"),
        ("POST", moves, moved(json!({"transaction_type": "transfer"})), 422, "to_location"),
        ("POST", moves, moved(json!({"transaction_type": "release"})), 422, "work order"),
        (
            "POST",
            moves,
            moved(json!({"transaction_type": "issue", "quantity": 5000})),
            409,
            "material_short",
        ),
        ("POST", "/materials/MAT-404/transactions", moved(json!({})), 404, "MAT-404"),
        (
            "POST",
            "/reservations",
            claim(json!({"quantity_reserved": 0})),
            422,
            "/quantity_reserved",
        ),
        ("POST", "/reservations", claim(json!({"quantity_reserved": 101})), 409, "would_exceed"),
        ("POST", "/reservations", claim(json!({"work_order_id": "WO-1"})), 409, "unknown_bom_line"),
        ("POST", "/reservations", claim(json!({"material_id": "no such"})), 422, "/material_id"),
        ("POST", "/reservations/404404/consume", json!({}), 404, "404404"),
        ("POST", "/reservations/x/release", json!({}), 404, "x"),
        ("POST", bom, line(json!({"quantity_required": 0})), 422, "/quantity_required"),
        ("POST", bom, line(json!({"consumption": "never"})), 422, "never"),
        ("POST", bom, line(json!({"material_id": "MAT-404"})), 409, "unknown_material"),
        ("POST", bom, line(json!({"unit_of_measure": "M"})), 409, "unit_not_convertible"),
        ("POST", "/work-orders/WO-404/bom", line(json!({})), 404, "WO-404"),
        ("DELETE", "/work-orders/WO-1/bom/999999", json!({}), 404, "999999"),
    ]
}

fn merge(body: &mut Value, changes: &Value) {
    for (key, value) in changes.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
}

fn creation_cases() -> Vec<Case> {
    let ops = "/operators";
    let machines = "/machines";
    let orders = "/work-orders";
    vec![
        ("POST", ops, operator(&json!({"operator_id": ""})), 422, "/operator_id"),
        ("POST", ops, operator(&json!({"operator_id": "O 1"})), 422, "O 1"),
        ("POST", ops, operator(&json!({"operator_id": "O/1"})), 422, "O/1"),
        ("POST", ops, operator(&json!({"operator_id": "x".repeat(21)})), 422, "at most 20"),
        ("POST", ops, operator(&json!({"operator_id": 7})), 422, "/operator_id"),
        ("POST", ops, operator(&json!({"operator_id": "O\u{0}1"})), 422, "/operator_id"),
        ("POST", ops, operator(&json!({"first_name": "A\u{7}"})), 422, "U+0007"),
        ("POST", ops, operator(&json!({"first_name": "y".repeat(51)})), 422, "/first_name"),
        ("POST", ops, operator(&json!({"first_name": null})), 422, "/first_name"),
        ("POST", ops, operator(&json!({"email": "nobody"})), 422, "nobody"),
        ("POST", ops, operator(&json!({"photo_url": "javascript:alert(1)"})), 422, "/photo_url"),
        ("POST", ops, operator(&json!({"hire_date": "99999-01-01"})), 422, "`99999-01-01`"),
        ("POST", ops, operator(&json!({"hire_date": "0001-01-01"})), 422, "0001-01-01"),
        ("POST", ops, operator(&json!({"hire_date": "2026-02-30"})), 422, "`2026-02-30`"),
        ("POST", ops, operator(&json!({"current_status": "busy"})), 422, "busy"),
        ("POST", ops, operator(&json!({"current_status": "asleep"})), 422, "asleep"),
        ("POST", ops, operator(&json!({"parallel_capacity": 0})), 422, "/parallel_capacity"),
        ("POST", ops, operator(&json!({"parallel_capacity": 70000})), 422, "70000"),
        ("POST", ops, operator(&json!({"parallel_capacity": 1.5})), 422, "/parallel_capacity"),
        ("POST", ops, operator(&json!({"parallel_capacity": 1e300})), 422, "/parallel_capacity"),
        ("POST", ops, operator(&json!({"efficiency_rating": "5.01"})), 422, "5.01"),
        ("POST", ops, operator(&json!({"efficiency_rating": "1.234"})), 422, "1.234"),
        ("POST", ops, operator(&json!({"efficiency_rating": "NaN"})), 422, "NaN"),
        ("POST", ops, operator(&json!({"on_time_completion_rate": -1})), 422, "-1"),
        ("POST", machines, machine(&json!({"product_types": [""]})), 422, "/product_types/0"),
        ("POST", machines, machine(&json!({"product_types": "P-1"})), 422, "/product_types"),
        ("POST", machines, machine(&json!({"max_capacity_per_hour": -5})), 422, "-5"),
        ("POST", machines, machine(&json!({"max_capacity_per_hour": 3e9})), 422, "/max_capacity"),
        ("POST", machines, machine(&json!({"current_status": "available"})), 422, "available"),
        ("POST", machines, machine(&json!({"machine_name": "   "})), 422, "/machine_name"),
        ("POST", orders, order(&json!({"quantity_ordered": 0})), 422, "/quantity_ordered"),
        ("POST", orders, order(&json!({"quantity_ordered": "-1"})), 422, "-1"),
        ("POST", orders, order(&json!({"quantity_ordered": "1.0001"})), 422, "1.0001"),
        ("POST", orders, order(&json!({"quantity_ordered": "1e30"})), 422, "/quantity_ordered"),
        ("POST", orders, order(&json!({"quantity_ordered": 1e15})), 422, "/quantity_ordered"),
        ("POST", orders, order(&json!({"quantity_ordered": true})), 422, "/quantity_ordered"),
        (
            "POST",
            orders,
            order(&json!({"due_date": "99999-01-01T00:00:00Z"})),
            422,
            "`99999-01-01T",
        ),
        ("POST", orders, order(&json!({"due_date": "3000-01-01T00:00:00Z"})), 422, "3000"),
        ("POST", orders, order(&json!({"due_date": "1969-01-01T00:00:00Z"})), 422, "1969"),
        ("POST", orders, order(&json!({"due_date": "tomorrow"})), 422, "`tomorrow`"),
        ("POST", orders, order(&json!({"due_date": 1_767_225_600})), 422, "/due_date"),
        ("POST", orders, order(&json!({"priority": "asap"})), 422, "asap"),
        ("POST", orders, order(&json!({"estimated_duration_minutes": 0})), 422, "/estimated"),
        (
            "POST",
            orders,
            order(&json!({"planned_start_date": "2029-01-02T00:00:00Z",
                          "planned_end_date": "2029-01-01T00:00:00Z"})),
            422,
            "/planned_end_date",
        ),
        (
            "POST",
            orders,
            order(&json!({"dependencies": [{"predecessor_work_order_id": "no such"}]})),
            422,
            "/dependencies/0/predecessor_work_order_id",
        ),
        (
            "POST",
            orders,
            order(&json!({"dependencies": [{"predecessor_work_order_id": "WO-404"}]})),
            409,
            "unknown_work_order",
        ),
        (
            "POST",
            orders,
            order(&json!({"dependencies": [{"predecessor_work_order_id": "WO-900"}]})),
            409,
            "WO-900",
        ),
        ("POST", ops, operator(&json!({"operator_id": "O-1"})), 409, "duplicate_value"),
        ("POST", ops, operator(&json!({"employee_id": "E-1"})), 409, "duplicate_value"),
        ("POST", machines, machine(&json!({"machine_id": "M-1"})), 409, "duplicate_value"),
        ("POST", orders, order(&json!({"work_order_number": "N-1"})), 409, "duplicate_value"),
    ]
}

fn attendance_cases() -> Vec<Case> {
    vec![
        ("POST", "/operators/O-404/attendance", json!({"type": "clock_in"}), 404, "O-404"),
        ("POST", "/operators/O-1/attendance", json!({"type": "lunch"}), 422, "lunch"),
        ("POST", "/operators/O-1/attendance", json!({}), 422, "/type"),
        ("POST", "/operators/O-1/attendance", json!({"type": "clock_out"}), 409, "wrong_phase"),
        (
            "POST",
            "/operators/O-1/attendance",
            json!({"type": "clock_in", "occurred_at": "2999-01-01T00:00:00Z"}),
            422,
            "in_the_future",
        ),
        ("POST", "/operators/O-404/call-off", json!({}), 404, "O-404"),
        ("POST", "/operators/O-1/call-off", json!({}), 409, "unknown_shift"),
        ("POST", "/operators/O-1/call-off", json!({"shift_id": -1}), 409, "unknown_shift"),
        ("POST", "/operators/O-1/call-off", json!({"status": "busy"}), 422, "busy"),
        ("POST", "/operators/O-1/call-off", json!({"shift_date": "0001-01-01"}), 422, "0001-01-01"),
        ("POST", "/operators/O-1/call-off", json!({"reason_code": "NOPE"}), 409, "NOPE"),
    ]
}

fn step_cases() -> Vec<Case> {
    let at = |time: &str| json!({"status": "absent", "occurred_at": time});
    let lag = |minutes: i64| {
        json!({"predecessor_work_order_id": "WO-2", "dependency_type": "finish_to_start",
               "lag_minutes": minutes, "is_mandatory": true})
    };
    let skill = |changes: Value| {
        let mut body = json!({"skill_code": "W", "skill_name": "Weld", "proficiency_level": 3});
        merge(&mut body, &changes);
        body
    };
    let shift = |changes: Value| {
        let mut body = json!({"shift_name": "A", "shift_date": "2026-05-01",
                              "start_time": "06:00:00", "end_time": "14:00:00"});
        merge(&mut body, &changes);
        body
    };
    let status = "/operators/O-1/status";
    let alloc = "/allocations";
    let future = json!({"work_order_id": "WO-1", "operator_id": "O-1",
                        "occurred_at": "2999-01-01T00:00:00Z"});
    vec![
        ("POST", status, json!({"status": "busy"}), 422, "busy"),
        ("POST", status, json!({"status": "running"}), 422, "running"),
        ("POST", status, at("99999-01-01T00:00:00Z"), 422, "`99999-01-01T"),
        ("POST", status, at("2999-01-01T00:00:00Z"), 422, "in_the_future"),
        ("POST", status, json!({"status": "sick", "reason_code": "NOPE"}), 409, "NOPE"),
        ("POST", status, json!({"status": "sick", "reason_description": " "}), 422, "/reason_desc"),
        (
            "POST",
            status,
            json!({"status": "sick", "source": {"id": "mes", "sequence": -1}}),
            422,
            "/source/sequence",
        ),
        ("POST", "/operators/O-404/status", json!({"status": "sick"}), 404, "O-404"),
        ("POST", "/machines/M-404/status", json!({"status": "idle"}), 404, "M-404"),
        ("POST", "/operators/O-1/skills", skill(json!({"proficiency_level": 5})), 422, "5"),
        ("POST", "/operators/O-1/skills", skill(json!({"proficiency_level": -1})), 422, "-1"),
        (
            "POST",
            "/operators/O-1/skills",
            skill(
                json!({"certification_date": "2026-01-02", "certification_expiry": "2026-01-01"}),
            ),
            422,
            "/certification_expiry",
        ),
        ("POST", "/operators/O-404/skills", skill(json!({})), 404, "O-404"),
        ("DELETE", "/operators/O-1/skills/NOPE", json!({}), 404, "NOPE"),
        (
            "POST",
            "/operators/O-1/shifts",
            shift(json!({"start_time": "25:00"})),
            422,
            "/start_time",
        ),
        ("POST", "/operators/O-1/shifts", shift(json!({"break_start": "09:00"})), 422, "/break"),
        (
            "POST",
            "/operators/O-1/shifts",
            shift(json!({"break_start": "15:00", "break_end": "15:30"})),
            422,
            "/break",
        ),
        (
            "POST",
            "/operators/O-1/shifts",
            shift(json!({"shift_date": "9999-12-31"})),
            422,
            "/shift_date",
        ),
        ("DELETE", "/operators/O-1/shifts/999999", json!({}), 404, "999999"),
        ("POST", "/work-orders/WO-1/dependencies", lag(i64::MAX), 422, "/lag_minutes"),
        (
            "POST",
            "/work-orders/WO-2/dependencies",
            json!({"predecessor_work_order_id": "WO-2"}),
            409,
            "dependency_cycle",
        ),
        ("POST", "/work-orders/WO-404/dependencies", lag(0), 404, "WO-404"),
        ("DELETE", "/work-orders/WO-1/dependencies/999999", json!({}), 404, "999999"),
        ("POST", "/work-orders/WO-1/progress", json!({"quantity_produced": "-1"}), 422, "-1"),
        ("POST", "/work-orders/WO-1/progress", json!({"quantity_delta": "0.0001"}), 422, "0.0001"),
        ("POST", "/work-orders/WO-1/progress", json!({}), 422, "/quantity_produced"),
        (
            "POST",
            "/work-orders/WO-1/progress",
            json!({"quantity_produced": 999_999}),
            409,
            "would_exceed_ordered",
        ),
        (
            "POST",
            "/skill-requirements",
            json!({"scope": "planet", "scope_id": "x", "skill_code": "W"}),
            422,
            "/scope",
        ),
        ("DELETE", "/skill-requirements/999999", json!({}), 404, "999999"),
        (
            "POST",
            "/reason-codes",
            json!({"reason_code": "", "description": "x"}),
            422,
            "/reason_code",
        ),
        ("POST", alloc, json!({"work_order_id": "WO-1"}), 422, "machine_id"),
        ("POST", alloc, json!({"work_order_id": "WO-404", "operator_id": "O-1"}), 409, "WO-404"),
        ("POST", alloc, json!({"work_order_id": "WO-1", "operator_id": "O-404"}), 409, "O-404"),
        ("POST", alloc, json!({"work_order_id": "WO-1", "machine_id": "M-404"}), 409, "M-404"),
        ("POST", alloc, future, 422, "in_the_future"),
        (
            "POST",
            alloc,
            json!({"work_order_id": "WO-1", "operator_id": "O-1", "expected_duration_minutes": -3}),
            422,
            "/expected_duration_minutes",
        ),
        (
            "POST",
            alloc,
            json!({"work_order_id": "WO-1", "operator_id": "O-1", "suggestion_score": 101}),
            422,
            "101",
        ),
        (
            "POST",
            alloc,
            json!({"work_order_id": "WO-1", "operator_id": "O-1",
                   "overrides": [{"code": "nope", "reason": "why"}]}),
            422,
            "/overrides/0/code",
        ),
        ("POST", "/allocations/999999/start", json!({}), 404, "999999"),
        ("POST", "/allocations/x/start", json!({}), 404, "x"),
        ("POST", "/allocations/999999/complete", json!({"quantity_produced": -1}), 422, "-1"),
        ("POST", "/tokens", json!({"name": "t", "role": "king"}), 422, "king"),
    ]
}

fn path_cases() -> Vec<Case> {
    vec![
        (
            "POST",
            "/machines/M-1/maintenance/9223372036854775808/complete",
            json!({}),
            404,
            "unknown_maintenance",
        ),
        ("POST", "/holidays", json!({"day": "2026-02-30", "holiday_name": "x"}), 422, "/day"),
        ("POST", "/holidays", json!({"day": "3000-01-01", "holiday_name": "x"}), 422, "/day"),
        (
            "POST",
            "/holidays",
            json!({"day": "2026-12-25", "holiday_name": ""}),
            422,
            "/holiday_name",
        ),
        ("DELETE", "/holidays/2026-12-25", json!({}), 404, "2026-12-25"),
        ("DELETE", "/holidays/christmas", json!({}), 404, "christmas"),
        ("GET", "/operators/O-404", Value::Null, 404, "O-404"),
        ("GET", "/operators/a%00b", Value::Null, 404, "unknown_operator"),
        ("GET", "/operators/%ff", Value::Null, 404, "not_found"),
        ("GET", "/machines/M-404", Value::Null, 404, "M-404"),
        ("GET", "/work-orders/WO-404", Value::Null, 404, "WO-404"),
        ("GET", "/allocations/999999", Value::Null, 404, "999999"),
        ("GET", "/allocations/999999/events", Value::Null, 404, "999999"),
        ("GET", "/operators/O-404/skills", Value::Null, 404, "O-404"),
        ("GET", "/operators/O-404/shifts", Value::Null, 404, "O-404"),
        ("GET", "/work-orders/WO-404/dependencies", Value::Null, 404, "WO-404"),
        ("GET", "/events?after=-1", Value::Null, 422, "after"),
        ("GET", "/operators?current_status=asleep", Value::Null, 422, "asleep"),
        ("GET", "/operators?is_active=perhaps", Value::Null, 422, "perhaps"),
        ("GET", "/no-such-thing", Value::Null, 404, "no-such-thing"),
        ("PUT", "/operators/O-1", json!({}), 405, "PUT"),
        ("DELETE", "/operators", json!({}), 405, "DELETE"),
    ]
}

#[tokio::test]
async fn every_bad_value_is_named() {
    let plant = Plant::with_floor().await;
    plant.add_second_line().await;
    plant.add_material().await;
    let cases =
        [creation_cases(), material_cases(), attendance_cases(), step_cases(), path_cases()]
            .concat();
    for (method, path, body, status, named) in cases {
        let request = Request::new(method, &format!("/api/v1{path}"));
        let request = if method == "GET" { request } else { request.json(&body) };
        let answer = plant.send(request).await;
        let what = format!("{method} {path} {body}");
        assert_problem(&what, &answer, &[status]);
        assert!(answer.body.to_string().contains(named), "{what}: `{named}` in {}", answer.body);
    }
    plant.assert_sound().await;
}

#[tokio::test]
async fn one_bad_item_spoils_neither_a_batch_nor_an_intake() {
    let plant = Plant::with_floor().await;
    let items = json!({"items": [
        machine(&json!({"machine_id": "M-901"})),
        machine(&json!({"machine_id": "M-901"})),
        machine(&json!({"machine_id": "bad id"})),
        7,
        machine(&json!({"machine_id": "M-902"})),
    ]});
    let answer = plant.post("/api/v1/machines/batch", &items).await;
    let results = answer.body["results"].as_array().expect("results").clone();
    let statuses: Vec<_> = results.iter().map(|result| result["status"].as_u64()).collect();
    assert_eq!(statuses, [201, 409, 422, 422, 201].map(Some), "{}", answer.body);
    let rows = concat!(
        r#"{"entity_type":"machine","entity_id":"M-901","status":"maintenance"}"#,
        "\n",
        r#"{"entity_type":"machine","entity_id":"M-404","status":"idle"}"#,
        "\n",
        "not json\n",
        r#"{"entity_type":"robot","entity_id":"M-901","status":"idle"}"#,
        "\n\n",
        r#"{"entity_type":"machine","entity_id":"M-901","status":"maintenance"}"#,
        "\n",
    );
    let request = Request::new("POST", "/api/v1/ingest/status").body(rows.as_bytes().to_vec());
    let answer = plant.send(request.content_type("application/x-ndjson")).await;
    let body = &answer.body;
    assert_eq!((&body["received"], &body["applied"]), (&json!(5), &json!(1)), "{body}");
    assert_eq!(body["unchanged"], 1, "{body}");
    let rejected = body["rejected"].as_array().expect("rejected");
    let told: Vec<_> =
        rejected.iter().map(|row| (row["row"].as_u64(), row["status"].as_u64())).collect();
    let expected = [(2, 404), (3, 400), (4, 422)].map(|(row, status)| (Some(row), Some(status)));
    assert_eq!(told, expected, "{body}");
    plant.assert_sound().await;
}

/// At the edge of what a column, a type or the calendar holds.
fn extreme_cases() -> Vec<(&'static str, Value)> {
    let wide = "\u{1F980}".repeat(20);
    let long = "\u{1F980}".repeat(200);
    let most = "999999999999.999";
    let last = "2999-12-31T23:59:59.999999999Z";
    let first = "1970-01-01T00:00:00Z";
    let allocation = |changes: Value| {
        let mut body = json!({"work_order_id": "WO-1", "operator_id": "O-1"});
        merge(&mut body, &changes);
        body
    };
    vec![
        ("/operators", operator(&json!({"operator_id": wide, "employee_id": wide}))),
        ("/operators", operator(&json!({"operator_id": "O-\"';--", "employee_id": "\\{}%_$1"}))),
        ("/operators", operator(&json!({"operator_id": "NULL", "employee_id": "\\N"}))),
        ("/operators", operator(&json!({"parallel_capacity": 1000, "hire_date": "2999-12-31"}))),
        ("/work-orders", order(&json!({"product_name": long, "quantity_ordered": most}))),
        (
            "/work-orders",
            order(&json!({"work_order_id": "WO-901", "work_order_number": "N-901",
                          "due_date": last, "planned_start_date": first, "planned_end_date": last,
                          "estimated_duration_minutes": 5_256_000})),
        ),
        ("/work-orders/WO-1/progress", json!({"quantity_rejected": most})),
        ("/work-orders/WO-1/progress", json!({"quantity_rejected": most})),
        ("/work-orders/WO-1/progress", json!({"quantity_produced": "100", "quantity_rejected": 1})),
        ("/machines/M-1/status", json!({"status": "idle", "occurred_at": first})),
        (
            "/machines/M-1/status",
            json!({"status": "maintenance", "source": {"id": "x", "sequence": i64::MAX}}),
        ),
        ("/allocations", allocation(json!({"expected_start_time": last}))),
        ("/allocations", allocation(json!({"expected_start_time": first}))),
        ("/allocations", allocation(json!({"operator_id": "O-2", "occurred_at": first}))),
        (
            "/allocations",
            allocation(json!({"work_order_id": "WO-2", "operator_id": "O-2",
                              "expected_start_time": "2999-12-31T23:59:00Z",
                              "expected_duration_minutes": 5_256_000,
                              "suggestion_score": "100.00"})),
        ),
        ("/holidays", json!({"day": "2999-12-31", "holiday_name": "x".repeat(100)})),
        ("/reason-codes", json!({"reason_code": wide, "description": long})),
        (
            "/skill-requirements",
            json!({"scope": "machine_type", "scope_id": "a:b", "skill_code": wide}),
        ),
        (
            "/operators/O-1/shifts",
            json!({"shift_name": "A", "shift_date": "2999-12-31", "start_time": "23:59:59.999999",
                   "end_time": "23:59:59.999999"}),
        ),
        (
            "/operators/O-1/skills",
            json!({"skill_code": wide, "skill_name": wide, "proficiency_level": 4,
                   "certification_date": "1900-01-01", "certification_expiry": "2999-12-31"}),
        ),
    ]
}

#[tokio::test]
async fn no_extreme_value_breaks_the_plant() {
    let plant = Plant::with_floor().await;
    for (number, (path, body)) in extreme_cases().into_iter().enumerate() {
        for path in [path.to_owned(), format!("{path}/batch")] {
            let many = path.ends_with("/batch");
            if many && !["/operators/batch", "/work-orders/batch"].contains(&path.as_str()) {
                continue;
            }
            let body = if many { json!({"items": [body]}) } else { body.clone() };
            let key = format!("{:k>200}", number * 2 + usize::from(many));
            let request = Request::new("POST", &format!("/api/v1{path}")).json(&body);
            let answer = plant.send(request.header("idempotency-key", &key)).await;
            let what = format!("{path} {body}: {} {}", answer.status, answer.body);
            assert!(
                answer.status < 500 && answer.body["code"] != "idempotency_key_reused",
                "{what}"
            );
            let results = answer.body["results"].as_array().cloned().unwrap_or_default();
            let broken = results.iter().find(|result| result["status"].as_u64() >= Some(500));
            assert_eq!(broken, None, "{what}");
        }
    }
    plant.assert_sound().await;
}
