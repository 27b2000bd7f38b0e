//! The production log: entries that are rows of their own, and the pages of an order's whole log.
//!
//! Starts, pauses and ends of work are in the log of events already; a view joins both.

use jiff::Timestamp;
use mraos_domain::{FinishedRow, Instant, ProductionLogged, WorkOrderId};
use rust_decimal::Decimal;

use crate::cell::{cell, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::store::Store;
use crate::table::{Table, TableRow};

pub(crate) const ENTRIES: Table = Table {
    name: "production_log_entries",
    key: &["log_id"],
    columns: &[
        ("log_id", "bigint"),
        ("work_order_id", "varchar"),
        ("logged_at", "timestamptz"),
        ("event_type", "varchar"),
        ("quantity_produced", "numeric"),
        ("quantity_rejected", "numeric"),
        ("cumulative_quantity", "numeric"),
        ("operator_id", "varchar"),
        ("machine_id", "varchar"),
        ("notes_text_id", "uuid"),
        ("notes_digest", "varchar"),
        ("logged_by", "varchar"),
        ("created_at", "timestamptz"),
        ("position", "bigint"),
    ],
};

pub(crate) fn encode(one: &FinishedRow, logged: &ProductionLogged) -> TableRow {
    vec![
        cell(one.row_id()),
        cell(&logged.work_order_id),
        cell(logged.logged_at),
        cell(logged.entry.as_str()),
        cell_opt(logged.quantity_produced),
        cell_opt(logged.quantity_rejected),
        cell_opt(logged.cumulative_quantity),
        cell_opt(logged.operator_id.as_ref()),
        cell_opt(logged.machine_id.as_ref()),
        cell_opt(logged.notes.as_ref().map(|text| text.text_id)),
        cell_opt(logged.notes.as_ref().map(|text| &text.digest)),
        cell(&logged.logged_by),
        cell(logged.created_at),
        cell(one.position),
    ]
}

/// An entry as it is read.
#[derive(Debug, Clone)]
pub struct LoggedEntry {
    /// Key of the entry.
    pub log_id: i64,
    /// When it happened.
    pub timestamp: Instant,
    /// What it tells.
    pub event_type: String,
    /// Good quantity by this entry.
    pub quantity_produced: Option<Decimal>,
    /// Rejected quantity by this entry.
    pub quantity_rejected: Option<Decimal>,
    /// Good quantity of the order afterwards.
    pub cumulative_quantity: Option<Decimal>,
    /// By whom.
    pub operator_id: Option<String>,
    /// Where.
    pub machine_id: Option<String>,
    /// In words; `None` also once erased.
    pub notes: Option<String>,
    /// Who said so.
    pub logged_by: String,
    /// When it was recorded.
    pub created_at: Instant,
}

/// Which entries of an order.
#[derive(Debug, Clone, Default)]
pub struct LogPage {
    /// Only of this kind.
    pub event_type: Option<String>,
    /// Time and key of the last entry of the page before.
    pub before: Option<(Timestamp, i64)>,
    /// Most entries.
    pub limit: i64,
}

const ENTRIES_OF_ORDER: &str = "SELECT log_id, timestamp, event_type, quantity_produced, \
    quantity_rejected, cumulative_quantity, operator_id, machine_id, notes, logged_by, created_at \
    FROM production_logs WHERE work_order_id = $1 AND ($2::text IS NULL OR event_type = $2) AND \
    ($3::timestamptz IS NULL OR (timestamp, log_id) < ($3, $4)) ORDER BY timestamp DESC, log_id \
    DESC LIMIT $5";

/// Waiting steps of which something is due: their time is over, or nothing open is before them.
const DUE_WAITING: &str = "SELECT o.work_order_id FROM work_orders o JOIN work_order_status s \
    USING (work_order_id) WHERE o.is_open AND o.wait_minutes IS NOT NULL AND (s.waiting_until <= \
    $1 OR s.waiting_until IS NULL AND NOT EXISTS (SELECT FROM work_order_dependencies d JOIN \
    work_order_status p ON p.work_order_id = d.predecessor_work_order_id WHERE d.work_order_id = \
    o.work_order_id AND d.dependency_type <> 'finish_to_finish' AND (CASE d.dependency_type WHEN \
    'finish_to_start' THEN p.actual_end_date ELSE p.actual_start_date END + d.lag_minutes * \
    interval '1 minute' <= $1) IS NOT TRUE)) ORDER BY o.work_order_id LIMIT $2";

impl Store {
    /// Waiting steps that may begin or end by now.
    pub async fn due_waiting_steps(
        &self,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<WorkOrderId>, StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached(DUE_WAITING).await?;
        let rows = client.query(&statement, &[&now, &limit]).await?;
        rows.iter().map(|row| Ok(WorkOrderId::new(row.try_get(0)?)?)).collect()
    }

    /// A page of an order's log, newest first; one entry more than asked for if there are more.
    pub async fn production_log(
        &self,
        id: &WorkOrderId,
        page: &LogPage,
    ) -> Result<Vec<LoggedEntry>, StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached(ENTRIES_OF_ORDER).await?;
        let (at, key) = page.before.unzip();
        let (key, limit) = (key.unwrap_or_default(), page.limit + 1);
        let rows =
            client.query(&statement, &[&id.as_str(), &page.event_type, &at, &key, &limit]).await?;
        rows.iter().map(decode).collect()
    }
}

fn decode(row: &tokio_postgres::Row) -> Result<LoggedEntry, StoreError> {
    let mut c = Cells::new(row);
    Ok(LoggedEntry {
        log_id: c.get()?,
        timestamp: c.instant()?,
        event_type: c.get()?,
        quantity_produced: c.get()?,
        quantity_rejected: c.get()?,
        cumulative_quantity: c.get()?,
        operator_id: c.get()?,
        machine_id: c.get()?,
        notes: c.get()?,
        logged_by: c.get()?,
        created_at: c.instant()?,
    })
}
