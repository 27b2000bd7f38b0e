//! A person is erased: gone from everything that this plant keeps, shows or restores.
//!
//! The words that would give the person away occur nowhere else. Two nodes share the database, so
//! that the one that did not erase has to forget as well.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use mraos_api::live::{NamedStart, ServerFrame, Start};
use mraos_plant::live::LiveClient;
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::search::{assert_absent, found_in};
use crate::site::{Node, Site, TOKEN};

/// What would give the person away, in any spelling of its letters.
const WORDS: [&str; 8] = [
    "Quetzalina",
    "Xylobrandt",
    "quetz@zzq-post.example",
    "+99-4711-0815",
    "zzq-portrait",
    "appendicitis-zzq",
    "sobbed-zzq",
    "fainted-zzq",
];
const CHANNELS: [&str; 4] =
    ["resource-status", "allocation-changes", "work-order-progress", "alerts"];
const PATIENCE: Duration = Duration::from_secs(20);

struct Plant {
    site: Site,
    client: Client,
    nodes: [Node; 2],
}

impl Plant {
    fn url(&self) -> &str {
        &self.nodes[0].url
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.client.create(self.url(), path, body).await
    }

    async fn get(&self, url: &str, path: &str) -> Value {
        let answer = self.client.get(url, &format!("/api/v1{path}")).await.unwrap();
        assert!(answer.status.is_success(), "{path}: {answer:?}");
        answer.body
    }

    async fn erase(&self) -> Answer {
        let path = "/operators/O-77/personal-data";
        self.client.change(self.url(), "DELETE", path, None, &json!({})).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_nowhere_and_stays_erased() {
    let site = Site::new();
    let nodes = [site.start_node(), site.start_node()];
    let plant = Plant { site, client: Client::new(), nodes };
    let allocation = people_the_floor(&plant).await;
    let keep = tempfile::tempdir().unwrap();
    let before = keep.path().join("before.sql");
    dump(&database_url(&plant.site), &before);
    let mut listener = watch(&plant.nodes[1].url, Start::Named(NamedStart::Now)).await;
    // While the person is there, those who may see names do.
    let shown = snapshot(&plant.nodes[1].url).await;
    assert!(shown.contains("Quetzalina Xylobrandt"), "{shown}");

    let refused = plant.erase().await;
    assert_eq!(refused.status, 409, "{refused:?}");
    assert_eq!(refused.body["refusals"][0]["code"], "in_use");
    assert_eq!(refused.body["refusals"][0]["allocation_id"], allocation);
    let end = json!({"release_reason": "She fainted-zzq at the press"});
    plant.post(&format!("/allocations/{allocation}/release"), end).await;
    let erased = plant.erase().await;
    assert_eq!((erased.status.as_u16(), &erased.body["already_erased"]), (200, &json!(false)));
    let again = plant.erase().await;
    assert_eq!((again.status.as_u16(), &again.body["already_erased"]), (200, &json!(true)));

    expect_screens_without_the_person(&plant, &mut listener).await;
    expect_work_to_stay(&plant, &allocation).await;
    let after = keep.path().join("after.sql");
    dump(&database_url(&plant.site), &after);
    expect_nothing_in_files(&plant, keep.path()).await;
    plant.site.verify_log();
    expect_an_older_copy_to_come_up_erased(&plant, &before).await;
}

/// A person with everything that can be known of one, at work; the allocation.
async fn people_the_floor(plant: &Plant) -> Value {
    plant
        .post("/operators", json!({
            "operator_id": "O-77", "employee_id": "E-77", "first_name": "Quetzalina",
            "last_name": "Xylobrandt", "email": "quetz@zzq-post.example",
            "phone": "+99-4711-0815", "photo_url": "/zzq-portrait.png", "hire_date": "2020-02-03",
        }))
        .await;
    plant
        .post(
            "/machines",
            json!({
                "machine_id": "M-1", "machine_name": "Press", "machine_type": "PRESS",
                "production_line": "Line-1",
            }),
        )
        .await;
    plant
        .post(
            "/work-orders",
            json!({
                "work_order_id": "WO-1", "work_order_number": "N-1", "product_id": "P-1",
                "product_name": "Lid", "quantity_ordered": 100, "unit_of_measure": "EA",
                "due_date": "2027-01-01T00:00:00Z",
            }),
        )
        .await;
    let account = json!({
        "user_id": "U-77", "role": "operator", "operator_id": "O-77",
        "display_name": "Quetzalina X.", "password": "correct horse battery staple",
    });
    plant.post("/users", account).await;
    let ill = json!({"status": "sick", "reason_description": "Suspected appendicitis-zzq"});
    plant.post("/operators/O-77/status", ill).await;
    plant.post("/operators/O-77/status", json!({"status": "available"})).await;
    let note = json!({
        "event_type": "note", "operator_id": "O-77", "notes": "Quetzalina sobbed-zzq for an hour",
    });
    plant.post("/work-orders/WO-1/logs", note).await;
    let work = json!({"work_order_id": "WO-1", "operator_id": "O-77", "machine_id": "M-1"});
    let allocation = plant.post("/allocations", work).await;
    allocation["allocation_id"].clone()
}

/// Neither node has the name, the texts or the account any more, whatever is asked.
async fn expect_screens_without_the_person(plant: &Plant, listener: &mut LiveClient) {
    let told = frame_that_says(listener, "\"is_erased\":true").await;
    let log = plant.get(plant.url(), "/events?limit=500").await;
    let events = log["items"].as_array().unwrap();
    let erasure = events.iter().find(|one| one["event_type"] == "operator_erased").unwrap();
    let position = format!("\"position\":{},", erasure["position"]);
    assert_eq!(found_in(told.as_bytes(), &WORDS), [] as [&str; 0]);
    for node in &plant.nodes {
        let mut shown = vec![snapshot(&node.url).await, history(&node.url, &position).await];
        for path in [
            "/operators/O-77",
            "/operators",
            "/operators/O-77/skills",
            "/events",
            "/work-orders/WO-1/logs",
            "/allocations",
            "/users",
        ] {
            shown.push(plant.get(&node.url, path).await.to_string());
        }
        let metrics = plant.client.get(&node.url, "/metrics").await.unwrap();
        shown.push(metrics.body.to_string());
        for text in &shown {
            assert_eq!(found_in(text.as_bytes(), &WORDS), [] as [&str; 0], "{text}");
        }
    }
    let login = json!({"user_id": "U-77", "password": "correct horse battery staple"});
    let refused = plant.client.change(plant.url(), "POST", "/auth/login", None, &login).await;
    assert_eq!(refused.status, 401, "{refused:?}");
}

async fn expect_work_to_stay(plant: &Plant, allocation: &Value) {
    let operator = plant.get(plant.url(), "/operators/O-77").await;
    assert_eq!((&operator["first_name"], &operator["is_active"]), (&Value::Null, &json!(false)));
    assert!(operator["erased_at"].is_string(), "{operator}");
    let work = plant.get(plant.url(), &format!("/allocations/{allocation}")).await;
    assert_eq!((&work["operator_id"], &work["status"]), (&json!("O-77"), &json!("released")));
    assert!(work["actual_duration_minutes"].is_number(), "{work}");
    let change = json!({"first_name": "Quetzalina"});
    let version = format!("\"{}\"", operator["version"]);
    let path = "/operators/O-77";
    let back = plant.client.change(plant.url(), "PATCH", path, Some(&version), &change).await;
    assert_eq!(back.status, 409, "{back:?}");
    assert_eq!(back.body["refusals"][0]["code"], "operator_erased");
}

/// Neither the dumps of before and after nor any file of the plant shows a word: values were never
/// stored as they are.
async fn expect_nothing_in_files(plant: &Plant, dumps: &Path) {
    let url = database_url(&plant.site);
    let keys = "SELECT count(*) FROM operator_personal WHERE wrapped_key IS NOT NULL";
    assert_eq!(psql(&url, keys), "0");
    assert_eq!(psql(&url, "SELECT count(*) FROM event_texts"), "0");
    psql(&url, "VACUUM FULL operator_personal; VACUUM FULL event_texts; CHECKPOINT");
    assert!(assert_absent(dumps, &WORDS) > 10_000);
    assert!(assert_absent(plant.site.path(), &WORDS) > 1_000_000);
}

/// Whoever restores an older copy gets the person erased by the first start.
async fn expect_an_older_copy_to_come_up_erased(plant: &Plant, before: &Path) {
    let url = database_url(&plant.site);
    psql(&url, "CREATE DATABASE restored");
    let restored = url.replacen("///mraos?", "///restored?", 1);
    assert_ne!(restored, url);
    run(Command::new("psql")
        .args(["-q", "-v", "ON_ERROR_STOP=1", "-f"])
        .arg(before)
        .arg(&restored));
    let keys = "SELECT count(*) FROM operator_personal WHERE wrapped_key IS NOT NULL";
    assert_eq!(psql(&restored, keys), "1", "the copy is from before");

    let site = Site::on_database(&restored);
    let ledger = "erasures/ledger.jsonl";
    fs::create_dir(site.path().join("erasures")).unwrap();
    fs::copy(plant.site.path().join(ledger), site.path().join(ledger)).unwrap();
    let node = site.start_node();
    assert_eq!(psql(&restored, keys), "0", "the old key is gone");
    assert_eq!(psql(&restored, "SELECT count(*) FROM event_texts"), "0");
    let operator = plant.get(&node.url, "/operators/O-77").await;
    assert_eq!((&operator["last_name"], &operator["is_active"]), (&Value::Null, &json!(false)));
    let work = plant.get(&node.url, "/allocations").await;
    assert_eq!(work["items"][0]["status"], "released", "open work of the copy ended");
    assert_eq!(found_in(snapshot(&node.url).await.as_bytes(), &WORDS), [] as [&str; 0]);
    assert!(node.stop().success());
    site.verify_log();
}

async fn watch(url: &str, from: Start) -> LiveClient {
    let mut live = LiveClient::new(url, TOKEN).unwrap();
    live.want("a", CHANNELS.map(str::to_owned).to_vec(), from);
    live.open().await.unwrap();
    live
}

/// The whole floor as a new subscriber is shown it.
async fn snapshot(url: &str) -> String {
    let mut live = watch(url, Start::Named(NamedStart::Snapshot)).await;
    let mut shown = String::new();
    loop {
        let frame = live.read().await.unwrap();
        shown += &serde_json::to_string(&frame).unwrap();
        if matches!(frame, ServerFrame::Snapshot { last: true, .. }) {
            return shown;
        }
    }
}

/// Everything that has happened, as a subscriber is told it who resumes from the beginning.
async fn history(url: &str, until: &str) -> String {
    let mut live = LiveClient::new(url, TOKEN).unwrap();
    live.want_after("a", CHANNELS.map(str::to_owned).to_vec(), 0);
    live.open().await.unwrap();
    frames_until(&mut live, until).await
}

async fn frame_that_says(live: &mut LiveClient, word: &str) -> String {
    let all = frames_until(live, word).await;
    all.lines().last().unwrap_or_default().to_owned()
}

async fn frames_until(live: &mut LiveClient, word: &str) -> String {
    let deadline = Instant::now() + PATIENCE;
    let mut all = String::new();
    while Instant::now() < deadline {
        let frame = serde_json::to_string(&live.read().await.unwrap()).unwrap();
        let is_last = frame.contains(word) && frame.contains("O-77");
        all += &frame;
        all.push('\n');
        if is_last {
            return all;
        }
    }
    panic!("nobody said {word}: {all}");
}

fn database_url(site: &Site) -> String {
    let output = site.run(&["db", "url"]);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn dump(url: &str, file: &Path) {
    run(Command::new("pg_dump").arg("-f").arg(file).arg(url));
}

fn psql(url: &str, statements: &str) -> String {
    // One statement at a time: some cannot be part of a transaction.
    let mut said = String::new();
    for statement in statements.split("; ") {
        said = run(Command::new("psql").args(["-At", "-c", statement, url]));
    }
    said.trim().to_owned()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}
