//! A machine's history: what it did, when and why, newest first; and its maintenance.
//!
//! Pages by time: a period is found by its beginning and its key, which is what a cursor holds.

use jiff::Timestamp;
use mraos_domain::{Instant, MachineId, MachineStatus};

use crate::cells::Cells;
use crate::error::StoreError;
use crate::maintenance::{self, MaintenanceRow};
use crate::store::Store;

/// What a machine did for a while.
#[derive(Debug, Clone)]
pub struct StatusPeriod {
    /// Key of the row.
    pub status_id: i64,
    /// What it did.
    pub status: MachineStatus,
    /// What it did before.
    pub previous_status: Option<MachineStatus>,
    /// From when.
    pub started_at: Instant,
    /// Until when; `None` for the present.
    pub ended_at: Option<Instant>,
    /// Whole minutes; `None` for the present.
    pub duration_minutes: Option<i32>,
    /// Why.
    pub reason_code: Option<String>,
    /// Why in words; `None` also once erased.
    pub reason_description: Option<String>,
    /// Who said or decided it.
    pub reported_by: String,
    /// When it was recorded.
    pub created_at: Instant,
}

/// Which periods of a machine.
#[derive(Debug, Clone, Default)]
pub struct HistoryPage {
    /// Only this status.
    pub status: Option<MachineStatus>,
    /// Beginning and key of the last period of the page before.
    pub before: Option<(Timestamp, i64)>,
    /// Most periods.
    pub limit: i64,
}

const HISTORY: &str = "SELECT status_id, status, previous_status, started_at, ended_at, \
    duration_minutes, reason_code, reason_description, reported_by, created_at FROM \
    machine_status_history WHERE machine_id = $1 AND ($2::text IS NULL OR status = $2) AND \
    ($3::timestamptz IS NULL OR (started_at, status_id) < ($3, $4)) ORDER BY started_at DESC, \
    status_id DESC LIMIT $5";

impl Store {
    /// A page of a machine's history, one period more than asked for if there are more.
    pub async fn machine_history(
        &self,
        id: &MachineId,
        page: &HistoryPage,
    ) -> Result<Vec<StatusPeriod>, StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached(HISTORY).await?;
        let (at, key) = page.before.unzip();
        let (status, limit) = (page.status.map(MachineStatus::as_str), page.limit + 1);
        let rows = client
            .query(&statement, &[&id.as_str(), &status, &at, &key.unwrap_or_default(), &limit])
            .await?;
        rows.iter().map(decode).collect()
    }

    /// A machine's maintenance, newest first, after a key.
    pub async fn maintenance_of(
        &self,
        id: &MachineId,
        status: Option<&str>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<MaintenanceRow>, StoreError> {
        let list = maintenance::SCHEDULES.select_list();
        let sql = format!(
            "SELECT {list} FROM maintenance_schedules WHERE machine_id = $1 AND ($2::text IS NULL \
             OR status = $2) AND ($3::bigint IS NULL OR maintenance_id < $3) ORDER BY \
             maintenance_id DESC LIMIT $4"
        );
        let client = self.session().await?;
        let statement = client.prepare_cached(&sql).await?;
        let rows =
            client.query(&statement, &[&id.as_str(), &status, &before, &(limit + 1)]).await?;
        rows.iter().map(maintenance::decode).collect()
    }
}

fn decode(row: &tokio_postgres::Row) -> Result<StatusPeriod, StoreError> {
    let mut c = Cells::new(row);
    let status_id = c.get()?;
    let status = c.name(MachineStatus::parse)?;
    let previous: Option<&str> = c.get()?;
    Ok(StatusPeriod {
        status_id,
        status,
        previous_status: previous.and_then(MachineStatus::parse),
        started_at: c.instant()?,
        ended_at: c.instant_opt()?,
        duration_minutes: c.get()?,
        reason_code: c.get()?,
        reason_description: c.get()?,
        reported_by: c.get()?,
        created_at: c.instant()?,
    })
}
