//! Suggestions and surveys: domain type → wire type.
//!
//! What is told of those who cannot is cut to a length that a person reads.

use mraos_api::suggestion as api;
use mraos_app::hit::Hit;
use mraos_app::suggestions::{Suggested, Surveyed};
use mraos_domain::Refusal;
use mraos_domain::suggestion::Suggestion;

use crate::wire::refusal;

/// Suggestions as clients see them.
pub(crate) fn render(suggested: &Suggested) -> api::Suggestions {
    api::Suggestions {
        items: suggested.suggestions.iter().map(render_one).collect(),
        next_cursor: None,
        possible_pairs: count(suggested.possible_pairs),
        refusals: refusals(&suggested.refusals),
    }
}

/// Hit work as clients see it.
pub(crate) fn render_hit(hit: &Hit) -> api::Hit {
    let found = hit.replacements.as_ref();
    api::Hit {
        allocation_id: hit.allocation.allocation_id.0,
        phase: hit.allocation.phase.as_str().to_owned(),
        work_order_id: hit.allocation.assignment.work_order_id.to_string(),
        side: hit.side.as_str().to_owned(),
        suggestions: found.into_iter().flat_map(|one| &one.suggestions).map(render_one).collect(),
        possible_pairs: found.map(|one| count(one.possible_pairs)),
        refusals: found.map(|one| refusals(&one.refusals)).unwrap_or_default(),
    }
}

/// A survey as clients see one.
pub(crate) fn render_survey(surveyed: &Surveyed) -> api::PairSurvey {
    let operators = surveyed.operators.iter().map(|(operator_id, held_up_by)| {
        let refusals = refusals(held_up_by);
        api::RefusedOperator { operator_id: operator_id.to_string(), refusals }
    });
    let machines = surveyed.machines.iter().map(|(machine_id, held_up_by)| {
        let refusals = refusals(held_up_by);
        api::RefusedMachine { machine_id: machine_id.to_string(), refusals }
    });
    let mismatches = surveyed.mismatches.iter().map(|one| api::Mismatch {
        operator_id: one.operator_id.to_string(),
        machine_ids: one.machine_ids.iter().map(ToString::to_string).collect(),
        refusals: refusals(&one.refusals),
    });
    api::PairSurvey {
        possible_pairs: count(surveyed.possible_pairs),
        suggestions: surveyed.suggestions.iter().map(render_one).collect(),
        refused_operators: count(surveyed.refused_operators),
        operators: operators.collect(),
        refused_machines: count(surveyed.refused_machines),
        machines: machines.collect(),
        mismatches: mismatches.collect(),
    }
}

fn render_one(one: &Suggestion) -> api::Suggestion {
    let reasons = one.contributions.iter().map(|part| api::SuggestionReason {
        factor: part.factor.as_str().to_owned(),
        points: part.points.into(),
        most_points: part.factor.most_points().into(),
        message: part.message.clone(),
    });
    api::Suggestion {
        work_order_id: one.work_order_id.to_string(),
        operator_id: one.operator_id.as_ref().map(ToString::to_string),
        machine_id: one.machine_id.as_ref().map(ToString::to_string),
        expected_start_time: one.window.start.timestamp(),
        expected_end_time: one.window.end.timestamp(),
        score: one.score.into(),
        reasons: reasons.collect(),
        idle_time_prevented_minutes: one.consequence.idle_time_prevented_minutes,
        work_order_delay_minutes: one.consequence.work_order_delay_minutes,
    }
}

fn refusals(all: &[Refusal]) -> Vec<mraos_api::problem::Refusal> {
    all.iter().map(refusal::render).collect()
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
