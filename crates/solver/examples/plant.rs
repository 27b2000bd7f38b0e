//! Plans generated plants by eight dispatching rules and by the search, and prints a table.
//!
//! The rules look no further than the next piece of work; the search has the seconds that it is
//! given. Every plan has passed the checker, whose figures these are.

#![allow(missing_docs)]

use std::error::Error;
use std::io::Write as _;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use mraos_solver::plant::generate::{Size, generate};
use mraos_solver::plant::search::{Rule, dispatch, solve};
use mraos_solver::plant::{Factors, PlantProblem};
use mraos_solver::search::Budget;

const USAGE: &str = "usage: plant OPERATIONS MACHINES OPERATORS SECONDS|steps:N THREADS SEED...";

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [operations, machines, operators, limit, threads, seeds @ ..] = args.as_slice() else {
        return Err(USAGE.into());
    };
    let size = Size {
        operations: operations.parse()?,
        machines: machines.parse()?,
        operators: operators.parse()?,
    };
    let steps = limit.strip_prefix("steps:").map(str::parse).transpose()?;
    let time = if steps.is_some() { None } else { Some(Duration::from_secs_f64(limit.parse()?)) };
    let threads = threads.parse()?;
    for seed in seeds {
        let budget = Budget { time, steps, threads, seed: seed.parse()? };
        compare(&generate(size, budget.seed), &budget)?;
    }
    Ok(())
}

fn compare(problem: &PlantProblem, budget: &Budget) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let head = format!("seed {}, {} orders", budget.seed, problem.orders.len());
    writeln!(
        out,
        "{head:26} {:>10} {:>8} {:>8} {:>8} {:>8} {:>10} {:>9}",
        "tardiness", "idle", "makespan", "setup", "left out", "score", "seconds"
    )?;
    let mut bests = Factors { tardiness: i64::MAX, idle: i64::MAX, ..Factors::default() };
    for rule in Rule::ALL {
        let began = Instant::now();
        let (plan, score) = dispatch(problem, rule)?;
        let seconds = began.elapsed().as_secs_f64();
        let left_out = plan.left_out().count();
        print_row(&mut out, rule.name(), &score.factors, left_out, problem, seconds)?;
        bests.tardiness = bests.tardiness.min(score.factors.tardiness);
        bests.idle = bests.idle.min(score.factors.idle);
    }
    let outcome = solve(problem, budget, &AtomicBool::new(false), |_| {})?;
    let seconds = outcome.elapsed.as_secs_f64();
    let left_out = outcome.plan.left_out().count();
    print_row(&mut out, "search", &outcome.score.factors, left_out, problem, seconds)?;
    let ours = &outcome.score.factors;
    writeln!(
        out,
        "best rule in each column = 100 %: tardiness {}, idle {}; first plan after {:.0} ms",
        share(ours.tardiness, bests.tardiness),
        share(ours.idle, bests.idle),
        outcome.first_after.as_secs_f64() * 1e3,
    )?;
    writeln!(
        out,
        "{} steps, {:.2} million places looked at per second\n",
        outcome.steps,
        outcome.evaluations as f64 / seconds / 1e6,
    )?;
    Ok(())
}

fn share(ours: i64, best: i64) -> String {
    match best {
        0 => format!("{ours} against 0"),
        _ => format!("{:.0} %", 100.0 * ours as f64 / best as f64),
    }
}

/// Times are weighted by the orders' weights alone, so that the table is in minutes.
fn print_row(
    out: &mut impl std::io::Write,
    name: &str,
    factors: &Factors,
    left_out: usize,
    problem: &PlantProblem,
    seconds: f64,
) -> std::io::Result<()> {
    let weights = &problem.weights;
    writeln!(
        out,
        "{name:26} {:>10} {:>8} {:>8} {:>8} {left_out:>8} {:>10} {seconds:>9.2}",
        factors.tardiness / weights.tardiness,
        factors.idle / weights.idle_machine,
        factors.makespan / weights.makespan,
        factors.setup / weights.setup,
        factors.total(),
    )
}
