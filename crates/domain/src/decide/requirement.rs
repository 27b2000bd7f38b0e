//! Commands about skill requirements and reason codes.
//!
//! Both are master data that other rules read; defining one never touches a running allocation.

use super::{Decision, refuse};
use crate::command::Command;
use crate::eligibility::no_such;
use crate::event::{ReasonCodeDefined, SkillRequired, SkillRequirementDropped};
use crate::refusal::{Refusal, RefusalCode};
use crate::skill::RequirementScope;
use crate::state::State;

pub(super) fn decide(state: &State, command: &Command) -> Decision {
    match command {
        Command::RequireSkill { scope, skill_code, minimum_level } => {
            check_scope(state, scope)?;
            let same = state
                .requirements(scope)
                .iter()
                .any(|one| one.skill_code == *skill_code && one.minimum_level == *minimum_level);
            if same {
                return Ok(Vec::new());
            }
            let required = SkillRequired {
                scope: scope.clone(),
                skill_code: skill_code.clone(),
                minimum_level: *minimum_level,
            };
            Ok(vec![required.into()])
        }
        Command::DropRequirement { scope, requirement_id } => {
            let known = state.requirements(scope).iter();
            if !known.clone().any(|one| one.requirement_id == *requirement_id) {
                let message = format!("There is no skill requirement {requirement_id}.");
                return refuse(Refusal::new(RefusalCode::UnknownRequirement, scope, message));
            }
            let (scope, requirement_id) = (scope.clone(), *requirement_id);
            Ok(vec![SkillRequirementDropped { scope, requirement_id }.into()])
        }
        Command::DefineReasonCode { definition } => {
            if state.reason_code(&definition.reason_code) == Some(definition) {
                return Ok(Vec::new());
            }
            Ok(vec![ReasonCodeDefined { definition: definition.clone() }.into()])
        }
        _ => Ok(Vec::new()),
    }
}

fn check_scope(state: &State, scope: &RequirementScope) -> Result<(), Vec<Refusal>> {
    match scope {
        RequirementScope::Machine(id) if state.machine(id).is_none() => {
            refuse(no_such(RefusalCode::UnknownMachine, id.into(), "machine"))
        }
        RequirementScope::WorkOrder(id) if state.work_order(id).is_none() => {
            refuse(no_such(RefusalCode::UnknownWorkOrder, id.into(), "work order"))
        }
        _ => Ok(()),
    }
}
