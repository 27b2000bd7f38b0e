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
fn doctor_looks_at_the_database_behind_a_url() {
    let directory = open_directory();
    let server = EmbeddedPostgres::start(&EmbeddedOptions {
        data_dir: directory.path().join("server"),
        ..EmbeddedOptions::default()
    });
    let server = server.unwrap();
    let doctor = |url: &str| {
        let mut command = mraos(&directory.path().join("node"), &["doctor"]);
        command.env("MRAOS_DATABASE__URL", url).output().unwrap()
    };
    let reachable = doctor(&server.owner_url());
    assert_eq!(reachable.status.code(), Some(0), "{}", text_of(&reachable));
    assert!(text_of(&reachable).contains("reachable and suitable"), "{}", text_of(&reachable));

    server.stop().unwrap();
    let gone = doctor("postgresql://mraos:hunter2@127.0.0.1:1/mraos");
    assert_eq!(gone.status.code(), Some(1), "{}", text_of(&gone));
    assert!(text_of(&gone).contains("FAIL  database"), "{}", text_of(&gone));
    assert!(!text_of(&gone).contains("hunter2"), "{}", text_of(&gone));
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

#[test]
fn tokens_and_users_are_kept_with_the_server_stopped() {
    let directory = open_directory();
    let answer = |arguments: &[&str]| {
        let output = mraos(directory.path(), arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text_of(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let made: Value = serde_json::from_str(&answer(&[
        "token",
        "create",
        "--name",
        "mes-1",
        "--role",
        "integration",
        "--json",
    ]))
    .unwrap();
    let (id, secret) = (made["token_id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let listed = answer(&["token", "list", "--json"]);
    assert!(listed.contains(id) && !listed.contains(secret), "{listed}");
    assert!(answer(&["token", "revoke", id]).contains(id));
    let again = mraos(directory.path(), &["token", "revoke", id]).output().unwrap();
    assert_eq!(again.status.code(), Some(2), "{}", text_of(&again));

    answer(&["user", "create", "S-042", "--role", "supervisor"]);
    let users: Value = serde_json::from_str(&answer(&["user", "list", "--json"])).unwrap();
    assert_eq!(users[0]["user_id"], "S-042");
    assert_eq!(users[0]["role"], "supervisor");

    let password = answer(&["user", "reset-password", "S-042", "--generate-password"]);
    assert!(password.lines().nth(1).is_some_and(|line| line.len() == 20), "{password}");
    answer(&["user", "create", "S-042", "--role", "viewer", "--line", "Line-2"]);
    answer(&["user", "deactivate", "S-042"]);
    let users: Value = serde_json::from_str(&answer(&["user", "list", "--json"])).unwrap();
    assert_eq!((&users[0]["is_active"], &users[0]["has_password"]), (&false.into(), &true.into()));
    assert_eq!(users[0]["production_lines"][0], "Line-2");
    let nobody = mraos(directory.path(), &["user", "deactivate", "S-044"]).output().unwrap();
    assert!(text_of(&nobody).contains("mraos user list"), "{}", text_of(&nobody));

    let anew = ["user", "create", "S-042", "--role", "admin"];
    let anew = mraos(directory.path(), &anew).output().unwrap();
    assert_eq!(anew.status.code(), Some(2), "{}", text_of(&anew));
    assert!(text_of(&anew).contains("mraos user reactivate S-042"), "{}", text_of(&anew));
    let users: Value = serde_json::from_str(&answer(&["user", "list", "--json"])).unwrap();
    assert_eq!((&users[0]["is_active"], &users[0]["role"]), (&false.into(), &"viewer".into()));
    assert!(answer(&["user", "reactivate", "S-042"]).contains("can act again, as viewer"));
    let users: Value = serde_json::from_str(&answer(&["user", "list", "--json"])).unwrap();
    assert_eq!((&users[0]["is_active"], &users[0]["has_password"]), (&true.into(), &true.into()));

    let unknown = ["user", "create", "S-043", "--role", "boss"];
    let unknown = mraos(directory.path(), &unknown).output().unwrap();
    assert!(text_of(&unknown).contains("choose one of"), "{}", text_of(&unknown));
    assert_eq!(
        answer(&["migrate", "--json"]).split_whitespace().collect::<String>(),
        "{\"applied\":[]}"
    );
}

#[test]
fn a_strict_umask_does_not_lock_the_database_out() {
    let directory = open_directory();
    let program = mraos(&directory.path().join("deep/below"), &["migrate"]);
    let output = Command::new("sh")
        .args(["-c", "umask 077; exec \"$@\"", "sh"])
        .arg(program.get_program())
        .args(program.get_args())
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text_of(&output));
}

#[test]
fn the_log_is_examined_where_there_is_one() {
    let directory = open_directory();
    let nothing = mraos(directory.path(), &["log", "verify"]).output().unwrap();
    assert_eq!(nothing.status.code(), Some(2));
    assert!(text_of(&nothing).contains("no database"), "{}", text_of(&nothing));

    let migrated = mraos(directory.path(), &["migrate"]).output().unwrap();
    assert_eq!(migrated.status.code(), Some(0), "{}", text_of(&migrated));
    let verified = mraos(directory.path(), &["log", "verify", "--json"]).output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", text_of(&verified));
    let report: Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert_eq!(report["ok"], true);
    assert_eq!(report["position"], 0);
    assert!(report["first_bad_position"].is_null() && report["finding"].is_null(), "{report}");
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
