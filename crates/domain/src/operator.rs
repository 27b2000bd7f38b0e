//! An operator: master data, posted status, skills and shifts.
//!
//! Names, e-mail and telephone are not here and in no event; they live encrypted beside the log.
//! `busy` is never posted: it follows from running allocations.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::attendance::Clocking;
use crate::holiday::Holidays;
use crate::ids::OperatorId;
use crate::quantity::{Percentage, Rating};
use crate::shift::Shift;
use crate::skill::{OperatorSkill, Skill, SkillCode};
use crate::text::Text;
use crate::time::{Instant, Window};

/// How the number of an erased person begins; the position of the erasure follows.
pub(crate) const ERASED_EMPLOYEE: &str = "erased-";

/// What an operator is doing, as seen on the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorStatus {
    /// Free for work.
    Available,
    /// At work; derived from running allocations.
    Busy,
    /// On a break.
    Break,
    /// Not here.
    Absent,
    /// Ill.
    Sick,
    /// On holiday.
    Vacation,
    /// Not signed in.
    Offline,
}

impl OperatorStatus {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Available,
        Self::Busy,
        Self::Break,
        Self::Absent,
        Self::Sick,
        Self::Vacation,
        Self::Offline,
    ];

    /// Whether a person of this status cannot be given work.
    pub fn is_away(self) -> bool {
        matches!(self, Self::Absent | Self::Sick | Self::Vacation | Self::Offline)
    }

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Busy => "busy",
            Self::Break => "break",
            Self::Absent => "absent",
            Self::Sick => "sick",
            Self::Vacation => "vacation",
            Self::Offline => "offline",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Master data of an operator; a change replaces it whole and raises the version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorDetails {
    /// Number in the HR system, unique.
    pub employee_id: Text<20>,
    /// First day at work.
    pub hire_date: Option<Date>,
    /// Department.
    pub department: Option<Text<50>>,
    /// Zone of the factory.
    pub home_location: Option<Text<100>>,
    /// Line the person belongs to while not allocated.
    pub production_line: Option<Text<50>>,
    /// How many allocations the person can run at once.
    pub parallel_capacity: u16,
    /// Rating of 0 to 5.
    pub efficiency_rating: Option<Rating>,
    /// Share of work finished on time.
    pub on_time_completion_rate: Option<Percentage>,
    /// Whether the person still works here.
    pub is_active: bool,
}

/// An operator as the rules see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Id.
    pub operator_id: OperatorId,
    /// Master data.
    pub details: OperatorDetails,
    /// What was posted last; never `busy`.
    pub posted_status: OperatorStatus,
    /// What the floor shows: `busy` while anything runs, else the posted status.
    pub current_status: OperatorStatus,
    /// When the shown status began.
    pub status_updated_at: Instant,
    /// When work last stopped here; nothing can start before.
    pub last_work_ended_at: Option<Instant>,
    /// When the posted status was stated; an older statement is history.
    pub status_posted_at: Instant,
    /// What the clock said last.
    #[serde(default)]
    pub last_clocking: Option<Clocking>,
    /// Skills by code.
    pub skills: Vec<OperatorSkill>,
    /// Shifts by start.
    pub shifts: Vec<Shift>,
    /// Version of the master data.
    pub version: i32,
    /// When recorded first.
    pub created_at: Instant,
    /// When the row changed last.
    pub updated_at: Instant,
    /// Who recorded it.
    pub created_by: Text<50>,
    /// Who changed the master data last.
    pub updated_by: Text<50>,
    /// Position of the event that wrote the row last.
    pub position: i64,
    /// When the person was erased; names and contacts are gone for good.
    #[serde(default)]
    pub erased_at: Option<Instant>,
}

impl Operator {
    /// The id.
    pub fn id(&self) -> &OperatorId {
        &self.operator_id
    }

    /// The skill of that code.
    pub fn skill(&self, code: &SkillCode) -> Option<&Skill> {
        let held = self.skills.iter().find(|held| held.skill.skill_code == *code);
        held.map(|held| &held.skill)
    }

    /// The shifts for which the person is to come.
    pub fn shifts_that_count<'a>(
        &'a self,
        holidays: &'a Holidays,
    ) -> impl Iterator<Item = &'a Shift> {
        self.shifts.iter().filter(|shift| shift.counts(holidays))
    }

    /// Whether shifts that count cover the whole window; without any shift nothing restricts.
    pub fn is_on_shift(&self, window: &Window, holidays: &Holidays) -> bool {
        self.on_shift_until(window.start, holidays).is_none_or(|until| until >= window.end)
    }

    /// Until when shifts that count cover the time from `from` on without a gap; `from` itself if
    /// they do not. `None` without any shift: nothing restricts.
    pub fn on_shift_until(&self, from: Instant, holidays: &Holidays) -> Option<Instant> {
        if self.shifts.is_empty() {
            return None;
        }
        let mut covered_until = from;
        for shift in self.shifts_that_count(holidays) {
            if shift.window.start <= covered_until && shift.window.end > covered_until {
                covered_until = shift.window.end;
            }
        }
        Some(covered_until)
    }
}
