//! When people worked: read from the events of their allocations, folded by the domain.
//!
//! Two ways: one person's, for a question that memory cannot answer, which costs as much as the
//! person has worked; and everybody's since a time, which a node reads once to keep it in memory.
//! Neither decodes whole events: a few members of each tell all there is to know here.

use std::pin::pin;

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use mraos_domain::worked::effect_of;
use mraos_domain::{
    Allocation, AllocationId, Instant, OperatorId, PastWork, Phase, Window, WorkStep, Worked,
};
use tokio_postgres::{GenericClient, Row};

use crate::cells::Cells;
use crate::error::StoreError;
use crate::store::Store;

/// What a step is made of.
const COLUMNS: &str = "e.entity_id, e.event_type, e.payload ->> 'phase', e.payload -> \
    'assignment' ->> 'operator_id', e.payload -> 'previous' ->> 'operator_id', e.occurred_at";

const OF_PERSON: &str = "FROM allocations a JOIN events e ON e.entity_type = 'allocation' AND \
    e.entity_id = a.allocation_id::text WHERE a.operator_id = $1 AND a.actual_start_time < $3 AND \
    (a.actual_end_time IS NULL OR a.actual_end_time > $2) ORDER BY e.position";

const BETWEEN: &str = "FROM events e WHERE e.position BETWEEN $1 AND $2 AND e.entity_type = \
    'allocation' ORDER BY e.position";

const BEFORE: &str = "FROM events e WHERE e.entity_type = 'allocation' AND e.entity_id = ANY($1) \
    AND e.position < $2 ORDER BY e.position";

/// Allocations whose earlier events are read at once.
const MOST_AT_ONCE: usize = 1_000;

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
        let statement = client.prepare_cached(&format!("SELECT {COLUMNS} {OF_PERSON}")).await?;
        let rows = client.query(&statement, &[&id.as_str(), &from, &to.timestamp()]).await?;
        let mut worked = Worked::default();
        for row in &rows {
            if let Some(step) = decode(row)? {
                worked.take(&step);
            }
        }
        Ok(worked.windows(id, Instant::new(from)?, to))
    }

    /// When everybody worked, of what ran or began after `since`, by the log up to the position
    /// `last`; `open` are the allocations that are open there.
    pub async fn worked_since(
        &self,
        since: Instant,
        last: i64,
        open: &[Allocation],
    ) -> Result<Worked, StoreError> {
        let client = self.session().await?;
        let first = first_recorded_since(&**client, since, last).await?;
        let mut past = PastWork::from_position(first);
        let statement = client.prepare_cached(&format!("SELECT {COLUMNS} {BETWEEN}")).await?;
        let mut rows = pin!(client.query_raw(&statement, [first, last]).await?);
        while let Some(row) = rows.try_next().await? {
            if let Some(step) = decode(&row)? {
                past.take(step);
            }
        }
        let ids: Vec<String> = past.from_before().iter().map(ToString::to_string).collect();
        let statement = client.prepare_cached(&format!("SELECT {COLUMNS} {BEFORE}")).await?;
        for ids in ids.chunks(MOST_AT_ONCE) {
            for row in client.query(&statement, &[&ids, &first]).await? {
                if let Some(step) = decode(&row)? {
                    past.take_earlier(&step);
                }
            }
        }
        Ok(past.finish(open, since))
    }
}

/// The first position of those up to `last` that was recorded at `since` or later; positions and
/// their times go up together.
async fn first_recorded_since(
    client: &impl GenericClient,
    since: Instant,
    last: i64,
) -> Result<i64, StoreError> {
    let statement = client.prepare("SELECT recorded_at FROM events WHERE position = $1").await?;
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let recorded_at: Timestamp = client.query_one(&statement, &[&middle]).await?.try_get(0)?;
        if recorded_at < since.timestamp() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn decode(row: &Row) -> Result<Option<WorkStep>, StoreError> {
    let mut c = Cells::new(row);
    let (id, event_type): (&str, &str) = (c.get()?, c.get()?);
    let phase: Option<&str> = c.get()?;
    let Some(effect) = effect_of(event_type, phase.and_then(Phase::parse)) else { return Ok(None) };
    let operator_id = c.parse_opt(OperatorId::new)?;
    let previous = c.parse_opt(OperatorId::new)?;
    let number = id.parse().map_err(|_| StoreError::Corrupt(format!("allocation id `{id}`")))?;
    Ok(Some(WorkStep {
        allocation_id: AllocationId(number),
        effect,
        operator_id,
        handed_on_by: (event_type == "allocation_reassigned").then_some(previous),
        at: c.instant()?,
    }))
}
