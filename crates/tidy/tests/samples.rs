//! Each rule against a sample that breaks it and one that does not.
//!
//! A checker that finds nothing passes as easily as a clean repository; these samples tell the two
//! apart. Words that the rules ban are put together here, so that this file passes them itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use mraos_tidy::files::SourceFile;
use mraos_tidy::{architecture, check_file, trace};
use serde_json::json;

const HEADER: &str = "//! What.\n//! Why here.\n//! Never what.\n\n";

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.into(), text: text.into() }
}

fn rust(body: &str) -> SourceFile {
    file("crates/app/src/sample.rs", &format!("{HEADER}{body}"))
}

/// The findings as text; panics with all of them when their number is not as expected.
fn findings(file: &SourceFile, expected: usize) -> String {
    let findings = check_file(file);
    let text = mraos_tidy::finding::report(&findings);
    assert_eq!(findings.len(), expected, "{}:\n{text}", file.path);
    text
}

#[test]
fn a_clean_file_has_no_findings() {
    findings(&rust("/// Adds.\npub fn add(a: i64, b: i64) -> i64 {\n    a + b\n}\n"), 0);
}

#[test]
fn the_module_header_has_three_to_eight_lines() {
    let short = file("crates/app/src/sample.rs", "//! One line.\n\npub struct Sample;\n");
    assert!(findings(&short, 1).contains("sample.rs:1: the module header has 1 lines"));
    let long = file("crates/app/src/sample.rs", &"//! More.\n".repeat(9));
    findings(&long, 1);
    findings(&file("crates/app/src/lib.rs", &"//! More.\n".repeat(9)), 0);
}

#[test]
fn files_have_a_size_limit_by_kind() {
    let body = "pub struct Sample;\n".repeat(497);
    assert!(findings(&rust(&body), 1).contains("501 lines, the limit is 500"));
    let test = file("crates/app/tests/sample.rs", &format!("{HEADER}{body}"));
    findings(&test, 0);
    let lib = file("crates/app/src/lib.rs", &format!("{HEADER}{}", "mod sample;\n".repeat(117)));
    assert!(findings(&lib, 1).contains("the limit is 120"));
}

#[test]
fn functions_have_a_size_limit_also_in_macros() {
    let body = "    let _ = 1;\n".repeat(69);
    let long = format!("fn short() {{}}\n\nfn long_one()\n{{\n{body}}}\n");
    let text = findings(&rust(&long), 1);
    assert!(text.contains("sample.rs:7: function `long_one` has 72 lines"), "{text}");
    findings(&rust(&format!("wrap! {{\nfn long_one()\n{{\n{body}}}\n}}\n")), 1);
    findings(&rust(&format!("fn fits() {{\n{}}}\n", "    let _ = 1;\n".repeat(68))), 0);
    let test = file("crates/app/tests/sample.rs", &format!("{HEADER}{long}"));
    findings(&test, 0);
}

#[test]
fn a_trait_declaration_does_not_swallow_the_next_braces() {
    let body = "    const A: i64 = 1;\n".repeat(80);
    findings(&rust(&format!("fn declared(f: fn(i64) -> i64);\nmod inner {{\n{body}}}\n")), 0);
}

#[test]
fn sql_belongs_to_the_store() {
    let statements = [
        "select 1 from events",
        "SELECT pg_advisory_xact_lock(1)",
        "\\n  insert into events values (1)",
        "update machines set version = 2",
        "create table t (id int)",
        "with gone as (delete from t returning id) select id",
    ];
    for statement in statements {
        let body = format!("const S: &str = \"{statement}\";\n");
        let text = findings(&rust(&body), 1);
        assert!(text.contains("sample.rs:5: SQL outside the store"), "{text}");
        let in_store = file("crates/store/src/sample.rs", &format!("{HEADER}{body}"));
        findings(&in_store, 0);
    }
    let raw = rust("const S: &str = r#\"select \"id\" from t\"#;\n");
    findings(&raw, 1);
    let prose = "/// Select one from many.\nconst S: &str = \"Select an operator\";\n";
    findings(&rust(prose), 0);
    findings(&rust("const S: &str = \"update the server, then retry\";\n"), 0);
}

#[test]
fn unfinished_work_is_named_in_every_text_file() {
    let word = concat!("TO", "DO");
    let text = findings(&rust(&format!("// {word}: more\n")), 1);
    assert!(text.contains("sample.rs:5"), "{text}");
    findings(&file("docs/sample.md", &format!("Good enough {} {}.\n", "for", "now")), 1);
    findings(&file("docs/sample.md", &format!("a{word} is another word\n")), 0);
}

#[test]
fn paths_of_one_machine_are_named() {
    let path = format!("cd /{}/main\n", "work");
    findings(&file("scripts/sample.sh", &path), 1);
    findings(&file("docs/sample.md", "see crates/work/main and ../root/x\n"), 0);
}

#[test]
fn code_lines_have_a_hundred_columns() {
    let line = format!("// {}\n", "a".repeat(98));
    assert!(findings(&rust(&line), 1).contains("101 columns"));
    findings(&file("docs/sample.md", &line), 0);
    findings(&rust(&format!("// https://example.org/{}\n", "a".repeat(98))), 0);
}

#[test]
fn names_say_what_is_inside() {
    let header = HEADER;
    findings(&file("crates/app/src/operator/mod.rs", header), 1);
    findings(&file("crates/app/src/utils.rs", header), 1);
    findings(&file("crates/app/src/time_helpers.rs", header), 1);
    findings(&file("crates/app/src/common/clock.rs", header), 1);
    findings(&file("crates/app/src/commonality.rs", header), 0);
}

#[test]
fn migrations_carry_their_utc_time() {
    let name = |name: &str| file(&format!("crates/store/migrations/{name}"), "");
    findings(&name("V20261122143000__events.sql"), 0);
    for bad in ["V1__events.sql", "V20261322143000__events.sql", "20261122143000_events.sql"] {
        findings(&name(bad), 1);
    }
    findings(&name("V20261122143000__Events.sql"), 1);
    findings(&name("V20261122246000__.sql"), 1);
}

#[test]
fn manifests_inherit_lints_and_versions() {
    let good = "[dependencies]\nserde.workspace = true\n\n[lints]\nworkspace = true\n";
    findings(&file("crates/app/Cargo.toml", good), 0);
    let own_version = good.replace("serde.workspace = true", "serde = \"1\"");
    findings(&file("crates/app/Cargo.toml", &own_version), 1);
    findings(&file("crates/app/Cargo.toml", "[package]\nname = \"x\"\n"), 1);
}

fn metadata_with(name: &str, dependency: &str, kind: serde_json::Value) -> serde_json::Value {
    json!({ "packages": [
        { "name": name, "dependencies": [{ "name": dependency, "kind": kind }] },
        { "name": "mraos-store", "dependencies": [] },
    ]})
}

fn direction_findings(metadata: &serde_json::Value) -> Vec<String> {
    let findings = architecture::check(metadata);
    let gone = |text: &String| text.contains("a crate that is gone");
    findings.iter().map(ToString::to_string).filter(|text| !gone(text)).collect()
}

#[test]
fn a_dependency_against_the_direction_is_found() {
    let wrong = metadata_with("mraos-server", "mraos-store", json!(null));
    let found = direction_findings(&wrong);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("mraos-server: depends on `mraos-store`"), "{found:?}");
    let in_tests = metadata_with("mraos-server", "mraos-store", json!("dev"));
    assert!(direction_findings(&in_tests).is_empty());
    let right = metadata_with("mraos-app", "mraos-store", json!(null));
    assert!(direction_findings(&right).is_empty());
}

#[test]
fn outside_crates_are_confined() {
    for (ours, outside) in [
        ("mraos-domain", "tokio"),
        ("mraos-api", "axum"),
        ("mraos-app", "axum"),
        ("mraos-server", "tokio-postgres"),
    ] {
        let found = direction_findings(&metadata_with(ours, outside, json!(null)));
        assert_eq!(found.len(), 1, "{ours} → {outside}: {found:?}");
    }
}

#[test]
fn an_unknown_crate_and_a_stale_row_are_found() {
    let unknown = metadata_with("mraos-drawer", "serde", json!(null));
    assert!(direction_findings(&unknown)[0].contains("not in the table of layers"));
    let findings = architecture::check(&json!({ "packages": [] }));
    assert!(findings.iter().all(|finding| finding.rule.contains("a crate that is gone")));
    assert!(findings.len() > 5);
}

/// What the trace's check says of one row, in a repository with one file and one test.
fn trace_findings(row: &str) -> Vec<String> {
    let trace = format!("| Clause | What | Where | Test | State |\n|---|---|---|---|---|\n{row}\n");
    let read = |path: &str| (path == "a/b.rs").then(|| "fn works() {}".to_string());
    trace::check(&trace, read).iter().map(ToString::to_string).collect()
}

#[test]
fn a_trace_row_is_complete_and_names_what_is_there() {
    let good = [
        "| 1-a | Rule | `a/b.rs` | `a/b.rs#works` | done |",
        "| 1-a | Rule | | | open, 4 |",
        "| 1-a | Rule | `a/b.rs` | | part, later |",
    ];
    for row in good {
        assert_eq!(trace_findings(row), Vec::<String>::new(), "{row}");
    }
    let bad = [
        ("| 1-a | Rule | `a/b.rs` | | done |", "names no place or no test"),
        ("| 1-a | Rule | `a/c.rs` | | open, 2 |", "`a/c.rs` does not exist"),
        ("| 1-a | Rule | `a/b.rs` | `a/b.rs#gone` | done |", "`a/b.rs#gone` does not exist"),
        ("| 1-a | Rule | | | soon |", "`soon` is not a state"),
        ("| 1-a | Rule | | open, 2 |", "4 columns"),
        ("| 1-a | A | | | open, 2 |\n| 1-a | B | | | open, 2 |", "stands twice"),
    ];
    for (row, expected) in bad {
        let found = trace_findings(row);
        assert_eq!(found.len(), 1, "{row}: {found:?}");
        assert!(found[0].contains(expected), "{row}: {found:?}");
    }
}
