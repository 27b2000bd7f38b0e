//! When an operation could start otherwise: the moments that suggest themselves.
//!
//! Between two of them nothing changes but waiting: where others end or begin, where a calendar
//! opens, a break ends, a predecessor lets go. They only propose; the checker has the last word.

use super::Explainer;
use crate::plant::problem::{Calendar, Crew, LinkKind, Operation};
use crate::problem::Time;

/// More moments than this are not tried: those nearest to the present start are.
const TRIED: usize = 48;

impl Explainer<'_> {
    /// Moments at which an operation might start with this machine and operator.
    pub(super) fn likely_starts(
        &self,
        operation: usize,
        machine: u32,
        operator: Option<u32>,
        duration: Time,
    ) -> Vec<Time> {
        let problem = self.problem;
        let what = &problem.operations[operation];
        let earliest = problem.orders[what.order].release.max(problem.now);
        let present = self.plan.assignments[operation].map(|planned| planned.start);
        let mut starts = vec![earliest];
        starts.extend(present);
        for (other, planned) in self.plan.assignments.iter().enumerate() {
            let Some(planned) = planned.filter(|_| other != operation) else { continue };
            let same_operator = operator.is_some() && planned.operator == operator;
            if planned.machine == machine || same_operator {
                starts.extend([planned.end, planned.start - duration]);
            }
        }
        for link in problem.links.iter().filter(|link| link.after == operation) {
            let Some(before) = self.plan.assignments[link.before] else { continue };
            starts.push(match link.kind {
                LinkKind::FinishToStart => before.end + link.lag,
                LinkKind::StartToStart => before.start + link.lag,
                LinkKind::FinishToFinish => before.end + link.lag - duration,
            });
        }
        starts.extend(openings(&problem.machines[machine as usize].calendar));
        if let Some(operator) = operator {
            starts.extend(openings(&problem.operators[operator as usize].calendar));
        }
        for used in &what.consumes {
            let arrivals = &problem.materials[used.material].arrivals;
            starts.extend(arrivals.iter().map(|arrival| arrival.at));
        }
        starts.retain(|start| *start >= earliest);
        starts.sort_unstable();
        starts.dedup();
        starts.sort_by_key(|start| (start - present.unwrap_or(earliest)).abs());
        starts.truncate(TRIED);
        starts
    }
}

/// When work can begin that could not just before.
pub(super) fn openings(calendar: &Calendar) -> impl Iterator<Item = Time> {
    let open = calendar.open.iter().flatten().map(|window| window.start);
    open.chain(calendar.breaks.iter().map(|pause| pause.end))
}

/// How long an operation takes at a machine with an operator, if it can be done so.
pub(super) fn duration(what: &Operation, machine: u32, operator: Option<u32>) -> Option<Time> {
    let ways = what.ways.iter().filter(|way| way.machine == machine);
    let durations = ways.filter_map(|way| match (&way.crew, operator) {
        (Crew::Alone(duration), None) | (Crew::Anyone(duration), Some(_)) => Some(*duration),
        (Crew::Named(hands), Some(who)) => {
            let hands = hands.iter().filter(|hand| hand.operator == who);
            hands.map(|hand| hand.duration).min()
        }
        _ => None,
    });
    durations.min()
}

/// Whether the machine needs nobody for the operation.
pub(super) fn works_alone(what: &Operation, machine: u32) -> bool {
    let mut ways = what.ways.iter().filter(|way| way.machine == machine).peekable();
    ways.peek().is_some() && ways.all(|way| matches!(way.crew, Crew::Alone(_)))
}
