//! What the floor knows: where each row stands, what each order took, which bucket a row is in.
//!
//! A row is put into exactly one bucket, once; a row that no answer reached stays without one and
//! the report says so. Reads no clock and asks no server.

use std::collections::BTreeMap;

use mraos_api::problem::Refusal;

use crate::replay::ReplayOptions;
use crate::replay::facts::{Fact, PieceCount};
use crate::replay::plan::{Plan, RowKind};
use crate::replay::report::{
    Bucket, Example, LearnedCapacity, LogNotes, Milliseconds, Orders, Pieces, Report,
};

/// Rows shown per refusal code.
const EXAMPLES: usize = 3;
/// A row refused for several reasons is counted under the first of these that is among them.
const LEADING_CODES: [&str; 4] =
    ["machine_unavailable", "operator_unavailable", "machine_booked", "operator_booked"];

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowState {
    Waiting,
    Running(i64),
    Paused(i64),
    Refused,
    Ended,
    Failed,
}

pub(super) struct Tally<'a> {
    plan: &'a Plan,
    states: Vec<RowState>,
    buckets: Vec<Option<Bucket>>,
    booked: Vec<u64>,
    open_breakdowns: BTreeMap<usize, u32>,
    report: Report,
    latencies_ms: Vec<f64>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            states: vec![RowState::Waiting; plan.rows.len()],
            buckets: vec![None; plan.rows.len()],
            booked: vec![0; plan.steps.len()],
            open_breakdowns: BTreeMap::new(),
            report: Report::default(),
            latencies_ms: Vec::new(),
        }
    }

    pub(super) fn state(&self, row: usize) -> RowState {
        self.states[row]
    }

    /// The row's pieces, and how many of them its order still has room for.
    pub(super) fn pieces(&self, row: usize) -> PieceCount {
        let planned = &self.plan.rows[row];
        let room = self.plan.steps[planned.step].quantity_ordered - self.booked[planned.step];
        let booked = planned.row.completed.min(room);
        PieceCount {
            booked,
            not_booked: planned.row.completed - booked,
            rejected: planned.row.rejected,
        }
    }

    pub(super) fn open_breakdowns(&self, machine: usize) -> u32 {
        self.open_breakdowns.get(&machine).copied().unwrap_or_default()
    }

    pub(super) fn running_at(&self, machine: usize) -> impl Iterator<Item = usize> + '_ {
        let at_machine = self.plan.rows.iter().enumerate();
        at_machine.filter_map(move |(index, row)| {
            let running = matches!(self.states[index], RowState::Running(_));
            (running && row.machine == machine).then_some(index)
        })
    }

    /// Rows that a breakdown of the machine paused, with their allocations.
    pub(super) fn paused_at(&self, machine: usize) -> Vec<(usize, i64)> {
        let rows = self.plan.rows.iter().enumerate();
        rows.filter_map(|(index, row)| match self.states[index] {
            RowState::Paused(allocation_id) if row.machine == machine => {
                Some((index, allocation_id))
            }
            _ => None,
        })
        .collect()
    }

    pub(super) fn take_up(&mut self, row: usize, fact: Fact) {
        match fact {
            Fact::Started { allocation_id, overridden } => {
                self.states[row] = RowState::Running(allocation_id);
                self.report.allocations += 1;
                if let Some(reason) = overridden {
                    *self.report.overrides.entry(reason.words()).or_default() += 1;
                }
            }
            Fact::Refused { refusals } => self.refuse(row, &refusals),
            Fact::Ended { pieces, completed_order } => {
                self.end(row, Bucket::Done, pieces);
                self.report.order_figures.closed_by_last_report += u64::from(completed_order);
            }
            Fact::EndedEarlier { pieces } => self.end(row, Bucket::EndedEarlier, pieces),
            Fact::Counted { pieces } => {
                self.count(row, pieces);
                self.assign(row, Bucket::ZeroLength);
            }
            Fact::BrokeDown => {
                let machine = self.plan.rows[row].machine;
                *self.open_breakdowns.entry(machine).or_default() += 1;
                self.report.breakdowns.reported += 1;
            }
            Fact::BreakdownOver => self.end_breakdown(row),
            Fact::Paused { row } => self.pause(row),
            Fact::Resumed { row } => self.resume(row),
            Fact::NotResumed => self.report.breakdowns.not_resumed += 1,
            Fact::Failed { doing, problem } => {
                self.states[row] = RowState::Failed;
                let detail = format!("{} {}: {}", problem.status, problem.code, problem.detail);
                let line = self.plan.rows[row].row.line;
                self.report.failures.push(format!("line {line}, {doing}: {detail}"));
                self.assign(row, Bucket::Failed);
            }
            Fact::Answered { latency } => self.latencies_ms.push(latency.as_secs_f64() * 1e3),
            Fact::AnsweredAsBefore => self.report.answered_as_before += 1,
        }
    }

    fn assign(&mut self, row: usize, bucket: Bucket) {
        self.buckets[row].get_or_insert(bucket);
    }

    fn end(&mut self, row: usize, bucket: Bucket, pieces: PieceCount) {
        self.states[row] = RowState::Ended;
        self.count(row, pieces);
        self.assign(row, bucket);
    }

    fn count(&mut self, row: usize, pieces: PieceCount) {
        self.booked[self.plan.rows[row].step] += pieces.booked;
        let figures = &mut self.report.pieces;
        figures.booked += pieces.booked;
        figures.not_booked += pieces.not_booked;
        figures.rejected_booked += pieces.rejected;
    }

    fn refuse(&mut self, row: usize, refusals: &[Refusal]) {
        self.states[row] = RowState::Refused;
        self.assign(row, Bucket::Refused);
        let Some(leading) = leading_refusal(refusals) else { return };
        *self.report.refusals.entry(leading.code.clone()).or_default() += 1;
        let codes: std::collections::BTreeSet<&str> =
            refusals.iter().map(|refusal| refusal.code.as_str()).collect();
        for code in codes {
            *self.report.refusals_naming.entry(code.to_owned()).or_default() += 1;
        }
        let examples = self.report.refusal_examples.entry(leading.code.clone()).or_default();
        if examples.len() < EXAMPLES {
            let planned = &self.plan.rows[row];
            examples.push(Example {
                line: planned.row.line,
                case_id: planned.row.case_id.clone(),
                resource: planned.row.resource.clone(),
                worker: planned.row.worker.clone(),
                start: planned.start,
                message: leading.message.clone(),
            });
        }
    }

    fn end_breakdown(&mut self, row: usize) {
        let machine = self.plan.rows[row].machine;
        if let Some(open) = self.open_breakdowns.get_mut(&machine) {
            *open = open.saturating_sub(1);
        }
        self.assign(row, Bucket::Breakdown);
    }

    fn pause(&mut self, row: usize) {
        if let RowState::Running(allocation_id) = self.states[row] {
            self.states[row] = RowState::Paused(allocation_id);
            self.report.breakdowns.interrupted_rows += 1;
        }
    }

    fn resume(&mut self, row: usize) {
        if let RowState::Paused(allocation_id) = self.states[row] {
            self.states[row] = RowState::Running(allocation_id);
            self.report.breakdowns.resumed += 1;
        }
    }

    pub(super) fn into_report(self, options: &ReplayOptions) -> Report {
        let plan = self.plan;
        let mut report = self.report;
        let read = plan.rows.len() + plan.duplicate_lines.len() + plan.broken.len();
        report.rows = read as u64;
        report.orders = plan.steps.len() as u64;
        let mut buckets: BTreeMap<Bucket, u64> = Bucket::ALL.map(|bucket| (bucket, 0)).into();
        for bucket in self.buckets.iter().flatten() {
            *buckets.entry(*bucket).or_default() += 1;
        }
        buckets.insert(Bucket::Duplicate, plan.duplicate_lines.len() as u64);
        buckets.insert(Bucket::Broken, plan.broken.len() as u64);
        report.rows_unaccounted = report.rows - buckets.values().sum::<u64>();
        report.buckets = buckets;
        report.learned_capacity = options.learn_capacity.then(|| learned_capacity(plan));
        report.id_ending = plan.id_ending.clone();
        report.broken_rows = plan.broken.clone();
        report.notes = notes(plan);
        report.order_figures = orders(plan, &self.booked, &report.order_figures);
        report.pieces = pieces(plan, &report.pieces);
        report.allocation_ms = Milliseconds::of(self.latencies_ms);
        report
    }
}

fn leading_refusal(refusals: &[Refusal]) -> Option<&Refusal> {
    let of_code = |code: &&str| refusals.iter().find(|refusal| refusal.code == **code);
    LEADING_CODES.iter().find_map(of_code).or_else(|| refusals.first())
}

fn learned_capacity(plan: &Plan) -> Vec<LearnedCapacity> {
    let of_kind = |kind, resources: &[super::PlannedResource]| -> Vec<LearnedCapacity> {
        let several = resources.iter().filter(|resource| resource.parallel_capacity > 1);
        several
            .map(|resource| LearnedCapacity {
                entity_type: kind,
                id: resource.id.clone(),
                name: resource.name.clone(),
                parallel_capacity: resource.parallel_capacity,
            })
            .collect()
    };
    let mut learned = of_kind("machine", &plan.machines);
    learned.extend(of_kind("operator", &plan.operators));
    learned.sort_by(|one, other| (one.entity_type, &one.id).cmp(&(other.entity_type, &other.id)));
    learned
}

fn notes(plan: &Plan) -> LogNotes {
    let count = |test: &dyn Fn(&super::PlannedRow) -> bool| {
        plan.rows.iter().filter(|row| test(row)).count() as u64
    };
    LogNotes {
        span_differs_from_stamps: count(&|row| row.row.span_minutes != row.row.minutes()),
        activity_names_other_machine: count(&|row| row.row.names_other_machine()),
        rework_rows: count(&|row| row.row.rework),
    }
}

fn orders(plan: &Plan, booked: &[u64], counted: &Orders) -> Orders {
    let steps = plan.steps.iter().zip(booked);
    Orders {
        closed_by_last_report: counted.closed_by_last_report,
        quantity_reached: steps.filter(|(step, made)| step.quantity_ordered <= **made).count()
            as u64,
        open_in_log: plan.steps.iter().filter(|step| step.closing_row.is_none()).count() as u64,
        above_case_quantity: plan.steps.iter().filter(|step| step.above_case_quantity).count()
            as u64,
    }
}

fn pieces(plan: &Plan, counted: &Pieces) -> Pieces {
    let breakdowns = plan.rows.iter().filter(|row| row.kind == RowKind::Breakdown);
    let not_counted: u64 = breakdowns.map(|row| row.row.completed).sum();
    Pieces {
        in_log: plan.rows.iter().map(|row| row.row.completed).sum(),
        not_booked: counted.not_booked + not_counted,
        rejected_in_log: plan.rows.iter().map(|row| row.row.rejected).sum(),
        for_review_in_log: plan.rows.iter().map(|row| row.row.for_review).sum(),
        ..counted.clone()
    }
}
