//! Skills and certificates of an operator.
//!
//! A skill is one code per operator with a level from 1 (basic) to 4 (expert); posting a code that
//! the operator already has replaces it. Whether a certificate reaches is decided per allocation.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of `POST /operators/{id}/skills`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantSkill {
    /// Code of the skill.
    pub skill_code: String,
    /// Its name.
    pub skill_name: String,
    /// 1 basic, 2 intermediate, 3 advanced, 4 expert.
    pub proficiency_level: i64,
    /// When it was certified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certification_date: Option<Date>,
    /// Last day on which the certificate is valid, in the plant's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certification_expiry: Option<Date>,
    /// Who certified it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified_by: Option<String>,
}

/// A skill of an operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Skill {
    /// Whose it is.
    pub operator_id: String,
    /// Code of the skill.
    pub skill_code: String,
    /// Its name.
    pub skill_name: String,
    /// 1 basic, 2 intermediate, 3 advanced, 4 expert.
    pub proficiency_level: i64,
    /// When it was certified.
    pub certification_date: Option<Date>,
    /// Last day on which the certificate is valid.
    pub certification_expiry: Option<Date>,
    /// Who certified it.
    pub certified_by: Option<String>,
}
