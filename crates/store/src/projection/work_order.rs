//! Rows of an order's predecessors that a batch changed.
//!
//! What the state no longer has is deleted, whichever event it was that took it.

use std::collections::BTreeSet;

use mraos_domain::event::{Event, Recorded};
use mraos_domain::{RowId, State, WorkOrderId};

use super::TableChange;
use crate::work_order::{DEPENDENCIES, encode_dependency};

/// Which rows changed.
#[derive(Debug, Default)]
pub(super) struct Lists {
    dependencies: BTreeSet<(WorkOrderId, RowId)>,
}

impl Lists {
    /// Notes rows that `recorded` has changed.
    pub(super) fn note(&mut self, recorded: &Recorded) {
        let (id, row) = match &recorded.event {
            Event::WorkOrderDependencyAdded(event) => {
                (&event.work_order_id, RowId(recorded.position))
            }
            Event::WorkOrderDependencyRemoved(event) => (&event.work_order_id, event.dependency_id),
            _ => return,
        };
        self.dependencies.insert((id.clone(), row));
    }

    /// What happens to the table.
    pub(super) fn changes(&self, state: &State, out: &mut Vec<TableChange>) {
        let mut edges = TableChange::new(&DEPENDENCIES);
        for (id, dependency_id) in &self.dependencies {
            let mut kept = state.work_order(id).into_iter().flat_map(|one| &one.dependencies);
            match kept.find(|edge| edge.dependency_id == *dependency_id) {
                Some(edge) => edges.write.push(encode_dependency(id, edge)),
                None => edges.delete_ids(std::iter::once(dependency_id)),
            }
        }
        out.push(edges);
    }
}
