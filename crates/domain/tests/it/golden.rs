//! Every shape of event ever written, as a file: `tests/golden/<event_type>.v<version>.json`.
//!
//! Each file holds a list of payloads. They must be read for ever; those of the newest version
//! must also be written back unchanged. A shape is never edited: it gets a new version, a new
//! file, and an upcaster for the old one.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use mraos_domain::Event;
use serde_json::Value;

const HOW_TO_ADD: &str = "A new event type or version needs a golden file: take a payload with \
    every field filled and one with every optional field null, as `Event::payload` gives them, \
    and write both as a JSON list. Never edit or remove a file that has been released.";

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn payloads(event_type: &str, version: i16) -> Vec<Value> {
    let path = directory().join(format!("{event_type}.v{version}.json"));
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}. {HOW_TO_ADD}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_event_type_is_read_and_written_as_recorded() {
    for (event_type, version) in Event::TYPES {
        let payloads = payloads(event_type, *version);
        assert!(!payloads.is_empty(), "{event_type}: an empty list shows nothing. {HOW_TO_ADD}");
        for recorded in payloads {
            let event = Event::decode(event_type, *version, &recorded.to_string())
                .unwrap_or_else(|error| panic!("{event_type} v{version}: {error}. {HOW_TO_ADD}"));
            assert_eq!((event.event_type(), event.schema_version()), (*event_type, *version));
            let written: Value = serde_json::from_str(&event.payload().unwrap()).unwrap();
            assert_eq!(
                written, recorded,
                "{event_type} v{version} is no longer written as recorded. {HOW_TO_ADD}"
            );
        }
    }
}

#[test]
fn every_golden_file_belongs_to_a_known_type_and_can_be_read() {
    let newest: BTreeSet<String> =
        Event::TYPES.iter().map(|(name, version)| format!("{name}.v{version}.json")).collect();
    for entry in fs::read_dir(directory()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.strip_suffix(".json").unwrap_or_else(|| panic!("{name} is no JSON"));
        let (event_type, version) = stem.split_once(".v").unwrap();
        let version: i16 = version.parse().unwrap();
        if newest.contains(&name) {
            continue;
        }
        for payload in payloads(event_type, version) {
            Event::decode(event_type, version, &payload.to_string())
                .unwrap_or_else(|error| panic!("{name}: {error}; give it an upcaster"));
        }
    }
}

#[test]
fn numbers_of_64_bits_decimals_and_times_are_strings() {
    fn check(event_type: &str, path: &str, value: &Value) {
        match value {
            Value::Number(number) => {
                assert!(
                    number.as_i64().is_some_and(|one| i32::try_from(one).is_ok()),
                    "{event_type}{path}: {number} does not survive every JSON reader"
                );
            }
            Value::Array(items) => {
                items.iter().for_each(|item| check(event_type, &format!("{path}/-"), item));
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    check(event_type, &format!("{path}/{name}"), field);
                }
            }
            _ => {}
        }
    }
    for (event_type, version) in Event::TYPES {
        for payload in payloads(event_type, *version) {
            check(event_type, "", &payload);
        }
    }
}

#[test]
fn what_this_program_does_not_know_is_named() {
    let unknown = Event::decode("operator_promoted", 1, "{}").unwrap_err().to_string();
    assert_eq!(unknown, "event type `operator_promoted` version 1 is unknown to this program");
    let future = Event::decode("operator_created", 99, "{}").unwrap_err().to_string();
    assert!(future.contains("version 99"), "{future}");
    let extra = r#"{"operator_id": "O-1", "shift_id": "3", "colour": "red"}"#;
    let extra = Event::decode("operator_shift_removed", 1, extra).unwrap_err().to_string();
    assert!(extra.contains("operator_shift_removed") && extra.contains("colour"), "{extra}");
}
