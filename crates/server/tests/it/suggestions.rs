//! Suggestions over HTTP: what was just written counts, and nobody hears of what is not theirs.
//!
//! The ranking itself is the domain's and tested there.

use mraos_domain::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Plant, Request};

async fn suggest(plant: &Plant, query: &str) -> Answer {
    plant.get(&format!("/api/v1/suggestions?{query}")).await
}

/// Operator and machine of the items.
fn pairs(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items = answer.body["items"].as_array().expect("items");
    items.iter().map(|one| (text(&one["operator_id"]), text(&one["machine_id"]))).collect()
}

fn pair(operator: &str, machine: &str) -> (String, String) {
    (operator.to_owned(), machine.to_owned())
}

#[tokio::test]
async fn what_was_just_written_counts() {
    let plant = Plant::with_floor().await;
    let all = suggest(&plant, "work_order_id=WO-1").await;
    assert_eq!(pairs(&all).len(), 4);
    assert_eq!(all.body["possible_pairs"], 4);
    for one in all.body["items"].as_array().unwrap() {
        let points = one["reasons"].as_array().unwrap().iter().map(|part| part["points"].as_i64());
        assert_eq!(points.sum::<Option<i64>>(), one["score"].as_i64(), "{one}");
    }
    assert_eq!(pairs(&suggest(&plant, "work_order_id=WO-1&limit=1").await).len(), 1);

    let work = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    assert_eq!(plant.post("/api/v1/allocations", &work).await.status, 201);
    assert_eq!(pairs(&suggest(&plant, "work_order_id=WO-2").await), [pair("O-2", "M-2")]);
    // A machine's type asks for a skill that nobody has, until somebody has it.
    let asked = json!({
        "scope": "machine_type", "scope_id": "CNC Mill", "skill_code": "MILL", "minimum_level": 2,
    });
    assert_eq!(plant.post("/api/v1/skill-requirements", &asked).await.status, 201);
    assert_eq!(pairs(&suggest(&plant, "work_order_id=WO-2").await), []);
    let skill = json!({"skill_code": "MILL", "skill_name": "Milling", "proficiency_level": 3});
    assert_eq!(plant.post("/api/v1/operators/O-2/skills", &skill).await.status, 201);
    assert_eq!(pairs(&suggest(&plant, "work_order_id=WO-2").await), [pair("O-2", "M-2")]);
    let later = "work_order_id=WO-2&expected_start_time=2030-01-01T00:00:00Z";
    let later = suggest(&plant, &format!("{later}&expected_duration_minutes=30")).await;
    // Everybody is free then; the machine that stands idle comes before the one that runs.
    assert_eq!(pairs(&later), [pair("O-2", "M-2"), pair("O-2", "M-1")]);
    assert_eq!(later.body["items"][0]["expected_end_time"], "2030-01-01T00:30:00.000000Z");
}

#[tokio::test]
async fn a_free_person_or_machine_gets_the_most_urgent_order_that_waits() {
    let plant = Plant::with_floor().await;
    let urgent = json!({
        "work_order_id": "WO-7", "work_order_number": "N-7", "product_id": "P-1",
        "product_name": "Bracket", "quantity_ordered": 100, "unit_of_measure": "EA",
        "due_date": "2030-01-01T00:00:00Z", "priority": "urgent",
    });
    assert_eq!(plant.post("/api/v1/work-orders", &urgent).await.status, 201);
    for query in ["operator_id=O-1", "machine_id=M-1", "operator_id=O-1&machine_id=M-1"] {
        let answer = suggest(&plant, query).await;
        assert_eq!(answer.body["items"][0]["work_order_id"], "WO-7", "{query}: {}", answer.body);
        for (operator, machine) in pairs(&answer) {
            let is_asked = |name: &str, id: &str| {
                !query.contains(name) || query.contains(&format!("{name}={id}"))
            };
            assert!(is_asked("operator_id", &operator) && is_asked("machine_id", &machine));
        }
    }
    let away = json!({"status": "sick"});
    assert_eq!(plant.post("/api/v1/operators/O-1/status", &away).await.status, 200);
    let answer = suggest(&plant, "operator_id=O-1").await;
    assert_eq!(pairs(&answer), []);
    assert_eq!(answer.body["refusals"][0]["code"], "operator_unavailable");
}

#[tokio::test]
async fn others_take_over_one_side_of_open_work() {
    let plant = Plant::with_floor().await;
    let work = json!({"work_order_id": "WO-1", "operator_id": "O-1", "machine_id": "M-1"});
    let id = plant.post("/api/v1/allocations", &work).await.body["allocation_id"].clone();
    for (side, expected) in [("operator", pair("O-2", "M-1")), ("machine", pair("O-1", "M-2"))] {
        let answer = suggest(&plant, &format!("allocation_id={id}&replace={side}")).await;
        assert_eq!(pairs(&answer), [expected], "{side}");
        assert_eq!(answer.body["items"][0]["work_order_id"], "WO-1");
    }
    // The machine breaks down: it holds every replacement of the person up, and says so.
    let broken = json!({"status": "breakdown"});
    assert_eq!(plant.post("/api/v1/machines/M-1/status", &broken).await.status, 200);
    let answer = suggest(&plant, &format!("allocation_id={id}&replace=operator")).await;
    assert_eq!(pairs(&answer), []);
    assert_eq!(answer.body["refusals"][0]["code"], "machine_unavailable");
    let answer = suggest(&plant, &format!("allocation_id={id}&replace=machine")).await;
    assert_eq!(pairs(&answer), [pair("O-1", "M-2")]);
    let path = format!("/api/v1/allocations/{id}/release");
    assert_eq!(plant.post(&path, &json!({})).await.status, 200);
    let answer = suggest(&plant, &format!("allocation_id={id}&replace=machine")).await;
    assert_eq!(pairs(&answer), [], "what has ended needs nobody");
}

#[tokio::test]
async fn a_query_says_what_it_is_for() {
    let plant = Plant::with_floor().await;
    for (query, status, says) in [
        ("", 422, "work_order_id"),
        ("limit=0&work_order_id=WO-1", 422, "limit"),
        ("work_order_id=W%20O", 422, "work_order_id"),
        ("work_order_id=WO-1&expected_duration_minutes=0", 422, "expected_duration_minutes"),
        ("work_order_id=WO-1&expected_start_time=soon", 422, "expected_start_time"),
        ("work_order_id=WO-1&wo=1", 422, "wo"),
        ("work_order_id=WO-1&allocation_id=1&replace=machine", 422, "allocation_id"),
        ("allocation_id=1", 422, "replace"),
        ("allocation_id=x&replace=machine", 422, "allocation_id"),
        ("allocation_id=1&replace=order", 422, "neither operator nor machine"),
        ("allocation_id=404404&replace=machine", 404, "unknown_allocation"),
        ("work_order_id=WO-404", 404, "unknown_work_order"),
        ("operator_id=O-404", 404, "unknown_operator"),
        ("machine_id=M-404&work_order_id=WO-1", 404, "unknown_machine"),
    ] {
        let answer = suggest(&plant, query).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.body);
        assert!(answer.body.to_string().contains(says), "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn nobody_hears_of_what_is_not_theirs() {
    let plant = Plant::with_floor().await;
    plant.add_second_line().await;
    let work = json!({"work_order_id": "WO-9", "operator_id": "O-9", "machine_id": "M-9"});
    let foreign = plant.post("/api/v1/allocations", &work).await.body["allocation_id"].clone();
    let planner = plant.token_on_line(Role::Planner, "Line-1", "O-1").await;
    let operator = plant.token_on_line(Role::Operator, "Line-1", "O-1").await;
    let ask = async |token: &str, query: &str| {
        let path = format!("/api/v1/suggestions?{query}");
        plant.send(Request::new("GET", &path).token(token)).await
    };
    // WO-3 is of no line and there for everybody.
    let seen = pairs(&ask(&planner, "work_order_id=WO-3").await);
    assert_eq!(seen.len(), 4, "{seen:?}");
    assert!(seen.iter().all(|(operator, machine)| operator != "O-9" && machine != "M-9"));
    let own = pairs(&ask(&operator, "work_order_id=WO-3").await);
    assert_eq!(own, [pair("O-1", "M-1"), pair("O-1", "M-2")]);
    for (there, nowhere) in [
        ("work_order_id=WO-9".to_owned(), "work_order_id=WO-404"),
        ("operator_id=O-9".to_owned(), "operator_id=O-404"),
        ("machine_id=M-9".to_owned(), "machine_id=M-404"),
        (format!("allocation_id={foreign}&replace=machine"), "allocation_id=404&replace=machine"),
    ] {
        let (there, nowhere) = (ask(&planner, &there).await, ask(&planner, nowhere).await);
        assert_eq!((there.status, &there.body["code"]), (404, &nowhere.body["code"]));
    }
    let listed = ask(&planner, "operator_id=O-1").await;
    assert!(!listed.body.to_string().contains("WO-8"), "{}", listed.body);
    let body = json!({"work_order_id": "WO-8"});
    let request = Request::new("POST", "/api/v1/allocations/validate").token(&planner).json(&body);
    let answer = plant.send(request).await;
    assert_eq!(answer.body["refusals"][0]["code"], "unknown_work_order", "{}", answer.body);
    assert!(!answer.body.to_string().contains("O-9"), "{}", answer.body);
}

#[tokio::test]
async fn who_is_of_a_line_follows_home_and_work() {
    let plant = Plant::with_floor().await;
    plant.add_second_line().await;
    let planner = plant.token_on_line(Role::Planner, "Line-1", "O-1").await;
    // Far ahead, so that work under way stands in nobody's way.
    let ahead = "work_order_id=WO-3&expected_start_time=2030-01-01T00:00:00Z&limit=100";
    let path = format!("/api/v1/suggestions?{ahead}");
    let seen = async || {
        let answer = plant.send(Request::new("GET", &path).token(&planner)).await;
        let mut ids: Vec<String> = pairs(&answer).into_iter().flat_map(|(o, m)| [o, m]).collect();
        ids.sort();
        ids.dedup();
        ids.join(" ")
    };
    let change = async |path: &str, body: Value| {
        let request = Request::new("PATCH", path).if_match("*").json(&body);
        assert_eq!(plant.send(request).await.status, 200, "{path} {body}");
    };
    assert_eq!(seen().await, "M-1 M-2 O-1 O-2");
    // Somebody from elsewhere is of the line for as long as work is open at a machine of it.
    let work = json!({"work_order_id": "WO-9", "operator_id": "O-9", "machine_id": "M-1"});
    let lent = plant.post("/api/v1/allocations", &work).await;
    assert_eq!(lent.status, 201, "{}", lent.body);
    assert_eq!(seen().await, "M-1 M-2 O-1 O-2 O-9");
    let release = format!("/api/v1/allocations/{}/release", lent.body["allocation_id"]);
    assert_eq!(plant.post(&release, &json!({})).await.status, 200);
    assert_eq!(seen().await, "M-1 M-2 O-1 O-2");

    change("/api/v1/operators/O-9", json!({"production_line": "Line-1"})).await;
    change("/api/v1/operators/O-1", json!({"production_line": "Line-2"})).await;
    change("/api/v1/machines/M-9", json!({"production_line": "Line-1"})).await;
    change("/api/v1/machines/M-1", json!({"production_line": "Line-2"})).await;
    assert_eq!(seen().await, "M-2 M-9 O-2 O-9");
    // Who has no line is of each; who is not active any more is of none.
    change("/api/v1/operators/O-1", json!({"production_line": null})).await;
    change("/api/v1/operators/O-2", json!({"is_active": false})).await;
    change("/api/v1/machines/M-2", json!({"is_active": false})).await;
    assert_eq!(seen().await, "M-9 O-1 O-9");
}

#[tokio::test]
async fn validating_an_order_says_which_pairs_and_why_not_the_others() {
    let plant = Plant::with_floor().await;
    let validate = async |body: Value| {
        let answer = plant.post("/api/v1/allocations/validate", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    };
    let sick = json!({"status": "sick"});
    assert_eq!(plant.post("/api/v1/operators/O-1/status", &sick).await.status, 200);
    let asked = json!({
        "scope": "machine", "scope_id": "M-1", "skill_code": "MILL", "minimum_level": 2,
    });
    assert_eq!(plant.post("/api/v1/skill-requirements", &asked).await.status, 201);
    let open = validate(json!({"work_order_id": "WO-1"})).await;
    assert_eq!((&open["allowed"], &open["refusals"]), (&json!(true), &json!([])));
    let told = &open["pairs"];
    assert_eq!(told["possible_pairs"], 1);
    assert_eq!(told["suggestions"][0]["operator_id"], "O-2");
    assert_eq!(told["suggestions"][0]["machine_id"], "M-2");
    assert_eq!((&told["refused_operators"], &told["refused_machines"]), (&json!(1), &json!(0)));
    assert_eq!(told["operators"][0]["operator_id"], "O-1");
    assert_eq!(told["operators"][0]["refusals"][0]["code"], "operator_unavailable");
    assert_eq!(told["mismatches"][0]["operator_id"], "O-2");
    assert_eq!(told["mismatches"][0]["machine_ids"], json!(["M-1"]));
    assert_eq!(told["mismatches"][0]["refusals"][0]["code"], "skill_missing");

    let person = validate(json!({"work_order_id": "WO-1", "operator_id": "O-1"})).await;
    assert_eq!(person["allowed"], false);
    assert_eq!(person["refusals"][0]["code"], "operator_unavailable");
    assert_eq!(person["pairs"]["possible_pairs"], 0);
    let machine = validate(json!({"work_order_id": "WO-1", "machine_id": "M-1"})).await;
    assert_eq!(
        (&machine["allowed"], &machine["pairs"]["possible_pairs"]),
        (&json!(true), &json!(0))
    );
    let whole = json!({"work_order_id": "WO-1", "operator_id": "O-2", "machine_id": "M-2"});
    assert_eq!(validate(whole).await, json!({"allowed": true, "refusals": []}));
    let nothing = plant.post("/api/v1/allocations", &json!({"work_order_id": "WO-1"})).await;
    assert_eq!(nothing.status, 422, "to allocate, somebody has to be named");
}
