//! What machine, machine type and order ask of a person, joined by skill; the highest level wins.
//!
//! Each code that may follow is a file of its own. The work's last day is the same for all of
//! them, and what is asked for is joined once.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Proposal, certification_expires, skill_level_too_low, skill_missing};
use crate::machine::Machine;
use crate::operator::Operator;
use crate::refusal::Refusal;
use crate::skill::{Requirement, RequirementScope};

pub(super) fn check(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    let Some(operator) = proposal.operator() else {
        return;
    };
    let required = required(proposal);
    if required.is_empty() {
        return;
    }
    let id = &operator.operator_id;
    let last_day = proposal.context.plant.date_of(proposal.window.end);
    for asked in required {
        let Some(held) = operator.skill(&asked.skill_code) else {
            out.push(skill_missing::refuse(id, asked));
            continue;
        };
        if skill_level_too_low::applies(asked, held) {
            out.push(skill_level_too_low::refuse(id, asked, held));
        }
        out.extend(certification_expires::refuse(id, held, last_day));
    }
}

/// By how many levels a person is above what is asked for, where it is least; `None` if the rule
/// would refuse. Says the same as [`check`] for many pairs, without a word.
pub(crate) fn margin(operator: &Operator, asked: &[&Requirement], last_day: Date) -> Option<u8> {
    let mut least = u8::MAX;
    for one in asked {
        let held = operator.skill(&one.skill_code)?;
        let refused = skill_level_too_low::applies(one, held)
            || certification_expires::too_early(held, last_day).is_some();
        if refused {
            return None;
        }
        least = least.min(held.proficiency_level.get() - one.minimum_level.get());
    }
    Some(least)
}

/// Who asks for a skill, in words.
pub(super) fn asker(asked: &Requirement) -> String {
    format!("{} {}", asked.scope.kind(), asked.scope.id())
}

/// The skills that the order and the machine ask for together, by code.
pub(crate) fn required<'a>(proposal: &Proposal<'a>) -> Vec<&'a Requirement> {
    let order = RequirementScope::WorkOrder(proposal.work_order_id.clone());
    let mut all: Vec<&Requirement> = proposal.orders.requirements(&order).iter().collect();
    if let Some(machine) = proposal.machine() {
        all.extend(asked_by(proposal, machine));
    }
    if all.len() < 2 {
        return all;
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

fn asked_by<'a>(
    proposal: &Proposal<'a>,
    machine: &Machine,
) -> impl Iterator<Item = &'a Requirement> {
    let state = proposal.resources;
    let own = RequirementScope::Machine(machine.machine_id.clone());
    let of_type = RequirementScope::MachineType(machine.details.machine_type.clone());
    state.requirements(&own).iter().chain(state.requirements(&of_type))
}
