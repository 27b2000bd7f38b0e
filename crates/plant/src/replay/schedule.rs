//! The order in which the floor acts, and what may happen side by side.
//!
//! Moments are sorted by time; at one instant work ends before breakdowns end, these before
//! breakdowns begin, and work begins last. Moments that share no machine, person or case commute,
//! so a wave of them can be sent at once and the outcome is still the same on every run.

use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;

use crate::replay::plan::{Plan, RowKind};

/// How far ahead a wave may look, and how many moments it may hold.
const LOOKAHEAD: usize = 400;
const WAVE: usize = 32;

/// What happens on the floor; ascending in the order within one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// A row's work ends and its pieces are reported.
    EndRow,
    /// The pieces of a row without length are reported.
    CountPieces,
    /// A breakdown is over.
    EndBreakdown,
    /// A machine breaks down.
    BeginBreakdown,
    /// A row's work begins.
    StartRow,
}

/// A moment of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// When.
    pub at: Timestamp,
    /// What.
    pub moment: Moment,
    /// Index of the row.
    pub row: usize,
    touches: Vec<Touched>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Touched {
    Machine(usize),
    Operator(usize),
    Case(usize),
}

/// All moments that are still to come.
#[derive(Debug)]
pub struct Schedule {
    pending: VecDeque<Scheduled>,
}

impl Schedule {
    /// Every moment of the plan, in order.
    pub fn new(plan: &Plan) -> Self {
        let mut moments: Vec<Scheduled> = Vec::new();
        for (index, row) in plan.rows.iter().enumerate() {
            let at = |at, moment, touches| Scheduled { at, moment, row: index, touches };
            match row.kind {
                RowKind::Work => {
                    moments.push(at(row.start, Moment::StartRow, own(plan, index)));
                    moments.push(at(row.end, Moment::EndRow, own_and_parallel(plan, index)));
                }
                RowKind::ZeroLength => {
                    moments.push(at(row.start, Moment::CountPieces, own(plan, index)));
                }
                RowKind::Breakdown => {
                    moments.push(at(row.start, Moment::BeginBreakdown, Vec::new()));
                    moments.push(at(row.end, Moment::EndBreakdown, Vec::new()));
                }
            }
        }
        moments.sort_by_key(|scheduled| {
            (scheduled.at, scheduled.moment, plan.rows[scheduled.row].row.line)
        });
        Self { pending: moments.into() }
    }

    /// How many moments are still to come.
    pub fn len(&self) -> usize {
        self.pending.len()
    }

    /// Whether everything has happened.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// When the next moment is.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.pending.front().map(|scheduled| scheduled.at)
    }

    /// Takes moments that commute with all that stand before them; none is later than `until`.
    pub fn take_wave(&mut self, until: Option<Timestamp>) -> Vec<Scheduled> {
        let mut wave = Vec::new();
        let mut skipped = VecDeque::new();
        let mut touched: HashSet<Touched> = HashSet::new();
        while let Some(next) = self.pending.pop_front() {
            let too_late = until.is_some_and(|until| next.at > until);
            let far = wave.len() >= WAVE || skipped.len() >= LOOKAHEAD;
            if too_late || far || next.is_alone() && !(wave.is_empty() && skipped.is_empty()) {
                self.pending.push_front(next);
                break;
            }
            let alone = next.is_alone();
            let free = next.touches.iter().all(|key| !touched.contains(key));
            touched.extend(next.touches.iter().copied());
            if free {
                wave.push(next);
            } else {
                skipped.push_back(next);
            }
            if alone {
                break;
            }
        }
        while let Some(back) = skipped.pop_back() {
            self.pending.push_front(back);
        }
        wave
    }
}

impl Scheduled {
    /// A breakdown reaches every person who works at the machine, so nothing goes beside it.
    fn is_alone(&self) -> bool {
        self.touches.is_empty()
    }
}

fn own(plan: &Plan, row: usize) -> Vec<Touched> {
    let row = &plan.rows[row];
    let case = row.step + 1 - plan.steps[row.step].number;
    vec![Touched::Machine(row.machine), Touched::Operator(row.operator), Touched::Case(case)]
}

/// The end of a row can complete its order, which ends what else runs on it.
fn own_and_parallel(plan: &Plan, row: usize) -> Vec<Touched> {
    let mut touches = own(plan, row);
    let ending = &plan.rows[row];
    for other in &plan.rows {
        if other.step == ending.step && other.start <= ending.end && ending.end < other.end {
            touches.push(Touched::Machine(other.machine));
            touches.push(Touched::Operator(other.operator));
        }
    }
    touches
}
