//! Holidays of the plant: days on which a shift does not count, unless it says that it does.
//!
//! Days are the plant's local ones.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /holidays`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefineHoliday {
    /// The day.
    pub day: Date,
    /// What it is called.
    pub holiday_name: String,
}

/// A holiday.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Holiday {
    /// The day.
    pub day: Date,
    /// What it is called.
    pub holiday_name: String,
    /// When it was recorded.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
    /// Who recorded it.
    pub created_by: String,
}
