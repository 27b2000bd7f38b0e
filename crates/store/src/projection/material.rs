//! Rows of lots, reservations and bills of materials that a batch changed.
//!
//! A lot that was emptied is deleted; a reservation that is over is written for good.

use std::collections::BTreeSet;

use mraos_domain::event::{Event, Recorded, StockMoved};
use mraos_domain::{
    BomLine, Lot, MaterialId, QuantityChange, Reservation, RowId, State, WorkOrder, WorkOrderId,
};

use super::TableChange;
use crate::material::{LOTS, encode_lot};
use crate::reservation::{self, RESERVATIONS};
use crate::table::TableRow;
use crate::{bom, bom::BOM};

/// Which rows changed.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    lots: BTreeSet<(MaterialId, RowId)>,
    reservations: BTreeSet<(WorkOrderId, RowId)>,
    consumed_lines: BTreeSet<(WorkOrderId, MaterialId)>,
    set_lines: BTreeSet<(WorkOrderId, MaterialId)>,
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
                if moved.net() != QuantityChange::ZERO {
                    self.consumed_lines.insert((order.clone(), moved.material_id.clone()));
                }
                let id = moved.reservation_id(recorded.position);
                self.reservations.extend(id.map(|id| (order.clone(), id)));
            }
            Event::BomLineSet(event) => {
                let id = event.terms.material_id.clone();
                self.set_lines.insert((event.work_order_id.clone(), id));
            }
            // Written again in case the removal is undone with a refused submission.
            Event::BomLineRemoved(event) => {
                self.set_lines.insert((event.work_order_id.clone(), event.material_id.clone()));
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

    /// Lots among them that are there.
    pub(crate) fn lots<'a>(
        &'a self,
        state: &'a State,
    ) -> impl Iterator<Item = (&'a MaterialId, &'a Lot)> {
        self.lots.iter().filter_map(|(id, lot_id)| Some((id, lot(state, id, *lot_id)?)))
    }

    /// Reservations among them that still hold something.
    pub(crate) fn held_reservations<'a>(
        &'a self,
        state: &'a State,
    ) -> impl Iterator<Item = &'a Reservation> {
        self.reservations.iter().filter_map(|(order, id)| {
            let mut held = state.work_order(order)?.bill.reservations.iter();
            held.find(|one| one.reservation_id == *id)
        })
    }

    /// Lines of which nothing has changed but what was used.
    pub(crate) fn consumed_lines<'a>(
        &'a self,
        state: &'a State,
    ) -> impl Iterator<Item = (&'a WorkOrder, &'a BomLine)> {
        let consumed = self.consumed_lines.difference(&self.set_lines);
        consumed.filter_map(|(order, id)| line(state, order, id))
    }

    /// Lots that are gone, and lines that were set or removed: what has no statement of its own.
    pub(super) fn changes(&self, state: &State, out: &mut Vec<TableChange>) {
        let mut lots = TableChange::new(&LOTS);
        let gone = self.lots.iter().filter(|(id, lot_id)| lot(state, id, *lot_id).is_none());
        lots.delete_ids(gone.map(|(_, lot_id)| lot_id));
        let mut lines = TableChange::new(&BOM);
        lines.delete_ids(self.dropped_lines.iter());
        let set = self.set_lines.iter().filter_map(|(order, id)| line(state, order, id));
        lines.write.extend(set.map(encode_line));
        out.extend([lots, lines]);
    }

    /// Everything else that stock movements changed and that is there.
    pub(super) fn moved(&self, state: &State) -> [TableChange; 3] {
        let mut lots = TableChange::new(&LOTS);
        lots.write.extend(self.lots(state).map(|(id, lot)| encode_lot(id, lot)));
        let mut reservations = TableChange::new(&RESERVATIONS);
        reservations.write.extend(self.held_reservations(state).map(reservation::encode));
        let mut lines = TableChange::new(&BOM);
        lines.write.extend(self.consumed_lines(state).map(encode_line));
        [lots, reservations, lines]
    }
}

fn lot<'a>(state: &'a State, id: &MaterialId, lot_id: RowId) -> Option<&'a Lot> {
    state.material(id)?.lots.iter().find(|lot| lot.lot_id == lot_id)
}

fn line<'a>(
    state: &'a State,
    order: &WorkOrderId,
    id: &MaterialId,
) -> Option<(&'a WorkOrder, &'a BomLine)> {
    let order = state.work_order(order)?;
    Some((order, order.bill.line(id)?))
}

fn encode_line((order, line): (&WorkOrder, &BomLine)) -> TableRow {
    bom::encode(&order.work_order_id, line)
}
