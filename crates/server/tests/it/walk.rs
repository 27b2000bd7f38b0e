//! Every route of the API's document × every role × {own, foreign, absent}.
//!
//! The sender is limited to Line-1 and, as an operator, is O-1. What is expected follows from
//! `Role::may` and the scope alone; a route that nobody has sorted in here fails the test.

use mraos_domain::{Permission, Role};
use serde_json::{Value, json};

use crate::harness::{Answer, Plant, Request};

/// What a route names, and so what can be foreign about it.
enum Names {
    /// Nothing: a list, a creation, the own account.
    Nothing,
    /// The whole plant, which a limited sender does not get to see.
    WholePlant,
    /// Something of the plant, in the path.
    InPath(Kind),
    /// Something in the path that belongs to the whole plant.
    InPathOfAll,
    /// An account, of which no administrator sees only a part.
    Account,
}

#[derive(Clone, Copy)]
enum Kind {
    Operator,
    Machine,
    WorkOrder,
    Allocation,
    Requirement,
    Reservation,
}

/// Ids of the same things once on Line-1, once on Line-2, once nowhere.
struct Ids {
    operator: &'static str,
    machine: &'static str,
    work_order: &'static str,
    allocation: String,
    requirement: String,
    shift: String,
    dependency: String,
    line: String,
    reservation: String,
    /// One for each route that ends it.
    maintenance: [String; 3],
}

fn sort(method: &str, path: &str) -> Names {
    let noun = path.trim_start_matches("/api/v1/").split('/').next().unwrap();
    match (noun, path.contains("{id}")) {
        ("auth" | "live" | "openapi.json" | "reason-codes", false) => Names::Nothing,
        ("", false) if ["/healthz", "/readyz", "/metrics"].contains(&path) => Names::Nothing,
        ("operators" | "machines" | "work-orders" | "allocations", false) => Names::Nothing,
        ("materials" | "reservations", false) => Names::Nothing,
        ("materials", true) => Names::InPathOfAll,
        ("reservations", true) => Names::InPath(Kind::Reservation),
        ("skill-requirements" | "ingest" | "holidays" | "suggestions", _)
            if !path.contains("{id}") =>
        {
            Names::Nothing
        }
        ("events" | "data-access-audit", false) if method == "GET" => Names::WholePlant,
        ("operators", true) => Names::InPath(Kind::Operator),
        ("machines", true) => Names::InPath(Kind::Machine),
        ("work-orders", true) => Names::InPath(Kind::WorkOrder),
        ("allocations", true) => Names::InPath(Kind::Allocation),
        ("skill-requirements", true) => Names::InPath(Kind::Requirement),
        ("users" | "tokens", _) => Names::Account,
        _ => panic!("{method} {path}: sort it into the walk and say what it names"),
    }
}

/// A body with which the route does something to things of its sender's.
fn body(method: &str, path: &str) -> Value {
    let tail = path.trim_start_matches("/api/v1/");
    match (method, tail) {
        ("POST", "operators/{id}/status") => json!({"status": "break"}),
        ("POST", "machines/{id}/status") => json!({"status": "maintenance"}),
        ("POST", "operators/{id}/attendance") => json!({"type": "clock_in"}),
        ("POST", "operators/{id}/call-off" | "operators/{id}/call-off/undo") => {
            json!({"shift_date": "2026-11-24"})
        }
        ("POST", "operators/{id}/skills") => {
            json!({"skill_code": "V", "skill_name": "Vice", "proficiency_level": 3})
        }
        ("POST", "operators/{id}/shifts") => json!({
            "shift_name": "late", "shift_date": "2026-11-25",
            "start_time": "14:00:00", "end_time": "22:00:00",
        }),
        ("POST", "holidays") => json!({"day": "2026-12-25", "holiday_name": "Christmas Day"}),
        ("POST", "machines/{id}/maintenance") => {
            json!({"maintenance_type": "Check", "due_after_hours": 100})
        }
        ("POST", "work-orders/{id}/quality") => json!({"quality_status": "waived"}),
        ("POST", "work-orders/{id}/logs") => {
            json!({"event_type": "note", "notes": "Looks well."})
        }
        ("POST", "work-orders/{id}/progress") => json!({"quantity_delta": 1}),
        ("POST", "work-orders/{id}/dependencies") => {
            json!({"predecessor_work_order_id": "WO-3"})
        }
        ("POST", "work-orders/{id}/skill-requirements") => {
            json!({"skill_code": "V", "minimum_level": 1})
        }
        ("POST", "work-orders/{id}/bom") => {
            json!({"material_id": "MAT-1", "quantity_required": 60})
        }
        ("POST", "materials/{id}/transactions") => {
            json!({"transaction_type": "receipt", "quantity": 1})
        }
        ("POST", "reservations/{id}/consume" | "reservations/{id}/release") => {
            json!({"quantity": 1})
        }
        ("POST", "reservations/{id}/move") => {
            json!({"work_order_id": "WO-3", "quantity": 1, "notes": "it is due before"})
        }
        ("POST", "allocations/{id}/reassign") => json!({"operator_id": "O-2"}),
        ("POST", "allocations/{id}/reschedule") => json!({"expected_duration_minutes": 45}),
        _ => json!({}),
    }
}

fn fill(path: &str, kind: Kind, ids: &Ids) -> String {
    let id = match kind {
        Kind::Operator => ids.operator,
        Kind::Machine => ids.machine,
        Kind::WorkOrder => ids.work_order,
        Kind::Allocation => &ids.allocation,
        Kind::Requirement => &ids.requirement,
        Kind::Reservation => &ids.reservation,
    };
    let [changed, completed, cancelled] = &ids.maintenance;
    let maintenance = match path.rsplit('/').next() {
        Some("complete") => completed,
        Some("cancel") => cancelled,
        _ => changed,
    };
    path.replace("{id}", id)
        .replace("{skill_code}", "W")
        .replace("{shift_id}", &ids.shift)
        .replace("{dependency_id}", &ids.dependency)
        .replace("{bom_id}", &ids.line)
        .replace("{maintenance_id}", maintenance)
}

async fn made(plant: &Plant, path: &str, body: Value, id: &str) -> String {
    let answer = plant.post(path, &body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.body);
    match &answer.body[id] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Skill, shift, dependency, requirement and running work for what is named.
async fn furnish(
    plant: &Plant,
    operator: &'static str,
    machine: &'static str,
    work_order: &'static str,
    predecessor: &str,
) -> Ids {
    let skill = json!({"skill_code": "W", "skill_name": "Welding", "proficiency_level": 3});
    made(plant, &format!("/api/v1/operators/{operator}/skills"), skill, "skill_code").await;
    let work = json!({
        "work_order_id": work_order, "operator_id": operator, "machine_id": machine,
        "expected_duration_minutes": 30,
    });
    let allocation = made(plant, "/api/v1/allocations", work, "allocation_id").await;
    let shift = json!({
        "shift_name": "early", "shift_date": "2026-11-24",
        "start_time": "06:00:00", "end_time": "14:00:00",
    });
    let shifts = format!("/api/v1/operators/{operator}/shifts");
    let plans = format!("/api/v1/machines/{machine}/maintenance");
    let mut maintenance = Vec::new();
    for name in ["Grease", "Clean", "Inspect"] {
        let planned = json!({"maintenance_type": name, "due_date": "2027-01-01"});
        maintenance.push(made(plant, &plans, planned, "maintenance_id").await);
    }
    let edge = json!({"predecessor_work_order_id": predecessor, "is_mandatory": false});
    let edges = format!("/api/v1/work-orders/{work_order}/dependencies");
    let asked = json!({
        "scope": "machine", "scope_id": machine, "skill_code": "W", "minimum_level": 1,
    });
    let needed = json!({"material_id": "MAT-1", "quantity_required": 50});
    let line =
        made(plant, &format!("/api/v1/work-orders/{work_order}/bom"), needed, "bom_id").await;
    let claim = json!({
        "material_id": "MAT-1", "work_order_id": work_order, "quantity_reserved": 10,
    });
    Ids {
        line,
        reservation: made(plant, "/api/v1/reservations", claim, "reservation_id").await,
        operator,
        machine,
        work_order,
        allocation,
        shift: made(plant, &shifts, shift, "shift_id").await,
        dependency: made(plant, &edges, edge, "dependency_id").await,
        maintenance: maintenance.try_into().unwrap(),
        requirement: made(plant, "/api/v1/skill-requirements", asked, "skill_requirement_id").await,
    }
}

fn absent() -> Ids {
    Ids {
        operator: "O-404",
        machine: "M-404",
        work_order: "WO-404",
        allocation: "404404".to_owned(),
        requirement: "404404".to_owned(),
        shift: "404404".to_owned(),
        dependency: "404404".to_owned(),
        line: "404404".to_owned(),
        reservation: "404404".to_owned(),
        maintenance: std::array::from_fn(|_| "404404".to_owned()),
    }
}

/// What an answer says, without what differs from request to request.
fn saying(answer: &Answer, ids: &Ids) -> String {
    let mut text = format!("{} {}", answer.status, answer.body);
    let numbers = [&ids.allocation, &ids.requirement, &ids.reservation].map(String::as_str);
    for id in [ids.operator, ids.machine, ids.work_order].into_iter().chain(numbers) {
        text = text.replace(&format!("`{id}`"), "`?`").replace(&format!("\"{id}\""), "\"?\"");
    }
    text
}

#[tokio::test]
async fn foreign_is_absent_and_roles_may_what_they_may() {
    let document = mraos_server::document();
    for role in Role::ALL {
        let plant = Plant::with_floor().await;
        plant.add_second_line().await;
        plant.add_material().await;
        let own = furnish(&plant, "O-1", "M-1", "WO-1", "WO-2").await;
        let foreign = furnish(&plant, "O-9", "M-9", "WO-9", "WO-8").await;
        let token = plant.token_on_line(role, "Line-1", "O-1").await;
        let walk = Walk { plant: &plant, role, token, own, foreign, absent: absent() };
        // Backwards: what ends allocations comes after what needs them.
        for (path, operations) in document["paths"].as_object().unwrap().iter().rev() {
            for (method, operation) in operations.as_object().unwrap() {
                // Health, figures and this document: open to all, and silent about the plant.
                if operation["tags"][0] == "operations" {
                    continue;
                }
                walk.visit(&method.to_uppercase(), path, &operation["x-permission"]).await;
            }
        }
        plant.assert_sound().await;
    }
}

struct Walk<'a> {
    plant: &'a Plant,
    role: Role,
    token: String,
    own: Ids,
    foreign: Ids,
    absent: Ids,
}

impl Walk<'_> {
    async fn ask(&self, method: &str, path: &str, template: &str) -> Answer {
        let request = Request::new(method, path).token(&self.token).if_match("*");
        let request = match method {
            "GET" => request,
            _ => request.json(&body(method, template)),
        };
        self.plant.send(request).await
    }

    async fn visit(&self, method: &str, path: &str, permission: &Value) {
        let named = Permission::ALL.iter().find(|one| one.as_str() == *permission);
        assert!(named.is_some() || permission.is_null(), "{method} {path}: {permission}");
        let may = named.is_none_or(|one| self.role.may(*one));
        let is_limited = self.role != Role::Admin;
        let what = format!("{method} {path} as {}", self.role.as_str());
        match sort(method, path) {
            Names::Nothing | Names::Account | Names::WholePlant if !may => {
                let answer = self.ask(method, &self.plant.fill(path), path).await;
                assert_eq!(
                    (answer.status, &answer.body["code"]),
                    (403, &json!("forbidden")),
                    "{what}"
                );
            }
            Names::Nothing | Names::Account => {
                let answer = self.ask(method, &self.plant.fill(path), path).await;
                let is_permitted = answer.body["code"] != "forbidden";
                assert!(answer.status < 500 && is_permitted, "{what}: {}", answer.body);
            }
            Names::WholePlant => {
                let answer = self.ask(method, path, path).await;
                assert_eq!(answer.status, if is_limited { 403 } else { 200 }, "{what}");
            }
            Names::InPathOfAll => self.visit_shared(method, path, may, &what).await,
            Names::InPath(kind) => self.visit_named(method, path, kind, may, &what).await,
        }
    }

    async fn visit_shared(&self, method: &str, path: &str, may: bool, what: &str) {
        let here = self.ask(method, &path.replace("{id}", "MAT-1"), path).await;
        let nowhere = self.ask(method, &path.replace("{id}", "MAT-404"), path).await;
        let expected = if may { 404 } else { 403 };
        assert_eq!(nowhere.status, expected, "{what}: {}", nowhere.body);
        assert_eq!([401, 403, 404].contains(&here.status), !may, "{what}: {}", here.body);
        assert!(here.status < 500, "{what}: {}", here.body);
    }

    async fn visit_named(&self, method: &str, path: &str, kind: Kind, may: bool, what: &str) {
        let nowhere = self.ask(method, &fill(path, kind, &self.absent), path).await;
        let elsewhere = self.ask(method, &fill(path, kind, &self.foreign), path).await;
        let here = self.ask(method, &fill(path, kind, &self.own), path).await;
        if !may {
            for answer in [&nowhere, &elsewhere, &here] {
                assert_eq!(saying(answer, &self.own), saying(&here, &self.own), "{what}");
                assert_eq!(answer.status, 403, "{what}: {}", answer.body);
            }
            return;
        }
        assert_eq!(nowhere.status, 404, "{what}: {}", nowhere.body);
        assert!(here.status < 500, "{what}: {}", here.body);
        assert!(![401, 403, 404].contains(&here.status), "{what}: {}", here.body);
        if self.role == Role::Admin {
            assert!(![401, 403, 404].contains(&elsewhere.status), "{what}: {}", elsewhere.body);
        } else {
            let (left, right) = (saying(&elsewhere, &self.foreign), saying(&nowhere, &self.absent));
            assert_eq!(left, right, "{what}");
        }
    }
}

#[tokio::test]
async fn what_a_body_names_elsewhere_is_unknown() {
    let plant = Plant::with_floor().await;
    plant.add_second_line().await;
    let token = plant.token_on_line(Role::Planner, "Line-1", "O-1").await;
    let ask = async |path: &str, body: Value| {
        let path = format!("/api/v1{path}");
        let answer = plant.send(Request::new("POST", &path).token(&token).json(&body)).await;
        format!("{} {}", answer.status, answer.body)
    };
    let pairs = [("O-9", "O-404"), ("M-9", "M-404"), ("WO-9", "WO-404")];
    let blank = |text: String| {
        pairs
            .iter()
            .fold(text, |text, (there, nowhere)| text.replace(there, "?").replace(nowhere, "?"))
    };
    for nth in 0..3 {
        let id = |of: usize, own: &str, which: &(&str, &str), foreign: bool| match () {
            () if of != nth => own.to_owned(),
            () if foreign => which.0.to_owned(),
            () => which.1.to_owned(),
        };
        let work = |foreign: bool| {
            json!({
                "operator_id": id(0, "O-1", &pairs[0], foreign),
                "machine_id": id(1, "M-1", &pairs[1], foreign),
                "work_order_id": id(2, "WO-1", &pairs[2], foreign),
            })
        };
        for path in ["/allocations", "/allocations/validate"] {
            let there = ask(path, work(true)).await;
            assert!(there.contains("unknown_"), "{path}: {there}");
            assert_eq!(blank(there), blank(ask(path, work(false)).await), "{path}");
        }
    }
    let edge = |id: &str| json!({"predecessor_work_order_id": id});
    let path = "/work-orders/WO-1/dependencies";
    assert_eq!(blank(ask(path, edge("WO-9")).await), blank(ask(path, edge("WO-404")).await));
    let skill = |id: &str| {
        let mut body = json!({"scope": "machine", "skill_code": "W", "minimum_level": 1});
        body["scope_id"] = json!(id);
        body
    };
    let path = "/skill-requirements";
    assert_eq!(blank(ask(path, skill("M-9")).await), blank(ask(path, skill("M-404")).await));
}

#[tokio::test]
async fn lists_show_the_own_part_and_nothing_is_put_elsewhere() {
    let plant = Plant::with_floor().await;
    plant.add_second_line().await;
    let planner = plant.token_on_line(Role::Planner, "Line-1", "O-1").await;
    let operator = plant.token_on_line(Role::Operator, "Line-1", "O-1").await;
    plant.add_material().await;
    furnish(&plant, "O-1", "M-1", "WO-1", "WO-2").await;
    furnish(&plant, "O-9", "M-9", "WO-9", "WO-8").await;
    let count = async |token: &str, noun: &str| {
        let request = Request::new("GET", &format!("/api/v1/{noun}?limit=500")).token(token);
        plant.send(request).await.body["items"].as_array().map_or(0, Vec::len)
    };
    // O-2 has no line and is there for every planner; an operator sees itself alone.
    for (noun, seen_by_planner, seen_by_operator) in [
        ("operators", 2, 1),
        ("machines", 2, 2),
        ("work-orders", 3, 3),
        ("allocations", 1, 1),
        ("skill-requirements", 1, 1),
        ("materials", 1, 1),
        ("reservations", 1, 1),
    ] {
        assert_eq!(count(&planner, noun).await, seen_by_planner, "{noun}");
        assert_eq!(count(&operator, noun).await, seen_by_operator, "{noun}");
    }
    let moved = json!({"production_line": "Line-2"});
    let request = Request::new("PATCH", "/api/v1/machines/M-1").token(&planner).if_match("*");
    let answer = plant.send(request.json(&moved)).await;
    assert_eq!((answer.status, &answer.body["code"]), (403, &json!("outside_scope")));
    let request = Request::new("POST", "/api/v1/machines/M-2/status").token(&operator);
    let answer = plant.send(request.json(&json!({"status": "breakdown"}))).await;
    assert_eq!((answer.status, &answer.body["code"]), (403, &json!("not_own_work")));
}

#[tokio::test]
async fn a_person_lent_to_a_line_is_there_while_the_work_is_open() {
    let plant = Plant::with_floor().await;
    plant.add_second_line().await;
    let supervisor = plant.token_on_line(Role::Supervisor, "Line-1", "O-1").await;
    let look = || Request::new("GET", "/api/v1/operators/O-9").token(&supervisor);
    assert_eq!(plant.send(look()).await.status, 404);
    let work = json!({"work_order_id": "WO-1", "operator_id": "O-9", "machine_id": "M-1"});
    let id = made(&plant, "/api/v1/allocations", work, "allocation_id").await;
    assert_eq!(plant.send(look()).await.status, 200);
    let listed = plant.send(Request::new("GET", "/api/v1/operators").token(&supervisor)).await;
    assert!(listed.body.to_string().contains("O-9"), "{}", listed.body);
    let rest = json!({"status": "break"});
    let post = || Request::new("POST", "/api/v1/operators/O-9/status").token(&supervisor);
    assert_eq!(plant.send(post().json(&rest)).await.status, 200);
    let path = format!("/api/v1/allocations/{id}/release");
    assert_eq!(plant.post(&path, &json!({})).await.status, 200);
    assert_eq!(plant.send(look()).await.status, 404);
    assert_eq!(plant.send(post().json(&rest)).await.status, 404);
}
