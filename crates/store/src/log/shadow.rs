//! The projections as the log leads to them, in temporary tables beside the live ones.
//!
//! One session holds a snapshot of the database: the log is read in that same snapshot by another
//! session, rows are copied in here, and both sets of tables are compared where they are. The
//! live tables are only read.

use std::collections::{BTreeSet, HashMap};
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use deadpool_postgres::ClientWrapper;
use futures_util::SinkExt as _;
use tokio_postgres::CopyInSink;

use super::finding::{Finding, FindingCode};
use super::replay::Replay;
use crate::connect::ConnectOptions;
use crate::error::StoreError;
use crate::projection::{PROJECTIONS, Projection};
use crate::table::{Table, TextRow};

const SEND_BYTES: usize = 128 * 1024;
/// Differences of one table that are told in full; more are counted.
const MOST_TOLD: i64 = 20;

/// The session with the shadow tables.
pub(crate) struct Shadow {
    pub(crate) client: Arc<ClientWrapper>,
    /// Live tables without a row, which need no comparison.
    pub(crate) emptied: BTreeSet<&'static str>,
}

impl Shadow {
    /// Opens the session and the snapshot, whose name it answers, and creates the tables.
    pub(crate) async fn begin(options: &ConnectOptions) -> Result<(Self, String), StoreError> {
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
        Ok((Self { client: Arc::new(client), emptied }, snapshot))
    }

    /// Begins to fill one table; nothing else can be done meanwhile.
    pub(crate) async fn copy_into(&self, table: &Table) -> Result<CopyRows, StoreError> {
        let sink = self.client.copy_in(&table.copy_shadow_sql()).await?;
        Ok(CopyRows { sink: Box::pin(sink), buffer: BytesMut::new() })
    }

    /// Writes every row that the state holds.
    pub(crate) async fn write_state(&self, replay: &Replay) -> Result<(), StoreError> {
        for projection in &PROJECTIONS {
            let mut copy = self.copy_into(projection.table).await?;
            copy.write((projection.rows)(&replay.state)).await?;
            copy.finish().await?;
        }
        Ok(())
    }

    /// Compares each table with its shadow; the differing keys stay in tables of their own.
    pub(crate) async fn compare(&self) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        for projection in &PROJECTIONS {
            let table = projection.table;
            // The join needs to know about the key alone; looking at every column takes long.
            let (shadow, key) = (table.shadow_name(), table.key_column());
            if self.emptied.contains(table.name) {
                self.client.batch_execute(&table.create_empty_diff_sql()).await?;
                self.tell(table, &table.all_missing_sql(), &mut findings).await?;
                continue;
            }
            let sql = format!("ANALYZE {shadow} ({key}); {}", table.create_diff_sql());
            self.client.batch_execute(&sql).await?;
            self.tell(table, &table.differences_sql(), &mut findings).await?;
        }
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
        if table.position_column().is_none() {
            self.look_up_positions(table, &mut told).await?;
        }
        findings.append(&mut told);
        Ok(())
    }

    /// For a table whose rows carry no position: that of the last event about each.
    async fn look_up_positions(
        &self,
        table: &Table,
        told: &mut [Finding],
    ) -> Result<(), StoreError> {
        if told.is_empty() {
            return Ok(());
        }
        let sql = "SELECT entity_id, max(position) FROM events WHERE entity_type || 's' = $1 AND \
                   entity_id = ANY($2) GROUP BY entity_id";
        let keys: Vec<&str> = told.iter().filter_map(|one| one.key.as_deref()).collect();
        let rows = self.client.query(sql, &[&table.name, &keys]).await?;
        let mut found = HashMap::new();
        for row in rows {
            found.insert(row.try_get::<_, String>(0)?, row.try_get::<_, i64>(1)?);
        }
        for finding in told {
            finding.position = finding.key.as_ref().and_then(|key| found.get(key).copied());
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

/// Whether a live table has no row.
pub(crate) async fn is_empty(client: &ClientWrapper, table: &Table) -> Result<bool, StoreError> {
    let sql = format!("SELECT NOT EXISTS (SELECT FROM {})", table.name);
    Ok(client.query_one(&sql, &[]).await?.try_get(0)?)
}

/// Rows on their way into a table.
pub(crate) struct CopyRows {
    sink: Pin<Box<CopyInSink<Bytes>>>,
    buffer: BytesMut,
}

impl CopyRows {
    pub(crate) async fn write(
        &mut self,
        rows: impl IntoIterator<Item = TextRow>,
    ) -> Result<(), StoreError> {
        for row in rows {
            encode_row(&row, &mut self.buffer);
            if self.buffer.len() >= SEND_BYTES {
                self.sink.send(self.buffer.split().freeze()).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn finish(mut self) -> Result<u64, StoreError> {
        if !self.buffer.is_empty() {
            self.sink.send(self.buffer.split().freeze()).await?;
        }
        Ok(self.sink.as_mut().finish().await?)
    }
}

/// A row in the text form of COPY.
pub(super) fn encode_row(row: &TextRow, out: &mut BytesMut) {
    for (place, value) in row.iter().enumerate() {
        if place > 0 {
            out.extend_from_slice(b"\t");
        }
        match value {
            None => out.extend_from_slice(b"\\N"),
            Some(text) => {
                let mut rest = text.as_bytes();
                let special = |byte: &u8| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r');
                while let Some(at) = rest.iter().position(special) {
                    out.extend_from_slice(&rest[..at]);
                    out.extend_from_slice(match rest[at] {
                        b'\t' => b"\\t",
                        b'\n' => b"\\n",
                        b'\r' => b"\\r",
                        _ => b"\\\\",
                    });
                    rest = &rest[at + 1..];
                }
                out.extend_from_slice(rest);
            }
        }
    }
    out.extend_from_slice(b"\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_copied_row_escapes_what_copy_would_read_as_structure() {
        let mut out = BytesMut::new();
        let cell = |text: &str| Some(text.to_owned());
        encode_row(&vec![cell("a\tb"), None, cell("c\\N\r\n"), cell(""), cell("ü")], &mut out);
        assert_eq!(out, "a\\tb\t\\N\tc\\\\N\\r\\n\t\t\u{fc}\n".as_bytes());
    }
}
