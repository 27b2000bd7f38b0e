//! Units of measure: converted exactly or not at all.
//!
//! As tables: what comes out even, and what does not.

use mraos_domain::unit::{UnitConversion, convert};

use crate::world::{quantity, text};

fn converted(amount: &str, from: &str, to: &str) -> Option<String> {
    let packages = [UnitConversion { unit_of_measure: text("BOX"), quantity: quantity("12.5") }];
    convert(quantity(amount), &text(from), &text(to), &packages).map(|one| one.to_string())
}

#[test]
fn amounts_are_converted_to_the_last_digit() {
    for (amount, from, to, expected) in [
        ("3", "EA", "EA", "3.000"),
        ("3", "pcs", "EA", "3.000"),
        ("2", "DZ", "EA", "24.000"),
        ("2", "KG", "G", "2000.000"),
        ("250", "g", "kg", "0.250"),
        ("1", "LB", "MG", "453592.370"),
        ("100", "FT", "M", "30.480"),
        ("1000", "IN", "M", "25.400"),
        ("1000", "GAL", "ML", "3785411.784"),
        ("0.5", "L", "ML", "500.000"),
        ("4", "box", "EA", "50.000"),
        ("4", "BOX", "KG", "50.000"),
        ("7", "REEL", "REEL", "7.000"),
    ] {
        assert_eq!(converted(amount, from, to).as_deref(), Some(expected), "{amount} {from}");
    }
}

#[test]
fn what_does_not_come_out_even_is_not_converted() {
    for (amount, from, to) in [
        ("1", "G", "LB"),
        ("1", "LB", "KG"),
        ("1", "EA", "DZ"),
        ("0.001", "G", "KG"),
        ("1", "KG", "M"),
        ("1", "EA", "G"),
        ("1", "EA", "BOX"),
        ("1", "REEL", "EA"),
        ("999999999999.999", "T", "MG"),
        ("999999999999.999", "BOX", "EA"),
    ] {
        assert_eq!(converted(amount, from, to), None, "{amount} {from} as {to}");
    }
}
