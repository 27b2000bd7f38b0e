//! Settings as an operator meets them: layers, mistakes, secrets.
//!
//! Nothing here reads the real environment: variables are handed in, so tests can run at once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{ConfigError, LogFormat, Overrides, Settings};

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn load(file: &str, pairs: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("mraos.toml"), file).unwrap();
    Settings::assemble(directory.path(), &Overrides::default(), variables(pairs))
}

fn refusal(file: &str, pairs: &[(&str, &str)]) -> String {
    load(file, pairs).expect_err("must be refused").to_string()
}

#[test]
fn the_built_in_file_is_complete_and_valid() {
    let nowhere = Path::new("/nonexistent");
    let settings = Settings::assemble(nowhere, &Overrides::default(), Vec::new()).unwrap();
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.database.pool_size, 12);
    assert_eq!(settings.plant.default_allocation_minutes, 60);
    assert!(settings.database.url.is_none() && settings.keys.master.is_none());
    assert!(settings.effective().iter().all(|value| value.origin == "the built-in settings"));
}

#[test]
fn the_environment_wins_over_the_file_and_options_over_both() {
    let file = "[server]\nlisten = '127.0.0.1:1'\n[database]\npool_size = 3\n";
    let settings = load(file, &[("MRAOS_DATABASE__POOL_SIZE", "5")]).unwrap();
    assert_eq!(settings.server.listen.port(), 1);
    assert_eq!(settings.database.pool_size, 5);
    let origin = |name: &str| {
        let values = settings.effective().iter();
        values.clone().find(|value| value.name == name).unwrap().origin.clone()
    };
    assert!(origin("server.listen").contains("mraos.toml"));
    assert_eq!(origin("database.pool_size"), "environment variable `MRAOS_DATABASE__POOL_SIZE`");

    let overrides = Overrides { listen: Some("127.0.0.1:9".to_owned()), ..Overrides::default() };
    let pairs = variables(&[("MRAOS_SERVER__LISTEN", "127.0.0.1:2")]);
    let settings = Settings::assemble(Path::new("/nonexistent"), &overrides, pairs).unwrap();
    assert_eq!(settings.server.listen.port(), 9);
}

#[test]
fn nobody_is_absent_by_the_clock_unless_a_plant_says_when() {
    let attendance = |file: &str| load(file, &[]).unwrap().plant.attendance;
    assert_eq!(attendance("").late_after_minutes, 5);
    assert_eq!(attendance("").absent_after_minutes, None);
    let set = attendance("[plant]\nlate_after_minutes = 0\nabsent_after_minutes = 720\n");
    assert_eq!((set.late_after_minutes, set.absent_after_minutes), (0, Some(720)));
    for value in ["-1", "721"] {
        let refused = refusal(&format!("[plant]\nabsent_after_minutes = {value}\n"), &[]);
        assert!(refused.contains("plant.absent_after_minutes"), "{refused}");
    }
}

#[test]
fn the_authority_of_a_server_is_a_file_that_nobody_names_unless_asked() {
    assert!(load("", &[]).unwrap().database.ca_file.is_none());
    let named = load("[database]\nca_file = '/etc/mraos/ca.pem'\n", &[]).unwrap();
    assert_eq!(named.database.ca_file.as_deref(), Some(Path::new("/etc/mraos/ca.pem")));
    let refused = refusal("[database]\nca_file = 1\n", &[]);
    assert!(refused.contains("database.ca_file"), "{refused}");
}

#[test]
fn a_truth_value_is_true_or_false() {
    assert!(!load("", &[]).unwrap().server.secure_cookies);
    assert!(load("[server]\nsecure_cookies = true\n", &[]).unwrap().server.secure_cookies);
    let by_variable = load("", &[("MRAOS_SERVER__SECURE_COOKIES", "true")]).unwrap();
    assert!(by_variable.server.secure_cookies);
    for refused in [
        refusal("[server]\nsecure_cookies = 1\n", &[]),
        refusal("", &[("MRAOS_SERVER__SECURE_COOKIES", "yes")]),
    ] {
        assert!(refused.contains("true or false"), "{refused}");
    }
}

#[test]
fn unknown_names_are_refused_with_origin_and_nearest_name() {
    let in_file = refusal("[database]\npoolsize = 3\n", &[]);
    assert!(in_file.contains("`database.poolsize`"), "{in_file}");
    assert!(in_file.contains("mraos.toml"), "{in_file}");
    assert!(in_file.contains("did you mean `database.pool_size`?"), "{in_file}");

    let in_environment = refusal("", &[("MRAOS_DATABASE__ULR", "x")]);
    assert!(in_environment.contains("`MRAOS_DATABASE__ULR`"), "{in_environment}");
    assert!(in_environment.contains("did you mean `MRAOS_DATABASE__URL`?"), "{in_environment}");

    let single_underscore = refusal("", &[("MRAOS_DATABASE_URL", "x")]);
    assert!(
        single_underscore.contains("did you mean `MRAOS_DATABASE__URL`?"),
        "{single_underscore}"
    );

    let far_away = refusal("completely_different = 1\n", &[]);
    assert!(far_away.contains("`mraos doctor` lists every setting"), "{far_away}");
}

#[test]
fn variables_of_commands_and_of_container_platforms_are_no_settings() {
    let pairs = [
        ("MRAOS_URL", "http://localhost:8080"),
        ("MRAOS_TOKEN", "t"),
        ("MRAOS_SERVICE_HOST", "10.0.0.1"),
        ("MRAOS_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("MRAOS_BOOTSTRAP_TOKEN", "boot"),
        ("MRAOS_LOG", "debug"),
    ];
    let settings = load("", &pairs).unwrap();
    assert_eq!(settings.bootstrap_token.unwrap().expose(), "boot");
    assert_eq!(settings.logging.level, "debug");
}

#[test]
fn values_that_break_their_rule_are_refused_with_the_rule() {
    for (file, expected) in [
        ("[server]\nlisten = 'everywhere'\n", "`everywhere`"),
        ("[server]\nrequest_timeout_ms = 5\n", "from 100 to 600000"),
        ("[server]\nrequest_timeout_ms = 'soon'\n", "a whole number"),
        ("[database]\npool_size = 0\n", "from 1 to 1000"),
        ("[plant]\ntime_zone = 'Mars/Olympus'\n", "IANA name"),
        ("[logging]\nformat = 'xml'\n", "`text` or `json`"),
        ("[logging]\nlevel = 'a=b=c'\n", "a level like"),
        ("[logging\n", "not valid TOML"),
    ] {
        let message = refusal(file, &[]);
        assert!(message.contains(expected), "{file} gave: {message}");
    }
    let message = refusal("", &[("MRAOS_DATABASE__POOL_SIZE", "many")]);
    assert!(message.contains("\"many\"") && message.contains("a whole number"), "{message}");
    let settings = load("[logging]\nformat = 'json'\n", &[]).unwrap();
    assert_eq!(settings.logging.format, LogFormat::Json);
}

#[test]
fn secrets_stay_out_of_every_output() {
    let pairs = [
        ("MRAOS_DATABASE__URL", "postgresql://u:hunter2@h/d"),
        ("MRAOS_KEYS__MASTER", "hunter2"),
        ("MRAOS_BOOTSTRAP_TOKEN", "hunter2"),
    ];
    let settings = load("", &pairs).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
    let cut_short = refusal("[database]\nurl = hunter2\n", &[]);
    assert!(cut_short.contains("line 2") && !cut_short.contains("hunter2"), "{cut_short}");
    let wrong_type = refusal("[keys]\nmaster = 4711\n", &[]);
    assert!(!wrong_type.contains("4711"), "{wrong_type}");
}
