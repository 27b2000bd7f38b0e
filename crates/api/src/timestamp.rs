//! Instants on the wire: RFC 3339 in UTC with microseconds.
//!
//! Six digits always, so that texts of equal instants are equal and texts sort like instants.
//! Reading takes any offset. Digits beyond the microsecond are the domain's to cut, not ours.

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer};
use serde::ser::Serializer;
use utoipa::ToSchema;

/// A time of day in the plant's zone, seconds optional on the way in.
#[derive(Debug, ToSchema)]
#[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", example = "06:00:00")]
pub struct LocalTime(#[allow(dead_code)] String);

/// Writes `2026-03-01T07:30:00.000000Z`.
pub fn serialize<S: Serializer>(value: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{value:.6}"))
}

/// Reads RFC 3339 with any offset.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Timestamp::deserialize(deserializer)
}

/// The same for an optional instant.
pub mod option {
    use super::{Deserialize, Deserializer, Serializer, Timestamp};

    /// Writes the instant, none as `null`.
    pub fn serialize<S: Serializer>(
        value: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => super::serialize(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    /// Reads an instant or `null`.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Option::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde::{Deserialize as D, Serialize as S};
    use serde_json::json;

    #[derive(S, D)]
    struct Body {
        #[serde(with = "super")]
        at: Timestamp,
        #[serde(with = "super::option", default)]
        until: Option<Timestamp>,
    }

    #[test]
    fn any_offset_in_and_six_digits_of_utc_out() {
        let body: Body =
            serde_json::from_value(json!({"at": "2026-03-01T08:30:00+01:00"})).unwrap();
        let wire = serde_json::to_value(&body).unwrap();
        assert_eq!(wire, json!({"at": "2026-03-01T07:30:00.000000Z", "until": null}));
    }

    #[test]
    fn years_out_of_range_are_refused() {
        let body = json!({"at": "99999-01-01T00:00:00Z"});
        assert!(serde_json::from_value::<Body>(body).is_err());
    }
}
