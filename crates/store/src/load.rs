//! Loads what a command needs into the state: the keys that `requires` names.
//!
//! Works on any session: inside the committer's transaction, or on its own for a validation.
//! Whatever a key leads to is noted, also when there is nothing. An operator, machine or order
//! comes with its open allocations.

use std::collections::HashMap;

use deadpool_postgres::ClientWrapper;
use futures_util::future::{join, join3};
use mraos_domain::{AllocationId, Key, RequirementScope, State, UniqueField};
use tokio_postgres::Row;

use crate::error::StoreError;
use crate::{allocation, machine, operator, requirement, work_order};

/// The keys by kind, as the statements take them.
#[derive(Default)]
struct Wanted {
    operators: Vec<String>,
    machines: Vec<String>,
    work_orders: Vec<String>,
    allocations: Vec<i64>,
    reason_codes: Vec<String>,
    scopes: (Vec<String>, Vec<String>),
    unique: HashMap<UniqueField, Vec<String>>,
    sources: Vec<String>,
}

impl Wanted {
    fn sort(keys: &[Key]) -> Self {
        let mut wanted = Self::default();
        for key in keys {
            match key {
                Key::Operator(id) => wanted.operators.push(id.to_string()),
                Key::Machine(id) => wanted.machines.push(id.to_string()),
                Key::WorkOrder(id) => wanted.work_orders.push(id.to_string()),
                Key::Allocation(id) => wanted.allocations.push(id.0),
                Key::ReasonCode(code) => wanted.reason_codes.push(code.to_string()),
                Key::Requirements(scope) => {
                    wanted.scopes.0.push(scope.kind().to_owned());
                    wanted.scopes.1.push(scope.id().to_owned());
                }
                Key::Unique(field, value) => {
                    wanted.unique.entry(*field).or_default().push(value.clone());
                }
                Key::Source(id) => wanted.sources.push(id.to_string()),
            }
        }
        wanted
    }
}

/// Loads `keys` into `state`.
pub(crate) async fn load(
    client: &ClientWrapper,
    keys: &[Key],
    state: &mut State,
) -> Result<(), StoreError> {
    let wanted = Wanted::sort(keys);
    let mut open = load_operators(client, &wanted, state).await?;
    open.extend(load_machines(client, &wanted, state).await?);
    open.extend(load_work_orders(client, &wanted, state).await?);
    open.extend(wanted.allocations.iter().copied());
    load_allocations(client, open, state).await?;
    load_lists(client, &wanted, state).await?;
    load_holders(client, &wanted, state).await?;
    for key in keys {
        if !state.has(key) {
            state.note_absent(key.clone());
        }
    }
    Ok(())
}

fn numbers(open: &[AllocationId]) -> impl Iterator<Item = i64> + '_ {
    open.iter().map(|id| id.0)
}

fn select_operators() -> String {
    let select = operator::OPERATORS.select_with(&operator::OPERATOR_STATUS);
    format!("{select} WHERE m.operator_id = ANY($1)")
}

async fn load_operators(
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

async fn load_machines(
    client: &ClientWrapper,
    wanted: &Wanted,
    state: &mut State,
) -> Result<Vec<i64>, StoreError> {
    if wanted.machines.is_empty() {
        return Ok(Vec::new());
    }
    let select = machine::MACHINES.select_with(&machine::MACHINE_STATUS);
    let sql = format!("{select} WHERE m.machine_id = ANY($1)");
    let statement = client.prepare_cached(&sql).await?;
    let mut all_open = Vec::new();
    for row in client.query(&statement, &[&wanted.machines]).await? {
        let (machine, open) = machine::decode(&row)?;
        all_open.extend(numbers(&open));
        state.put_machine(machine, open);
    }
    Ok(all_open)
}

async fn load_work_orders(
    client: &ClientWrapper,
    wanted: &Wanted,
    state: &mut State,
) -> Result<Vec<i64>, StoreError> {
    if wanted.work_orders.is_empty() {
        return Ok(Vec::new());
    }
    let select = work_order::WORK_ORDERS.select_with(&work_order::WORK_ORDER_STATUS);
    let sql = format!("{select} WHERE m.work_order_id = ANY($1)");
    let orders = client.prepare_cached(&sql).await?;
    let list = work_order::DEPENDENCIES.select_list();
    let sql = format!(
        "SELECT {list} FROM work_order_dependencies WHERE work_order_id = ANY($1) ORDER BY \
         dependency_id"
    );
    let edges = client.prepare_cached(&sql).await?;
    let ids: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&wanted.work_orders];
    let (orders, edges) = join(client.query(&orders, &ids), client.query(&edges, &ids)).await;
    let mut dependencies: HashMap<_, Vec<_>> = HashMap::new();
    for row in edges? {
        let (id, edge) = work_order::decode_dependency(&row)?;
        dependencies.entry(id).or_default().push(edge);
    }
    let mut all_open = Vec::new();
    for row in orders? {
        let (mut order, open) = work_order::decode(&row)?;
        order.dependencies = dependencies.remove(&order.work_order_id).unwrap_or_default();
        all_open.extend(numbers(&open));
        state.put_work_order(order, open);
    }
    Ok(all_open)
}

async fn load_allocations(
    client: &ClientWrapper,
    mut ids: Vec<i64>,
    state: &mut State,
) -> Result<(), StoreError> {
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|id| state.allocation(AllocationId(*id)).is_none());
    if ids.is_empty() {
        return Ok(());
    }
    let list = allocation::ALLOCATIONS.select_list();
    let sql = format!("SELECT {list} FROM allocations WHERE allocation_id = ANY($1)");
    let statement = client.prepare_cached(&sql).await?;
    for row in client.query(&statement, &[&ids]).await? {
        state.put_allocation(allocation::decode(&row)?);
    }
    Ok(())
}

async fn load_lists(
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

async fn load_holders(
    client: &ClientWrapper,
    wanted: &Wanted,
    state: &mut State,
) -> Result<(), StoreError> {
    let sources = "SELECT source_id, sequence FROM ingest_watermarks WHERE source_id = ANY($1)";
    let holders = [
        (
            UniqueField::EmployeeId,
            "SELECT employee_id, operator_id FROM operators WHERE \
                                   employee_id = ANY($1)",
        ),
        (
            UniqueField::SerialNumber,
            "SELECT serial_number, machine_id FROM machines WHERE \
                                     serial_number = ANY($1)",
        ),
        (
            UniqueField::WorkOrderNumber,
            "SELECT work_order_number, work_order_id FROM \
                                        work_orders WHERE work_order_number = ANY($1)",
        ),
    ];
    if wanted.unique.is_empty() && wanted.sources.is_empty() {
        return Ok(());
    }
    let none = Vec::new();
    let mut answers: Vec<(UniqueField, Vec<Row>)> = Vec::new();
    for (field, sql) in holders {
        let values = wanted.unique.get(&field).unwrap_or(&none);
        if !values.is_empty() {
            let statement = client.prepare_cached(sql).await?;
            answers.push((field, client.query(&statement, &[values]).await?));
        }
    }
    for (field, rows) in answers {
        for row in rows {
            let (value, holder): (&str, String) = (row.try_get(0)?, row.try_get(1)?);
            state.put_holder(field, value, Some(holder));
        }
    }
    if !wanted.sources.is_empty() {
        let statement = client.prepare_cached(sources).await?;
        for row in client.query(&statement, &[&wanted.sources]).await? {
            let (id, sequence): (&str, i64) = (row.try_get(0)?, row.try_get(1)?);
            state.put_watermark(mraos_domain::Text::new(id)?, sequence);
        }
    }
    Ok(())
}
