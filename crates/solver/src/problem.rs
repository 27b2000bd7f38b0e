//! The problem: what is to be done, by whom it can be done, and what is wanted.
//!
//! Plain data without behaviour beyond its own construction, so that a benchmark file, a plan of
//! a plant and one suggestion can be stated in the same words. Everything is referred to by its
//! index. Nothing here knows how a problem is solved.

/// A point or a span of time in the caller's unit; the search only adds and compares.
pub type Time = i64;

/// Operations to be assigned and put in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// How many machines there are; each does one operation at a time.
    pub machines: usize,
    /// How many operators there are; each does one operation at a time.
    pub operators: usize,
    /// What the operations belong to, usually work orders.
    pub jobs: Vec<Job>,
    /// What is to be done.
    pub operations: Vec<Operation>,
    /// Pairs of operations of which the second starts only when the first has ended.
    pub precedences: Vec<Precedence>,
}

/// What operations belong to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Job {
    /// No operation of the job starts earlier.
    pub release: Time,
}

/// Something that one machine, with one operator if it needs any, does without interruption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The job that it belongs to.
    pub job: usize,
    /// The ways to do it; exactly one is taken.
    pub choices: Vec<Choice>,
}

/// One way to do an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The machine.
    pub machine: u32,
    /// Who stands at the machine, if anybody has to.
    pub operator: Option<u32>,
    /// How long both are taken.
    pub duration: Time,
}

/// One operation after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Precedence {
    /// What has to end first.
    pub before: usize,
    /// What may start then.
    pub after: usize,
}

impl Problem {
    /// A problem without anything to do.
    #[must_use]
    pub fn empty(machines: usize, operators: usize) -> Self {
        Self { machines, operators, ..Self::default() }
    }

    /// Adds an operation.
    pub fn push_operation(&mut self, job: usize, choices: Vec<Choice>) {
        self.operations.push(Operation { job, choices });
    }

    /// Lets the operations from `first` to the last one follow each other.
    pub fn chain(&mut self, first: usize) {
        let chain =
            (first + 1..self.operations.len()).map(|after| Precedence { before: after - 1, after });
        self.precedences.extend(chain);
    }
}
