//! Arithmetic of stock: which lots are taken, and what movements make of lots and reservations.
//!
//! Taking is pure choice: by expiry and by age as the material says, never more than is free and
//! never what expires before its use. Moving is pure sums, the same live and in a rebuild.

use jiff::civil::Date;

use crate::bom::Bill;
use crate::command::Reason;
use crate::event::StockMoved;
use crate::evolve::Stamp;
use crate::ids::{MaterialId, RowId, WorkOrderId};
use crate::material::{Lot, LotKey, LotMovement, Material, TransactionType};
use crate::quantity::{Quantity, QuantityChange};
use crate::reservation::{Reservation, ReservationChange, ReservationStatus};
use crate::text::Text;

/// Which lots may be taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LotChoice {
    /// Of this batch alone.
    pub batch_number: Option<Text<50>>,
    /// Of this lot alone.
    pub lot_number: Option<Text<50>>,
    /// With this expiry alone.
    pub expiration_date: Option<Date>,
    /// In this place alone.
    pub location: Option<Text<100>>,
}

impl LotChoice {
    /// Whether a lot is meant.
    pub fn takes(&self, key: &LotKey) -> bool {
        fn fits<T: PartialEq>(wanted: &Option<T>, found: &Option<T>) -> bool {
            wanted.is_none() || wanted == found
        }
        fits(&self.batch_number, &key.batch_number)
            && fits(&self.lot_number, &key.lot_number)
            && fits(&self.expiration_date, &key.expiration_date)
            && fits(&self.location, &key.location)
    }
}

/// What can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// How much of which lot, in order.
    pub parts: Vec<(LotKey, Quantity)>,
    /// What is missing.
    pub missing: Quantity,
}

/// Takes `wanted` from the free part of the lots that `may` be taken.
pub fn pick(material: &Material, wanted: Quantity, may: impl Fn(&LotKey) -> bool) -> Picked {
    let details = &material.details;
    let mut lots: Vec<&Lot> =
        material.lots.iter().filter(|lot| !lot.free().is_zero() && may(&lot.key)).collect();
    lots.sort_by_key(|lot| {
        // What never expires comes after everything that does.
        let expiry = lot.key.expiration_date.unwrap_or(Date::MAX);
        let by_expiry = details.requires_fefo.then_some(expiry);
        let by_age = details.requires_fifo.then_some(lot.received_at);
        (by_expiry, by_age, lot.lot_id)
    });
    let mut picked = Picked { parts: Vec::new(), missing: wanted };
    for lot in lots {
        let part = lot.free().min(picked.missing);
        if part.is_zero() {
            break;
        }
        picked.missing = picked.missing.minus(part);
        picked.parts.push((lot.key.clone(), part));
    }
    picked
}

impl LotMovement {
    /// Goods come to or leave a lot.
    pub fn of_stock(lot: LotKey, on_hand: QuantityChange) -> Self {
        Self { lot, on_hand, allocated: QuantityChange::ZERO }
    }

    /// Goods of a lot are set aside or given back.
    pub fn of_claim(lot: LotKey, allocated: QuantityChange) -> Self {
        Self { lot, on_hand: QuantityChange::ZERO, allocated }
    }

    /// Goods that were set aside leave their lot.
    pub fn of_claimed_stock(lot: LotKey, amount: Quantity) -> Self {
        let change = QuantityChange::less(amount);
        Self { lot, on_hand: change, allocated: change }
    }
}

impl StockMoved {
    /// A movement of one lot, with nothing around it.
    pub fn new(
        material_id: &MaterialId,
        transaction_type: TransactionType,
        movement: LotMovement,
    ) -> Self {
        Self {
            material_id: material_id.clone(),
            transaction_type,
            movements: vec![movement],
            unit_cost: None,
            work_order_id: None,
            reservation: None,
            reference: None,
            reason_code: None,
            reason: None,
        }
    }

    /// The same for an order.
    pub fn on_order(mut self, id: &WorkOrderId) -> Self {
        self.work_order_id = Some(id.clone());
        self
    }

    /// The same with what it does to a reservation.
    pub fn reserving(mut self, change: ReservationChange) -> Self {
        self.reservation = Some(change);
        self
    }

    /// The same with why it happens.
    pub fn because(mut self, reason: &Reason) -> Self {
        self.reason_code = reason.reason_code.clone();
        self.reason = reason.text.clone();
        self
    }

    /// The goods that it is about.
    pub fn quantity(&self) -> Quantity {
        let first = self.movements.first();
        first.map_or(Quantity::ZERO, |one| one.on_hand.amount().max(one.allocated.amount()))
    }

    /// The reservation that it makes or draws on; `position` is its own.
    pub fn reservation_id(&self, position: i64) -> Option<RowId> {
        self.reservation.as_ref().map(|change| match change {
            ReservationChange::Made { .. } => RowId(position),
            ReservationChange::Drawn { reservation_id, .. } => *reservation_id,
        })
    }

    /// What comes into the plant by it, or leaves.
    pub fn net(&self) -> QuantityChange {
        let sum = self.movements.iter().map(|one| one.on_hand.decimal()).sum();
        QuantityChange::new(sum).unwrap_or(QuantityChange::ZERO)
    }
}

impl Material {
    /// Moves lots.
    pub(crate) fn apply(&mut self, moved: &StockMoved, at: Stamp<'_>) {
        let left = moved.movements.iter().filter(|one| one.on_hand.is_less());
        let came = left.filter_map(|one| self.lot(&one.lot)).map(|lot| lot.received_at).min();
        let received_at = came.unwrap_or(at.occurred_at);
        for LotMovement { lot, on_hand, allocated } in &moved.movements {
            let lot = self.lot_or_new(lot, received_at, at);
            lot.quantity = on_hand.applied_to(lot.quantity).unwrap_or(lot.quantity);
            lot.reserved = allocated.applied_to(lot.reserved).unwrap_or(lot.reserved);
            lot.received_at = lot.received_at.min(received_at);
            lot.updated_at = at.recorded_at;
        }
        self.lots.retain(|lot| !lot.quantity.is_zero());
        self.refresh(at);
    }

    /// Derives since when it wants attention.
    pub(crate) fn refresh(&mut self, at: Stamp<'_>) {
        let since = self.below_safety_since.unwrap_or(at.occurred_at);
        self.below_safety_since = self.is_below_safety().then_some(since);
        self.updated_at = at.recorded_at;
        self.position = at.position;
    }

    fn lot_or_new(&mut self, key: &LotKey, received_at: crate::Instant, at: Stamp<'_>) -> &mut Lot {
        let known = self.lots.iter().position(|lot| lot.key == *key);
        let index = known.unwrap_or_else(|| {
            self.lots.push(Lot {
                lot_id: RowId(at.position),
                key: key.clone(),
                quantity: Quantity::ZERO,
                reserved: Quantity::ZERO,
                received_at,
                created_at: at.recorded_at,
                updated_at: at.recorded_at,
            });
            self.lots.len() - 1
        });
        &mut self.lots[index]
    }
}

impl Bill {
    /// Counts what was used, and moves the reservation; the reservation that is over by it.
    pub(crate) fn apply(&mut self, moved: &StockMoved, at: Stamp<'_>) -> Option<Reservation> {
        let lines = &mut self.lines;
        if let Some(line) = lines.iter_mut().find(|one| one.terms.material_id == moved.material_id)
        {
            let back = QuantityChange::new(-moved.net().decimal()).unwrap_or(QuantityChange::ZERO);
            line.quantity_consumed =
                back.applied_to(line.quantity_consumed).unwrap_or(Quantity::ZERO);
        }
        match moved.reservation.as_ref()? {
            ReservationChange::Made { expected_consumption_date, for_work } => {
                let made = new_reservation(moved, at, *expected_consumption_date, *for_work)?;
                self.reservations.push(made);
                None
            }
            ReservationChange::Drawn { reservation_id, expired } => {
                self.draw(*reservation_id, *expired, moved, at)
            }
        }
    }

    fn draw(
        &mut self,
        id: RowId,
        expired: bool,
        moved: &StockMoved,
        at: Stamp<'_>,
    ) -> Option<Reservation> {
        let index = self.reservations.iter().position(|one| one.reservation_id == id)?;
        let one = &mut self.reservations[index];
        let drawn = moved.quantity();
        let is_used = moved.transaction_type == TransactionType::Issue;
        let counter = if is_used { &mut one.quantity_consumed } else { &mut one.quantity_released };
        *counter = counter.checked_add(drawn).unwrap_or(*counter);
        one.updated_at = at.recorded_at;
        one.position = at.position;
        if !is_used {
            one.released_at = Some(at.occurred_at);
            one.released_by = Some(at.actor.clone());
        }
        if !one.open().is_zero() {
            return None;
        }
        one.status = match (is_used, expired) {
            (true, _) => ReservationStatus::Consumed,
            (false, true) => ReservationStatus::Expired,
            (false, false) => ReservationStatus::Released,
        };
        Some(self.reservations.remove(index))
    }
}

fn new_reservation(
    moved: &StockMoved,
    at: Stamp<'_>,
    expected_consumption_date: Option<crate::Instant>,
    for_work: bool,
) -> Option<Reservation> {
    Some(Reservation {
        reservation_id: RowId(at.position),
        material_id: moved.material_id.clone(),
        work_order_id: moved.work_order_id.clone()?,
        lot: moved.movements.first()?.lot.clone(),
        quantity_reserved: moved.quantity(),
        quantity_consumed: Quantity::ZERO,
        quantity_released: Quantity::ZERO,
        reservation_date: at.occurred_at,
        expected_consumption_date,
        for_work,
        status: ReservationStatus::Active,
        reserved_by: at.actor.clone(),
        released_at: None,
        released_by: None,
        created_at: at.recorded_at,
        updated_at: at.recorded_at,
        position: at.position,
    })
}
