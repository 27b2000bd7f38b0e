//! A person's shift: plant-local times as people write them, and the instants they mean.
//!
//! The instants are fixed when the shift is recorded, over midnight and clock changes, so that
//! no later rule needs a time zone.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::attendance::{ShiftAttendance, ShiftStatus};
use crate::context::Plant;
use crate::holiday::Holidays;
use crate::ids::RowId;
use crate::invalid::Invalid;
use crate::text::Text;
use crate::time::{Instant, Window};

/// One shift of one operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Position of the creating event.
    pub shift_id: RowId,
    /// When recorded.
    pub created_at: Instant,
    /// Name and local times.
    #[serde(flatten)]
    pub times: ShiftTimes,
    /// The instants from start to end.
    pub window: Window,
    /// The instants of the break.
    pub break_window: Option<Window>,
    /// What became of it.
    #[serde(default)]
    pub attendance: ShiftAttendance,
}

/// A shift as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftTimes {
    /// Such as `Shift A`.
    pub shift_name: Text<20>,
    /// Plant-local day on which it starts.
    pub shift_date: Date,
    /// Plant-local start.
    pub start_time: Time,
    /// Plant-local end; at or before the start means next day.
    pub end_time: Time,
    /// Plant-local start of the break.
    pub break_start: Option<Time>,
    /// Plant-local end of the break.
    pub break_end: Option<Time>,
    /// Whether it counts although its day is a holiday.
    #[serde(default)]
    pub counts_on_holidays: bool,
}

impl Shift {
    /// Whether the person is to come: not for what was missed or called off, and on a holiday only
    /// if the shift says so.
    pub fn counts(&self, holidays: &Holidays) -> bool {
        self.attendance.status != ShiftStatus::Absent && !self.is_on_holiday(holidays)
    }

    /// Whether a holiday keeps the person at home.
    pub fn is_on_holiday(&self, holidays: &Holidays) -> bool {
        !self.times.counts_on_holidays && holidays.contains_key(&self.times.shift_date)
    }
}

impl ShiftTimes {
    /// The instants of shift and break in the plant's zone.
    pub fn windows(&self, plant: &Plant) -> Result<(Window, Option<Window>), Invalid> {
        let rule = "the shift lies between the years 1970 and 2999";
        let window = plant
            .window_of(self.shift_date, self.start_time, self.end_time)
            .ok_or_else(|| Invalid::new("shift_date", self.shift_date, rule))?;
        let (from, to) = match (self.break_start, self.break_end) {
            (None, None) => return Ok((window, None)),
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => {
                return Err(Invalid::new("break", from, "break_start needs a break_end"));
            }
            (None, Some(to)) => {
                return Err(Invalid::new("break", to, "break_end needs a break_start"));
            }
        };
        // A break before the start on the clock belongs to the day after.
        let day = if from < self.start_time {
            self.shift_date.tomorrow().map_err(|_| Invalid::new("shift_date", from, rule))?
        } else {
            self.shift_date
        };
        let pause =
            plant.window_of(day, from, to).ok_or_else(|| Invalid::new("break", from, rule))?;
        if pause.start < window.start || pause.end > window.end {
            let value = format!("{from}–{to}");
            return Err(Invalid::new("break", value, "the break lies inside the shift"));
        }
        Ok((window, Some(pause)))
    }
}
