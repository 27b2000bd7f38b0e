//! Whether what was acknowledged is what was recorded.
//!
//! The ledger remembers every acknowledged command of the session. At the end the log must hold
//! each of them once and nothing else, its positions must be dense, and no operator and no machine
//! may have been in two allocations at once. Speed counts only when all of that holds.

use std::collections::HashSet;

use anyhow::{Context, Result};
use serde::Serialize;
use tokio_postgres::Client;

use crate::load::Tally;

/// Everything acknowledged since the plant was loaded.
pub(crate) struct Ledger {
    position_before: i64,
    allocation_ids: HashSet<i64>,
    duplicates: u64,
    releases: u64,
    errors: u64,
}

/// What the comparison of ledger and database found.
#[derive(Serialize)]
pub(crate) struct Verdict {
    pub(crate) acknowledged: u64,
    /// Answers that left the outcome open; each may or may not be in the log.
    pub(crate) unknown_outcomes: u64,
    pub(crate) events: u64,
    /// Acknowledged allocations without an event at their position.
    pub(crate) lost: u64,
    /// Allocation ids that were handed out twice.
    pub(crate) duplicates: u64,
    pub(crate) double_bookings: u64,
    pub(crate) positions_dense: bool,
    /// What `mraos log verify` found.
    pub(crate) log_finding: Option<String>,
}

impl Ledger {
    /// Starts behind the last event of the loaded plant.
    pub(crate) async fn open(client: &Client) -> Result<Self> {
        let row = client.query_one(LAST_POSITION, &[]).await.context("cannot read `events`")?;
        Ok(Self {
            position_before: row.get(0),
            allocation_ids: HashSet::new(),
            duplicates: 0,
            releases: 0,
            errors: 0,
        })
    }

    /// Adds a run.
    pub(crate) fn record(&mut self, tally: &Tally) {
        for id in &tally.allocation_ids {
            self.duplicates += u64::from(!self.allocation_ids.insert(*id));
        }
        self.releases += tally.releases;
        self.errors += tally.errors.values().sum::<u64>();
    }

    /// Compares with the database, which nobody writes any more.
    pub(crate) async fn compare(
        &self,
        client: &Client,
        log_finding: Option<String>,
    ) -> Result<Verdict> {
        let ids: Vec<i64> = self.allocation_ids.iter().copied().collect();
        let count = async |statement: &str| -> Result<u64> {
            let row = client.query_one(statement, &[]).await.context(statement.to_owned())?;
            Ok(u64::try_from(row.get::<_, i64>(0))?)
        };
        let events = client.query_one(COUNT_EVENTS, &[&self.position_before]).await?;
        let lost = client.query_one(COUNT_LOST, &[&ids]).await?;
        Ok(Verdict {
            acknowledged: self.allocation_ids.len() as u64 + self.releases,
            unknown_outcomes: self.errors,
            events: u64::try_from(events.get::<_, i64>(0))?,
            lost: u64::try_from(lost.get::<_, i64>(0))?,
            duplicates: self.duplicates,
            double_bookings: count(&count_double_bookings("operator_id")).await?
                + count(&count_double_bookings("machine_id")).await?,
            positions_dense: count(COUNT_GAPS).await? == 0,
            log_finding,
        })
    }
}

impl Verdict {
    /// Whether every promise was kept.
    pub(crate) fn is_clean(&self) -> bool {
        let accounted = self.acknowledged..=self.acknowledged + self.unknown_outcomes;
        accounted.contains(&self.events)
            && self.lost + self.duplicates + self.double_bookings == 0
            && self.positions_dense
            && self.log_finding.is_none()
    }
}

const LAST_POSITION: &str = "select coalesce(max(position), 0) from events";
const COUNT_EVENTS: &str = "select count(*) from events where position > $1";
const COUNT_GAPS: &str = "select coalesce(max(position), 0) - count(*) from events";
const COUNT_LOST: &str = "select count(*) from unnest($1::bigint[]) as acknowledged (id)
    where not exists (select from events where position = acknowledged.id)
       or not exists (select from allocations where allocation_id = acknowledged.id)";

/// Allocations that began before the one before them on the same resource had ended.
fn count_double_bookings(resource: &str) -> String {
    format!(
        "select count(*) from (
            select actual_start_time as began, lag(coalesce(actual_end_time, 'infinity'))
                over (partition by {resource} order by allocation_id) as previous_ended
            from allocations where actual_start_time is not null) a
         where began < previous_ended"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(events: u64, unknown_outcomes: u64) -> Verdict {
        Verdict {
            acknowledged: 10,
            unknown_outcomes,
            events,
            lost: 0,
            duplicates: 0,
            double_bookings: 0,
            positions_dense: true,
            log_finding: None,
        }
    }

    #[test]
    fn log_may_hold_more_than_was_acknowledged_only_when_outcomes_are_unknown() {
        assert!(verdict(10, 0).is_clean());
        assert!(!verdict(11, 0).is_clean());
        assert!(verdict(11, 1).is_clean());
        assert!(!verdict(9, 1).is_clean());
    }

    #[test]
    fn one_duplicate_spoils_the_verdict() {
        assert!(!Verdict { duplicates: 1, ..verdict(10, 0) }.is_clean());
    }
}
