//! The statements for what moves with stock: what is there, in which lots, for whom it is set
//! aside, and what was used of it.
//!
//! Like those of [`super`]; a row whose id is a position of the batch is new.

use mraos_domain::{Finished, State};
use tokio_postgres::Statement;

use super::Encode;
use crate::error::StoreError;
use crate::projection::Changes;
use crate::rows::Rows;
use crate::written::{WrittenBomConsumption, WrittenMaterialLot, WrittenMaterialReservation};

const LOTS: &str = checked!(
    "UPDATE material_lots t SET quantity = u.quantity, reserved_quantity = u.reserved_quantity, \
    received_at = u.received_at, updated_at = u.updated_at FROM \
    unnest($1::written_material_lot[]) u WHERE t.lot_id = u.lot_id"
);

const RESERVATIONS: &str = checked!(
    "UPDATE material_reservations t SET quantity_consumed = u.quantity_consumed, \
    quantity_released = u.quantity_released, status = u.status, released_at = u.released_at, \
    released_by = u.released_by, updated_at = u.updated_at, position = u.position FROM \
    unnest($1::written_material_reservation[]) u WHERE t.reservation_id = u.reservation_id"
);

const LINES: &str = checked!(
    "UPDATE work_order_bom t SET quantity_consumed = u.quantity_consumed FROM \
    unnest($1::written_bom_consumption[]) u WHERE t.bom_id = u.bom_id"
);

const INSERT_LOTS: &str = "INSERT INTO material_lots (lot_id, material_id, batch_number, \
    lot_number, expiration_date, location, quantity, reserved_quantity, received_at, created_at, \
    updated_at) SELECT * FROM unnest($1::written_material_lot[])";

const INSERT_RESERVATIONS: &str = "INSERT INTO material_reservations (reservation_id, \
    material_id, work_order_id, batch_number, lot_number, expiration_date, location, \
    quantity_reserved, quantity_consumed, quantity_released, reservation_date, \
    expected_consumption_date, for_work, status, reserved_by, released_at, released_by, \
    created_at, updated_at, position) SELECT * FROM unnest($1::written_material_reservation[])";

/// Rows that exist; new materials and lines are inserted whole.
pub(crate) const UPDATES: [(&str, Encode); 3] =
    [(LOTS, lots::<false>), (RESERVATIONS, reservations::<false>), (LINES, lines)];

/// New lots and reservations.
pub(crate) const INSERTS: [(&str, Encode); 2] =
    [(INSERT_LOTS, lots::<true>), (INSERT_RESERVATIONS, reservations::<true>)];

fn lots<const ARE_NEW: bool>(
    changes: &Changes,
    state: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let found = changes.material_lists.lots(state);
    let found = found.filter(|(_, lot)| changes.is_new(lot.lot_id) == ARE_NEW);
    Rows::encode(statement, found.map(|(id, lot)| WrittenMaterialLot::of(id, lot)))
}

fn reservations<const ARE_NEW: bool>(
    changes: &Changes,
    state: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let over = changes.finished.iter().filter_map(|row| match &row.row {
        Finished::Reservation(over) => Some(&**over),
        _ => None,
    });
    let found = changes.material_lists.held_reservations(state).chain(over);
    let found = found.filter(|one| changes.is_new(one.reservation_id) == ARE_NEW);
    Rows::encode(statement, found.map(WrittenMaterialReservation::from))
}

fn lines(
    changes: &Changes,
    state: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let found = changes.material_lists.consumed_lines(state);
    Rows::encode(statement, found.map(|(_, line)| WrittenBomConsumption::from(line)))
}
