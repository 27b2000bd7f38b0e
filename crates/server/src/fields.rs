//! From raw fields of a body to domain values, collecting every error on the way.
//!
//! A client that sent five wrong values is told about five, each with its JSON pointer. Rules live
//! in the domain's constructors; here are only those that a column's type adds.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use mraos_api::problem::FieldError;
use mraos_domain::{Instant, Invalid, Text};
use rust_decimal::Decimal;

use crate::problem::{HttpError, HttpResult};

/// Years that a date may lie in.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;
/// Jobs that one person or machine may do at once.
const PARALLEL_CAPACITY: std::ops::RangeInclusive<i64> = 1..=1_000;

/// The errors found so far in one body.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    errors: Vec<FieldError>,
    prefix: String,
}

impl Fields {
    /// Remembers an error of a field.
    pub(crate) fn reject(&mut self, name: &str, message: impl ToString) {
        let pointer = format!("{}/{name}", self.prefix);
        self.errors.push(FieldError { pointer, message: message.to_string() });
    }

    /// The value, or its error remembered under the field's name.
    pub(crate) fn take<T>(&mut self, name: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.reject(name, invalid)).ok()
    }

    /// As [`Fields::take`] for a field that may be absent: the outer option is "no error".
    pub(crate) fn take_optional<T>(
        &mut self,
        name: &str,
        parsed: Option<Result<T, Invalid>>,
    ) -> Option<Option<T>> {
        match parsed {
            None => Some(None),
            Some(parsed) => self.take(name, parsed).map(Some),
        }
    }

    /// Text that must be there.
    pub(crate) fn text<const MAX: usize>(
        &mut self,
        name: &'static str,
        value: &str,
    ) -> Option<Text<MAX>> {
        self.take(name, Text::named(name, value))
    }

    /// Text that may be absent.
    pub(crate) fn optional_text<const MAX: usize>(
        &mut self,
        name: &'static str,
        value: Option<&str>,
    ) -> Option<Option<Text<MAX>>> {
        self.take_optional(name, value.map(|value| Text::named(name, value)))
    }

    /// A present member of a change replaces the value.
    pub(crate) fn replace<T, X>(
        &mut self,
        target: &mut T,
        name: &'static str,
        change: Option<X>,
        parse: impl FnOnce(&'static str, X) -> Result<T, Invalid>,
    ) {
        if let Some(value) = change.and_then(|raw| self.take(name, parse(name, raw))) {
            *target = value;
        }
    }

    /// A present member of a change replaces the value; `null` empties it.
    pub(crate) fn replace_nullable<T, X>(
        &mut self,
        target: &mut Option<T>,
        name: &'static str,
        change: Option<Option<X>>,
        parse: impl FnOnce(&'static str, X) -> Result<T, Invalid>,
    ) {
        match change {
            None => {}
            Some(None) => *target = None,
            Some(Some(raw)) => *target = self.take(name, parse(name, raw)),
        }
    }

    /// Runs `read` with pointers that lie below `segment`.
    pub(crate) fn below<T>(&mut self, segment: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.prefix.len();
        self.prefix.push('/');
        self.prefix.push_str(segment);
        let value = read(self);
        self.prefix.truncate(outer);
        value
    }

    /// The value, if every field of the body was right.
    pub(crate) fn finish<T>(self, value: Option<T>) -> HttpResult<T> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            None if self.errors.is_empty() => {
                Err(HttpError::internal(&"a field was rejected without an error"))
            }
            _ => Err(HttpError::invalid_fields(self.errors)),
        }
    }
}

/// Text of at most `MAX` characters.
pub(crate) fn text<const MAX: usize>(
    name: &'static str,
    value: impl AsRef<str>,
) -> Result<Text<MAX>, Invalid> {
    Text::named(name, value.as_ref())
}

/// A whole number within a range that fits the column.
pub(crate) fn whole_number(
    name: &'static str,
    value: i64,
    range: std::ops::RangeInclusive<i64>,
) -> Result<i32, Invalid> {
    let rule = || format!("a whole number from {} to {}", range.start(), range.end());
    let inside = range.contains(&value).then(|| i32::try_from(value).ok()).flatten();
    inside.ok_or_else(|| Invalid::new(name, value, rule()))
}

/// Minutes from one to ten years.
pub(crate) fn minutes(name: &'static str, value: i64) -> Result<i32, Invalid> {
    whole_number(name, value, 1..=5_256_000)
}

/// A count from nought to a thousand million.
pub(crate) fn count(name: &'static str, value: i64) -> Result<i32, Invalid> {
    whole_number(name, value, 0..=1_000_000_000)
}

/// Jobs at once, from 1 to 1,000.
pub(crate) fn parallel_capacity(name: &'static str, value: i64) -> Result<u16, Invalid> {
    let number = whole_number(name, value, PARALLEL_CAPACITY)?;
    u16::try_from(number).map_err(|_| Invalid::new(name, value, "1 to 1000"))
}

/// A calendar date that both the plant and the database know.
pub(crate) fn date(name: &'static str, value: Date) -> Result<Date, Invalid> {
    if YEARS.contains(&value.year()) {
        return Ok(value);
    }
    Err(Invalid::new(name, value, "a date lies in the years 1900 to 2999"))
}

/// A time of day in whole microseconds.
pub(crate) fn time_of_day(name: &'static str, value: Time) -> Result<Time, Invalid> {
    if value.subsec_nanosecond() % 1_000 == 0 {
        return Ok(value);
    }
    Err(Invalid::new(name, value, "at most six digits after the second's point"))
}

/// An instant within the domain's range.
pub(crate) fn instant(name: &'static str, value: Timestamp) -> Result<Instant, Invalid> {
    Instant::new(value).map_err(|invalid| Invalid { what: name, ..invalid })
}

/// A bounded decimal, by its domain constructor.
pub(crate) fn decimal<T>(
    constructor: fn(Decimal) -> Result<T, Invalid>,
) -> impl FnOnce(&'static str, Decimal) -> Result<T, Invalid> {
    move |name, value| constructor(value).map_err(|invalid| Invalid { what: name, ..invalid })
}

/// The names of a domain enum's values.
pub(crate) fn names<T: Copy>(all: &[T], as_str: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().copied().map(as_str).collect()
}

/// One of the named values of a domain enum.
pub(crate) fn named_value<T: Copy>(
    name: &'static str,
    value: &str,
    all: &[T],
    as_str: fn(T) -> &'static str,
) -> Result<T, Invalid> {
    all.iter().copied().find(|known| as_str(*known) == value).ok_or_else(|| {
        Invalid::new(name, value, format!("one of {}", names(all, as_str).join(", ")))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn every_wrong_field_is_named_with_its_pointer() {
        let mut fields = Fields::default();
        let name = fields.text::<5>("machine_name", "far too long");
        let level = fields.below("skills", |fields| {
            fields.below("2", |fields| fields.take("level", count("level", -1)))
        });
        let error = fields.finish(name.zip(level)).unwrap_err();
        let pointers: Vec<String> =
            error.into_problem().errors.into_iter().map(|error| error.pointer).collect();
        assert_eq!(pointers, ["/machine_name", "/skills/2/level"]);
    }

    #[test]
    fn a_change_keeps_what_is_absent_and_empties_what_is_null() {
        let mut fields = Fields::default();
        let mut zone = Some(Text::<10>::new("A").unwrap());
        fields.replace_nullable(&mut zone, "zone", None::<Option<String>>, text);
        assert_eq!(zone.as_ref().unwrap().as_str(), "A");
        fields.replace_nullable(&mut zone, "zone", Some(Some("B".to_owned())), text);
        assert_eq!(zone.as_ref().unwrap().as_str(), "B");
        fields.replace_nullable(&mut zone, "zone", Some(None::<String>), text);
        assert_eq!(zone, None);
        assert!(fields.finish(Some(())).is_ok());
    }

    #[test]
    fn values_outside_the_columns_are_refused_with_the_rule() {
        assert!(date("hire_date", "0001-01-01".parse().unwrap()).is_err());
        assert!(time_of_day("start_time", "06:00:00.0000001".parse().unwrap()).is_err());
        assert!(parallel_capacity("parallel_capacity", 0).is_err());
        let invalid = minutes("lag", i64::MAX).unwrap_err();
        assert!(invalid.to_string().contains("9223372036854775807"), "{invalid}");
        let all = mraos_domain::OperatorStatus::ALL;
        let status = named_value("status", "idle", &all, mraos_domain::OperatorStatus::as_str);
        assert!(status.unwrap_err().to_string().contains("available"), "names what is allowed");
    }
}
