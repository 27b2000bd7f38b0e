//! What a rule says when it is broken.
//!
//! A finding names the place, the rule and the way out, so that nobody has to read this crate to
//! get past it. It carries no severity: every finding fails the build.

use std::fmt;

/// One broken rule at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Path from the root of the repository.
    pub path: String,
    /// Line number from 1; 0 when the finding is about the file as a whole.
    pub line: usize,
    /// The rule, as a fact about what was found.
    pub rule: String,
    /// What to do about it.
    pub advice: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.path)?;
        if self.line > 0 {
            write!(out, ":{}", self.line)?;
        }
        write!(out, ": {} - {}", self.rule, self.advice)
    }
}

/// The findings as one text, a line each; empty when there are none.
pub fn report(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}
