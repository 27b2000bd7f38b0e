//! How a transaction begins whose writes were decided before it had the log's lock.
//!
//! Beginning, lock and proof travel with the writes behind them. If the log under the lock is not
//! the one that was expected, the proof is an error, and nothing of the transaction happens.

use deadpool_postgres::ClientWrapper;
use futures_util::future::join;
use tokio_postgres::Statement;

use crate::error::StoreError;
use crate::log::Head;
use crate::writer::LOG_LOCK;

/// What a batch was decided on.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The log's head.
    pub head: Head,
    /// Under these keys (actor, key) no answer is recorded.
    pub keys: Vec<(String, String)>,
}

/// The first statements of a transaction.
pub(crate) struct Opening {
    statement: Statement,
    expected: Expected,
}

impl Opening {
    pub(crate) async fn prepare(
        client: &ClientWrapper,
        expected: Expected,
    ) -> Result<Self, StoreError> {
        let sql = "SELECT lock_log_as_expected($1, $2, $3, $4, $5, $6, $7)";
        Ok(Self { statement: client.prepare_cached(sql).await?, expected })
    }

    /// All is sent with the first poll.
    pub(crate) async fn run(&self, client: &ClientWrapper) -> Result<(), StoreError> {
        let Expected { head, keys } = &self.expected;
        let actors: Vec<&str> = keys.iter().map(|(actor, _)| actor.as_str()).collect();
        let names: Vec<&str> = keys.iter().map(|(_, key)| key.as_str()).collect();
        let digest = head.digest.as_slice();
        let begin = client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED");
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 7] = [
            &LOG_LOCK,
            &head.position,
            &head.event_id,
            &digest,
            &head.projection_generation,
            &actors,
            &names,
        ];
        let locked = client.execute(&self.statement, &parameters);
        let (begun, locked) = join(begin, locked).await;
        begun?;
        locked?;
        Ok(())
    }
}
