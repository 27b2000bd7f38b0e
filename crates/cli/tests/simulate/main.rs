//! `mraos simulate` and `mraos demo` with the real binary: an hour of a plant in seconds.
//!
//! Nothing that the floor does may be refused while nobody else acts, nothing may be an error of
//! the server's, and the log must prove itself afterwards, also when the server is killed midway.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod codes;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Lines};
use std::process::{ChildStdout, Stdio};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use server::{Server, mraos, open_directory};

#[test]
fn an_hour_of_a_plant_is_refused_nothing_and_proves_itself() {
    let directory = open_directory();
    let server = Server::start(directory.path(), "127.0.0.1:0");
    let hour = ["simulate", "--speed", "180", "--seconds", "20", "--json"];
    let mut booked = false;
    // One allocation in seven is booked ahead: one hour in some twenty-five has none.
    for round in 0..5 {
        let answer = server.run_json(&hour);
        assert_eq!(answer["seeded"]["orders"], if round == 0 { 300 } else { 0 });
        let simulated = &answer["simulated"];
        println!("{simulated}");
        nothing_was_refused(simulated);
        assert!(simulated["plant_minutes"].as_u64() >= Some(55), "{simulated}");
        // How full the floor stays is for the plant's own tests, too.
        assert!(round > 0 || simulated["floor"]["running"].as_u64() > Some(5), "{simulated}");
        // Not every hour has breaks in it; the plant's own tests live through whole days.
        let did = |kind: &str| simulated["done"][kind].as_u64() > Some(0);
        for kind in ["allocate", "report_progress", "complete"] {
            assert!(did(kind), "no {kind}: {simulated}");
        }
        booked = did("book");
        if booked {
            break;
        }
    }
    assert!(booked, "nothing was booked ahead in five hours");
    nobody_is_double_booked(&server);

    // A second run finds the plant and goes on with it.
    let again = server.run_json(&["simulate", "--speed", "60", "--seconds", "3", "--json"]);
    assert_eq!(again["seeded"]["machines"], 0, "{again}");
    assert_eq!(again["simulated"]["server_errors"], 0);
    server.log_proves_itself();
}

#[test]
fn people_come_and_go_by_the_clock_and_go_home_sick() {
    let directory = open_directory();
    let server = Server::start(directory.path(), "127.0.0.1:0");
    let pace = ["simulate", "--speed", "1500", "--json"];
    server.run_json(&[&pace[..], &["--seed-only"]].concat());
    let people = put_on_a_short_shift(&server);
    let wanted = ["clock_in", "clock_out", "call_off", "reassign_offered"];
    let mut seen = BTreeSet::new();
    // Whether somebody is free to take over when a person calls off is a matter of luck.
    for _ in 0..10 {
        let answer = server.run_json(&[&pace[..], &["--seconds", "40"]].concat());
        let simulated = &answer["simulated"];
        println!("{simulated}");
        nothing_was_refused(simulated);
        seen.extend(wanted.into_iter().filter(|kind| simulated["done"][*kind].as_u64() > Some(0)));
        if seen.len() == wanted.len() {
            break;
        }
    }
    assert_eq!(seen, wanted.into(), "what people did");
    let mut came = 0;
    for person in &people {
        let rows = server.list(&format!("/operators/{person}/attendance"));
        let told = |kind: &str| rows.iter().any(|row| row["type"] == kind);
        // One in a dozen is late by more than this shift lasts.
        assert_eq!(told("clock_in"), told("clock_out"), "{person}: {rows:?}");
        came += usize::from(told("clock_in"));
    }
    assert!(came >= people.len() / 2, "{came} of {people:?}");
    server.log_proves_itself();
}

fn nothing_was_refused(simulated: &Value) {
    assert_eq!(simulated["refused"], json!({}), "{simulated}");
    assert_eq!((&simulated["server_errors"], &simulated["unavailable"]), (&0.into(), &0.into()));
}

/// Some people who are at home get a shift that begins and ends within the minute; who they are.
fn put_on_a_short_shift(server: &Server) -> Vec<String> {
    let time = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    // Seeded moments ago; that is now.
    let orders = server.list("/work-orders?is_open=true&limit=500");
    let now = orders.iter().map(|order| time(&order["created_at"])).max().unwrap();
    let local = |seconds: i64| {
        let at = now + SignedDuration::from_secs(seconds);
        at.to_zoned(TimeZone::UTC).datetime().round(jiff::Unit::Second).unwrap()
    };
    let (start, end) = (local(15), local(30));
    let shift = json!({
        "shift_name": "Short", "shift_date": start.date(), "start_time": start.time(),
        "end_time": end.time(), "counts_on_holidays": true,
    });
    let hour = SignedDuration::from_hours(1);
    let is_at_home = |id: &str| {
        let shifts = server.list(&format!("/operators/{id}/shifts"));
        shifts.iter().all(|shift| {
            time(&shift["ends_at"]) + hour < now || now + hour < time(&shift["starts_at"])
        })
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut people = Vec::new();
    for person in server.list("/operators?current_status=offline&limit=500") {
        let id = person["operator_id"].as_str().unwrap();
        if people.len() < 6 && is_at_home(id) {
            let path = format!("/operators/{id}/shifts");
            runtime.block_on(server.client().post::<Value>(&path, &shift, None)).unwrap();
            people.push(id.to_owned());
        }
    }
    assert_eq!(people.len(), 6);
    people
}

#[test]
fn a_plant_works_on_after_its_server_was_killed() {
    let directory = open_directory();
    let server = Server::start(directory.path(), "127.0.0.1:0");
    let small = ["--operators", "40", "--machines", "14", "--orders", "60"];
    let pace = ["simulate", "--speed", "200", "--seconds", "30"];
    let mut plant = server
        .command()
        .args(pace)
        .args(small)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(plant.stdout.take().unwrap()).lines();
    let before = next_acts(&mut lines).expect("a report before the kill");
    let address = server.url.trim_start_matches("http://").to_owned();
    server.kill();
    let server = Server::start(directory.path(), &address);
    let mut after = before;
    while let Some(acts) = next_acts(&mut lines) {
        after = acts;
    }
    assert_eq!(plant.wait().unwrap().code(), Some(0));
    assert!(after > before, "{after} acts at the end, {before} before the kill");
    nobody_is_double_booked(&server);
    server.log_proves_itself();
}

#[test]
fn a_demonstration_checks_itself_and_keeps_its_plant() {
    let directory = open_directory();
    let demo = || {
        let output = mraos(&directory.path().join("plant"))
            .args(["demo", "--exit", "--listen", "127.0.0.1:0", "--password", "a long password"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{text}{errors}");
        text
    };
    let first = demo();
    assert!(
        first.contains("Seeded 60 machines, 120 people, 49 materials and 300 orders."),
        "{first}"
    );
    assert!(first.contains("a long password") && first.contains("supervisor"), "{first}");
    let second = demo();
    assert!(second.contains("The plant is there already"), "{second}");
}

/// The number of acts that the next report line tells.
fn next_acts(lines: &mut Lines<BufReader<ChildStdout>>) -> Option<u64> {
    let line = lines.map(Result::unwrap).find(|line| line.contains("jobs run"))?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let acts = words.iter().position(|word| *word == "acts")?;
    words[acts - 1].parse().ok()
}

/// No person and no machine runs more than its capacity, as the lists tell it.
fn nobody_is_double_booked(server: &Server) {
    let mut load: BTreeMap<String, i64> = BTreeMap::new();
    for job in server.list("/allocations?phase=running&limit=500") {
        for field in ["operator_id", "machine_id"] {
            *load.entry(job[field].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    for (path, field) in [("/operators", "operator_id"), ("/machines", "machine_id")] {
        for one in server.list(&format!("{path}?limit=500")) {
            let running = load.get(one[field].as_str().unwrap()).copied().unwrap_or_default();
            assert!(running <= one["parallel_capacity"].as_i64().unwrap(), "{running}: {one}");
        }
    }
}
