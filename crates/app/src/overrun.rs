//! Notes running work that has passed its expected end, so that somebody is told.
//!
//! Every node looks at its own floor; the Idempotency-Key names the work and the end that has
//! passed, so that it is noted once, whoever comes first. Changes nothing but the log.

use std::collections::HashSet;
use std::time::Duration;

use mraos_domain::{
    Actor, AllocationId, ChangeSource, Command, Instant, Invalid, Role, State, Text,
};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::committer::Committer;
use crate::error::AppError;
use crate::live::Live;
use crate::submission::{IdempotencyKey, Lane, Submission};

/// How late an overrun may be told.
const EVERY: Duration = Duration::from_secs(2);

/// What has passed: which work, and the end that was expected.
type Overrun = (AllocationId, Instant);

/// Starts to look; ends when the task is aborted. `commit` gives the committer until the
/// application stops.
pub(crate) fn start(
    live: Live,
    clock: std::sync::Arc<dyn Clock>,
    committer: Committer,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut noted = HashSet::new();
        let mut turns = tokio::time::interval(EVERY);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            if let Err(error) = look(&live, clock.now(), &committer, &mut noted).await {
                tracing::warn!(%error, "overruns could not be noted; trying again");
            }
        }
    })
}

/// One turn.
async fn look(
    live: &Live,
    now: Instant,
    committer: &Committer,
    noted: &mut HashSet<Overrun>,
) -> Result<(), AppError> {
    let overruns = match live.floor_at(0).await {
        Ok(floor) => overruns(&floor.state, now),
        // The floor is still being loaded.
        Err(_) => return Ok(()),
    };
    noted.retain(|one| overruns.contains(one));
    for overrun in overruns {
        if !noted.contains(&overrun) {
            let submission = submission(overrun)
                .map_err(|invalid: Invalid| AppError::Internal(invalid.to_string()))?;
            committer.submit(submission).await?;
            noted.insert(overrun);
        }
    }
    Ok(())
}

fn overruns(state: &State, now: Instant) -> HashSet<Overrun> {
    let over = state.all_allocations().filter(|one| one.has_overrun(now));
    over.map(|one| (one.allocation_id, one.window.end)).collect()
}

fn submission((allocation_id, end): Overrun) -> Result<Submission, Invalid> {
    let key = format!("overrun:{allocation_id}:{end}");
    Ok(Submission {
        commands: vec![Command::NoteOverrun { allocation_id }],
        actor: Actor::new(Text::new("overrun-watch")?, Role::Admin),
        source: ChangeSource::AutomatedSystem,
        stated_at: None,
        signal: None,
        correlation_id: None,
        attachments: Vec::new(),
        idempotency: Some(IdempotencyKey { key, request_digest: [0; 32] }),
        lane: Lane::Bulk,
    })
}
