//! Rows that were complete when an event made them: into which table each goes, and as what.
//!
//! Nothing of them stays in the state. They are written once; a rebuild streams them into its
//! tables as it meets them.

use mraos_domain::{Finished, FinishedRow};

use super::{Changes, TableChange};
use crate::reservation::{self, RESERVATIONS};
use crate::table::{Table, TableRow};
use crate::{attendance, machine, maintenance, production_log};

/// The table of a row, and the row.
pub(crate) fn encode(one: &FinishedRow) -> (&'static Table, TableRow) {
    match &one.row {
        Finished::MachineStatus(began) => {
            (&machine::STATUS_CHANGES, machine::encode_status_change(one, began))
        }
        Finished::Reservation(over) => (&RESERVATIONS, reservation::encode(over)),
        Finished::Maintenance(ended) => (&maintenance::SCHEDULES, maintenance::encode_ended(ended)),
        Finished::Attendance(noted) => (&attendance::ATTENDANCE, attendance::encode(one, noted)),
        Finished::Production(logged) => {
            (&production_log::ENTRIES, production_log::encode(one, logged))
        }
    }
}

impl Changes {
    /// Notes rows that are complete.
    pub fn add_finished(&mut self, rows: Vec<FinishedRow>) {
        self.finished.extend(rows);
    }

    /// The complete rows that have no statement of their own, by table.
    pub(crate) fn seldom_finished(&self) -> Vec<TableChange> {
        let is_written_elsewhere =
            |one: &Finished| matches!(one, Finished::MachineStatus(_) | Finished::Reservation(_));
        by_table(self.finished.iter().filter(|one| !is_written_elsewhere(&one.row)))
    }

    /// The complete rows by table, each with its key to replace what may be there.
    pub(super) fn finished_tables(&self) -> Vec<TableChange> {
        by_table(self.finished.iter())
    }
}

fn by_table<'a>(rows: impl Iterator<Item = &'a FinishedRow>) -> Vec<TableChange> {
    let mut all: Vec<TableChange> = Vec::new();
    for (table, row) in rows.map(encode) {
        let place = all.iter().position(|change| change.table.name == table.name);
        let place = place.unwrap_or_else(|| {
            all.push(TableChange::new(table));
            all.len() - 1
        });
        all[place].delete.push(row.iter().take(1).cloned().collect());
        all[place].write.push(row);
    }
    all
}
