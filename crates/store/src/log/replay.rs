//! The log folded into a state from the beginning, as a rebuild and an examination need it.
//!
//! Runs the same `evolve` as production and notes on the way what is wrong with the log itself.
//! What is complete (an ended allocation, what a machine did) leaves the state as a finished row:
//! memory is bounded by the plant and not by its history.

use std::collections::{BTreeMap, VecDeque};

use mraos_domain::decide::undo::WINDOW_MINUTES;
use mraos_domain::{Allocation, AllocationId, Event, Instant, Recorded, State, evolve};

use super::checkpoint::Checkpoint;
use super::complete::{CompleteRows, Completed};
use super::entry::{Entry, ReadableEvent};
use super::finding::{Finding, FindingCode};
use super::pages::Pages;
use super::touched_entities;
use crate::error::StoreError;

/// More findings than this say nothing new.
const MOST_FINDINGS: usize = 100;

/// The state at a position, and what was wrong on the way there.
#[derive(Default)]
pub(crate) struct Replay {
    pub(crate) state: State,
    /// The last position that was read.
    pub(crate) position: i64,
    /// Its stored digest.
    pub(crate) digest: Vec<u8>,
    pub(crate) events: i64,
    pub(crate) findings: Vec<Finding>,
    /// Ends that may still be taken back: until when, their positions, and of what.
    ended: VecDeque<(Instant, i64, AllocationId)>,
    /// What is signed about positions ahead.
    signed: BTreeMap<i64, Vec<Checkpoint>>,
    /// The last position whose digest agreed with a signed one.
    vouched: i64,
}

impl Replay {
    pub(crate) fn new(checkpoints: Vec<Checkpoint>) -> Self {
        let mut replay = Self { digest: vec![0; 32], ..Self::default() };
        replay.state.collect_finished();
        for checkpoint in checkpoints {
            replay.signed.entry(checkpoint.position).or_default().push(checkpoint);
        }
        replay
    }

    /// Whether the state can be what the log says.
    pub(crate) fn is_readable(&self) -> bool {
        !self.findings.iter().any(|finding| finding.code == FindingCode::UnreadableEvent)
    }

    /// Takes pages until they end; complete rows go to `complete`.
    pub(crate) async fn run(
        &mut self,
        pages: &mut Pages<Entry>,
        complete: &mut CompleteRows,
        progress: &(dyn Fn(i64) + Sync),
    ) -> Result<(), StoreError> {
        while let Some(page) = pages.next().await? {
            let mut completed = Completed::default();
            for entry in page {
                if let Some(event) = self.take(entry) {
                    self.evolve(&event);
                    self.remove_ended(&event, &mut completed.allocations);
                }
            }
            completed.rows = self.state.take_finished();
            complete.add(completed).await?;
            progress(self.events);
        }
        Ok(())
    }

    /// Checks an entry's place and content; its event, if it can be read.
    pub(crate) fn take(&mut self, entry: Entry) -> Option<ReadableEvent> {
        let expected = self.position + 1;
        let position = entry.position;
        if position != expected {
            let detail = format!("after position {} comes {position}", self.position);
            self.note(Finding::at(FindingCode::PositionGap, expected.min(position), detail));
        } else if !entry.digest_holds {
            let detail = format!(
                "the content of position {position} is not what its digest was made of, or the \
                 row before it is another one"
            );
            self.note(Finding::at(FindingCode::DigestMismatch, position, detail));
        }
        self.position = position;
        self.digest = entry.digest;
        self.events += 1;
        self.compare_signed();
        match entry.event {
            Ok(event) => Some(event),
            Err(reason) => {
                self.note(Finding::at(FindingCode::UnreadableEvent, position, reason));
                None
            }
        }
    }

    /// Applies an event and compares the versions that it states.
    pub(crate) fn evolve(&mut self, event: &ReadableEvent) {
        evolve(&mut self.state, &event.recorded);
        let led_to = touched_entities(&self.state, &event.recorded);
        if led_to != event.entities {
            let detail = format!(
                "position {} states {}, the events before it lead to {}",
                self.position,
                describe(&event.entities),
                describe(&led_to),
            );
            self.note(Finding::at(FindingCode::VersionMismatch, self.position, detail));
        }
    }

    /// Moves allocations whose end cannot be taken back any more when `event` happens to
    /// `completed`.
    fn remove_ended(&mut self, event: &ReadableEvent, completed: &mut Vec<Allocation>) {
        let Recorded { position, recorded_at, .. } = event.recorded;
        let ended = match &event.recorded.event {
            Event::AllocationReleased(event) => Some(event.allocation_id),
            Event::AllocationCompleted(event) => Some(event.allocation_id),
            Event::AllocationCancelled(event) => Some(event.allocation_id),
            _ => None,
        };
        self.ended.extend(ended.map(|id| (recorded_at.plus_minutes(WINDOW_MINUTES), position, id)));
        while let Some((until, position, id)) = self.ended.front().copied()
            && until < recorded_at
        {
            self.ended.pop_front();
            let still = self.state.allocation(id).filter(|one| one.position == position);
            if let Some(one) = still {
                completed.push(one.clone());
                self.state.drop_allocation(id);
            }
        }
    }

    fn compare_signed(&mut self) {
        while let Some(next) = self.signed.first_entry().filter(|one| *one.key() <= self.position) {
            let checkpoints = next.remove();
            for checkpoint in checkpoints {
                if checkpoint.position == self.position && checkpoint.digest[..] == self.digest {
                    self.vouched = self.position;
                    continue;
                }
                let detail = format!(
                    "the log has another digest at position {} than was signed at {}; a row after \
                     position {} is not the one that was written",
                    checkpoint.position, checkpoint.signed_at, self.vouched,
                );
                let first = self.vouched + 1;
                self.note(Finding::at(FindingCode::HistoryRewritten, first, detail));
            }
        }
    }

    /// At the end of the log: what was signed about positions that it does not have.
    pub(crate) fn note_missing_tail(&mut self) {
        let Some((position, checkpoints)) = self.signed.pop_last() else { return };
        self.signed.clear();
        let at = checkpoints.first().map(|one| one.signed_at).unwrap_or_default();
        let detail = format!(
            "the log ends at position {}, and position {position} was signed at {at}",
            self.position
        );
        let first = self.position + 1;
        self.note(Finding::at(FindingCode::TailMissing, first, detail));
    }

    pub(crate) fn note(&mut self, finding: Finding) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        }
    }
}

fn describe(entities: &[super::TouchedEntity]) -> String {
    let one = |touched: &super::TouchedEntity| {
        let super::TouchedEntity { entity_type, entity_id, version } = touched;
        format!("{} {entity_id} v{version}", entity_type.as_str())
    };
    entities.iter().map(one).collect::<Vec<_>>().join(", ")
}
