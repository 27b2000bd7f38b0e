//! Decides a batch against the resident state: in order of arrival, each command seeing what the
//! ones before it did.
//!
//! Draws event ids and reads the clock; the rules themselves are the domain's.

use std::collections::HashMap;
use std::sync::Arc;

use mraos_domain::access::part::requires_sight;
use mraos_domain::decide::is_already_applied;
use mraos_domain::refusal::EntityType;
use mraos_domain::{
    Allocation, AllocationId, Command, Context, EntityRef, Instant, Key, MachineId, MaterialId,
    OperatorId, Plant, Recorded, Refusal, RequirementScope, State, Text, WorkOrderId, decide,
    evolve, requires,
};
use mraos_store::log::touched_entities;
use mraos_store::{Batch, Head, IdempotencyRecord, NewEvent, StoreError, Writer};
use uuid::Uuid;

use super::stock_snapshot::stock_snapshot;
use crate::clock::Clock;
use crate::error::AppError;
use crate::submission::{Decision, Outcome, Snapshot, Submission};
use crate::verdict::is_of_form;

/// Most events of other nodes that are followed one by one; more drop the state.
const MAX_FOLLOWED: i64 = 5_000;
/// Most things kept resident.
const MAX_RESIDENT: usize = 400_000;
/// After so many batches between which nobody else wrote, a node reckons that it is alone.
const UNDISTURBED: u32 = 8;

pub(super) struct Decider {
    plant: Arc<Plant>,
    clock: Arc<dyn Clock>,
    pub(super) state: State,
    /// The log's head as the state reflects it, and the last repair of projections.
    pub(super) head: Head,
    /// How many batches have begun where the one before had ended.
    undisturbed: u32,
    /// Orders that were loaded since something was decided last.
    fresh: Vec<WorkOrderId>,
}

/// A decided batch, not yet written.
pub(super) struct Decided {
    pub(super) batch: Batch,
    pub(super) answers: Vec<Result<Outcome, AppError>>,
    pub(super) position: i64,
    /// Orders that were loaded for this batch, as they are after it: for those who follow the log,
    /// who would have to load them as well.
    pub(super) orders: State,
    /// Nothing is recorded before this.
    last: Option<Instant>,
    known: HashMap<RecordKey, IdempotencyRecord>,
    /// Whether a submission may have changed what later ones need.
    leads_further: bool,
}

type RecordKey = (String, String);

impl Decided {
    /// Forgets answers recorded before this batch, and keeps its own for the next.
    fn own_records(&self) -> HashMap<RecordKey, IdempotencyRecord> {
        by_key(self.batch.idempotency.iter().cloned())
    }
}

fn by_key(
    records: impl Iterator<Item = IdempotencyRecord>,
) -> HashMap<RecordKey, IdempotencyRecord> {
    records.map(|record| ((record.actor.clone(), record.key.clone()), record)).collect()
}

impl Decider {
    pub(super) fn new(plant: Arc<Plant>, clock: Arc<dyn Clock>) -> Self {
        let mut state = State::default();
        state.collect_finished();
        state.keep_last_changes();
        Self { plant, clock, state, head: Head::EMPTY, undisturbed: 0, fresh: Vec::new() }
    }

    /// Forgets everything; the next batch loads what it needs.
    pub(super) fn reset(&mut self) {
        self.state.clear();
        self.head = Head::EMPTY;
        self.undisturbed = 0;
    }

    /// Notes that the log is committed up to `head`. What has `ended` with it is seldom asked for
    /// again and does not stay resident, unless a batch decided ahead has changed it.
    pub(super) fn keep(&mut self, head: Head, ended: &[AllocationId]) {
        self.head = head;
        for id in ended {
            let is_left = |one: &Allocation| one.position <= self.head.position;
            if self.state.allocation(*id).is_some_and(is_left) {
                self.state.drop_allocation(*id);
            }
        }
    }

    /// Whether a batch may be decided before the one before it is committed: no other node has
    /// written of late, and no room has to be made first.
    pub(super) fn may_look_ahead(&self) -> bool {
        self.undisturbed >= UNDISTURBED && self.state.len() <= MAX_RESIDENT
    }

    /// Brings the state to `head`: what other nodes touched is forgotten.
    pub(super) async fn follow(&mut self, writer: &Writer, head: &Head) -> Result<(), StoreError> {
        if self.head.projection_generation != head.projection_generation {
            // Rows were repaired: what was loaded before may be wrong.
            self.state.clear();
        }
        if self.state.len() > MAX_RESIDENT {
            self.state.clear();
        }
        let before = std::mem::replace(&mut self.head, head.clone());
        if before.position == head.position {
            self.undisturbed = self.undisturbed.saturating_add(1);
            return Ok(());
        }
        self.undisturbed = 0;
        if self.state.is_empty() || before.position > head.position {
            self.state.clear();
        } else {
            match writer.touched_since(before.position, MAX_FOLLOWED).await? {
                Some(entities) => entities.iter().for_each(|entity| self.state.forget(entity)),
                None => self.state.clear(),
            }
        }
        Ok(())
    }

    /// Loads what the submissions need and has not been loaded.
    pub(super) async fn load<'a>(
        &mut self,
        writer: &Writer,
        submissions: impl Iterator<Item = &'a Submission> + Clone,
    ) -> Result<(), StoreError> {
        loop {
            let mut missing: Vec<Key> = Vec::new();
            for submission in submissions.clone() {
                for command in &submission.commands {
                    missing.extend(requires(&self.state, command, submission.signal.as_ref()));
                    missing.extend(requires_sight(&self.state, command, &submission.actor));
                }
            }
            if missing.is_empty() {
                return Ok(());
            }
            missing.sort();
            missing.dedup();
            writer.load(&missing, &mut self.state).await?;
            self.fresh.extend(missing.into_iter().filter_map(|key| match key {
                Key::WorkOrder(id) => Some(id),
                _ => None,
            }));
        }
    }

    /// Loads what waiting submissions will need, while the batch before them is being committed.
    /// What this reads is not touched by that batch, or it would be resident; what another node
    /// changes meanwhile is forgotten by [`Decider::follow`] under the next lock.
    pub(super) async fn load_ahead<'a>(
        &mut self,
        reader: &Writer,
        submissions: impl Iterator<Item = &'a Submission> + Clone,
    ) {
        if let Err(error) = self.load(reader, submissions).await {
            tracing::debug!(%error, "could not read ahead");
            // Something may be there without its open work.
            self.state.clear();
        }
    }

    /// A batch on top of `head`, with the answers that are recorded already.
    pub(super) fn begin(&self, head: &Head, recorded: Vec<IdempotencyRecord>) -> Decided {
        Decided {
            batch: Batch::default(),
            answers: Vec::new(),
            position: head.position,
            orders: State::default(),
            last: head.recorded_at,
            known: by_key(recorded.into_iter()),
            leads_further: false,
        }
    }

    /// A batch on top of one that is not committed yet.
    pub(super) fn begin_after(&self, head: &Head, before: &Decided) -> Decided {
        Decided { known: before.own_records(), ..self.begin(head, Vec::new()) }
    }

    /// Decides more submissions of a batch, in order.
    pub(super) async fn decide<'a>(
        &mut self,
        session: &Writer,
        decided: &mut Decided,
        submissions: impl Iterator<Item = &'a Submission>,
    ) -> Result<(), StoreError> {
        let clock = self.clock.now();
        let now = decided.last.map_or(clock, |last| last.max(clock));
        decided.last = Some(now);
        for submission in submissions {
            let answer = match find_recorded(&decided.known, submission) {
                Some(answer) => answer,
                None => {
                    if decided.leads_further {
                        self.load(session, std::iter::once(submission)).await?;
                    }
                    decided.leads_further |= submission.commands.iter().any(Command::leads_further);
                    let outcome = self.decide_one(submission, now, decided);
                    self.record(submission, &outcome, decided);
                    Ok(outcome)
                }
            };
            decided.answers.push(answer);
        }
        decided.batch.changes.add_finished(self.state.take_finished());
        for id in self.fresh.drain(..) {
            if decided.batch.changes.touches_work_order(&id) {
                decided.orders.copy(&Key::WorkOrder(id), &self.state);
            }
        }
        Ok(())
    }

    /// Takes back what was decided too early: all that it touched is forgotten.
    pub(super) fn take_back(&mut self, decided: &Decided) {
        for event in &decided.batch.events {
            event.entities.iter().for_each(|touched| self.state.forget(&touched.entity()));
        }
        decided.batch.watermarks.iter().for_each(|(id, _)| self.state.forget_source(id));
    }

    fn decide_one(
        &mut self,
        submission: &Submission,
        now: Instant,
        decided: &mut Decided,
    ) -> Outcome {
        let signal = submission.signal.as_ref();
        if signal.is_some_and(|signal| is_already_applied(&self.state, signal)) {
            let commands = submission.commands.iter();
            let snapshots: Vec<Snapshot> =
                commands.map(|command| snapshot(&self.state, command, (0, 0))).collect();
            // A signal about something unknown was never applied: it is refused like any other.
            if !snapshots.iter().any(|one| matches!(one, Snapshot::Nothing)) {
                let decision = Decision::Applied(snapshots);
                let position = decided.position;
                return Outcome { position, replayed: false, changed: false, decision };
            }
        }
        let context = Context {
            actor: submission.actor.clone(),
            source: submission.source,
            recorded_at: now,
            stated_at: submission.stated_at,
            plant: self.plant.clone(),
        };
        // A single command is refused before it changes anything.
        if submission.commands.len() > 1 {
            self.state.begin();
        }
        let before = decided.batch.events.len();
        let first_position = decided.position;
        match self.apply_all(submission, &context, decided) {
            Ok(snapshots) => {
                self.state.keep();
                decided.batch.attachments.extend(submission.attachments.iter().cloned());
                if let Some(signal) = signal {
                    self.state.put_watermark(signal.id.clone(), signal.sequence);
                    decided.batch.watermarks.push((signal.id.clone(), signal.sequence));
                }
                let decision = Decision::Applied(snapshots);
                let changed = decided.position > first_position;
                Outcome { position: decided.position, replayed: false, changed, decision }
            }
            Err(refusals) => {
                self.state.undo();
                decided.batch.events.truncate(before);
                decided.position = first_position;
                let decision = Decision::Refused(refusals);
                Outcome { position: first_position, replayed: false, changed: false, decision }
            }
        }
    }

    fn apply_all(
        &mut self,
        submission: &Submission,
        context: &Context,
        decided: &mut Decided,
    ) -> Result<Vec<Snapshot>, Vec<Refusal>> {
        let mut snapshots = Vec::with_capacity(submission.commands.len());
        for command in &submission.commands {
            let events = decide(&self.state, command, context)?;
            let first_position = decided.position + 1;
            for event in events {
                decided.position += 1;
                let recorded = Recorded {
                    position: decided.position,
                    occurred_at: context.now(),
                    recorded_at: context.recorded_at,
                    actor: context.actor.id.clone(),
                    event,
                };
                decided.batch.changes.note_before(&self.state, &recorded);
                evolve(&mut self.state, &recorded);
                decided.batch.changes.note(&self.state, &recorded);
                decided.batch.events.push(NewEvent {
                    event_id: Uuid::now_v7(),
                    entities: touched_entities(&self.state, &recorded),
                    recorded,
                    source: submission.source,
                    correlation_id: submission.correlation_id.clone(),
                });
            }
            let positions = (first_position, decided.position);
            snapshots.push(snapshot(&self.state, command, positions));
        }
        Ok(snapshots)
    }

    fn record(&self, submission: &Submission, outcome: &Outcome, decided: &mut Decided) {
        let Some(key) = &submission.idempotency else { return };
        if !is_final(&outcome.decision, submission) {
            return;
        }
        let outcome = serde_json::json!({
            "position": outcome.position.to_string(),
            "changed": outcome.changed,
            "decision": outcome.decision,
        });
        let record = IdempotencyRecord {
            actor: submission.actor.id.to_string(),
            key: key.key.clone(),
            request_digest: key.request_digest.to_vec(),
            outcome,
        };
        decided.known.insert((record.actor.clone(), record.key.clone()), record.clone());
        decided.batch.idempotency.push(record);
    }
}

/// Successes and decided refusals are recorded; a request that was wrong in form may be mended
/// and sent again under its key.
fn is_final(decision: &Decision, submission: &Submission) -> bool {
    let Decision::Refused(refusals) = decision else { return true };
    !refusals.iter().any(|refusal| is_of_form(refusal, &submission.commands))
}

fn find_recorded(
    known: &HashMap<RecordKey, IdempotencyRecord>,
    submission: &Submission,
) -> Option<Result<Outcome, AppError>> {
    let key = submission.idempotency.as_ref()?;
    let record = known.get(&(submission.actor.id.to_string(), key.key.clone()))?;
    if record.request_digest != key.request_digest {
        return Some(Err(AppError::IdempotencyMismatch));
    }
    let position = record.outcome["position"].as_str().and_then(|text| text.parse().ok());
    let changed = record.outcome["changed"].as_bool().unwrap_or_default();
    let decision = serde_json::from_value(record.outcome["decision"].clone());
    Some(match (position, decision) {
        (Some(position), Ok(decision)) => {
            Ok(Outcome { position, replayed: true, changed, decision })
        }
        (_, Err(error)) => {
            let text = format!("recorded answer `{}` is unreadable: {error}", record.key);
            Err(AppError::Internal(text))
        }
        (None, _) => {
            Err(AppError::Internal(format!("recorded answer `{}` lacks a position", record.key)))
        }
    })
}

/// The subject of `command` as the state has it; `positions` are those of its first and its last
/// event.
fn snapshot(state: &State, command: &Command, positions: (i64, i64)) -> Snapshot {
    if let Some(stock) = stock_snapshot(state, command, positions) {
        return stock;
    }
    let subject = match command {
        Command::Allocate(_) => EntityRef::from(AllocationId(positions.0)),
        other => match other.subject() {
            Some(subject) => subject,
            None => return Snapshot::Nothing,
        },
    };
    let id = subject.entity_id.as_str();
    let found = match subject.entity_type {
        EntityType::Operator => OperatorId::new(id).ok().and_then(|id| {
            Some(Snapshot::Operator {
                operator: Box::new(state.operator(&id)?.clone()),
                open: state.open_of_operator(&id).cloned().collect(),
            })
        }),
        EntityType::Machine => MachineId::new(id)
            .ok()
            .and_then(|id| Some(Snapshot::Machine(Box::new(state.machine(&id)?.clone())))),
        EntityType::WorkOrder => WorkOrderId::new(id)
            .ok()
            .and_then(|id| Some(Snapshot::WorkOrder(Box::new(state.work_order(&id)?.clone())))),
        EntityType::Material => MaterialId::new(id)
            .ok()
            .and_then(|id| Some(Snapshot::Material(Box::new(state.material(&id)?.clone())))),
        EntityType::Allocation => id
            .parse()
            .ok()
            .and_then(|id| state.allocation(AllocationId(id)))
            .map(|one| Snapshot::Allocation(Box::new(one.clone()))),
        EntityType::Holiday => id
            .parse()
            .ok()
            .and_then(|day| Some(Snapshot::Holiday(state.holidays().get(&day)?.clone()))),
        EntityType::ReasonCode => Text::new(id)
            .ok()
            .and_then(|code| Some(Snapshot::ReasonCode(state.reason_code(&code)?.clone()))),
        EntityType::SkillRequirement => id.split_once(':').and_then(|(kind, id)| {
            let scope = RequirementScope::parse(kind, id).ok()?;
            Some(Snapshot::Requirements(state.requirements(&scope).to_vec()))
        }),
    };
    found.unwrap_or(Snapshot::Nothing)
}
