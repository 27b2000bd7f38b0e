//! `mraos log` as a user or script meets it: exit codes, answers, with the server stopped and
//! running.
//!
//! What a damaged log looks like in detail is tested on the library.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use mraos::postgres::{EmbeddedOptions, EmbeddedPostgres};
use serde_json::Value;
use tempfile::TempDir;

#[test]
fn without_a_database_nothing_is_created_and_the_command_says_what_to_do() {
    let directory = open_directory();
    let output = mraos(directory.path(), &["log", "verify"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text_of(&output).contains("--data-dir"), "{}", text_of(&output));
    assert!(!directory.path().join("postgres").exists());
    assert!(!directory.path().join("keys").exists());
}

#[test]
fn a_finding_is_exit_code_1_and_a_rebuild_mends_it() {
    let directory = open_directory();
    assert_eq!(mraos(directory.path(), &["migrate"]).status.code(), Some(0));

    // The server is stopped: the command starts it and stops it again.
    let output = mraos(directory.path(), &["log", "verify", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["ok"], &report["position"]), (&Value::Bool(true), &Value::from(0)));
    assert_eq!((&report["first_bad_position"], &report["finding"]), (&Value::Null, &Value::Null));
    assert!(!directory.path().join("postgres/data/postmaster.pid").exists());

    // The server is running: the command joins it.
    let options =
        EmbeddedOptions { data_dir: directory.path().to_owned(), ..EmbeddedOptions::default() };
    let server = EmbeddedPostgres::start(&options).unwrap();
    execute(
        &server.owner_url(),
        "INSERT INTO reason_codes (reason_code, description, is_active) VALUES ('x', 'y', true)",
    );
    let output = mraos(directory.path(), &["log", "verify"]);
    assert_eq!(output.status.code(), Some(1), "{}", text_of(&output));
    assert!(text_of(&output).contains("reason_codes x: comes from no event"));
    let output = mraos(directory.path(), &["log", "rebuild", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["repaired"][0]["table"], "reason_codes");
    assert_eq!(report["repaired"][0]["deleted"], 1);
    assert_eq!(mraos(directory.path(), &["log", "verify"]).status.code(), Some(0));
}

#[test]
fn a_key_that_is_missing_is_not_replaced_by_one_that_can_vouch_for_nothing() {
    let (directory, elsewhere) = (open_directory(), open_directory());
    assert_eq!(mraos(directory.path(), &["migrate"]).status.code(), Some(0));
    let options =
        EmbeddedOptions { data_dir: directory.path().to_owned(), ..EmbeddedOptions::default() };
    let server = EmbeddedPostgres::start(&options).unwrap();
    let output = command(elsewhere.path(), &["log", "verify"])
        .env("MRAOS_DATABASE__URL", server.owner_url())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text_of(&output));
    assert!(text_of(&output).contains("master.key"), "{}", text_of(&output));
    assert!(!elsewhere.path().join("keys").exists());
}

#[test]
fn an_export_appears_whole_or_not_at_all() {
    let directory = open_directory();
    assert_eq!(mraos(directory.path(), &["migrate"]).status.code(), Some(0));
    let file = directory.path().join("log.jsonl");
    let name = file.to_str().unwrap();
    let output = mraos(directory.path(), &["log", "export", name, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["events"], 0);
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 2);

    let output = mraos(directory.path(), &["log", "export", "/nonexistent/log.jsonl"]);
    assert_eq!(output.status.code(), Some(2), "{}", text_of(&output));
    let left = fs::read_dir(directory.path()).unwrap().flatten();
    let drafts = left.filter(|entry| entry.file_name().to_string_lossy().ends_with(".new"));
    assert_eq!(drafts.count(), 0);

    let output = mraos(directory.path(), &["log", "export"]);
    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
    assert_eq!(output.stdout, fs::read(&file).unwrap());
}

fn mraos(data_dir: &Path, arguments: &[&str]) -> Output {
    command(data_dir, arguments).output().unwrap()
}

fn command(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mraos"));
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.arg("--data-dir").arg(data_dir).args(arguments);
    command
}

fn text_of(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// A temporary directory that the server's user may pass through.
fn open_directory() -> TempDir {
    let directory = TempDir::new().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    directory
}

fn execute(url: &str, statements: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(statements).await.unwrap();
    });
}
