//! Rows of which nothing needs to be remembered once they are complete: what a machine did at
//! some time, and whatever else only grows.
//!
//! `evolve` hands them over, the state collects them for whoever writes them and takes back what
//! a refused submission had handed over. A state that nobody asked to collect forgets them.

use std::mem::discriminant;

use crate::attendance::AttendanceNoted;
use crate::ids::RowId;
use crate::machine::MachineStatusBegun;
use crate::maintenance::MaintenanceEnded;
use crate::production_log::ProductionLogged;
use crate::reservation::Reservation;

/// Most rows of one kind that one event may make.
const MOST_OF_ONE_EVENT: i64 = 1_000;

/// What a complete row tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finished {
    /// A machine began to do something else.
    MachineStatus(MachineStatusBegun),
    /// A reservation is over.
    Reservation(Box<Reservation>),
    /// A maintenance was done or called off.
    Maintenance(MaintenanceEnded),
    /// Something for an order's production log.
    Production(ProductionLogged),
    /// A person came or went, or did not come.
    Attendance(AttendanceNoted),
}

/// A complete row, with the event that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedRow {
    /// Position of the event.
    pub position: i64,
    /// Which of the event's rows of this kind, from 0.
    pub place: i64,
    /// What it tells.
    pub row: Finished,
}

impl FinishedRow {
    /// The row's key: one event may make several rows.
    pub fn row_id(&self) -> RowId {
        RowId(self.position * MOST_OF_ONE_EVENT + self.place)
    }
}

/// Rows that wait to be written, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct FinishedRows {
    is_collecting: bool,
    rows: Vec<FinishedRow>,
    mark: usize,
}

impl FinishedRows {
    /// From now on rows are kept until they are taken.
    pub(crate) fn collect(&mut self) {
        self.is_collecting = true;
    }

    /// Takes a row over. Its place is counted among the rows that wait, so rows of one event are
    /// taken away together.
    pub(crate) fn add(&mut self, position: i64, row: Finished) {
        if self.is_collecting {
            let earlier = self.rows.iter().rev().take_while(|one| one.position == position);
            let same = earlier.filter(|one| discriminant(&one.row) == discriminant(&row));
            let place = same.count().try_into().unwrap_or(i64::MAX);
            self.rows.push(FinishedRow { position, place, row });
        }
    }

    /// Hands all rows on.
    pub(crate) fn take(&mut self) -> Vec<FinishedRow> {
        self.mark = 0;
        std::mem::take(&mut self.rows)
    }

    /// Forgets the rows that wait.
    pub(crate) fn clear(&mut self) {
        self.take();
    }

    /// Begins to note what comes.
    pub(crate) fn begin(&mut self) {
        self.mark = self.rows.len();
    }

    /// Lets what came since `begin` stand.
    pub(crate) fn keep(&mut self) {
        self.mark = self.rows.len();
    }

    /// Takes what came since `begin` back.
    pub(crate) fn undo(&mut self) {
        self.rows.truncate(self.mark);
    }
}
