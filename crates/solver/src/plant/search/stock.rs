//! A material: what arrives, what is used, and from when on there is enough.
//!
//! Using something takes it from every later moment, so what counts is the least that is there
//! from a moment on.

use crate::plant::problem::Material;
use crate::problem::Time;

/// What there is of a material over time.
#[derive(Clone)]
pub(super) struct Stock {
    /// Changes by time.
    changes: Vec<(Time, i64)>,
    finally: i64,
}

impl Stock {
    pub(super) fn new(material: &Material) -> Self {
        let arrivals = material.arrivals.iter();
        let mut changes: Vec<_> = arrivals.map(|one| (one.at, one.quantity)).collect();
        changes.sort_unstable();
        let finally = changes.iter().map(|(_, quantity)| quantity).sum();
        Self { changes, finally }
    }

    /// Uses up a quantity from a moment on.
    pub(super) fn take(&mut self, at: Time, quantity: i64) {
        let index = self.changes.partition_point(|(time, _)| *time <= at);
        self.changes.insert(index, (at, -quantity));
        self.finally -= quantity;
    }

    /// Takes back what was used.
    pub(super) fn give_back(&mut self, at: Time, quantity: i64) {
        let first = self.changes.partition_point(|(time, _)| *time < at);
        let found = self.changes[first..].iter().position(|change| *change == (at, -quantity));
        if let Some(offset) = found {
            self.changes.remove(first + offset);
            self.finally += quantity;
        }
    }

    /// From when on, not before `from`, the quantity is there for good.
    pub(super) fn fit(&self, from: Time, quantity: i64) -> Option<Time> {
        let mut there = self.finally;
        if there < quantity {
            return None;
        }
        let mut count = self.changes.len();
        while let Some((at, _)) = count.checked_sub(1).map(|index| self.changes[index]) {
            if at <= from {
                break;
            }
            while count > 0 && self.changes[count - 1].0 == at {
                count -= 1;
                there -= self.changes[count].1;
            }
            if there < quantity {
                return Some(at);
            }
        }
        Some(from)
    }
}
