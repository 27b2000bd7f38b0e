//! The floor at an exact position: what screens show and suggestions are made of, kept in memory
//! and moved on by `evolve`.
//!
//! Something that an event touches and that is not here is loaded from the database, where it may
//! stand at a later position already; it is then shown as it is and not evolved twice. Reads no
//! database itself: the tail loads what [`Floor::missing`] names.

use std::collections::HashSet;

use mraos_domain::event::Event;
use mraos_domain::operator::Operator;
use mraos_domain::work_order::WorkOrder;
use mraos_domain::{
    Actor, Allocation, AllocationId, EntityRef, Instant, Key, Machine, Material, State, evolve,
    requires_ready,
};

use super::derive::{Before, Fact, Touched, publish};
use super::lines::{Homes, Lines};
use super::message::Published;
use super::names::Names;
use super::roster::Roster;
use super::worked::RecentWork;

/// More ended orders than this are not kept for the next event about them.
const MOST_ENDED_KEPT: usize = 1_000;

/// The state that screens show.
pub(crate) struct Floor {
    pub(crate) state: State,
    pub(crate) names: Names,
    lines: Lines,
    /// When people worked lately.
    pub(crate) work: RecentWork,
    /// None where the database sorts ids in another way.
    pub(crate) roster: Option<Roster>,
    /// The last event in it.
    pub(crate) position: i64,
    /// When that was recorded.
    pub(crate) recorded_at: Instant,
    ended: Vec<EntityRef>,
}

impl Floor {
    pub(crate) fn new(state: State, names: Names, position: i64, recorded_at: Instant) -> Self {
        let (work, ended) = (RecentWork::default(), Vec::new());
        let lines = Lines::of(&state);
        Self { state, names, lines, work, roster: None, position, recorded_at, ended }
    }

    /// From now on it is known who follows whom by id.
    pub(crate) fn keep_roster(&mut self) {
        self.roster = Some(self.state.all_operators().map(|one| one.operator_id.clone()).collect());
    }

    /// The active people who are there for `actor`.
    pub(crate) fn people(&self, actor: &Actor) -> Vec<&Operator> {
        self.lines.people(&self.state, actor)
    }

    /// The active machines that are there for `actor`.
    pub(crate) fn machines(&self, actor: &Actor) -> Vec<&Machine> {
        self.lines.machines(&self.state, actor)
    }

    /// What `facts` touch and is not here.
    pub(crate) fn missing<'a>(&self, facts: impl Iterator<Item = &'a Fact>) -> Vec<Key> {
        let mut keys = HashSet::new();
        for fact in facts {
            let touched = Touched::of(&fact.recorded);
            keys.extend(self.not_ready(&touched));
            keys.extend(touched.operators.into_iter().map(Key::Operator));
            keys.extend(touched.machines.into_iter().map(Key::Machine));
            keys.extend(touched.work_orders.into_iter().map(Key::WorkOrder));
            keys.extend(touched.materials.into_iter().map(Key::Material));
            // Of new work there is nothing to load.
            if !matches!(fact.recorded.event, Event::AllocationCreated(_)) {
                keys.extend(touched.allocation.map(Key::Allocation));
            }
        }
        keys.retain(|key| !self.state.has(key));
        keys.into_iter().collect()
    }

    /// Takes over what one of `known` has under `key`; whether one has.
    pub(crate) fn take_over(&mut self, key: &Key, known: &[State]) -> bool {
        let found = known.iter().rev().find(|known| known.has(key));
        if let Some(known) = found {
            self.state.copy(key, known);
        }
        found.is_some()
    }

    /// What the rules read of those that `touched` names and that is not here.
    pub(crate) fn not_ready(&self, touched: &Touched) -> Vec<Key> {
        requires_ready(&self.state, touched.operators.iter(), touched.machines.iter())
    }

    /// Takes the next event; what it means, unless nobody wants to know.
    pub(crate) fn apply(&mut self, fact: &Fact, wanted: bool) -> Option<Published> {
        let touched = Touched::of(&fact.recorded);
        let position = fact.recorded.position;
        let before = wanted.then(|| Before::note(&self.state, &touched, fact));
        let ahead = Ahead::of(&self.state, &touched, position);
        let moves = Homes::can_change_by(&fact.recorded.event);
        let former = moves.then(|| self.homes(&touched));
        evolve(&mut self.state, &fact.recorded);
        ahead.put_back(&mut self.state);
        if let Some(former) = former {
            self.lines.leave(&former);
            self.lines.enter(self.homes(&touched));
        }
        self.work.take(&fact.recorded);
        if let (Some(roster), Event::OperatorCreated(event)) =
            (&mut self.roster, &fact.recorded.event)
        {
            roster.insert(event.operator_id.clone());
        }
        self.position = position;
        self.recorded_at = fact.recorded.recorded_at;
        let published =
            before.map(|before| publish(fact, &touched, Some(&before), &self.state, &self.names));
        self.let_go(&touched);
        published
    }

    fn homes(&self, touched: &Touched) -> Homes {
        let operators = touched.operators.iter().filter_map(|id| self.state.operator(id));
        let machines = touched.machines.iter().filter_map(|id| self.state.machine(id));
        Homes::of(operators, machines)
    }

    /// Forgets what has ended: an allocation at once, orders when there are many.
    fn let_go(&mut self, touched: &Touched) {
        let ended = touched
            .allocation
            .filter(|id| self.state.allocation(*id).is_some_and(|one| !one.is_open()));
        if let Some(id) = ended {
            self.state.drop_allocation(id);
        }
        for id in &touched.work_orders {
            if self.state.work_order(id).is_some_and(|one| one.status.is_closed()) {
                self.ended.push(id.into());
            }
        }
        if self.ended.len() > MOST_ENDED_KEPT {
            for order in self.ended.drain(..) {
                self.state.forget(&order);
            }
        }
    }
}

/// Entities that were loaded at the event's position or later.
#[derive(Default)]
struct Ahead {
    operators: Vec<(Operator, Vec<AllocationId>)>,
    machines: Vec<(Machine, Vec<AllocationId>)>,
    work_orders: Vec<(WorkOrder, Vec<AllocationId>)>,
    materials: Vec<Material>,
    allocation: Option<Allocation>,
}

fn ids<'a>(open: impl Iterator<Item = &'a Allocation>) -> Vec<AllocationId> {
    open.map(|one| one.allocation_id).collect()
}

impl Ahead {
    fn of(state: &State, touched: &Touched, position: i64) -> Self {
        let operators = touched.operators.iter().filter_map(|id| state.operator(id));
        let machines = touched.machines.iter().filter_map(|id| state.machine(id));
        let orders = touched.work_orders.iter().filter_map(|id| state.work_order(id));
        let materials = touched.materials.iter().filter_map(|id| state.material(id));
        Self {
            operators: operators
                .filter(|one| one.position >= position)
                .map(|one| (one.clone(), ids(state.open_of_operator(&one.operator_id))))
                .collect(),
            machines: machines
                .filter(|one| one.position >= position)
                .map(|one| (one.clone(), ids(state.open_of_machine(&one.machine_id))))
                .collect(),
            work_orders: orders
                .filter(|one| one.position >= position)
                .map(|one| (one.clone(), ids(state.open_of_work_order(&one.work_order_id))))
                .collect(),
            materials: materials.filter(|one| one.position >= position).cloned().collect(),
            allocation: touched
                .allocation
                .and_then(|id| state.allocation(id))
                .filter(|one| one.position >= position)
                .cloned(),
        }
    }

    fn put_back(self, state: &mut State) {
        for (operator, open) in self.operators {
            state.put_operator(operator, open);
        }
        for (machine, open) in self.machines {
            state.put_machine(machine, open);
        }
        for (order, open) in self.work_orders {
            state.put_work_order(order, open);
        }
        for material in self.materials {
            state.put_material(material);
        }
        if let Some(allocation) = self.allocation {
            state.drop_allocation(allocation.allocation_id);
            state.put_allocation(allocation);
        }
    }
}
