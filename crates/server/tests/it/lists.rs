//! Lists of operators: a page out of memory is the page that the database gives.
//!
//! While another node is there a node asks the database, so both ways can be asked the same.

use std::time::{Duration, Instant};

use mraos_domain::Role;
use serde_json::{Value, json};

use crate::harness::{Plant, Request};

const STATUSES: [&str; 4] = ["available", "break", "absent", "vacation"];

/// People whose ids need a sorting order, of all kinds.
async fn with_people() -> Plant {
    let plant = Plant::with_floor().await;
    plant.add_second_line().await;
    for n in 0..40 {
        let id = format!("{}{}", ["a-", "B-", "b", "\u{e4}-", "Z_"][n % 5], n * 7 % 40);
        let mut body = json!({
            "operator_id": id, "employee_id": format!("EP-{n}"), "first_name": format!("Ada {n}"),
            "last_name": "Weaver", "email": format!("ada{n}@example.com"),
            "department": format!("Department {}", n % 3),
            "current_status": STATUSES[n / 2 % 4],
        });
        if n % 7 > 0 {
            body["production_line"] = json!(format!("Line-{}", n % 2 + 1));
            body["home_location"] = json!(format!("Zone {}", n % 2));
        }
        plant.create("operators", &body).await;
        if n % 4 == 0 {
            let skill = json!({"skill_code": "W", "skill_name": "W", "proficiency_level": 2});
            plant.create(&format!("operators/{id}/skills"), &skill).await;
        }
        if n % 11 == 10 {
            let change = Request::new("PATCH", &format!("/api/v1/operators/{id}")).if_match("*");
            let change = change.json(&json!({"is_active": false}));
            assert_eq!(plant.send(change).await.status, 200);
        }
    }
    // Of the first line, and at work on the second.
    let work = json!({"work_order_id": "WO-8", "operator_id": "B-32", "machine_id": "M-9"});
    plant.create("allocations", &work).await;
    let erase = Request::new("DELETE", "/api/v1/operators/B-7/personal-data");
    assert_eq!(plant.send(erase).await.status, 200);
    plant
}

/// Every page of a list, as it was answered.
async fn walk(plant: &Plant, token: &str, query: &str) -> Vec<Value> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/operators?limit=3{query}{cursor}");
        let answer = plant.send(Request::new("GET", &path).token(token)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let next = answer.body["next_cursor"].as_str().map(|next| format!("&cursor={next}"));
        pages.push(answer.body);
        match next {
            Some(next) => cursor = next,
            None => return pages,
        }
    }
}

/// Waits until the list of a department is as long as that.
async fn wait_for_moved(plant: &Plant, people: usize) {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let found = walk(plant, "test-token", "&department=Elsewhere").await;
        if found[0]["items"].as_array().unwrap().len() == people {
            return;
        }
        assert!(Instant::now() < deadline, "{found:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn ask(plant: &Plant, tokens: &[String]) -> Vec<(String, Vec<Value>)> {
    let queries = [
        "",
        "&current_status=available",
        "&status=break&department=Department%201",
        "&production_line=Line-2",
        "&home_location=Zone%200&current_status=available",
        "&skill_code=W",
        "&skill_code=w",
        "&is_active=false",
        "&is_active=true&department=Department%202",
        "&department=Nobody",
        "&name=ada",
    ];
    let mut answers = Vec::new();
    for token in tokens {
        for query in queries {
            let is_hidden = query.contains("name=") && token != "test-token";
            if !is_hidden {
                answers.push((query.to_owned(), walk(plant, token, query).await));
            }
        }
    }
    answers
}

#[tokio::test]
async fn a_page_from_memory_is_the_page_from_the_database() {
    let plant = with_people().await;
    let tokens = [
        "test-token".to_owned(),
        plant.token_of("viewer").await,
        plant.token_on_line(Role::Supervisor, "Line-2", "O-1").await,
        plant.token_on_line(Role::Operator, "Line-1", "O-1").await,
    ];
    // What was changed behind the program's back tells who answers.
    let owner = plant.test().database.owner().await;
    let set = |to: &'static str| {
        format!("UPDATE operators SET department = {to} WHERE operator_id = 'O-2'")
    };
    owner.batch_execute(&set("'Elsewhere'")).await.unwrap();
    wait_for_moved(&plant, 0).await;
    let from_memory = ask(&plant, &tokens).await;
    let other = plant.at_another_node().await;
    wait_for_moved(&plant, 1).await;
    owner.batch_execute(&set("NULL")).await.unwrap();
    let from_database = ask(&plant, &tokens).await;
    for (memory, database) in from_memory.iter().zip(&from_database) {
        assert_eq!(memory, database);
    }
    let (_, everybody) = &from_memory[0];
    assert_eq!(everybody.len(), 15, "43 people, three on a page");
    drop(other);
}
