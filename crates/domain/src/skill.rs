//! Skills with level and certificate, and what machines and orders ask for.
//!
//! A certificate counts through the plant-local date on which the work window ends.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{MachineId, RowId, WorkOrderId};
use crate::invalid::Invalid;
use crate::text::Text;
use crate::time::Instant;

/// Code of a skill, such as `WELD-L3`.
pub type SkillCode = Text<50>;

/// Proficiency: 1 basic, 2 intermediate, 3 advanced, 4 expert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct SkillLevel(u8);

impl SkillLevel {
    /// The level as a number from 1 to 4.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for SkillLevel {
    type Error = Invalid;

    fn try_from(value: i64) -> Result<Self, Invalid> {
        match value {
            1..=4 => Ok(Self(value as u8)),
            _ => Err(Invalid::new(
                "skill level",
                value,
                "1 is basic, 2 intermediate, 3 advanced, 4 expert",
            )),
        }
    }
}

impl From<SkillLevel> for i64 {
    fn from(level: SkillLevel) -> Self {
        level.0.into()
    }
}

/// A skill that an operator has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    /// Code, unique per operator.
    pub skill_code: SkillCode,
    /// Name for people.
    pub skill_name: Text<100>,
    /// How well.
    pub proficiency_level: SkillLevel,
    /// Day of the certificate.
    pub certification_date: Option<Date>,
    /// Last day on which the certificate counts.
    pub certification_expiry: Option<Date>,
    /// Office that certified (a body, not a person).
    pub certified_by: Option<Text<100>>,
}

/// A skill as an operator's row keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorSkill {
    /// Position of the event that set it last.
    pub operator_skill_id: RowId,
    /// When that was.
    pub created_at: Instant,
    /// The skill.
    #[serde(flatten)]
    pub skill: Skill,
}

/// What asks for a skill.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "scope", content = "scope_id", rename_all = "snake_case")]
pub enum RequirementScope {
    /// One machine.
    Machine(MachineId),
    /// Every machine of a type.
    MachineType(Text<50>),
    /// One work order.
    WorkOrder(WorkOrderId),
}

impl RequirementScope {
    /// The kind of scope on the wire and in the database.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Machine(_) => "machine",
            Self::MachineType(_) => "machine_type",
            Self::WorkOrder(_) => "work_order",
        }
    }

    /// The id within its kind.
    pub fn id(&self) -> &str {
        match self {
            Self::Machine(id) => id.as_str(),
            Self::MachineType(name) => name.as_str(),
            Self::WorkOrder(id) => id.as_str(),
        }
    }

    /// Builds the scope from its two columns.
    pub fn parse(kind: &str, id: &str) -> Result<Self, Invalid> {
        match kind {
            "machine" => Ok(Self::Machine(MachineId::new(id)?)),
            "machine_type" => Ok(Self::MachineType(Text::named("machine_type", id)?)),
            "work_order" => Ok(Self::WorkOrder(WorkOrderId::new(id)?)),
            other => Err(Invalid::new("scope", other, "machine, machine_type or work_order")),
        }
    }
}

/// A skill that a machine, a machine type or an order asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Position of the creating event.
    pub requirement_id: RowId,
    /// When recorded.
    pub created_at: Instant,
    /// Who asks.
    #[serde(flatten)]
    pub scope: RequirementScope,
    /// For which skill.
    pub skill_code: SkillCode,
    /// At least this well.
    pub minimum_level: SkillLevel,
}
