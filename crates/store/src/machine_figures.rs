//! Overall equipment effectiveness and uptime, by a machine's history and counts of the last day.
//!
//! ISO 22400-2: OEE = availability × effectiveness × quality. Availability is time in production of
//! the time in which the machine was to be used: what is known of the day without planned
//! maintenance. Effectiveness is what was made, at `max_capacity_per_hour`, of the time in
//! production, 1 at most; quality is what was good of what was made. Where nothing was made or no
//! capacity is known, there is no OEE. Uptime is the part of the known time in which the machine
//! could work. Silence (`no_signal`) is not known time.

use jiff::Timestamp;
use mraos_domain::MachineId;
use rust_decimal::Decimal;
use tokio_postgres::Row;

use crate::error::StoreError;
use crate::store::Store;

/// What was computed of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineFigures {
    /// Which.
    pub machine_id: MachineId,
    /// Percent; `None` where it cannot be told.
    pub overall_equipment_effectiveness: Option<Decimal>,
    /// Percent; `None` for a machine of which nothing is known.
    pub uptime_percentage: Option<Decimal>,
}

const COMPUTE: &str = "WITH period AS (SELECT c.machine_id, c.status, c.reason_code, \
    greatest(c.started_at, $1::timestamptz - interval '1 day') AS began, \
    coalesce(lead(c.started_at) OVER w, $1::timestamptz) AS ended FROM machines m CROSS JOIN \
    LATERAL (SELECT max(b.started_at) AS at FROM machine_status_changes b WHERE b.machine_id = \
    m.machine_id AND b.started_at <= $1::timestamptz - interval '1 day') first JOIN \
    machine_status_changes c ON c.machine_id = m.machine_id AND c.started_at >= \
    coalesce(first.at, '-infinity') AND c.started_at <= $1::timestamptz WINDOW w AS (PARTITION \
    BY c.machine_id ORDER BY c.started_at, c.status_id)), spent AS (SELECT machine_id, status, \
    extract(epoch FROM sum(ended - began)) AS seconds FROM period WHERE ended > began AND \
    reason_code IS DISTINCT FROM 'no_signal' GROUP BY machine_id, status), times AS (SELECT \
    machine_id, sum(seconds) AS known, sum(seconds) FILTER (WHERE status <> 'maintenance') AS \
    planned, coalesce(sum(seconds) FILTER (WHERE status = 'running'), 0) AS running, \
    coalesce(sum(seconds) FILTER (WHERE status IN ('running', 'idle')), 0) AS able FROM spent \
    GROUP BY machine_id), counts AS (SELECT machine_id, sum(counted * quantity_produced) AS \
    good, sum(counted * (quantity_produced + coalesce(quantity_rejected, 0))) AS made FROM \
    production_log_entries CROSS JOIN LATERAL (SELECT CASE event_type WHEN 'reopened' THEN -1 \
    ELSE 1 END AS counted) sign WHERE machine_id IS NOT NULL AND quantity_produced IS NOT NULL \
    AND logged_at > $1::timestamptz - interval '1 day' AND logged_at <= $1::timestamptz GROUP BY \
    machine_id) INSERT INTO machine_figures (machine_id, overall_equipment_effectiveness, \
    uptime_percentage, computed_at) SELECT m.machine_id, round(100 * t.running / \
    nullif(t.planned, 0) * CASE WHEN p.pace > 1 THEN 1 ELSE p.pace END * c.good / nullif(c.made, \
    0), 2), round(100 * t.able / nullif(t.known, 0), 2), $1::timestamptz FROM machines m LEFT \
    JOIN times t USING (machine_id) LEFT JOIN counts c USING (machine_id) CROSS JOIN LATERAL \
    (SELECT c.made / nullif(m.max_capacity_per_hour * t.running / 3600, 0) AS pace) p ON \
    CONFLICT (machine_id) DO UPDATE SET overall_equipment_effectiveness = \
    excluded.overall_equipment_effectiveness, uptime_percentage = excluded.uptime_percentage, \
    computed_at = excluded.computed_at WHERE machine_figures.computed_at < excluded.computed_at";

const FIGURES: &str = "SELECT machine_id, overall_equipment_effectiveness, uptime_percentage FROM \
    machine_figures";

impl Store {
    /// Computes the figures of all machines for the day that ends `now`; how many were written.
    pub async fn compute_machine_figures(&self, now: Timestamp) -> Result<u64, StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached(COMPUTE).await?;
        Ok(client.execute(&statement, &[&now]).await?)
    }

    /// What was computed last of some machines.
    pub async fn machine_figures(
        &self,
        ids: &[MachineId],
    ) -> Result<Vec<MachineFigures>, StoreError> {
        let client = self.look_up_session().await?;
        let sql = format!("{FIGURES} WHERE machine_id = ANY($1)");
        let statement = client.prepare_cached(&sql).await?;
        let ids: Vec<&str> = ids.iter().map(MachineId::as_str).collect();
        client.query(&statement, &[&ids]).await?.iter().map(decode).collect()
    }

    /// What was computed last of all machines.
    pub async fn all_machine_figures(&self) -> Result<Vec<MachineFigures>, StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached(FIGURES).await?;
        client.query(&statement, &[]).await?.iter().map(decode).collect()
    }
}

fn decode(row: &Row) -> Result<MachineFigures, StoreError> {
    Ok(MachineFigures {
        machine_id: MachineId::new(row.try_get(0)?)?,
        overall_equipment_effectiveness: row.try_get(1)?,
        uptime_percentage: row.try_get(2)?,
    })
}
