//! Attendance: when people come and go by the clock, and what that makes of their shifts.
//!
//! A clocking belongs to the shift that lasts or is about to begin. Of a person only the last
//! clocking is remembered, of a shift its first coming and last going; every clocking is a row of
//! its own beside the state.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::holiday::Holidays;
use crate::ids::{OperatorId, RowId};
use crate::operator::Operator;
use crate::reason::ReasonCode;
use crate::shift::Shift;
use crate::text::{Text, TextRef};
use crate::time::{Instant, Window};
use crate::work_order::named_values;

/// How long before a shift somebody may clock in for it.
const EARLY_MINUTES: i64 = 120;
/// How far ahead the next shift is looked for.
const NEXT_WITHIN_MINUTES: i64 = 24 * 60;
/// Nobody stays longer than this: who seems to has forgotten to clock out.
pub const LONGEST_STAY_MINUTES: i64 = 16 * 60;

named_values!(
/// What somebody does at the clock.
ClockingType {
    /// Comes.
    ClockIn => "clock_in",
    /// Goes.
    ClockOut => "clock_out",
});
named_values!(
/// What became of a shift.
ShiftStatus {
    /// Nobody has come for it yet.
    Scheduled => "scheduled",
    /// The person came in time.
    InProgress => "in_progress",
    /// The person came and went.
    Completed => "completed",
    /// The person did not come, or it was called off.
    Absent => "absent",
    /// The person came late.
    Late => "late",
});
named_values!(
/// What a row of attendance tells.
AttendanceEntry {
    /// The person came.
    ClockIn => "clock_in",
    /// The person went.
    ClockOut => "clock_out",
    /// Nobody came for a shift.
    Absent => "absent",
    /// A shift was called off.
    CalledOff => "called_off",
    /// That a shift was called off was taken back.
    CallOffUndone => "call_off_undone",
});

/// The last clocking of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocking {
    /// Coming or going.
    pub clocking_type: ClockingType,
    /// When.
    pub clocked_at: Instant,
    /// For which shift; `None` if for none.
    pub shift_id: Option<RowId>,
}

/// What the clock knows of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftAttendance {
    /// What became of it.
    pub status: ShiftStatus,
    /// First coming.
    pub clocked_in_at: Option<Instant>,
    /// Last going.
    pub clocked_out_at: Option<Instant>,
    /// Whether it was called off: absent, and somebody said so.
    pub is_called_off: bool,
}

impl Default for ShiftAttendance {
    fn default() -> Self {
        Self {
            status: ShiftStatus::Scheduled,
            clocked_in_at: None,
            clocked_out_at: None,
            is_called_off: false,
        }
    }
}

impl ShiftAttendance {
    /// Somebody comes, or comes back.
    pub(crate) fn clock_in(&mut self, at: Instant, is_late: bool) {
        self.status = come(is_late);
        self.clocked_in_at.get_or_insert(at);
        self.clocked_out_at = None;
        self.is_called_off = false;
    }

    /// A coming that is told late, before the last clocking, of a shift for which somebody is known
    /// to have come: it takes its place by its time, and leaves what was said since.
    pub(crate) fn mend_coming(&mut self, at: Instant, is_late: bool) {
        self.clocked_in_at = self.clocked_in_at.map(|first| first.min(at));
        let came_back = self.clocked_out_at.is_some_and(|gone| gone < at);
        if came_back {
            self.clocked_out_at = None;
        }
        let is_open = matches!(self.status, ShiftStatus::InProgress | ShiftStatus::Late);
        if is_open || came_back && self.status == ShiftStatus::Completed {
            self.status = come(is_late);
        }
    }

    /// What the clock says of a shift that was called off, once that is taken back.
    pub(crate) fn take_back_call_off(&mut self, is_late: bool) {
        self.is_called_off = false;
        self.status = match (self.clocked_in_at, self.clocked_out_at) {
            (None, _) => ShiftStatus::Scheduled,
            (Some(_), None) => come(is_late),
            (Some(_), Some(_)) => ShiftStatus::Completed,
        };
    }

    /// Somebody goes; who was there before a shift began was there from its start on.
    pub(crate) fn clock_out(&mut self, at: Instant, window: Window) {
        if at <= window.start {
            if self.status != ShiftStatus::Absent {
                *self = Self::default();
            }
            return;
        }
        self.clocked_in_at.get_or_insert(window.start);
        self.clocked_out_at = Some(at);
        if self.status != ShiftStatus::Absent {
            self.status = ShiftStatus::Completed;
        }
    }
}

fn come(is_late: bool) -> ShiftStatus {
    if is_late { ShiftStatus::Late } else { ShiftStatus::InProgress }
}

/// Which shifts of a person are called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShiftChoice {
    /// This one.
    Shift(RowId),
    /// All that begin on this plant-local day.
    Day(Date),
    /// The present one, else the next within a day.
    Next,
}

/// A row of attendance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttendanceNoted {
    /// Whose.
    pub operator_id: OperatorId,
    /// Of which shift.
    pub shift_id: Option<RowId>,
    /// What it tells.
    pub entry: AttendanceEntry,
    /// When it happened.
    pub occurred_at: Instant,
    /// Whether the person came late.
    pub is_late: bool,
    /// Why, as a code.
    pub reason_code: Option<ReasonCode>,
    /// Why, in words.
    pub reason: Option<TextRef>,
    /// Who said so.
    pub recorded_by: Text<50>,
    /// When it was recorded.
    pub created_at: Instant,
}

impl Operator {
    /// The shift of that id.
    pub fn shift(&self, id: RowId) -> Option<&Shift> {
        self.shifts.iter().find(|shift| shift.shift_id == id)
    }

    /// The shift for which a person comes at that time: one that lasts, else the next that is
    /// near. A shift that was missed or called off gives way to one that is to be worked.
    pub fn shift_to_come_for(&self, at: Instant) -> Option<&Shift> {
        let lasting = || self.shifts.iter().filter(move |shift| shift.window.contains(at));
        let until = at.plus_minutes(EARLY_MINUTES);
        let near = |shift: &&Shift| at < shift.window.start && shift.window.start <= until;
        let is_open = |shift: &&Shift| shift.attendance.status != ShiftStatus::Absent;
        let mut soon = self.shifts.iter().filter(near).filter(is_open);
        lasting()
            .find(is_open)
            .or_else(|| soon.next())
            .or_else(|| lasting().next())
            .or_else(|| self.shifts.iter().find(near))
    }

    /// The shifts that are meant when some are called off. A holiday and what was worked are not
    /// the next shift; one that is called off already is.
    pub fn shifts_meant(
        &self,
        choice: ShiftChoice,
        now: Instant,
        holidays: &Holidays,
    ) -> Vec<&Shift> {
        let shifts = self.shifts.iter();
        match choice {
            ShiftChoice::Shift(id) => shifts.filter(|shift| shift.shift_id == id).collect(),
            ShiftChoice::Day(day) => shifts.filter(|shift| shift.times.shift_date == day).collect(),
            ShiftChoice::Next => {
                let until = now.plus_minutes(NEXT_WITHIN_MINUTES);
                let is_near = |shift: &&Shift| {
                    shift.window.end > now
                        && shift.window.start <= until
                        && shift.attendance.status != ShiftStatus::Completed
                        && !shift.is_on_holiday(holidays)
                };
                shifts.filter(is_near).take(1).collect()
            }
        }
    }

    /// The shift for which the person came last, not after that time.
    pub fn shift_last_come_for(&self, at: Instant) -> Option<&Shift> {
        let came = self.shifts.iter().filter(|shift| {
            shift.attendance.clocked_in_at.is_some_and(|clocked_in| clocked_in <= at)
        });
        came.max_by_key(|shift| (shift.attendance.clocked_in_at, shift.shift_id))
    }

    /// The shift that a screen shows: the one that the person is in for, else the one that lasted
    /// when the person's row changed last.
    pub fn shift_in_view(&self) -> Option<&Shift> {
        let last = self.last_clocking.as_ref();
        let is_in = last.filter(|last| last.clocking_type == ClockingType::ClockIn);
        let came_for = is_in.and_then(|last| self.shift(last.shift_id?));
        let lasted = || self.shifts.iter().find(|one| one.window.contains(self.updated_at));
        came_for.or_else(lasted)
    }

    /// Since when the person is in by the clock.
    pub fn clocked_in_since(&self, now: Instant) -> Option<Instant> {
        let last = self.last_clocking.as_ref()?;
        let is_in = last.clocking_type == ClockingType::ClockIn;
        (is_in && !is_stale(last.clocked_at, now)).then_some(last.clocked_at)
    }

    /// The shifts that end by going at that time: the one that the person came for, and those that
    /// began since.
    pub fn shifts_left_at(&self, at: Instant) -> Vec<&Shift> {
        let Some(last) = &self.last_clocking else {
            return Vec::new();
        };
        let from = last.clocked_at.max(at.plus_minutes(-LONGEST_STAY_MINUTES));
        let came_for = last.shift_id.filter(|_| !is_stale(last.clocked_at, at));
        let is_left = |shift: &&Shift| {
            Some(shift.shift_id) == came_for
                || (from..at).contains(&shift.window.start)
                    && shift.attendance.status != ShiftStatus::Absent
        };
        self.shifts.iter().filter(is_left).collect()
    }
}

/// Whether a clocking is too old to say whether somebody is there.
pub(crate) fn is_stale(clocked_at: Instant, now: Instant) -> bool {
    clocked_at.plus_minutes(LONGEST_STAY_MINUTES) < now
}
