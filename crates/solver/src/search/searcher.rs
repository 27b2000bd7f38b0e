//! One thread's search: tabu search from a plan, then from another one of the elite, disturbed.
//!
//! A step moves one operation of a critical path to the best allowed place. After long without
//! gain the search starts again elsewhere. It sees the elite but changes nothing outside itself.

use super::choice::{Allowed, Any};
use super::elite::Elite;
use super::neighbourhood::{Explorer, Move};
use super::plan::Plan;
use super::ruin;
use super::shop::Shop;
use super::tabu::TabuList;
use crate::random::Random;
use crate::stop::Stop;

/// Steps without gain after which the search starts elsewhere.
const PATIENCE: u64 = 1500;

/// Rebuilt plans without gain after which tabu search takes over.
const REBUILDING_PATIENCE: u64 = 300;

/// Starts after which a thread goes on from a plan of the elite.
const STARTS_FROM_ONE_PLAN: u64 = 30;

/// Operations explored between two looks at the clock within a step.
const EXPLORED_BETWEEN_LOOKS: usize = 32;

/// One thread's search.
pub(super) struct Searcher<'a> {
    shop: &'a Shop,
    random: Random,
    explorer: Explorer,
    tabu: TabuList,
    plan: Plan,
    best: Plan,
    base: Plan,
    starts: u64,
    rebuilding: bool,
    found: Vec<Plan>,
    path: Vec<u32>,
    stalled: u64,
    steps: u64,
}

impl<'a> Searcher<'a> {
    pub(super) fn new(shop: &'a Shop, plan: Plan, seed: u64, stream: u64) -> Self {
        Self {
            shop,
            random: Random::new(seed, stream),
            explorer: Explorer::new(shop),
            tabu: TabuList::new(shop),
            best: plan.clone(),
            base: plan.clone(),
            starts: 0,
            rebuilding: true,
            plan,
            found: Vec::new(),
            path: Vec::new(),
            stalled: 0,
            steps: 0,
        }
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    pub(super) fn moves(&self) -> u64 {
        self.explorer.evaluated()
    }

    /// Takes the plans found since the last time.
    pub(super) fn take_found(&mut self) -> Vec<Plan> {
        let mut found = std::mem::take(&mut self.found);
        found.push(self.best.clone());
        found
    }

    pub(super) fn run(&mut self, elite: &Elite, steps: u64, stop: &Stop) {
        for _ in 0..steps {
            if stop.is_due() {
                return;
            }
            if self.rebuilding && self.stalled >= REBUILDING_PATIENCE {
                self.rebuilding = false;
                self.stalled = 0;
                self.plan.copy_from(&self.best);
            }
            if self.stalled >= PATIENCE {
                self.start_elsewhere(elite, stop);
            }
            if self.rebuilding {
                self.rebuild(stop);
            } else if !self.step(stop) {
                return;
            }
            self.steps += 1;
        }
    }

    /// Ruins and recreates a small part of the plan; keeps the result unless it is worse.
    fn rebuild(&mut self, stop: &Stop) {
        let Self { shop, plan, random, explorer, .. } = self;
        let share = 2 + random.below((shop.operations / 10).clamp(4, 30));
        let removed = ruin::ruin(shop, plan, share, random);
        let complete = ruin::put_back(shop, plan, removed, (explorer, random), stop);
        self.stalled += 1;
        if !complete || plan.makespan() > self.best.makespan() {
            plan.copy_from(&self.best);
            return;
        }
        if plan.makespan() < self.best.makespan() {
            self.stalled = 0;
        }
        self.best.copy_from(&self.plan);
    }

    /// Takes one step; false if it was stopped in the middle and nothing has moved.
    fn step(&mut self, stop: &Stop) -> bool {
        self.find_critical_path();
        let mut allowed = Allowed::new(&self.tabu, self.best.makespan(), &mut self.random);
        for (count, operation) in self.path.iter().enumerate() {
            if count % EXPLORED_BETWEEN_LOOKS == EXPLORED_BETWEEN_LOOKS - 1 && stop.is_due() {
                return false;
            }
            self.explorer.explore(self.shop, &mut self.plan, *operation as usize, &mut allowed);
        }
        let chosen = allowed.best();
        self.tabu.advance();
        self.stalled += 1;
        match chosen {
            Some(chosen) => self.take(chosen),
            None => self.disturb(),
        }
        if self.plan.makespan() < self.best.makespan() {
            self.best.copy_from(&self.plan);
            self.stalled = 0;
        }
        true
    }

    /// Makes a move, or leaves all as it is if the move contradicts the plan.
    fn take(&mut self, chosen: Move) {
        let operation = chosen.operation as usize;
        let home = self.plan.place(operation);
        self.plan.remove(operation);
        self.plan.insert(self.shop, operation, chosen.place);
        if !self.plan.compute_timing(self.shop) {
            self.plan.remove(operation);
            self.plan.insert(self.shop, operation, home);
            self.plan.compute_timing(self.shop);
        }
        let options = self.shop.options_of(operation).len();
        let tenure = self.path.len() + options.min(self.path.len());
        let tenure = tenure / 2 + self.random.below(tenure + 1);
        self.tabu.forbid(home.option, tenure);
    }

    /// Collects the operations of a critical path, a random one where it forks.
    fn find_critical_path(&mut self) {
        let Self { shop, plan, random, path, .. } = self;
        path.clear();
        let mut choices = 0;
        let mut at = shop.operations;
        for operation in 0..shop.operations {
            if plan.end[operation] == plan.makespan() {
                choices += 1;
                if random.one_in(choices) {
                    at = operation;
                }
            }
        }
        while at != shop.operations {
            path.push(at as u32);
            let start = plan.end[at] - plan.duration[at];
            let mut choices = 0;
            let before = plan.before[at];
            at = shop.operations;
            if start == 0 {
                continue;
            }
            for other in before {
                let other = other as usize;
                if other != shop.operations && plan.end[other] == start {
                    choices += 1;
                    if random.one_in(choices) {
                        at = other;
                    }
                }
            }
        }
    }

    /// Goes on from a ruined and recreated plan: this thread's own, or after long another's.
    fn start_elsewhere(&mut self, elite: &Elite, stop: &Stop) {
        self.found.push(self.best.clone());
        if self.best.makespan() <= self.base.makespan() {
            self.base.copy_from(&self.best);
        }
        self.starts += 1;
        if self.starts.is_multiple_of(STARTS_FROM_ONE_PLAN) {
            let plans = elite.plans();
            let from = self.random.below(plans.len());
            self.base.copy_from(&plans[from]);
        }
        let Self { shop, plan, random, explorer, .. } = self;
        plan.copy_from(&self.base);
        let share = shop.operations / 12 + 2 + random.below(shop.operations / 6 + 2);
        let removed = ruin::ruin(shop, plan, share, random);
        if !ruin::put_back(shop, plan, removed, (explorer, random), stop) {
            plan.copy_from(&self.base);
        }
        self.best.copy_from(&self.plan);
        self.tabu.clear();
        self.stalled = 0;
        self.rebuilding = true;
    }

    /// Moves a random operation to any place.
    fn disturb(&mut self) {
        let operation = self.random.below(self.shop.operations);
        let mut any = Any::new(&mut self.random);
        self.explorer.explore(self.shop, &mut self.plan, operation, &mut any);
        if let Some(kept) = any.kept() {
            self.take(kept);
        }
    }
}
