//! The committer's session: one transaction per batch, first of all the log's lock.
//!
//! `begin` takes the lock and reads the head, `load` brings what commands touch, `commit` writes
//! events, rows and records set-based and commits. What was decided without the lock takes it with
//! its writes, if the log is as expected. Few round trips: statements of a step travel together.
//! Decides nothing.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use deadpool_postgres::ClientWrapper;
use futures_util::future::{join, join_all};
use mraos_domain::{Key, SourceId, State};
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::cell::Cell;
use crate::connect::ConnectOptions;
use crate::error::StoreError;
use crate::log::{self, Chain, Head, NewEvent};
use crate::opening::{Expected, Opening};
use crate::projection::{self, Changes, Depth, TableChange};
use crate::records::{Columns, record_columns};
use crate::rows::Rows;
use crate::table::{Table, TableRow, transpose};
use crate::{hot, load, machine, material, operator, work_order};

/// The key of the log's advisory lock.
pub(crate) const LOG_LOCK: i64 = 0x4d52_414f_534c_4f47;

/// An earlier answer under an Idempotency-Key.
#[derive(Debug, Clone)]
pub struct IdempotencyRecord {
    /// Who asked.
    pub actor: String,
    /// The key.
    pub key: String,
    /// SHA-256 of the request.
    pub request_digest: Vec<u8>,
    /// The answer.
    pub outcome: serde_json::Value,
}

/// Something kept beside the log with a command.
#[derive(Debug, Clone)]
pub enum Attachment {
    /// A person's sealed data.
    Personal {
        /// Whose.
        operator_id: String,
        /// The person's key, wrapped by the master key.
        wrapped_key: Vec<u8>,
        /// The data under that key.
        sealed: Vec<u8>,
    },
    /// A person's data and key are destroyed.
    Erased {
        /// Whose.
        operator_id: String,
    },
    /// A free text.
    Text {
        /// Row of `event_texts`.
        text_id: Uuid,
        /// Salt of the hash in the event.
        salt: Vec<u8>,
        /// The text; sealed before it is handed in.
        body: String,
    },
}

/// Everything that one transaction writes.
#[derive(Default)]
pub struct Batch {
    /// Events in order, positions following the head.
    pub events: Vec<NewEvent>,
    /// Rows that they changed.
    pub changes: Changes,
    /// Answers to keep.
    pub idempotency: Vec<IdempotencyRecord>,
    /// What is kept beside the log.
    pub attachments: Vec<Attachment>,
    /// Watermarks to raise.
    pub watermarks: Vec<(SourceId, i64)>,
}

impl Batch {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.idempotency.is_empty()
            && self.attachments.is_empty()
            && self.watermarks.is_empty()
    }
}

/// The statements of one transaction, with their parameters.
pub struct Writes {
    /// How it begins, if it was not begun under the lock.
    opening: Option<Opening>,
    all: Vec<Write>,
    head: Head,
}

impl Writes {
    /// The head of the log once they are committed.
    pub fn head(&self) -> &Head {
        &self.head
    }
}

/// The committer's session.
pub struct Writer {
    client: ClientWrapper,
}

impl Writer {
    /// Opens the session.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, StoreError> {
        let client = options.connect_writer().await?;
        Ok(Self { client })
    }

    /// Whether the session has ended.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Begins a transaction, waits for the log's lock, and reads the head and the answers that
    /// are already recorded under `keys` (actor, key).
    pub async fn begin(
        &self,
        keys: &[(String, String)],
    ) -> Result<(Head, Vec<IdempotencyRecord>), StoreError> {
        let lock = self.client.prepare_cached("SELECT pg_advisory_xact_lock($1)").await?;
        let head = self.client.prepare_cached(log::READ_HEAD).await?;
        let begin = self.client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED");
        let lock_key: [&(dyn ToSql + Sync); 1] = [&LOG_LOCK];
        let locked = self.client.query(&lock, &lock_key);
        let head = self.client.query(&head, &[]);
        let recorded = find_recorded(&self.client, keys);
        // All are sent before the first answers; the head is read by a statement of its own
        // after the lock, so it sees everything committed before.
        let (begun, locked, head, recorded) =
            futures_util::future::join4(begin, locked, head, recorded).await;
        begun?;
        locked?;
        let head = head?;
        Ok((log::decode_head(head.first())?, recorded?))
    }

    /// Loads keys into the state, within the transaction.
    pub async fn load(&self, keys: &[Key], state: &mut State) -> Result<(), StoreError> {
        load::load(&self.client, keys, state).await
    }

    /// The entities touched by events after `position`, or `None` if there are more than `limit`
    /// events: another node has written them.
    pub async fn touched_since(
        &self,
        position: i64,
        limit: i64,
    ) -> Result<Option<Vec<mraos_domain::EntityRef>>, StoreError> {
        let sql = "SELECT entities FROM events WHERE position > $1 ORDER BY position LIMIT $2";
        let statement = self.client.prepare_cached(sql).await?;
        let rows = self.client.query(&statement, &[&position, &(limit + 1)]).await?;
        if rows.len() as i64 > limit {
            return Ok(None);
        }
        let mut all = Vec::new();
        for row in rows {
            let touched: tokio_postgres::types::Json<Vec<log::TouchedEntity>> = row.try_get(0)?;
            all.extend(touched.0.iter().map(log::TouchedEntity::entity));
        }
        Ok(Some(all))
    }

    /// Whether the log holds `event_id` at `position`.
    pub async fn holds(&self, position: i64, event_id: Uuid) -> Result<bool, StoreError> {
        let sql = "SELECT event_id = $2 FROM events WHERE position = $1";
        let row = self.client.query_opt(sql, &[&position, &event_id]).await?;
        row.map_or(Ok(false), |row| Ok(row.try_get(0)?))
    }

    /// Ends the transaction without writing.
    pub async fn rollback(&self) -> Result<(), StoreError> {
        Ok(self.client.batch_execute("ROLLBACK").await?)
    }

    /// Shuts out whatever was sent over a session that is lost and has not taken the lock yet: it
    /// will find the log other than expected. Begins a transaction and keeps the lock until
    /// [`Writer::end`].
    pub async fn shut_out(&self) -> Result<(), StoreError> {
        self.begin(&[]).await?;
        self.client.execute(log::COUNT_GENERATION_UP, &[]).await?;
        Ok(())
    }

    /// Commits what is written already.
    pub async fn end(&self) -> Result<(), StoreError> {
        Ok(self.client.batch_execute("COMMIT").await?)
    }

    /// Sends the writes of [`Writer::prepare`] and commits; calls `progressed` when half of them
    /// are done and when all are, unless one has failed. An error other than `Unavailable` says
    /// that nothing was committed.
    pub async fn commit(
        &self,
        writes: &Writes,
        progressed: impl Fn() + Sync,
    ) -> Result<(), StoreError> {
        let client = &self.client;
        let opening = async {
            match &writes.opening {
                Some(opening) => opening.run(client).await,
                None => Ok(()),
            }
        };
        let (all, done) = (writes.all.len(), AtomicUsize::new(0));
        let write = async |write: &Write| {
            write.run(client).await?;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done == all.div_ceil(2) || done == all {
                progressed();
            }
            Ok(())
        };
        let writing = join_all(writes.all.iter().map(write));
        let ((opened, all), committed) =
            join(join(opening, writing), client.simple_query("COMMIT")).await;
        // The first failure is the cause; the ones behind it only say that the transaction is
        // aborted. COMMIT of an aborted transaction answers without an error.
        opened.and(all.into_iter().collect::<Result<(), StoreError>>())?;
        committed?;
        Ok(())
    }

    /// Turns a decided batch, whose events are in `chain`, into what is sent; the state is not
    /// needed after this. With `expected` a transaction of its own, else the rest of one that
    /// was begun.
    pub async fn prepare(
        &self,
        chain: Chain,
        (batch, state): (&Batch, &State),
        expected: Option<Expected>,
    ) -> Result<Writes, StoreError> {
        let opening = match expected {
            Some(expected) => Some(Opening::prepare(&self.client, expected).await?),
            None => None,
        };
        let mut writes = Vec::new();
        let (head, append) = chain.into_parts();
        let statement = self.client.prepare_cached(log::APPEND).await?;
        writes.extend(append.encode(&statement)?.map(|rows| Write::Rows { statement, rows }));
        self.full_rows(batch, state, &mut writes).await?;
        self.hot_rows(&hot::UPDATES, batch, state, &mut writes).await?;
        self.hot_rows(&hot::material::UPDATES, batch, state, &mut writes).await?;
        self.new_rows(batch, state, &mut writes).await?;
        for change in batch.changes.small_tables(state) {
            self.small_table(change, &mut writes).await?;
        }
        for complete in batch.changes.seldom_finished() {
            self.upsert(complete.table, complete.write, &mut writes).await?;
        }
        self.records(batch, &mut writes).await?;
        Ok(Writes { opening, all: writes, head })
    }

    /// Operators, machines and orders that are new or whose master data changed; what changes
    /// with the work of the new ones.
    async fn full_rows(
        &self,
        batch: &Batch,
        state: &State,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        let changes = &batch.changes;
        let rows = master_rows(&changes.operators, |id| state.operator(id), operator::encode);
        self.upsert(&operator::OPERATORS, rows, writes).await?;
        let rows = new_rows(
            &changes.operators,
            |id| state.operator(id),
            |one| projection::operator_status_row(state, one),
        );
        self.insert(&operator::OPERATOR_STATUS, rows, writes).await?;
        let rows = master_rows(&changes.machines, |id| state.machine(id), machine::encode);
        self.upsert(&machine::MACHINES, rows, writes).await?;
        let rows = new_rows(
            &changes.machines,
            |id| state.machine(id),
            |one| projection::machine_status_row(state, one),
        );
        self.insert(&machine::MACHINE_STATUS, rows, writes).await?;
        let rows = changes.material_rows(state).map(material::encode).collect();
        self.upsert(&material::MATERIALS, rows, writes).await?;
        let rows = master_rows(&changes.work_orders, |id| state.work_order(id), work_order::encode);
        self.upsert(&work_order::WORK_ORDERS, rows, writes).await?;
        let rows = new_rows(
            &changes.work_orders,
            |id| state.work_order(id),
            |one| projection::work_order_status_row(state, one),
        );
        self.insert(&work_order::WORK_ORDER_STATUS, rows, writes).await
    }

    /// New allocations are inserted, after the updates that free their resources; so is what is
    /// complete.
    async fn new_rows(
        &self,
        batch: &Batch,
        state: &State,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        self.hot_rows(&hot::INSERTS, batch, state, writes).await?;
        self.hot_rows(&hot::material::INSERTS, batch, state, writes).await
    }

    async fn hot_rows(
        &self,
        statements: &[(&str, hot::Encode)],
        batch: &Batch,
        state: &State,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        for (sql, encode) in statements {
            let statement = self.client.prepare_cached(sql).await?;
            let rows = encode(&batch.changes, state, &statement)?;
            writes.extend(rows.map(|rows| Write::Rows { statement, rows }));
        }
        Ok(())
    }

    async fn insert(
        &self,
        table: &'static Table,
        rows: Vec<TableRow>,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        if !rows.is_empty() {
            let statement = self.client.prepare_cached(&table.insert_sql()).await?;
            writes.push(Write::table_rows(statement, table, rows));
        }
        Ok(())
    }

    async fn upsert(
        &self,
        table: &'static Table,
        rows: Vec<TableRow>,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        if !rows.is_empty() {
            let statement = self.client.prepare_cached(&table.upsert_sql()).await?;
            writes.push(Write::table_rows(statement, table, rows));
        }
        Ok(())
    }

    async fn small_table(
        &self,
        change: TableChange,
        writes: &mut Vec<Write>,
    ) -> Result<(), StoreError> {
        if !change.delete.is_empty() {
            let sql = change.table.delete_sql();
            let statement = self.client.prepare_cached(&sql).await?;
            let columns = transpose(change.delete, change.table.key.len());
            writes.push(Write::cells(statement, columns));
        }
        self.upsert(change.table, change.write, writes).await
    }

    /// Idempotency records, attachments and watermarks.
    async fn records(&self, batch: &Batch, writes: &mut Vec<Write>) -> Result<(), StoreError> {
        for (sql, columns) in record_columns(batch) {
            let statement = self.client.prepare_cached(sql).await?;
            writes.push(Write::Arrays { statement, columns });
        }
        Ok(())
    }
}

/// Rows of things that are new or whose master data changed.
fn master_rows<'a, K, T: 'a>(
    changes: &BTreeMap<K, Depth>,
    find: impl Fn(&K) -> Option<&'a T>,
    encode: impl Fn(&T) -> TableRow,
) -> Vec<TableRow> {
    let deep = changes.iter().filter(|(_, depth)| **depth != Depth::Hot);
    deep.filter_map(|(id, _)| find(id)).map(encode).collect()
}

/// Rows of things that are new.
fn new_rows<'a, K, T: 'a>(
    changes: &BTreeMap<K, Depth>,
    find: impl Fn(&K) -> Option<&'a T>,
    encode: impl Fn(&T) -> TableRow,
) -> Vec<TableRow> {
    let new = changes.iter().filter(|(_, depth)| **depth == Depth::New);
    new.filter_map(|(id, _)| find(id)).map(encode).collect()
}

async fn find_recorded(
    client: &ClientWrapper,
    keys: &[(String, String)],
) -> Result<Vec<IdempotencyRecord>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    // LIMIT keeps the planner from turning the lookup into a join, whose plan, made while the
    // table was empty, reads all of one actor's records for each key. The age is judged beside
    // it, or the planner walks the index by age.
    let sql = "SELECT i.* FROM unnest($1::text[], $2::text[]) AS wanted (actor, key) CROSS JOIN \
               LATERAL (SELECT actor, key, request_digest, outcome, created_at > now() - interval \
               '24 hours' FROM idempotency WHERE actor = wanted.actor AND key = wanted.key LIMIT \
               1) i";
    let statement = client.prepare_cached(sql).await?;
    let actors: Vec<&str> = keys.iter().map(|(actor, _)| actor.as_str()).collect();
    let names: Vec<&str> = keys.iter().map(|(_, key)| key.as_str()).collect();
    let mut found = Vec::new();
    for row in client.query(&statement, &[&actors, &names]).await? {
        if row.try_get(4)? {
            found.push(decode_recorded(&row)?);
        }
    }
    Ok(found)
}

pub(crate) fn decode_recorded(row: &tokio_postgres::Row) -> Result<IdempotencyRecord, StoreError> {
    let outcome: &str = row.try_get(3)?;
    Ok(IdempotencyRecord {
        actor: row.try_get(0)?,
        key: row.try_get(1)?,
        request_digest: row.try_get(2)?,
        outcome: serde_json::from_str(outcome)
            .map_err(|error| StoreError::Corrupt(format!("a recorded answer: {error}")))?,
    })
}

enum Write {
    Rows { statement: Statement, rows: Rows },
    Arrays { statement: Statement, columns: Columns },
}

impl Write {
    fn cells(statement: Statement, columns: Vec<Vec<Cell>>) -> Self {
        let columns = columns.into_iter().map(|column| Box::new(column) as _).collect();
        Self::Arrays { statement, columns }
    }

    fn table_rows(statement: Statement, table: &Table, rows: Vec<TableRow>) -> Self {
        Self::cells(statement, transpose(rows, table.columns.len()))
    }

    async fn run(&self, client: &ClientWrapper) -> Result<(), StoreError> {
        match self {
            Self::Rows { statement, rows } => {
                client.execute(statement, &[rows]).await?;
            }
            Self::Arrays { statement, columns } => {
                let parameters: Vec<&(dyn ToSql + Sync)> =
                    columns.iter().map(|column| column.as_ref() as _).collect();
                client.execute(statement, &parameters).await?;
            }
        }
        Ok(())
    }
}
