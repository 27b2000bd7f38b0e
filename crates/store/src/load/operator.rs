//! Operators with skills, shifts and the ids of their open allocations.
//!
//! The three statements are under way at once; lists come in the order that the rules expect.

use std::collections::HashMap;
use std::sync::LazyLock;

use deadpool_postgres::ClientWrapper;
use futures_util::future::join3;
use mraos_domain::{AllocationId, Operator};

use super::Wanted;
use crate::error::StoreError;
use crate::operator;
use crate::table::Table;

static SELECT_OPERATORS: LazyLock<String> = LazyLock::new(|| {
    let select = operator::OPERATORS.select_with(&operator::OPERATOR_STATUS);
    format!("{select} WHERE m.operator_id = ANY($1)")
});
static SELECT_SKILLS: LazyLock<String> =
    LazyLock::new(|| by_operator(&operator::SKILLS, "skill_code COLLATE \"C\""));
static SELECT_SHIFTS: LazyLock<String> =
    LazyLock::new(|| by_operator(&operator::SHIFTS, "starts_at, shift_id"));

fn by_operator(table: &Table, order: &str) -> String {
    let list = table.select_list();
    format!("SELECT {list} FROM {} WHERE operator_id = ANY($1) ORDER BY {order}", table.name)
}

pub(super) async fn read(
    client: &ClientWrapper,
    wanted: &Wanted,
) -> Result<Vec<(Operator, Vec<AllocationId>)>, StoreError> {
    let mut found = Vec::new();
    if wanted.operators.is_empty() {
        return Ok(found);
    }
    let operators = client.prepare_cached(&SELECT_OPERATORS).await?;
    let skills = client.prepare_cached(&SELECT_SKILLS).await?;
    let shifts = client.prepare_cached(&SELECT_SHIFTS).await?;
    let ids: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&wanted.operators];
    let (operators, skills, shifts) = join3(
        client.query(&operators, &ids),
        client.query(&skills, &ids),
        client.query(&shifts, &ids),
    )
    .await;
    let mut index = HashMap::new();
    for row in operators? {
        let (operator, open) = operator::decode(&row)?;
        index.insert(operator.operator_id.clone(), found.len());
        found.push((operator, open));
    }
    for row in skills? {
        let (id, skill) = operator::decode_skill(&row)?;
        if let Some(at) = index.get(&id) {
            found[*at].0.skills.push(skill);
        }
    }
    for row in shifts? {
        let (id, shift) = operator::decode_shift(&row)?;
        if let Some(at) = index.get(&id) {
            found[*at].0.shifts.push(shift);
        }
    }
    Ok(found)
}
