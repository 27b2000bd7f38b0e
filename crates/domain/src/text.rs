//! Bounded text: what fits the column and holds nothing that PostgreSQL or a screen would choke on.
//!
//! Free text that people write (reasons, notes) never enters an event; the event holds a
//! [`TextRef`] and the text itself lives, erasable, beside the log.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::invalid::Invalid;
use crate::json_string;

/// Text of 1 to `MAX` characters without control characters, trimmed; cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(Arc<str>);

impl<const MAX: usize> Text<MAX> {
    /// Accepts `value` if it fits, or says why not.
    pub fn new(value: &str) -> Result<Self, Invalid> {
        Self::named("text", value)
    }

    /// As [`Text::new`], with the name that the error gives to the value.
    pub fn named(what: &'static str, value: &str) -> Result<Self, Invalid> {
        let trimmed = value.trim();
        if trimmed.is_empty() {
            return Err(Invalid::new(what, value, format!("it needs 1 to {MAX} characters")));
        }
        // A character has a byte or more.
        let length = if trimmed.len() > MAX { trimmed.chars().count() } else { trimmed.len() };
        if length > MAX {
            let rule = format!("it has {length} characters, at most {MAX} fit");
            return Err(Invalid::new(what, value, rule));
        }
        if let Some(found) = trimmed.chars().find(|c| c.is_control()) {
            let rule = format!("control character U+{:04X} is not allowed", u32::from(found));
            return Err(Invalid::new(what, value.escape_debug(), rule));
        }
        Ok(Self(trimmed.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, held together with this.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> Serialize for Text<MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        json_string::read(deserializer, Self::new)
    }
}

/// What an event keeps of a free text: where it is stored and a salted SHA-256 of it (hex).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextRef {
    /// Row of `event_texts`.
    pub text_id: Uuid,
    /// Hex SHA-256 over salt and text; proves the text without holding it.
    pub digest: String,
}
