//! What is left behind by a command that moves stock: the material, the reservations, and the
//! positions at which the movements stand in the log.
//!
//! A reservation that is over is not here: its row never changes again and can be read.

use mraos_domain::{Command, MaterialId, Reservation, RowId, State, WorkOrderId};

use crate::submission::Snapshot;

/// Snapshot of a command about stock, whose events have the positions `first` to `last`; `None`
/// for other commands.
pub(super) fn stock_snapshot(
    state: &State,
    command: &Command,
    (first, last): (i64, i64),
) -> Option<Snapshot> {
    use Command as C;
    let (material_id, orders, named): (&MaterialId, Vec<&WorkOrderId>, Option<RowId>) =
        match command {
            C::MoveStock { material_id, transaction } => {
                (material_id, transaction.work_order_id.iter().collect(), None)
            }
            C::ConsumeReservation { reservation, .. }
            | C::ReleaseReservation { reservation, .. }
            | C::ExpireReservation { reservation } => {
                let id = Some(reservation.reservation_id);
                (&reservation.material_id, vec![&reservation.work_order_id], id)
            }
            C::HandOverReservation { reservation, to_work_order_id, .. } => {
                (&reservation.material_id, vec![to_work_order_id], None)
            }
            _ => return None,
        };
    let Some(material) = state.material(material_id) else { return Some(Snapshot::Nothing) };
    let held = orders.into_iter().filter_map(|id| state.work_order(id));
    let held = held.flat_map(|order| &order.bill.reservations);
    let is_meant = |one: &&Reservation| {
        let id = one.reservation_id;
        named == Some(id) || (RowId(first)..=RowId(last)).contains(&id)
    };
    let reservations = held.filter(is_meant).cloned().collect();
    let material = Box::new(material.clone());
    Some(Snapshot::Stock { material, reservations, first_position: first, last_position: last })
}
