//! The problem as the search computes with it: flat arrays, small numbers, sorted options.
//!
//! Operations form chains; a resource is a machine or an operator, numbered together; an index
//! beyond the last operation stands for "none" and costs nothing, so that the inner loops need
//! no branches. Built once per search and never changed.

use super::SolveError;
use crate::problem::{Problem, Time};

/// The longest makespan that the search can compute with.
const LONGEST: Time = i32::MAX as Time / 4;

/// A flexible job shop.
pub(super) struct Shop {
    /// How many operations there are; also the index that stands for none.
    pub(super) operations: usize,
    /// How many machines and operators there are; also the index that stands for none.
    pub(super) resources: usize,
    /// The operation before, per operation.
    pub(super) job_before: Vec<u32>,
    /// The operation after, per operation.
    pub(super) job_after: Vec<u32>,
    /// The earliest start, per operation.
    pub(super) release: Vec<i32>,
    /// Shortest time from the start of an operation to the end of its chain.
    pub(super) shortest_tail: Vec<i32>,
    first_option: Vec<u32>,
    options: Vec<ShopOption>,
}

/// One way to do an operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShopOption {
    /// Machine and operator as resources.
    pub(super) resources: [u32; 2],
    pub(super) duration: i32,
    /// Index among the choices of the operation.
    choice: u32,
}

impl Shop {
    pub(super) fn new(problem: &Problem) -> Result<Self, SolveError> {
        let operations = problem.operations.len();
        let (job_before, job_after) = chains(problem)?;
        let mut shop = Self {
            operations,
            resources: problem.machines + problem.operators,
            job_before,
            job_after,
            release: Vec::with_capacity(operations),
            shortest_tail: vec![0; operations + 1],
            first_option: vec![0],
            options: Vec::new(),
        };
        let mut longest: Time = 0;
        for index in 0..operations {
            longest = longest.saturating_add(shop.push_operation(problem, index)?);
        }
        let latest = problem.jobs.iter().map(|job| job.release).max().unwrap_or(0);
        if longest.saturating_add(latest) > LONGEST {
            return Err(SolveError::TooLong(LONGEST));
        }
        shop.measure_tails()?;
        Ok(shop)
    }

    /// Adds an operation; gives its longest duration.
    fn push_operation(&mut self, problem: &Problem, index: usize) -> Result<Time, SolveError> {
        let operation = &problem.operations[index];
        let Some(job) = problem.jobs.get(operation.job) else {
            let count = problem.jobs.len();
            return Err(SolveError::Unknown { what: "job", index: operation.job, count });
        };
        let first = self.options.len();
        let mut longest = 0;
        for (number, choice) in operation.choices.iter().enumerate() {
            if choice.duration < 0 || job.release < 0 {
                return Err(SolveError::Negative(index));
            }
            let machine = known("machine", choice.machine, problem.machines)?;
            let operator = match choice.operator {
                Some(operator) => {
                    problem.machines + known("operator", operator, problem.operators)?
                }
                None => self.resources,
            };
            longest = longest.max(choice.duration);
            self.options.push(ShopOption {
                resources: [machine as u32, operator as u32],
                duration: choice.duration.min(LONGEST) as i32,
                choice: number as u32,
            });
        }
        if operation.choices.is_empty() {
            return Err(SolveError::NoChoice(index));
        }
        self.options[first..].sort_by_key(|option| option.duration);
        self.first_option.push(self.options.len() as u32);
        self.release.push(job.release.min(LONGEST) as i32);
        Ok(longest)
    }

    fn measure_tails(&mut self) -> Result<(), SolveError> {
        let none = self.operations as u32;
        let mut measured = 0;
        for last in 0..self.operations {
            if self.job_after[last] != none {
                continue;
            }
            let mut operation = last;
            while operation != self.operations {
                let after = self.job_after[operation] as usize;
                let shortest = self.option(self.first_option[operation]).duration;
                self.shortest_tail[operation] = shortest + self.shortest_tail[after];
                measured += 1;
                operation = self.job_before[operation] as usize;
            }
        }
        if measured == self.operations { Ok(()) } else { Err(SolveError::Cycle) }
    }

    /// The ids of an operation's options, shortest first.
    pub(super) fn options_of(&self, operation: usize) -> std::ops::Range<u32> {
        self.first_option[operation]..self.first_option[operation + 1]
    }

    pub(super) fn option(&self, id: u32) -> ShopOption {
        self.options[id as usize]
    }

    pub(super) fn option_count(&self) -> usize {
        self.options.len()
    }

    /// The index of an option among the choices of its operation.
    pub(super) fn choice(&self, id: u32) -> usize {
        self.option(id).choice as usize
    }

    /// No schedule is shorter: the longest chain, and the load of machines and of operators.
    pub(super) fn lower_bound(&self) -> i32 {
        let chains = (0..self.operations).map(|o| self.release[o] + self.shortest_tail[o]);
        let mut bound = chains.max().unwrap_or(0);
        for side in [0, 1] {
            let mut alone = vec![0_i64; self.resources + 1];
            let mut used = vec![false; self.resources + 1];
            let mut all = 0_i64;
            for operation in 0..self.operations {
                let options = self.options_of(operation);
                let shortest = self.option(options.start).duration;
                let mut only = Some(self.option(options.start).resources[side]);
                for id in options {
                    let resource = self.option(id).resources[side];
                    used[resource as usize] = true;
                    only = only.filter(|first| *first == resource);
                }
                all += i64::from(shortest);
                if let Some(resource) = only {
                    alone[resource as usize] += i64::from(shortest);
                }
            }
            if used[self.resources] {
                continue;
            }
            let count = used.iter().filter(|used| **used).count().max(1) as i64;
            let loads = alone.into_iter().max().unwrap_or(0).max((all + count - 1) / count);
            bound = bound.max(loads as i32);
        }
        bound
    }
}

fn known(what: &'static str, index: u32, count: usize) -> Result<usize, SolveError> {
    let index = index as usize;
    if index < count { Ok(index) } else { Err(SolveError::Unknown { what, index, count }) }
}

/// The operation before and after each operation.
fn chains(problem: &Problem) -> Result<(Vec<u32>, Vec<u32>), SolveError> {
    let count = problem.operations.len();
    let none = count as u32;
    let (mut before, mut after) = (vec![none; count + 1], vec![none; count + 1]);
    for precedence in &problem.precedences {
        let pair = (precedence.before, precedence.after);
        if let Some(index) = [pair.0, pair.1].into_iter().find(|index| *index >= count) {
            return Err(SolveError::Unknown { what: "operation", index, count });
        }
        if after[pair.0] != none {
            return Err(SolveError::NotAChain(pair.0));
        }
        if before[pair.1] != none {
            return Err(SolveError::NotAChain(pair.1));
        }
        (after[pair.0], before[pair.1]) = (pair.1 as u32, pair.0 as u32);
    }
    Ok((before, after))
}
