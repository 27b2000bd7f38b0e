//! Keeps `docs/spec-trace.md` honest: every row complete, every name in it real.
//!
//! A row that says `done` must name a place and a test, and each file or test it names must exist.
//! Whether the test shows what the clause asks is for the reader to judge.

use crate::finding::Finding;

/// Where the trace lives, from the root of the repository.
pub const PATH: &str = "docs/spec-trace.md";

const COLUMNS: usize = 5;

/// Checks the trace's rows; `read` gives the text of a file of the repository, if it is there.
pub fn check(trace: &str, read: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut clauses = std::collections::BTreeSet::new();
    for (index, line) in trace.lines().enumerate() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if !line.starts_with('|') || !cells[0].starts_with(|first: char| first.is_ascii_digit()) {
            continue;
        }
        let mut found = |rule: String, advice| {
            let path = PATH.to_string();
            findings.push(Finding { path, line: index + 1, rule, advice });
        };
        let [clause, _, place, test, state] = cells[..] else {
            found(
                format!("the row has {} columns, expected {COLUMNS}", cells.len()),
                "fill clause, what, where, test, state",
            );
            continue;
        };
        if !clauses.insert(clause) {
            found(format!("clause `{clause}` stands twice"), "give each row a clause of its own");
        }
        if !is_state(state) {
            found(
                format!("`{state}` is not a state"),
                "write `done`, or `part, N` or `open, N` with the issue's number or `later`",
            );
        }
        if state == "done" && (place.is_empty() || test.is_empty()) {
            found(
                format!("clause `{clause}` is done, but names no place or no test"),
                "name both, or call it part",
            );
        }
        for name in names_in(place).chain(names_in(test)).filter(|name| !is_there(name, &read)) {
            found(
                format!("`{name}` does not exist"),
                "name the file or test as it is called today",
            );
        }
    }
    findings
}

fn is_state(state: &str) -> bool {
    match state.split_once(", ") {
        None => state == "done",
        Some((word, issue)) => {
            matches!(word, "part" | "open") && (issue == "later" || issue.parse::<u32>().is_ok())
        }
    }
}

/// The files and tests in a cell: whatever stands in backticks and has a slash.
fn names_in(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2).filter(|name| name.contains('/'))
}

fn is_there(name: &str, read: impl Fn(&str) -> Option<String>) -> bool {
    let (path, test) = match name.split_once('#') {
        Some((path, test)) => (path, Some(test)),
        None => (name, None),
    };
    read(path).is_some_and(|text| test.is_none_or(|test| text.contains(&format!("fn {test}("))))
}
