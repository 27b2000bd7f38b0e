//! Rules `skill_missing`, `skill_level_too_low` (soft) and `certification_expires`: may the
//! person do this work, with a certificate that lasts to its end?
//!
//! What machine, machine type and order ask for is joined by skill, the highest level wins.

use std::collections::BTreeMap;

use super::Proposal;
use crate::refusal::{Refusal, RefusalCode};
use crate::skill::{Requirement, RequirementScope};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(operator) = proposal.operator() else {
        return;
    };
    let id = &operator.operator_id;
    for requirement in required(proposal) {
        let (code, level) = (&requirement.skill_code, requirement.minimum_level);
        let asker = format!("{} {}", requirement.scope.kind(), requirement.scope.id());
        let Some(skill) = operator.skill(code) else {
            let message = format!("Operator {id} lacks skill {code}, which {asker} asks for.");
            let refusal = Refusal::new(RefusalCode::SkillMissing, id, message);
            out.push(refusal.figures(format!("{code} level {}", level.get()), "none"));
            continue;
        };
        if skill.proficiency_level < level {
            let has = skill.proficiency_level.get();
            let message = format!(
                "Operator {id} has {code} at level {has}; {asker} asks for level {}.",
                level.get()
            );
            let refusal = Refusal::new(RefusalCode::SkillLevelTooLow, id, message);
            out.push(refusal.figures(level.get(), has));
        }
        let last_day = proposal.context.plant.date_of(proposal.window.end);
        if let Some(expiry) = skill.certification_expiry.filter(|expiry| *expiry < last_day) {
            let message = format!(
                "Operator {id}'s certificate for {code} ends on {expiry}, the work on {last_day}."
            );
            let refusal = Refusal::new(RefusalCode::CertificationExpires, id, message);
            out.push(refusal.figures(last_day, expiry));
        }
    }
}

fn required<'a>(proposal: &Proposal<'a>) -> Vec<&'a Requirement> {
    let state = proposal.state;
    let order = RequirementScope::WorkOrder(proposal.work_order_id.clone());
    let mut all: Vec<&Requirement> = state.requirements(&order).iter().collect();
    if let Some(machine) = proposal.machine() {
        let scope = RequirementScope::Machine(machine.machine_id.clone());
        all.extend(state.requirements(&scope));
        let scope = RequirementScope::MachineType(machine.details.machine_type.clone());
        all.extend(state.requirements(&scope));
    }
    let mut highest: BTreeMap<&str, &Requirement> = BTreeMap::new();
    for one in all {
        let entry = highest.entry(one.skill_code.as_str()).or_insert(one);
        if one.minimum_level > entry.minimum_level {
            *entry = one;
        }
    }
    highest.into_values().collect()
}
