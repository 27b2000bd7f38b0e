//! Rules that read a file line by line: length, unfinished work, paths of one machine.
//!
//! They look at comments and strings as much as at code, and at scripts, SQL and documents beside
//! Rust. Line length is a rule for Rust and scripts alone; prose, SQL and data may run on.

use crate::files::SourceFile;
use crate::finding::Finding;

const COLUMNS: usize = 100;
const CODE: [&str; 2] = [".rs", ".sh"];
/// Written in pieces, so that this file passes its own rule.
const UNFINISHED: [&str; 7] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("HA", "CK"),
    concat!("for ", "now"),
    concat!("stop", "gap"),
    concat!("not yet ", "implemented"),
];
const MACHINE_PATHS: [&str; 4] =
    [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// Every line rule, applied to `file`.
pub fn check(file: &SourceFile) -> Vec<Finding> {
    let is_code = CODE.iter().any(|extension| file.path.ends_with(extension));
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let mut found = |rule: String, advice| {
            findings.push(Finding { path: file.path.clone(), line: index + 1, rule, advice });
        };
        let columns = line.chars().count();
        if is_code && columns > COLUMNS && !line.contains("://") {
            found(
                format!("{columns} columns, the limit is {COLUMNS}"),
                "wrap the line; break long strings with a trailing backslash",
            );
        }
        for word in UNFINISHED.into_iter().filter(|word| contains_word(line, word)) {
            found(
                format!("`{word}` marks unfinished work"),
                "finish it, or open an issue and describe here what is there",
            );
        }
        for path in MACHINE_PATHS.into_iter().filter(|path| names_machine_path(line, path)) {
            found(
                format!("`{path}` is a path of one machine"),
                "use a relative path, a setting or a temporary directory",
            );
        }
    }
    findings
}

/// `word` stands in `line` on its own: not as a part of a longer word.
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_word_letter) && !after.is_some_and(is_word_letter)
    })
}

/// `path` starts an absolute path in `line`: `crates/work/` or `$HOME/home/` do not.
fn names_machine_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|letter| is_word_letter(letter) || matches!(letter, '.' | '}' | '*'))
    })
}

fn is_word_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
