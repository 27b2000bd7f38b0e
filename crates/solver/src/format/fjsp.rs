//! FJSP: flexible job shop without workers.
//!
//! First line `jobs machines`, possibly followed by the mean number of machines per operation; a
//! line per job: number of operations, per operation the number of machines and pairs of machine
//! and duration. Machine ids start at 0 in some collections and at 1 in others: a file that uses
//! the id 0 counts from 0.

use super::FormatError;
use super::tokens::{Cursor, Line};
use crate::problem::{Choice, Job, Problem};

/// No file lists more jobs, machines or operations of a job than this.
const LARGEST_COUNT: u64 = 1_000_000;

/// What the ids seen so far say about where they start.
#[derive(Default)]
struct Ids {
    zero: bool,
    /// The first use of an id that is too high if ids start at 0.
    beyond_from_zero: Option<FormatError>,
}

pub(super) fn read(text: &str) -> Result<Problem, FormatError> {
    let mut cursor = Cursor::new(text);
    let mut line = cursor.line("`jobs machines`")?;
    let jobs = line.number("the number of jobs", 1, LARGEST_COUNT)?;
    let machines = line.number("the number of machines", 1, LARGEST_COUNT)?;
    line.ignore_rest();

    let mut ids = Ids::default();
    let mut problem = Problem::empty(machines as usize, 0);
    for job in 1..=jobs {
        let mut line = cursor.line(&format!("job {job} of {jobs}"))?;
        let operations = line.number("the number of operations", 1, LARGEST_COUNT)?;
        let first = problem.operations.len();
        for _ in 0..operations {
            let choices = read_choices(&mut line, machines, &mut ids)?;
            problem.push_operation(job as usize - 1, choices);
        }
        problem.jobs.push(Job::default());
        problem.chain(first);
        line.finish(&format!("job {job} has its {operations} operations"))?;
    }
    cursor.finish(&format!("all {jobs} jobs are read"))?;
    match ids {
        Ids { zero: true, beyond_from_zero: Some(error) } => return Err(error),
        Ids { zero: true, .. } => {}
        Ids { zero: false, .. } => count_from_one(&mut problem),
    }
    Ok(problem)
}

fn read_choices(line: &mut Line, machines: u64, ids: &mut Ids) -> Result<Vec<Choice>, FormatError> {
    let mut choices = Vec::new();
    for _ in 0..line.number("the number of machines of an operation", 1, machines)? {
        let machine = line.number("a machine", 0, machines)?;
        ids.zero |= machine == 0;
        if machine == machines && ids.beyond_from_zero.is_none() {
            let rule = format!("machine {machine} of {machines}, but this file counts from 0");
            ids.beyond_from_zero = Some(line.error(rule));
        }
        let duration = line.duration()?;
        choices.push(Choice { machine: machine as u32, operator: None, duration });
    }
    Ok(choices)
}

fn count_from_one(problem: &mut Problem) {
    for choice in problem.operations.iter_mut().flat_map(|operation| &mut operation.choices) {
        choice.machine -= 1;
    }
}
