//! Who is at home on which line and what stands there, so that a question about one line does not
//! walk through the whole plant.
//!
//! An index of the floor, moved on with master data. Who of those found here is there for whoever
//! asks is the domain's rule (`mraos_domain::access`), which is asked about each.

use std::collections::{BTreeMap, BTreeSet};

use mraos_domain::event::Event;
use mraos_domain::{Actor, Machine, MachineId, Operator, OperatorId, State};

use super::view::Line;

/// Ids by line; people without a line belong to all of them.
#[derive(Default)]
pub(crate) struct Lines {
    operators: BTreeMap<Option<Line>, BTreeSet<OperatorId>>,
    machines: BTreeMap<Line, BTreeSet<MachineId>>,
}

/// Where some people and machines belong.
pub(super) struct Homes {
    operators: Vec<(OperatorId, Option<Line>)>,
    machines: Vec<(MachineId, Line)>,
}

impl Homes {
    /// Where `state` has them.
    pub(super) fn of<'a>(
        operators: impl Iterator<Item = &'a Operator>,
        machines: impl Iterator<Item = &'a Machine>,
    ) -> Self {
        let home = |one: &Operator| (one.operator_id.clone(), one.details.production_line.clone());
        let place = |one: &Machine| (one.machine_id.clone(), one.details.production_line.clone());
        Self { operators: operators.map(home).collect(), machines: machines.map(place).collect() }
    }

    /// Whether `event` can give somebody or something another line.
    pub(super) fn can_change_by(event: &Event) -> bool {
        matches!(
            event,
            Event::OperatorCreated(_)
                | Event::OperatorChanged(_)
                | Event::MachineCreated(_)
                | Event::MachineChanged(_)
        )
    }
}

impl Lines {
    pub(super) fn of(state: &State) -> Self {
        let mut lines = Self::default();
        lines.enter(Homes::of(state.all_operators(), state.all_machines()));
        lines
    }

    pub(super) fn enter(&mut self, homes: Homes) {
        for (id, line) in homes.operators {
            self.operators.entry(line).or_default().insert(id);
        }
        for (id, line) in homes.machines {
            self.machines.entry(line).or_default().insert(id);
        }
    }

    pub(super) fn leave(&mut self, homes: &Homes) {
        for (id, line) in &homes.operators {
            self.operators.get_mut(line).map(|here| here.remove(id));
        }
        for (id, line) in &homes.machines {
            self.machines.get_mut(line).map(|here| here.remove(id));
        }
    }

    /// The active people who are there for `actor`.
    pub(super) fn people<'a>(&self, state: &'a State, actor: &Actor) -> Vec<&'a Operator> {
        let lines = actor.scope.lines.as_ref().filter(|_| !actor.sees_own_work_alone());
        let Some(lines) = lines else {
            let all = state.all_operators_with_work().filter(|(one, _)| one.details.is_active);
            let seen =
                all.filter_map(|(one, open)| actor.sees_person(state, one, open).then_some(one));
            return seen.collect();
        };
        let homes = std::iter::once(None).chain(lines.iter().cloned().map(Some));
        let at_home = homes.filter_map(|line| self.operators.get(&line)).flatten();
        // Who comes from another line is there as long as work is open here.
        let machines = self.machines_of(lines).flat_map(|id| state.open_of_machine(id));
        let at_work = machines.filter_map(|one| one.assignment.operator_id.as_ref());
        let ids: BTreeSet<&OperatorId> = at_home.chain(at_work).collect();
        let found = ids.into_iter().filter_map(|id| state.operator(id));
        let active = found.filter(|one| one.details.is_active);
        active.filter(|one| actor.sees_operator(state, one)).collect()
    }

    /// The active machines that are there for `actor`.
    pub(super) fn machines<'a>(&self, state: &'a State, actor: &Actor) -> Vec<&'a Machine> {
        let active = |one: &&Machine| one.details.is_active && actor.sees_machine(one);
        match actor.scope.lines.as_ref() {
            Some(lines) => {
                let ids = self.machines_of(lines);
                ids.filter_map(|id| state.machine(id)).filter(active).collect()
            }
            None => state.all_machines().filter(active).collect(),
        }
    }

    fn machines_of<'a>(&'a self, lines: &'a BTreeSet<Line>) -> impl Iterator<Item = &'a MachineId> {
        lines.iter().filter_map(|line| self.machines.get(line)).flatten()
    }
}
