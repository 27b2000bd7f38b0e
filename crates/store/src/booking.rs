//! Bookings: the windows of work to come, for the database's own guard against overlaps.
//!
//! A row for each booked allocation, naming those of its resources that can do one thing at a
//! time. Gone when the work starts, so work that starts at once never has one.

use mraos_domain::{Allocation, Phase, State};

use crate::cell::{cell, cell_opt};
use crate::table::{Table, TableRow};

pub(crate) const BOOKINGS: Table = Table {
    name: "allocation_bookings",
    key: &["allocation_id"],
    columns: &[
        ("allocation_id", "bigint"),
        ("operator_id", "varchar"),
        ("machine_id", "varchar"),
        ("expected_start_time", "timestamptz"),
        ("expected_end_time", "timestamptz"),
    ],
};

/// The rows of every booked allocation.
pub(crate) fn all(state: &State) -> impl Iterator<Item = TableRow> {
    state.all_allocations().filter_map(|one| encode(state, one))
}

/// The row of an allocation, if it is booked.
pub(crate) fn encode(state: &State, one: &Allocation) -> Option<TableRow> {
    if one.phase != Phase::Booked {
        return None;
    }
    let operator = one.assignment.operator_id.as_ref().and_then(|id| state.operator(id));
    let machine = one.assignment.machine_id.as_ref().and_then(|id| state.machine(id));
    let operator = operator.filter(|one| one.details.parallel_capacity == 1);
    let machine = machine.filter(|one| one.details.parallel_capacity == 1);
    Some(vec![
        cell(one.allocation_id),
        cell_opt(operator.map(|one| &one.operator_id)),
        cell_opt(machine.map(|one| &one.machine_id)),
        cell(one.window.start),
        cell(one.window.end),
    ])
}
