//! Decimal amounts with the scale of their columns. Too precise is refused, never rounded.
//!
//! Serialised as strings at full scale (`"10.000"`), so that the log's digest and PostgreSQL's
//! text agree; units stay with the thing that is counted.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::invalid::Invalid;
use crate::json_string;

macro_rules! bounded_decimal {
    ($(#[$doc:meta])* $name:ident, $what:literal, scale $scale:literal, max $max:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Decimal);

        impl $name {
            /// Nothing at all.
            pub const ZERO: Self = Self(Decimal::from_parts(0, 0, 0, false, $scale));

            /// Accepts a value from 0 to the column's limit with no more digits than it keeps.
            pub fn new(value: Decimal) -> Result<Self, Invalid> {
                let max: Decimal = $max;
                if value.is_sign_negative() && !value.is_zero() || value > max {
                    let rule = format!("it lies between 0 and {max}");
                    return Err(Invalid::new($what, value, rule));
                }
                if value.normalize().scale() > $scale {
                    let rule = concat!("at most ", $scale, " digits after the point");
                    return Err(Invalid::new($what, value, rule));
                }
                let mut scaled = value.abs();
                scaled.rescale($scale);
                Ok(Self(scaled))
            }

            /// The value.
            pub fn decimal(self) -> Decimal {
                self.0
            }
        }

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
                let value = json_string::read(deserializer, str::parse)?;
                Self::new(value).map_err(serde::de::Error::custom)
            }
        }
    };
}

bounded_decimal!(
    /// An amount of goods, DECIMAL(15,3), never negative.
    Quantity, "quantity", scale 3, max Decimal::from_parts(2_764_472_319, 232_830, 0, false, 3));
bounded_decimal!(
    /// What one unit costs, DECIMAL(12,4), never negative.
    Cost, "cost", scale 4, max Decimal::from_parts(3_567_587_327, 232, 0, false, 4));
bounded_decimal!(
    /// A share of 0 to 100, DECIMAL(5,2).
    Percentage, "percentage", scale 2, max Decimal::ONE_HUNDRED);
bounded_decimal!(
    /// A rating of 0 to 5, DECIMAL(3,2).
    Rating, "rating", scale 2, max Decimal::from_parts(5, 0, 0, false, 0));

impl Quantity {
    /// The sum, if it still fits the column.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(self.0 + other.0).ok()
    }

    /// What is left after taking `other`, never below zero.
    pub fn minus(self, other: Self) -> Self {
        if other >= self { Self::ZERO } else { Self(self.0 - other.0) }
    }

    /// Whether there is nothing of it.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The part of this that `made` is of `ordered`, cut to what the column keeps; at most all.
    pub fn share(self, made: Self, ordered: Self) -> Self {
        if made >= ordered {
            return self;
        }
        let share = self.0 * made.0 / ordered.0;
        Self::new(share.trunc_with_scale(3)).unwrap_or(self)
    }

    /// This share of it, cut to three digits.
    pub fn percentage(self, percent: Percentage) -> Self {
        let share = self.0 * percent.0 / Decimal::ONE_HUNDRED;
        Self::new(share.trunc_with_scale(3)).unwrap_or(Self::ZERO)
    }

    /// How much of `whole` this is, in percent with two digits, capped at 100.
    pub fn percent_of(self, whole: Self) -> Percentage {
        if whole.0.is_zero() {
            return Percentage::ZERO;
        }
        let share = (self.0 * Decimal::ONE_HUNDRED / whole.0).min(Decimal::ONE_HUNDRED);
        Percentage::new(share.trunc_with_scale(2)).unwrap_or(Percentage::ZERO)
    }
}

/// How an amount of goods changes: a quantity with a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuantityChange(Decimal);

impl QuantityChange {
    /// No change.
    pub const ZERO: Self = Self(Decimal::from_parts(0, 0, 0, false, 3));

    /// Accepts what would be a quantity without its sign.
    pub fn new(value: Decimal) -> Result<Self, Invalid> {
        let amount = Quantity::new(value.abs())?;
        Ok(if value.is_sign_negative() { Self::less(amount) } else { Self::more(amount) })
    }

    /// So much more.
    pub fn more(amount: Quantity) -> Self {
        Self(amount.0)
    }

    /// So much less.
    pub fn less(amount: Quantity) -> Self {
        if amount.is_zero() { Self::ZERO } else { Self(-amount.0) }
    }

    /// The value.
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// Whether it takes away.
    pub fn is_less(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    /// Without the sign.
    pub fn amount(self) -> Quantity {
        Quantity(self.0.abs())
    }

    /// What `before` becomes; `None` below nought or beyond the column.
    pub fn applied_to(self, before: Quantity) -> Option<Quantity> {
        Quantity::new(before.0 + self.0).ok()
    }
}

impl fmt::Display for QuantityChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for QuantityChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for QuantityChange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = json_string::read(deserializer, str::parse)?;
        Self::new(value).map_err(serde::de::Error::custom)
    }
}
