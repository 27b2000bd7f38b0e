//! The answer: who does each operation where, and when.
//!
//! Plain data; whether it keeps the rules and what it costs is for the checker to say.

use serde::{Deserialize, Serialize};

use crate::problem::Time;

/// What becomes of each operation, in the order of the problem.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// An assignment per operation; none if it is left out.
    pub assignments: Vec<Option<Assignment>>,
}

/// Who does an operation where, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The machine.
    pub machine: u32,
    /// Which of the places at a machine that does several operations at once.
    #[serde(default)]
    pub place: u32,
    /// Who stands at the machine; nobody if it works alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<u32>,
    /// When it starts.
    pub start: Time,
    /// When it ends.
    pub end: Time,
}

impl Plan {
    /// When the last operation ends, if there is any.
    #[must_use]
    pub fn last_end(&self) -> Option<Time> {
        self.assignments.iter().flatten().map(|assignment| assignment.end).max()
    }

    /// The operations that are left out.
    pub fn left_out(&self) -> impl Iterator<Item = usize> {
        let assignments = self.assignments.iter().enumerate();
        assignments.filter(|(_, assignment)| assignment.is_none()).map(|(index, _)| index)
    }
}
