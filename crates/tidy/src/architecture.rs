//! Who may use whom, as a table, and the comparison of the real dependency graph with it.
//!
//! A line missing here is a line that a manifest may not have: handlers cannot reach the database
//! and rules cannot read the clock because the crates that could do it are out of their sight.
//! Reads what `cargo metadata` prints; asks no registry and resolves nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::finding::Finding;

/// One crate of the workspace: which of the others its shipped code may use.
struct Layer {
    name: &'static str,
    sees: &'static [&'static str],
    /// When given, the only crates from outside that its shipped code may use.
    outside: Option<&'static [&'static str]>,
}

const LAYERS: [Layer; 12] = [
    Layer {
        name: "mraos-domain",
        sees: &[],
        outside: Some(&[
            "foldhash",
            "jiff",
            "rust_decimal",
            "serde",
            "serde_json",
            "thiserror",
            "uuid",
        ]),
    },
    Layer {
        name: "mraos-api",
        sees: &[],
        outside: Some(&["jiff", "rust_decimal", "serde", "serde_json", "thiserror", "utoipa"]),
    },
    Layer { name: "mraos-store", sees: &["mraos-domain"], outside: None },
    Layer { name: "mraos-app", sees: &["mraos-domain", "mraos-store", "mraos-api"], outside: None },
    Layer {
        name: "mraos-server",
        sees: &["mraos-domain", "mraos-app", "mraos-api"],
        outside: None,
    },
    Layer {
        name: "mraos-solver",
        sees: &[],
        outside: Some(&["flate2", "rand", "serde", "thiserror"]),
    },
    Layer { name: "mraos-plant", sees: &["mraos-api"], outside: None },
    Layer {
        name: "mraos-forecast",
        sees: &[],
        outside: Some(&["csv", "jiff", "rand", "serde", "serde_json", "thiserror"]),
    },
    Layer {
        name: "mraos",
        sees: &[
            "mraos-domain",
            "mraos-store",
            "mraos-app",
            "mraos-server",
            "mraos-api",
            "mraos-plant",
            "mraos-forecast",
            "mraos-solver",
        ],
        outside: None,
    },
    Layer {
        name: "mraos-testkit",
        sees: &[
            "mraos",
            "mraos-domain",
            "mraos-store",
            "mraos-app",
            "mraos-server",
            "mraos-api",
            "mraos-plant",
        ],
        outside: None,
    },
    Layer { name: "mraos-bench", sees: &["mraos-api", "mraos"], outside: None },
    Layer { name: "mraos-tidy", sees: &[], outside: Some(&["proc-macro2", "serde_json"]) },
];

/// Crates from outside that only some of ours may use in shipped code.
const CONFINED: [(&str, &[&str]); 11] = [
    ("tokio-postgres", &["mraos-store", "mraos-testkit", "mraos-bench"]),
    ("deadpool-postgres", &["mraos-store"]),
    ("axum", &["mraos-server"]),
    ("tower", &["mraos-server"]),
    ("tower-http", &["mraos-server"]),
    ("reqwest", &["mraos-plant", "mraos-testkit", "mraos"]),
    ("clap", &["mraos", "mraos-bench"]),
    ("anyhow", &["mraos", "mraos-bench"]),
    ("csv", &["mraos-plant", "mraos-forecast"]),
    ("indicatif", &["mraos-plant", "mraos"]),
    ("toml", &["mraos"]),
];

/// Compares the output of `cargo metadata --no-deps --format-version 1` with the table.
pub fn check(metadata: &Value) -> Vec<Finding> {
    let packages = array(&metadata["packages"]);
    let ours: BTreeSet<&str> = packages.iter().filter_map(|package| name_of(package)).collect();
    let mut findings = Vec::new();
    for package in packages {
        let name = name_of(package).unwrap_or_default();
        match LAYERS.iter().find(|layer| layer.name == name) {
            Some(layer) => findings.extend(check_package(layer, package, &ours)),
            None => findings.push(finding(
                name,
                "the crate is not in the table of layers".into(),
                "add it to LAYERS in crates/tidy/src/architecture.rs with what it may see",
            )),
        }
    }
    for layer in LAYERS.iter().filter(|layer| !ours.contains(layer.name)) {
        findings.push(finding(
            layer.name,
            "the table of layers names a crate that is gone".into(),
            "remove it from LAYERS in crates/tidy/src/architecture.rs",
        ));
    }
    findings
}

fn check_package(layer: &Layer, package: &Value, ours: &BTreeSet<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for dependency in array(&package["dependencies"]) {
        let name = name_of(dependency).unwrap_or_default();
        // Tests may reach further; what ships is what the table is about.
        if dependency["kind"].as_str() == Some("dev") {
            continue;
        }
        if ours.contains(name) {
            if !layer.sees.contains(&name) {
                findings.push(finding(
                    layer.name,
                    format!("depends on `{name}`, which it must not see"),
                    "move the code to the layer that may; see the table in ARCHITECTURE.md",
                ));
            }
            continue;
        }
        if let Some(allowed) = layer.outside {
            if !allowed.contains(&name) {
                findings.push(finding(
                    layer.name,
                    format!("depends on `{name}`, which is not on its short list"),
                    "keep I/O, clocks and frameworks out of this crate",
                ));
            }
            continue;
        }
        let confined = CONFINED.iter().find(|(confined, _)| *confined == name);
        if confined.is_some_and(|(_, users)| !users.contains(&layer.name)) {
            findings.push(finding(
                layer.name,
                format!("depends on `{name}`, which is confined to other crates"),
                "call the crate that wraps it; see CONFINED in crates/tidy/src/architecture.rs",
            ));
        }
    }
    findings
}

fn finding(crate_name: &str, rule: String, advice: &'static str) -> Finding {
    Finding { path: format!("crate {crate_name}"), line: 0, rule, advice }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn name_of(value: &Value) -> Option<&str> {
    value["name"].as_str()
}
