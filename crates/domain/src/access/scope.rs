//! Which part of the plant an actor has to do with: its lines and, for operators, its own work.
//!
//! The one rule for commands, reads and the live stream: what lies outside is not there. A thing
//! without a line belongs to everybody; a person belongs to the line of home and to those where
//! work is open. Never here: what a role may do with what it sees.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::allocation::Allocation;
use crate::context::Actor;
use crate::ids::OperatorId;
use crate::key::Key;
use crate::machine::Machine;
use crate::operator::Operator;
use crate::skill::RequirementScope;
use crate::state::State;
use crate::text::Text;
use crate::work_order::WorkOrder;

/// The part of the plant that an actor has to do with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Production lines; `None` for the whole plant.
    pub lines: Option<BTreeSet<Text<50>>>,
    /// The operator who this actor is, where it is one.
    pub operator_id: Option<OperatorId>,
}

impl Scope {
    /// Whether a thing of that line is inside.
    pub fn has_line(&self, line: Option<&Text<50>>) -> bool {
        match (&self.lines, line) {
            (Some(lines), Some(line)) => lines.contains(line),
            _ => true,
        }
    }
}

impl Actor {
    /// Whether nothing of the plant is hidden from this actor.
    pub fn sees_everything(&self) -> bool {
        self.scope.lines.is_none() && !self.sees_own_work_alone()
    }

    /// Whether of people and allocations only the actor's own are there.
    pub fn sees_own_work_alone(&self) -> bool {
        self.role == Role::Operator
    }

    /// Whether this operator is the actor.
    pub fn is(&self, operator_id: Option<&OperatorId>) -> bool {
        operator_id.is_some() && self.scope.operator_id.as_ref() == operator_id
    }

    /// Whether a machine is there for this actor.
    pub fn sees_machine(&self, machine: &Machine) -> bool {
        self.scope.has_line(Some(&machine.details.production_line))
    }

    /// Whether an order is there for this actor.
    pub fn sees_work_order(&self, order: &WorkOrder) -> bool {
        self.scope.has_line(order.details.production_line.as_ref())
    }

    /// Whether a person is there for this actor. `state` holds the machines of the open work.
    pub fn sees_operator(&self, state: &State, operator: &Operator) -> bool {
        self.sees_person(state, operator, state.open_of_operator(&operator.operator_id))
    }

    /// The same of a person whose open allocations are at hand.
    pub fn sees_person<'a>(
        &self,
        state: &State,
        operator: &Operator,
        mut open: impl Iterator<Item = &'a Allocation>,
    ) -> bool {
        if self.sees_own_work_alone() {
            return self.is(Some(&operator.operator_id));
        }
        self.scope.has_line(operator.details.production_line.as_ref())
            || open.any(|open| {
                let machine = open.assignment.machine_id.as_ref().and_then(|id| state.machine(id));
                machine.is_some_and(|machine| self.sees_machine(machine))
            })
    }

    /// Whether an allocation is there for this actor. `state` holds its machine, or without one
    /// its order.
    pub fn sees_allocation(&self, state: &State, allocation: &Allocation) -> bool {
        let assignment = &allocation.assignment;
        if self.sees_own_work_alone() {
            return self.is(assignment.operator_id.as_ref());
        }
        if self.scope.lines.is_none() {
            return true;
        }
        match &assignment.machine_id {
            Some(id) => state.machine(id).is_some_and(|machine| self.sees_machine(machine)),
            None => {
                let order = state.work_order(&assignment.work_order_id);
                order.is_some_and(|order| self.sees_work_order(order))
            }
        }
    }

    /// Whether what `key` names is there for this actor, as far as it is there at all.
    pub fn sees(&self, state: &State, key: &Key) -> bool {
        match key {
            Key::Machine(id) => state.machine(id).is_none_or(|one| self.sees_machine(one)),
            Key::WorkOrder(id) => state.work_order(id).is_none_or(|one| self.sees_work_order(one)),
            Key::Operator(id) => {
                state.operator(id).is_none_or(|one| self.sees_operator(state, one))
            }
            Key::Allocation(id) => {
                state.allocation(*id).is_none_or(|one| self.sees_allocation(state, one))
            }
            Key::LastChange(id) => self.sees(state, &Key::Allocation(*id)),
            Key::Requirements(RequirementScope::Machine(id)) => {
                self.sees(state, &Key::Machine(id.clone()))
            }
            Key::Requirements(RequirementScope::WorkOrder(id)) => {
                self.sees(state, &Key::WorkOrder(id.clone()))
            }
            // Stock belongs to the whole plant.
            Key::Material(_)
            | Key::Requirements(RequirementScope::MachineType(_))
            | Key::Holidays
            | Key::ReasonCode(_)
            | Key::Unique(..)
            | Key::Source(_) => true,
        }
    }

    /// What has to be loaded before [`Actor::sees`] can tell about `key`, and is not.
    pub fn needs_to_see(&self, state: &State, key: &Key) -> Vec<Key> {
        if self.scope.lines.is_none() {
            return missing(state, std::iter::once(key.clone()));
        }
        let beside: Vec<Key> = match key {
            Key::Operator(id) => {
                let open = state.open_of_operator(id);
                open.filter_map(|one| one.assignment.machine_id.clone()).map(Key::Machine).collect()
            }
            Key::Allocation(id) => state.allocation(*id).map(place_of).into_iter().collect(),
            Key::Requirements(RequirementScope::Machine(id)) => vec![Key::Machine(id.clone())],
            Key::Requirements(RequirementScope::WorkOrder(id)) => vec![Key::WorkOrder(id.clone())],
            _ => Vec::new(),
        };
        missing(state, std::iter::once(key.clone()).chain(beside))
    }
}

/// What the line of an allocation follows from.
fn place_of(allocation: &Allocation) -> Key {
    let assignment = &allocation.assignment;
    match &assignment.machine_id {
        Some(id) => Key::Machine(id.clone()),
        None => Key::WorkOrder(assignment.work_order_id.clone()),
    }
}

fn missing(state: &State, keys: impl Iterator<Item = Key>) -> Vec<Key> {
    keys.filter(|key| !state.has(key)).collect()
}
