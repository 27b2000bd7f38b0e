//! Bookings that a batch made, moved or ended.
//!
//! What is booked is noted before an event and after it; work that starts at once never is.

use std::collections::BTreeSet;

use mraos_domain::event::{Event, Recorded};
use mraos_domain::refusal::EntityType;
use mraos_domain::{Allocation, AllocationId, Phase, State};

use super::TableChange;
use crate::booking::{BOOKINGS, encode};
use crate::cell::cell;

/// Which rows changed.
#[derive(Debug, Default)]
pub(super) struct Lists {
    touched: BTreeSet<AllocationId>,
}

impl Lists {
    /// Notes what is booked and touched by `recorded`; called before it and after it.
    pub(super) fn note(&mut self, state: &State, recorded: &Recorded) {
        match &recorded.event {
            // A changed capacity decides whether the guard applies.
            Event::OperatorChanged(event) => {
                self.note_booked(state.open_of_operator(&event.operator_id));
            }
            Event::MachineChanged(event) => {
                self.note_booked(state.open_of_machine(&event.machine_id));
            }
            _ => {
                let touched = recorded.touches().into_iter();
                let ids = touched.filter(|one| one.entity_type == EntityType::Allocation);
                let ids = ids.filter_map(|one| one.entity_id.parse().ok().map(AllocationId));
                self.note_booked(ids.filter_map(|id| state.allocation(id)));
            }
        }
    }

    fn note_booked<'a>(&mut self, all: impl Iterator<Item = &'a Allocation>) {
        let booked = all.filter(|one| one.phase == Phase::Booked);
        self.touched.extend(booked.map(|one| one.allocation_id));
    }

    /// What happens to the table.
    pub(super) fn changes(&self, state: &State, out: &mut Vec<TableChange>) {
        let mut bookings = TableChange::new(&BOOKINGS);
        for id in &self.touched {
            match state.allocation(*id).and_then(|one| encode(state, one)) {
                Some(row) => bookings.write.push(row),
                None => bookings.delete.push(vec![cell(*id)]),
            }
        }
        out.push(bookings);
    }
}
