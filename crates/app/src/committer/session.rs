//! The committer's database session: opened when needed, dropped when it failed.
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
    pause: Duration,
}

impl Session {
    pub(super) fn new(options: ConnectOptions) -> Self {
        Self { options, writer: None, pause: FIRST_PAUSE }
    }

    /// The session, opened if need be.
    pub(super) async fn writer(&mut self) -> Result<&mut Writer, StoreError> {
        if self.writer.as_ref().is_some_and(Writer::is_closed) {
            self.writer = None;
        }
        if self.writer.is_none() {
            self.writer = Some(Writer::connect(&self.options).await?);
            self.pause = FIRST_PAUSE;
        }
        self.writer
            .as_mut()
            .ok_or_else(|| StoreError::Unavailable("no database session".to_owned()))
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
