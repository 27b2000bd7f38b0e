//! What the log means to the product: machines, operators, orders with predecessors, timed rows.
//!
//! Each (case, activity) is a step and becomes one work order; steps of a case follow one another
//! in the order of their first starts. All from the log alone and the same on every run: this
//! asks no server and reads no clock.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::replay::ReplayError;
use crate::replay::capacity::learn_capacity;
use crate::replay::log::{BrokenRow, ProductionLog, ProductionRow, ReportType};
use crate::replay::names;

/// How a log is turned into a plan.
#[derive(Debug, Clone)]
pub struct PlanOptions {
    /// Zone of the log's clock.
    pub time_zone: TimeZone,
    /// Added to every instant.
    pub shift: SignedDuration,
    /// Give machines and operators the parallel capacity that the log shows, instead of 1.
    pub learn_capacity: bool,
}

/// A machine, work place or operator of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedResource {
    /// Id in the product.
    pub id: String,
    /// Name in the log.
    pub name: String,
    /// Jobs that it runs at once.
    pub parallel_capacity: u32,
}

/// The step before, inside the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Predecessor {
    /// Index of the step.
    pub step: usize,
    /// Whether it was still going on when its successor began: part of the batch went ahead.
    pub overlaps: bool,
}

/// One (case, activity): a work order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Id of the order.
    pub work_order_id: String,
    /// Case of the log.
    pub case_id: String,
    /// Operation.
    pub activity: String,
    /// 1 for the case's first step.
    pub number: usize,
    /// Id of the product.
    pub product_id: String,
    /// Part name.
    pub part: String,
    /// Pieces of the case, or the step's own total where pieces went through it more than once.
    pub quantity_ordered: u64,
    /// Whether the step's total is above the case's pieces.
    pub above_case_quantity: bool,
    /// Sum of the rows' lengths.
    pub estimated_minutes: i64,
    /// End of the case's last row: the log knows no due date.
    pub due: Timestamp,
    /// The step before.
    pub predecessor: Option<Predecessor>,
    /// Row that ends the step; none where the case may still be at it when the log ends.
    pub closing_row: Option<usize>,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowKind {
    /// Work with a length: an allocation.
    Work,
    /// A breakdown of the machine.
    Breakdown,
    /// Start and end are the same instant: only its pieces count.
    ZeroLength,
}

/// A row with everything it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedRow {
    /// As in the log.
    pub row: ProductionRow,
    /// What becomes of it.
    pub kind: RowKind,
    /// Index of its machine.
    pub machine: usize,
    /// Index of its operator.
    pub operator: usize,
    /// Index of its step.
    pub step: usize,
    /// Start as an instant.
    pub start: Timestamp,
    /// End as an instant.
    pub end: Timestamp,
}

/// What the log means to the product.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Machines and work places.
    pub machines: Vec<PlannedResource>,
    /// Operators.
    pub operators: Vec<PlannedResource>,
    /// Steps; a predecessor stands before its successor.
    pub steps: Vec<Step>,
    /// Rows that are neither broken nor repeated, in the file's order.
    pub rows: Vec<PlannedRow>,
    /// Lines that repeat an earlier one.
    pub duplicate_lines: Vec<u64>,
    /// Rows that cannot be read.
    pub broken: Vec<BrokenRow>,
    /// Ending of all ids that a server gets to see; empty for the first copy of the plant.
    pub id_ending: String,
}

impl Plan {
    /// Turns a log into a plan.
    pub fn new(log: ProductionLog, options: &PlanOptions) -> Result<Self, ReplayError> {
        let (rows, duplicate_lines) = drop_duplicates(log.rows);
        let machines = resources(&rows, options, |row| &row.resource, names::machine_id);
        let operators = resources(&rows, options, |row| &row.worker, names::operator_id);
        let rows = place_rows(rows, &machines, &operators, options)?;
        let mut plan = Self {
            machines,
            operators,
            steps: Vec::new(),
            rows,
            duplicate_lines,
            broken: log.broken,
            id_ending: String::new(),
        };
        plan.add_steps();
        Ok(plan)
    }

    /// Gives all ids an ending, so that a server can hold several copies of the plant.
    pub fn end_ids_in(&mut self, ending: &str) {
        for resource in self.machines.iter_mut().chain(&mut self.operators) {
            resource.id.push_str(ending);
        }
        for step in &mut self.steps {
            step.work_order_id.push_str(ending);
        }
        self.id_ending.push_str(ending);
    }

    /// First start and last end of all rows.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let start = self.rows.iter().map(|row| row.start).min()?;
        let end = self.rows.iter().map(|row| row.end).max()?;
        Some((start, end))
    }

    fn add_steps(&mut self) {
        let products =
            names::assign_ids(self.rows.iter().map(|row| row.row.part.as_str()), names::product_id);
        let prefixes = names::assign_ids(
            self.rows.iter().map(|row| row.row.case_id.as_str()),
            names::case_prefix,
        );
        let mut cases: BTreeMap<&str, BTreeMap<&str, Vec<usize>>> = BTreeMap::new();
        for (index, row) in self.rows.iter().enumerate() {
            let steps = cases.entry(&row.row.case_id).or_default();
            steps.entry(&row.row.activity).or_default().push(index);
        }
        let mut steps = Vec::new();
        let mut step_of_row = HashMap::new();
        for (case_id, activities) in cases {
            let case = CaseRows::new(&self.rows, activities.into_values());
            for (number, members) in (1..).zip(&case.steps) {
                let first = steps.len() + 1 - number;
                for row in members {
                    step_of_row.insert(*row, steps.len());
                }
                let work_order_id = format!("{}-{number:02}", prefixes[case_id]);
                steps.push(case.describe(number, first, work_order_id, &products));
            }
        }
        self.steps = steps;
        for (index, row) in self.rows.iter_mut().enumerate() {
            row.step = step_of_row.get(&index).copied().unwrap_or_default();
        }
    }
}

/// The rows of one case, by step.
struct CaseRows<'a> {
    rows: &'a [PlannedRow],
    steps: Vec<Vec<usize>>,
}

impl<'a> CaseRows<'a> {
    fn new(rows: &'a [PlannedRow], steps: impl Iterator<Item = Vec<usize>>) -> Self {
        let mut steps: Vec<Vec<usize>> = steps.collect();
        steps.sort_by_key(|members| {
            members.iter().map(|row| (rows[*row].start, rows[*row].row.line)).min()
        });
        Self { rows, steps }
    }

    fn members(&self, number: usize) -> impl Iterator<Item = &'a PlannedRow> + '_ {
        self.steps[number - 1].iter().map(|row| &self.rows[*row])
    }

    fn first_start(&self, number: usize) -> Timestamp {
        self.members(number).map(|row| row.start).min().unwrap_or_default()
    }

    fn last_end(&self, number: usize) -> Timestamp {
        self.members(number).map(|row| row.end).max().unwrap_or_default()
    }

    /// `first` is the index of the case's first step.
    fn describe(
        &self,
        number: usize,
        first: usize,
        work_order_id: String,
        products: &BTreeMap<String, String>,
    ) -> Step {
        let sample = &self.rows[self.steps[number - 1][0]].row;
        let total: u64 = self.members(number).map(|row| row.row.completed).sum();
        let all = 1..=self.steps.len();
        Step {
            work_order_id,
            case_id: sample.case_id.clone(),
            activity: sample.activity.clone(),
            number,
            product_id: products[&sample.part].clone(),
            part: sample.part.clone(),
            quantity_ordered: sample.case_quantity.max(total).max(1),
            above_case_quantity: total > sample.case_quantity,
            estimated_minutes: self
                .members(number)
                .map(|row| row.row.minutes())
                .sum::<i64>()
                .max(1),
            due: all.map(|step| self.last_end(step)).max().unwrap_or_default(),
            predecessor: (number > 1).then(|| Predecessor {
                step: first + number - 2,
                overlaps: self.last_end(number - 1) > self.first_start(number),
            }),
            closing_row: self.closing_row(number, total >= sample.case_quantity),
        }
    }

    fn closing_row(&self, number: usize, quantity_reached: bool) -> Option<usize> {
        let work = |row: &&usize| self.rows[**row].kind == RowKind::Work;
        let members = self.steps[number - 1].iter().filter(work);
        let last = *members.max_by_key(|row| (self.rows[**row].end, self.rows[**row].row.line))?;
        let end = self.rows[last].end;
        let others = (1..=self.steps.len()).filter(|other| *other != number);
        let mut later = others.flat_map(|other| self.members(other));
        (quantity_reached || later.any(|row| row.start >= end)).then_some(last)
    }
}

fn drop_duplicates(rows: Vec<ProductionRow>) -> (Vec<ProductionRow>, Vec<u64>) {
    let mut seen = std::collections::HashSet::new();
    let mut duplicate_lines = Vec::new();
    let mut kept = Vec::new();
    for row in rows {
        if seen.insert(ProductionRow { line: 0, ..row.clone() }) {
            kept.push(row);
        } else {
            duplicate_lines.push(row.line);
        }
    }
    (kept, duplicate_lines)
}

fn resources(
    rows: &[ProductionRow],
    options: &PlanOptions,
    name_of: impl Fn(&ProductionRow) -> &String,
    to_id: impl Fn(&str) -> String,
) -> Vec<PlannedResource> {
    let learned = learn_capacity(rows, |row| name_of(row));
    let ids = names::assign_ids(learned.keys().map(String::as_str), to_id);
    learned
        .into_iter()
        .map(|(name, capacity)| PlannedResource {
            id: ids[&name].clone(),
            name,
            parallel_capacity: if options.learn_capacity { capacity } else { 1 },
        })
        .collect()
}

fn place_rows(
    rows: Vec<ProductionRow>,
    machines: &[PlannedResource],
    operators: &[PlannedResource],
    options: &PlanOptions,
) -> Result<Vec<PlannedRow>, ReplayError> {
    let machines = indices(machines);
    let operators = indices(operators);
    rows.into_iter()
        .map(|row| {
            let kind = if row.start == row.end {
                RowKind::ZeroLength
            } else if row.report_type == ReportType::Breakdown {
                RowKind::Breakdown
            } else {
                RowKind::Work
            };
            Ok(PlannedRow {
                kind,
                machine: machines[row.resource.as_str()],
                operator: operators[row.worker.as_str()],
                step: 0,
                start: instant(row.start, options)?,
                end: instant(row.end, options)?,
                row,
            })
        })
        .collect()
}

fn indices(resources: &[PlannedResource]) -> HashMap<&str, usize> {
    let names = resources.iter().map(|resource| resource.name.as_str());
    names.enumerate().map(|(index, name)| (name, index)).collect()
}

fn instant(local: jiff::civil::DateTime, options: &PlanOptions) -> Result<Timestamp, ReplayError> {
    let zoned = options.time_zone.to_ambiguous_zoned(local).compatible();
    let instant = zoned.and_then(|zoned| zoned.timestamp().checked_add(options.shift));
    instant.map_err(|error| ReplayError::OutOfRange(format!("{local}: {error}")))
}

/// What a machine does, for its master data.
pub(super) fn machine_type(machine: &PlannedResource) -> String {
    names::machine_type(&machine.name)
}
