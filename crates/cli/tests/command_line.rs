//! The binary as a user or script meets it: answers, exit codes, messages.
//!
//! Runs the real program with an environment of its own. What needs a running server starts one
//! through the library and asks the program about it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use mraos::postgres::{EmbeddedOptions, EmbeddedPostgres};
use serde_json::Value;
use tempfile::TempDir;

#[test]
fn doctor_shows_settings_with_their_origin_and_hides_secrets() {
    let directory = open_directory();
    fs::write(directory.path().join("mraos.toml"), "[database]\npool_size = 9\n").unwrap();
    let output = mraos(directory.path(), &["doctor", "--json"])
        .env("MRAOS_KEYS__MASTER", "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
    assert!(!text_of(&output).contains("CQkJ"), "{}", text_of(&output));

    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["ok"], true);
    let setting = |name: &str| {
        let settings = report["settings"].as_array().unwrap();
        settings.iter().find(|setting| setting["name"] == name).unwrap().clone()
    };
    assert_eq!(setting("database.pool_size")["value"], "9");
    assert!(setting("database.pool_size")["origin"].as_str().unwrap().contains("mraos.toml"));
    assert_eq!(setting("keys.master")["value"], "(set, not shown)");
    assert!(!directory.path().join("postgres").exists(), "doctor creates nothing");
}

#[test]
fn doctor_reports_a_finding_with_the_remedy() {
    let directory = open_directory();
    let keys = directory.path().join("keys");
    fs::create_dir(&keys).unwrap();
    fs::write(keys.join("master.key"), [1; 32]).unwrap();
    fs::set_permissions(keys.join("master.key"), Permissions::from_mode(0o644)).unwrap();
    let output = mraos(directory.path(), &["doctor"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text_of(&output));
    assert!(text_of(&output).contains("FAIL  master key"), "{}", text_of(&output));
    assert!(text_of(&output).contains("chmod 600"), "{}", text_of(&output));
}

#[test]
fn what_cannot_run_exits_with_2_and_says_why() {
    let directory = open_directory();
    let misspelt = mraos(directory.path(), &["doctor"]).env("MRAOS_SERVER__LISTN", "x").output();
    let misspelt = misspelt.unwrap();
    assert_eq!(misspelt.status.code(), Some(2));
    assert!(text_of(&misspelt).contains("did you mean `MRAOS_SERVER__LISTEN`?"));

    let missing_file =
        mraos(directory.path(), &["doctor", "--config", "/nonexistent.toml"]).output().unwrap();

    assert_eq!(missing_file.status.code(), Some(2));
    assert!(text_of(&missing_file).contains("/nonexistent.toml"));

    let unknown_command = mraos(directory.path(), &["serv"]).output().unwrap();
    assert_eq!(unknown_command.status.code(), Some(2));
}

#[test]
fn db_url_answers_for_a_running_server_only() {
    let directory = open_directory();
    let stopped = mraos(directory.path(), &["db", "url"]).output().unwrap();
    assert_eq!(stopped.status.code(), Some(2));
    assert!(text_of(&stopped).contains("mraos serve"), "{}", text_of(&stopped));

    let data_dir = directory.path().to_owned();
    let server =
        EmbeddedPostgres::start(&EmbeddedOptions { data_dir, ..EmbeddedOptions::default() });
    let server = server.unwrap();
    let running = mraos(directory.path(), &["db", "url"]).output().unwrap();
    assert_eq!(running.status.code(), Some(0));
    assert_eq!(text_of(&running).trim(), server.owner_url());

    let foreign = mraos(directory.path(), &["db", "url"])
        .env("MRAOS_DATABASE__URL", "postgresql://elsewhere/plant")
        .output()
        .unwrap();
    assert_eq!(text_of(&foreign).trim(), "postgresql://elsewhere/plant");
}

fn mraos(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mraos"));
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.arg("--data-dir").arg(data_dir).args(arguments);
    command
}

fn text_of(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// A temporary directory that the database's user may pass through.
fn open_directory() -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    directory
}
