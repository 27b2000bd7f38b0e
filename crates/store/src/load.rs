//! Loads what a command needs into the state: the keys that `requires` names.
//!
//! Works on any session: inside the committer's transaction, or on its own for a validation.
//! Whatever a key leads to is noted, also when there is nothing. An operator, machine or order
//! comes with its open allocations.

mod holiday;
mod last_change;
mod machine;
mod material;
mod operator;
mod requirement;
mod work_order;

use std::collections::HashMap;
use std::sync::LazyLock;

use deadpool_postgres::ClientWrapper;
use mraos_domain::{AllocationId, Key, State, UniqueField};
use tokio_postgres::Row;

use crate::allocation;
use crate::error::StoreError;

/// The keys by kind, as the statements take them.
#[derive(Default)]
struct Wanted {
    operators: Vec<String>,
    machines: Vec<String>,
    materials: Vec<String>,
    work_orders: Vec<String>,
    allocations: Vec<i64>,
    last_changes: Vec<i64>,
    reason_codes: Vec<String>,
    scopes: (Vec<String>, Vec<String>),
    unique: HashMap<UniqueField, Vec<String>>,
    sources: Vec<String>,
    holidays: bool,
}

impl Wanted {
    fn sort(keys: &[Key]) -> Self {
        let mut wanted = Self::default();
        for key in keys {
            match key {
                Key::Operator(id) => wanted.operators.push(id.to_string()),
                Key::Machine(id) => wanted.machines.push(id.to_string()),
                Key::Material(id) => wanted.materials.push(id.to_string()),
                Key::WorkOrder(id) => wanted.work_orders.push(id.to_string()),
                Key::Allocation(id) => wanted.allocations.push(id.0),
                Key::LastChange(id) => wanted.last_changes.push(id.0),
                Key::ReasonCode(code) => wanted.reason_codes.push(code.to_string()),
                Key::Requirements(scope) => {
                    wanted.scopes.0.push(scope.kind().to_owned());
                    wanted.scopes.1.push(scope.id().to_owned());
                }
                Key::Unique(field, value) => {
                    wanted.unique.entry(*field).or_default().push(value.clone());
                }
                Key::Source(id) => wanted.sources.push(id.to_string()),
                Key::Holidays => wanted.holidays = true,
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
    let mut open = operator::load(client, &wanted, state).await?;
    open.extend(machine::load(client, &wanted, state).await?);
    open.extend(work_order::load(client, &wanted, state).await?);
    open.extend(wanted.allocations.iter().copied());
    load_allocations(client, open, state).await?;
    last_change::load(client, &wanted, state).await?;
    material::load(client, &wanted, state).await?;
    requirement::load(client, &wanted, state).await?;
    holiday::load(client, &wanted, state).await?;
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

static SELECT_ALLOCATIONS: LazyLock<String> = LazyLock::new(|| {
    let list = allocation::ALLOCATIONS.select_list();
    format!("SELECT {list} FROM allocations WHERE allocation_id = ANY($1)")
});

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
    let statement = client.prepare_cached(&SELECT_ALLOCATIONS).await?;
    for row in client.query(&statement, &[&ids]).await? {
        state.put_allocation(allocation::decode(&row)?);
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
            UniqueField::PartNumber,
            "SELECT part_number, material_id FROM materials WHERE part_number = ANY($1)",
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
