//! Inventory transactions: wire type ↔ domain type.
//!
//! One body for all six; what it leaves out, the rules choose or refuse.

use mraos_api::transaction as api;
use mraos_app::reads::TransactionView;
use mraos_domain::command::StockTransaction;
use mraos_domain::event::StockReference;
use mraos_domain::stock::LotChoice;
use mraos_domain::{
    Command, Cost, Invalid, MaterialId, QuantityChange, TransactionType, WorkOrderId,
};
use rust_decimal::Decimal;

use crate::fields::{Fields, date, decimal, instant, named_value};
use crate::wire::status::read_reason;
use crate::wire::text::Texts;

/// The command that moves stock.
pub(crate) fn read_transaction(
    fields: &mut Fields,
    texts: &mut Texts,
    material_id: Option<MaterialId>,
    body: &api::PostTransaction,
) -> Option<Command> {
    let name = "transaction_type";
    let kind = &body.transaction_type;
    let kind = named_value(name, kind, TransactionType::ALL, TransactionType::as_str);
    let transaction_type = fields.take(name, kind);
    let amount = read_amount(fields, transaction_type, body);
    let unit_of_measure = fields.optional_text("unit_of_measure", body.unit_of_measure.as_deref());
    let cost = body.unit_cost.map(|cost| decimal(Cost::new)("unit_cost", cost));
    let unit_cost = fields.take_optional("unit_cost", cost);
    let lot = read_lot(fields, body);
    let to_location = fields.optional_text("to_location", body.to_location.as_deref());
    let expected = body.expected_consumption_date;
    let expected = expected.map(|at| instant("expected_consumption_date", at));
    let expected = fields.take_optional("expected_consumption_date", expected);
    let reference = read_reference(fields, body);
    let words = body.notes.as_deref().map(|words| ("notes", words));
    let reason = read_reason(fields, texts, body.reason_code.as_deref(), words);
    let (work_order_id, reference) = reference?;
    let (quantity, is_count) = amount?;
    let transaction = StockTransaction {
        transaction_type: transaction_type?,
        quantity,
        is_count,
        unit_of_measure: unit_of_measure?,
        lot: lot?,
        to_location: to_location?,
        unit_cost: unit_cost?,
        work_order_id,
        expected_consumption_date: expected?,
        reference,
        reason: reason?,
    };
    Some(Command::MoveStock { material_id: material_id?, transaction })
}

/// How much moves, or how much was counted.
fn read_amount(
    fields: &mut Fields,
    kind: Option<TransactionType>,
    body: &api::PostTransaction,
) -> Option<(QuantityChange, bool)> {
    let is_adjustment = kind == Some(TransactionType::Adjustment);
    match (body.quantity, body.counted_quantity) {
        (Some(quantity), None) => {
            let least = if is_adjustment { Decimal::MIN } else { Decimal::ZERO };
            let change = change("quantity", quantity, least);
            fields.take("quantity", change).map(|change| (change, false))
        }
        (None, Some(counted)) if is_adjustment => {
            let change = change("counted_quantity", counted, Decimal::ZERO);
            fields.take("counted_quantity", change).map(|change| (change, true))
        }
        _ => {
            let rule = "send quantity, or for an adjustment counted_quantity instead";
            fields.reject("quantity", rule);
            None
        }
    }
}

fn change(name: &'static str, value: Decimal, least: Decimal) -> Result<QuantityChange, Invalid> {
    if value < least || name == "quantity" && value.is_zero() {
        return Err(Invalid::new(name, value, "more than 0; only an adjustment has a sign"));
    }
    decimal(QuantityChange::new)(name, value)
}

fn read_lot(fields: &mut Fields, body: &api::PostTransaction) -> Option<LotChoice> {
    let batch_number = fields.optional_text("batch_number", body.batch_number.as_deref());
    let lot_number = fields.optional_text("lot_number", body.lot_number.as_deref());
    let location = fields.optional_text("from_location", body.from_location.as_deref());
    let expiry = body.expiration_date.map(|day| date("expiration_date", day));
    let expiration_date = fields.take_optional("expiration_date", expiry);
    Some(LotChoice {
        batch_number: batch_number?,
        lot_number: lot_number?,
        expiration_date: expiration_date?,
        location: location?,
    })
}

/// What it refers to: an order of ours, or something elsewhere.
fn read_reference(
    fields: &mut Fields,
    body: &api::PostTransaction,
) -> Option<(Option<WorkOrderId>, Option<StockReference>)> {
    match (body.reference_type.as_deref(), body.reference_id.as_deref()) {
        (None, None) => Some((None, None)),
        (Some(StockReference::WORK_ORDER), Some(id)) => {
            let id = fields.take("reference_id", WorkOrderId::new(id));
            id.map(|id| (Some(id), None))
        }
        (Some(kind), Some(id)) => {
            let reference_type = fields.text("reference_type", kind);
            let reference_id = fields.text("reference_id", id);
            let (reference_type, reference_id) = (reference_type?, reference_id?);
            Some((None, Some(StockReference { reference_type, reference_id })))
        }
        (Some(_), None) => {
            fields.reject("reference_id", "a reference_type needs a reference_id");
            None
        }
        (None, Some(_)) => {
            fields.reject("reference_type", "a reference_id needs a reference_type");
            None
        }
    }
}

/// A transaction as clients see one.
pub(crate) fn render(view: TransactionView, with_costs: bool) -> api::Transaction {
    let TransactionView { transaction: one, notes } = view;
    let (reference_type, reference_id) =
        one.reference.map(|reference| (reference.reference_type, reference.reference_id)).unzip();
    api::Transaction {
        transaction_id: one.transaction_id.0,
        material_id: one.material_id.to_string(),
        transaction_type: one.transaction_type.as_str().to_owned(),
        transaction_date: one.transaction_date.timestamp(),
        quantity: one.quantity.decimal(),
        unit_cost: one.unit_cost.filter(|_| with_costs).map(Cost::decimal),
        reference_type: reference_type.map(|text| text.to_string()),
        reference_id: reference_id.map(|text| text.to_string()),
        from_location: one.from_location.map(|text| text.to_string()),
        to_location: one.to_location.map(|text| text.to_string()),
        batch_number: one.batch_number.map(|text| text.to_string()),
        lot_number: one.lot_number.map(|text| text.to_string()),
        expiration_date: one.expiration_date,
        reservation_id: one.reservation_id.map(|id| id.0),
        reason_code: one.reason_code.map(|text| text.to_string()),
        performed_by: one.performed_by.to_string(),
        notes,
        created_at: one.created_at.timestamp(),
    }
}
