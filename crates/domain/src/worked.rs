//! When people worked: what each event of an allocation says about it, and the fold of that.
//!
//! One fold for the floor, which the log moves on, and for what is read from the database. Work
//! counts for whoever has it now: what was handed on while it ran is no longer that of who had it,
//! unless it comes back. Decides nothing and reads no clock: whoever asks says from when to when.

use std::collections::{BTreeSet, HashMap};

use crate::allocation::{Allocation, Phase};
use crate::event::{Event, Recorded};
use crate::ids::{AllocationId, OperatorId};
use crate::time::{Instant, Window};

/// What an event does to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It runs, for the first time.
    Begins,
    /// It runs, again or still.
    Runs,
    /// It does not run.
    Rests,
}

/// What an event of an allocation says about work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkStep {
    /// Whose event it is.
    pub allocation_id: AllocationId,
    /// What becomes of the work.
    pub effect: Effect,
    /// Who has it now; nobody where a machine works alone.
    pub operator_id: Option<OperatorId>,
    /// Who had it before, if the event gave it to somebody else.
    pub handed_on_by: Option<Option<OperatorId>>,
    /// When it happened.
    pub at: Instant,
}

/// What an event of that type, with that phase in it, does to work; `None` if it says nothing.
pub fn effect_of(event_type: &str, phase: Option<Phase>) -> Option<Effect> {
    let runs = phase == Some(Phase::Running);
    Some(match event_type {
        "allocation_created" if runs => Effect::Begins,
        "allocation_started" => Effect::Begins,
        "allocation_resumed" => Effect::Runs,
        "allocation_reopened" | "allocation_reassigned" if runs => Effect::Runs,
        "allocation_created"
        | "allocation_reopened"
        | "allocation_reassigned"
        | "allocation_paused"
        | "allocation_released"
        | "allocation_completed"
        | "allocation_cancelled" => Effect::Rests,
        _ => return None,
    })
}

impl WorkStep {
    /// What an event says about work, if it says anything.
    pub fn of(recorded: &Recorded) -> Option<Self> {
        let (allocation_id, assignment, phase) = match &recorded.event {
            Event::AllocationCreated(event) => {
                (AllocationId(recorded.position), &event.assignment, Some(event.phase))
            }
            Event::AllocationStarted(event) => (event.allocation_id, &event.assignment, None),
            Event::AllocationPaused(event) => (event.allocation_id, &event.assignment, None),
            Event::AllocationResumed(event) => (event.allocation_id, &event.assignment, None),
            Event::AllocationReassigned(event) => {
                (event.allocation_id, &event.assignment, Some(event.phase))
            }
            Event::AllocationReopened(event) => {
                (event.allocation_id, &event.assignment, Some(event.phase))
            }
            Event::AllocationReleased(event) => (event.allocation_id, &event.assignment, None),
            Event::AllocationCompleted(event) => (event.allocation_id, &event.assignment, None),
            Event::AllocationCancelled(event) => (event.allocation_id, &event.assignment, None),
            _ => return None,
        };
        let handed_on_by = match &recorded.event {
            Event::AllocationReassigned(event) => Some(event.previous.operator_id.clone()),
            _ => None,
        };
        Some(Self {
            allocation_id,
            effect: effect_of(recorded.event.event_type(), phase)?,
            operator_id: assignment.operator_id.clone(),
            handed_on_by,
            at: recorded.occurred_at,
        })
    }
}

/// When people worked, by person; times in microseconds, because there are many.
#[derive(Debug, Default)]
pub struct Worked {
    /// Under nobody stands what machines began alone: somebody may get it.
    people: HashMap<Option<OperatorId>, Person>,
}

#[derive(Debug, Default)]
struct Person {
    running: Vec<Began>,
    ended: Vec<Stretch>,
    begun: Vec<Began>,
}

#[derive(Debug, Clone, Copy)]
struct Began {
    allocation_id: AllocationId,
    at_us: i64,
}

#[derive(Debug)]
struct Stretch {
    allocation_id: AllocationId,
    start_us: i64,
    end_us: i64,
    /// Whether the work is still that of whoever did it.
    counts: bool,
}

impl Worked {
    /// Takes what the next event of an allocation says.
    pub fn take(&mut self, step: &WorkStep) {
        let (id, at_us) = (step.allocation_id, step.at.micros());
        if let Some(previous) = &step.handed_on_by
            && *previous != step.operator_id
        {
            self.hand_on(id, previous, &step.operator_id, at_us);
        }
        let person = self.people.entry(step.operator_id.clone()).or_default();
        let began = Began { allocation_id: id, at_us };
        match step.effect {
            Effect::Begins => {
                person.begun.push(began);
                person.run(began);
            }
            Effect::Runs => person.run(began),
            Effect::Rests => person.stop(id, at_us),
        }
    }

    /// Takes open work of which no step was told: what runs and when it began.
    fn take_open(&mut self, allocation: &Allocation) {
        let (id, operator) = (allocation.allocation_id, &allocation.assignment.operator_id);
        let Some(began) = allocation.actual_start_time else { return };
        let person = self.people.entry(operator.clone()).or_default();
        person.begun.push(Began { allocation_id: id, at_us: began.micros() });
        if let Some(since) = allocation.running_since {
            person.run(Began { allocation_id: id, at_us: since.micros() });
        }
    }

    fn hand_on(
        &mut self,
        id: AllocationId,
        from: &Option<OperatorId>,
        to: &Option<OperatorId>,
        at_us: i64,
    ) {
        let mut begun = None;
        if let Some(person) = self.people.get_mut(from) {
            person.stop(id, at_us);
            person.count_stretches(id, false);
            let found = person.begun.iter().position(|one| one.allocation_id == id);
            begun = found.map(|at| person.begun.swap_remove(at));
        }
        let person = self.people.entry(to.clone()).or_default();
        person.begun.extend(begun);
        person.count_stretches(id, true);
    }

    /// When work of a person ran, of what ran after `from`; what runs still ends at `to`.
    pub fn windows(&self, id: &OperatorId, from: Instant, to: Instant) -> Vec<Window> {
        let Some(person) = self.people.get(&Some(id.clone())) else { return Vec::new() };
        let from_us = from.micros();
        let ended = person.ended.iter().filter(|one| one.counts && one.end_us > from_us);
        let ended = ended.map(|one| Window {
            start: Instant::from_micros(one.start_us),
            end: Instant::from_micros(one.end_us),
        });
        let running = person.running.iter().map(|one| {
            let start = Instant::from_micros(one.at_us);
            Window { start, end: to.max(start) }
        });
        ended.chain(running).collect()
    }

    /// How many allocations of a person began in a stretch of time.
    pub fn count_begun(&self, id: &OperatorId, within: Window) -> usize {
        let Some(person) = self.people.get(&Some(id.clone())) else { return 0 };
        let (start, end) = (within.start.micros(), within.end.micros());
        person.begun.iter().filter(|one| start <= one.at_us && one.at_us < end).count()
    }

    /// Forgets what had begun and ended before `since`.
    pub fn forget_before(&mut self, since: Instant) {
        let since_us = since.micros();
        self.people.retain(|_, person| {
            person.ended.retain(|one| one.end_us >= since_us);
            person.begun.retain(|one| one.at_us >= since_us);
            person.ended.shrink_to_fit();
            person.begun.shrink_to_fit();
            !(person.running.is_empty() && person.ended.is_empty() && person.begun.is_empty())
        });
    }
}

/// Makes the work of lately out of a part of the log: from the first position on that matters.
/// Allocations from before it come last, because their earlier steps are needed.
#[derive(Debug)]
pub struct PastWork {
    first: i64,
    worked: Worked,
    later: Vec<WorkStep>,
}

impl PastWork {
    /// Of a log from `first` on.
    pub fn from_position(first: i64) -> Self {
        Self { first, worked: Worked::default(), later: Vec::new() }
    }

    /// Takes the next step of that part.
    pub fn take(&mut self, step: WorkStep) {
        if step.allocation_id.0 < self.first {
            self.later.push(step);
        } else {
            self.worked.take(&step);
        }
    }

    /// Allocations from before, whose earlier steps are needed.
    pub fn from_before(&self) -> BTreeSet<AllocationId> {
        self.later.iter().map(|step| step.allocation_id).collect()
    }

    /// Takes an earlier step of one of [`PastWork::from_before`].
    pub fn take_earlier(&mut self, step: &WorkStep) {
        self.worked.take(step);
    }

    /// The work, of what ran or began at `since` or later; `open` are the allocations that are
    /// open at the end of the log.
    pub fn finish<'a>(
        mut self,
        open: impl IntoIterator<Item = &'a Allocation>,
        since: Instant,
    ) -> Worked {
        let told = self.from_before();
        self.later.iter().for_each(|step| self.worked.take(step));
        let untold = |one: &&Allocation| {
            one.allocation_id.0 < self.first && !told.contains(&one.allocation_id)
        };
        open.into_iter().filter(untold).for_each(|one| self.worked.take_open(one));
        self.worked.forget_before(since);
        self.worked
    }
}

impl Person {
    fn run(&mut self, began: Began) {
        if !self.running.iter().any(|one| one.allocation_id == began.allocation_id) {
            self.running.push(began);
        }
    }

    fn stop(&mut self, id: AllocationId, at_us: i64) {
        let Some(at) = self.running.iter().position(|one| one.allocation_id == id) else { return };
        let start_us = self.running.swap_remove(at).at_us;
        let end_us = at_us.max(start_us);
        self.ended.push(Stretch { allocation_id: id, start_us, end_us, counts: true });
    }

    fn count_stretches(&mut self, id: AllocationId, counts: bool) {
        let stretches = self.ended.iter_mut().filter(|one| one.allocation_id == id);
        stretches.for_each(|one| one.counts = counts);
    }
}
