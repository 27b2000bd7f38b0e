//! The projections as the log leads to them, in temporary tables beside the live ones.
//!
//! One session holds a snapshot of the database: the log and the live tables are read in that same
//! snapshot by others. Only of a table that is empty, or whose rows do not add up to the log's, are
//! the rows that the log leads to copied in here; the latter are compared row by row where they
//! are. The live tables are only read.

use std::collections::{BTreeSet, HashMap};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use deadpool_postgres::ClientWrapper;
use futures_util::SinkExt as _;
use mraos_domain::State;
use tokio::task::JoinSet;
use tokio_postgres::CopyInSink;

use super::binary_copy::{BinaryRows, read_live};
use super::complete::Fingerprints;
use super::finding::{Finding, FindingCode};
use super::fingerprint::{Fingerprint, FingerprintKey};
use crate::connect::ConnectOptions;
use crate::error::StoreError;
use crate::projection::{PROJECTIONS, Projection};
use crate::table::{Table, TableRow};

const SEND_BYTES: usize = 128 * 1024;
/// Sessions that read live tables beside each other.
const LIVE_READERS: usize = 2;
/// Differences of one table that are told in full; more are counted.
const MOST_TOLD: i64 = 20;

/// The session with the shadow tables.
pub(crate) struct Shadow {
    pub(crate) client: Arc<ClientWrapper>,
    /// Live tables without a row, which need no comparison.
    pub(crate) emptied: BTreeSet<&'static str>,
    pub(super) key: FingerprintKey,
    options: ConnectOptions,
    snapshot: String,
}

impl Shadow {
    /// Opens the session and the snapshot, and creates the tables.
    pub(crate) async fn begin(options: &ConnectOptions) -> Result<Self, StoreError> {
        let client = options.connect_owner().await?;
        let settings = "SET jit = off; SET work_mem = '64MB'; SET temp_buffers = '64MB'; BEGIN \
                        ISOLATION LEVEL REPEATABLE READ";
        client.batch_execute(settings).await?;
        let row = client.query_one("SELECT pg_export_snapshot()", &[]).await?;
        let snapshot = row.try_get(0)?;
        let mut emptied = BTreeSet::new();
        for Projection { table, .. } in &PROJECTIONS {
            client.batch_execute(&table.create_shadow_sql()).await?;
            if is_empty(&client, table).await? {
                emptied.insert(table.name);
            }
        }
        let (key, options, client) = (FingerprintKey::draw(), options.clone(), Arc::new(client));
        Ok(Self { client, emptied, key, options, snapshot })
    }

    /// Another session that reads the same snapshot.
    pub(crate) async fn reader(&self) -> Result<ClientWrapper, StoreError> {
        let reader = self.options.connect_reader().await?;
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET TRANSACTION SNAPSHOT '{}'",
            self.snapshot
        );
        reader.batch_execute(&begin).await?;
        Ok(reader)
    }

    /// The live tables whose rows do not add up to those of the state and the `complete` ones;
    /// emptied ones are not read.
    pub(crate) async fn unlike(
        &self,
        state: &State,
        complete: &Fingerprints,
    ) -> Result<BTreeSet<&'static str>, StoreError> {
        let filled = |one: &&Projection| !self.emptied.contains(one.table.name);
        let wanted: Vec<&Projection> = PROJECTIONS.iter().filter(filled).collect();
        let tables: Vec<&'static Table> = wanted.iter().map(|one| one.table).collect();
        let tables = Arc::new(Mutex::new(tables.into_iter()));
        let mut reading = JoinSet::new();
        for _ in 0..LIVE_READERS {
            reading.spawn(read_tables(self.reader().await?, Arc::clone(&tables), self.key.clone()));
        }
        let mut led_to = HashMap::new();
        for projection in wanted {
            led_to.insert(projection.table.name, self.led_to(projection, state, complete).await?);
        }
        let mut unlike = BTreeSet::new();
        while let Some(read) = reading.join_next().await {
            let read = read.map_err(|error| StoreError::Unexpected(error.to_string()))??;
            let differs = |(name, found): &(&'static str, Fingerprint)| {
                !led_to.get(name).is_some_and(|wanted| wanted.equals(found))
            };
            unlike.extend(read.into_iter().filter(differs).map(|(name, _)| name));
        }
        Ok(unlike)
    }

    /// What the rows of a table add up to by the log.
    async fn led_to(
        &self,
        projection: &Projection,
        state: &State,
        complete: &Fingerprints,
    ) -> Result<Fingerprint, StoreError> {
        let mut rows = BinaryRows::of_shadow(&self.client, projection.table).await?;
        let mut fingerprint = Fingerprint::new(&self.key);
        for row in (projection.rows)(state) {
            fingerprint.add(rows.add(&row)?);
            rows.clear();
        }
        if let Some(complete) = complete.get(projection.table.name) {
            fingerprint.add_all(complete);
        }
        Ok(fingerprint)
    }

    /// Begins to fill one table; nothing else can be done meanwhile.
    pub(crate) async fn copy_into(&self, table: &Table) -> Result<CopyRows, StoreError> {
        let rows = BinaryRows::of_shadow(&self.client, table).await?;
        let sink = self.client.copy_in(&table.copy_shadow_sql()).await?;
        Ok(CopyRows { sink: Box::pin(sink), rows })
    }

    /// Writes every row that the state holds of the emptied tables and of those `unlike` the log's.
    pub(crate) async fn write_state(
        &self,
        state: &State,
        unlike: &BTreeSet<&'static str>,
    ) -> Result<(), StoreError> {
        for Projection { table, rows } in &PROJECTIONS {
            if unlike.contains(table.name) || self.emptied.contains(table.name) {
                let mut copy = self.copy_into(table).await?;
                copy.write(rows(state)).await?;
                copy.finish().await?;
            }
        }
        Ok(())
    }

    /// Compares each table that is `unlike` the log's with its shadow; the differing keys stay in
    /// tables of their own.
    pub(crate) async fn compare(
        &self,
        unlike: &BTreeSet<&'static str>,
    ) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        for Projection { table, .. } in &PROJECTIONS {
            if self.emptied.contains(table.name) {
                self.client.batch_execute(&table.create_empty_diff_sql()).await?;
                self.tell(table, &table.all_missing_sql(), &mut findings).await?;
            } else if unlike.contains(table.name) {
                // The join needs to know about the key alone; looking at every column takes long.
                let (shadow, key) = (table.shadow_name(), table.key_column());
                let sql = format!("ANALYZE {shadow} ({key}); {}", table.create_diff_sql());
                self.client.batch_execute(&sql).await?;
                self.tell(table, &table.differences_sql(), &mut findings).await?;
            } else {
                self.client.batch_execute(&table.create_empty_diff_sql()).await?;
            }
        }
        self.look_up_positions(&mut findings).await?;
        Ok(findings)
    }

    /// Tells what `sql` finds: key, kind, position, detail, and how many there are.
    async fn tell(
        &self,
        table: &Table,
        sql: &str,
        findings: &mut Vec<Finding>,
    ) -> Result<(), StoreError> {
        let sql = format!("{sql} ORDER BY position NULLS LAST, key LIMIT {MOST_TOLD}");
        let rows = self.client.query(&sql, &[]).await?;
        let mut told = Vec::with_capacity(rows.len());
        for row in &rows {
            let (key, kind): (String, &str) = (row.try_get(0)?, row.try_get(1)?);
            let (code, what) = match kind {
                "missing" => (FindingCode::RowMissing, "is missing".to_owned()),
                "unknown" => (FindingCode::RowUnknown, "comes from no event".to_owned()),
                _ => (FindingCode::RowChanged, row.try_get(3)?),
            };
            let more = row.try_get::<_, i64>(4)? - MOST_TOLD;
            let more = if more > 0 { format!(" (and {more} rows more)") } else { String::new() };
            let detail = format!("{} {key}: {what}{more}", table.name);
            let (table, position) = (Some(table.name), row.try_get(2)?);
            told.push(Finding { code, position, table, key: Some(key), detail });
        }
        findings.append(&mut told);
        Ok(())
    }

    /// For rows that carry no position: that of the last event about each. The log has no index of
    /// them and is read once for all.
    async fn look_up_positions(&self, findings: &mut [Finding]) -> Result<(), StoreError> {
        let mut without: Vec<(&str, &str)> = Vec::new();
        for finding in findings.iter().filter(|one| one.position.is_none()) {
            without.extend(about(finding));
        }
        if without.is_empty() {
            return Ok(());
        }
        let sql = "SELECT entity_type, entity_id, max(position) FROM events WHERE (entity_type, \
                   entity_id) IN (SELECT * FROM unnest($1::text[], $2::text[])) GROUP BY 1, 2";
        let (types, ids): (Vec<&str>, Vec<&str>) = without.into_iter().unzip();
        let rows = self.client.query(sql, &[&types, &ids]).await?;
        let mut found: HashMap<(&str, &str), i64> = HashMap::new();
        for row in &rows {
            found.insert((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?);
        }
        for finding in findings.iter_mut().filter(|one| one.position.is_none()) {
            finding.position = about(finding).and_then(|about| found.get(&about).copied());
        }
        Ok(())
    }

    /// Rows that mention positions after `last`.
    pub(crate) async fn rows_beyond(&self, last: i64) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        for projection in &PROJECTIONS {
            let table = projection.table;
            let Some(column) = table.position_column() else { continue };
            let (name, key) = (table.name, table.key_column());
            let sql = format!(
                "SELECT t.{key}::text, t.{column} FROM {name} t WHERE t.{column} > $1 ORDER BY \
                 t.{column} LIMIT 1"
            );
            if let Some(row) = self.client.query_opt(&sql, &[&last]).await? {
                let (key, position): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
                let detail = format!(
                    "{name} {key} was written by position {position}, and the log ends at {last}"
                );
                let mut finding = Finding::at(FindingCode::RowBeyondLog, last + 1, detail);
                (finding.table, finding.key) = (Some(name), Some(key));
                findings.push(finding);
            }
        }
        Ok(findings)
    }
}

/// Type and id of what the finding is about, where its table has a row for each.
fn about(finding: &Finding) -> Option<(&str, &str)> {
    let entity_type = finding.table?.strip_suffix('s')?;
    Some((entity_type, finding.key.as_deref()?))
}

/// What the rows of live tables add up to: of each that is left when its turn comes.
async fn read_tables(
    client: ClientWrapper,
    tables: Arc<Mutex<impl Iterator<Item = &'static Table>>>,
    key: FingerprintKey,
) -> Result<Vec<(&'static str, Fingerprint)>, StoreError> {
    let next = || tables.lock().unwrap_or_else(PoisonError::into_inner).next();
    let mut all = Vec::new();
    while let Some(table) = next() {
        let mut fingerprint = Fingerprint::new(&key);
        read_live(&client, table, |row| fingerprint.add(row)).await?;
        all.push((table.name, fingerprint));
    }
    Ok(all)
}

/// Whether a live table has no row.
pub(crate) async fn is_empty(client: &ClientWrapper, table: &Table) -> Result<bool, StoreError> {
    let sql = format!("SELECT NOT EXISTS (SELECT FROM {})", table.name);
    Ok(client.query_one(&sql, &[]).await?.try_get(0)?)
}

/// Rows on their way into a table.
pub(crate) struct CopyRows {
    sink: Pin<Box<CopyInSink<Bytes>>>,
    rows: BinaryRows,
}

impl CopyRows {
    pub(crate) async fn write(
        &mut self,
        rows: impl IntoIterator<Item = TableRow>,
    ) -> Result<(), StoreError> {
        for row in rows {
            self.rows.add(&row)?;
            if self.rows.len() >= SEND_BYTES {
                self.sink.send(self.rows.take()).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn finish(mut self) -> Result<u64, StoreError> {
        self.sink.send(self.rows.take_last()).await?;
        Ok(self.sink.as_mut().finish().await?)
    }
}
