//! Signs the head of the log at intervals, while a node runs.
//!
//! One statement is written at start, one per interval in which the log grew, and one at the end.
//! A failure is reported and tried again at the next interval: the log itself does not depend on
//! it.

use std::path::PathBuf;
use std::time::Duration;

use mraos_store::log::checkpoint::{CheckpointKey, write_checkpoint};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::app::App;
use crate::error::AppError;

/// What the signing of checkpoints needs.
pub struct CheckpointOptions {
    /// The master key, from which the signing key is derived.
    pub master_key: [u8; 32],
    /// The file that gets each checkpoint beside the table.
    pub file: PathBuf,
    /// How often the log is looked at.
    pub interval: Duration,
}

/// The running task.
pub struct Checkpoints {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Checkpoints {
    /// Begins to sign.
    pub fn start(app: App, options: CheckpointOptions) -> Result<Self, AppError> {
        let key = CheckpointKey::derive(&options.master_key)?;
        let (stop, stopped) = oneshot::channel();
        let signer = Signer { app, key, file: options.file, last_position: 0 };
        let task = tokio::spawn(signer.run(options.interval, stopped));
        Ok(Self { stop, task })
    }

    /// Signs the last position and ends; call it when nothing is written any more.
    pub async fn stop(self) {
        drop(self.stop);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the signing of checkpoints ended badly");
        }
    }
}

struct Signer {
    app: App,
    key: CheckpointKey,
    file: PathBuf,
    last_position: i64,
}

impl Signer {
    async fn run(mut self, interval: Duration, mut stopped: oneshot::Receiver<()>) {
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let goes_on = tokio::select! {
                _ = ticks.tick() => true,
                _ = &mut stopped => false,
            };
            self.sign().await;
            if !goes_on {
                return;
            }
        }
    }

    async fn sign(&mut self) {
        let now = self.app.now().timestamp();
        let (store, last) = (self.app.store(), self.last_position);
        match write_checkpoint(store, &self.key, &self.file, last, now).await {
            Ok(Some(checkpoint)) => {
                tracing::debug!(position = checkpoint.position, "signed a checkpoint");
                self.last_position = checkpoint.position;
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "no checkpoint was written; trying again"),
        }
    }
}
