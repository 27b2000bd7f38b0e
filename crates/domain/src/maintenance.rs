//! Planned maintenance of a machine: a window that keeps work away, a last day, running hours.
//!
//! Hours are those in which the machine ran, by its own history as it was known at the time. A
//! plan that comes again opens the next one when it is completed, and its counters begin anew.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{MachineId, RowId};
use crate::invalid::Invalid;
use crate::machine::{Machine, MachineStatus};
use crate::text::{Text, TextRef};
use crate::time::{Instant, Window};
use crate::work_order::named_values;

const MS_PER_HOUR: i64 = 3_600_000;

named_values!(
/// Where a maintenance stands.
MaintenanceStatus {
    /// To be done.
    Planned => "planned",
    /// Done.
    Completed => "completed",
    /// Called off.
    Cancelled => "cancelled",
});

/// What is to be done, and when it is due; at least one of window, day and hours is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaintenanceTerms {
    /// What is done, such as `Lubrication`.
    pub maintenance_type: Text<50>,
    /// When it is done: no work is booked into it.
    pub window: Option<Window>,
    /// The last day on which it is in time, in the plant.
    pub due_date: Option<Date>,
    /// Running hours after which it is due.
    pub due_after_hours: Option<i32>,
    /// Days after which it comes again.
    pub interval_days: Option<i32>,
    /// Whether it comes again after as many running hours.
    pub repeats_by_hours: bool,
}

impl MaintenanceTerms {
    /// Refuses what is never due, ends before it begins, or repeats by hours that it has not.
    pub fn check(&self) -> Result<(), Invalid> {
        let what = |name, rule: &str| Err(Invalid::new(name, &self.maintenance_type, rule));
        if self.window.is_none() && self.due_date.is_none() && self.due_after_hours.is_none() {
            return what("due_date", "give a window, a last day or running hours");
        }
        if self.window.is_some_and(|window| window.end <= window.start) {
            return what("planned_end", "the window ends after it begins");
        }
        if self.repeats_by_hours && self.due_after_hours.is_none() {
            return what("repeats_by_hours", "give due_after_hours, the hours between two");
        }
        Ok(())
    }

    /// What is due after this one was completed on `day`, if it comes again.
    pub fn next(&self, day: Date) -> Option<Self> {
        let days = self.interval_days.map(|days| jiff::Span::new().days(days));
        let due_date = days.and_then(|days| day.checked_add(days).ok());
        let due_after_hours = self.due_after_hours.filter(|_| self.repeats_by_hours);
        let comes_again = due_date.is_some() || due_after_hours.is_some();
        comes_again.then(|| Self { window: None, due_date, due_after_hours, ..self.clone() })
    }
}

/// A maintenance that is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintenance {
    /// Position of the event that planned it.
    pub maintenance_id: RowId,
    /// What and when.
    pub terms: MaintenanceTerms,
    /// How long the machine had run when its hours began to count.
    pub counted_from_ms: i64,
    /// When it was planned.
    pub created_at: Instant,
    /// When it changed last.
    pub updated_at: Instant,
}

impl Maintenance {
    /// Milliseconds that the machine has run since the hours began to count.
    fn run_ms(&self, machine: &Machine, now: Instant) -> i64 {
        machine.running_ms_at(now) - self.counted_from_ms
    }

    /// Whole running hours since they began to count.
    pub fn hours_run(&self, machine: &Machine, now: Instant) -> i64 {
        self.run_ms(machine, now).div_euclid(MS_PER_HOUR)
    }

    /// Whole running hours until it is due; negative once it is overdue.
    pub fn hours_remaining(&self, machine: &Machine, now: Instant) -> Option<i64> {
        let due = i64::from(self.terms.due_after_hours?) * MS_PER_HOUR;
        Some((due - self.run_ms(machine, now)).div_euclid(MS_PER_HOUR))
    }
}

/// A maintenance that was done or called off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceEnded {
    /// Which machine.
    pub machine_id: MachineId,
    /// What was planned.
    pub maintenance: Maintenance,
    /// Completed or cancelled.
    pub status: MaintenanceStatus,
    /// When.
    pub ended_at: Instant,
    /// By whom.
    pub ended_by: Text<50>,
    /// What was found, or why not, beside the log.
    pub notes: Option<TextRef>,
}

impl Machine {
    /// How long the machine has run until `now`.
    pub fn running_ms_at(&self, now: Instant) -> i64 {
        let present = now.millis_since(self.status_updated_at).max(0);
        self.running_ms + if self.current_status == MachineStatus::Running { present } else { 0 }
    }

    /// The first day that a maintenance names.
    pub fn next_maintenance_date(&self) -> Option<Date> {
        self.maintenance.iter().filter_map(|one| one.terms.due_date).min()
    }

    /// The planned window that lasts at `now`, else the next one.
    pub fn next_maintenance_window(&self, now: Instant) -> Option<(&Maintenance, Window)> {
        let windows = self.maintenance.iter().filter_map(|one| Some((one, one.terms.window?)));
        windows.filter(|(_, window)| window.end > now).min_by_key(|(_, window)| window.start)
    }

    /// Whole running hours until the first maintenance by hours; as registered where there is none.
    pub fn maintenance_hours_remaining(&self, now: Instant) -> Option<i64> {
        let counted = self.maintenance.iter().filter_map(|one| one.hours_remaining(self, now));
        let counted = counted.min().map(|hours| hours.max(0));
        counted.or(self.details.maintenance_hours_remaining.map(i64::from))
    }
}
