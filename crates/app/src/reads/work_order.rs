//! Reads of what becomes of orders: when they will be done, what waits for them, and their log.
//!
//! The forecast is the domain's; here its predecessors are loaded, as far back as there are any.

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

/// An order and when it will be done.
#[derive(Debug, Clone)]
pub struct ExpectedOrder {
    /// The order.
    pub order: WorkOrder,
    /// When it will be done as things stand; `None` if nobody can tell.
    pub outlook: Option<Outlook>,
}

/// Predecessors of predecessors beyond this are taken to be done.
const MOST_ROUNDS: usize = 30;

impl Reads {
    /// An order and when it will be done.
    pub async fn find_expected_order(
        &self,
        actor: &Actor,
        id: &WorkOrderId,
        now: Instant,
    ) -> Result<Option<ExpectedOrder>, AppError> {
        Ok(self.expected_orders(actor, std::slice::from_ref(id), now).await?.pop())
    }

    /// A page of orders and when they will be done.
    pub async fn list_expected_orders(
        &self,
        actor: &Actor,
        page: &Page,
        now: Instant,
    ) -> Result<Paged<ExpectedOrder>, AppError> {
        let listed = self.store.list_work_orders(&in_sight(actor, page)).await?;
        let next = listed.ids.last().filter(|_| listed.has_more).map(ToString::to_string);
        Ok(Paged { items: self.expected_orders(actor, &listed.ids, now).await?, next })
    }

    async fn expected_orders(
        &self,
        actor: &Actor,
        ids: &[WorkOrderId],
        now: Instant,
    ) -> Result<Vec<ExpectedOrder>, AppError> {
        let mut state = State::default();
        self.load_orders(ids.to_vec(), &mut state).await?;
        let keys: Vec<Key> = ids.iter().cloned().map(Key::WorkOrder).collect();
        self.load_sight(actor, &keys, &mut state).await?;
        self.load_predecessors(&mut state).await?;
        let found = ids.iter().filter_map(|id| state.work_order(id));
        let found = found.filter(|order| actor.sees_work_order(order));
        let expected = |order: &WorkOrder| ExpectedOrder {
            outlook: outlook(&state, &order.work_order_id, now),
            order: order.clone(),
        };
        Ok(found.map(expected).collect())
    }

    /// When an order will be done as things stand, if anybody can tell.
    pub async fn outlook(
        &self,
        id: &WorkOrderId,
        now: Instant,
    ) -> Result<Option<Outlook>, AppError> {
        let mut state = State::default();
        self.load_orders(vec![id.clone()], &mut state).await?;
        self.load_predecessors(&mut state).await?;
        Ok(outlook(&state, id, now))
    }

    /// What open orders wait for, as far back as they do.
    async fn load_predecessors(&self, state: &mut State) -> Result<(), AppError> {
        for _ in 0..MOST_ROUNDS {
            let wanted = predecessors(state);
            if wanted.is_empty() {
                break;
            }
            self.load_orders(wanted, state).await?;
        }
        Ok(())
    }

    /// Loads orders as far as an outlook needs them: closed ones, of which most are, by their rows
    /// alone.
    async fn load_orders(
        &self,
        mut ids: Vec<WorkOrderId>,
        state: &mut State,
    ) -> Result<(), AppError> {
        let keys: Vec<Key> = ids.iter().cloned().map(Key::WorkOrder).collect();
        self.at_hand.fill(&keys, state);
        ids.retain(|id| state.work_order(id).is_none());
        if ids.is_empty() {
            return Ok(());
        }
        self.store.load_closed_orders(&ids, state).await?;
        let missing: Vec<Key> = keys.into_iter().filter(|key| !state.has(key)).collect();
        if !missing.is_empty() {
            self.store.load(&missing, state).await?;
        }
        Ok(())
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
fn predecessors(state: &State) -> Vec<WorkOrderId> {
    let open = state.all_work_orders().filter(|order| !order.status.is_closed());
    let edges = open.flat_map(|order| &order.dependencies);
    let mut ids: Vec<WorkOrderId> =
        edges.map(|edge| edge.terms.predecessor_work_order_id.clone()).collect();
    ids.retain(|id| !state.has(&Key::WorkOrder(id.clone())));
    ids.sort();
    ids.dedup();
    ids
}
