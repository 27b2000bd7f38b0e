//! Skills that a machine, a type of machine or a work order asks of its operator.
//!
//! Requirements of all three scopes add up. A requirement is found again by its id, and there is
//! at most one per scope, subject and skill: posting it again replaces the level.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /skill-requirements`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequireSkill {
    /// `machine`, `machine_type` or `work_order`.
    pub scope: String,
    /// The machine's id, the machine type, or the work order's id.
    pub scope_id: String,
    /// Code of the skill.
    pub skill_code: String,
    /// Lowest level that will do, 1 to 4; 1 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_level: Option<i64>,
}

/// Body of `POST /work-orders/{id}/skill-requirements`: the scope is the order of the path.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequireSkillOfWorkOrder {
    /// Code of the skill.
    pub skill_code: String,
    /// Lowest level that will do, 1 to 4; 1 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_level: Option<i64>,
}

/// A required skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SkillRequirement {
    /// Log position of the event that set it.
    pub skill_requirement_id: i64,
    /// `machine`, `machine_type` or `work_order`.
    pub scope: String,
    /// The machine's id, the machine type, or the work order's id.
    pub scope_id: String,
    /// Code of the skill.
    pub skill_code: String,
    /// Lowest level that will do.
    pub minimum_level: i64,
}
