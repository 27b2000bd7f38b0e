//! Reads of a person's attendance, newest first, and of what a day came to.
//!
//! The caller has found the person before, so that what is not there for it stays unknown.

use jiff::civil::Time;
use mraos_domain::idle::idle_minutes;
use mraos_domain::{AttendanceEntry, Instant, Operator, OperatorId, Plant, Window};
use mraos_store::Page;
use mraos_store::attendance::AttendancePage;
pub use mraos_store::attendance::AttendanceRow;

use super::{Paged, Reads, cut, filter, parse_time_key};
use crate::error::AppError;

impl Reads {
    /// How many minutes of the plant's day that contains `now` somebody was on shift without work;
    /// `None` without a shift on that day.
    pub async fn idle_minutes_on_day(
        &self,
        operator: &Operator,
        plant: &Plant,
        now: Instant,
    ) -> Result<Option<i64>, AppError> {
        let midnight = Time::midnight();
        let Some(day) = plant.window_of(plant.date_of(now), midnight, midnight) else {
            return Ok(None);
        };
        if !operator.shifts.iter().any(|shift| shift.window.overlaps(&day)) {
            return Ok(None);
        }
        let id = &operator.operator_id;
        let (holidays, worked) =
            tokio::try_join!(self.holidays(), self.worked_by(id, day.start, now))?;
        Ok(idle_minutes(operator, &holidays, day, now, &worked))
    }

    async fn worked_by(
        &self,
        id: &OperatorId,
        from: Instant,
        now: Instant,
    ) -> Result<Vec<Window>, AppError> {
        Ok(self.store.worked_by(id, from.timestamp(), now).await?)
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
