//! The log as a stream of pages: the next one is read while this one is decoded.
//!
//! Reading, decoding and use of a page run beside each other; at most a few pages are in memory.
//! The caller's transaction decides what is visible. Changes nothing.

use deadpool_postgres::ClientWrapper;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_postgres::Row;

use super::chain::select_rows;
use crate::error::StoreError;

const PAGE_EVENTS: i64 = 1_000;
const PAGES_AHEAD: usize = 4;

/// A page of the log: positions after $1 up to $2, at most $3.
pub(crate) const PAGE: &str =
    select_rows!("WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3");

/// Turns the rows of a page, with the digest before it, into what the caller wants of them.
pub(crate) type DecodePage<T> = fn(Vec<Row>, Vec<u8>) -> Result<Vec<T>, StoreError>;

type DecodedPage<T> = JoinHandle<Result<Vec<T>, StoreError>>;

/// Pages of decoded events, in order.
pub(crate) struct Pages<T> {
    pages: mpsc::Receiver<Result<DecodedPage<T>, StoreError>>,
}

impl<T: Send + 'static> Pages<T> {
    /// Reads positions after `after` up to `last` on `client`, which is given up.
    pub(crate) fn read(
        client: ClientWrapper,
        after: i64,
        last: i64,
        digest: Vec<u8>,
        decode: DecodePage<T>,
    ) -> Self {
        let (sender, pages) = mpsc::channel(PAGES_AHEAD);
        tokio::spawn(async move {
            let reading = read_all(&client, (after, last), digest, decode, &sender);
            if let Err(error) = reading.await {
                // Without a receiver nobody wants to know.
                sender.send(Err(error)).await.ok();
            }
        });
        Self { pages }
    }

    /// The next page; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<T>>, StoreError> {
        let Some(page) = self.pages.recv().await else { return Ok(None) };
        let decoded = page?.await.map_err(|error| StoreError::Unexpected(error.to_string()))?;
        decoded.map(Some)
    }
}

async fn read_all<T: Send + 'static>(
    client: &ClientWrapper,
    (mut after, last): (i64, i64),
    mut digest: Vec<u8>,
    decode: DecodePage<T>,
    sender: &mpsc::Sender<Result<DecodedPage<T>, StoreError>>,
) -> Result<(), StoreError> {
    // A plan made while the log was empty would sort all of it.
    client.batch_execute("SET enable_seqscan = off; SET enable_bitmapscan = off").await?;
    let statement = client.prepare_cached(PAGE).await?;
    loop {
        let rows = client.query(&statement, &[&after, &last, &PAGE_EVENTS]).await?;
        let Some(end) = rows.last() else { return Ok(()) };
        after = end.try_get(0)?;
        let before = std::mem::replace(&mut digest, end.try_get(13)?);
        let decoding = tokio::task::spawn_blocking(move || decode(rows, before));
        if sender.send(Ok(decoding)).await.is_err() {
            return Ok(());
        }
    }
}
