//! Who should have come by now and has not: the plant is told so, in a plant where people clock in.
//!
//! Every node asks the database every few seconds; the command that says so goes through the
//! committer, which decides again, so that a shift is missed once, whoever comes first. Without
//! the setting nothing is asked.

use std::time::Duration;

use mraos_domain::{Actor, ChangeSource, Command, Role, Text};
use tokio::task::JoinHandle;

use crate::app::App;
use crate::error::AppError;
use crate::submission::{Lane, Submission};

/// An absence is told this late at most; it is counted in minutes.
const EVERY: Duration = Duration::from_secs(10);
/// Most shifts of one turn; the next one takes the rest.
const MOST_AT_ONCE: i64 = 500;

/// Starts the job; it ends when the task is aborted.
pub fn start(app: App) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut turns = tokio::time::interval(EVERY);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            match note(&app).await {
                Ok(0) => {}
                Ok(missed) => tracing::info!(missed, "shifts for which nobody has come"),
                Err(error) => tracing::warn!(%error, "absences are not noted; trying again"),
            }
        }
    })
}

/// One turn: how many shifts were missed.
pub async fn note(app: &App) -> Result<usize, AppError> {
    let Some(minutes) = app.plant().attendance.absent_after_minutes else {
        return Ok(0);
    };
    let now = app.now();
    let begun = now.plus_minutes(-i64::from(minutes));
    let unattended = app.store().unattended_shifts(begun, now, MOST_AT_ONCE).await?;
    let mut missed = 0;
    for (operator_id, shift_id) in unattended {
        let id = Text::new("mraos").map_err(|invalid| AppError::Internal(invalid.to_string()))?;
        let submission = Submission {
            commands: vec![Command::NoteAbsence { operator_id, shift_id }],
            actor: Actor::new(id, Role::Admin),
            source: ChangeSource::AutomatedSystem,
            stated_at: None,
            signal: None,
            correlation_id: None,
            attachments: Vec::new(),
            idempotency: None,
            lane: Lane::Bulk,
        };
        missed += usize::from(app.submit(submission).await?.changed);
    }
    Ok(missed)
}
