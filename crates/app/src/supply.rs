//! Upkeep of reservations: bookings that have come near get their material, and what cannot be used
//! in time any more is given back.
//!
//! Every node runs it; each finding is a command like any other, and the rules decide again, so a
//! second run does nothing. What is refused for want of material is asked for again at the next
//! turn.

use std::sync::Arc;
use std::time::Duration;

use mraos_domain::command::NamedReservation;
use mraos_domain::{Actor, ChangeSource, Command, Instant, Plant, Role, Text};
use mraos_store::Store;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::committer::Committer;
use crate::error::AppError;
use crate::submission::{Decision, Lane, Submission};

const EVERY: Duration = Duration::from_secs(60);
/// Most orders and reservations of one turn.
const MOST: i64 = 500;
/// A reservation without work is kept a day beyond its expected use.
const GRACE_MINUTES: i64 = 24 * 60;

/// What a turn needs.
#[derive(Clone)]
pub(crate) struct Supply {
    pub(crate) store: Store,
    pub(crate) plant: Arc<Plant>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Supply {
    /// Starts the turns; they end when the task is aborted.
    pub(crate) fn start(self, committer: Committer) -> JoinHandle<()> {
        tokio::spawn(async move {
            let mut turns = tokio::time::interval(EVERY);
            turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                turns.tick().await;
                match self.run(&committer).await {
                    Ok(0) => {}
                    Ok(changed) => tracing::info!(changed, "reservations were brought up to date"),
                    Err(error) => tracing::warn!(%error, "reservations wait for the next turn"),
                }
            }
        })
    }

    /// One turn; how many orders and reservations it changed.
    pub(crate) async fn run(&self, committer: &Committer) -> Result<u64, AppError> {
        let mut changed = 0;
        for command in self.find(self.clock.now()).await? {
            let outcome = committer.submit(submission(command)?).await?;
            let applied = matches!(outcome.decision, Decision::Applied(_));
            changed += u64::from(applied && outcome.changed);
        }
        Ok(changed)
    }

    async fn find(&self, now: Instant) -> Result<Vec<Command>, AppError> {
        let today = self.plant.date_of(now);
        let due = now.plus_minutes(-GRACE_MINUTES).timestamp();
        let overdue = self.store.overdue_reservations(today, due, MOST).await?;
        let mut commands: Vec<Command> = overdue
            .into_iter()
            .map(|one| Command::ExpireReservation {
                reservation: NamedReservation {
                    reservation_id: one.reservation_id,
                    work_order_id: one.work_order_id,
                    material_id: one.material_id,
                },
            })
            .collect();
        let horizon = now.plus_minutes(self.plant.reservation_horizon_minutes.into());
        let orders = self.store.orders_to_supply(horizon.timestamp(), MOST).await?;
        let supply = |work_order_id| Command::SupplyWorkOrder { work_order_id };
        commands.extend(orders.into_iter().map(supply));
        Ok(commands)
    }
}

fn submission(command: Command) -> Result<Submission, AppError> {
    let id = Text::new("system").map_err(|invalid| AppError::Internal(invalid.to_string()))?;
    Ok(Submission {
        commands: vec![command],
        actor: Actor::new(id, Role::Admin),
        source: ChangeSource::AutomatedSystem,
        stated_at: None,
        signal: None,
        correlation_id: None,
        attachments: Vec::new(),
        idempotency: None,
        lane: Lane::Bulk,
    })
}
