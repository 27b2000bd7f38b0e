//! Complete rows on their way into the shadows, while the log is replayed further.
//!
//! The replay does not wait until what has left its state is encoded and copied. Nothing but the
//! shadow's session is used, and by nobody else meanwhile.

use std::sync::Arc;

use bytes::BytesMut;
use deadpool_postgres::ClientWrapper;
use futures_util::SinkExt as _;
use mraos_domain::{Allocation, FinishedRow};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::shadow::{Shadow, encode_row};
use crate::allocation::{self, ALLOCATIONS};
use crate::error::StoreError;
use crate::projection::finished;
use crate::table::{Table, TextRow};

/// So much of one table waits before it is worth a copy of its own.
const WORTH_A_COPY_BYTES: usize = 1024 * 1024;
/// So many pages wait while one is encoded and copied.
const PAGES_WAITING: usize = 2;

/// What the events of a page have completed.
#[derive(Default)]
pub(crate) struct Completed {
    pub(crate) allocations: Vec<Allocation>,
    pub(crate) rows: Vec<FinishedRow>,
}

/// Takes complete rows and copies them into their shadows.
pub(crate) struct CompleteRows {
    pages: mpsc::Sender<Completed>,
    copying: JoinHandle<Result<(), StoreError>>,
}

impl CompleteRows {
    /// Begins; until the end the session of `shadow` is in use.
    pub(crate) fn begin(shadow: &Shadow) -> Self {
        let (pages, received) = mpsc::channel(PAGES_WAITING);
        let copying = tokio::spawn(copy_all(Arc::clone(&shadow.client), received));
        Self { pages, copying }
    }

    /// Adds what a page has completed; fails some time after a copy has failed.
    pub(crate) async fn add(&mut self, completed: Completed) -> Result<(), StoreError> {
        match self.pages.send(completed).await {
            Ok(()) => Ok(()),
            Err(_) => ended(&mut self.copying).await,
        }
    }

    /// Waits until all is copied.
    pub(crate) async fn finish(mut self) -> Result<(), StoreError> {
        drop(self.pages);
        ended(&mut self.copying).await
    }
}

async fn ended(copying: &mut JoinHandle<Result<(), StoreError>>) -> Result<(), StoreError> {
    copying.await.map_err(|error| StoreError::Unexpected(error.to_string()))?
}

async fn copy_all(
    client: Arc<ClientWrapper>,
    mut pages: mpsc::Receiver<Completed>,
) -> Result<(), StoreError> {
    let mut waiting = Waiting { client, tables: Vec::new() };
    while let Some(Completed { allocations, rows }) = pages.recv().await {
        for one in &allocations {
            waiting.add(&ALLOCATIONS, &allocation::encode(one));
        }
        for one in &rows {
            let (table, row) = finished::encode(one);
            waiting.add(table, &row);
        }
        waiting.copy(WORTH_A_COPY_BYTES).await?;
    }
    waiting.copy(1).await
}

/// A session copies into one table at a time, so the rows of each wait until they are many.
struct Waiting {
    client: Arc<ClientWrapper>,
    tables: Vec<(&'static Table, BytesMut)>,
}

impl Waiting {
    fn add(&mut self, table: &'static Table, row: &TextRow) {
        let known = self.tables.iter().position(|(other, _)| other.name == table.name);
        let place = known.unwrap_or_else(|| {
            self.tables.push((table, BytesMut::new()));
            self.tables.len() - 1
        });
        encode_row(row, &mut self.tables[place].1);
    }

    async fn copy(&mut self, least_bytes: usize) -> Result<(), StoreError> {
        let full = self.tables.iter_mut().filter(|(_, rows)| rows.len() >= least_bytes);
        for (table, rows) in full {
            let mut sink = Box::pin(self.client.copy_in(&table.copy_shadow_sql()).await?);
            sink.send(rows.split().freeze()).await?;
            sink.as_mut().finish().await?;
        }
        Ok(())
    }
}
