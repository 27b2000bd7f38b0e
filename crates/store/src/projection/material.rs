//! Rows of lots, reservations and bills of materials that a batch changed.
//!
//! A lot that was emptied is deleted; a reservation that is over is written for good.

use std::collections::BTreeSet;

use mraos_domain::event::{Event, Recorded, StockMoved};
use mraos_domain::{Finished, FinishedRow, MaterialId, RowId, State, WorkOrderId};

use super::TableChange;
use crate::material::{LOTS, encode_lot};
use crate::reservation::{self, RESERVATIONS};
use crate::{bom, bom::BOM};

/// Which rows changed.
#[derive(Debug, Default)]
pub(super) struct Lists {
    lots: BTreeSet<(MaterialId, RowId)>,
    reservations: BTreeSet<(WorkOrderId, RowId)>,
    lines: BTreeSet<(WorkOrderId, MaterialId)>,
    dropped_lines: BTreeSet<RowId>,
}

impl Lists {
    /// Notes lots that `recorded` may empty.
    pub(super) fn note_before(&mut self, state: &State, recorded: &Recorded) {
        match &recorded.event {
            Event::StockMoved(moved) => self.note_lots(state, moved),
            Event::BomLineRemoved(event) => {
                self.dropped_lines.insert(event.bom_id);
            }
            _ => {}
        }
    }

    /// Notes rows that `recorded` has changed.
    pub(super) fn note(&mut self, state: &State, recorded: &Recorded) {
        match &recorded.event {
            Event::StockMoved(moved) => {
                self.note_lots(state, moved);
                let Some(order) = &moved.work_order_id else { return };
                self.lines.insert((order.clone(), moved.material_id.clone()));
                let id = moved.reservation_id(recorded.position);
                self.reservations.extend(id.map(|id| (order.clone(), id)));
            }
            Event::BomLineSet(event) => {
                let id = event.terms.material_id.clone();
                self.lines.insert((event.work_order_id.clone(), id));
            }
            // Written again in case the removal is undone with a refused submission.
            Event::BomLineRemoved(event) => {
                self.lines.insert((event.work_order_id.clone(), event.material_id.clone()));
            }
            _ => {}
        }
    }

    fn note_lots(&mut self, state: &State, moved: &StockMoved) {
        let Some(material) = state.material(&moved.material_id) else { return };
        for lot in moved.movements.iter().filter_map(|one| material.lot(&one.lot)) {
            self.lots.insert((moved.material_id.clone(), lot.lot_id));
        }
    }

    /// What happens to the tables; reservations that are over are among `finished`.
    pub(super) fn changes(
        &self,
        state: &State,
        finished: &[FinishedRow],
        out: &mut Vec<TableChange>,
    ) {
        let mut lots = TableChange::new(&LOTS);
        for (id, lot_id) in &self.lots {
            let mut kept = state.material(id).into_iter().flat_map(|one| &one.lots);
            match kept.find(|lot| lot.lot_id == *lot_id) {
                Some(lot) => lots.write.push(encode_lot(id, lot)),
                None => lots.delete_ids(std::iter::once(lot_id)),
            }
        }
        let mut reservations = TableChange::new(&RESERVATIONS);
        for (order, id) in &self.reservations {
            let order = state.work_order(order).into_iter();
            let mut held = order.flat_map(|order| &order.bill.reservations);
            let held = held.find(|one| one.reservation_id == *id);
            reservations.write.extend(held.map(reservation::encode));
        }
        reservations.write.extend(finished.iter().filter_map(|one| match &one.row {
            Finished::Reservation(over) => Some(reservation::encode(over)),
            _ => None,
        }));
        let mut lines = TableChange::new(&BOM);
        lines.delete_ids(self.dropped_lines.iter());
        for (order, id) in &self.lines {
            let order = state.work_order(order);
            let line = order.and_then(|order| Some((order, order.bill.line(id)?)));
            lines.write.extend(
                line.map(|(order, line)| bom::encode(&order.work_order_id, &order.bill, line)),
            );
        }
        out.extend([lots, reservations, lines]);
    }
}
