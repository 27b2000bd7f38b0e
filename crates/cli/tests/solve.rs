//! `mraos solve` as a script meets it: the files it writes, its answer, its complaints.
//!
//! Runs the real program on a small instance. What a good schedule is, the solver's own tests say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Two jobs that meet at one machine; the shortest plan takes 9.
const INSTANCE: &str = "2 2 2\n\
    2  1 1 1 1 4  1 2 1 1 3\n\
    2  1 1 2 1 9 2 5  1 2 1 2 2\n";

fn solve(directory: &Path, instance: &str, options: &[&str]) -> Output {
    fs::write(directory.join("instance.fjs"), instance).unwrap();
    Command::new(env!("CARGO_BIN_EXE_mraos"))
        .current_dir(directory)
        .args(["solve", "--format", "fjssp-w", "instance.fjs"])
        .args(options)
        .output()
        .unwrap()
}

#[test]
fn a_schedule_and_a_chart_are_written() {
    let directory = tempfile::tempdir().unwrap();
    let options = "--steps 2000 --threads 2 --seed 3 --out plan.json --chart plan.svg --json";
    let options: Vec<&str> = options.split(' ').collect();
    let output = solve(directory.path(), INSTANCE, &options);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let plan = fs::read_to_string(directory.path().join("plan.json")).unwrap();
    let plan: Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(answer["makespan"], plan["makespan"]);
    assert_eq!(answer["operations"], 4);
    let operations = plan["operations"].as_array().unwrap();
    assert_eq!(operations.len(), 4);
    let second_of_first_job = operations
        .iter()
        .find(|operation| operation["job"] == 1 && operation["operation"] == 2)
        .unwrap();
    assert_eq!(second_of_first_job["machine"], 2);
    assert_eq!(second_of_first_job["worker"], 1);
    let chart = fs::read_to_string(directory.path().join("plan.svg")).unwrap();
    assert!(chart.starts_with("<svg") && chart.contains("job 2, operation 2: M2, W2"), "{chart}");
    assert!(!directory.path().join(".mraos").exists(), "solving needs no data directory");
}

#[test]
fn a_broken_instance_is_refused_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let output = solve(directory.path(), "1 1 1\n1 1 1 7 1 5\n", &["--steps", "1"]);
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        complaint.contains("instance.fjs: line 2, column 7: the number of workers"),
        "{complaint}"
    );
}

/// One machine that opens at 10, one operator, two orders of which one is due.
const PLANT: &str = r#"{
  "machines": [{"calendar": {"open": [{"start": 10, "end": 100}]}}],
  "operators": [{"skills": [{"skill": 0, "level": 2}]}],
  "orders": [{}, {"due": 20, "weight": 3}],
  "operations": [
    {"order": 0, "needs": [{"skill": 0, "level": 1}],
     "ways": [{"machine": 0, "crew": {"anyone": 15}}]},
    {"order": 1,
     "ways": [{"machine": 0, "crew": {"named": [{"operator": 0, "duration": 10}]}}]},
    {"order": 1, "needs": [{"skill": 0, "level": 3}],
     "ways": [{"machine": 0, "crew": {"anyone": 5}}]}
  ]
}"#;

fn solve_plant(directory: &Path, problem: &str, options: &str) -> Output {
    fs::write(directory.join("plant.json"), problem).unwrap();
    Command::new(env!("CARGO_BIN_EXE_mraos"))
        .current_dir(directory)
        .args(["solve", "--format", "plant", "plant.json", "--steps", "200"])
        .args(options.split_whitespace())
        .output()
        .unwrap()
}

#[test]
fn a_plant_is_planned_and_what_is_left_out_has_a_reason() {
    let directory = tempfile::tempdir().unwrap();
    let output = solve_plant(directory.path(), PLANT, "--json --out plan.json --chart plan.svg");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let reason = serde_json::json!([{"left_out": 2, "reason": "nobody_qualified"}]);
    assert_eq!(answer["left_out"], reason);
    let plan = fs::read_to_string(directory.path().join("plan.json")).unwrap();
    let plan: Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan["score"], answer["score"]);
    assert_eq!(plan["assignments"][1]["start"], 10);
    assert_eq!(plan["assignments"][0]["start"], 20);
    assert_eq!(plan["assignments"][2], Value::Null);
    let chart = fs::read_to_string(directory.path().join("plan.svg")).unwrap();
    assert!(chart.contains("job 1, operation 0: M0, W0, 10–20"), "{chart}");
}

#[test]
fn a_broken_plant_is_refused_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let complaint = |problem: &str| {
        let output = solve_plant(directory.path(), problem, "");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let unknown = complaint(&PLANT.replace("\"weight\"", "\"wait\""));
    assert!(unknown.contains("line 4, column 35: unknown field `wait`"), "{unknown}");
    let nowhere = complaint(&PLANT.replace("{\"operator\": 0,", "{\"operator\": 7,"));
    assert!(nowhere.contains("line 9, column 62: "), "{nowhere}");
    assert!(nowhere.contains("there is no operator 7, there are 1 from 0"), "{nowhere}");
}
