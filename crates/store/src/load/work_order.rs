//! Work orders with predecessors and the ids of their open allocations.
//!
//! Both statements are under way at once; predecessors come in the order of their recording.

use std::collections::HashMap;

use deadpool_postgres::ClientWrapper;
use futures_util::future::join;
use mraos_domain::State;

use super::{Wanted, numbers};
use crate::error::StoreError;
use crate::work_order;

pub(super) async fn load(
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
