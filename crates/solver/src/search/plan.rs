//! A complete plan as the search moves it: who does what where, in which order, and the timing.
//!
//! Three chains run through each operation: its job, its machine, its operator. From them follow
//! the end of each operation and its tail (the longest way from its start to the end of all).
//! Moves unlink and link; timing is computed anew and finds out whether the chains contradict
//! each other. Nothing here decides what to move.

use super::shop::Shop;
use crate::problem::Time;
use crate::schedule::{Schedule, Slot};

/// The chain of the job; those of machine and operator follow.
pub(super) const JOB: usize = 0;

/// A complete plan.
#[derive(Clone)]
pub(super) struct Plan {
    options: Vec<u32>,
    resources: Vec<[u32; 2]>,
    pub(super) duration: Vec<i32>,
    pub(super) before: Vec<[u32; 3]>,
    pub(super) after: Vec<[u32; 3]>,
    first: Vec<[u32; 2]>,
    /// All operations, none before one that it waits for.
    pub(super) order: Vec<u32>,
    /// Where each operation is in `order`.
    pub(super) position: Vec<u32>,
    /// The latest end of `order` up to each position.
    pub(super) latest_end: Vec<i32>,
    pub(super) end: Vec<i32>,
    pub(super) tail: Vec<i32>,
    waiting: Vec<u32>,
    present: Vec<bool>,
    makespan: i32,
}

/// Where an operation stands, enough to put it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The option taken.
    pub(super) option: u32,
    /// What comes directly before, at the machine and with the operator.
    pub(super) after: [u32; 2],
}

impl Plan {
    /// A plan into which every operation still has to be inserted.
    pub(super) fn new(shop: &Shop) -> Self {
        let (count, none) = (shop.operations, shop.operations as u32);
        Self {
            options: vec![0; count],
            resources: vec![[shop.resources as u32; 2]; count],
            duration: vec![0; count + 1],
            before: vec![[none; 3]; count + 1],
            after: vec![[none; 3]; count + 1],
            first: vec![[none; 2]; shop.resources + 1],
            order: Vec::with_capacity(count),
            position: vec![0; count],
            latest_end: vec![0; count + 1],
            end: vec![0; count + 1],
            tail: vec![0; count + 1],
            waiting: vec![0; count + 1],
            present: vec![false; count + 1],
            makespan: 0,
        }
    }

    pub(super) fn makespan(&self) -> i32 {
        self.makespan
    }

    pub(super) fn place(&self, operation: usize) -> Place {
        let [_, machine, operator] = self.before[operation];
        Place { option: self.options[operation], after: [machine, operator] }
    }

    /// The first operation of a resource, as a machine or as an operator.
    pub(super) fn first(&self, side: usize, resource: u32) -> u32 {
        self.first[resource as usize][side]
    }

    /// Takes an operation out of its three chains.
    pub(super) fn remove(&mut self, operation: usize) {
        self.present[operation] = false;
        for chain in 0..3 {
            let before = self.before[operation][chain] as usize;
            let after = self.after[operation][chain];
            self.after[before][chain] = after;
            self.before[after as usize][chain] = before as u32;
        }
        for side in 0..2 {
            let first = &mut self.first[self.resources[operation][side] as usize][side];
            if *first == operation as u32 {
                *first = self.after[operation][side + 1];
            }
        }
    }

    /// Puts an operation into its three chains; the timing is that of before.
    pub(super) fn insert(&mut self, shop: &Shop, operation: usize, place: Place) {
        let none = shop.operations as u32;
        let option = shop.option(place.option);
        self.options[operation] = place.option;
        self.resources[operation] = option.resources;
        self.duration[operation] = option.duration;
        self.present[operation] = true;
        let before = self.nearest(&shop.job_before, operation);
        let after = self.nearest(&shop.job_after, operation);
        self.link(operation, JOB, before, after);
        for side in 0..2 {
            let resource = option.resources[side] as usize;
            if resource == shop.resources {
                self.before[operation][side + 1] = none;
                self.after[operation][side + 1] = none;
                continue;
            }
            let before = place.after[side];
            let after = if before == none {
                std::mem::replace(&mut self.first[resource][side], operation as u32)
            } else {
                self.after[before as usize][side + 1]
            };
            self.link(operation, side + 1, before, after);
        }
    }

    /// The nearest operation of the job that is in the plan, in the direction of `next`.
    pub(super) fn nearest(&self, next: &[u32], operation: usize) -> u32 {
        let mut at = next[operation];
        while (at as usize) < self.waiting.len() - 1 && !self.present[at as usize] {
            at = next[at as usize];
        }
        at
    }

    fn link(&mut self, operation: usize, chain: usize, before: u32, after: u32) {
        self.before[operation][chain] = before;
        self.after[operation][chain] = after;
        self.after[before as usize][chain] = operation as u32;
        self.before[after as usize][chain] = operation as u32;
    }

    /// Computes the timing; false, and no timing, if the chains contradict each other.
    pub(super) fn compute_timing(&mut self, shop: &Shop) -> bool {
        let none = shop.operations;
        self.order.clear();
        let mut count = 0;
        for operation in 0..none {
            if !self.present[operation] {
                continue;
            }
            count += 1;
            let before = self.before[operation];
            let waiting = before.iter().filter(|other| **other as usize != none).count() as u32;
            self.waiting[operation] = waiting;
            if waiting == 0 {
                self.order.push(operation as u32);
            }
        }
        let mut next = 0;
        let mut latest = 0;
        // The places of "none" in the chains hold what was last written to them.
        self.waiting[none] = u32::MAX;
        while next < self.order.len() {
            let operation = self.order[next] as usize;
            self.position[operation] = next as u32;
            let start = self.start_after(&self.end, shop, operation);
            let end = start + self.duration[operation];
            self.end[operation] = end;
            latest = latest.max(end);
            self.latest_end[next] = latest;
            next += 1;
            for after in self.after[operation] {
                let waiting = &mut self.waiting[after as usize];
                *waiting -= 1;
                if *waiting == 0 {
                    self.order.push(after);
                }
            }
        }
        if self.order.len() < count {
            return false;
        }
        self.makespan = latest;
        for next in (0..count).rev() {
            let operation = self.order[next] as usize;
            let behind = self.behind(&self.tail, operation);
            self.tail[operation] = behind + self.duration[operation];
        }
        true
    }

    /// When an operation can start, given the ends of those before it.
    #[inline]
    pub(super) fn start_after(&self, end: &[i32], shop: &Shop, operation: usize) -> i32 {
        let [job, machine, operator] = self.before[operation];
        let resources = end[machine as usize].max(end[operator as usize]);
        shop.release[operation].max(end[job as usize]).max(resources)
    }

    /// How long the longest way after an operation is, given the tails of those after it.
    #[inline]
    pub(super) fn behind(&self, tail: &[i32], operation: usize) -> i32 {
        let [job, machine, operator] = self.after[operation];
        tail[job as usize].max(tail[machine as usize]).max(tail[operator as usize])
    }

    /// Restores the timing that a refused move has left half computed.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.options.clone_from(&other.options);
        self.resources.clone_from(&other.resources);
        self.duration.clone_from(&other.duration);
        self.before.clone_from(&other.before);
        self.after.clone_from(&other.after);
        self.first.clone_from(&other.first);
        self.order.clone_from(&other.order);
        self.position.clone_from(&other.position);
        self.latest_end.clone_from(&other.latest_end);
        self.end.clone_from(&other.end);
        self.tail.clone_from(&other.tail);
        self.present.clone_from(&other.present);
        self.makespan = other.makespan;
    }

    /// The plan in the terms of the problem.
    pub(super) fn schedule(&self, shop: &Shop) -> Schedule {
        let slots = (0..shop.operations).map(|operation| {
            let end = Time::from(self.end[operation]);
            let start = end - Time::from(self.duration[operation]);
            Slot { choice: shop.choice(self.options[operation]), start, end }
        });
        Schedule { slots: slots.collect() }
    }
}
