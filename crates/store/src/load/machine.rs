//! Machines with the ids of their open allocations.
//!
//! Master data and what changes with the work come in one row.

use deadpool_postgres::ClientWrapper;
use mraos_domain::State;

use super::{Wanted, numbers};
use crate::error::StoreError;
use crate::machine;

pub(super) async fn load(
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
