//! Free texts that people write: reasons and notes.
//!
//! They are stored beside the log, erasable; the command carries only a reference with a salted
//! hash. One collector per submission gathers them.

use mraos_app::{Attachment, free_text};
use mraos_domain::{Invalid, TextRef};

use crate::fields::Fields;

/// Longest free text, in characters.
const MAX_CHARS: usize = 2_000;

/// The free texts of one submission.
#[derive(Debug, Default)]
pub(crate) struct Texts(Vec<Attachment>);

impl Texts {
    /// Checks a text and keeps it for the submission.
    pub(crate) fn attach(
        &mut self,
        fields: &mut Fields,
        name: &'static str,
        value: &str,
    ) -> Option<TextRef> {
        let text = fields.take(name, check(name, value))?;
        let (reference, stored) = free_text::attach(&text);
        self.0.push(stored);
        Some(reference)
    }

    /// Everything that goes with the submission.
    pub(crate) fn into_attachments(self) -> Vec<Attachment> {
        self.0
    }
}

/// Text over several lines, without other control characters.
fn check(name: &'static str, value: &str) -> Result<String, Invalid> {
    let trimmed = value.trim();
    let length = trimmed.chars().count();
    if length == 0 || length > MAX_CHARS {
        let rule = format!("a text of 1 to {MAX_CHARS} characters; it has {length}");
        return Err(Invalid::new(name, value, rule));
    }
    let control = trimmed.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    match control {
        None => Ok(trimmed.to_owned()),
        Some(found) => {
            let rule = format!("control character U+{:04X} is not allowed", u32::from(found));
            Err(Invalid::new(name, value.escape_debug(), rule))
        }
    }
}
