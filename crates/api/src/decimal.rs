//! Decimals on the wire: strings out, strings or JSON numbers in.
//!
//! A JSON number arrives as a binary float; its shortest decimal text is what the client wrote for
//! every quantity of up to 15 digits, and that text is parsed exactly. Nothing is rounded here: a
//! value with more digits than a decimal holds is an error. Scale and sign are the domain's rules.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;
use utoipa::ToSchema;

/// A decimal as answers carry it: a string with all digits of its column.
#[derive(Debug, ToSchema)]
#[schema(as = Decimal, format = "decimal", pattern = r"^-?[0-9]+(\.[0-9]+)?$", example = "12.500")]
pub struct DecimalText(#[allow(dead_code)] String);

/// A decimal as requests may carry it: a string, exact to the last digit, or a JSON number.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
#[schema(example = "12.5")]
pub enum DecimalInput {
    /// Exact.
    Text(DecimalText),
    /// Exact up to 15 digits.
    Number(f64),
}

/// Writes the decimal as a string with its own scale (`"10.000"`).
pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Reads a decimal from a string or a JSON number.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    deserializer.deserialize_any(DecimalVisitor)
}

/// Reads the text of a decimal exactly; exponents are allowed, rounding is not.
pub fn parse(text: &str) -> Result<Decimal, String> {
    let parsed = if text.contains(['e', 'E']) {
        Decimal::from_scientific(text)
    } else {
        Decimal::from_str_exact(text)
    };
    parsed.map_err(|_| {
        format!("`{text}` is not a decimal number of at most 28 digits; write it like \"10.5\"")
    })
}

struct DecimalVisitor;

impl Visitor<'_> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a decimal number as a string or a JSON number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        parse(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Decimal, E> {
        Ok(Decimal::from(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Decimal, E> {
        Ok(Decimal::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Decimal, E> {
        parse(&value.to_string()).map_err(E::custom)
    }
}

/// The same for an optional decimal: `null` or an absent field is none.
pub mod option {
    use super::{Decimal, Deserializer, Serializer};
    use serde::{Deserialize, Serialize};

    /// Writes the decimal as a string, none as `null`.
    pub fn serialize<S: Serializer>(
        value: &Option<Decimal>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(Wire).serialize(serializer)
    }

    /// Reads a decimal or `null`.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Decimal>, D::Error> {
        Ok(Option::<Wire>::deserialize(deserializer)?.map(|wire| wire.0))
    }

    #[derive(Serialize, Deserialize)]
    struct Wire(#[serde(with = "super")] Decimal);
}

/// For PATCH bodies: an absent field, `null` and a value are three different things.
pub mod nullable {
    use super::{Decimal, Deserializer, Serializer};

    /// Writes the decimal or `null`; pair it with `skip_serializing_if` for absent fields.
    pub fn serialize<S: Serializer>(
        value: &Option<Option<Decimal>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        super::option::serialize(&value.flatten(), serializer)
    }

    /// Reads a present field: a decimal or `null`.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<Decimal>>, D::Error> {
        super::option::deserialize(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    #[derive(Debug, Serialize, Deserialize)]
    struct Body {
        #[serde(with = "super")]
        quantity: Decimal,
        #[serde(with = "super::option", default)]
        rating: Option<Decimal>,
    }

    fn quantity_of(value: serde_json::Value) -> Result<String, String> {
        serde_json::from_value::<Body>(json!({ "quantity": value }))
            .map(|body| body.quantity.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn strings_and_numbers_give_the_digits_the_client_wrote() {
        for (input, expected) in [
            (json!("10.000"), "10.000"),
            (json!(10), "10"),
            (json!(-3), "-3"),
            (json!(0.1), "0.1"),
            (json!(123_456_789_012.345), "123456789012.345"),
            (json!(u64::MAX), "18446744073709551615"),
            (json!("1e3"), "1000"),
        ] {
            assert_eq!(quantity_of(input).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_no_decimal_is_named() {
        for input in
            [json!("ten"), json!(""), json!("1.00000000000000000000000000000000001"), json!(1e300)]
        {
            let error = quantity_of(input.clone()).unwrap_err();
            assert!(error.contains("is not a decimal number"), "{input}: {error}");
        }
        assert!(quantity_of(json!(true)).unwrap_err().contains("a decimal number as a string"));
    }

    #[test]
    fn optional_decimals_write_null_and_read_absent() {
        let body: Body = serde_json::from_value(json!({"quantity": "1.50"})).unwrap();
        let wire = serde_json::to_value(&body).unwrap();
        assert_eq!(wire, json!({"quantity": "1.50", "rating": null}));
        let body: Body = serde_json::from_value(json!({"quantity": 1, "rating": 4.25})).unwrap();
        assert_eq!(body.rating.unwrap().to_string(), "4.25");
    }
}
