//! What has to be done now and then: room for the log to grow, old answers and ended sessions
//! forgotten.
//!
//! Runs on every node; doing it twice does no harm. A failure is tried again at the next turn.

use std::sync::Arc;
use std::time::Duration;

use mraos_store::Store;
use tokio::task::JoinHandle;

use crate::clock::Clock;

const EVERY: Duration = Duration::from_secs(60);

/// Starts the upkeep; it ends when the task is aborted.
pub(crate) fn start(store: Store, clock: Arc<dyn Clock>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut turns = tokio::time::interval(EVERY);
        loop {
            turns.tick().await;
            match store.upkeep().await {
                Ok(0) => {}
                Ok(forgotten) => tracing::info!(forgotten, "answers older than a day forgotten"),
                Err(error) => tracing::warn!(%error, "upkeep failed; trying again in a minute"),
            }
            match store.purge_accesses().await {
                Ok(0) => {}
                Ok(purged) => tracing::info!(purged, "audited reads older than seven years purged"),
                Err(error) => tracing::warn!(%error, "old audited reads stay for another minute"),
            }
            if let Err(error) = store.forget_ended_sessions(clock.now().timestamp()).await {
                tracing::warn!(%error, "ended sessions stay for another minute");
            }
        }
    })
}
