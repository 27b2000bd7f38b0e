//! Rows of stock, lots, reservations, bills and inventory transactions, as the writer's statements
//! take them.
//!
//! What [`super`] says of its rows holds for these. Decides nothing.

use jiff::civil::Date;
use mraos_domain::{
    Bill, BomLine, InventoryTransaction, Lot, LotKey, Material, MaterialId, Reservation, Text,
};
use postgres_types::ToSql;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::at;
use crate::rows::Moment;

/// A material's row of `material_stock`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_material_stock")]
pub(crate) struct WrittenMaterialStock<'a> {
    material_id: &'a str,
    on_hand_quantity: Decimal,
    allocated_quantity: Decimal,
    below_safety_since: Option<Moment>,
    updated_at: Moment,
    position: i64,
}

/// A row of `material_lots`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_material_lot")]
pub(crate) struct WrittenMaterialLot<'a> {
    lot_id: i64,
    material_id: &'a str,
    batch_number: Option<&'a str>,
    lot_number: Option<&'a str>,
    expiration_date: Option<Date>,
    location: Option<&'a str>,
    quantity: Decimal,
    reserved_quantity: Decimal,
    received_at: Moment,
    created_at: Moment,
    updated_at: Moment,
}

/// A row of `material_reservations`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_material_reservation")]
pub(crate) struct WrittenMaterialReservation<'a> {
    reservation_id: i64,
    material_id: &'a str,
    work_order_id: &'a str,
    batch_number: Option<&'a str>,
    lot_number: Option<&'a str>,
    expiration_date: Option<Date>,
    location: Option<&'a str>,
    quantity_reserved: Decimal,
    quantity_consumed: Decimal,
    quantity_released: Decimal,
    reservation_date: Moment,
    expected_consumption_date: Option<Moment>,
    for_work: bool,
    status: &'a str,
    reserved_by: &'a str,
    released_at: Option<Moment>,
    released_by: Option<&'a str>,
    created_at: Moment,
    updated_at: Moment,
    position: i64,
}

/// What stock movements change of a row of `work_order_bom`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_bom_line")]
pub(crate) struct WrittenBomLine {
    bom_id: i64,
    quantity_consumed: Decimal,
    quantity_allocated: Decimal,
}

/// A row of `inventory_transactions`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_inventory_transaction")]
pub(crate) struct WrittenInventoryTransaction<'a> {
    transaction_id: i64,
    material_id: &'a str,
    transaction_type: &'a str,
    transaction_date: Moment,
    quantity: Decimal,
    unit_cost: Option<Decimal>,
    reference_type: Option<&'a str>,
    reference_id: Option<&'a str>,
    from_location: Option<&'a str>,
    to_location: Option<&'a str>,
    batch_number: Option<&'a str>,
    lot_number: Option<&'a str>,
    expiration_date: Option<Date>,
    reservation_id: Option<i64>,
    reason_code: Option<&'a str>,
    performed_by: &'a str,
    notes_text_id: Option<Uuid>,
    notes_digest: Option<&'a str>,
    created_at: Moment,
}

fn text<const MAX: usize>(value: Option<&Text<MAX>>) -> Option<&str> {
    value.map(Text::as_str)
}

impl<'a> From<&'a Material> for WrittenMaterialStock<'a> {
    fn from(one: &'a Material) -> Self {
        Self {
            material_id: one.material_id.as_str(),
            on_hand_quantity: one.on_hand_quantity.decimal(),
            allocated_quantity: one.allocated_quantity.decimal(),
            below_safety_since: at(one.below_safety_since),
            updated_at: one.updated_at.into(),
            position: one.position,
        }
    }
}

impl<'a> WrittenMaterialLot<'a> {
    /// A lot of that material.
    pub(crate) fn of(material_id: &'a MaterialId, one: &'a Lot) -> Self {
        let LotKey { batch_number, lot_number, expiration_date, location } = &one.key;
        Self {
            lot_id: one.lot_id.0,
            material_id: material_id.as_str(),
            batch_number: text(batch_number.as_ref()),
            lot_number: text(lot_number.as_ref()),
            expiration_date: *expiration_date,
            location: text(location.as_ref()),
            quantity: one.quantity.decimal(),
            reserved_quantity: one.reserved.decimal(),
            received_at: one.received_at.into(),
            created_at: one.created_at.into(),
            updated_at: one.updated_at.into(),
        }
    }
}

impl<'a> From<&'a Reservation> for WrittenMaterialReservation<'a> {
    fn from(one: &'a Reservation) -> Self {
        let LotKey { batch_number, lot_number, expiration_date, location } = &one.lot;
        Self {
            reservation_id: one.reservation_id.0,
            material_id: one.material_id.as_str(),
            work_order_id: one.work_order_id.as_str(),
            batch_number: text(batch_number.as_ref()),
            lot_number: text(lot_number.as_ref()),
            expiration_date: *expiration_date,
            location: text(location.as_ref()),
            quantity_reserved: one.quantity_reserved.decimal(),
            quantity_consumed: one.quantity_consumed.decimal(),
            quantity_released: one.quantity_released.decimal(),
            reservation_date: one.reservation_date.into(),
            expected_consumption_date: at(one.expected_consumption_date),
            for_work: one.for_work,
            status: one.status.as_str(),
            reserved_by: one.reserved_by.as_str(),
            released_at: at(one.released_at),
            released_by: text(one.released_by.as_ref()),
            created_at: one.created_at.into(),
            updated_at: one.updated_at.into(),
            position: one.position,
        }
    }
}

impl WrittenBomLine {
    /// A line of that bill.
    pub(crate) fn of(bill: &Bill, one: &BomLine) -> Self {
        Self {
            bom_id: one.bom_id.0,
            quantity_consumed: one.quantity_consumed.decimal(),
            quantity_allocated: bill.allocated(&one.terms.material_id).decimal(),
        }
    }
}

impl<'a> From<&'a InventoryTransaction> for WrittenInventoryTransaction<'a> {
    fn from(one: &'a InventoryTransaction) -> Self {
        let (reference, notes) = (one.reference.as_ref(), one.notes.as_ref());
        Self {
            transaction_id: one.transaction_id.0,
            material_id: one.material_id.as_str(),
            transaction_type: one.transaction_type.as_str(),
            transaction_date: one.transaction_date.into(),
            quantity: one.quantity.decimal(),
            unit_cost: one.unit_cost.map(|cost| cost.decimal()),
            reference_type: reference.map(|one| one.reference_type.as_str()),
            reference_id: reference.map(|one| one.reference_id.as_str()),
            from_location: text(one.from_location.as_ref()),
            to_location: text(one.to_location.as_ref()),
            batch_number: text(one.batch_number.as_ref()),
            lot_number: text(one.lot_number.as_ref()),
            expiration_date: one.expiration_date,
            reservation_id: one.reservation_id.map(|id| id.0),
            reason_code: one.reason_code.as_ref().map(|code| code.as_str()),
            performed_by: one.performed_by.as_str(),
            notes_text_id: notes.map(|notes| notes.text_id),
            notes_digest: notes.map(|notes| notes.digest.as_str()),
            created_at: one.created_at.into(),
        }
    }
}
