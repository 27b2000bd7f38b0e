//! The committer's database sessions: one holds the lock and writes, one reads ahead for the next
//! batch. Opened when needed, dropped when they failed. Neither outlives the committer.
//!
//! Waits between attempts, longer each time, so that a database that comes back is not stormed.
//! Decides nothing about what was committed; that is looked up under the log's lock.

use std::sync::Arc;
use std::time::Duration;

use mraos_store::{ConnectOptions, StoreError, Writer};

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

pub(super) struct Session {
    options: ConnectOptions,
    writer: Option<Arc<Writer>>,
    reader: Option<Arc<Writer>>,
    pause: Duration,
}

/// The session that writes and the one that reads ahead.
#[derive(Clone)]
pub(super) struct Sessions {
    pub(super) writer: Arc<Writer>,
    pub(super) reader: Arc<Writer>,
}

impl Session {
    pub(super) fn new(options: ConnectOptions) -> Self {
        Self { options, writer: None, reader: None, pause: FIRST_PAUSE }
    }

    /// Both sessions, opened if need be.
    pub(super) async fn open(&mut self) -> Result<Sessions, StoreError> {
        let reader = open(&mut self.reader, &self.options).await?;
        let writer = open(&mut self.writer, &self.options).await?;
        self.pause = FIRST_PAUSE;
        Ok(Sessions { writer, reader })
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

async fn open(
    session: &mut Option<Arc<Writer>>,
    options: &ConnectOptions,
) -> Result<Arc<Writer>, StoreError> {
    if let Some(open) = session.as_ref().filter(|one| !one.is_closed()) {
        return Ok(open.clone());
    }
    *session = None;
    Ok(session.insert(Arc::new(Writer::connect(options).await?)).clone())
}
