//! Operators with skills, shifts and the ids of their open allocations.
//!
//! The three statements are under way at once; lists come in the order that the rules expect.

use std::collections::HashMap;

use deadpool_postgres::ClientWrapper;
use futures_util::future::join3;
use mraos_domain::State;

use super::{Wanted, numbers};
use crate::error::StoreError;
use crate::operator;

fn select_operators() -> String {
    let select = operator::OPERATORS.select_with(&operator::OPERATOR_STATUS);
    format!("{select} WHERE m.operator_id = ANY($1)")
}

pub(super) async fn load(
    client: &ClientWrapper,
    wanted: &Wanted,
    state: &mut State,
) -> Result<Vec<i64>, StoreError> {
    if wanted.operators.is_empty() {
        return Ok(Vec::new());
    }
    let by_operator = |table: &crate::table::Table, order: &str| {
        let list = table.select_list();
        format!("SELECT {list} FROM {} WHERE operator_id = ANY($1){order}", table.name)
    };
    let operators = client.prepare_cached(&select_operators()).await?;
    let skills = by_operator(&operator::SKILLS, " ORDER BY skill_code COLLATE \"C\"");
    let skills = client.prepare_cached(&skills).await?;
    let shifts = by_operator(&operator::SHIFTS, " ORDER BY starts_at, shift_id");
    let shifts = client.prepare_cached(&shifts).await?;
    let ids: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&wanted.operators];
    let (operators, skills, shifts) = join3(
        client.query(&operators, &ids),
        client.query(&skills, &ids),
        client.query(&shifts, &ids),
    )
    .await;
    let mut found = Vec::new();
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
    let mut all_open = Vec::new();
    for (operator, open) in found {
        all_open.extend(numbers(&open));
        state.put_operator(operator, open);
    }
    Ok(all_open)
}
