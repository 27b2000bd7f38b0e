//! Code `skill_level_too_low` (soft): the person has the skill, but not well enough.
//!
//! A supervisor who knows the person may let the work go on with a reason.

use crate::ids::OperatorId;
use crate::refusal::{Refusal, RefusalCode};
use crate::skill::{Requirement, Skill};

pub(super) fn applies(asked: &Requirement, held: &Skill) -> bool {
    held.proficiency_level < asked.minimum_level
}

pub(super) fn refuse(id: &OperatorId, asked: &Requirement, held: &Skill) -> Refusal {
    let (code, asker) = (&asked.skill_code, super::skill::asker(asked));
    let (has, level) = (held.proficiency_level.get(), asked.minimum_level.get());
    let message =
        format!("Operator {id} has {code} at level {has}; {asker} asks for level {level}.");
    let refusal = Refusal::new(RefusalCode::SkillLevelTooLow, id, message);
    refusal.figures(level, has)
}
