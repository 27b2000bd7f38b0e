//! Reads of a person's attendance, newest first, and of what a day came to.
//!
//! The caller has found the person before, so that what is not there for it stays unknown.

use jiff::civil::Time;
use mraos_domain::idle::idle_minutes;
use mraos_domain::{
    Allocation, AttendanceEntry, Instant, Operator, OperatorId, Plant, Window, Worked,
};
use mraos_store::Page;
use mraos_store::attendance::AttendancePage;
pub use mraos_store::attendance::AttendanceRow;

use super::{Paged, Reads, cut, filter, parse_time_key};
use crate::error::AppError;
use crate::live::WorkOfDay;

/// What somebody's day came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayFigures {
    /// Allocations that began.
    pub begun: i64,
    /// Minutes on shift without work; `None` without a shift.
    pub idle_minutes: Option<i64>,
}

impl Reads {
    /// What the plant's day that contains `now` came to for somebody.
    pub async fn day_of(
        &self,
        operator: &Operator,
        plant: &Plant,
        now: Instant,
    ) -> Result<DayFigures, AppError> {
        let midnight = Time::midnight();
        let Some(day) = plant.window_of(plant.date_of(now), midnight, midnight) else {
            return Ok(DayFigures::default());
        };
        let id = &operator.operator_id;
        let work = match self.at_hand.work_of_day(id, day, now).await {
            Some(work) => work,
            None => self.read_work_of_day(id, day, now).await?,
        };
        let begun = i64::try_from(work.begun).unwrap_or(i64::MAX);
        if !operator.shifts.iter().any(|shift| shift.window.overlaps(&day)) {
            return Ok(DayFigures { begun, idle_minutes: None });
        }
        let holidays = self.holidays().await?;
        let idle_minutes = idle_minutes(operator, &holidays, day, now, &work.windows);
        Ok(DayFigures { begun, idle_minutes })
    }

    async fn read_work_of_day(
        &self,
        id: &OperatorId,
        day: Window,
        now: Instant,
    ) -> Result<WorkOfDay, AppError> {
        let (from, to) = (day.start.timestamp(), day.end.timestamp());
        let (begun, windows) = tokio::try_join!(
            self.store.count_begun(id, from, to),
            self.store.worked_by(id, from, now),
        )?;
        Ok(WorkOfDay { windows, begun: usize::try_from(begun).unwrap_or_default() })
    }

    /// When everybody worked, of what ran or began after `since`, up to a position of the log;
    /// `open` is what is open there.
    pub(crate) async fn worked_since(
        &self,
        since: Instant,
        position: i64,
        open: &[Allocation],
    ) -> Result<Worked, AppError> {
        Ok(self.store.worked_since(since, position, open).await?)
    }

    /// A page of a person's attendance.
    pub async fn attendance_of(
        &self,
        id: &OperatorId,
        page: &Page,
    ) -> Result<Paged<AttendanceRow>, AppError> {
        let wanted = AttendancePage {
            entry: filter(page, "type").and_then(AttendanceEntry::parse),
            before: page.after.as_deref().and_then(parse_time_key),
            limit: page.limit,
        };
        let mut rows = self.store.attendance_of(id, &wanted).await?;
        for row in &mut rows {
            self.open_text(&mut row.reason_description)?;
        }
        Ok(cut(rows, page.limit, |one| format!("{}/{}", one.occurred_at, one.attendance_id)))
    }
}
