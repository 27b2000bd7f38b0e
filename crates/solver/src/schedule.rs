//! The answer: when each operation runs and which of its choices is taken.
//!
//! Plain data; whether it keeps the rules is for [`check`](crate::check) to say.

use crate::problem::Time;

/// One slot per operation, in the order of the problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// What becomes of each operation.
    pub slots: Vec<Slot>,
}

/// What becomes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Which of the operation's choices is taken.
    pub choice: usize,
    /// When it starts.
    pub start: Time,
    /// When it ends.
    pub end: Time,
}

impl Schedule {
    /// When the last operation ends; 0 if there is none.
    #[must_use]
    pub fn makespan(&self) -> Time {
        self.slots.iter().map(|slot| slot.end).max().unwrap_or(0)
    }
}
