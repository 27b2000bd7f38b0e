//! Fields of PATCH bodies: absent means unchanged, and `null` empties a column that may be empty.
//!
//! `nullable` is for columns that may be empty, `required` for the others: there `null` is a type
//! error instead of a change that is silently dropped. Both need `#[serde(default)]` beside them.

use serde::de::{Deserialize, Deserializer};

/// A present field of a nullable column: `null` is `Some(None)`.
pub fn nullable<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// A present field of a column that is never empty: `null` is refused.
pub fn required<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// A present decimal of a column that is never empty.
pub fn required_decimal<'de, D>(deserializer: D) -> Result<Option<rust_decimal::Decimal>, D::Error>
where
    D: Deserializer<'de>,
{
    crate::decimal::deserialize(deserializer).map(Some)
}
