//! Identifiers of the plant's things. Distinct types, so that an operator is never a machine.
//!
//! Textual ids come from the plant's own systems (`O-156`, `M-203`, `WO-4600`); numeric ids are
//! the log position of the event that created the row.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::invalid::Invalid;
use crate::json_string;
use crate::text::Text;

macro_rules! textual_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Text<20>);

        impl $name {
            /// Accepts 1 to 20 characters without blanks, slashes or control characters.
            pub fn new(value: &str) -> Result<Self, Invalid> {
                let text = Text::named($what, value)?;
                let bad = |c: char| c.is_whitespace() || matches!(c, '/' | '\\' | '?' | '#');
                if text.as_str().contains(bad) {
                    let rule = "blanks, slashes, `?` and `#` are not allowed in an id";
                    return Err(Invalid::new($what, value, rule));
                }
                Ok(Self(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// The text, held together with this.
            pub fn shared(&self) -> Arc<str> {
                self.0.shared()
            }
        }

        /// Found among others by its text.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

textual_id!(
    /// A person who works at machines, such as `O-156`.
    OperatorId, "operator_id");
textual_id!(
    /// A machine or work place, such as `M-203`.
    MachineId, "machine_id");
textual_id!(
    /// A work order, such as `WO-4600`.
    WorkOrderId, "work_order_id");
textual_id!(
    /// A material, such as `MAT-1001`.
    MaterialId, "material_id");

macro_rules! positional_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                json_string::read(deserializer, |text| text.parse().map($name))
            }
        }
    };
}

positional_id!(
    /// An allocation; the position of its creating event. A string in events (64 bits).
    AllocationId);
positional_id!(
    /// A shift, dependency, requirement, lot, reservation or line of a bill of materials; the
    /// position of its creating event.
    RowId);
