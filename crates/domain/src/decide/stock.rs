//! Commands that move stock: receipt, issue, adjustment, transfer, reservation, release.
//!
//! All six find lots and move them; they differ in which lots, and in what is moved. A quantity in
//! another unit is converted exactly or refused, and nothing takes what is set aside for others.

use jiff::civil::Date;

use super::supply::{consume, give_back};
use super::{Decision, check_reason, refuse};
use crate::command::StockTransaction;
use crate::context::Context;
use crate::eligibility::{no_such, short};
use crate::event::{Event, StockMoved};
use crate::ids::MaterialId;
use crate::material::{LotKey, LotMovement, Material, TransactionType};
use crate::quantity::{Quantity, QuantityChange};
use crate::refusal::{Refusal, RefusalCode};
use crate::reservation::{Reservation, ReservationChange};
use crate::state::State;
use crate::stock::{Picked, pick};
use crate::time::Instant;
use crate::unit::{Unit, convert};
use crate::work_order::WorkOrder;

/// A transaction with everything that it is about, in the material's unit.
struct Deal<'a> {
    state: &'a State,
    context: &'a Context,
    material: &'a Material,
    transaction: &'a StockTransaction,
    amount: Quantity,
    takes_away: bool,
}

pub(super) fn decide(
    state: &State,
    id: &MaterialId,
    transaction: &StockTransaction,
    context: &Context,
) -> Decision {
    let material = find(state, id)?;
    let change = transaction.quantity;
    let is_count = transaction.is_count;
    let mut refusals = Vec::new();
    check_reason(state, &transaction.reason, &mut refusals);
    let amount = in_unit(material, change.amount(), transaction.unit_of_measure.as_ref());
    if change == QuantityChange::ZERO && !is_count {
        refusals.push(invalid(id, "quantity must not be 0.".to_owned()));
    }
    let is_signed = transaction.transaction_type == TransactionType::Adjustment;
    if change.is_less() && !is_signed {
        let message =
            format!("quantity {change} must be more than 0; only an adjustment has a sign.");
        refusals.push(invalid(id, message));
    }
    let order = transaction.work_order_id.as_ref();
    if let Some(order) = order.filter(|order| state.work_order(order).is_none()) {
        refusals.push(no_such(RefusalCode::UnknownWorkOrder, order.into(), "work order"));
    }
    let amount = amount.unwrap_or_else(|refusal| {
        refusals.push(*refusal);
        Quantity::ZERO
    });
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let mut deal =
        Deal { state, context, material, transaction, amount, takes_away: change.is_less() };
    if is_count {
        deal.compare_with_count();
    }
    if deal.amount.is_zero() { Ok(Vec::new()) } else { deal.decide() }
}

/// The material, or that there is none.
pub(super) fn find<'a>(state: &'a State, id: &MaterialId) -> Result<&'a Material, Vec<Refusal>> {
    let missing = || vec![no_such(RefusalCode::UnknownMaterial, id.into(), "material")];
    state.material(id).ok_or_else(missing)
}

/// The amount in the material's unit.
pub(super) fn in_unit(
    material: &Material,
    amount: Quantity,
    unit: Option<&Unit>,
) -> Result<Quantity, Box<Refusal>> {
    let own = &material.details.unit_of_measure;
    let Some(unit) = unit else { return Ok(amount) };
    convert(amount, unit, own, &material.details.packages).ok_or_else(|| {
        let id = &material.material_id;
        let message = format!(
            "{amount} {unit} of {id} cannot be converted to {own} exactly; state the quantity in \
             {own}, or add the package to the material."
        );
        Refusal::new(RefusalCode::UnitNotConvertible, id, message).figures(own, unit).into()
    })
}

fn invalid(id: &MaterialId, message: String) -> Refusal {
    Refusal::new(RefusalCode::InvalidValue, id, message)
}

impl Deal<'_> {
    fn decide(&self) -> Decision {
        match self.transaction.transaction_type {
            TransactionType::Receipt => self.receive(),
            TransactionType::Issue => self.issue(),
            TransactionType::Adjustment if self.takes_away => self.lose(),
            TransactionType::Adjustment => self.receive(),
            TransactionType::Transfer => self.transfer(),
            TransactionType::Reservation => self.reserve(),
            TransactionType::Release => self.release(),
        }
    }

    /// From what was counted to what that is more or less than there should be.
    fn compare_with_count(&mut self) {
        let lots = self.material.lots.iter().filter(|lot| self.takes(&lot.key));
        let there =
            lots.fold(Quantity::ZERO, |sum, lot| sum.checked_add(lot.quantity).unwrap_or(sum));
        self.takes_away = self.amount < there;
        self.amount =
            if self.takes_away { there.minus(self.amount) } else { self.amount.minus(there) };
    }

    fn today(&self) -> Date {
        self.context.plant.date_of(self.context.now())
    }

    fn takes(&self, key: &LotKey) -> bool {
        self.transaction.lot.takes(key)
    }

    fn moved(&self, movement: LotMovement) -> StockMoved {
        let id = &self.material.material_id;
        let moved = StockMoved::new(id, self.transaction.transaction_type, movement);
        self.dressed(moved)
    }

    /// The same with what the transaction says about itself.
    fn dressed(&self, moved: StockMoved) -> StockMoved {
        StockMoved {
            unit_cost: self.transaction.unit_cost,
            work_order_id: self.transaction.work_order_id.clone(),
            reference: self.transaction.reference.clone(),
            ..moved.because(&self.transaction.reason)
        }
    }

    /// The lot that goods of these marks belong to.
    fn lot_of_receipt(&self) -> LotKey {
        let (details, lot) = (&self.material.details, &self.transaction.lot);
        let is_receipt = self.transaction.transaction_type == TransactionType::Receipt;
        let keeps = details.shelf_life_days.filter(|_| is_receipt);
        let expiry = keeps.and_then(|days| {
            let span = jiff::Span::new().try_days(i64::from(days)).ok()?;
            self.today().checked_add(span).ok()
        });
        let place = self.transaction.to_location.as_ref().or(lot.location.as_ref());
        LotKey {
            batch_number: lot.batch_number.clone(),
            lot_number: lot.lot_number.clone(),
            expiration_date: lot.expiration_date.or(expiry),
            location: place.or(details.primary_location.as_ref()).cloned(),
        }
    }

    fn receive(&self) -> Decision {
        let id = &self.material.material_id;
        let on_hand = self.material.on_hand();
        if on_hand.checked_add(self.amount).is_none() {
            let message = format!("{id}: {on_hand} and {} are more than fits.", self.amount);
            return refuse(invalid(id, message));
        }
        if !self.material.details.is_active {
            return refuse(out_of_use(self.material));
        }
        let change = QuantityChange::more(self.amount);
        Ok(vec![self.moved(LotMovement::of_stock(self.lot_of_receipt(), change)).into()])
    }

    /// Takes what is set aside for the order first, then what is free.
    fn issue(&self) -> Decision {
        let today = self.today();
        let order = self.transaction.work_order_id.as_ref();
        let bill = order.and_then(|id| self.state.work_order(id)).map(|order| &order.bill);
        let held =
            bill.into_iter().flat_map(|bill| bill.reservations_of(&self.material.material_id));
        let mut events = Vec::new();
        let mut missing = self.amount;
        for one in held.filter(|one| one.keeps_until(today) && self.takes(&one.lot)) {
            let part = one.open().min(missing);
            if !part.is_zero() {
                missing = missing.minus(part);
                let reservation = consume(one, part);
                events.push(self.dressed(reservation).into());
            }
        }
        let usable = |key: &LotKey| key.keeps_until(today) && self.takes(key);
        let picked = pick(self.material, missing, usable);
        self.check_enough(&picked, Some(today))?;
        events.extend(picked.parts.into_iter().map(|(lot, amount)| -> Event {
            self.moved(LotMovement::of_stock(lot, QuantityChange::less(amount))).into()
        }));
        Ok(events)
    }

    fn lose(&self) -> Decision {
        let picked = pick(self.material, self.amount, |key| self.takes(key));
        self.check_enough(&picked, None)?;
        let lost = picked.parts.into_iter().map(|(lot, amount)| -> Event {
            self.moved(LotMovement::of_stock(lot, QuantityChange::less(amount))).into()
        });
        Ok(lost.collect())
    }

    fn transfer(&self) -> Decision {
        let id = &self.material.material_id;
        let Some(to) = &self.transaction.to_location else {
            return refuse(invalid(id, "A transfer needs a to_location.".to_owned()));
        };
        let elsewhere = |key: &LotKey| self.takes(key) && key.location.as_ref() != Some(to);
        let picked = pick(self.material, self.amount, elsewhere);
        self.check_enough(&picked, None)?;
        let moved = picked.parts.into_iter().map(|(lot, amount)| -> Event {
            let there = LotKey { location: Some(to.clone()), ..lot.clone() };
            let mut moved = self.moved(LotMovement::of_stock(lot, QuantityChange::less(amount)));
            moved.movements.push(LotMovement::of_stock(there, QuantityChange::more(amount)));
            moved.into()
        });
        Ok(moved.collect())
    }

    fn reserve(&self) -> Decision {
        let order = self.order()?;
        let expected = self.transaction.expected_consumption_date;
        let claim = Claim { material: self.material, order, amount: self.amount, expected };
        let day = claim.day_of_use(self.state, self.context);
        claim.check()?;
        let usable = |key: &LotKey| key.keeps_until(day) && self.takes(key);
        let picked = pick(self.material, self.amount, usable);
        self.check_enough(&picked, Some(day))?;
        let claims = picked.parts.into_iter().map(|(lot, amount)| -> Event {
            let claim = LotMovement::of_claim(lot, QuantityChange::more(amount));
            self.moved(claim).reserving(made(expected)).into()
        });
        Ok(claims.collect())
    }

    /// The newest reservations first: the oldest have waited longest.
    fn release(&self) -> Decision {
        let order = self.order()?;
        let held = order.bill.reservations_of(&self.material.material_id);
        let held: Vec<&Reservation> = held.filter(|one| self.takes(&one.lot)).collect();
        let mut missing = self.amount;
        let mut events = Vec::new();
        for one in held.into_iter().rev() {
            let part = one.open().min(missing);
            if !part.is_zero() {
                missing = missing.minus(part);
                events.push(self.dressed(give_back(one, part, false)).into());
            }
        }
        if missing.is_zero() {
            return Ok(events);
        }
        let (id, held) = (&self.material.material_id, self.amount.minus(missing));
        let message = format!(
            "{held} of {id} are set aside for {}, not {}; release no more than that.",
            order.work_order_id, self.amount
        );
        let refusal = Refusal::new(RefusalCode::UnknownReservation, id, message);
        refuse(refusal.figures(self.amount, held))
    }

    fn order(&self) -> Result<&WorkOrder, Vec<Refusal>> {
        let id = self.transaction.work_order_id.as_ref();
        id.and_then(|id| self.state.work_order(id)).ok_or_else(|| {
            let message = "Name the work order that it is for.".to_owned();
            vec![invalid(&self.material.material_id, message)]
        })
    }

    fn check_enough(&self, picked: &Picked, day: Option<Date>) -> Result<(), Vec<Refusal>> {
        if picked.missing.is_zero() {
            return Ok(());
        }
        let free = self.amount.minus(picked.missing);
        let order = self.transaction.work_order_id.as_ref();
        refuse(short(self.material, order, (self.amount, free), day, self.context))
    }
}

/// What is asked to be set aside for an order.
pub(super) struct Claim<'a> {
    pub(super) material: &'a Material,
    pub(super) order: &'a WorkOrder,
    pub(super) amount: Quantity,
    pub(super) expected: Option<Instant>,
}

impl Claim<'_> {
    /// The plant's day on which it will be used: as stated, else by the order's next work, else
    /// today.
    pub(super) fn day_of_use(&self, state: &State, context: &Context) -> Date {
        let open = state.open_of_work_order(&self.order.work_order_id);
        let next = open.map(|one| one.window.end).min();
        let at = self.expected.or(next).unwrap_or(context.now());
        context.plant.date_of(at.max(context.now()))
    }

    /// The order is open, and its bill asks for so much more.
    pub(super) fn check(&self) -> Result<(), Vec<Refusal>> {
        let (order, id) = (self.order, &self.material.material_id);
        super::work_order::check_open(order)?;
        if !self.material.details.is_active {
            return refuse(out_of_use(self.material));
        }
        let Some(line) = order.bill.line(id) else {
            let message = format!(
                "The bill of materials of {} has no {id}; add a line first.",
                order.work_order_id
            );
            let code = RefusalCode::UnknownBomLine;
            return refuse(Refusal::new(code, &order.work_order_id, message));
        };
        let uncovered = order.bill.uncovered(line);
        if self.amount <= uncovered {
            return Ok(());
        }
        let message = format!(
            "{} needs {uncovered} more of {id}, not {}; set aside no more than that.",
            order.work_order_id, self.amount
        );
        let refusal = Refusal::new(RefusalCode::WouldExceedRequired, id, message);
        refuse(refusal.figures(uncovered, self.amount))
    }
}

/// A reservation that somebody asked for.
pub(super) fn made(expected_consumption_date: Option<Instant>) -> ReservationChange {
    ReservationChange::Made { expected_consumption_date, for_work: false }
}

pub(super) fn out_of_use(material: &Material) -> Refusal {
    let id = &material.material_id;
    let message = format!("Material {id} is out of use; choose another or put it back into use.");
    Refusal::new(RefusalCode::MaterialUnavailable, id, message)
}
