//! Rows of a machine's planned maintenance that a batch changed.
//!
//! What was done or called off is a complete row, written after these.

use std::collections::BTreeSet;

use mraos_domain::event::{Event, Recorded};
use mraos_domain::{MachineId, RowId, State};

use super::TableChange;
use crate::maintenance::{SCHEDULES, encode_planned};

/// Which rows changed.
#[derive(Debug, Default)]
pub(super) struct Lists {
    planned: BTreeSet<(MachineId, RowId)>,
}

impl Lists {
    /// Notes rows that `recorded` has changed.
    pub(super) fn note(&mut self, recorded: &Recorded) {
        let new = RowId(recorded.position);
        let (id, row) = match &recorded.event {
            Event::MaintenancePlanned(event) => (&event.machine_id, new),
            Event::MaintenanceChanged(event) => (&event.machine_id, event.maintenance_id),
            Event::MaintenanceCompleted(event) if event.next.is_some() => (&event.machine_id, new),
            _ => return,
        };
        self.planned.insert((id.clone(), row));
    }

    /// What happens to the table.
    pub(super) fn changes(&self, state: &State, out: &mut Vec<TableChange>) {
        let mut schedules = TableChange::new(&SCHEDULES);
        for (id, maintenance_id) in &self.planned {
            let mut kept = state.machine(id).into_iter().flat_map(|one| &one.maintenance);
            match kept.find(|one| one.maintenance_id == *maintenance_id) {
                Some(one) => schedules.write.push(encode_planned(id, one)),
                None => schedules.delete_ids(std::iter::once(maintenance_id)),
            }
        }
        out.push(schedules);
    }
}
