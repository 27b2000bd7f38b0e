//! The floor as it is shown, at one position: cards by channel, cut into chunks.
//!
//! Made from memory and shared: those who come within a second get the same cards, and those of
//! the same rights and filter the same bytes. What happens after its position follows as events.

use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use bytes::Bytes;
use mraos_domain::work_order::WorkOrder;
use mraos_domain::{Machine, Material, Operator};
use tokio::sync::Mutex;

use super::alert;
use super::card::{self, Placed};
use super::floor::Floor;
use super::view::{Channel, Filter, Line, View};

/// Most orders in a snapshot; those that are due first.
pub(crate) const MOST_ORDERS: usize = 5_000;
/// Most items in a chunk.
const CHUNK_ITEMS: usize = 500;
/// How long a snapshot is given to others as well.
const FRESH: Duration = Duration::from_secs(1);
/// How many pairs of rights and filter share one.
const MOST_SHARED: usize = 64;

/// A card that is shown on a channel.
struct Shown {
    channel: Channel,
    placed: Placed,
    interest: Vec<Line>,
}

/// All cards of a position.
pub(crate) struct Cards {
    position: i64,
    shown: Vec<Shown>,
}

/// What a pair of rights and filter sees at a position.
pub struct Snapshot {
    /// The position that it reflects.
    pub position: i64,
    /// Items as JSON, separated by commas; at least one chunk.
    pub chunks: Vec<Bytes>,
}

impl Snapshot {
    /// The frame with chunk `index`, which exists.
    pub fn frame(&self, id: &str, index: usize) -> Bytes {
        let id = serde_json::Value::from(id);
        let (position, part) = (self.position, index + 1);
        let last = part == self.chunks.len();
        let head = format!(
            "{{\"type\":\"snapshot\",\"id\":{id},\"position\":{position},\"part\":{part},\
             \"last\":{last},\"items\":["
        );
        let items = self.chunks.get(index).map_or(&b""[..], |chunk| chunk);
        let mut text = Vec::with_capacity(head.len() + items.len() + 2);
        text.extend_from_slice(head.as_bytes());
        text.extend_from_slice(items);
        text.extend_from_slice(b"]}");
        Bytes::from(text)
    }
}

impl Cards {
    pub(crate) fn of(floor: &Floor) -> Self {
        let state = &floor.state;
        let mut shown = Vec::new();
        let mut operators: Vec<&Operator> = state.all_operators().collect();
        operators.retain(|one| one.details.is_active);
        operators.sort_by(|a, b| a.operator_id.cmp(&b.operator_id));
        let mut machines: Vec<&Machine> = state.all_machines().collect();
        machines.retain(|one| one.details.is_active);
        machines.sort_by(|a, b| a.machine_id.cmp(&b.machine_id));
        let mut open: Vec<_> = state.all_allocations().filter(|one| one.is_open()).collect();
        open.sort_by_key(|one| one.allocation_id);
        let mut push = |channel, placed: Placed| {
            let mut interest = placed.lines.clone();
            if channel == Channel::WorkOrderProgress {
                interest.extend(placed.works.iter().filter_map(|work| work.line.clone()));
            }
            shown.push(Shown { channel, placed, interest });
        };
        for one in &operators {
            let name = floor.names.shown(&one.operator_id);
            push(Channel::ResourceStatus, card::operator(state, one, name));
        }
        for one in &machines {
            push(Channel::ResourceStatus, card::machine(state, one, floor.recorded_at));
        }
        for one in &open {
            push(Channel::AllocationChanges, card::allocation(state, one));
        }
        for one in orders(floor) {
            push(Channel::WorkOrderProgress, card::work_order(state, one));
        }
        for alert in operators.iter().filter_map(|one| alert::of_operator(state, one)) {
            push(Channel::Alerts, card::alert(alert));
        }
        for alert in machines.iter().filter_map(|one| alert::of_machine(state, one)) {
            push(Channel::Alerts, card::alert(alert));
        }
        for alert in
            open.iter().filter_map(|one| alert::of_allocation(state, one, floor.recorded_at))
        {
            push(Channel::Alerts, card::alert(alert));
        }
        let mut materials: Vec<&Material> = state.all_materials().collect();
        materials.sort_by(|a, b| a.material_id.cmp(&b.material_id));
        for one in materials {
            if let Some(alert) = alert::of_material(one) {
                push(Channel::ResourceStatus, card::material(one));
                push(Channel::Alerts, card::alert(alert));
            }
        }
        Self { position: floor.position, shown }
    }

    fn encode(&self, view: &View, filter: &Filter) -> Snapshot {
        let mut chunks = vec![Vec::new()];
        let mut items = 0;
        for shown in self.shown.iter().filter(|one| filter.wants(one.channel, &one.interest)) {
            let Some(item) = shown.placed.item_for(view) else { continue };
            if items == CHUNK_ITEMS {
                chunks.push(Vec::new());
                items = 0;
            }
            let Some(chunk) = chunks.last_mut() else { continue };
            if items > 0 {
                chunk.push(b',');
            }
            chunk.extend_from_slice(&item);
            items += 1;
        }
        let chunks = chunks.into_iter().map(Bytes::from).collect();
        Snapshot { position: self.position, chunks }
    }
}

/// Orders with open work, and open orders, those first that are due first.
fn orders(floor: &Floor) -> Vec<&WorkOrder> {
    let state = &floor.state;
    let has_work = |one: &WorkOrder| state.open_of_work_order(&one.work_order_id).next().is_some();
    let mut orders: Vec<&WorkOrder> =
        state.all_work_orders().filter(|one| !one.status.is_closed() || has_work(one)).collect();
    orders.sort_by(|a, b| {
        (a.details.due_date, &a.work_order_id).cmp(&(b.details.due_date, &b.work_order_id))
    });
    orders.truncate(MOST_ORDERS);
    orders
}

/// Snapshots that were made lately.
#[derive(Default)]
pub(crate) struct Shared {
    latest: Mutex<Latest>,
}

#[derive(Default)]
struct Latest {
    cards: Option<(Moment, Arc<Cards>)>,
    encoded: Vec<((View, Filter), Arc<Snapshot>)>,
}

impl Shared {
    /// Lets go of everything; the next one is made anew.
    pub(crate) async fn forget(&self) {
        *self.latest.lock().await = Latest::default();
    }

    /// A snapshot for a pair of rights and filter, made of cards that `ask` gives.
    pub(crate) async fn get<E>(
        &self,
        view: &View,
        filter: &Filter,
        ask: impl Future<Output = Result<Arc<Cards>, E>>,
    ) -> Result<Arc<Snapshot>, E> {
        let mut latest = self.latest.lock().await;
        let is_fresh = |(at, _): &&(Moment, Arc<Cards>)| at.elapsed() < FRESH;
        let cards = match latest.cards.as_ref().filter(is_fresh) {
            Some((_, cards)) => cards.clone(),
            None => {
                let cards = ask.await?;
                latest.cards = Some((Moment::now(), cards.clone()));
                latest.encoded.clear();
                cards
            }
        };
        let same = |((v, f), _): &&((View, Filter), Arc<Snapshot>)| v == view && f == filter;
        if let Some((_, snapshot)) = latest.encoded.iter().find(same) {
            return Ok(snapshot.clone());
        }
        let snapshot = Arc::new(cards.encode(view, filter));
        if latest.encoded.len() < MOST_SHARED {
            latest.encoded.push(((view.clone(), filter.clone()), snapshot.clone()));
        }
        Ok(snapshot)
    }
}

/// What a subscriber reads first: that it is subscribed, from which position on.
pub(crate) fn subscribed_frame(id: &str, position: i64, epoch: &str) -> Bytes {
    let (id, epoch) = (serde_json::Value::from(id), serde_json::Value::from(epoch));
    let text = format!(
        "{{\"type\":\"subscribed\",\"id\":{id},\"position\":{position},\"epoch\":{epoch}}}"
    );
    Bytes::from(text)
}
