//! Code `skill_missing`: the person does not have the skill at all.
//!
//! Never overridable: what nobody has taught, nobody may try.

use crate::ids::OperatorId;
use crate::refusal::{Refusal, RefusalCode};
use crate::skill::Requirement;

pub(super) fn refuse(id: &OperatorId, asked: &Requirement) -> Refusal {
    let (code, level) = (&asked.skill_code, asked.minimum_level.get());
    let asker = super::skill::asker(asked);
    let message = format!("Operator {id} lacks skill {code}, which {asker} asks for.");
    let refusal = Refusal::new(RefusalCode::SkillMissing, id, message);
    refusal.figures(format!("{code} level {level}"), "none")
}
