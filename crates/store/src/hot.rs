//! The narrow updates of the hot path: what work and status change on rows that exist.
//!
//! One statement per table and batch, arrays in, only the columns that can have changed, so that
//! PostgreSQL can keep the new row version on its page.

use jiff::Timestamp;
use mraos_domain::{
    Allocation, Finished, FinishedRow, Instant, MachineStatusBegun, Percentage, State,
};
use rust_decimal::Decimal;
use tokio_postgres::types::ToSql;

use crate::projection::{Changes, Depth, machine_runs_alone, operator_runs_alone};
use crate::table::number_array;

/// An update that fails unless it meets as many rows as its last parameter says.
macro_rules! checked {
    ($update:literal, $count:literal) => {
        concat!(
            "WITH met AS (",
            $update,
            " RETURNING 1) SELECT expect_rows(count(*), $",
            $count,
            "::bigint) FROM met"
        )
    };
}

pub(crate) const OPERATORS: &str = checked!(
    "UPDATE operator_status t SET current_status = u.cs, posted_status = u.ps, \
    status_updated_at = u.su, status_posted_at = u.sp, last_work_ended_at = u.le, \
    open_allocations = u.oa::bigint[], running_alone = u.ra, updated_at = u.ua, position = u.po \
    FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], \
    $6::timestamptz[], $7::text[], $8::smallint[], $9::timestamptz[], $10::bigint[], \
    $11::bigint[]) AS u(id, cs, ps, su, sp, le, oa, ra, ua, po, old) WHERE t.operator_id = u.id \
    AND t.generation = u.old >> 15 AND t.position = u.old",
    12
);

pub(crate) const MACHINES: &str = checked!(
    "UPDATE machine_status t SET current_status = u.cs, \
    status_reason_code = u.rc, status_updated_at = u.su, last_work_ended_at = u.le, \
    running_ms = u.rm, open_allocations = u.oa::bigint[], running_alone = u.ra, updated_at = u.ua, \
    position = u.po FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], \
    $5::timestamptz[], $6::bigint[], $7::text[], $8::smallint[], $9::timestamptz[], $10::bigint[], \
    $11::bigint[]) AS u(id, cs, rc, su, le, rm, oa, ra, ua, po, old) WHERE t.machine_id = u.id AND \
    t.generation = u.old >> 15 AND t.position = u.old",
    12
);

pub(crate) const WORK_ORDERS: &str = checked!(
    "UPDATE work_order_status t SET status = u.st, \
    quantity_ordered = u.qo, quantity_produced = u.qp, quantity_rejected = u.qr, \
    quantity_most = u.qm, progress_percentage = u.pp, waiting_until = u.wu, \
    actual_start_date = u.as, actual_end_date = u.ae, actual_duration_minutes = u.ad, \
    open_allocations = u.oa::bigint[], version = u.ve, updated_at = u.ua, position = u.po FROM \
    unnest($1::text[], $2::text[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], \
    $7::numeric[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::int[], \
    $12::text[], $13::int[], $14::timestamptz[], $15::bigint[]) AS u(id, st, qo, qp, qr, qm, pp, \
    wu, \"as\", ae, ad, oa, ve, ua, po) WHERE t.work_order_id = u.id",
    16
);

pub(crate) const ALLOCATIONS: &str = checked!(
    "UPDATE allocations t SET operator_id = u.op, machine_id = \
    u.ma, allocation_type = u.ty, status = u.st, phase = u.ph, expected_start_time = u.es, \
    expected_end_time = u.ee, actual_start_time = u.as, actual_end_time = u.ae, \
    actual_duration_minutes = u.ad, running_since = u.rs, worked_ms = u.wm, released_by = u.rb, \
    released_at = u.ra, release_reason_text_id = u.ri, release_reason_digest = u.rd, \
    quantity_produced = u.qp, last_transition_at = u.lt, version = u.ve, updated_at = u.ua, \
    position = u.po, expected_duration_minutes = u.ed FROM unnest($1::bigint[], $2::text[], \
    $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], \
    $9::timestamptz[], $10::timestamptz[], \
    $11::int[], $12::timestamptz[], $13::bigint[], $14::text[], $15::timestamptz[], \
    $16::uuid[], $17::text[], $18::numeric[], $19::timestamptz[], $20::int[], \
    $21::timestamptz[], $22::bigint[], $23::int[]) AS u(id, op, ma, ty, st, ph, es, ee, \
    \"as\", ae, ad, rs, wm, rb, ra, ri, rd, qp, lt, ve, ua, po, ed) WHERE t.allocation_id = u.id",
    24
);

/// New allocations, typed: the one insert of the hot path.
pub(crate) const INSERT_ALLOCATIONS: &str = "INSERT INTO allocations (allocation_id, operator_id, \
    machine_id, allocation_type, status, phase, expected_start_time, expected_end_time, \
    actual_start_time, actual_end_time, actual_duration_minutes, running_since, worked_ms, \
    released_by, released_at, release_reason_text_id, release_reason_digest, quantity_produced, \
    last_transition_at, version, updated_at, position, expected_duration_minutes, work_order_id, \
    allocated_at, allocation_method, suggestion_score, allocated_by, created_at) \
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], \
    $6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], \
    $11::int[], $12::timestamptz[], $13::bigint[], $14::text[], $15::timestamptz[], \
    $16::uuid[], $17::text[], $18::numeric[], $19::timestamptz[], $20::int[], \
    $21::timestamptz[], $22::bigint[], $23::int[], $24::text[], $25::timestamptz[], \
    $26::text[], $27::numeric[], $28::text[], $29::timestamptz[])";

/// What machines began to do, typed: two rows for each piece of work.
pub(crate) const INSERT_MACHINE_STATUSES: &str = "INSERT INTO machine_status_changes (status_id, \
    machine_id, status, started_at, reason_code, reason_text_id, reason_digest, reported_by, \
    created_at, position) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], \
    $4::timestamptz[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::timestamptz[], \
    $10::bigint[])";

/// One statement with an array per parameter.
pub(crate) struct ArrayStatement {
    pub(crate) sql: &'static str,
    rows: usize,
    pub(crate) columns: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl ArrayStatement {
    fn new(sql: &'static str, rows: usize) -> Self {
        Self { sql, rows, columns: Vec::new() }
    }

    fn column<T, V>(mut self, rows: &[T], value: impl Fn(&T) -> V) -> Self
    where
        Vec<V>: ToSql + Sync + Send + 'static,
    {
        self.columns.push(Box::new(rows.iter().map(value).collect::<Vec<V>>()));
        self
    }

    /// The last parameter of an update: how many rows it has to meet.
    fn checked(mut self) -> Self {
        self.columns.push(Box::new(i64::try_from(self.rows).unwrap_or(i64::MAX)));
        self
    }
}

fn at(instant: Instant) -> Timestamp {
    instant.timestamp()
}

fn at_opt(instant: Option<Instant>) -> Option<Timestamp> {
    instant.map(Instant::timestamp)
}

/// The hot updates of a batch; tables without any are left out.
pub(crate) fn statements(changes: &Changes, state: &State) -> Vec<ArrayStatement> {
    let all = [
        operators(changes, state),
        machines(changes, state),
        work_orders(changes, state),
        allocations(changes, state),
    ];
    all.into_iter().filter(|statement| statement.rows > 0).map(ArrayStatement::checked).collect()
}

/// Rows that exist; new ones are inserted whole.
fn hot<K>(map: &std::collections::BTreeMap<K, Depth>) -> impl Iterator<Item = &K> {
    map.iter().filter(|(_, depth)| **depth != Depth::New).map(|(id, _)| id)
}

fn operators(changes: &Changes, state: &State) -> ArrayStatement {
    let rows: Vec<_> = hot(&changes.operators).filter_map(|id| state.operator(id)).collect();
    let open = |id| number_array(state.open_of_operator(id).map(|one| one.allocation_id.0));
    ArrayStatement::new(OPERATORS, rows.len())
        .column(&rows, |one| one.operator_id.to_string())
        .column(&rows, |one| one.current_status.as_str())
        .column(&rows, |one| one.posted_status.as_str())
        .column(&rows, |one| at(one.status_updated_at))
        .column(&rows, |one| at(one.status_posted_at))
        .column(&rows, |one| at_opt(one.last_work_ended_at))
        .column(&rows, |one| open(&one.operator_id))
        .column(&rows, |one| operator_runs_alone(state, one))
        .column(&rows, |one| at(one.updated_at))
        .column(&rows, |one| one.position)
        .column(&rows, |one| changes.written_operator(&one.operator_id))
}

fn machines(changes: &Changes, state: &State) -> ArrayStatement {
    let rows: Vec<_> = hot(&changes.machines).filter_map(|id| state.machine(id)).collect();
    let open = |id| number_array(state.open_of_machine(id).map(|one| one.allocation_id.0));
    ArrayStatement::new(MACHINES, rows.len())
        .column(&rows, |one| one.machine_id.to_string())
        .column(&rows, |one| one.current_status.as_str())
        .column(&rows, |one| one.status_reason_code.as_ref().map(ToString::to_string))
        .column(&rows, |one| at(one.status_updated_at))
        .column(&rows, |one| at_opt(one.last_work_ended_at))
        .column(&rows, |one| one.running_ms)
        .column(&rows, |one| open(&one.machine_id))
        .column(&rows, |one| machine_runs_alone(state, one))
        .column(&rows, |one| at(one.updated_at))
        .column(&rows, |one| one.position)
        .column(&rows, |one| changes.written_machine(&one.machine_id))
}

fn work_orders(changes: &Changes, state: &State) -> ArrayStatement {
    let rows: Vec<_> = hot(&changes.work_orders).filter_map(|id| state.work_order(id)).collect();
    let open = |id| number_array(state.open_of_work_order(id).map(|one| one.allocation_id.0));
    let minutes = |value: Option<i64>| value.and_then(|value| i32::try_from(value).ok());
    ArrayStatement::new(WORK_ORDERS, rows.len())
        .column(&rows, |one| one.work_order_id.to_string())
        .column(&rows, |one| one.status.as_str())
        .column(&rows, |one| one.details.quantity_ordered.decimal())
        .column(&rows, |one| one.quantity_produced.decimal())
        .column(&rows, |one| one.quantity_rejected.decimal())
        .column(&rows, |one| one.quantity_most().decimal())
        .column(&rows, |one| -> Decimal {
            one.quantity_produced.percent_of(one.details.quantity_ordered).decimal()
        })
        .column(&rows, |one| at_opt(one.waiting_until))
        .column(&rows, |one| at_opt(one.actual_start_date))
        .column(&rows, |one| at_opt(one.actual_end_date))
        .column(&rows, |one| minutes(one.actual_duration_minutes()))
        .column(&rows, |one| open(&one.work_order_id))
        .column(&rows, |one| one.version)
        .column(&rows, |one| at(one.updated_at))
        .column(&rows, |one| one.position)
}

fn allocations(changes: &Changes, state: &State) -> ArrayStatement {
    let rows: Vec<_> = hot(&changes.allocations).filter_map(|id| state.allocation(*id)).collect();
    allocation_columns(ALLOCATIONS, &rows)
}

/// The insert of new allocations, if there are any.
pub(crate) fn insert_allocations(changes: &Changes, state: &State) -> Option<ArrayStatement> {
    let new = changes.allocations.iter().filter(|(_, depth)| **depth == Depth::New);
    let rows: Vec<_> = new.filter_map(|(id, _)| state.allocation(*id)).collect();
    if rows.is_empty() {
        return None;
    }
    let statement = allocation_columns(INSERT_ALLOCATIONS, &rows)
        .column(&rows, |one| one.assignment.work_order_id.to_string())
        .column(&rows, |one| at(one.allocated_at))
        .column(&rows, |one| one.allocation_method.as_str())
        .column(&rows, |one| one.suggestion_score.map(Percentage::decimal))
        .column(&rows, |one| one.allocated_by.to_string())
        .column(&rows, |one| at(one.created_at));
    Some(statement)
}

/// The insert of what machines began to do, if there is anything.
pub(crate) fn insert_machine_statuses(changes: &Changes) -> Option<ArrayStatement> {
    let statuses = changes.finished.iter().filter_map(|one| match &one.row {
        Finished::MachineStatus(began) => Some((one, began)),
        _ => None,
    });
    let rows: Vec<(&FinishedRow, &MachineStatusBegun)> = statuses.collect();
    if rows.is_empty() {
        return None;
    }
    let statement = ArrayStatement::new(INSERT_MACHINE_STATUSES, rows.len())
        .column(&rows, |(one, _)| one.row_id().0)
        .column(&rows, |(_, began)| began.machine_id.to_string())
        .column(&rows, |(_, began)| began.status.as_str())
        .column(&rows, |(_, began)| at(began.started_at))
        .column(&rows, |(_, began)| began.reason_code.as_ref().map(ToString::to_string))
        .column(&rows, |(_, began)| began.reason.as_ref().map(|text| text.text_id))
        .column(&rows, |(_, began)| began.reason.as_ref().map(|text| text.digest.clone()))
        .column(&rows, |(_, began)| began.reported_by.to_string())
        .column(&rows, |(_, began)| at(began.created_at))
        .column(&rows, |(one, _)| one.position);
    Some(statement)
}

/// What an update of allocations sets, in the order of [`ALLOCATIONS`].
fn allocation_columns(sql: &'static str, rows: &[&Allocation]) -> ArrayStatement {
    let minutes = |value: Option<i64>| value.and_then(|value| i32::try_from(value).ok());
    ArrayStatement::new(sql, rows.len())
        .column(rows, |one| one.allocation_id.0)
        .column(rows, |one| one.assignment.operator_id.as_ref().map(ToString::to_string))
        .column(rows, |one| one.assignment.machine_id.as_ref().map(ToString::to_string))
        .column(rows, |one| one.assignment.allocation_type())
        .column(rows, |one| one.status.as_str())
        .column(rows, |one| one.phase.as_str())
        .column(rows, |one| at(one.window.start))
        .column(rows, |one| at(one.window.end))
        .column(rows, |one| at_opt(one.actual_start_time))
        .column(rows, |one| at_opt(one.actual_end_time))
        .column(rows, |one| minutes(one.actual_duration_minutes()))
        .column(rows, |one| at_opt(one.running_since))
        .column(rows, |one| one.worked_ms)
        .column(rows, |one| one.released_by.as_ref().map(ToString::to_string))
        .column(rows, |one| at_opt(one.released_at))
        .column(rows, |one| one.release_reason.as_ref().map(|reason| reason.text_id))
        .column(rows, |one| one.release_reason.as_ref().map(|reason| reason.digest.clone()))
        .column(rows, |one| one.quantity_produced.decimal())
        .column(rows, |one| at(one.last_transition_at))
        .column(rows, |one| one.version)
        .column(rows, |one| at(one.updated_at))
        .column(rows, |one| one.position)
        .column(rows, |one| one.expected_duration_minutes)
}
