//! `mraos solve --format plant`: the best plan of a plant stated as JSON.
//!
//! The problem is written as the solver's types have it, everything numbered from 0. The answer
//! says what the plan costs by factor and why an operation is left out.

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use mraos_solver::chart;
use mraos_solver::format;
use mraos_solver::plant::explain::Explainer;
use mraos_solver::plant::search::{self, Outcome, SolveError};
use mraos_solver::plant::{PlantProblem, ProblemError};
use serde_json::{Value, json};

use super::{SolveArgs, place};
use crate::commands::Verdict;
use crate::output;

pub(super) fn run(bytes: &[u8], args: &SolveArgs) -> anyhow::Result<Verdict> {
    let path = args.file.display().to_string();
    let text = format::read_text(bytes).with_context(|| path.clone())?.into_owned();
    let problem = read(&text).with_context(|| path.clone())?;
    let problem = Arc::new(problem);
    let searched = Arc::clone(&problem);
    let outcome = super::run_search(args, move |budget, cancelled, bar| {
        let outcome = search::solve(&searched, budget, cancelled, |progress| {
            bar.set_position(progress.elapsed.as_millis() as u64);
            bar.set_message(format!("score {}", progress.score));
        });
        outcome.map_err(|error| with_place(&text, error))
    });
    let outcome = outcome.with_context(|| path)?;
    if let Some(out) = &args.out {
        let document = json!({
            "score": outcome.score.total,
            "factors": outcome.score.factors,
            "assignments": outcome.plan.assignments,
            "contributions": outcome.score.operations,
        });
        super::write(out, &serde_json::to_string_pretty(&document)?)?;
    }
    if let Some(out) = &args.chart {
        let name = args.file.file_name().unwrap_or_default().to_string_lossy();
        super::write(out, &chart::gantt_of_plan(&problem, &outcome.plan, &name))?;
    }
    print(&problem, &outcome, args)?;
    Ok(Verdict::Good)
}

fn read(text: &str) -> anyhow::Result<PlantProblem> {
    serde_json::from_str(text).map_err(|error| {
        let rule = error.to_string();
        // The library says the place at the end.
        let rule = rule.split(" at line ").next().unwrap_or_default();
        anyhow!("line {}, column {}: {rule}", error.line(), error.column())
    })
}

/// Says where in the file the value stands that a complaint is about.
fn with_place(text: &str, error: SolveError) -> anyhow::Error {
    match error {
        SolveError::Problem(ProblemError::Value { pointer, rule }) => {
            let (line, column) = place::locate(text, &pointer);
            anyhow!("line {line}, column {column}: {pointer}: {rule}")
        }
        other => other.into(),
    }
}

fn left_out(problem: &PlantProblem, outcome: &Outcome) -> anyhow::Result<Vec<Value>> {
    let explainer = Explainer::new(problem, &outcome.plan)
        .map_err(|violations| anyhow!("the plan cannot be explained: {violations:?}"))?;
    let reasons = outcome.plan.left_out().map(|operation| {
        let mut reason = json!(explainer.why_left_out(operation));
        reason["left_out"] = operation.into();
        reason
    });
    Ok(reasons.collect())
}

fn print(problem: &PlantProblem, outcome: &Outcome, args: &SolveArgs) -> anyhow::Result<()> {
    let seconds = outcome.elapsed.as_secs_f64();
    let evaluations_per_second = outcome.evaluations as f64 / seconds.max(f64::EPSILON);
    let left_out = left_out(problem, outcome)?;
    if args.json {
        return output::print_json(&json!({
            "score": outcome.score.total,
            "factors": outcome.score.factors,
            "first_score": outcome.first_score,
            "first_plan_ms": outcome.first_after.as_secs_f64() * 1e3,
            "operations": problem.operations.len(),
            "left_out": left_out,
            "seconds": seconds,
            "seed": args.seed,
            "steps": outcome.steps,
            "places_evaluated": outcome.evaluations,
            "places_per_second": evaluations_per_second.round(),
        }));
    }
    let factors = &outcome.score.factors;
    output::print_line(&format!(
        "score {} (first plan {}): left out {}, tardiness {}, idle {}, makespan {}, setup {}, \
         fairness {}, stability {}\n\
         {} operations, {} left out, {} steps in {seconds:.1} s, {:.1} million places per second",
        outcome.score.total,
        outcome.first_score,
        factors.left_out,
        factors.tardiness,
        factors.idle,
        factors.makespan,
        factors.setup,
        factors.fairness,
        factors.stability,
        problem.operations.len(),
        left_out.len(),
        outcome.steps,
        evaluations_per_second / 1e6,
    ))?;
    for reason in left_out {
        output::print_line(&reason.to_string())?;
    }
    Ok(())
}
