//! Looking for people by name: who finds whom, and that the database knows no names to find.
//!
//! The rules of folding are tested where they are; here it is the interface, two nodes, and lines.

use std::time::{Duration, Instant};

use mraos_domain::Role;
use serde_json::{Value, json};

use crate::harness::{Answer, Plant, Request};

async fn person(plant: &Plant, n: u32, first: &str, last: &str, line: &str) {
    let body = json!({
        "operator_id": format!("P-{n}"), "employee_id": format!("EP-{n}"), "first_name": first,
        "last_name": last, "production_line": line,
    });
    plant.create("operators", &body).await;
}

async fn search(plant: &Plant, token: &str, query: &str) -> Answer {
    plant.send(Request::new("GET", &format!("/api/v1/operators?{query}")).token(token)).await
}

fn ids(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let items = answer.body["items"].as_array().unwrap();
    items.iter().map(|one| one["operator_id"].as_str().unwrap()).collect()
}

async fn with_people() -> Plant {
    let plant = Plant::with_floor().await;
    person(&plant, 1, "J\u{fc}rgen", "M\u{fc}ller", "Line-1").await;
    person(&plant, 2, "Zo\u{eb}", "Muller", "Line-2").await;
    person(&plant, 3, "Grace", "Murray", "Line-1").await;
    plant
}

#[tokio::test]
async fn people_are_found_by_the_beginnings_of_their_names() {
    let plant = with_people().await;
    let admin = "test-token";
    assert_eq!(ids(&search(&plant, admin, "name=muller").await), ["P-1", "P-2"]);
    assert_eq!(ids(&search(&plant, admin, "name=MU").await), ["P-1", "P-2", "P-3"]);
    assert_eq!(ids(&search(&plant, admin, "name=m%C3%BCl%20jur").await), ["P-1"]);
    assert_eq!(ids(&search(&plant, admin, "name=nobody").await), [] as [&str; 0]);
    assert_eq!(ids(&search(&plant, admin, "name=grace&production_line=Line-1").await), ["P-3"]);
    let first = search(&plant, admin, "name=mu&limit=2").await;
    assert_eq!(ids(&first), ["P-1", "P-2"]);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    let rest = search(&plant, admin, &format!("name=mu&limit=2&cursor={cursor}")).await;
    assert_eq!(ids(&rest), ["P-3"]);
    for nothing in ["", "%20", "-%27"] {
        let answer = search(&plant, admin, &format!("name={nothing}")).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["pointer"]), (422, &json!("/name")));
    }
}

#[tokio::test]
async fn only_who_may_see_names_may_look_for_them_and_only_where_they_may() {
    let plant = with_people().await;
    for role in ["viewer", "operator", "integration", "auditor"] {
        let token = plant.token_of(role).await;
        assert_eq!(search(&plant, &token, "name=muller").await.status, 403, "{role}");
    }
    let token = plant.token_on_line(Role::Supervisor, "Line-2", "P-2").await;
    assert_eq!(
        ids(&search(&plant, &token, "name=mu").await),
        ["P-2"],
        "others' lines are not there"
    );
}

#[tokio::test]
async fn a_new_name_counts_on_every_node_and_an_erased_one_nowhere() {
    let plant = with_people().await;
    let other = plant.at_another_node().await;
    assert_eq!(ids(&search(&other, "test-token", "name=murray").await), ["P-3"]);
    let rename = Request::new("PATCH", "/api/v1/operators/P-3").if_match("\"1\"");
    let renamed = plant.send(rename.json(&json!({"last_name": "Quist"}))).await;
    assert_eq!((renamed.status, &renamed.body["version"]), (200, &json!(2)), "{}", renamed.body);
    assert_eq!(ids(&search(&plant, "test-token", "name=quist").await), ["P-3"]);
    assert_eq!(ids(&search(&plant, "test-token", "name=murray").await), [] as [&str; 0]);
    found_at_last(&other, "name=quist", &["P-3"]).await;
    let erase = Request::new("DELETE", "/api/v1/operators/P-3/personal-data");
    assert_eq!(plant.send(erase).await.status, 200);
    assert_eq!(ids(&search(&plant, "test-token", "name=quist").await), [] as [&str; 0]);
    found_at_last(&other, "name=quist", &[]).await;
}

/// The other node follows the log within moments.
async fn found_at_last(plant: &Plant, query: &str, wanted: &[&str]) {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let answer = search(plant, "test-token", query).await;
        if ids(&answer) == wanted {
            return;
        }
        assert!(Instant::now() < deadline, "{query}: {}", answer.body);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_was_looked_for_is_kept_nowhere() {
    let plant = with_people().await;
    ids(&search(&plant, "test-token", "name=muller").await);
    plant.app().shut_down().await;
    let owner = plant.test().database.owner().await;
    let asked = "SELECT query_executed FROM data_access_audit WHERE query_executed LIKE '%name=%'";
    let asked: String = owner.query_one(asked, &[]).await.unwrap().get(0);
    assert!(!asked.contains("uller"), "{asked}");
    let shown: Value = json!(asked);
    assert!(shown.as_str().unwrap().contains("not+kept"), "{shown}");
}
