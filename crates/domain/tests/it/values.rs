//! Limits of the value types: what fits the column passes unchanged, everything else is refused
//! before any command exists.
//!
//! The database never sees a value that one of its columns cannot hold.

use mraos_domain::{
    AllocationId, Instant, Invalid, OperatorId, Percentage, Quantity, Rating, SkillLevel, Text,
    Window,
};

use crate::world::{at, quantity};

#[test]
fn text_is_trimmed_bounded_and_free_of_control_characters() {
    for (value, expected) in [
        ("abc", Some("abc")),
        ("  abc\t", Some("abc")),
        ("äöüß€", Some("äöüß€")),
        ("aaaaaa", None),
        ("", None),
        ("   ", None),
        ("a\0b", None),
        ("a\nb", None),
        ("a\u{7f}b", None),
        ("a\u{85}b", None),
    ] {
        let text = Text::<5>::new(value);
        assert_eq!(text.as_ref().ok().map(|text| text.as_str()), expected, "{value:?}");
    }
}

#[test]
fn errors_name_the_value_and_the_rule() {
    let message = |result: Result<Text<5>, Invalid>| result.unwrap_err().to_string();
    let nul = message(Text::named("department", "a\0b"));
    assert_eq!(nul, "`a\\0b` is not a valid department: control character U+0000 is not allowed");
    let long = message(Text::named("department", &"x".repeat(10_000)));
    assert!(long.contains("10000 characters, at most 5 fit"), "{long}");
    assert!(long.len() < 300, "a long value is cut");
    assert!(OperatorId::new("O 1").unwrap_err().to_string().contains("`O 1`"));
}

#[test]
fn ids_hold_no_blanks_and_nothing_that_breaks_a_path() {
    for id in ["O-156", "ä-1", "12345678901234567890", "a.b", "a:b", "%2F"] {
        assert_eq!(OperatorId::new(id).unwrap().as_str(), id);
    }
    for id in ["", "a b", "a/b", "a\\b", "a?b", "a#b", "123456789012345678901", "a\u{a0}b"] {
        assert!(OperatorId::new(id).is_err(), "{id:?}");
    }
}

#[test]
fn quantities_have_three_digits_and_a_limit() {
    for (value, shown) in [
        ("0", Some("0.000")),
        ("-0", Some("0.000")),
        ("10", Some("10.000")),
        ("1.5", Some("1.500")),
        ("1.5000", Some("1.500")),
        ("0.001", Some("0.001")),
        ("999999999999.999", Some("999999999999.999")),
        ("0.0001", None),
        ("1000000000000", None),
        ("-0.001", None),
        ("-1", None),
        ("79228162514264337593543950335", None),
    ] {
        let quantity = Quantity::new(value.parse().unwrap());
        assert_eq!(quantity.ok().map(|one| one.to_string()).as_deref(), shown, "{value}");
    }
}

#[test]
fn shares_and_ratings_stay_in_their_columns() {
    for (value, share, rating) in [
        ("0", true, true),
        ("5", true, true),
        ("5.01", true, false),
        ("100", true, false),
        ("100.01", false, false),
        ("0.005", false, false),
        ("-1", false, false),
    ] {
        assert_eq!(Percentage::new(value.parse().unwrap()).is_ok(), share, "{value}");
        assert_eq!(Rating::new(value.parse().unwrap()).is_ok(), rating, "{value}");
    }
}

#[test]
fn sums_and_shares_of_quantities() {
    let most = quantity("999999999999.999");
    assert_eq!(most.checked_add(quantity("0.001")), None);
    assert_eq!(quantity("1").checked_add(quantity("0.5")), Some(quantity("1.5")));
    assert_eq!(quantity("1").minus(quantity("3")), Quantity::ZERO);
    assert_eq!(quantity("1").percent_of(quantity("3")).to_string(), "33.33");
    assert_eq!(quantity("5").percent_of(quantity("3")).to_string(), "100.00");
    assert_eq!(quantity("5").percent_of(Quantity::ZERO), Percentage::ZERO);
}

#[test]
fn levels_are_one_to_four() {
    for (value, valid) in
        [(0, false), (1, true), (4, true), (5, false), (-1, false), (i64::MAX, false)]
    {
        assert_eq!(SkillLevel::try_from(value).is_ok(), valid, "{value}");
    }
}

#[test]
fn instants_are_cut_to_microseconds_between_1970_and_2999() {
    for (value, shown) in [
        ("2026-03-02T06:00:00Z", Some("2026-03-02T06:00:00.000000Z")),
        ("2026-03-02T07:00:00+01:00", Some("2026-03-02T06:00:00.000000Z")),
        ("2026-03-02T06:00:00.1234569Z", Some("2026-03-02T06:00:00.123456Z")),
        ("1970-01-01T00:00:00Z", Some("1970-01-01T00:00:00.000000Z")),
        ("2999-12-31T23:59:59.999999Z", Some("2999-12-31T23:59:59.999999Z")),
        ("1969-12-31T23:59:59Z", None),
        ("3000-01-01T00:00:00Z", None),
        ("99999-01-01T00:00:00Z", None),
        ("+099999-01-01T00:00:00Z", None),
        ("2026-02-30T00:00:00Z", None),
        ("2026-03-02", None),
        ("2026-03-02T06:00:00", None),
        ("now", None),
        ("", None),
    ] {
        let instant = Instant::parse(value);
        assert_eq!(instant.ok().map(|at| at.to_string()).as_deref(), shown, "{value:?}");
    }
}

#[test]
fn instants_survive_json_to_the_microsecond() {
    for value in ["1970-01-01T00:00:00.000001Z", "2999-12-31T23:59:59.999999Z"] {
        let instant = at(value);
        let json = serde_json::to_string(&instant).unwrap();
        assert_eq!(serde_json::from_str::<Instant>(&json).unwrap(), instant);
    }
}

#[test]
fn moving_an_instant_stops_at_the_ends() {
    let late = at("2999-12-31T23:59:00Z");
    assert!(late.plus_minutes(i64::MAX) >= late);
    assert_eq!(late.plus_minutes(i64::MIN), at("1970-01-01T00:00:00Z"));
    for start in ["2999-12-31T23:59:59.999999Z", "2999-12-31T23:59:59Z"] {
        let window = Window::starting(at(start), i64::from(i32::MAX));
        assert!(window.start <= window.end, "{window:?}");
    }
}

#[test]
fn windows_are_half_open() {
    let window = Window::starting(at("2026-03-02T06:00:00Z"), 60);
    let end = at("2026-03-02T07:00:00Z");
    assert!(window.contains(window.start) && !window.contains(end));
    assert!(!window.overlaps(&Window::starting(end, 1)));
    assert!(window.overlaps(&Window::starting(at("2026-03-02T06:59:59.999999Z"), 1)));
    assert_eq!(Window::starting(end, 0).minutes(), 1, "at least one minute");
    assert_eq!(Window::until(end, window.start).minutes(), 1);
}

#[test]
fn positions_are_strings_in_events() {
    let id = AllocationId(i64::MAX);
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(json, "\"9223372036854775807\"");
    assert_eq!(serde_json::from_str::<AllocationId>(&json).unwrap(), id);
    assert!(serde_json::from_str::<AllocationId>("7").is_err());
}
