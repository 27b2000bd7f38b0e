//! Reads of what becomes of orders: when they will be done, what waits for them, and their log.
//!
//! The forecast is the domain's; here its predecessors are loaded, as far back as there are any.

use std::collections::HashMap;

use jiff::Timestamp;
use mraos_domain::{
    Actor, Dependency, Instant, Key, Outlook, State, WorkOrder, WorkOrderId, outlook,
};
use mraos_store::Page;
use mraos_store::production_log::LogPage;
pub use mraos_store::production_log::LoggedEntry;

use super::{Paged, Reads, cut, filter, in_sight, parse_time_key};
use crate::error::AppError;

/// An order that waits for another, and how the two are tied.
#[derive(Debug, Clone)]
pub struct Successor {
    /// The order that waits.
    pub order: WorkOrder,
    /// What it waits for.
    pub dependency: Dependency,
}

/// Predecessors of predecessors beyond this are taken to be done.
const MOST_ROUNDS: usize = 30;

impl Reads {
    /// When each order will be done as things stand; those of which nobody can tell are missing.
    pub async fn outlooks(
        &self,
        ids: &[WorkOrderId],
        now: Instant,
    ) -> Result<HashMap<WorkOrderId, Outlook>, AppError> {
        let mut state = State::default();
        let mut wanted: Vec<Key> = ids.iter().cloned().map(Key::WorkOrder).collect();
        for _ in 0..MOST_ROUNDS {
            if wanted.is_empty() {
                break;
            }
            self.store.load(&wanted, &mut state).await?;
            wanted = predecessors(&state);
        }
        let found = ids.iter().filter_map(|id| Some((id.clone(), outlook(&state, id, now)?)));
        Ok(found.collect())
    }

    /// A page of what waits for an order and is there for `actor`, as it was recorded.
    pub async fn successors(
        &self,
        actor: &Actor,
        id: &WorkOrderId,
        page: &Page,
    ) -> Result<Paged<Successor>, AppError> {
        let edges = self.store.successors(id, &in_sight(actor, page)).await?;
        let edges = cut(edges, page.limit, |(_, edge)| edge.dependency_id.to_string());
        let keys = edges.items.iter().map(|(id, _)| Key::WorkOrder(id.clone()));
        let state = self.load_in_sight(actor, keys).await?;
        let found = edges.items.into_iter().filter_map(|(id, dependency)| {
            Some(Successor { order: state.work_order(&id)?.clone(), dependency })
        });
        Ok(Paged { items: found.collect(), next: edges.next })
    }

    /// A page of an order's production log, newest first.
    pub async fn production_log(
        &self,
        id: &WorkOrderId,
        page: &Page,
    ) -> Result<Paged<LoggedEntry>, AppError> {
        let wanted = LogPage {
            event_type: filter(page, "event_type").map(str::to_owned),
            before: page.after.as_deref().and_then(parse_time_key),
            limit: page.limit,
        };
        let mut entries = self.store.production_log(id, &wanted).await?;
        for entry in &mut entries {
            self.open_text(&mut entry.notes)?;
        }
        let key = |one: &LoggedEntry| -> String {
            let at: Timestamp = one.timestamp.timestamp();
            format!("{at}/{}", one.log_id)
        };
        Ok(cut(entries, page.limit, key))
    }
}

/// What open orders wait for and is not loaded.
fn predecessors(state: &State) -> Vec<Key> {
    let open = state.all_work_orders().filter(|order| !order.status.is_closed());
    let edges = open.flat_map(|order| &order.dependencies);
    let mut keys: Vec<Key> =
        edges.map(|edge| Key::WorkOrder(edge.terms.predecessor_work_order_id.clone())).collect();
    keys.retain(|key| !state.has(key));
    keys.sort();
    keys.dedup();
    keys
}
