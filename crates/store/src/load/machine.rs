//! Machines with the ids of their open allocations.
//!
//! Master data and what changes with the work come in one row.

use std::collections::HashMap;

use deadpool_postgres::ClientWrapper;
use futures_util::future::join;
use mraos_domain::{AllocationId, Machine};

use super::Wanted;
use crate::error::StoreError;
use crate::{machine, maintenance};

pub(super) async fn read(
    client: &ClientWrapper,
    wanted: &Wanted,
) -> Result<Vec<(Machine, Vec<AllocationId>)>, StoreError> {
    if wanted.machines.is_empty() {
        return Ok(Vec::new());
    }
    let select = machine::MACHINES.select_with(&machine::MACHINE_STATUS);
    let sql = format!("{select} WHERE m.machine_id = ANY($1)");
    let statement = client.prepare_cached(&sql).await?;
    let list = maintenance::SCHEDULES.select_list();
    let sql = format!(
        "SELECT {list} FROM maintenance_schedules WHERE machine_id = ANY($1) AND status = \
         'planned' ORDER BY maintenance_id"
    );
    let planned = client.prepare_cached(&sql).await?;
    let ids: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&wanted.machines];
    let (machines, planned) =
        join(client.query(&statement, &ids), client.query(&planned, &ids)).await;
    let mut maintenance: HashMap<_, Vec<_>> = HashMap::new();
    for row in planned? {
        let row = maintenance::decode(&row)?;
        maintenance.entry(row.machine_id).or_default().push(row.maintenance);
    }
    let mut found = Vec::new();
    for row in machines? {
        let (mut machine, open) = machine::decode(&row)?;
        machine.maintenance = maintenance.remove(&machine.machine_id).unwrap_or_default();
        found.push((machine, open));
    }
    Ok(found)
}
