//! The rules applied to this repository.
//!
//! A failure prints every finding with file, line, rule and what to do. There is no list of
//! exceptions to add to: the way to a green test is to follow the advice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;

use mraos_tidy::finding::{Finding, report};
use mraos_tidy::{architecture, check_file, files, trace};

#[test]
fn every_file_is_tidy() {
    let files = files::read_all(&files::repository_root()).expect("the repository is readable");
    assert!(files.len() > 20, "found only {} files: wrong root?", files.len());
    let findings: Vec<Finding> = files.iter().flat_map(check_file).collect();
    assert!(findings.is_empty(), "{} findings\n{}", findings.len(), report(&findings));
}

#[test]
fn dependencies_point_the_right_way() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(files::repository_root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let findings = architecture::check(&metadata);
    assert!(findings.is_empty(), "{} findings\n{}", findings.len(), report(&findings));
}

#[test]
fn the_specification_trace_names_what_is_there() {
    let root = files::repository_root();
    let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
    let text = read(trace::PATH).expect("the trace is there");
    let findings = trace::check(&text, read);
    assert!(findings.is_empty(), "{} findings\n{}", findings.len(), report(&findings));
}
