//! Units of measure: an amount is converted exactly or not at all.
//!
//! The plant knows the common physical units; a material adds its own packages (a box of 100).
//! Stock, reservations and bills of materials are kept in the material's one unit, so that nothing
//! is ever mixed: other units exist at the door only.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::quantity::Quantity;
use crate::text::Text;

/// Name of a unit, such as `EA`, `KG` or `FT`; upper and lower case are the same.
pub type Unit = Text<20>;

/// How much of a material's unit one of another unit is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitConversion {
    /// The other unit, such as `BOX`.
    pub unit_of_measure: Unit,
    /// How much of the material's unit it holds.
    pub quantity: Quantity,
}

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dimension {
    Pieces,
    Mass,
    Length,
    Volume,
}

/// Unit, what it measures, and its size as a number and its digits after the point, in pieces,
/// grams, millimetres and millilitres. Pounds, feet and gallons are exact by definition.
const KNOWN: [(&str, Dimension, i64, u32); 17] = [
    ("EA", Dimension::Pieces, 1, 0),
    ("PCS", Dimension::Pieces, 1, 0),
    ("DZ", Dimension::Pieces, 12, 0),
    ("MG", Dimension::Mass, 1, 3),
    ("G", Dimension::Mass, 1, 0),
    ("KG", Dimension::Mass, 1_000, 0),
    ("T", Dimension::Mass, 1_000_000, 0),
    ("LB", Dimension::Mass, 45_359_237, 5),
    ("OZ", Dimension::Mass, 28_349_523_125, 9),
    ("MM", Dimension::Length, 1, 0),
    ("CM", Dimension::Length, 10, 0),
    ("M", Dimension::Length, 1_000, 0),
    ("IN", Dimension::Length, 254, 1),
    ("FT", Dimension::Length, 3_048, 1),
    ("ML", Dimension::Volume, 1, 0),
    ("L", Dimension::Volume, 1_000, 0),
    ("GAL", Dimension::Volume, 3_785_411_784, 6),
];

/// `amount` of the unit `from` in the unit `to` of a material with these packages; `None` where
/// the two do not measure the same or the result has more digits than a quantity keeps.
pub fn convert(
    amount: Quantity,
    from: &Unit,
    to: &Unit,
    packages: &[UnitConversion],
) -> Option<Quantity> {
    if is_same(from.as_str(), to.as_str()) {
        return Some(amount);
    }
    let package = packages.iter().find(|one| is_same(one.unit_of_measure.as_str(), from.as_str()));
    if let Some(package) = package {
        let product = amount.decimal().checked_mul(package.quantity.decimal())?;
        return Quantity::new(product).ok();
    }
    let ((kind, from), (other, to)) = (find(from.as_str())?, find(to.as_str())?);
    let measured = amount.decimal().checked_mul(from)?;
    let result = measured.checked_div(to)?;
    // A quotient that does not end was rounded; multiplied back it gives it away.
    let is_exact = kind == other && result.checked_mul(to) == Some(measured);
    is_exact.then(|| Quantity::new(result).ok()).flatten()
}

/// Whether two names mean the same unit.
pub fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn find(name: &str) -> Option<(Dimension, Decimal)> {
    let (_, dimension, number, digits) = KNOWN.iter().find(|(known, ..)| is_same(known, name))?;
    Some((*dimension, Decimal::new(*number, *digits)))
}
