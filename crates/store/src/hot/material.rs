//! The statements for what moves with stock: what is there, in which lots, for whom it is set
//! aside, and what became of it.
//!
//! Like those of [`super`]; a row whose id is a position of the batch is new.

use mraos_domain::{Finished, State};
use tokio_postgres::Statement;

use super::{Encode, old};
use crate::error::StoreError;
use crate::projection::Changes;
use crate::rows::Rows;
use crate::written::{
    WrittenBomLine, WrittenInventoryTransaction, WrittenMaterialLot, WrittenMaterialReservation,
    WrittenMaterialStock,
};

const STOCK: &str = checked!(
    "UPDATE material_stock t SET on_hand_quantity = u.on_hand_quantity, allocated_quantity = \
    u.allocated_quantity, below_safety_since = u.below_safety_since, updated_at = u.updated_at, \
    position = u.position FROM unnest($1::written_material_stock[]) u WHERE t.material_id = \
    u.material_id"
);

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
    "UPDATE work_order_bom t SET quantity_consumed = u.quantity_consumed, quantity_allocated = \
    u.quantity_allocated FROM unnest($1::written_bom_line[]) u WHERE t.bom_id = u.bom_id"
);

const INSERT_LOTS: &str = "INSERT INTO material_lots (lot_id, material_id, batch_number, \
    lot_number, expiration_date, location, quantity, reserved_quantity, received_at, created_at, \
    updated_at) SELECT * FROM unnest($1::written_material_lot[])";

const INSERT_RESERVATIONS: &str = "INSERT INTO material_reservations (reservation_id, \
    material_id, work_order_id, batch_number, lot_number, expiration_date, location, \
    quantity_reserved, quantity_consumed, quantity_released, reservation_date, \
    expected_consumption_date, for_work, status, reserved_by, released_at, released_by, \
    created_at, updated_at, position) SELECT * FROM unnest($1::written_material_reservation[])";

const INSERT_TRANSACTIONS: &str = "INSERT INTO inventory_transactions (transaction_id, \
    material_id, transaction_type, transaction_date, quantity, unit_cost, reference_type, \
    reference_id, from_location, to_location, batch_number, lot_number, expiration_date, \
    reservation_id, reason_code, performed_by, notes_text_id, notes_digest, created_at) SELECT * \
    FROM unnest($1::written_inventory_transaction[])";

/// Rows that exist; new materials and lines are inserted whole.
pub(crate) const UPDATES: [(&str, Encode); 4] =
    [(STOCK, stock), (LOTS, lots::<false>), (RESERVATIONS, reservations::<false>), (LINES, lines)];

/// New lots and reservations, and transactions, which are new whenever they are there.
pub(crate) const INSERTS: [(&str, Encode); 3] = [
    (INSERT_LOTS, lots::<true>),
    (INSERT_RESERVATIONS, reservations::<true>),
    (INSERT_TRANSACTIONS, transactions),
];

fn stock(
    changes: &Changes,
    state: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let found = old(&changes.materials).filter_map(|id| state.material(id));
    Rows::encode(statement, found.map(WrittenMaterialStock::from))
}

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
    let found = changes.material_lists.moved_lines(state);
    Rows::encode(statement, found.map(|(order, line)| WrittenBomLine::of(&order.bill, line)))
}

fn transactions(
    changes: &Changes,
    _: &State,
    statement: &Statement,
) -> Result<Option<Rows>, StoreError> {
    let moved = changes.finished.iter().filter_map(|row| match &row.row {
        Finished::Transaction(moved) => Some(&**moved),
        _ => None,
    });
    Rows::encode(statement, moved.map(WrittenInventoryTransaction::from))
}
