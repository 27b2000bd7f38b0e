//! Shifts: wire type ↔ domain type.
//!
//! Times are the plant's local ones; which instants they mean is worked out by the domain, with
//! the plant's zone, when the shift is recorded.

use mraos_api::shift as api;
use mraos_domain::shift::ShiftTimes;
use mraos_domain::{Instant, OperatorId, Plant, Shift};

use crate::fields::{Fields, date, time_of_day};
use crate::problem::HttpResult;

/// The local times of a body; the zone shows whether they make sense on that day.
pub(crate) fn read_times(body: &api::AssignShift, plant: &Plant) -> HttpResult<ShiftTimes> {
    let mut fields = Fields::default();
    let shift_name = fields.text("shift_name", &body.shift_name);
    let shift_date = fields.take("shift_date", date("shift_date", body.shift_date));
    let start_time = fields.take("start_time", time_of_day("start_time", body.start_time));
    let end_time = fields.take("end_time", time_of_day("end_time", body.end_time));
    let break_start = body.break_start.map(|time| time_of_day("break_start", time));
    let break_start = fields.take_optional("break_start", break_start);
    let break_end = body.break_end.map(|time| time_of_day("break_end", time));
    let break_end = fields.take_optional("break_end", break_end);
    let times = (|| {
        Some(ShiftTimes {
            shift_name: shift_name?,
            shift_date: shift_date?,
            start_time: start_time?,
            end_time: end_time?,
            break_start: break_start?,
            break_end: break_end?,
            counts_on_holidays: body.counts_on_holidays,
        })
    })();
    let windows = times.as_ref().map(|times| times.windows(plant));
    if let Some(Err(invalid)) = windows {
        let name = if invalid.what == "break" { "break_start" } else { invalid.what };
        fields.reject(name, invalid);
    }
    fields.finish(times)
}

/// A shift as clients see one.
pub(crate) fn render(operator_id: &OperatorId, shift: &Shift) -> api::Shift {
    let times = &shift.times;
    api::Shift {
        shift_id: shift.shift_id.0,
        operator_id: operator_id.to_string(),
        shift_name: times.shift_name.to_string(),
        shift_date: times.shift_date,
        start_time: times.start_time,
        end_time: times.end_time,
        break_start: times.break_start,
        break_end: times.break_end,
        counts_on_holidays: times.counts_on_holidays,
        status: shift.attendance.status.as_str().to_owned(),
        actual_clock_in: shift.attendance.clocked_in_at.map(Instant::timestamp),
        actual_clock_out: shift.attendance.clocked_out_at.map(Instant::timestamp),
        is_called_off: shift.attendance.is_called_off,
        starts_at: shift.window.start.timestamp(),
        ends_at: shift.window.end.timestamp(),
    }
}
