//! The application on a fresh database, with a hand-driven clock.
//!
//! Each start has a database of its own, so that tests run side by side without seeing each other.

use std::sync::Arc;

use mraos_app::{App, AppOptions, Clock, Decision, Lane, Outcome, Snapshot, Submission};
use mraos_domain::{
    Actor, Allocation, AttendanceRules, ChangeSource, Command, Plant, Refusal, Role, Text,
};
use uuid::Uuid;

use crate::clock::HandClock;
use crate::postgres::{Database, TestPostgres};

/// The application and what is around it.
pub struct TestApp {
    /// The application.
    pub app: App,
    /// Its clock.
    pub clock: HandClock,
    /// Its database.
    pub database: Database,
}

impl TestApp {
    /// A fresh application at 2026-11-23 08:00 UTC, plant zone UTC.
    pub async fn start() -> Self {
        let database = TestPostgres::shared().create_database().await;
        let clock = HandClock::at("2026-11-23T08:00:00Z");
        let app = start_app(&database, Arc::new(clock.clone())).await;
        Self { app, clock, database }
    }

    /// A second node on the same database.
    pub async fn another_node(&self) -> App {
        start_app(&self.database, Arc::new(self.clock.clone())).await
    }

    /// Submits one command as an administrator.
    pub async fn submit(&self, command: Command) -> Outcome {
        self.app.submit(submission(vec![command])).await.unwrap()
    }

    /// Submits one command that has to succeed; its snapshot.
    pub async fn apply(&self, command: Command) -> Snapshot {
        match self.submit(command).await.decision {
            Decision::Applied(mut snapshots) => snapshots.pop().unwrap(),
            Decision::Refused(refusals) => panic!("refused: {refusals:?}"),
        }
    }

    /// Submits one command that has to give an allocation.
    pub async fn allocation(&self, command: Command) -> Allocation {
        match self.apply(command).await {
            Snapshot::Allocation(allocation) => *allocation,
            other => panic!("no allocation: {other:?}"),
        }
    }

    /// Submits one command that has to be refused.
    pub async fn refused(&self, command: Command) -> Vec<Refusal> {
        match self.submit(command).await.decision {
            Decision::Refused(refusals) => refusals,
            Decision::Applied(snapshots) => panic!("applied: {snapshots:?}"),
        }
    }
}

/// A node on a database, with a clock of its own.
pub async fn start_app(database: &Database, clock: Arc<dyn Clock>) -> App {
    App::start(AppOptions {
        connect: database.options.clone(),
        plant: Plant {
            zone: jiff::tz::TimeZone::UTC,
            default_allocation_minutes: 60,
            reservation_horizon_minutes: 4_320,
            attendance: AttendanceRules { late_after_minutes: 5, absent_after_minutes: Some(30) },
        },
        master_key: [7; 32],
        clock,
        erasure_ledger: database.directory.join(format!("erasures-{}.jsonl", Uuid::new_v4())),
        bootstrap_token: Some("test-token".to_owned()),
    })
    .await
    .unwrap()
}

/// The administrator who submits them.
pub fn admin() -> Actor {
    Actor::new(Text::new("S-042").unwrap(), Role::Admin)
}

/// Commands of an administrator, all together or not at all.
pub fn submission(commands: Vec<Command>) -> Submission {
    Submission {
        commands,
        actor: admin(),
        source: ChangeSource::Api,
        stated_at: None,
        signal: None,
        correlation_id: None,
        attachments: Vec::new(),
        idempotency: None,
        lane: Lane::Interactive,
    }
}
