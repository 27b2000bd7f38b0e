//! Skill requirements by what asks for them, and reason codes.
//!
//! Of a scope that asks for nothing nothing is put: the caller notes it as absent.

use std::collections::HashMap;

use deadpool_postgres::ClientWrapper;
use mraos_domain::{ReasonCodeDefinition, Requirement, RequirementScope};

use super::Wanted;
use crate::error::StoreError;
use crate::requirement;

/// What each of the wanted scopes asks for.
pub(super) async fn read(
    client: &ClientWrapper,
    wanted: &Wanted,
) -> Result<HashMap<RequirementScope, Vec<Requirement>>, StoreError> {
    let mut by_scope: HashMap<RequirementScope, Vec<_>> = HashMap::new();
    if wanted.scopes.0.is_empty() {
        return Ok(by_scope);
    }
    let list = requirement::REQUIREMENTS.select_list();
    let sql = format!(
        "SELECT {list} FROM unnest($1::text[], $2::text[]) AS wanted (kind, id) JOIN \
         skill_requirements r ON r.scope = wanted.kind AND r.scope_id = wanted.id ORDER BY \
         requirement_id"
    );
    let statement = client.prepare_cached(&sql).await?;
    let (kinds, ids) = &wanted.scopes;
    for row in client.query(&statement, &[kinds, ids]).await? {
        let requirement = requirement::decode(&row)?;
        by_scope.entry(requirement.scope.clone()).or_default().push(requirement);
    }
    Ok(by_scope)
}

/// The wanted reason codes.
pub(super) async fn read_reason_codes(
    client: &ClientWrapper,
    wanted: &Wanted,
) -> Result<Vec<ReasonCodeDefinition>, StoreError> {
    if wanted.reason_codes.is_empty() {
        return Ok(Vec::new());
    }
    let list = requirement::REASON_CODES.select_list();
    let sql = format!("SELECT {list} FROM reason_codes WHERE reason_code = ANY($1)");
    let statement = client.prepare_cached(&sql).await?;
    let rows = client.query(&statement, &[&wanted.reason_codes]).await?;
    rows.iter().map(requirement::decode_reason_code).collect()
}
