//! Rows of lots, reservations and bills, as the writer's statements take them.
//!
//! What [`super`] says of its rows holds for these. Decides nothing.

use jiff::civil::Date;
use mraos_domain::{BomLine, Lot, LotKey, MaterialId, Reservation, Text};
use postgres_types::ToSql;
use rust_decimal::Decimal;

use super::at;
use crate::rows::Moment;

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

/// What is used of a row of `work_order_bom`.
#[derive(Debug, ToSql)]
#[postgres(name = "written_bom_consumption")]
pub(crate) struct WrittenBomConsumption {
    bom_id: i64,
    quantity_consumed: Decimal,
}

fn text<const MAX: usize>(value: Option<&Text<MAX>>) -> Option<&str> {
    value.map(Text::as_str)
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

impl From<&BomLine> for WrittenBomConsumption {
    fn from(one: &BomLine) -> Self {
        Self { bom_id: one.bom_id.0, quantity_consumed: one.quantity_consumed.decimal() }
    }
}
