//! Overall equipment effectiveness and uptime of all machines, computed anew every few minutes.
//!
//! By history and counts of the last day alone, so that every node may do it, twice or thrice, with
//! the same result. Each keeps what came out in memory, for look-ups. The formula stands beside the
//! statement in the store.

use std::time::Duration;

use tokio::task::JoinHandle;

use crate::app::App;
use crate::error::AppError;

/// A day's figures move little within this.
const EVERY: Duration = Duration::from_secs(300);

/// Starts the job; it ends when the task is aborted.
pub fn start(app: App) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut turns = tokio::time::interval(EVERY);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            if let Err(error) = compute(&app).await {
                tracing::warn!(%error, "figures of machines stay as they are; trying again");
            }
        }
    })
}

/// One turn: figures of how many machines were written.
pub async fn compute(app: &App) -> Result<u64, AppError> {
    let written = app.store().compute_machine_figures(app.now().timestamp()).await?;
    app.reads().keep_machine_figures().await?;
    Ok(written)
}
