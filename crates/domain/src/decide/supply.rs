//! What work does with material: beginning sets it aside or takes it, making uses it up, ending
//! gives the rest back.
//!
//! The movements follow the work's own event in the same commit. An order without a bill of
//! materials costs nothing here. Whether there is enough is the eligibility rule's question.

use jiff::civil::Date;

use crate::allocation::Phase;
use crate::bom::{Bill, BomLine, Consumption};
use crate::context::Context;
use crate::eligibility::is_near;
use crate::event::{Event, StockMoved};
use crate::evolve::Stamp;
use crate::ids::{AllocationId, WorkOrderId};
use crate::material::{LotKey, LotMovement, Material, TransactionType};
use crate::quantity::{Quantity, QuantityChange};
use crate::reservation::{Reservation, ReservationChange};
use crate::state::State;
use crate::stock::pick;
use crate::time::{Instant, Window};
use crate::work_order::WorkOrder;

/// The bill of an order while a command is decided, and what has been decided so far.
pub(super) struct Supply<'a> {
    state: &'a State,
    context: &'a Context,
    order: &'a WorkOrder,
    bill: Bill,
    events: Vec<StockMoved>,
}

impl<'a> Supply<'a> {
    pub(super) fn of(state: &'a State, context: &'a Context, order: &'a WorkOrder) -> Self {
        let bill = order.bill.clone();
        Self { state, context, order, bill, events: Vec::new() }
    }

    pub(super) fn into_events(self) -> impl Iterator<Item = Event> {
        self.events.into_iter().map(Into::into)
    }

    /// Work is to be done in `window`: what it needs is set aside, unless it is too far away.
    pub(super) fn expect(&mut self, window: Window, begins: bool) {
        if begins || is_near(self.context, window) {
            self.cover(window, begins);
        }
    }

    /// Work gets another window. Too far away it holds nothing, unless other work needs it.
    pub(super) fn reschedule(&mut self, moved: AllocationId, window: Window) {
        if is_near(self.context, window) {
            self.cover(window, false);
        } else {
            self.end_work(moved);
        }
    }

    /// Sets aside what `window` still needs; what is used up at the start is taken when work
    /// `begins`. Of what is not critical there may be too little: then all there is.
    pub(super) fn cover(&mut self, window: Window, begins: bool) {
        let day = self.context.plant.date_of(window.end);
        for line in self.bill.lines.clone() {
            let Some(material) = self.state.material(&line.terms.material_id) else {
                continue;
            };
            self.drop_stale(&line, day);
            if begins && line.terms.consumption == Consumption::AtStart {
                self.use_up(&line, material, line.remaining(), day);
                continue;
            }
            let wanted = self.bill.uncovered(&line);
            for (lot, amount) in pick(material, wanted, |lot| lot.keeps_until(day)).parts {
                self.push(reserve(material, self.order, lot, amount, window.start));
            }
        }
    }

    /// What expires before its use is given back.
    fn drop_stale(&mut self, line: &BomLine, day: Date) {
        let held = self.bill.reservations_of(&line.terms.material_id);
        let stale: Vec<Reservation> = held.filter(|one| !one.keeps_until(day)).cloned().collect();
        for one in stale {
            self.push(give_back(&one, one.open(), true));
        }
    }

    /// Uses up `wanted` of a line: what is set aside first, then what is free.
    fn use_up(&mut self, line: &BomLine, material: &Material, wanted: Quantity, day: Date) {
        let mut missing = wanted;
        let held: Vec<Reservation> =
            self.bill.reservations_of(&line.terms.material_id).cloned().collect();
        for one in held.iter().filter(|one| one.keeps_until(day)) {
            let part = one.open().min(missing);
            if !part.is_zero() {
                missing = missing.minus(part);
                self.push(consume(one, part));
            }
        }
        for (lot, amount) in pick(material, missing, |lot| lot.keeps_until(day)).parts {
            self.push(issue(material, self.order, lot, amount));
        }
    }

    /// Uses up material for what was made, good and bad: of each line the share that the made
    /// quantity is of the ordered one.
    pub(super) fn backflush(&mut self, good: Quantity, bad: Quantity) {
        let made = good.checked_add(bad).unwrap_or(good);
        let ordered = self.order.details.quantity_ordered;
        let day = self.context.plant.date_of(self.context.now());
        for line in self.bill.lines.clone() {
            let Some(material) = self.state.material(&line.terms.material_id) else {
                continue;
            };
            if line.terms.consumption == Consumption::Backflush {
                let used = line.terms.quantity_required.share(made, ordered);
                self.use_up(&line, material, used.minus(line.quantity_consumed), day);
            }
        }
    }

    /// Gives back what work had set aside, unless other work on the order goes on.
    pub(super) fn end_work(&mut self, ended: AllocationId) {
        let mut open = self.state.open_of_work_order(&self.order.work_order_id);
        if !open.any(|one| one.allocation_id != ended && one.phase != Phase::Ended) {
            self.give_back_all(|one| one.for_work);
        }
    }

    /// Gives back everything: the order is closed.
    pub(super) fn close(&mut self) {
        self.give_back_all(|_| true);
    }

    fn give_back_all(&mut self, which: impl Fn(&Reservation) -> bool) {
        for one in self.bill.reservations.clone().iter().filter(|one| which(one)) {
            self.push(give_back(one, one.open(), false));
        }
    }

    fn push(&mut self, moved: StockMoved) {
        // Nothing draws on what is set aside by the same command, so its id does not matter here.
        let at = Stamp {
            position: i64::MAX,
            occurred_at: self.context.now(),
            recorded_at: self.context.recorded_at,
            actor: &self.context.actor.id,
        };
        self.bill.apply(&moved, at);
        self.events.push(moved);
    }
}

/// A step of work on an order, and the movements of material that it brings about.
pub(super) fn with_supply(
    state: &State,
    context: &Context,
    order: &WorkOrderId,
    step: Event,
    moves: impl FnOnce(&mut Supply<'_>),
) -> Vec<Event> {
    let mut events = vec![step];
    if let Some(order) = state.work_order(order) {
        let mut supply = Supply::of(state, context, order);
        moves(&mut supply);
        events.extend(supply.into_events());
    }
    events
}

fn reserve(
    material: &Material,
    order: &WorkOrder,
    lot: LotKey,
    amount: Quantity,
    expected: Instant,
) -> StockMoved {
    let claim = LotMovement::of_claim(lot, QuantityChange::more(amount));
    let made =
        ReservationChange::Made { expected_consumption_date: Some(expected), for_work: true };
    StockMoved::new(&material.material_id, TransactionType::Reservation, claim)
        .on_order(&order.work_order_id)
        .reserving(made)
}

fn issue(material: &Material, order: &WorkOrder, lot: LotKey, amount: Quantity) -> StockMoved {
    let goes = LotMovement::of_stock(lot, QuantityChange::less(amount));
    StockMoved::new(&material.material_id, TransactionType::Issue, goes)
        .on_order(&order.work_order_id)
}

/// A part of a reservation is used.
pub(super) fn consume(one: &Reservation, amount: Quantity) -> StockMoved {
    let goes = LotMovement::of_claimed_stock(one.lot.clone(), amount);
    let drawn = ReservationChange::Drawn { reservation_id: one.reservation_id, expired: false };
    StockMoved::new(&one.material_id, TransactionType::Issue, goes)
        .on_order(&one.work_order_id)
        .reserving(drawn)
}

/// A part of a reservation is free again.
pub(super) fn give_back(one: &Reservation, amount: Quantity, expired: bool) -> StockMoved {
    let claim = LotMovement::of_claim(one.lot.clone(), QuantityChange::less(amount));
    let drawn = ReservationChange::Drawn { reservation_id: one.reservation_id, expired };
    StockMoved::new(&one.material_id, TransactionType::Release, claim)
        .on_order(&one.work_order_id)
        .reserving(drawn)
}
