//! When somebody worked: read from the events of the allocations that were theirs.
//!
//! Work that was handed on to somebody else while it ran is no longer found here.

use std::collections::HashMap;

use jiff::Timestamp;
use mraos_domain::{Instant, OperatorId, Window};

use crate::cells::Cells;
use crate::error::StoreError;
use crate::store::Store;

const STEPS: &str = "SELECT a.allocation_id, e.event_type, e.payload ->> 'phase', e.payload -> \
    'assignment' ->> 'operator_id', e.occurred_at FROM allocations a JOIN events e ON \
    e.entity_type = 'allocation' AND e.entity_id = a.allocation_id::text WHERE a.operator_id = $1 \
    AND a.actual_start_time < $3 AND (a.actual_end_time IS NULL OR a.actual_end_time > $2) ORDER \
    BY e.position";

impl Store {
    /// When work of a person ran, of what ran between `from` and `to`; what runs still ends at
    /// `to`.
    pub async fn worked_by(
        &self,
        id: &OperatorId,
        from: Timestamp,
        to: Instant,
    ) -> Result<Vec<Window>, StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached(STEPS).await?;
        let rows = client.query(&statement, &[&id.as_str(), &from, &to.timestamp()]).await?;
        let mut running: HashMap<i64, Instant> = HashMap::new();
        let mut worked = Vec::new();
        for row in &rows {
            let mut c = Cells::new(row);
            let (allocation_id, event_type): (i64, &str) = (c.get()?, c.get()?);
            let (phase, operator): (Option<&str>, Option<&str>) = (c.get()?, c.get()?);
            let at = c.instant()?;
            let Some(runs) = runs_after(event_type, phase) else { continue };
            if runs && operator == Some(id.as_str()) {
                running.entry(allocation_id).or_insert(at);
            } else if let Some(since) = running.remove(&allocation_id) {
                worked.push(Window { start: since, end: at.max(since) });
            }
        }
        let still = running.into_values().map(|start| Window { start, end: to.max(start) });
        worked.extend(still);
        Ok(worked)
    }
}

/// Whether work runs after an event; `None` if the event says nothing about it.
fn runs_after(event_type: &str, phase: Option<&str>) -> Option<bool> {
    match event_type {
        "allocation_started" | "allocation_resumed" => Some(true),
        "allocation_created" | "allocation_reopened" | "allocation_reassigned" => {
            Some(phase == Some("running"))
        }
        "allocation_paused"
        | "allocation_released"
        | "allocation_completed"
        | "allocation_cancelled" => Some(false),
        _ => None,
    }
}
