//! The independent checker of plans: does a plan keep every rule, and what does it cost?
//!
//! It shares no code with the search and none of its data structures: it sees the problem, the
//! plan and nothing else, and recomputes everything from them, slowly and plainly. Every result
//! passes it before it leaves the crate, and every explanation is its word.

mod cost;
mod rules;
mod time_line;

use thiserror::Error;

use super::plan::{Assignment, Plan};
use super::problem::{LinkKind, Operation, PlantProblem};
use super::score::Score;
use super::validate::{self, ProblemError};
use crate::problem::Time;

use time_line::TimeLine;

/// A rule that a plan breaks. Operations, machines, operators, materials and skills are indexes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Violation {
    /// The problem itself cannot be computed with.
    #[error("{0}")]
    Problem(#[from] ProblemError),
    /// Not one entry per operation.
    #[error("{assignments} assignments for {operations} operations")]
    Incomplete {
        /// Entries in the plan.
        assignments: usize,
        /// Operations in the problem.
        operations: usize,
    },
    /// An operation that does not stay where it is pinned.
    #[error("operation {operation} is pinned and does not stay where it is")]
    PinMoved {
        /// The operation.
        operation: usize,
    },
    /// A machine that cannot do the operation, or a place that the machine does not have.
    #[error("operation {operation} cannot be done at machine {machine}, place {place}")]
    WrongMachine {
        /// The operation.
        operation: usize,
        /// The machine.
        machine: u32,
        /// The place at the machine.
        place: u32,
    },
    /// Somebody who cannot operate the machine for the operation, or nobody where one is needed.
    #[error("operation {operation} at machine {machine} is not for {}", name(*operator))]
    WrongOperator {
        /// The operation.
        operation: usize,
        /// The machine.
        machine: u32,
        /// The operator, if one is planned.
        operator: Option<u32>,
    },
    /// An assignment that is not as long as the operation takes there.
    #[error("operation {operation} takes {expected}, but {found} is planned")]
    WrongDuration {
        /// The operation.
        operation: usize,
        /// How long it takes.
        expected: Time,
        /// How long it is planned.
        found: Time,
    },
    /// Work or setting up before the present or before the order's release.
    #[error("operation {operation} begins at {start}, but cannot before {earliest}")]
    TooEarly {
        /// The operation.
        operation: usize,
        /// When it starts, or its setting up.
        start: Time,
        /// From when on it could.
        earliest: Time,
    },
    /// A machine that is closed for a part of the operation or of its setting up.
    #[error("machine {machine} is not open for all of {start} to {end}, for operation {operation}")]
    MachineClosed {
        /// The operation.
        operation: usize,
        /// The machine.
        machine: u32,
        /// When the machine is taken.
        start: Time,
        /// Until when.
        end: Time,
    },
    /// An operator who does not work for a part of the operation.
    #[error("operator {operator} is not there for all of {start} to {end}, for {operation}")]
    OperatorAbsent {
        /// The operation.
        operation: usize,
        /// The operator.
        operator: u32,
        /// When the operator is needed.
        start: Time,
        /// Until when.
        end: Time,
    },
    /// A start in a break.
    #[error("operation {operation} starts at {start}, in a break of {resource}")]
    InBreak {
        /// The operation.
        operation: usize,
        /// `machine 3` or `operator 5`.
        resource: String,
        /// When it starts.
        start: Time,
    },
    /// A skill that the operator lacks, has at too low a level, or not at that time.
    #[error("operator {operator} lacks skill {skill} at level {level} for operation {operation}")]
    SkillMissing {
        /// The operation.
        operation: usize,
        /// The operator.
        operator: u32,
        /// The skill.
        skill: u32,
        /// The level that is asked for.
        level: u32,
    },
    /// A link that is not kept.
    #[error("operation {after} is {found} early or more against operation {before} ({kind:?})")]
    LinkBroken {
        /// The first operation.
        before: usize,
        /// The one that waits for it.
        after: usize,
        /// The kind of link.
        kind: LinkKind,
        /// By how much it comes too early.
        found: Time,
    },
    /// An operation that is planned though one that it waits for is not.
    #[error("operation {after} is planned, but not operation {before}, for which it waits")]
    PredecessorLeftOut {
        /// What is left out.
        before: usize,
        /// What waits for it.
        after: usize,
    },
    /// Two operations at one place of a machine at the same time.
    #[error("machine {machine} has operations {first} and {second} at the same time")]
    MachineTaken {
        /// The machine.
        machine: u32,
        /// The operation that starts first.
        first: usize,
        /// The one that starts before the first has ended.
        second: usize,
    },
    /// More operations than an operator can attend to.
    #[error("operator {operator} has operations {first} and {second} at the same time")]
    OperatorTaken {
        /// The operator.
        operator: u32,
        /// An operation that they attend to.
        first: usize,
        /// The one that is too much.
        second: usize,
    },
    /// Too little time to set a machine up between two operations.
    #[error("setting up machine {machine} from operation {first} to {second} takes {needed}")]
    SetupTooShort {
        /// The machine.
        machine: u32,
        /// What was made before.
        first: usize,
        /// What is made then.
        second: usize,
        /// How long setting up takes.
        needed: Time,
    },
    /// An operation for which there is not enough of a material.
    #[error("{missing} of material {material} are missing from {at} on, for operation {operation}")]
    MaterialShort {
        /// The operation.
        operation: usize,
        /// The material.
        material: usize,
        /// When it is short first, from the operation's start on.
        at: Time,
        /// How much is missing then.
        missing: i64,
    },
}

fn name(operator: Option<u32>) -> String {
    operator.map_or_else(|| "nobody".to_owned(), |operator| format!("operator {operator}"))
}

impl Violation {
    /// Whether the operation is one of those that break the rule.
    #[must_use]
    pub fn concerns(&self, index: usize) -> bool {
        match self {
            Self::Problem(_) | Self::Incomplete { .. } => true,
            Self::PinMoved { operation }
            | Self::WrongMachine { operation, .. }
            | Self::WrongOperator { operation, .. }
            | Self::WrongDuration { operation, .. }
            | Self::TooEarly { operation, .. }
            | Self::MachineClosed { operation, .. }
            | Self::OperatorAbsent { operation, .. }
            | Self::InBreak { operation, .. }
            | Self::SkillMissing { operation, .. }
            | Self::MaterialShort { operation, .. } => *operation == index,
            Self::LinkBroken { before, after, .. } | Self::PredecessorLeftOut { before, after } => {
                [*before, *after].contains(&index)
            }
            Self::MachineTaken { first, second, .. }
            | Self::OperatorTaken { first, second, .. }
            | Self::SetupTooShort { first, second, .. } => [*first, *second].contains(&index),
        }
    }
}

/// Checks a plan and gives its score.
///
/// # Errors
/// Every rule that is broken, or what is wrong with the problem.
pub fn check(problem: &PlantProblem, plan: &Plan) -> Result<Score, Vec<Violation>> {
    validate::validate(problem).map_err(|error| vec![Violation::Problem(error)])?;
    Checker::new(problem).check(plan)
}

/// A checker of many plans of one problem, which has been found valid.
pub(super) struct Checker<'a> {
    problem: &'a PlantProblem,
    machines: Vec<TimeLine>,
    operators: Vec<TimeLine>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(problem: &'a PlantProblem) -> Self {
        let machines = problem.machines.iter().map(|one| TimeLine::new(&one.calendar)).collect();
        let operators = problem.operators.iter().map(|one| TimeLine::new(&one.calendar)).collect();
        Self { problem, machines, operators }
    }

    pub(super) fn check(&self, plan: &Plan) -> Result<Score, Vec<Violation>> {
        let (assignments, operations) = (plan.assignments.len(), self.problem.operations.len());
        if assignments != operations {
            return Err(vec![Violation::Incomplete { assignments, operations }]);
        }
        let violations = rules::violations(self, plan);
        if violations.is_empty() { Ok(cost::score(self, plan)) } else { Err(violations) }
    }

    /// Whether calendars and skills allow an operation at that time, work by others aside.
    pub(super) fn is_open(
        &self,
        what: &Operation,
        machine: u32,
        operator: Option<u32>,
        (start, end): (Time, Time),
    ) -> bool {
        let is_there = |hours: &TimeLine| hours.holds(start, end) && !hours.is_break(start);
        let can = |operator: u32| {
            is_there(&self.operators[operator as usize])
                && rules::missing_skills(self, what, machine, operator, (start, end)).is_empty()
        };
        is_there(&self.machines[machine as usize]) && operator.is_none_or(can)
    }

    /// What each place of each machine does, by start, with the setting up before it.
    fn places(&self, plan: &Plan) -> Vec<Stay> {
        let planned = plan.assignments.iter().enumerate();
        let mut stays: Vec<Stay> = planned
            .filter_map(|(operation, assignment)| {
                let Assignment { machine, place, start, end, .. } = (*assignment)?;
                Some(Stay { machine, place, start, end, operation, setup: 0, before: None })
            })
            .collect();
        stays.sort_by_key(|stay| (stay.machine, stay.place, stay.start, stay.end, stay.operation));
        for index in 0..stays.len() {
            let before = index.checked_sub(1).map(|index| stays[index]);
            let stay = &mut stays[index];
            let before =
                before.filter(|one| (one.machine, one.place) == (stay.machine, stay.place));
            stay.before = before.map(|one| one.operation);
            stay.setup = self.setup(stay, before.as_ref());
        }
        stays
    }

    /// How long is set up before a stay. A pin stays wherever it is: between two of them is set up
    /// as long as there is time, and nothing is known of what was before the first.
    fn setup(&self, stay: &Stay, before: Option<&Stay>) -> Time {
        let operations = &self.problem.operations;
        let machine = &self.problem.machines[stay.machine as usize];
        let from = match before {
            Some(before) => operations[before.operation].product,
            None => machine.product,
        };
        let table = machine.setups.map(|index| &self.problem.setups[index]);
        let (Some(table), Some(from), Some(to)) = (table, from, operations[stay.operation].product)
        else {
            return 0;
        };
        let needed = table.times[from as usize * table.products as usize + to as usize];
        let is_pinned = |operation: usize| operations[operation].pinned.is_some();
        match before {
            _ if !is_pinned(stay.operation) => needed,
            None => 0,
            Some(before) if is_pinned(before.operation) => needed.min(stay.start - before.end),
            Some(_) => needed,
        }
    }
}

/// An operation at its place.
#[derive(Debug, Clone, Copy)]
struct Stay {
    machine: u32,
    place: u32,
    start: Time,
    end: Time,
    operation: usize,
    /// How long is set up directly before.
    setup: Time,
    /// What is done there before.
    before: Option<usize>,
}
