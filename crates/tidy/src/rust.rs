//! Rules that need to read Rust as Rust: sizes, module headers, SQL in string literals.
//!
//! Works on tokens, not on a syntax tree: a function in a macro counts too, and new syntax does not
//! break the check. It never judges style that rustfmt or clippy already judge.

use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::files::SourceFile;
use crate::finding::Finding;

const FILE_LINES: usize = 500;
const TEST_FILE_LINES: usize = 800;
const LIB_LINES: usize = 120;
const FUNCTION_LINES: usize = 70;
/// A table of cases is data, and longer.
const TEST_FUNCTION_LINES: usize = 150;
const HEADER_LINES: std::ops::RangeInclusive<usize> = 3..=8;
/// A crate's own documentation may say more than a module's.
const LIB_HEADER_LINES: std::ops::RangeInclusive<usize> = 3..=30;
/// Where SQL belongs, and where a database is started, provisioned or measured.
const SQL_SPEAKERS: [&str; 4] =
    ["crates/store", "crates/testkit", "crates/cli/src/postgres", "bench"];

/// Every Rust rule, applied to `file`.
pub fn check(file: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::from_iter(check_size(file));
    findings.extend(check_header(file));
    let Ok(tokens) = TokenStream::from_str(&file.text) else {
        findings.push(finding(file, 1, "not readable as Rust".into(), "make it compile"));
        return findings;
    };
    let mut seen = Seen::default();
    walk(tokens, &mut seen);
    let limit = if file.is_test() { TEST_FUNCTION_LINES } else { FUNCTION_LINES };
    for function in seen.functions.iter().filter(|function| function.lines() > limit) {
        let rule = format!(
            "function `{}` has {} lines, the limit is {limit}",
            function.name,
            function.lines()
        );
        let advice =
            "let it keep the branching and move pure computation into functions of its own";
        findings.push(finding(file, function.first_line, rule, advice));
    }
    let may_speak_sql = file.is_test() || SQL_SPEAKERS.iter().any(|place| file.is_in(place));
    if !may_speak_sql {
        for literal in seen.literals.iter().filter(|literal| is_sql(&literal.text)) {
            let rule = "SQL outside the store".to_string();
            let advice =
                "move the statement into crates/store, as a function named for its question";
            findings.push(finding(file, literal.line, rule, advice));
        }
    }
    findings
}

fn check_size(file: &SourceFile) -> Option<Finding> {
    let lines = file.text.lines().count();
    let limit = match file.file_name() {
        _ if file.is_test() => TEST_FILE_LINES,
        "lib.rs" => LIB_LINES,
        _ => FILE_LINES,
    };
    let rule = format!("{lines} lines, the limit is {limit}");
    let advice = "split it along the nouns it serves; lib.rs holds declarations and documentation";
    (lines > limit).then(|| finding(file, 0, rule, advice))
}

fn check_header(file: &SourceFile) -> Option<Finding> {
    let lines = file.text.lines().take_while(|line| line.starts_with("//!")).count();
    let allowed = if file.file_name() == "lib.rs" { LIB_HEADER_LINES } else { HEADER_LINES };
    let rule = format!(
        "the module header has {lines} lines, expected {} to {}",
        allowed.start(),
        allowed.end()
    );
    let advice = "begin the file with `//!` lines: what it is, why it is here, what it never does";
    (!allowed.contains(&lines)).then(|| finding(file, 1, rule, advice))
}

fn finding(file: &SourceFile, line: usize, rule: String, advice: &'static str) -> Finding {
    Finding { path: file.path.clone(), line, rule, advice }
}

#[derive(Default)]
struct Seen {
    functions: Vec<Function>,
    literals: Vec<Literal>,
}

struct Function {
    name: String,
    first_line: usize,
    last_line: usize,
}

impl Function {
    fn lines(&self) -> usize {
        self.last_line - self.first_line + 1
    }
}

struct Literal {
    text: String,
    line: usize,
}

fn walk(tokens: TokenStream, seen: &mut Seen) {
    let mut signature: Option<(String, usize)> = None;
    let mut after_fn = None;
    let mut after_hash = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if ident == "fn" => after_fn = Some(ident.span().start().line),
            TokenTree::Ident(ident) => {
                if let Some(line) = after_fn.take() {
                    signature = Some((ident.to_string(), line));
                }
            }
            TokenTree::Punct(punct) => {
                // A function without a body: a trait's declaration.
                if punct.as_char() == ';' {
                    signature = None;
                }
                after_fn = None;
            }
            TokenTree::Literal(literal) => seen
                .literals
                .push(Literal { text: literal.to_string(), line: literal.span().start().line }),
            TokenTree::Group(group) => {
                if let Some(function) = function_of(group, &mut signature) {
                    seen.functions.push(function);
                }
                if !(after_hash && is_doc_attribute(group)) {
                    walk(group.stream(), seen);
                }
                after_fn = None;
            }
        }
        after_hash = match &token {
            TokenTree::Punct(punct) => {
                punct.as_char() == '#' || (after_hash && punct.as_char() == '!')
            }
            _ => false,
        };
    }
}

fn function_of(group: &Group, signature: &mut Option<(String, usize)>) -> Option<Function> {
    if group.delimiter() != Delimiter::Brace {
        return None;
    }
    let (name, first_line) = signature.take()?;
    Some(Function { name, first_line, last_line: group.span_close().end().line })
}

fn is_doc_attribute(group: &Group) -> bool {
    let first = group.stream().into_iter().next();
    matches!(first, Some(TokenTree::Ident(ident)) if ident == "doc")
}

/// Whether a literal, as written in the source, holds a SQL statement.
fn is_sql(literal: &str) -> bool {
    let Some(quote) = literal.find('"') else {
        return false;
    };
    let text = literal[quote + 1..].replace("\\n", " ").to_lowercase();
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || letter == '\\')
        .filter(|word| !word.is_empty())
        .collect();
    let has = |word: &str| words.contains(&word);
    match words.as_slice() {
        ["select", ..] => has("from") || text.contains('('),
        ["insert", "into", ..] | ["delete", "from", ..] | ["truncate", "table", ..] => true,
        ["update", _, ..] => has("set"),
        ["create" | "alter" | "drop", what, ..] => [
            "table", "index", "unique", "role", "database", "view", "function", "trigger", "schema",
        ]
        .contains(what),
        ["with", _, "as", ..] => has("select") || has("insert") || has("update"),
        _ => false,
    }
}
