//! Rules about manifests: lints and versions are set once, at the root.
//!
//! A crate that does not inherit the lints would silently be held to fewer rules, and a version
//! written twice drifts apart. Reads TOML by line, which is enough for the two questions asked.

use crate::files::SourceFile;
use crate::finding::Finding;

/// Every manifest rule, applied to `file`; the root manifest is where the answers live.
pub fn check(file: &SourceFile) -> Vec<Finding> {
    if file.path == "Cargo.toml" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut section = "";
    let mut inherits_lints = false;
    for (index, line) in file.text.lines().map(str::trim).enumerate() {
        if line.starts_with('[') {
            section = line;
        } else if section == "[lints]" && line == "workspace = true" {
            inherits_lints = true;
        } else if section.ends_with("dependencies]") && names_own_version(line) {
            findings.push(Finding {
                path: file.path.clone(),
                line: index + 1,
                rule: format!("dependency `{line}` has a version of its own"),
                advice: "put the version into [workspace.dependencies] and inherit it",
            });
        }
    }
    if !inherits_lints {
        findings.push(Finding {
            path: file.path.clone(),
            line: 0,
            rule: "the crate does not inherit the workspace's lints".into(),
            advice: "add `[lints]` with `workspace = true`",
        });
    }
    findings
}

fn names_own_version(line: &str) -> bool {
    let is_dependency = line.contains('=') && !line.starts_with('#');
    is_dependency && !line.contains("workspace = true") && !line.contains("workspace=true")
}
