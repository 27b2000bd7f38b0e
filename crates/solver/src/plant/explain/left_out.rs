//! Why an operation is left out, as far as one reason suffices.
//!
//! Asked in the order in which one would ask: is there a machine, does something else have to come
//! first, is there material, does anybody have the skills, are they ever there long enough. If all
//! that is so, others have taken the room.

use serde::Serialize;

use super::{Explainer, moments};
use crate::plant::problem::{Crew, Operation};
use crate::problem::Time;

/// Why an operation is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum LeftOut {
    /// No machine can do it.
    NoMachine,
    /// It waits for an operation that is left out.
    Predecessor {
        /// That operation.
        operation: usize,
    },
    /// There is less of a material than others use and it would.
    MaterialShort {
        /// The material.
        material: usize,
    },
    /// Nobody has the skills that it asks for at any of its machines.
    NobodyQualified,
    /// A machine and a qualified operator are never there together for so long.
    NoWindow,
    /// Others have taken the room, or what is pinned leaves none.
    NoRoom,
}

/// One machine with one operator.
#[derive(Clone, Copy)]
struct Pair {
    machine: u32,
    operator: Option<u32>,
    duration: Time,
}

impl Explainer<'_> {
    /// Why an operation is left out; none if it is planned or does not exist.
    #[must_use]
    pub fn why_left_out(&self, operation: usize) -> Option<LeftOut> {
        let what = self.problem.operations.get(operation)?;
        if self.plan.assignments[operation].is_some() {
            return None;
        }
        if what.ways.is_empty() {
            return Some(LeftOut::NoMachine);
        }
        let mut before = self.problem.links.iter().filter(|link| link.after == operation);
        if let Some(link) = before.find(|link| self.plan.assignments[link.before].is_none()) {
            return Some(LeftOut::Predecessor { operation: link.before });
        }
        if let Some(material) = self.short_material(what) {
            return Some(LeftOut::MaterialShort { material });
        }
        let mut pairs = self.pairs(what);
        pairs.retain(|pair| self.is_qualified(what, *pair));
        if pairs.is_empty() {
            return Some(LeftOut::NobodyQualified);
        }
        let has_window = pairs.iter().any(|pair| self.has_window(what, *pair));
        Some(if has_window { LeftOut::NoRoom } else { LeftOut::NoWindow })
    }

    fn short_material(&self, what: &Operation) -> Option<usize> {
        let short = what.consumes.iter().find(|wanted| {
            let arrivals = self.problem.materials[wanted.material].arrivals.iter();
            let there: i64 = arrivals.map(|arrival| arrival.quantity).sum();
            let planned = self.problem.operations.iter().zip(&self.plan.assignments);
            let uses = planned.filter(|(_, planned)| planned.is_some());
            let uses = uses.map(|(other, _)| other).chain([what]);
            let uses = uses.flat_map(|other| &other.consumes);
            let uses = uses.filter(|used| used.material == wanted.material);
            uses.map(|used| used.quantity).sum::<i64>() > there
        });
        short.map(|short| short.material)
    }

    fn pairs(&self, what: &Operation) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for way in &what.ways {
            let machine = way.machine;
            match &way.crew {
                Crew::Alone(duration) => {
                    pairs.push(Pair { machine, operator: None, duration: *duration });
                }
                Crew::Anyone(duration) => {
                    let everyone = 0..self.problem.operators.len() as u32;
                    pairs.extend(everyone.map(|who| Pair {
                        machine,
                        operator: Some(who),
                        duration: *duration,
                    }));
                }
                Crew::Named(hands) => pairs.extend(hands.iter().map(|hand| Pair {
                    machine,
                    operator: Some(hand.operator),
                    duration: hand.duration,
                })),
            }
        }
        pairs
    }

    fn is_qualified(&self, what: &Operation, pair: Pair) -> bool {
        let Some(operator) = pair.operator else { return true };
        let skills = &self.problem.operators[operator as usize].skills;
        let needs = what.needs.iter().chain(&self.problem.machines[pair.machine as usize].needs);
        needs.into_iter().all(|need| {
            skills.iter().any(|skill| skill.skill == need.skill && skill.level >= need.level)
        })
    }

    /// Whether machine and operator are ever there together for long enough, work by others aside.
    fn has_window(&self, what: &Operation, pair: Pair) -> bool {
        let problem = self.problem;
        let earliest = problem.orders[what.order].release.max(problem.now);
        let machine = &problem.machines[pair.machine as usize];
        let mut starts = vec![earliest];
        starts.extend(moments::openings(&machine.calendar));
        if let Some(operator) = pair.operator {
            let operator = &problem.operators[operator as usize];
            starts.extend(moments::openings(&operator.calendar));
            starts.extend(operator.skills.iter().filter_map(|skill| skill.from));
        }
        starts.iter().filter(|start| **start >= earliest).any(|start| {
            let end = start + pair.duration;
            self.checker.is_open(what, pair.machine, pair.operator, (*start, end))
        })
    }
}
