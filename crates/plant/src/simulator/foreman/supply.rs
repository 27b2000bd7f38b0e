//! New orders, batch by batch, so that a plant never runs dry.
//!
//! A batch is created one order after the other, since each waits for the one before. Only as
//! many orders are added as are missing.

use std::collections::VecDeque;

use mraos_api::work_order::CreateWorkOrder;

use crate::generator::Batches;
use crate::simulator::act::Act;
use crate::simulator::foreman::turn::Turn;

/// Batches that are being created at the same time.
const MOST_BATCHES: usize = 12;
/// Orders that a batch brings, about.
const ORDERS_PER_BATCH: usize = 6;

/// Where new orders come from.
#[derive(Debug)]
pub(crate) struct Supply {
    /// None in a plant that is not of the generator's kind: nobody would know what to order.
    batches: Option<Batches>,
    wanted: usize,
    arriving: Vec<VecDeque<CreateWorkOrder>>,
}

impl Supply {
    /// Keeps about `wanted` orders open.
    pub(crate) fn new(batches: Option<Batches>, wanted: usize) -> Self {
        Self { batches, wanted, arriving: Vec::new() }
    }

    /// What of a refused batch has not been created will not be.
    pub(super) fn was_refused(&mut self, order: &str) {
        let of_batch = |id: &str| id.rsplit_once('-').map(|(batch, _)| batch.to_owned());
        let batch = of_batch(order);
        self.arriving.retain(|orders| {
            orders.front().is_some_and(|order| of_batch(&order.work_order_id) != batch)
        });
    }

    pub(super) fn order_more(&mut self, turn: &mut Turn<'_>) {
        let Some(batches) = &mut self.batches else { return };
        let coming: usize = self.arriving.iter().map(VecDeque::len).sum();
        let open = turn.floor.orders.len() + coming;
        let missing = self.wanted.saturating_sub(open) / ORDERS_PER_BATCH;
        let more = missing.min(MOST_BATCHES - self.arriving.len().min(MOST_BATCHES));
        for _ in 0..more {
            self.arriving.push(batches.next_batch(0, turn.now.clock).into());
        }
        for orders in &mut self.arriving {
            if let Some(order) = orders.pop_front() {
                let id = order.work_order_id.clone();
                turn.act(Act::CreateOrder(Box::new(order)), &[&id]);
            }
        }
        self.arriving.retain(|orders| !orders.is_empty());
    }
}
