//! New orders, batch by batch, so that a plant never runs dry.
//!
//! A batch is created one order after the other, since each waits for the one before, and each with
//! what it is made of. Only as many orders are added as are missing.

use std::collections::VecDeque;

use mraos_api::bom::SetBomLine;
use mraos_api::work_order::CreateWorkOrder;

use crate::generator::{Batches, PlannedOrder, requirement};
use crate::simulator::act::Act;
use crate::simulator::foreman::turn::Turn;

/// Batches that are being created at the same time.
pub(crate) const MOST_BATCHES: usize = 12;
/// Orders that a batch brings, about.
const ORDERS_PER_BATCH: usize = 6;

/// Where new orders come from.
#[derive(Debug)]
pub(crate) struct Supply {
    /// None in a plant that is not of the generator's kind: nobody would know what to order.
    batches: Option<Batches>,
    wanted: usize,
    arriving: Vec<VecDeque<Arrival>>,
}

/// A part of a batch that is still to be sent.
#[derive(Debug)]
enum Arrival {
    Order(Box<CreateWorkOrder>),
    Line { order: String, line: SetBomLine },
    Asked(mraos_api::skill_requirement::RequireSkill),
}

impl Arrival {
    fn order(&self) -> &str {
        match self {
            Self::Order(order) => &order.work_order_id,
            Self::Line { order, .. } => order,
            Self::Asked(asked) => &asked.scope_id,
        }
    }

    fn all_of(planned: PlannedOrder) -> impl Iterator<Item = Self> {
        let PlannedOrder { order, bill } = planned;
        let id = order.work_order_id.clone();
        let asked = requirement(&order).map(Self::Asked);
        let lines = bill.into_iter().map(move |line| Self::Line { order: id.clone(), line });
        std::iter::once(Self::Order(Box::new(order))).chain(asked).chain(lines)
    }

    fn into_act(self) -> Act {
        match self {
            Self::Order(order) => Act::CreateOrder(order),
            Self::Line { order, line } => Act::SetBomLine { order, line },
            Self::Asked(asked) => Act::RequireSkill(asked),
        }
    }
}

impl Supply {
    /// Keeps about `wanted` orders open.
    pub(crate) fn new(batches: Option<Batches>, wanted: usize) -> Self {
        Self { batches, wanted, arriving: Vec::new() }
    }

    /// Goes on with a batch of which some orders `exist` already, because whoever created them was
    /// stopped: what they are made of is told again, and the others follow.
    pub(crate) fn go_on_with(&mut self, batch: Vec<PlannedOrder>, exist: &[bool]) {
        let rest = batch.into_iter().zip(exist).flat_map(|(order, exists)| {
            let is_left = |one: &Arrival| !exists || matches!(one, Arrival::Line { .. });
            Arrival::all_of(order).filter(is_left).collect::<Vec<_>>()
        });
        self.arriving.push(rest.collect());
    }

    /// What of a refused batch has not been created will not be.
    pub(super) fn was_refused(&mut self, order: &str) {
        let batch = batch_of(order);
        self.arriving.retain(|coming| {
            coming.front().is_some_and(|arrival| batch_of(arrival.order()) != batch)
        });
    }

    /// Whether an order is not there with all that belongs to it.
    pub(super) fn is_arriving(&self, order: &str) -> bool {
        let batch = batch_of(order);
        let mut fronts = self.arriving.iter().filter_map(VecDeque::front);
        fronts.any(|arrival| batch_of(arrival.order()) == batch)
    }

    pub(super) fn order_more(&mut self, turn: &mut Turn<'_>) {
        let Some(batches) = &mut self.batches else { return };
        let orders = |coming: &VecDeque<Arrival>| {
            coming.iter().filter(|arrival| matches!(arrival, Arrival::Order(_))).count()
        };
        let coming: usize = self.arriving.iter().map(orders).sum();
        let open = turn.floor.orders.len() + coming;
        let missing = self.wanted.saturating_sub(open) / ORDERS_PER_BATCH;
        let more = missing.min(MOST_BATCHES - self.arriving.len().min(MOST_BATCHES));
        for _ in 0..more {
            let batch = batches.next_batch(turn.now.clock);
            self.arriving.push(batch.into_iter().flat_map(Arrival::all_of).collect());
        }
        for coming in &mut self.arriving {
            let Some(arrival) = coming.front() else { continue };
            let id = arrival.order().to_owned();
            if !turn.is_claimed(&[&id])
                && let Some(arrival) = coming.pop_front()
            {
                turn.act(arrival.into_act(), &[&id]);
            }
        }
        self.arriving.retain(|coming| !coming.is_empty());
    }
}

fn batch_of(order: &str) -> Option<&str> {
    order.rsplit_once('-').map(|(batch, _)| batch)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::generator::{Sizes, lines_of};

    #[test]
    fn a_batch_that_was_begun_gets_the_orders_that_it_lacks() {
        let at = "2026-11-30T08:00:00Z".parse().unwrap();
        let mut batches = Batches::new(7, lines_of(Sizes::default()).unwrap(), 1.0);
        let batch = batches.next_batch(at);
        let ids: Vec<String> =
            batch.iter().map(|planned| planned.order.work_order_id.clone()).collect();
        let lines = batch[0].bill.len();
        let mut exist = vec![false; batch.len()];
        exist[0] = true;

        let mut supply = Supply::new(Some(batches), 100);
        supply.go_on_with(batch, &exist);
        let arriving = &supply.arriving[0];
        let created: Vec<&str> = arriving
            .iter()
            .filter(|one| matches!(one, Arrival::Order(_)))
            .map(Arrival::order)
            .collect();
        assert_eq!(created, ids[1..], "in order, without the first");
        let of_first: Vec<&Arrival> = arriving.iter().filter(|one| one.order() == ids[0]).collect();
        assert_eq!(of_first.len(), lines);
        assert!(lines > 0 && of_first.iter().all(|one| matches!(one, Arrival::Line { .. })));
        assert!(supply.is_arriving(&ids[0]), "nobody works on a part of a batch");
    }
}
