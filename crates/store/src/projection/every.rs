//! Every projection in one list: what a rebuild fills from a whole state, and what it renews after
//! a batch of events that came meanwhile.
//!
//! Rows are encoded by the same functions as on the live path.

use std::collections::BTreeMap;

use mraos_domain::State;

use super::{
    Changes, Depth, TableChange, machine_status_row, operator_status_row, work_order_status_row,
};
use crate::cell::{Cell, cell};
use crate::table::{Table, TableRow};
use crate::{
    allocation, attendance, bom, booking, holiday, machine, maintenance, material, operator,
    production_log, requirement, reservation, work_order,
};

/// A table and how every row of it follows from a whole state.
pub(crate) struct Projection {
    pub(crate) table: &'static Table,
    pub(crate) rows: fn(&State) -> Rows<'_>,
}

/// Rows in no order.
pub(crate) type Rows<'a> = Box<dyn Iterator<Item = TableRow> + Send + 'a>;

/// Every projection, in an order that the foreign keys accept.
pub(crate) const PROJECTIONS: [Projection; 22] = [
    Projection {
        table: &operator::OPERATORS,
        rows: |state| Box::new(state.all_operators().map(operator::encode)),
    },
    Projection {
        table: &operator::OPERATOR_STATUS,
        rows: |state| Box::new(state.all_operators().map(|one| operator_status_row(state, one))),
    },
    Projection {
        table: &machine::MACHINES,
        rows: |state| Box::new(state.all_machines().map(machine::encode)),
    },
    Projection {
        table: &machine::MACHINE_STATUS,
        rows: |state| Box::new(state.all_machines().map(|one| machine_status_row(state, one))),
    },
    Projection {
        table: &work_order::WORK_ORDERS,
        rows: |state| Box::new(state.all_work_orders().map(work_order::encode)),
    },
    Projection {
        table: &work_order::WORK_ORDER_STATUS,
        rows: |state| {
            Box::new(state.all_work_orders().map(|one| work_order_status_row(state, one)))
        },
    },
    Projection {
        table: &material::MATERIALS,
        rows: |state| Box::new(state.all_materials().map(material::encode)),
    },
    Projection {
        table: &material::LOTS,
        rows: |state| {
            Box::new(state.all_materials().flat_map(|one| {
                one.lots.iter().map(|lot| material::encode_lot(&one.material_id, lot))
            }))
        },
    },
    Projection {
        table: &bom::BOM,
        rows: |state| {
            Box::new(state.all_work_orders().flat_map(|one| {
                let lines = one.bill.lines.iter();
                lines.map(|line| bom::encode(&one.work_order_id, line))
            }))
        },
    },
    Projection {
        table: &reservation::RESERVATIONS,
        rows: |state| {
            let held = state.all_work_orders().flat_map(|one| &one.bill.reservations);
            Box::new(held.map(reservation::encode))
        },
    },
    Projection {
        table: &operator::SKILLS,
        rows: |state| {
            Box::new(state.all_operators().flat_map(|one| {
                one.skills.iter().map(|held| operator::encode_skill(&one.operator_id, held))
            }))
        },
    },
    Projection {
        table: &operator::SHIFTS,
        rows: |state| {
            Box::new(state.all_operators().flat_map(|one| {
                one.shifts.iter().map(|shift| operator::encode_shift(&one.operator_id, shift))
            }))
        },
    },
    Projection {
        // Those that have ended are complete rows.
        table: &maintenance::SCHEDULES,
        rows: |state| {
            Box::new(state.all_machines().flat_map(|one| {
                let planned = one.maintenance.iter();
                planned.map(|planned| maintenance::encode_planned(&one.machine_id, planned))
            }))
        },
    },
    Projection {
        table: &work_order::DEPENDENCIES,
        rows: |state| {
            Box::new(state.all_work_orders().flat_map(|one| {
                let edges = one.dependencies.iter();
                edges.map(|edge| work_order::encode_dependency(&one.work_order_id, edge))
            }))
        },
    },
    Projection {
        table: &requirement::REQUIREMENTS,
        rows: |state| Box::new(state.all_requirements().map(requirement::encode)),
    },
    Projection {
        table: &requirement::REASON_CODES,
        rows: |state| Box::new(state.all_reason_codes().map(requirement::encode_reason_code)),
    },
    Projection {
        table: &holiday::HOLIDAYS,
        rows: |state| Box::new(state.holidays().values().map(holiday::encode)),
    },
    Projection {
        table: &allocation::ALLOCATIONS,
        rows: |state| Box::new(state.all_allocations().map(allocation::encode)),
    },
    Projection { table: &booking::BOOKINGS, rows: |state| Box::new(booking::all(state)) },
    // Complete rows are not in the state; the replay has streamed them before.
    Projection { table: &machine::STATUS_CHANGES, rows: |_| Box::new(std::iter::empty()) },
    Projection { table: &production_log::ENTRIES, rows: |_| Box::new(std::iter::empty()) },
    Projection { table: &attendance::ATTENDANCE, rows: |_| Box::new(std::iter::empty()) },
];

impl Changes {
    /// For every table the keys that changed and the rows that they have now.
    pub(crate) fn every_table(&self, state: &State) -> Vec<TableChange> {
        let operator = |id: &_| state.operator(id);
        let machine = |id: &_| state.machine(id);
        let part = |id: &_| state.material(id);
        let order = |id: &_| state.work_order(id);
        let work_on = |one: &_| work_order_status_row(state, one);
        let mut all = vec![
            renew(&operator::OPERATORS, &self.operators, operator, operator::encode),
            renew(&operator::OPERATOR_STATUS, &self.operators, operator, |one| {
                operator_status_row(state, one)
            }),
            renew(&material::MATERIALS, &self.materials, part, material::encode),
            renew(&machine::MACHINES, &self.machines, machine, machine::encode),
            renew(&machine::MACHINE_STATUS, &self.machines, machine, |one| {
                machine_status_row(state, one)
            }),
            renew(&work_order::WORK_ORDERS, &self.work_orders, order, work_order::encode),
            renew(&work_order::WORK_ORDER_STATUS, &self.work_orders, order, work_on),
            renew(
                &allocation::ALLOCATIONS,
                &self.allocations,
                |id| state.allocation(*id),
                allocation::encode,
            ),
        ];
        for mut change in
            self.small_tables(state).into_iter().chain(self.material_lists.moved(state))
        {
            // The key is the first column.
            let keys = change.write.iter().map(|row| row.iter().take(1).cloned().collect());
            change.delete.extend(keys.collect::<Vec<TableRow>>());
            all.push(change);
        }
        all.extend(self.finished_tables());
        all
    }
}

/// All touched keys of a table go, and come back with what the state has.
fn renew<'a, K, T: 'a>(
    table: &'static Table,
    touched: &BTreeMap<K, Depth>,
    find: impl Fn(&K) -> Option<&'a T>,
    encode: impl Fn(&T) -> TableRow,
) -> TableChange
where
    Cell: for<'k> From<&'k K>,
{
    let mut change = TableChange::new(table);
    change.delete = touched.keys().map(|key| vec![cell(key)]).collect();
    change.write = touched.keys().filter_map(find).map(encode).collect();
    change
}
