//! Rules about the names of files and directories.
//!
//! A name says what is inside; a drawer for everything says nothing. Migrations carry the UTC time
//! of their writing, so that two branches never claim the same number.

use crate::files::SourceFile;
use crate::finding::Finding;

/// Words that say nothing about the content of a Rust file or directory.
const DRAWERS: [&str; 9] =
    ["util", "utils", "common", "helper", "helpers", "manager", "managers", "misc", "stuff"];
const MIGRATIONS: &str = "crates/store/migrations";

/// Every name rule, applied to `file`.
pub fn check(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |rule: String, advice| {
        findings.push(Finding { path: file.path.clone(), line: 0, rule, advice });
    };
    if file.is_rust() {
        if file.file_name() == "mod.rs" {
            found(
                "a module file named mod.rs".into(),
                "name it after its directory: foo.rs beside foo/",
            );
        }
        for word in drawers_in(&file.path) {
            found(
                format!("`{word}` in a path says nothing about the content"),
                "name the file after what it holds; move stray functions to the noun they serve",
            );
        }
    }
    if file.is_in(MIGRATIONS) && file.path.ends_with(".sql") && !is_migration(file.file_name()) {
        found(
            format!("migration `{}` does not carry its UTC time", file.file_name()),
            "name it VYYYYMMDDHHMMSS__what_it_does.sql, lower case",
        );
    }
    findings
}

fn drawers_in(path: &str) -> impl Iterator<Item = &'static str> {
    let stem = path.trim_end_matches(".rs");
    let words: Vec<&str> = stem.split(['/', '_', '-']).collect();
    DRAWERS.into_iter().filter(move |drawer| words.contains(drawer))
}

fn is_migration(file_name: &str) -> bool {
    let Some((time, rest)) = file_name.strip_prefix('V').and_then(|rest| rest.split_once("__"))
    else {
        return false;
    };
    let Some(what) = rest.strip_suffix(".sql") else {
        return false;
    };
    is_utc_time(time)
        && !what.is_empty()
        && what.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '_'))
}

fn is_utc_time(time: &str) -> bool {
    let field = |from: usize, to: usize| time[from..to].parse::<u32>().unwrap_or(u32::MAX);
    time.len() == 14
        && time.bytes().all(|digit| digit.is_ascii_digit())
        && (1..=12).contains(&field(4, 6))
        && (1..=31).contains(&field(6, 8))
        && field(8, 10) < 24
        && field(10, 12) < 60
        && field(12, 14) < 60
}
