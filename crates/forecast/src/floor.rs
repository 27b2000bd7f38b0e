//! The floor as it is known at a moment: what has been reported, and nothing later.
//!
//! Reports are observed in the order of their ends; what a forecast may use follows from that by
//! construction, in a backtest as in a running plant. Keeps per resource the busy blocks, per
//! person the recent reports, per order the pieces made, and the shop's rhythm. Learns nothing.

mod rhythm;
mod timeline;

use std::collections::{HashMap, VecDeque};

pub(crate) use rhythm::Rhythm;
pub(crate) use timeline::Timeline;

use crate::report::{DAY_MINUTES, LocalMinute, Resource, ResourceIndex, WorkReport};

/// How far back a person's reports tell about the shift.
const SHIFT_MINUTES: f64 = 14.0 * 60.0;

/// Everything reported so far.
#[derive(Debug, Clone)]
pub struct Floor {
    resources: Vec<Resource>,
    timelines: Vec<Timeline>,
    last_reports: Vec<Option<WorkReport>>,
    /// Start, end and resource of each person's reports, the last ones.
    recent_of_operator: HashMap<usize, VecDeque<(LocalMinute, LocalMinute, ResourceIndex)>>,
    pieces_made: HashMap<(usize, ResourceIndex), f64>,
    rhythm: Rhythm,
}

impl Floor {
    /// A floor of these resources, of which nothing is known yet.
    #[must_use]
    pub fn new(resources: &[Resource]) -> Self {
        Self {
            resources: resources.to_vec(),
            timelines: vec![Timeline::default(); resources.len()],
            last_reports: vec![None; resources.len()],
            recent_of_operator: HashMap::new(),
            pieces_made: HashMap::new(),
            rhythm: Rhythm::default(),
        }
    }

    /// Takes note of a report. Reports come in the order of their ends; those without length, and
    /// those of a resource that this floor does not have, change nothing.
    pub fn observe(&mut self, report: &WorkReport) {
        if report.start >= report.end || report.resource >= self.resources.len() {
            return;
        }
        self.timelines[report.resource].observe(report.start, report.end);
        self.rhythm.observe(report.start, report.end);
        if let Some(operator) = report.operator {
            let recent = self.recent_of_operator.entry(operator).or_default();
            while recent.front().is_some_and(|(start, ..)| *start <= report.end - DAY_MINUTES) {
                recent.pop_front();
            }
            recent.push_back((report.start, report.end, report.resource));
        }
        if let Some(order) = report.work_order {
            *self.pieces_made.entry((order, report.resource)).or_default() +=
                report.quantity_completed;
        }
        self.last_reports[report.resource] = Some(report.clone());
    }

    /// The resources, by index.
    #[must_use]
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    pub(crate) fn timeline(&self, resource: ResourceIndex) -> &Timeline {
        &self.timelines[resource]
    }

    pub(crate) fn last_report(&self, resource: ResourceIndex) -> Option<&WorkReport> {
        self.last_reports[resource].as_ref()
    }

    pub(crate) fn rhythm(&self) -> &Rhythm {
        &self.rhythm
    }

    /// Pieces of an order that a resource has reported.
    pub(crate) fn pieces_made(&self, order: usize, resource: ResourceIndex) -> f64 {
        self.pieces_made.get(&(order, resource)).copied().unwrap_or_default()
    }

    /// A person's reports within the shift before `now`: start, end, resource.
    pub(crate) fn shift_of(
        &self,
        operator: usize,
        now: LocalMinute,
    ) -> impl Iterator<Item = &(LocalMinute, LocalMinute, ResourceIndex)> {
        let recent = self.recent_of_operator.get(&operator);
        recent.into_iter().flatten().filter(move |(start, ..)| *start > now - SHIFT_MINUTES)
    }
}
