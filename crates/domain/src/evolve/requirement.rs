//! How events about skill requirements and reason codes change the state.
//!
//! Neither has a version: a requirement is known by what asks for it, a code by itself.

use super::Stamp;
use crate::event::{Event, Recorded};
use crate::ids::RowId;
use crate::skill::{Requirement, RequirementScope};
use crate::state::State;

pub(super) fn apply(state: &mut State, recorded: &Recorded, at: Stamp<'_>) {
    match &recorded.event {
        Event::SkillRequired(event) => require(
            state,
            Requirement {
                requirement_id: RowId(at.position),
                created_at: at.recorded_at,
                scope: event.scope.clone(),
                skill_code: event.skill_code.clone(),
                minimum_level: event.minimum_level,
            },
        ),
        Event::SkillRequirementDropped(event) => {
            change_requirements(state, &event.scope, |all| {
                all.retain(|one| one.requirement_id != event.requirement_id);
            });
        }
        Event::ReasonCodeDefined(event) => state.put_reason_code(event.definition.clone()),
        _ => {}
    }
}

fn require(state: &mut State, requirement: Requirement) {
    change_requirements(state, &requirement.scope.clone(), |all| {
        all.retain(|one| one.skill_code != requirement.skill_code);
        all.push(requirement);
    });
}

fn change_requirements(
    state: &mut State,
    scope: &RequirementScope,
    change: impl FnOnce(&mut Vec<Requirement>),
) {
    let mut all = state.requirements(scope).to_vec();
    change(&mut all);
    state.put_requirements(scope.clone(), all);
}
