//! FJSSP-W: flexible job shop with worker flexibility.
//!
//! First line `jobs machines workers`; a line per job: number of operations, per operation the
//! number of machines, per machine its id, the number of workers and pairs of worker and
//! duration. Ids start at 1. Checks values against the first line, never the sense of the plan.

use super::FormatError;
use super::tokens::{Cursor, Line};
use crate::problem::{Choice, Job, Problem};

/// No file lists more jobs, machines, workers or operations of a job than this.
const LARGEST_COUNT: u32 = 1_000_000;

pub(super) fn read(text: &str) -> Result<Problem, FormatError> {
    let mut cursor = Cursor::new(text);
    let mut line = cursor.line("`jobs machines workers`")?;
    let jobs = line.number("the number of jobs", 1, LARGEST_COUNT.into())?;
    let machines = line.number("the number of machines", 1, LARGEST_COUNT.into())?;
    let workers = line.rounded("the number of workers", LARGEST_COUNT)?;
    line.ignore_rest();

    let mut problem = Problem::empty(machines as usize, workers as usize);
    for job in 1..=jobs {
        let mut line = cursor.line(&format!("job {job} of {jobs}"))?;
        let operations = line.number("the number of operations", 1, LARGEST_COUNT.into())?;
        let first = problem.operations.len();
        for _ in 0..operations {
            let choices = read_choices(&mut line, machines, workers)?;
            problem.push_operation(job as usize - 1, choices);
        }
        problem.jobs.push(Job::default());
        problem.chain(first);
        line.finish(&format!("job {job} has its {operations} operations"))?;
    }
    cursor.finish(&format!("all {jobs} jobs are read"))?;
    Ok(problem)
}

fn read_choices(line: &mut Line, machines: u64, workers: u64) -> Result<Vec<Choice>, FormatError> {
    let mut choices = Vec::new();
    for _ in 0..line.number("the number of machines of an operation", 1, machines)? {
        let machine = line.number("a machine", 1, machines)? as u32 - 1;
        for _ in 0..line.number("the number of workers at a machine", 0, workers)? {
            let worker = line.number("a worker", 1, workers)? as u32 - 1;
            choices.push(Choice { machine, operator: Some(worker), duration: line.duration()? });
        }
    }
    if choices.is_empty() {
        return Err(line.error("an operation ends here that no worker can do".to_owned()));
    }
    Ok(choices)
}
