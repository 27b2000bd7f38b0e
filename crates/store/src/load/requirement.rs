//! Skill requirements by what asks for them, and reason codes.
//!
//! Of a scope that asks for nothing nothing is put: the caller notes it as absent.

use std::collections::HashMap;

use deadpool_postgres::ClientWrapper;
use mraos_domain::{RequirementScope, State};

use super::Wanted;
use crate::error::StoreError;
use crate::requirement;

pub(super) async fn load(
    client: &ClientWrapper,
    wanted: &Wanted,
    state: &mut State,
) -> Result<(), StoreError> {
    if !wanted.scopes.0.is_empty() {
        let list = requirement::REQUIREMENTS.select_list();
        let sql = format!(
            "SELECT {list} FROM unnest($1::text[], $2::text[]) AS wanted (kind, id) JOIN \
             skill_requirements r ON r.scope = wanted.kind AND r.scope_id = wanted.id ORDER BY \
             requirement_id"
        );
        let statement = client.prepare_cached(&sql).await?;
        let (kinds, ids) = &wanted.scopes;
        let mut by_scope: HashMap<RequirementScope, Vec<_>> = HashMap::new();
        for row in client.query(&statement, &[kinds, ids]).await? {
            let requirement = requirement::decode(&row)?;
            by_scope.entry(requirement.scope.clone()).or_default().push(requirement);
        }
        for (scope, all) in by_scope {
            state.put_requirements(scope, all);
        }
    }
    if !wanted.reason_codes.is_empty() {
        let list = requirement::REASON_CODES.select_list();
        let sql = format!("SELECT {list} FROM reason_codes WHERE reason_code = ANY($1)");
        let statement = client.prepare_cached(&sql).await?;
        for row in client.query(&statement, &[&wanted.reason_codes]).await? {
            state.put_reason_code(requirement::decode_reason_code(&row)?);
        }
    }
    Ok(())
}
