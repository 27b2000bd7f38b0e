//! The one error of every domain constructor: which value broke which rule.
//!
//! The edge turns it into a 422 with the JSON pointer of the value; the committer never sees it,
//! because a command can only be built from values that passed.

/// A value that no domain type can hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not a valid {what}: {rule}")]
pub struct Invalid {
    /// What the value was meant to be, such as `operator_id`.
    pub what: &'static str,
    /// The value, cut to 80 characters.
    pub value: String,
    /// The rule that it breaks and what would satisfy it.
    pub rule: String,
}

impl Invalid {
    /// Names the value (shortened for display) and the broken rule.
    pub fn new(what: &'static str, value: impl ToString, rule: impl Into<String>) -> Self {
        let full = value.to_string();
        let mut value: String = full.chars().take(80).collect();
        if value.len() < full.len() {
            value.push('…');
        }
        Self { what, value, rule: rule.into() }
    }
}
