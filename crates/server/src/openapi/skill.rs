//! What the API's document says about skills and skill requirements.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::skill::{GrantSkill, Skill};
use mraos_api::skill_requirement::{RequireSkill, RequireSkillOfWorkOrder, SkillRequirement};
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::skill::REQUIREMENTS;

pub(crate) fn list() -> Operation {
    Operation::whole::<Skill>("List an operator's skills")
}

pub(crate) fn grant() -> Operation {
    Operation::create::<GrantSkill, Skill>("Grant a skill, or replace it")
        .refuses(&[R::OperatorErased])
}

pub(crate) fn revoke() -> Operation {
    Operation::remove("Take a skill away")
}

pub(crate) fn list_of_work_order() -> Operation {
    Operation::whole::<SkillRequirement>("List the skills that a work order asks for")
}

pub(crate) fn require_of_work_order() -> Operation {
    Operation::create::<RequireSkillOfWorkOrder, SkillRequirement>("Ask for a skill on an order")
        .about("Posting the same skill again replaces its level.")
}

pub(crate) fn list_requirements() -> Operation {
    Operation::list::<SkillRequirement>("List skill requirements", &REQUIREMENTS)
}

pub(crate) fn require() -> Operation {
    Operation::create::<RequireSkill, SkillRequirement>("Ask for a skill")
        .about("Of whoever works at a machine, at a type of machine, or on a work order.")
        .refuses(&[R::UnknownMachine, R::UnknownWorkOrder])
}

pub(crate) fn drop_requirement() -> Operation {
    Operation::remove("Stop asking for a skill").problem(404, "unknown_requirement")
}
