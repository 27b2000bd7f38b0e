//! What the forecast learns from: reports of finished work on resources.
//!
//! A report is known from its end on, never earlier; the whole crate keeps to that. Times are
//! minutes of the plant's own clock, because people come and go by it. Names are turned into
//! numbers once, here, and nothing else of a plant is known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Minutes of the plant-local clock since 1970-01-01 00:00.
pub type LocalMinute = f64;

/// Minutes of a day.
pub const DAY_MINUTES: f64 = 1440.0;

/// Minutes of a week.
pub const WEEK_MINUTES: f64 = 7.0 * DAY_MINUTES;

/// Index of a resource in [`Roster::resources`].
pub type ResourceIndex = usize;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportKind {
    /// Preparing the resource.
    Setup,
    /// Making pieces.
    Production,
    /// The resource stood still, and somebody worked on that.
    Breakdown,
}

/// One stretch of work on a resource, known from its end on.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkReport {
    /// Where.
    pub resource: ResourceIndex,
    /// From when; at or before the end.
    pub start: LocalMinute,
    /// Until when, and when it was reported.
    pub end: LocalMinute,
    /// What it is about.
    pub kind: ReportKind,
    /// Who, as a number of the roster, where a person is known.
    pub operator: Option<usize>,
    /// For which order, as a number of the roster, where one is known.
    pub work_order: Option<usize>,
    /// Pieces that the order is about; 0 where unknown.
    pub quantity_ordered: f64,
    /// Good pieces of this report.
    pub quantity_completed: f64,
}

/// A machine or work place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Name in the plant.
    pub name: String,
    /// Number of its type: resources of one type stand in for each other while one is new.
    pub resource_type: usize,
}

/// Names of a plant and their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// All resources, by index.
    pub resources: Vec<Resource>,
    resource_numbers: BTreeMap<String, ResourceIndex>,
    type_numbers: BTreeMap<String, usize>,
    other_numbers: BTreeMap<String, usize>,
}

impl Roster {
    /// The index of the resource of this name, new if it was not seen before.
    pub fn resource(&mut self, name: &str, type_name: &str) -> ResourceIndex {
        if let Some(known) = self.resource_numbers.get(name) {
            return *known;
        }
        let resource_type = number(&mut self.type_numbers, type_name);
        self.resources.push(Resource { name: name.to_owned(), resource_type });
        number(&mut self.resource_numbers, name)
    }

    /// The number of a person or an order, new if it was not seen before.
    pub fn person_or_order(&mut self, name: &str) -> usize {
        number(&mut self.other_numbers, name)
    }
}

fn number(numbers: &mut BTreeMap<String, usize>, name: &str) -> usize {
    let next = numbers.len();
    *numbers.entry(name.to_owned()).or_insert(next)
}
