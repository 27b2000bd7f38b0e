//! Open work that an absence or a breakdown hits, each with the best others for the side that is
//! missing.
//!
//! Asked after the commit and only where something is hit. Whatever fails or takes too long here
//! is left out: the fact itself stands.

use std::time::Duration;

use mraos_domain::{Actor, Allocation, Machine, Operator, Phase, Side, Window};
use tokio::time::Instant as Moment;

use crate::suggestions::{Suggested, Suggestions};

/// Others of each piece of work.
const MOST_SUGGESTIONS: usize = 5;
/// Pieces of work for which others are looked for; the rest is only named.
const MOST_REPLACED: usize = 20;
/// Nobody waits longer for suggestions.
const PATIENCE: Duration = Duration::from_secs(2);
/// A person without a shift and a machine are missed for so long.
const MISSED_MINUTES: i64 = 8 * 60;

/// Open work of which one side is missing.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The work.
    pub allocation: Allocation,
    /// The side that is missing.
    pub side: Side,
    /// Who or what could take over; `None` if that was not found out.
    pub replacements: Option<Suggested>,
}

/// When and since when somebody or something is missed.
#[derive(Debug, Clone, Default)]
pub struct Missing {
    /// In these windows.
    pub windows: Vec<Window>,
    /// Whether at present, so that work stands still.
    pub at_present: bool,
}

impl Missing {
    /// What follows from a person's status: the rest of the shift, if the person is away.
    pub fn of_operator(operator: &Operator) -> Self {
        let since = operator.status_posted_at;
        if !operator.posted_status.is_away() {
            return Self::default();
        }
        let shift = operator.shifts.iter().find(|shift| shift.window.contains(since));
        let until = shift.map_or(since.plus_minutes(MISSED_MINUTES), |shift| shift.window.end);
        Self { windows: vec![Window::until(since, until)], at_present: true }
    }

    /// What follows from a machine's status, if work cannot go on there.
    pub fn of_machine(machine: &Machine) -> Self {
        let (status, reason) = (machine.current_status, machine.status_reason_code.as_ref());
        if !Machine::stops_work(status, reason) {
            return Self::default();
        }
        let windows = vec![Window::starting(machine.status_updated_at, MISSED_MINUTES)];
        Self { windows, at_present: true }
    }

    fn hits(&self, allocation: &Allocation) -> bool {
        match allocation.phase {
            Phase::Booked => self.windows.iter().any(|one| one.overlaps(&allocation.window)),
            Phase::Paused | Phase::Running => self.at_present,
            Phase::Ended => false,
        }
    }
}

impl Suggestions<'_> {
    /// The open work that is hit, what stands still first, with who or what could take over.
    pub async fn replace_missing(
        &self,
        actor: &Actor,
        open: Vec<Allocation>,
        side: Side,
        missing: &Missing,
    ) -> Vec<Hit> {
        let mut hit: Vec<Allocation> = open.into_iter().filter(|one| missing.hits(one)).collect();
        hit.sort_by_key(|one| (one.phase == Phase::Booked, one.window.start, one.allocation_id));
        let until = Moment::now() + PATIENCE;
        let mut answers = Vec::with_capacity(hit.len());
        for (place, allocation) in hit.into_iter().enumerate() {
            let looked_for = if place < MOST_REPLACED {
                self.look_for(until, actor, &allocation, side).await
            } else {
                LookedFor::NotFoundOut
            };
            let replacements = match looked_for {
                LookedFor::Found(suggested) => Some(suggested),
                LookedFor::OutOfSight => continue,
                // Whether it is there for somebody who sees a part of the plant is not known.
                LookedFor::NotFoundOut if actor.scope.lines.is_some() => continue,
                LookedFor::NotFoundOut => None,
            };
            answers.push(Hit { allocation, side, replacements });
        }
        answers
    }

    async fn look_for(
        &self,
        until: Moment,
        actor: &Actor,
        allocation: &Allocation,
        side: Side,
    ) -> LookedFor {
        let id = allocation.allocation_id;
        let found = self.replace(actor, id, side, MOST_SUGGESTIONS);
        match tokio::time::timeout_at(until, found).await {
            Ok(Ok(Some(suggested))) => LookedFor::Found(suggested),
            Ok(Ok(None)) => LookedFor::OutOfSight,
            Ok(Err(error)) => {
                tracing::warn!(%error, allocation = id.0, "replacements could not be looked for");
                LookedFor::NotFoundOut
            }
            Err(_) => LookedFor::NotFoundOut,
        }
    }
}

/// What came of looking for replacements.
enum LookedFor {
    Found(Suggested),
    /// The work is not there for the one who asks.
    OutOfSight,
    NotFoundOut,
}
