//! The problem as the search computes with it: flat lists, skills resolved to people.
//!
//! A resource is a machine or an operator, numbered together; one that does several operations at
//! once has as many lanes, of which each does one. What can never fit (nobody has the skill, no
//! window is long enough) is not in it at all. Built once per search and never changed.

use std::collections::HashMap;
use std::ops::Range;

use super::hours::Hours;
use crate::plant::plan::Assignment;
use crate::plant::problem::{Crew, LinkKind, PlantProblem, Requirement, SetupTable, Way};
use crate::problem::Time;

/// The index that stands for none.
pub(super) const NONE: u32 = u32::MAX;

/// A plant's work.
pub(super) struct Model<'a> {
    pub(super) problem: &'a PlantProblem,
    pub(super) operations: Vec<Work>,
    pub(super) hours: Vec<Hours>,
    /// The first lane of each resource, and one beyond the last.
    pub(super) first_lane: Vec<u32>,
    /// Operations of each order.
    pub(super) orders: Vec<Vec<u32>>,
    /// Operations that use up each material.
    pub(super) consumers: Vec<Vec<u32>>,
    /// Operations in an order in which none comes before what it waits for.
    pub(super) sequence: Vec<u32>,
    ways: Vec<ModelWay>,
    hands: Vec<ModelHand>,
}

/// An operation.
pub(super) struct Work {
    pub(super) order: u32,
    pub(super) earliest: Time,
    pub(super) is_pinned: bool,
    pub(super) product: Option<u32>,
    pub(super) current: Option<Assignment>,
    /// Links to what it waits for and to what waits for it.
    pub(super) before: Vec<Tie>,
    pub(super) after: Vec<Tie>,
    /// Shortest time from its end to the end of all that waits for it.
    pub(super) tail: Time,
    /// Shortest duration.
    pub(super) shortest: Time,
    /// Where it stands in `sequence`.
    pub(super) rank: u32,
    ways: Range<u32>,
    /// Pairs of machine and operator.
    pub(super) pairs: usize,
}

/// One end of a link.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tie {
    pub(super) other: u32,
    pub(super) kind: LinkKind,
    pub(super) lag: Time,
}

/// A machine for an operation.
#[derive(Debug, Clone)]
pub(super) struct ModelWay {
    pub(super) machine: u32,
    pub(super) hands: Range<u32>,
    /// Shortest duration.
    pub(super) shortest: Time,
}

/// An operator, or nobody, at a machine.
#[derive(Debug, Clone, Copy)]
pub(super) struct ModelHand {
    pub(super) operator: u32,
    pub(super) duration: Time,
    /// When the skills that are asked for are valid.
    pub(super) from: Time,
    pub(super) until: Time,
}

impl<'a> Model<'a> {
    pub(super) fn new(problem: &'a PlantProblem) -> Self {
        let machines = problem.machines.iter().map(|one| (&one.calendar, one.capacity));
        let operators = problem.operators.iter().map(|one| (&one.calendar, one.capacity));
        let resources: Vec<_> = machines.chain(operators).collect();
        let mut first_lane = vec![0];
        // More lanes than operations are never taken.
        let useful = problem.operations.len().max(1) as u32;
        for (_, capacity) in &resources {
            first_lane.push(first_lane[first_lane.len() - 1] + (*capacity).min(useful));
        }
        let mut model = Self {
            problem,
            operations: Vec::with_capacity(problem.operations.len()),
            hours: resources.iter().map(|(calendar, _)| Hours::new(calendar)).collect(),
            first_lane,
            orders: vec![Vec::new(); problem.orders.len()],
            consumers: vec![Vec::new(); problem.materials.len()],
            sequence: Vec::new(),
            ways: Vec::new(),
            hands: Vec::new(),
        };
        model.push_operations();
        model.tie();
        model
    }

    /// Whether waiting costs anything.
    pub(super) fn counts_idle(&self) -> bool {
        let weights = &self.problem.weights;
        weights.idle_machine + weights.idle_operator > 0
    }

    pub(super) fn machines(&self) -> usize {
        self.problem.machines.len()
    }

    pub(super) fn lanes(&self, resource: usize) -> Range<usize> {
        self.first_lane[resource] as usize..self.first_lane[resource + 1] as usize
    }

    pub(super) fn lanes_of_machines(&self) -> Range<usize> {
        0..self.first_lane[self.machines()] as usize
    }

    pub(super) fn ways(&self, operation: usize) -> Range<usize> {
        let ways = &self.operations[operation].ways;
        ways.start as usize..ways.end as usize
    }

    pub(super) fn way(&self, way: usize) -> &ModelWay {
        &self.ways[way]
    }

    pub(super) fn hand(&self, hand: usize) -> ModelHand {
        self.hands[hand]
    }

    /// The resource that a hand takes beside the machine.
    pub(super) fn operator_resource(&self, operator: u32) -> usize {
        self.machines() + operator as usize
    }

    /// How long a machine is set up.
    pub(super) fn setup(&self, machine: usize, from: Option<u32>, to: Option<u32>) -> Time {
        let Some(table) = self.problem.machines[machine].setups else { return 0 };
        let SetupTable { products, times } = &self.problem.setups[table];
        match (from, to) {
            (Some(from), Some(to)) => times[from as usize * *products as usize + to as usize],
            _ => 0,
        }
    }

    fn push_operations(&mut self) {
        let problem = self.problem;
        let mut known: HashMap<(Vec<Requirement>, Time), Range<u32>> = HashMap::new();
        for (index, operation) in problem.operations.iter().enumerate() {
            let first = self.ways.len();
            for way in &operation.ways {
                let machine = way.machine as usize;
                let mut needs = operation.needs.clone();
                needs.extend(&problem.machines[machine].needs);
                needs.sort_unstable();
                needs.dedup();
                let hands = self.hands_of(way, needs, &mut known);
                self.push_way(machine, hands);
            }
            let ways = &self.ways[first..];
            let earliest = problem.orders[operation.order].release.max(problem.now);
            self.orders[operation.order].push(index as u32);
            for used in &operation.consumes {
                self.consumers[used.material].push(index as u32);
            }
            self.operations.push(Work {
                order: operation.order as u32,
                earliest,
                is_pinned: operation.pinned.is_some(),
                product: operation.product,
                current: operation.current,
                before: Vec::new(),
                after: Vec::new(),
                tail: 0,
                shortest: ways.iter().map(|way| way.shortest).min().unwrap_or(0),
                rank: 0,
                ways: first as u32..self.ways.len() as u32,
                pairs: ways.iter().map(|way| way.hands.len()).sum(),
            });
        }
    }

    /// Adds a way if somebody can go it.
    fn push_way(&mut self, machine: usize, hands: Range<u32>) {
        let longest = self.hours[machine].longest();
        let range = hands.start as usize..hands.end as usize;
        let shortest = self.hands[range].iter().map(|hand| hand.duration).min();
        if let Some(shortest) = shortest.filter(|shortest| *shortest <= longest) {
            self.ways.push(ModelWay { machine: machine as u32, hands, shortest });
        }
    }

    /// The hands of a way, quickest first; the same people are not listed twice.
    fn hands_of(
        &mut self,
        way: &Way,
        needs: Vec<Requirement>,
        known: &mut HashMap<(Vec<Requirement>, Time), Range<u32>>,
    ) -> Range<u32> {
        let first = self.hands.len() as u32;
        match &way.crew {
            Crew::Alone(duration) => self.hands.push(ModelHand {
                operator: NONE,
                duration: *duration,
                from: Time::MIN,
                until: Time::MAX,
            }),
            Crew::Anyone(duration) => {
                if let Some(hands) = known.get(&(needs.clone(), *duration)) {
                    return hands.clone();
                }
                for operator in 0..self.problem.operators.len() as u32 {
                    self.push_hand(operator, *duration, &needs);
                }
                known.insert((needs, *duration), first..self.hands.len() as u32);
            }
            Crew::Named(hands) => {
                for hand in hands {
                    self.push_hand(hand.operator, hand.duration, &needs);
                }
            }
        }
        self.hands[first as usize..].sort_by_key(|hand| hand.duration);
        first..self.hands.len() as u32
    }

    /// Adds a hand if the operator has the skills and is ever there for so long.
    fn push_hand(&mut self, operator: u32, duration: Time, needs: &[Requirement]) {
        let skills = &self.problem.operators[operator as usize].skills;
        let (mut from, mut until) = (Time::MIN, Time::MAX);
        for need in needs {
            let fits = |skill: &&_| is_enough(skill, need);
            let Some(skill) = skills.iter().find(fits) else { return };
            from = from.max(skill.from.unwrap_or(from));
            until = until.min(skill.until.unwrap_or(until));
        }
        let resource = self.operator_resource(operator);
        let is_long_enough = from == Time::MIN || until == Time::MAX || until - from >= duration;
        if self.hours[resource].longest() >= duration && is_long_enough {
            self.hands.push(ModelHand { operator, duration, from, until });
        }
    }

    /// Ties operations together by the links that bind: a pin waits for nobody.
    fn tie(&mut self) {
        for link in &self.problem.links {
            if self.operations[link.after].is_pinned {
                continue;
            }
            let (kind, lag) = (link.kind, link.lag);
            let tie = |other: usize| Tie { other: other as u32, kind, lag };
            self.operations[link.after].before.push(tie(link.before));
            self.operations[link.before].after.push(tie(link.after));
        }
        let mut waiting: Vec<usize> = self.operations.iter().map(|one| one.before.len()).collect();
        let mut sequence: Vec<u32> =
            (0..waiting.len() as u32).filter(|index| waiting[*index as usize] == 0).collect();
        let mut next = 0;
        while let Some(index) = sequence.get(next).map(|index| *index as usize) {
            self.operations[index].rank = next as u32;
            next += 1;
            for tie in &self.operations[index].after {
                let other = tie.other as usize;
                waiting[other] -= 1;
                if waiting[other] == 0 {
                    sequence.push(tie.other);
                }
            }
        }
        for index in sequence.iter().rev() {
            let work = &self.operations[*index as usize];
            let tails = work.after.iter().map(|tie| {
                let other = &self.operations[tie.other as usize];
                match tie.kind {
                    LinkKind::FinishToStart => tie.lag + other.shortest + other.tail,
                    LinkKind::StartToStart => tie.lag + other.shortest + other.tail - work.shortest,
                    LinkKind::FinishToFinish => tie.lag + other.tail,
                }
            });
            let tail = tails.max().unwrap_or(0).max(0);
            self.operations[*index as usize].tail = tail;
        }
        self.sequence = sequence;
    }
}

fn is_enough(skill: &crate::plant::problem::Skill, need: &Requirement) -> bool {
    skill.skill == need.skill && skill.level >= need.level
}
