//! `mraos log rebuild`: brings the tables to what the log leads to.
//!
//! The log is replayed and compared without a lock. Only if rows differ is the log's lock taken:
//! events written meanwhile are caught up, and the differing rows alone are repaired, in one
//! transaction that readers do not notice; only of a large table that was emptied do they wait for
//! the rows. The log itself is never changed.

use std::collections::BTreeSet;
use std::time::Instant;

use serde::Serialize;

use super::entry::{ReadableEvent, decode_entries};
use super::finding::Finding;
use super::pages;
use super::replay::Replay;
use super::shadow::{Shadow, is_empty};
use super::verify::{Examination, Progress, Witness, examine};
use crate::connect::ConnectOptions;
use crate::error::StoreError;
use crate::projection::{Changes, PROJECTIONS, Projection, TableChange};
use crate::table::{Table, transpose};
use crate::writer::LOG_LOCK;

/// So few events may be left to catch up when the lock is taken.
const SHORT_TAIL: usize = 500;
const TAIL_PAGE: i64 = 5_000;
/// With more rows a table is filled without its indexes.
const MANY_ROWS: i64 = 10_000;

/// Unique values that are put out of the way before rows get theirs: table, column, placeholder.
const ROOM: [(&str, &str, &str); 7] = [
    ("operators", "employee_id", "left(md5(l.operator_id || l.employee_id), 20)"),
    ("machines", "serial_number", "left(md5(l.machine_id || l.serial_number), 20)"),
    ("materials", "part_number", "left(md5(l.material_id || l.part_number), 20)"),
    ("work_orders", "work_order_number", "left(md5(l.work_order_id || l.work_order_number), 20)"),
    ("operator_skills", "skill_code", "md5(l.operator_skill_id || l.skill_code)"),
    ("operator_shifts", "shift_date", "DATE '0001-01-01' + (l.shift_id % 1000000)::int"),
    ("skill_requirements", "skill_code", "md5(l.requirement_id || l.skill_code)"),
];

/// What was repaired in one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepairedTable {
    /// Which.
    pub table: &'static str,
    /// Rows that had other values.
    pub changed: u64,
    /// Rows that were missing.
    pub inserted: u64,
    /// Rows that came from no event.
    pub deleted: u64,
}

/// What a rebuild has done.
#[derive(Debug, Clone, Serialize)]
pub struct Rebuild {
    /// Whether the tables are now what the log leads to.
    pub ok: bool,
    /// The last position of the log.
    pub position: i64,
    /// Findings about the log itself, which keep the tables from being repaired.
    pub log_findings: Vec<Finding>,
    /// What differed before.
    pub differences: Vec<Finding>,
    /// What was repaired; tables that were right are not in here.
    pub repaired: Vec<RepairedTable>,
    /// Number of events replayed.
    pub events: i64,
    /// How long it took.
    pub seconds: f64,
    /// Events in a second, everything included.
    pub events_per_second: f64,
    /// How long writers had to wait, in milliseconds.
    pub locked_ms: f64,
}

/// Rebuilds the tables. A log with findings of its own is only followed when `force` says so,
/// and never past an event that cannot be read.
pub async fn rebuild(
    options: &ConnectOptions,
    witness: Witness,
    force: bool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Rebuild, StoreError> {
    let began = Instant::now();
    let mut examination = examine(options, witness, progress).await?;
    if force && !examination.compared && examination.replay.is_readable() {
        examination.compare().await?;
    }
    let Examination { mut replay, shadow, compared, .. } = examination;
    let found = std::mem::take(&mut replay.findings);
    let (differences, log_findings): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|finding| finding.code.is_repairable());
    let (mut repaired, mut locked_ms) = (Vec::new(), 0.0);
    if compared && !differences.is_empty() {
        (repaired, locked_ms) = repair(&shadow, &mut replay).await?;
    }
    let seconds = began.elapsed().as_secs_f64();
    Ok(Rebuild {
        ok: compared,
        position: replay.position,
        log_findings,
        differences,
        repaired,
        events: replay.events,
        seconds,
        events_per_second: replay.events as f64 / seconds,
        locked_ms,
    })
}

async fn repair(
    shadow: &Shadow,
    replay: &mut Replay,
) -> Result<(Vec<RepairedTable>, f64), StoreError> {
    let client = &shadow.client;
    client.batch_execute("COMMIT").await?;
    let compared = |table: &Table| !shadow.emptied.contains(table.name);
    index_shadows(shadow, compared).await?;
    let mut tail = Changes::default();
    let mut caught_up = catch_up(shadow, replay, &mut tail).await?;
    if caught_up > 0 {
        // Rows of the others will have to be found as well.
        index_shadows(shadow, |table| !compared(table)).await?;
    }
    while caught_up > SHORT_TAIL {
        caught_up = catch_up(shadow, replay, &mut tail).await?;
    }

    let locked = Instant::now();
    let begin = "BEGIN; SET LOCAL lock_timeout = '30s'; SET LOCAL maintenance_work_mem = '256MB'";
    client.batch_execute(begin).await?;
    client.execute("SELECT pg_advisory_xact_lock($1)", &[&LOG_LOCK]).await?;
    while catch_up(shadow, replay, &mut tail).await? > 0 {}
    for change in tail.every_table(&replay.state) {
        update_shadow(shadow, change).await?;
    }
    let repaired = write_differences(shadow).await?;
    if !repaired.is_empty() {
        client.batch_execute(super::COUNT_GENERATION_UP).await?;
    }
    client.batch_execute("COMMIT").await?;
    Ok((repaired, locked.elapsed().as_secs_f64() * 1_000.0))
}

/// Lets rows of the shadows of the `wanted` tables be found by key.
async fn index_shadows(shadow: &Shadow, wanted: impl Fn(&Table) -> bool) -> Result<(), StoreError> {
    for Projection { table, .. } in PROJECTIONS.iter().filter(|one| wanted(one.table)) {
        let (key, name, diff) = (table.key_column(), table.shadow_name(), table.diff_name());
        let sql = format!("CREATE UNIQUE INDEX ON {name} ({key}); ANALYZE {diff}");
        shadow.client.batch_execute(&sql).await?;
    }
    Ok(())
}

/// Replays what was written since; how many events that were. Events that do not follow from
/// those before are an error: somebody changes the log right now.
async fn catch_up(
    shadow: &Shadow,
    replay: &mut Replay,
    tail: &mut Changes,
) -> Result<usize, StoreError> {
    let rows = shadow.client.query(pages::PAGE, &[&replay.position, &i64::MAX, &TAIL_PAGE]).await?;
    let entries = decode_entries(rows, replay.digest.clone())?;
    let count = entries.len();
    for entry in entries {
        let event = replay.take(entry);
        if let Some(finding) = replay.findings.pop() {
            return Err(StoreError::Corrupt(finding.detail));
        }
        if let Some(ReadableEvent { recorded, .. }) = event {
            tail.note_before(&replay.state, &recorded);
            mraos_domain::evolve(&mut replay.state, &recorded);
            tail.note(&replay.state, &recorded);
            tail.add_finished(replay.state.take_finished());
        }
    }
    Ok(count)
}

/// Brings the shadow to the end of the tail and marks its keys for another look.
async fn update_shadow(shadow: &Shadow, change: TableChange) -> Result<(), StoreError> {
    let TableChange { table, delete, write } = change;
    if delete.is_empty() {
        return Ok(());
    }
    let name = table.shadow_name();
    let keys = transpose(delete, 1).pop().unwrap_or_default();
    let sql = table.delete_from_sql(&name);
    shadow.client.execute(&sql, &[&keys]).await?;
    if !write.is_empty() {
        let columns = transpose(write, table.columns.len());
        let columns: Vec<_> = columns.iter().map(|column| column as _).collect();
        shadow.client.execute(&table.insert_into_sql(&name), &columns).await?;
    }
    shadow.client.execute(&table.add_diff_sql(), &[&keys]).await?;
    Ok(())
}

/// Values first, in the order of the foreign keys, then deletions in the opposite one.
async fn write_differences(shadow: &Shadow) -> Result<Vec<RepairedTable>, StoreError> {
    let client = &shadow.client;
    let emptied = still_empty(shadow).await?;
    for projection in PROJECTIONS.iter().filter(|one| !emptied.contains(one.table.name)) {
        let table = projection.table;
        for (_, column, placeholder) in ROOM.iter().filter(|(name, ..)| *name == table.name) {
            client.execute(&table.make_room_sql(column, placeholder), &[]).await?;
        }
    }
    let mut repaired = Vec::new();
    for projection in &PROJECTIONS {
        let table = projection.table;
        if emptied.contains(table.name) {
            let inserted = fill(shadow, table).await?;
            repaired.push(RepairedTable { table: table.name, changed: 0, inserted, deleted: 0 });
            continue;
        }
        let changed = client.execute(&table.repair_update_sql(), &[]).await?;
        check_foreign_keys(shadow, false).await?;
        let inserted = client.execute(&table.repair_insert_sql(), &[]).await?;
        check_foreign_keys(shadow, true).await?;
        repaired.push(RepairedTable { table: table.name, changed, inserted, deleted: 0 });
    }
    // Whoever is not in the log was never registered here, and holds no personal data by right.
    let strangers = format!(
        "DELETE FROM operator_personal p WHERE p.operator_id IN (SELECT key FROM {diff}) AND NOT \
         EXISTS (SELECT FROM {shadow} s WHERE s.operator_id = p.operator_id)",
        diff = PROJECTIONS[0].table.diff_name(),
        shadow = PROJECTIONS[0].table.shadow_name(),
    );
    client.execute(&strangers, &[]).await?;
    for (projection, report) in PROJECTIONS.iter().zip(&mut repaired).rev() {
        if emptied.contains(report.table) {
            continue;
        }
        report.deleted = client.execute(&projection.table.repair_delete_sql(), &[]).await?;
    }
    repaired.retain(|one| one.changed + one.inserted + one.deleted > 0);
    Ok(repaired)
}

/// The tables that were empty and still are. Of one that has got rows since, every key is looked
/// at.
async fn still_empty(shadow: &Shadow) -> Result<BTreeSet<&'static str>, StoreError> {
    let mut emptied = shadow.emptied.clone();
    for Projection { table, .. } in &PROJECTIONS {
        if emptied.contains(table.name) && !is_empty(&shadow.client, table).await? {
            emptied.remove(table.name);
            let (mark, diff) = (table.mark_all_sql(), table.diff_name());
            shadow.client.batch_execute(&format!("{mark}; ANALYZE {diff}")).await?;
        }
    }
    Ok(emptied)
}

/// What finds rows of a table besides the rows themselves: how to do without it, and how to have it
/// again.
struct Finder {
    drop: String,
    make: String,
}

/// Of a table that gets many rows, its indexes and unique constraints; but those that foreign keys
/// rely on stay.
async fn finders(shadow: &Shadow, table: &Table) -> Result<Vec<Finder>, StoreError> {
    let sql = format!(
        "SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass) ELSE \
         format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END, CASE \
         WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid) ELSE format('ALTER TABLE %s ADD \
         CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) END FROM \
         pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = \
         i.indrelid WHERE i.indrelid = $1::text::regclass AND NOT EXISTS (SELECT FROM \
         pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid) AND EXISTS (SELECT \
         FROM {} OFFSET $2)",
        table.shadow_name(),
    );
    let mut all = Vec::new();
    for row in shadow.client.query(&sql, &[&table.name, &MANY_ROWS]).await? {
        all.push(Finder { drop: row.try_get(0)?, make: row.try_get(1)? });
    }
    Ok(all)
}

/// Fills an empty table. With many rows its indexes are made anew afterwards, which is several
/// times faster; whoever reads the table waits for that.
async fn fill(shadow: &Shadow, table: &Table) -> Result<u64, StoreError> {
    let client = &shadow.client;
    let finders = finders(shadow, table).await?;
    for finder in &finders {
        client.batch_execute(&finder.drop).await?;
    }
    check_foreign_keys(shadow, false).await?;
    let inserted = client.execute(&table.fill_sql(), &[]).await?;
    check_foreign_keys(shadow, true).await?;
    for finder in &finders {
        client.batch_execute(&finder.make).await?;
    }
    Ok(inserted)
}

/// Missing rows are as many as the plant has, and each refers to rows that the same log leads to:
/// looking every reference up would double the time for which writers wait. Only a superuser may
/// leave it out; for others it is done.
async fn check_foreign_keys(shadow: &Shadow, check: bool) -> Result<(), StoreError> {
    let role = if check { "origin" } else { "replica" };
    let sql = "SELECT set_config('session_replication_role', $1, true) WHERE \
               has_parameter_privilege('session_replication_role', 'SET')";
    shadow.client.query(sql, &[&role]).await?;
    Ok(())
}
