//! Attendance: rows of clockings and absences, and shifts for which nobody has come.
//!
//! Rows are written once, when they happen; pages go by time, newest first.

use jiff::Timestamp;
use mraos_domain::attendance::{AttendanceEntry, AttendanceNoted, LONGEST_STAY_MINUTES};
use mraos_domain::{FinishedRow, Instant, OperatorId, RowId};

use crate::cell::{cell, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::store::Store;
use crate::table::{Table, TableRow};

pub(crate) const ATTENDANCE: Table = Table {
    name: "operator_attendance",
    key: &["attendance_id"],
    columns: &[
        ("attendance_id", "bigint"),
        ("operator_id", "varchar"),
        ("shift_id", "bigint"),
        ("attendance_type", "varchar"),
        ("occurred_at", "timestamptz"),
        ("is_late", "boolean"),
        ("reason_code", "varchar"),
        ("reason_text_id", "uuid"),
        ("reason_digest", "varchar"),
        ("recorded_by", "varchar"),
        ("created_at", "timestamptz"),
        ("position", "bigint"),
    ],
};

pub(crate) fn encode(one: &FinishedRow, noted: &AttendanceNoted) -> TableRow {
    vec![
        cell(one.row_id()),
        cell(&noted.operator_id),
        cell_opt(noted.shift_id),
        cell(noted.entry.as_str()),
        cell(noted.occurred_at),
        cell(noted.is_late),
        cell_opt(noted.reason_code.as_ref()),
        cell_opt(noted.reason.as_ref().map(|text| text.text_id)),
        cell_opt(noted.reason.as_ref().map(|text| &text.digest)),
        cell(&noted.recorded_by),
        cell(noted.created_at),
        cell(one.position),
    ]
}

/// A row of attendance as it is read.
#[derive(Debug, Clone)]
pub struct AttendanceRow {
    /// Key of the row.
    pub attendance_id: i64,
    /// Of which shift.
    pub shift_id: Option<i64>,
    /// What it tells.
    pub entry: AttendanceEntry,
    /// When it happened.
    pub occurred_at: Instant,
    /// Whether the person came late.
    pub is_late: bool,
    /// Why.
    pub reason_code: Option<String>,
    /// Why in words; `None` also once erased.
    pub reason_description: Option<String>,
    /// Who said so.
    pub recorded_by: String,
    /// When it was recorded.
    pub created_at: Instant,
}

/// Which rows of a person.
#[derive(Debug, Clone, Default)]
pub struct AttendancePage {
    /// Only of this kind.
    pub entry: Option<AttendanceEntry>,
    /// Time and key of the last row of the page before.
    pub before: Option<(Timestamp, i64)>,
    /// Most rows.
    pub limit: i64,
}

const ROWS: &str = "SELECT a.attendance_id, a.shift_id, a.attendance_type, a.occurred_at, \
    a.is_late, a.reason_code, t.body, a.recorded_by, a.created_at FROM operator_attendance a LEFT \
    JOIN event_texts t ON t.text_id = a.reason_text_id WHERE a.operator_id = $1 AND ($2::text IS \
    NULL OR a.attendance_type = $2) AND ($3::timestamptz IS NULL OR (a.occurred_at, \
    a.attendance_id) < ($3, $4)) ORDER BY a.occurred_at DESC, a.attendance_id DESC LIMIT $5";

/// Who is in by the clock works two shifts in a row; a clocking of yesterday says nothing.
const UNATTENDED: &str = "SELECT s.operator_id, s.shift_id FROM operator_shifts s JOIN operators o \
    USING (operator_id) WHERE s.status = 'scheduled' AND s.starts_at <= $1 AND s.starts_at > \
    $2::timestamptz - interval '3 days' AND s.ends_at > $2 AND o.is_active AND \
    (o.last_clocking_type = 'clock_in' AND o.last_clocked_at >= $2 - $3::bigint * interval '1 \
    minute') IS NOT TRUE AND (s.counts_on_holidays OR NOT EXISTS (SELECT FROM holidays h WHERE \
    h.day = s.shift_date)) ORDER BY s.starts_at, s.shift_id LIMIT $4";

impl Store {
    /// A page of a person's attendance, newest first; one row more than asked for if there are
    /// more.
    pub async fn attendance_of(
        &self,
        id: &OperatorId,
        page: &AttendancePage,
    ) -> Result<Vec<AttendanceRow>, StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached(ROWS).await?;
        let (at, key) = page.before.unzip();
        let (entry, limit) = (page.entry.map(AttendanceEntry::as_str), page.limit + 1);
        let rows = client
            .query(&statement, &[&id.as_str(), &entry, &at, &key.unwrap_or_default(), &limit])
            .await?;
        rows.iter().map(decode).collect()
    }

    /// Shifts that began by `begun` and last beyond `now`, and for which nobody has come.
    pub async fn unattended_shifts(
        &self,
        begun: Instant,
        now: Instant,
        limit: i64,
    ) -> Result<Vec<(OperatorId, RowId)>, StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached(UNATTENDED).await?;
        let (begun, now) = (begun.timestamp(), now.timestamp());
        let rows = client.query(&statement, &[&begun, &now, &LONGEST_STAY_MINUTES, &limit]).await?;
        let read = |row: &tokio_postgres::Row| {
            let mut c = Cells::new(row);
            Ok((c.parse(OperatorId::new)?, RowId(c.get()?)))
        };
        rows.iter().map(read).collect()
    }
}

fn decode(row: &tokio_postgres::Row) -> Result<AttendanceRow, StoreError> {
    let mut c = Cells::new(row);
    Ok(AttendanceRow {
        attendance_id: c.get()?,
        shift_id: c.get()?,
        entry: c.name(AttendanceEntry::parse)?,
        occurred_at: c.instant()?,
        is_late: c.get()?,
        reason_code: c.get()?,
        reason_description: c.get()?,
        recorded_by: c.get()?,
        created_at: c.instant()?,
    })
}
