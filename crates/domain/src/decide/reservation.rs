//! Commands about one reservation: use it, give it back, let it expire, hand it over.
//!
//! Handing over is a release and a new reservation of the same lot in one commit; it needs a
//! reason, because another order loses what it counted on.

use super::stock::{Claim, find, made};
use super::supply::{Supply, consume, give_back};
use super::{Decision, check_reason, refuse};
use crate::command::{Command, NamedReservation, Reason};
use crate::context::Context;
use crate::eligibility::{no_such, short, shortages};
use crate::event::StockMoved;
use crate::ids::WorkOrderId;
use crate::material::{LotMovement, TransactionType};
use crate::quantity::{Quantity, QuantityChange};
use crate::refusal::{Refusal, RefusalCode};
use crate::reservation::Reservation;
use crate::state::State;
use crate::time::Instant;
use crate::work_order::WorkOrder;

/// A reservation of an order without open work is kept this long beyond its expected use.
const MINUTES_OF_GRACE: i64 = 24 * 60;

pub(super) fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    match command {
        Command::ConsumeReservation { reservation, amount, reason } => {
            let (one, part) = find_part(state, reservation, *amount, reason)?;
            let today = context.plant.date_of(context.now());
            if !one.keeps_until(today) {
                let material = find(state, &one.material_id)?;
                let figures = (part, Quantity::ZERO);
                return refuse(short(material, None, figures, Some(today), context));
            }
            Ok(vec![consume(one, part).because(reason).into()])
        }
        Command::ReleaseReservation { reservation, amount, reason } => {
            let (one, part) = find_part(state, reservation, *amount, reason)?;
            Ok(vec![give_back(one, part, false).because(reason).into()])
        }
        Command::ExpireReservation { reservation } => {
            let (one, part) = find_part(state, reservation, None, &Reason::default())?;
            if !is_overdue(state, one, context) {
                return Ok(Vec::new());
            }
            Ok(vec![give_back(one, part, true).into()])
        }
        Command::HandOverReservation { reservation, to_work_order_id, amount, reason } => {
            let (one, part) = find_part(state, reservation, *amount, reason)?;
            hand_over(state, (one, part), to_work_order_id, reason, context)
        }
        Command::SupplyWorkOrder { work_order_id } => {
            supply(state, find_order(state, work_order_id)?, context)
        }
        _ => Ok(Vec::new()),
    }
}

fn find_order<'a>(state: &'a State, id: &WorkOrderId) -> Result<&'a WorkOrder, Vec<Refusal>> {
    let missing = || vec![no_such(RefusalCode::UnknownWorkOrder, id.into(), "work order")];
    state.work_order(id).ok_or_else(missing)
}

/// The active reservation and how much of it is meant: all, unless said otherwise.
fn find_part<'a>(
    state: &'a State,
    named: &NamedReservation,
    amount: Option<Quantity>,
    reason: &Reason,
) -> Result<(&'a Reservation, Quantity), Vec<Refusal>> {
    let mut refusals = Vec::new();
    check_reason(state, reason, &mut refusals);
    let id = named.reservation_id;
    let order = state.work_order(&named.work_order_id);
    let mut held = order.into_iter().flat_map(|order| &order.bill.reservations);
    let Some(one) = held.find(|one| one.reservation_id == id) else {
        let message = format!("There is no active reservation {id}; it is over, or never was.");
        let refusal = Refusal::new(RefusalCode::UnknownReservation, &named.material_id, message);
        return refuse(refusal);
    };
    let part = amount.unwrap_or(one.open());
    if part.is_zero() || part > one.open() {
        let message =
            format!("Reservation {id} holds {}; {part} of it cannot be taken.", one.open());
        let refusal = Refusal::new(RefusalCode::InvalidValue, &one.material_id, message);
        refusals.push(refusal.figures(one.open(), part));
    }
    if refusals.is_empty() { Ok((one, part)) } else { Err(refusals) }
}

/// Whether what it holds cannot be used in time: the lot has expired, or its use is long past
/// and nothing is going on.
fn is_overdue(state: &State, one: &Reservation, context: &Context) -> bool {
    let now = context.now();
    let has_work = state.open_of_work_order(&one.work_order_id).next().is_some();
    let was_due = |at: Instant| at.plus_minutes(MINUTES_OF_GRACE) < now;
    !one.keeps_until(context.plant.date_of(now))
        || !has_work && one.expected_consumption_date.is_some_and(was_due)
}

fn hand_over(
    state: &State,
    (one, part): (&Reservation, Quantity),
    to: &WorkOrderId,
    reason: &Reason,
    context: &Context,
) -> Decision {
    let order = find_order(state, to)?;
    let material = find(state, &one.material_id)?;
    let mut refusals = Vec::new();
    if reason.reason_code.is_none() && reason.text.is_none() {
        let message =
            format!("{} loses {part} of {}; state the reason.", one.work_order_id, one.material_id);
        refusals.push(Refusal::new(RefusalCode::InvalidValue, &one.material_id, message));
    }
    if one.work_order_id == *to {
        let message = format!("Reservation {} is for {to} already.", one.reservation_id);
        refusals.push(Refusal::new(RefusalCode::InvalidValue, &one.material_id, message));
        return Err(refusals);
    }
    let claim = Claim { material, order, amount: part, expected: None };
    let day = claim.day_of_use(state, context);
    refusals.extend(claim.check().err().unwrap_or_default());
    if !one.keeps_until(day) {
        let figures = (part, Quantity::ZERO);
        refusals.push(short(material, Some(to), figures, Some(day), context));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let taken = LotMovement::of_claim(one.lot.clone(), QuantityChange::more(part));
    let given = StockMoved::new(&one.material_id, TransactionType::Reservation, taken)
        .on_order(to)
        .reserving(made(None))
        .because(reason);
    Ok(vec![give_back(one, part, false).because(reason).into(), given.into()])
}

/// Sets aside what the next work of the order needs, or says what is missing.
fn supply(state: &State, order: &WorkOrder, context: &Context) -> Decision {
    let open = state.open_of_work_order(&order.work_order_id);
    let Some(next) = open.map(|one| one.window).min_by_key(|window| window.start) else {
        return Ok(Vec::new());
    };
    let missing = shortages(state, context, order, next);
    if !missing.is_empty() {
        return Err(missing);
    }
    let mut supply = Supply::of(state, context, order);
    supply.cover(next, false);
    Ok(supply.into_events().collect())
}
