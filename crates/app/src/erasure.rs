//! Erasing a person: the key with the event, the ledger before the answer, then all traces.
//!
//! Every erasure goes this way, whoever asks. What a crash leaves undone, and what a database that
//! was restored from an older copy does not know yet, is made up for by the next start; other
//! nodes' erasures get into this node's ledger within a minute.

use std::time::Duration;

use mraos_domain::{
    Actor, Allocation, ChangeSource, Command, OperatorId, Phase, Role, Text, command::Reason,
};
use mraos_store::Attachment;
use mraos_store::erasure::Registration;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::erasure_ledger::Entry;
use crate::error::AppError;
use crate::submission::{Decision, Lane, Outcome, Submission};

/// How often what other nodes have erased is looked for.
const EVERY: Duration = Duration::from_secs(60);

/// Keeps the ledger in step with the log; ends when the task is aborted.
pub fn start(app: App) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut turns = tokio::time::interval(EVERY);
        turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            if let Err(error) = app.settle_erasures().await {
                tracing::warn!(%error, "erasures are not settled; trying again in a minute");
            }
        }
    })
}

/// Whom a submission erases.
pub(crate) fn erases(submission: &Submission) -> Vec<OperatorId> {
    let erased = submission.commands.iter().filter_map(|command| match command {
        Command::EraseOperator { operator_id } => Some(operator_id.clone()),
        _ => None,
    });
    erased.collect()
}

impl App {
    /// Erases, and answers when nothing can bring the people back. Goes on to the end even if the
    /// caller has gone.
    pub(crate) async fn erase(
        &self,
        mut submission: Submission,
        people: Vec<OperatorId>,
    ) -> Result<Outcome, AppError> {
        let app = self.clone();
        let erasing = tokio::spawn(async move {
            let ledger = app.ledger().clone();
            in_thread(move || ledger.check_writable()).await?;
            let erased = people.iter().map(|id| Attachment::Erased { operator_id: id.to_string() });
            submission.attachments.extend(erased);
            let outcome = app.hand_in(submission).await?;
            if let Decision::Applied(_) = outcome.decision {
                app.settle_erasures().await?;
            }
            Ok(outcome)
        });
        let panicked = |error| AppError::Internal(format!("an erasure was cut off: {error}"));
        erasing.await.map_err(panicked)?
    }

    /// Notes in the ledger whoever is erased, and takes away what is left of them.
    pub async fn settle_erasures(&self) -> Result<(), AppError> {
        let erased = self.store().erased_people().await?;
        let ledger = self.ledger().clone();
        let noted = in_thread(move || ledger.note(&erased)).await?;
        if noted > 0 {
            tracing::info!(noted, "erased people noted in the ledger");
        }
        let left = self.store().people_with_traces().await?;
        if !left.is_empty() {
            let traces = self.store().erase_traces(&left).await?;
            let (people, texts) = (left.len(), traces.texts);
            tracing::info!(people, texts, answers = traces.answers, "traces of people erased");
        }
        Ok(())
    }

    /// Erases again whom the ledger names and the database still has, as after the restore of an
    /// older copy. Open work of theirs ends.
    pub(crate) async fn apply_ledger(&self) -> Result<(), AppError> {
        let ledger = self.ledger().clone();
        let entries = in_thread(move || ledger.read()).await?;
        let ids: Vec<String> = entries.iter().map(|entry| entry.operator_id.clone()).collect();
        let registrations = self.store().registrations(&ids).await?;
        let is_noted = |one: &Registration| entries.iter().any(|entry: &Entry| entry.is_about(one));
        for one in registrations.iter().filter(|one| one.erased_at.is_none() && is_noted(one)) {
            let operator_id = OperatorId::new(&one.operator_id).map_err(internal)?;
            tracing::info!(%operator_id, "erased before; this database is of an earlier time");
            self.erase_again(operator_id).await?;
        }
        self.settle_erasures().await
    }

    async fn erase_again(&self, operator_id: OperatorId) -> Result<(), AppError> {
        let actor = Actor::new(Text::new("mraos").map_err(internal)?, Role::Admin);
        let found = self.reads().find_operator(&actor, &operator_id).await?;
        let open = found.map(|view| view.open).unwrap_or_default();
        let mut commands: Vec<Command> = open.iter().map(end).collect();
        commands.push(Command::EraseOperator { operator_id: operator_id.clone() });
        let submission = Submission {
            commands,
            actor,
            source: ChangeSource::AutomatedSystem,
            stated_at: None,
            signal: None,
            correlation_id: None,
            attachments: Vec::new(),
            idempotency: None,
            lane: Lane::Bulk,
        };
        match self.submit(submission).await?.decision {
            Decision::Applied(_) => Ok(()),
            Decision::Refused(refusals) => {
                let why: Vec<&str> = refusals.iter().map(|one| one.message.as_str()).collect();
                let text = format!("{operator_id} cannot be erased again: {}", why.join(" "));
                Err(AppError::Internal(text))
            }
        }
    }
}

fn end(open: &Allocation) -> Command {
    let (allocation_id, reason) = (open.allocation_id, Reason::default());
    match open.phase {
        Phase::Booked => Command::Cancel { allocation_id, reason },
        _ => Command::Release { allocation_id, reason },
    }
}

/// Files are waited for elsewhere than where requests are served.
async fn in_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let cut_off = |error| AppError::Internal(format!("work on the ledger was cut off: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(cut_off)?
}

fn internal(error: mraos_domain::Invalid) -> AppError {
    AppError::Internal(error.to_string())
}
