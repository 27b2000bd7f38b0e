//! Full load over minutes, with and without an old snapshot held open.
//!
//! A backup by `pg_dump` holds one REPEATABLE READ snapshot for as long as it runs, and no dead row
//! version younger than it can be removed meanwhile. A design that updates one row per batch
//! collapses under that; this measures whether ours does.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::contender::{Contender, ContenderRun, Variant};
use crate::postgres::PrivatePostgres;
use crate::product::DATABASE;

const SLICE_SECONDS: u64 = 15;

/// Two runs of the same length, one after the other.
#[derive(Serialize)]
pub(crate) struct Endurance {
    pub(crate) slice_seconds: f64,
    pub(crate) alone: ContenderRun,
    pub(crate) beside_snapshot: ContenderRun,
}

impl Endurance {
    /// Throughput beside the snapshot over throughput without it.
    pub(crate) fn ratio(&self) -> f64 {
        self.beside_snapshot.pairs_per_s / self.alone.pairs_per_s
    }

    /// The same for the last whole slices, where a decay would show most.
    pub(crate) fn ratio_at_end(&self) -> f64 {
        let last = |run: &ContenderRun| {
            // The very last slice holds only what was finished after the deadline.
            let whole = run.pairs_per_slice.len().saturating_sub(2);
            run.pairs_per_slice.get(whole).map_or(f64::NAN, |pairs| *pairs as f64)
        };
        last(&self.beside_snapshot) / last(&self.alone)
    }
}

/// Runs both.
pub(crate) async fn run(
    contender: &mut Contender<'_>,
    postgres: &PrivatePostgres,
    clients: usize,
    seconds: u64,
) -> Result<Endurance> {
    let duration = Duration::from_secs(seconds);
    let slice = Duration::from_secs(SLICE_SECONDS).min(duration / 2);
    let variant = Variant { clients, duration, slice, with_idempotency_key: false };
    let alone = contender.run(variant).await?;
    let backup = postgres.connect(DATABASE).await?;
    // The snapshot exists from the first query on; vacuuming after that would already be futile,
    // so both runs start from a vacuumed database.
    for statement in ["vacuum analyze", "checkpoint", "begin isolation level repeatable read"] {
        backup.batch_execute(statement).await?;
    }
    let before = backup.query_one(SNAPSHOT, &[]).await?.get::<_, i64>(0);
    let beside_snapshot = contender.run_unprepared(variant).await?;
    let after = backup.query_one(SNAPSHOT, &[]).await?.get::<_, i64>(0);
    anyhow::ensure!(before == after, "the snapshot was not held: {before} became {after}");
    backup.batch_execute("rollback").await?;
    Ok(Endurance { slice_seconds: slice.as_secs_f64(), alone, beside_snapshot })
}

const SNAPSHOT: &str = "select coalesce(max(position), 0) from events";
