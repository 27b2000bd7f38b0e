//! The committer's database sessions: one holds the lock and writes, one reads ahead for the next
//! batch. Opened when needed, dropped when they failed. Neither outlives the committer.
//!
//! Waits between attempts, longer each time, so that a database that comes back is not stormed.
//! Decides nothing about what was committed; that is looked up under the log's lock.

use std::time::Duration;

use mraos_store::{ConnectOptions, StoreError, Writer};

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

pub(super) struct Session {
    options: ConnectOptions,
    writer: Option<Writer>,
    reader: Option<Writer>,
    pause: Duration,
}

impl Session {
    pub(super) fn new(options: ConnectOptions) -> Self {
        Self { options, writer: None, reader: None, pause: FIRST_PAUSE }
    }

    /// The session that writes and the one that reads ahead, opened if need be.
    pub(super) async fn open(&mut self) -> Result<(&Writer, &Writer), StoreError> {
        open(&mut self.reader, &self.options).await?;
        open(&mut self.writer, &self.options).await?;
        self.pause = FIRST_PAUSE;
        self.opened()
    }

    /// The sessions as they are, one of them in the middle of a transaction.
    pub(super) fn opened(&self) -> Result<(&Writer, &Writer), StoreError> {
        let both = self.writer.as_ref().zip(self.reader.as_ref());
        both.ok_or_else(|| StoreError::Unavailable("no database session".to_owned()))
    }

    /// Forgets a session that failed and waits a little, longer each time.
    pub(super) async fn back_off(&mut self) {
        self.writer = None;
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    /// Forgets a session whose transaction is in an unknown state.
    pub(super) fn discard(&mut self) {
        self.writer = None;
    }
}

async fn open(session: &mut Option<Writer>, options: &ConnectOptions) -> Result<(), StoreError> {
    if session.as_ref().is_none_or(Writer::is_closed) {
        *session = None;
        *session = Some(Writer::connect(options).await?);
    }
    Ok(())
}
