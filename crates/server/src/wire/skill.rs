//! Skills of operators, and the skills that scopes ask for: wire type ↔ domain type.
//!
//! Whether a skill suffices is the domain's question; here only shapes are checked.

use mraos_api::skill as api;
use mraos_api::skill_requirement as api_requirement;
use mraos_domain::{
    Command, Invalid, OperatorId, Requirement, RequirementScope, Skill, SkillLevel,
};

use crate::fields::{Fields, date};
use crate::problem::HttpResult;

fn level(name: &'static str, value: i64) -> Result<SkillLevel, Invalid> {
    SkillLevel::try_from(value).map_err(|invalid| Invalid { what: name, ..invalid })
}

/// The skill of a body.
pub(crate) fn read_skill(body: &api::GrantSkill) -> HttpResult<Skill> {
    let mut fields = Fields::default();
    let skill_code = fields.text("skill_code", &body.skill_code);
    let skill_name = fields.text("skill_name", &body.skill_name);
    let proficiency = level("proficiency_level", body.proficiency_level);
    let proficiency_level = fields.take("proficiency_level", proficiency);
    let certified = body.certification_date.map(|day| date("certification_date", day));
    let certification_date = fields.take_optional("certification_date", certified);
    let expiry = body.certification_expiry.map(|day| date("certification_expiry", day));
    let certification_expiry = fields.take_optional("certification_expiry", expiry);
    let certified_by = fields.optional_text("certified_by", body.certified_by.as_deref());
    if let (Some(from), Some(to)) = (body.certification_date, body.certification_expiry)
        && to < from
    {
        let message = format!("`{to}` lies before certification_date `{from}`");
        fields.reject("certification_expiry", message);
    }
    let skill = (|| {
        Some(Skill {
            skill_code: skill_code?,
            skill_name: skill_name?,
            proficiency_level: proficiency_level?,
            certification_date: certification_date?,
            certification_expiry: certification_expiry?,
            certified_by: certified_by?,
        })
    })();
    fields.finish(skill)
}

/// A skill as clients see one.
pub(crate) fn render_skill(operator_id: &OperatorId, skill: &Skill) -> api::Skill {
    api::Skill {
        operator_id: operator_id.to_string(),
        skill_code: skill.skill_code.to_string(),
        skill_name: skill.skill_name.to_string(),
        proficiency_level: skill.proficiency_level.into(),
        certification_date: skill.certification_date,
        certification_expiry: skill.certification_expiry,
        certified_by: skill.certified_by.as_ref().map(ToString::to_string),
    }
}

/// The command to ask for a skill, from its three values.
pub(crate) fn read_requirement(
    scope: (&str, &str),
    skill_code: &str,
    minimum_level: Option<i64>,
) -> HttpResult<Command> {
    let mut fields = Fields::default();
    let scope = match RequirementScope::parse(scope.0, scope.1) {
        Ok(scope) => Some(scope),
        Err(invalid) => {
            let name = if invalid.what == "scope" { "scope" } else { "scope_id" };
            fields.reject(name, invalid);
            None
        }
    };
    let skill_code = fields.text("skill_code", skill_code);
    let minimum = level("minimum_level", minimum_level.unwrap_or(1));
    let minimum_level = fields.take("minimum_level", minimum);
    let command = (|| {
        Some(Command::RequireSkill {
            scope: scope?,
            skill_code: skill_code?,
            minimum_level: minimum_level?,
        })
    })();
    fields.finish(command)
}

/// A requirement as clients see one.
pub(crate) fn render_requirement(requirement: &Requirement) -> api_requirement::SkillRequirement {
    api_requirement::SkillRequirement {
        skill_requirement_id: requirement.requirement_id.0,
        scope: requirement.scope.kind().to_owned(),
        scope_id: requirement.scope.id().to_owned(),
        skill_code: requirement.skill_code.to_string(),
        minimum_level: requirement.minimum_level.into(),
    }
}
