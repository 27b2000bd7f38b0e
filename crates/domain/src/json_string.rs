//! Reading values that JSON holds as strings: numbers of 64 bits, decimals, times, bounded texts.
//!
//! The string is looked at where it stands; millions of events are read without a copy of each.
//! Never decides what is valid: the type that is read does.

use std::fmt::{self, Display};

use serde::Deserializer;
use serde::de::{Error, Visitor};

/// Reads a string with `read`, whose error says what is wrong with it.
pub(crate) fn read<'de, D: Deserializer<'de>, T, E: Display>(
    deserializer: D,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Written(read))
}

struct Written<F>(F);

impl<T, E: Display, F: FnOnce(&str) -> Result<T, E>> Visitor<'_> for Written<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<Er: Error>(self, text: &str) -> Result<T, Er> {
        (self.0)(text).map_err(Er::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::ids::AllocationId;
    use crate::quantity::Quantity;
    use crate::text::Text;
    use crate::time::Instant;

    fn told<'de, T: serde::Deserialize<'de>>(json: &'de str) -> String {
        serde_json::from_str::<T>(json).map(|_| "read".to_owned()).unwrap_or_else(|e| e.to_string())
    }

    #[test]
    fn what_is_no_string_or_no_value_is_told() {
        assert!(told::<Text<5>>("5").contains("expected a string"));
        assert!(told::<Instant>("null").contains("expected a string"));
        assert!(told::<Text<5>>(r#""abcdef""#).contains("at most 5 fit"));
        assert!(told::<Instant>(r#""yesterday""#).contains("RFC 3339"));
        assert!(told::<AllocationId>(r#""x1""#).contains("invalid digit"));
        assert!(told::<Quantity>(r#""1.0001""#).contains("at most 3 digits"));
    }

    #[test]
    fn escapes_and_strings_that_are_held_elsewhere_are_read() {
        let text: Text<20> = serde_json::from_str(r#""M\u00fcller \"x\"""#).unwrap();
        assert_eq!(text.as_str(), "Müller \"x\"");
        let value = serde_json::Value::from("12.500");
        let quantity: Quantity = serde_json::from_value(value).unwrap();
        assert_eq!(quantity.to_string(), "12.500");
    }
}
