//! Rows of holidays that a batch changed.
//!
//! A day that the state no longer holds has become a working day: its row goes.

use std::collections::BTreeSet;

use jiff::civil::Date;
use mraos_domain::State;
use mraos_domain::event::{Event, Recorded};

use super::TableChange;
use crate::cell::cell;
use crate::holiday::{HOLIDAYS, encode};

/// Which rows changed.
#[derive(Debug, Default)]
pub(super) struct Days(BTreeSet<Date>);

impl Days {
    /// Whether no row changed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes rows that `recorded` has changed.
    pub(super) fn note(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::HolidayDefined(event) => drop(self.0.insert(event.day)),
            Event::HolidayRemoved(event) => drop(self.0.insert(event.day)),
            _ => {}
        }
    }

    /// What happens to the table.
    pub(super) fn changes(&self, state: &State, out: &mut Vec<TableChange>) {
        let mut days = TableChange::new(&HOLIDAYS);
        for day in &self.0 {
            match state.holidays().get(day) {
                Some(holiday) => days.write.push(encode(holiday)),
                None => days.delete.push(vec![cell(*day)]),
            }
        }
        out.push(days);
    }
}
