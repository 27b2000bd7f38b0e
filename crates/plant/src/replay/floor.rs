//! The shop floor: sends what a moment asks for and reads the answer.
//!
//! People act as they would at a screen: they see a refusal, override what a supervisor may where
//! the log shows that it was done, report pieces at the end, resume after a breakdown. Nothing
//! is decided here that a rule of the server decides.

use futures_util::future::try_join_all;
use mraos_api::allocation::{
    Allocation, CompleteAllocation, CreateAllocation, Override, ReleaseAllocation, ResumeAllocation,
};
use mraos_api::problem::{Problem, Refusal};
use mraos_api::status::ChangeStatus;
use mraos_api::work_order::ReportProgress;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use crate::client::{Client, ClientError};
use crate::replay::facts::{Fact, OverrideReason, PieceCount};
use crate::replay::plan::{Plan, PlannedRow};
use crate::replay::report::{Milliseconds, Report};
use crate::replay::schedule::{Moment, Scheduled};
use crate::replay::screen::Screen;
use crate::replay::setup::{BREAKDOWN, SETUP_DONE};
use crate::replay::tally::{RowState, Tally};
use crate::replay::{ReplayError, ReplayOptions, ReportType};

pub(super) struct Floor<'a> {
    client: &'a Client,
    plan: &'a Plan,
    run_key: String,
    screen: Option<Screen>,
    tally: Tally<'a>,
}

const DEPENDENCY_UNMET: &str = "dependency_unmet";

/// An answer that is either what was asked for or the server's refusal.
type Reply<T> = Result<T, Box<Problem>>;

impl<'a> Floor<'a> {
    pub(super) fn new(
        client: &'a Client,
        plan: &'a Plan,
        screen: Option<Screen>,
        run_key: String,
    ) -> Self {
        Self { client, plan, run_key, screen, tally: Tally::new(plan) }
    }

    /// Lets a wave of moments happen side by side.
    pub(super) async fn act(&mut self, wave: &[Scheduled]) -> Result<(), ReplayError> {
        let known = try_join_all(wave.iter().map(|scheduled| self.perform(scheduled))).await?;
        for (scheduled, facts) in wave.iter().zip(known) {
            for fact in facts {
                self.tally.take_up(scheduled.row, fact);
            }
        }
        Ok(())
    }

    pub(super) async fn into_report(self, options: &ReplayOptions) -> Report {
        let mut report = self.tally.into_report(options);
        if let Some(screen) = self.screen {
            report.screen_ms = Milliseconds::of(screen.finish().await);
        }
        report
    }

    async fn perform(&self, scheduled: &Scheduled) -> Result<Vec<Fact>, ReplayError> {
        let mut facts = Vec::new();
        match scheduled.moment {
            Moment::StartRow => self.start_row(scheduled, &mut facts).await?,
            Moment::EndRow => self.end_row(scheduled, &mut facts).await?,
            Moment::CountPieces => self.count_pieces(scheduled, &mut facts).await?,
            Moment::BeginBreakdown => self.begin_breakdown(scheduled, &mut facts).await?,
            Moment::EndBreakdown => self.end_breakdown(scheduled, &mut facts).await?,
        }
        Ok(facts)
    }

    async fn start_row(
        &self,
        scheduled: &Scheduled,
        facts: &mut Vec<Fact>,
    ) -> Result<(), ReplayError> {
        let row = &self.plan.rows[scheduled.row];
        let mut wish = CreateAllocation {
            work_order_id: self.plan.steps[row.step].work_order_id.clone(),
            operator_id: Some(self.plan.operators[row.operator].id.clone()),
            machine_id: Some(self.plan.machines[row.machine].id.clone()),
            expected_duration_minutes: Some(row.row.minutes().max(1)),
            occurred_at: Some(scheduled.at),
            ..CreateAllocation::default()
        };
        let mut reply = self.allocate(row, &wish, "start", facts).await?;
        let mut overridden = None;
        if is_only_about_order_of_steps(&reply) {
            let reason = self.reason_to_override(row);
            wish.overrides = vec![dependency_override(reason)];
            overridden = Some(reason);
            reply = self.allocate(row, &wish, "override", facts).await?;
        }
        facts.push(match reply {
            Ok(allocation) => Fact::Started { allocation_id: allocation.allocation_id, overridden },
            Err(problem) if problem.refusals.is_empty() => Fact::Failed { doing: "start", problem },
            Err(problem) => Fact::Refused { refusals: problem.refusals },
        });
        Ok(())
    }

    async fn allocate(
        &self,
        row: &PlannedRow,
        wish: &CreateAllocation,
        verb: &str,
        facts: &mut Vec<Fact>,
    ) -> Result<Reply<Allocation>, ReplayError> {
        let asked = Instant::now();
        let reply: Reply<Allocation> = self.post("/allocations", wish, row, verb, facts).await?;
        facts.push(Fact::Answered { latency: asked.elapsed() });
        if let (Ok(allocation), Some(screen)) = (&reply, &self.screen) {
            screen.note(allocation.allocation_id, asked);
        }
        Ok(reply)
    }

    fn reason_to_override(&self, row: &PlannedRow) -> OverrideReason {
        match self.plan.steps[row.step].predecessor {
            Some(predecessor) if predecessor.overlaps => OverrideReason::PartialBatch,
            _ => OverrideReason::ReportMissing,
        }
    }

    async fn end_row(
        &self,
        scheduled: &Scheduled,
        facts: &mut Vec<Fact>,
    ) -> Result<(), ReplayError> {
        let (RowState::Running(allocation_id) | RowState::Paused(allocation_id)) =
            self.tally.state(scheduled.row)
        else {
            return self.count_pieces(scheduled, facts).await;
        };
        let row = &self.plan.rows[scheduled.row];
        let pieces = self.tally.pieces(scheduled.row);
        let completes_order = self.plan.steps[row.step].closing_row == Some(scheduled.row);
        let is_setup = row.row.report_type == ReportType::Setup && row.row.completed == 0;
        let path = format!("/allocations/{allocation_id}");
        let reply: Reply<Allocation> = if is_setup && !completes_order && pieces.rejected == 0 {
            let wish = ReleaseAllocation {
                reason_code: Some(SETUP_DONE.to_owned()),
                occurred_at: Some(scheduled.at),
                ..ReleaseAllocation::default()
            };
            self.post(&format!("{path}/release"), &wish, row, "end", facts).await?
        } else {
            let wish = CompleteAllocation {
                quantity_produced: Some(Decimal::from(pieces.booked)),
                quantity_rejected: Some(Decimal::from(pieces.rejected)),
                work_order_completed: completes_order.then_some(true),
                occurred_at: Some(scheduled.at),
            };
            self.post(&format!("{path}/complete"), &wish, row, "end", facts).await?
        };
        match reply {
            Ok(_) => facts.push(Fact::Ended { pieces, completed_order: completes_order }),
            Err(problem) if names(&problem.refusals, "wrong_phase") => {
                let pieces = self.report_pieces(scheduled, facts).await?;
                facts.push(Fact::EndedEarlier { pieces });
            }
            Err(problem) => facts.push(Fact::Failed { doing: "end", problem }),
        }
        Ok(())
    }

    async fn count_pieces(
        &self,
        scheduled: &Scheduled,
        facts: &mut Vec<Fact>,
    ) -> Result<(), ReplayError> {
        let pieces = self.report_pieces(scheduled, facts).await?;
        facts.push(Fact::Counted { pieces });
        Ok(())
    }

    /// Pieces that exist although no allocation made them: the order takes what it can.
    async fn report_pieces(
        &self,
        scheduled: &Scheduled,
        facts: &mut Vec<Fact>,
    ) -> Result<PieceCount, ReplayError> {
        let row = &self.plan.rows[scheduled.row];
        let pieces = self.tally.pieces(scheduled.row);
        if pieces.booked == 0 && pieces.rejected == 0 {
            return Ok(pieces);
        }
        let wish = ReportProgress {
            quantity_delta: Some(Decimal::from(pieces.booked)),
            quantity_rejected: Some(Decimal::from(pieces.rejected)),
            occurred_at: Some(scheduled.at),
            ..ReportProgress::default()
        };
        let order = &self.plan.steps[row.step].work_order_id;
        let path = format!("/work-orders/{order}/progress");
        let reply: Reply<Value> = self.post(&path, &wish, row, "pieces", facts).await?;
        Ok(match reply {
            Ok(_) => pieces,
            Err(_) => {
                PieceCount { booked: 0, not_booked: pieces.booked + pieces.not_booked, rejected: 0 }
            }
        })
    }

    async fn begin_breakdown(
        &self,
        scheduled: &Scheduled,
        facts: &mut Vec<Fact>,
    ) -> Result<(), ReplayError> {
        let row = &self.plan.rows[scheduled.row];
        if self.tally.open_breakdowns(row.machine) > 0 {
            facts.push(Fact::BrokeDown);
            return Ok(());
        }
        match self.post_machine_status(scheduled, "breakdown", facts).await? {
            Ok(_) => {
                facts.push(Fact::BrokeDown);
                let hit = self.tally.running_at(row.machine);
                facts.extend(hit.map(|row| Fact::Paused { row }));
            }
            Err(problem) => facts.push(Fact::Failed { doing: "breakdown", problem }),
        }
        Ok(())
    }

    async fn end_breakdown(
        &self,
        scheduled: &Scheduled,
        facts: &mut Vec<Fact>,
    ) -> Result<(), ReplayError> {
        let row = &self.plan.rows[scheduled.row];
        let others = self.tally.open_breakdowns(row.machine).saturating_sub(1);
        if self.tally.state(scheduled.row) == RowState::Failed || others > 0 {
            facts.push(Fact::BreakdownOver);
            return Ok(());
        }
        if let Err(problem) = self.post_machine_status(scheduled, "idle", facts).await? {
            facts.push(Fact::Failed { doing: "repair", problem });
            return Ok(());
        }
        facts.push(Fact::BreakdownOver);
        for (paused, allocation_id) in self.tally.paused_at(row.machine) {
            let reply = self.resume(paused, allocation_id, scheduled, facts).await?;
            let resumed = Fact::Resumed { row: paused };
            facts.push(if reply.is_ok() { resumed } else { Fact::NotResumed });
        }
        Ok(())
    }

    async fn resume(
        &self,
        paused: usize,
        allocation_id: i64,
        repair: &Scheduled,
        facts: &mut Vec<Fact>,
    ) -> Result<Reply<Allocation>, ReplayError> {
        let row = &self.plan.rows[paused];
        let path = format!("/allocations/{allocation_id}/resume");
        let verb = format!("resume-{}", self.plan.rows[repair.row].row.line);
        let mut wish =
            ResumeAllocation { occurred_at: Some(repair.at), ..ResumeAllocation::default() };
        let reply = self.post(&path, &wish, row, &verb, facts).await?;
        if !is_only_about_order_of_steps(&reply) {
            return Ok(reply);
        }
        wish.overrides = vec![dependency_override(self.reason_to_override(row))];
        self.post(&path, &wish, row, &format!("{verb}-override"), facts).await
    }

    async fn post_machine_status(
        &self,
        scheduled: &Scheduled,
        status: &str,
        facts: &mut Vec<Fact>,
    ) -> Result<Reply<Value>, ReplayError> {
        let row = &self.plan.rows[scheduled.row];
        let wish = ChangeStatus {
            status: status.to_owned(),
            reason_code: (status == "breakdown").then(|| BREAKDOWN.to_owned()),
            occurred_at: Some(scheduled.at),
            ..ChangeStatus::default()
        };
        let path = format!("/machines/{}/status", self.plan.machines[row.machine].id);
        self.post(&path, &wish, row, status, facts).await
    }

    /// Sends a write under a key of its own; refusals come back, a lost server ends the replay.
    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        wish: &impl Serialize,
        row: &PlannedRow,
        verb: &str,
        facts: &mut Vec<Fact>,
    ) -> Result<Reply<T>, ReplayError> {
        let key = format!("{}-{}-{verb}", self.run_key, row.row.line);
        match self.client.post(path, wish, Some(&key)).await {
            Ok(answer) => {
                if answer.replayed {
                    facts.push(Fact::AnsweredAsBefore);
                }
                Ok(Ok(answer.body))
            }
            Err(ClientError::Problem { problem, .. }) if is_about_the_request(&problem) => {
                Ok(Err(problem))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Refused or not acceptable as it is; 401, 403 and 5xx concern the whole replay.
fn is_about_the_request(problem: &Problem) -> bool {
    matches!(problem.status, 400 | 404 | 409 | 412 | 422)
}

/// Refused for nothing but a step before, which a supervisor may pass over.
fn is_only_about_order_of_steps(reply: &Reply<Allocation>) -> bool {
    let Err(problem) = reply else { return false };
    let soft = |refusal: &Refusal| refusal.code == DEPENDENCY_UNMET && refusal.overridable;
    !problem.refusals.is_empty() && problem.refusals.iter().all(soft)
}

fn dependency_override(reason: OverrideReason) -> Override {
    Override { code: DEPENDENCY_UNMET.to_owned(), reason: reason.words().to_owned() }
}

fn names(refusals: &[Refusal], code: &str) -> bool {
    refusals.iter().any(|refusal| refusal.code == code)
}
