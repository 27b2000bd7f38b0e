//! Complete rows are added up, and where it is wanted copied into the shadows, while the log is
//! replayed further.
//!
//! The replay does not wait until what has left its state is encoded and copied. Nothing but the
//! shadow's session is used, and by nobody else meanwhile.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use deadpool_postgres::ClientWrapper;
use futures_util::SinkExt as _;
use mraos_domain::{Allocation, FinishedRow};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::binary_copy::BinaryRows;
use super::fingerprint::{Fingerprint, FingerprintKey};
use super::shadow::Shadow;
use crate::allocation::{self, ALLOCATIONS};
use crate::error::StoreError;
use crate::projection::finished;
use crate::table::{Table, TableRow};

/// So much of one table waits before it is worth a copy of its own.
const WORTH_A_COPY_BYTES: usize = 1024 * 1024;
/// So many pages wait while one is encoded and copied.
const PAGES_WAITING: usize = 4;

/// What the events of a page have completed.
#[derive(Default)]
pub(crate) struct Completed {
    pub(crate) allocations: Vec<Allocation>,
    pub(crate) rows: Vec<FinishedRow>,
}

/// What the complete rows of each table add up to.
pub(crate) type Fingerprints = HashMap<&'static str, Fingerprint>;

/// Takes complete rows, adds them up and copies them into their shadows.
pub(crate) struct CompleteRows {
    pages: mpsc::Sender<Completed>,
    copying: JoinHandle<Result<Fingerprints, StoreError>>,
}

impl CompleteRows {
    /// Begins; until the end the session of `shadow` is in use. Rows of the tables `wanted` are
    /// copied, those of others only added up.
    pub(crate) fn begin(shadow: &Shadow, wanted: &BTreeSet<&'static str>) -> Self {
        let (pages, received) = mpsc::channel(PAGES_WAITING);
        let waiting = Waiting {
            client: Arc::clone(&shadow.client),
            key: shadow.key.clone(),
            wanted: wanted.clone(),
            tables: Vec::new(),
        };
        let copying = tokio::spawn(waiting.copy_all(received));
        Self { pages, copying }
    }

    /// Adds what a page has completed; fails some time after a copy has failed.
    pub(crate) async fn add(&mut self, completed: Completed) -> Result<(), StoreError> {
        match self.pages.send(completed).await {
            Ok(()) => Ok(()),
            Err(_) => ended(&mut self.copying).await.map(drop),
        }
    }

    /// Waits until all is copied; what it adds up to.
    pub(crate) async fn finish(mut self) -> Result<Fingerprints, StoreError> {
        drop(self.pages);
        ended(&mut self.copying).await
    }
}

async fn ended(
    copying: &mut JoinHandle<Result<Fingerprints, StoreError>>,
) -> Result<Fingerprints, StoreError> {
    copying.await.map_err(|error| StoreError::Unexpected(error.to_string()))?
}

/// A session copies into one table at a time, so the rows of each wait until they are many.
struct Waiting {
    client: Arc<ClientWrapper>,
    key: FingerprintKey,
    wanted: BTreeSet<&'static str>,
    tables: Vec<WaitingRows>,
}

struct WaitingRows {
    table: &'static Table,
    rows: BinaryRows,
    fingerprint: Fingerprint,
}

impl Waiting {
    async fn copy_all(
        mut self,
        mut pages: mpsc::Receiver<Completed>,
    ) -> Result<Fingerprints, StoreError> {
        while let Some(Completed { allocations, rows }) = pages.recv().await {
            for one in &allocations {
                self.add(&ALLOCATIONS, &allocation::encode(one)).await?;
            }
            for one in &rows {
                let (table, row) = finished::encode(one);
                self.add(table, &row).await?;
            }
            self.copy(WORTH_A_COPY_BYTES).await?;
        }
        self.copy(0).await?;
        Ok(self.tables.into_iter().map(|one| (one.table.name, one.fingerprint)).collect())
    }

    async fn add(&mut self, table: &'static Table, row: &TableRow) -> Result<(), StoreError> {
        let known = self.tables.iter().position(|other| other.table.name == table.name);
        let place = match known {
            Some(place) => place,
            None => {
                let rows = BinaryRows::of_shadow(&self.client, table).await?;
                let fingerprint = Fingerprint::new(&self.key);
                self.tables.push(WaitingRows { table, rows, fingerprint });
                self.tables.len() - 1
            }
        };
        let WaitingRows { rows, fingerprint, .. } = &mut self.tables[place];
        fingerprint.add(rows.add(row)?);
        if !self.wanted.contains(table.name) {
            rows.clear();
        }
        Ok(())
    }

    async fn copy(&mut self, least_bytes: usize) -> Result<(), StoreError> {
        let wanted = self.tables.iter_mut().filter(|one| self.wanted.contains(one.table.name));
        let full = wanted.filter(|one| one.rows.len() >= least_bytes);
        for WaitingRows { table, rows, .. } in full {
            let mut sink = Box::pin(self.client.copy_in(&table.copy_shadow_sql()).await?);
            sink.send(rows.take_last()).await?;
            sink.as_mut().finish().await?;
        }
        Ok(())
    }
}
