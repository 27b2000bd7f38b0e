//! Waiting steps (curing, cooling) begin and end by themselves: whose time has come is asked for
//! every few seconds, and the command that says so goes through the committer like any other.
//!
//! Every node asks; what another has done already leads to no event. The events carry their own
//! times, so that a late turn changes nothing but when it becomes known.

use std::time::Duration;

use mraos_domain::{Actor, ChangeSource, Command, Role, Text};
use tokio::task::JoinHandle;

use crate::app::App;
use crate::error::AppError;
use crate::submission::{Lane, Submission};

/// A step is known to be over this late at most; people do not wait for it by the second.
const EVERY: Duration = Duration::from_secs(10);
/// Most steps of one turn; the next one takes the rest.
const MOST_AT_ONCE: i64 = 500;

/// Starts the job; it ends when the task is aborted.
pub fn start(app: App) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut turns = tokio::time::interval(EVERY);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            if let Err(error) = advance(&app).await {
                tracing::warn!(%error, "waiting steps stay as they are; trying again");
            }
        }
    })
}

/// One turn: how many steps began or ended.
pub async fn advance(app: &App) -> Result<usize, AppError> {
    let due = app.store().due_waiting_steps(app.now().timestamp(), MOST_AT_ONCE).await?;
    let mut changed = 0;
    for work_order_id in due {
        let submission = Submission {
            commands: vec![Command::AdvanceWaiting { work_order_id }],
            actor: Actor::new(Text::new("mraos").map_err(internal)?, Role::Integration),
            source: ChangeSource::AutomatedSystem,
            stated_at: None,
            signal: None,
            correlation_id: None,
            attachments: Vec::new(),
            idempotency: None,
            lane: Lane::Bulk,
        };
        changed += usize::from(app.submit(submission).await?.changed);
    }
    Ok(changed)
}

fn internal(error: mraos_domain::Invalid) -> AppError {
    AppError::Internal(error.to_string())
}
