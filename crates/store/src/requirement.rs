//! Skill requirements and reason codes: rows to domain values and back.
//!
//! Small tables that are written whole; describes each once for write, rebuild and comparison.

use mraos_domain::reason::ReasonCodeDefinition;
use mraos_domain::skill::{Requirement, RequirementScope, SkillLevel};
use mraos_domain::{Invalid, RowId};
use tokio_postgres::Row;

use crate::cell::{cell, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::table::{Table, TableRow};

pub(crate) const REQUIREMENTS: Table = Table {
    name: "skill_requirements",
    key: &["requirement_id"],
    columns: &[
        ("requirement_id", "bigint"),
        ("scope", "varchar"),
        ("scope_id", "varchar"),
        ("skill_code", "varchar"),
        ("minimum_level", "int"),
        ("created_at", "timestamptz"),
    ],
};

pub(crate) const REASON_CODES: Table = Table {
    name: "reason_codes",
    key: &["reason_code"],
    columns: &[
        ("reason_code", "varchar"),
        ("description", "varchar"),
        ("category", "varchar"),
        ("is_active", "boolean"),
    ],
};

pub(crate) fn encode(one: &Requirement) -> TableRow {
    vec![
        cell(one.requirement_id),
        cell(one.scope.kind()),
        cell(one.scope.id().to_owned()),
        cell(&one.skill_code),
        cell(one.minimum_level.get()),
        cell(one.created_at),
    ]
}

pub(crate) fn decode(row: &Row) -> Result<Requirement, StoreError> {
    let mut c = Cells::new(row);
    let requirement_id = RowId(c.get()?);
    let (kind, id): (&str, &str) = (c.get()?, c.get()?);
    Ok(Requirement {
        requirement_id,
        scope: RequirementScope::parse(kind, id)?,
        skill_code: c.text()?,
        minimum_level: level(c.get()?)?,
        created_at: c.instant()?,
    })
}

fn level(value: i32) -> Result<SkillLevel, Invalid> {
    SkillLevel::try_from(i64::from(value))
}

pub(crate) fn encode_reason_code(one: &ReasonCodeDefinition) -> TableRow {
    vec![
        cell(&one.reason_code),
        cell(&one.description),
        cell_opt(one.category.as_ref()),
        cell(one.is_active),
    ]
}

pub(crate) fn decode_reason_code(row: &Row) -> Result<ReasonCodeDefinition, StoreError> {
    let mut c = Cells::new(row);
    Ok(ReasonCodeDefinition {
        reason_code: c.text()?,
        description: c.text()?,
        category: c.text_opt()?,
        is_active: c.get()?,
    })
}
