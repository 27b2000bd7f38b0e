//! Loads what a command needs into the state: the keys that `requires` names.
//!
//! Works on any session: inside the committer's transaction, or on its own for a validation.
//! Whatever a key leads to is noted, also when there is nothing. An operator, machine or order
//! comes with its open allocations.

mod holder;
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
use tokio::try_join;

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

/// Loads `keys` into `state`. Everything is asked for at once: on a busy machine each answer that
/// is waited for costs more than its rows.
pub(crate) async fn load(
    client: &ClientWrapper,
    keys: &[Key],
    state: &mut State,
) -> Result<(), StoreError> {
    let wanted = Wanted::sort(keys);
    let mut open = wanted.allocations.clone();
    let reading = async {
        try_join!(
            operator::read(client, &wanted),
            machine::read(client, &wanted),
            work_order::read(client, &wanted),
            material::read(client, &wanted),
            requirement::read(client, &wanted),
            requirement::read_reason_codes(client, &wanted),
            holiday::read(client, &wanted),
            last_change::read(client, &wanted),
            holder::read(client, &wanted),
        )
    };
    // In a box: all of it at once is 16 KiB, which else every socket would carry that may load
    // something one day.
    let (operators, machines, orders, materials, requirements, codes, holidays, changes, holders) =
        Box::pin(reading).await?;
    for (operator, of_operator) in operators {
        open.extend(numbers(&of_operator));
        state.put_operator(operator, of_operator);
    }
    for (machine, of_machine) in machines {
        open.extend(numbers(&of_machine));
        state.put_machine(machine, of_machine);
    }
    for (order, of_order) in orders {
        open.extend(numbers(&of_order));
        state.put_work_order(order, of_order);
    }
    materials.into_iter().for_each(|one| state.put_material(one));
    requirements.into_iter().for_each(|(scope, all)| state.put_requirements(scope, all));
    codes.into_iter().for_each(|one| state.put_reason_code(one));
    holidays.into_iter().for_each(|all| state.put_holidays(all));
    changes.into_iter().for_each(|(id, change)| state.put_last_change(id, change));
    holders.put(state);
    load_allocations(client, open, state).await?;
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
