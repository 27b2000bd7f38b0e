//! Holidays of the plant: days on which a shift does not count, unless it says that it does.
//!
//! A shift belongs to the plant-local day on which it starts; a night that runs into a holiday
//! counts, one that starts on it does not.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::text::Text;
use crate::time::Instant;

/// A day on which the plant rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The plant-local day.
    pub day: Date,
    /// What it is called.
    pub name: Text<100>,
    /// When it was recorded.
    pub created_at: Instant,
    /// Who recorded it.
    pub created_by: Text<50>,
}

/// Every holiday of the plant, by day.
pub type Holidays = BTreeMap<Date, Holiday>;

/// What a plant has that rests on no day.
pub(crate) static NO_HOLIDAYS: Holidays = BTreeMap::new();
