//! Work orders with predecessors, bills of materials and the ids of their open allocations.
//!
//! Bills are asked for where an order has one; most have none. Lists come in the order of their
//! recording.

use std::collections::HashMap;
use std::sync::LazyLock;

use deadpool_postgres::ClientWrapper;
use futures_util::future::join;
use mraos_domain::{AllocationId, Bill, State, WorkOrder, WorkOrderId};

use super::Wanted;
use crate::error::StoreError;
use crate::store::Store;
use crate::work_order::{self, Decoded};
use crate::{bom, reservation};

static SELECT_ORDERS: LazyLock<String> = LazyLock::new(|| {
    let select = work_order::WORK_ORDERS.select_with(&work_order::WORK_ORDER_STATUS);
    format!("{select} WHERE m.work_order_id = ANY($1)")
});

static SELECT_CLOSED: LazyLock<String> =
    LazyLock::new(|| format!("{} AND NOT m.is_open", *SELECT_ORDERS));

static SELECT_DEPENDENCIES: LazyLock<String> = LazyLock::new(|| {
    let list = work_order::DEPENDENCIES.select_list();
    format!(
        "SELECT {list} FROM work_order_dependencies WHERE work_order_id = ANY($1) ORDER BY \
         dependency_id"
    )
});

pub(super) async fn read(
    client: &ClientWrapper,
    wanted: &Wanted,
) -> Result<Vec<(WorkOrder, Vec<AllocationId>)>, StoreError> {
    if wanted.work_orders.is_empty() {
        return Ok(Vec::new());
    }
    let orders = client.prepare_cached(&SELECT_ORDERS).await?;
    let edges = client.prepare_cached(&SELECT_DEPENDENCIES).await?;
    let ids: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&wanted.work_orders];
    let (orders, edges) = join(client.query(&orders, &ids), client.query(&edges, &ids)).await;
    let mut dependencies: HashMap<_, Vec<_>> = HashMap::new();
    for row in edges? {
        let (id, edge) = work_order::decode_dependency(&row)?;
        dependencies.entry(id).or_default().push(edge);
    }
    let mut decoded: Vec<Decoded> = Vec::new();
    for row in orders? {
        decoded.push(work_order::decode(&row)?);
    }
    let with_bom = decoded.iter().filter(|one| one.has_bom);
    let with_bom = with_bom.map(|one| one.order.work_order_id.to_string()).collect();
    let mut bills = load_bills(client, with_bom).await?;
    let mut found = Vec::new();
    for Decoded { mut order, open, .. } in decoded {
        order.dependencies = dependencies.remove(&order.work_order_id).unwrap_or_default();
        order.bill = bills.remove(&order.work_order_id).unwrap_or_default();
        found.push((order, open));
    }
    Ok(found)
}

impl Store {
    /// Loads those of some orders that are closed, by their rows alone: nothing can happen to them
    /// any more, so that what they waited for and were made of does not matter.
    pub async fn load_closed_orders(
        &self,
        ids: &[WorkOrderId],
        state: &mut State,
    ) -> Result<(), StoreError> {
        let client = self.look_up_session().await?;
        let statement = client.prepare_cached(&SELECT_CLOSED).await?;
        let ids: Vec<&str> = ids.iter().map(WorkOrderId::as_str).collect();
        for row in client.query(&statement, &[&ids]).await? {
            let Decoded { order, open, .. } = work_order::decode(&row)?;
            state.put_work_order(order, open);
        }
        Ok(())
    }
}

/// Bills of materials with what is set aside, of orders that have one; most have none.
async fn load_bills(
    client: &ClientWrapper,
    ids: Vec<String>,
) -> Result<HashMap<WorkOrderId, Bill>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let list = bom::BOM.select_list();
    let sql =
        format!("SELECT {list} FROM work_order_bom WHERE work_order_id = ANY($1) ORDER BY bom_id");
    let lines = client.prepare_cached(&sql).await?;
    let list = reservation::RESERVATIONS.select_list();
    let sql = format!(
        "SELECT {list} FROM material_reservations WHERE work_order_id = ANY($1) AND status = \
         'active' ORDER BY reservation_id"
    );
    let held = client.prepare_cached(&sql).await?;
    let ids: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&ids];
    let (lines, held) = join(client.query(&lines, &ids), client.query(&held, &ids)).await;
    let mut bills: HashMap<WorkOrderId, Bill> = HashMap::new();
    for row in lines? {
        let (id, line) = bom::decode(&row)?;
        bills.entry(id).or_default().lines.push(line);
    }
    for row in held? {
        let held = reservation::decode(&row)?;
        bills.entry(held.work_order_id.clone()).or_default().reservations.push(held);
    }
    Ok(bills)
}
