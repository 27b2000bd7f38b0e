//! Plants out of a seed: shifts, skills, due dates, materials, setups, and what runs already.
//!
//! Made to be like a plant where it hurts: few kinds of machines carry most of the work, people
//! know few of them, night shifts are thin. Minutes from the start of a Monday's early shift. The
//! same size and seed give the same problem; a plan in which nothing is left out exists.

use super::plan::Assignment;
use super::problem::{
    Arrival, Calendar, Consumption, Crew, Hand, Link, LinkKind, Machine, Material, Operation,
    Operator, Order, PlantProblem, Requirement, SetupTable, Skill, Way, Window,
};
use super::score::Weights;
use crate::problem::Time;
use crate::random::Random;

const DAY: Time = 24 * 60;
const SHIFT: Time = 8 * 60;
const DAYS: Time = 28;
const PRODUCTS: u32 = 30;
/// Products of a family are quick to change between.
const FAMILY: u32 = 5;
const MATERIALS: usize = 40;
const MACHINES_PER_WAY: usize = 6;

/// How large a plant and its work are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Operations to be planned.
    pub operations: usize,
    /// Machines.
    pub machines: usize,
    /// Operators.
    pub operators: usize,
}

/// Makes a plant with work to be planned.
#[must_use]
pub fn generate(size: Size, seed: u64) -> PlantProblem {
    let mut generator = Generator::new(size, seed);
    generator.add_machines(size.machines);
    generator.add_operators(size.operators);
    generator.add_materials();
    generator.add_orders(size.operations);
    generator.pin_running(size.operations / 40);
    generator.problem
}

struct Generator {
    random: Random,
    problem: PlantProblem,
    /// How many kinds of machines there are; each asks for the skill of its number.
    kinds: usize,
    /// Machines by kind.
    of_kind: Vec<Vec<u32>>,
}

impl Generator {
    fn new(size: Size, seed: u64) -> Self {
        let kinds = (size.machines / 15).clamp(1, 40);
        let mut random = Random::new(seed, 0);
        let setups = (0..2).map(|_| setup_table(&mut random)).collect();
        let problem = PlantProblem { setups, weights: Weights::default(), ..Default::default() };
        Self { random, problem, kinds, of_kind: vec![Vec::new(); kinds] }
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.random.below((high - low + 1).max(1) as usize) as i64
    }

    fn add_machines(&mut self, count: usize) {
        for index in 0..count {
            let kind = index % self.kinds;
            self.of_kind[kind].push(index as u32);
            let is_oven = kind % 7 == 6;
            let level = self.between(1, 2) as u32;
            let product = self.random.below(PRODUCTS as usize) as u32;
            let machine = Machine {
                capacity: if is_oven { 3 } else { 1 },
                calendar: self.machine_calendar(),
                needs: vec![Requirement { skill: kind as u32, level }],
                setups: (kind % 5 != 4).then_some(kind % 2),
                product: Some(product),
            };
            self.problem.machines.push(machine);
        }
    }

    /// Most machines always work, some only by day; some are maintained for half a day.
    fn machine_calendar(&mut self) -> Calendar {
        let by_day = self.random.one_in(5);
        let maintained = self.random.one_in(6).then(|| self.between(4, 3 * 24) * 60);
        if !by_day && maintained.is_none() {
            return Calendar::default();
        }
        let mut open = Vec::new();
        for day in 0..DAYS {
            let start = day * DAY;
            let end = start + if by_day { 2 * SHIFT } else { DAY };
            match maintained.filter(|at| (start..end).contains(at)) {
                Some(at) => {
                    open.push(Window { start, end: at });
                    open.push(Window { start: end.min(at + 240), end });
                }
                None => open.push(Window { start, end }),
            }
        }
        Calendar { open: Some(open), breaks: Vec::new() }
    }

    fn add_operators(&mut self, count: usize) {
        for index in 0..count {
            // Of ten people of a kind five work early, three late and two at night.
            let shift = match (index / self.kinds) % 10 {
                0 | 3 | 5 | 7 | 9 => 0,
                1 | 4 | 8 => 1,
                _ => 2,
            };
            let first_free = self.between(3, 7);
            let mut skills = vec![self.skill(index % self.kinds, 3)];
            for _ in 0..self.random.below(3) {
                let kind = self.random.below(self.kinds);
                if skills.iter().all(|skill| skill.skill != kind as u32) {
                    let skill = self.skill(kind, 1);
                    skills.push(skill);
                }
            }
            let operator = Operator {
                capacity: if self.random.one_in(12) { 2 } else { 1 },
                calendar: shifts(shift, first_free),
                skills,
                worked: 0,
            };
            self.problem.operators.push(operator);
        }
    }

    fn skill(&mut self, kind: usize, lowest: i64) -> Skill {
        let level = self.between(lowest, 4) as u32;
        let expires = lowest == 1 && self.random.one_in(8);
        let until = expires.then(|| self.between(1, 5) * DAY);
        Skill { skill: kind as u32, level, from: None, until }
    }

    /// Some of each material is there, the rest comes day by day.
    fn add_materials(&mut self) {
        for _ in 0..MATERIALS {
            let mut arrivals = vec![Arrival { at: 0, quantity: self.between(80, 200) }];
            for day in 1..DAYS {
                let at = day * DAY + self.between(0, 8) * 60;
                arrivals.push(Arrival { at, quantity: self.between(20, 60) });
            }
            self.problem.materials.push(Material { arrivals });
        }
    }

    fn add_orders(&mut self, operations: usize) {
        while self.problem.operations.len() < operations {
            let left = operations - self.problem.operations.len();
            let length = (self.between(1, 7) as usize).min(left);
            self.add_order(length);
        }
    }

    fn add_order(&mut self, length: usize) {
        let order = self.problem.orders.len();
        let release = if self.random.one_in(3) { self.between(0, 2 * 24) * 60 } else { 0 };
        let product = self.random.below(PRODUCTS as usize) as u32;
        let first = self.problem.operations.len();
        let mut work = 0;
        for index in first..first + length {
            work += self.add_operation(order, product);
            if index > first {
                self.link_to_previous(index);
            }
        }
        let mut start = release;
        if order > 0 && self.random.one_in(12) {
            // A part that another order makes, for which one waits before promising anything.
            let before = self.random.below(first);
            self.problem.links.push(Link {
                before,
                after: first,
                kind: LinkKind::default(),
                lag: 0,
            });
            let maker = &self.problem.orders[self.problem.operations[before].order];
            start = start.max(maker.due.unwrap_or(0));
        }
        let percent = self.between(120, 280);
        let due = Some(start + 120 + work * percent / 100);
        let weight = [1, 1, 1, 2, 2, 4, 8][self.random.below(7)];
        self.problem.orders.push(Order { release, due, weight });
    }

    /// Adds an operation; gives about how long it takes.
    fn add_operation(&mut self, order: usize, product: u32) -> Time {
        // The smallest of three numbers: kinds with small numbers carry most of the work.
        let kinds = [(); 3].map(|()| self.random.below(self.kinds));
        let kind = kinds.into_iter().min().unwrap_or(0);
        let base = self.between(4, 28) * 10;
        let is_automatic = self.random.one_in(8);
        let is_equal = self.random.one_in(10);
        let mut machines = self.of_kind[kind].clone();
        self.random.shuffle(&mut machines);
        machines.truncate(MACHINES_PER_WAY);
        let mut ways = Vec::new();
        for machine in machines {
            let duration = base * self.between(90, 115) / 100;
            let crew = match (is_automatic, is_equal) {
                (true, _) => Crew::Alone(duration),
                (_, true) => Crew::Anyone(duration),
                _ => Crew::Named(self.hands(kind, duration)),
            };
            ways.push(Way { machine, crew });
        }
        let consumes = if self.random.one_in(3) {
            let material = self.random.below(MATERIALS);
            vec![Consumption { material, quantity: self.between(1, 12) }]
        } else {
            Vec::new()
        };
        let needs = match self.random.one_in(10) {
            true if !is_automatic => vec![Requirement { skill: kind as u32, level: 3 }],
            _ => Vec::new(),
        };
        self.problem.operations.push(Operation {
            order,
            product: Some(product),
            ways,
            needs,
            consumes,
            pinned: None,
            current: None,
        });
        base
    }

    /// Who knows the kind, the better the quicker.
    fn hands(&self, kind: usize, duration: Time) -> Vec<Hand> {
        let operators = self.problem.operators.iter().enumerate();
        let skilled = operators.filter_map(|(index, operator)| {
            let skill = operator.skills.iter().find(|skill| skill.skill == kind as u32)?;
            let percent = 120 - 7 * Time::from(skill.level);
            Some(Hand { operator: index as u32, duration: duration * percent / 100 })
        });
        skilled.collect()
    }

    fn link_to_previous(&mut self, after: usize) {
        let (kind, lag) = match self.random.below(20) {
            0 | 1 => (LinkKind::StartToStart, self.between(2, 9) * 10),
            2 => (LinkKind::FinishToFinish, self.between(0, 6) * 10),
            3 | 4 => (LinkKind::FinishToStart, self.between(1, 12) * 10),
            5 => (LinkKind::FinishToStart, -10),
            _ => (LinkKind::FinishToStart, 0),
        };
        self.problem.links.push(Link { before: after - 1, after, kind, lag });
    }

    /// Lets the first operations of some orders run already.
    fn pin_running(&mut self, count: usize) {
        let mut taken = (vec![false; self.problem.machines.len()], Vec::new());
        taken.1.resize(self.problem.operators.len(), false);
        let mut pinned = 0;
        for index in 0..self.problem.operations.len() {
            let is_first = self.problem.links.iter().all(|link| link.after != index);
            if pinned < count
                && is_first
                && self.random.one_in(3)
                && let Some(pin) = self.running(index, &mut taken)
            {
                self.problem.operations[index].pinned = Some(pin);
                self.problem.operations[index].consumes.clear();
                pinned += 1;
            }
        }
    }

    fn running(&mut self, index: usize, taken: &mut (Vec<bool>, Vec<bool>)) -> Option<Assignment> {
        let start = -self.between(0, 30);
        let (machines, operators) = taken;
        let operation = &self.problem.operations[index];
        for way in &operation.ways {
            let Crew::Named(hands) = &way.crew else { continue };
            let is_early = |hand: &&Hand| {
                let calendar = &self.problem.operators[hand.operator as usize].calendar;
                let first = calendar.open.as_ref().and_then(|open| open.first());
                first.is_some_and(|shift| shift.start == 0) && !operators[hand.operator as usize]
            };
            let hand = hands.iter().find(is_early);
            if let Some(hand) = hand.filter(|_| !machines[way.machine as usize]) {
                machines[way.machine as usize] = true;
                operators[hand.operator as usize] = true;
                return Some(Assignment {
                    machine: way.machine,
                    place: 0,
                    operator: Some(hand.operator),
                    start,
                    end: start + hand.duration,
                });
            }
        }
        None
    }
}

/// Shifts of eight hours with a break of half an hour; two days of seven are free.
fn shifts(shift: Time, first_free: Time) -> Calendar {
    let works = |day: &Time| !matches!((day + 7 - first_free) % 7, 0 | 1);
    let starts = (0..DAYS).filter(works).map(|day| day * DAY + shift * SHIFT);
    let starts: Vec<Time> = starts.collect();
    let open = starts.iter().map(|start| Window { start: *start, end: start + SHIFT });
    let breaks = starts.iter().map(|start| Window { start: start + 240, end: start + 270 });
    Calendar { open: Some(open.collect()), breaks: breaks.collect() }
}

fn setup_table(random: &mut Random) -> SetupTable {
    let mut times = Vec::new();
    for from in 0..PRODUCTS {
        for to in 0..PRODUCTS {
            let time = match (from == to, from / FAMILY == to / FAMILY) {
                (true, _) => 0,
                (_, true) => 5 + 5 * random.below(2),
                _ => 15 + 5 * random.below(6),
            };
            times.push(time as Time);
        }
    }
    SetupTable { products: PRODUCTS, times }
}
