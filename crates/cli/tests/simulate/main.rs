//! `mraos simulate` and `mraos demo` with the real binary: an hour of a plant in seconds.
//!
//! Nothing that the floor does may be refused while nobody else acts, nothing may be an error of
//! the server's, and the log must prove itself afterwards, also when the server is killed midway.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod codes;
mod server;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines};
use std::process::{ChildStdout, Stdio};

use serde_json::Value;

use server::{Server, mraos, open_directory};

#[test]
fn an_hour_of_a_plant_is_refused_nothing_and_proves_itself() {
    let directory = open_directory();
    let server = Server::start(directory.path(), "127.0.0.1:0");
    let options = ["--speed", "180", "--seconds", "20", "--json"];
    let answer = server.run_json(&[&["simulate"], options.as_slice()].concat());
    assert_eq!(answer["seeded"]["orders"], 300);
    let simulated = &answer["simulated"];
    println!("{simulated}");
    assert!(simulated["plant_minutes"].as_u64() >= Some(55), "{simulated}");
    assert_eq!(simulated["refused"], Value::Object(serde_json::Map::new()), "{simulated}");
    assert_eq!((&simulated["server_errors"], &simulated["unavailable"]), (&0.into(), &0.into()));
    // Not every hour has breaks in it; the plant's own tests live through whole days.
    for kind in ["allocate", "book", "report_progress", "complete"] {
        assert!(simulated["done"][kind].as_u64() > Some(0), "no {kind}: {simulated}");
    }
    assert!(simulated["floor"]["running"].as_u64() > Some(5), "{simulated}");
    nobody_is_double_booked(&server);

    // A second run finds the plant and goes on with it.
    let again = server.run_json(&["simulate", "--speed", "60", "--seconds", "3", "--json"]);
    assert_eq!(again["seeded"]["machines"], 0, "{again}");
    assert_eq!(again["simulated"]["server_errors"], 0);
    server.log_proves_itself();
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
