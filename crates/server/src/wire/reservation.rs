//! Reservations of material: wire type ↔ domain type.
//!
//! A new one is a transaction like any other; drawing on one names it with its order and material.

use mraos_api::reservation as api;
use mraos_domain::command::{NamedReservation, Reason, StockTransaction};
use mraos_domain::stock::LotChoice;
use mraos_domain::{
    Command, Instant, MaterialId, Quantity, QuantityChange, Reservation, TransactionType,
    WorkOrderId,
};
use rust_decimal::Decimal;

use crate::fields::{Fields, instant};
use crate::wire::status::read_reason;
use crate::wire::text::Texts;
use crate::wire::work_order::quantity;

/// The command that sets material aside.
pub(crate) fn read_create(
    fields: &mut Fields,
    texts: &mut Texts,
    body: &api::CreateReservation,
) -> Option<Command> {
    let material_id = fields.take("material_id", MaterialId::new(&body.material_id));
    let work_order_id = fields.take("work_order_id", WorkOrderId::new(&body.work_order_id));
    let amount = read_amount(fields, "quantity_reserved", Some(body.quantity_reserved));
    let unit_of_measure = fields.optional_text("unit_of_measure", body.unit_of_measure.as_deref());
    let expected = body.expected_consumption_date;
    let expected = expected.map(|at| instant("expected_consumption_date", at));
    let expected = fields.take_optional("expected_consumption_date", expected);
    let batch_number = fields.optional_text("batch_number", body.batch_number.as_deref());
    let lot_number = fields.optional_text("lot_number", body.lot_number.as_deref());
    let reason = read_why(fields, texts, body.reason_code.as_deref(), body.notes.as_deref());
    let lot =
        LotChoice { batch_number: batch_number?, lot_number: lot_number?, ..LotChoice::default() };
    let transaction = StockTransaction {
        transaction_type: TransactionType::Reservation,
        quantity: QuantityChange::more(amount??),
        is_count: false,
        unit_of_measure: unit_of_measure?,
        lot,
        to_location: None,
        unit_cost: None,
        work_order_id: Some(work_order_id?),
        expected_consumption_date: expected?,
        reference: None,
        reason: reason?,
    };
    Some(Command::MoveStock { material_id: material_id?, transaction })
}

/// How much, if it is said; never nothing.
pub(crate) fn read_amount(
    fields: &mut Fields,
    name: &'static str,
    amount: Option<Decimal>,
) -> Option<Option<Quantity>> {
    if amount.is_some_and(|amount| amount.is_zero()) {
        fields.reject(name, "more than 0");
        return None;
    }
    fields.take_optional(name, amount.map(|amount| quantity(name, amount)))
}

/// Why, in a code and in words.
pub(crate) fn read_why(
    fields: &mut Fields,
    texts: &mut Texts,
    reason_code: Option<&str>,
    notes: Option<&str>,
) -> Option<Reason> {
    read_reason(fields, texts, reason_code, notes.map(|words| ("notes", words)))
}

/// The reservation as commands name it.
pub(crate) fn named(one: &Reservation) -> NamedReservation {
    NamedReservation {
        reservation_id: one.reservation_id,
        work_order_id: one.work_order_id.clone(),
        material_id: one.material_id.clone(),
    }
}

/// A reservation as clients see one.
pub(crate) fn render(one: &Reservation) -> api::Reservation {
    let at = |instant: Option<Instant>| instant.map(Instant::timestamp);
    api::Reservation {
        reservation_id: one.reservation_id.0,
        material_id: one.material_id.to_string(),
        work_order_id: one.work_order_id.to_string(),
        status: one.status.as_str().to_owned(),
        quantity_reserved: one.quantity_reserved.decimal(),
        quantity_consumed: one.quantity_consumed.decimal(),
        quantity_released: one.quantity_released.decimal(),
        quantity_open: one.open().decimal(),
        reservation_date: one.reservation_date.timestamp(),
        expected_consumption_date: at(one.expected_consumption_date),
        for_work: one.for_work,
        batch_number: one.lot.batch_number.as_ref().map(ToString::to_string),
        lot_number: one.lot.lot_number.as_ref().map(ToString::to_string),
        expiration_date: one.lot.expiration_date,
        location: one.lot.location.as_ref().map(ToString::to_string),
        reserved_by: one.reserved_by.to_string(),
        released_at: at(one.released_at),
        released_by: one.released_by.as_ref().map(ToString::to_string),
        created_at: one.created_at.timestamp(),
        updated_at: one.updated_at.timestamp(),
    }
}
