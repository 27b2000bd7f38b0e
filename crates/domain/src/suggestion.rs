//! Which person and machine could do some work, best first, and why the others could not.
//!
//! By rules alone, and by the same ones that decide: each rule is asked once for all that it
//! looks at, and pairs are compared only among those whom nothing holds up by themselves. Never
//! decides anything.

mod distance;
mod score;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

pub use score::{Contribution, Factor};

use crate::consequence::{self, Consequence};
use crate::eligibility::{Proposal, Reads, check, check_parts, margin, required};
use crate::ids::{MachineId, OperatorId, WorkOrderId};
use crate::machine::Machine;
use crate::operator::Operator;
use crate::refusal::Refusal;
use crate::skill::{Requirement, SkillCode, SkillLevel};
use crate::time::Window;
use score::Table;

/// Who and what may be thought of for some work.
#[derive(Debug, Clone, Default)]
pub struct Candidates<'a> {
    /// People; `None` for work that needs nobody.
    pub operators: Option<Vec<&'a Operator>>,
    /// Machines; `None` for work that needs none.
    pub machines: Option<Vec<&'a Machine>>,
}

/// A person and a machine who could do the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The order.
    pub work_order_id: WorkOrderId,
    /// Who.
    pub operator_id: Option<OperatorId>,
    /// Where.
    pub machine_id: Option<MachineId>,
    /// From when to when.
    pub window: Window,
    /// 0 to 100: the sum of the contributions.
    pub score: u8,
    /// Why it stands where it does.
    pub contributions: Vec<Contribution>,
    /// What it would bring.
    pub consequence: Consequence,
}

/// A person who lacks what some machines ask for.
#[derive(Debug, Clone)]
pub struct Mismatch<'a> {
    /// The person.
    pub operator: &'a Operator,
    /// Machines that ask for the same.
    pub machines: Vec<&'a Machine>,
    /// What they ask for, told of the first of them.
    pub refusals: Vec<Refusal>,
}

/// Somebody or something with what holds it up.
pub type HeldUp<'a, T> = (&'a T, Vec<Refusal>);

/// What the rules say of all pairs.
#[derive(Debug, Clone, Default)]
pub struct Survey<'a> {
    /// What speaks against the order, whoever works on it; then no pair is possible.
    pub order: Vec<Refusal>,
    /// People whom something holds up at any machine.
    pub operators: Vec<HeldUp<'a, Operator>>,
    /// Machines that something holds up with anybody.
    pub machines: Vec<HeldUp<'a, Machine>>,
    /// People who lack what machines ask for; the first ones.
    pub mismatches: Vec<Mismatch<'a>>,
    /// How many pairs are possible.
    pub possible_pairs: usize,
    /// The best of them.
    pub suggestions: Vec<Suggestion>,
}

/// Asks the rules about every pair of `candidates` for `sought`, whose own operator and machine
/// do not count; gives the best `limit` pairs, and as many mismatches.
pub fn survey<'a>(sought: &Proposal<'a>, candidates: &Candidates<'a>, limit: usize) -> Survey<'a> {
    let sought = Proposal { operator_id: None, machine_id: None, ..*sought };
    let order = check_parts(&sought, &[Reads::Order]);
    let (people, operators) = sort(candidates.operators.as_deref(), |one| {
        let proposal = Proposal { operator_id: Some(&one.operator_id), ..sought };
        check_parts(&proposal, &[Reads::Operator])
    });
    let (free, machines) = sort(candidates.machines.as_deref(), |one| {
        let proposal = Proposal { machine_id: Some(&one.machine_id), ..sought };
        check_parts(&proposal, &[Reads::Machine, Reads::MachineAndOrder])
    });
    let mut survey = Survey { order, operators, machines, ..Survey::default() };
    let groups = group(&sought, free);
    let matched = compare(&sought, &people, &groups, limit, &mut survey.mismatches);
    if survey.order.is_empty() {
        let table = Table::new(&sought, people, groups.iter().map(|one| one.machines.as_slice()));
        let (possible, best) = rank(&table, &matched, limit);
        survey.possible_pairs = possible;
        survey.suggestions = best.into_iter().map(|pair| table.tell(&sought, pair)).collect();
    }
    survey
}

/// Those whom nothing holds up, and the others with what does. Where none is needed, none is what
/// nothing holds up.
fn sort<'a, T>(
    all: Option<&[&'a T]>,
    check: impl Fn(&'a T) -> Vec<Refusal>,
) -> (Vec<Option<&'a T>>, Vec<HeldUp<'a, T>>) {
    let Some(all) = all else { return (vec![None], Vec::new()) };
    let (mut free, mut held_up) = (Vec::new(), Vec::new());
    for one in all.iter().copied() {
        let refusals = check(one);
        if refusals.is_empty() {
            free.push(Some(one));
        } else {
            held_up.push((one, refusals));
        }
    }
    (free, held_up)
}

/// Machines that ask for the same skills.
struct Group<'a> {
    asked: Vec<&'a Requirement>,
    machines: Vec<Option<&'a Machine>>,
}

fn group<'a>(sought: &Proposal<'a>, machines: Vec<Option<&'a Machine>>) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<Vec<(&SkillCode, SkillLevel)>, Group<'a>> = BTreeMap::new();
    for machine in machines {
        let asked = required(&Proposal { machine_id: machine.map(Machine::id), ..*sought });
        let same = asked.iter().map(|one| (&one.skill_code, one.minimum_level)).collect();
        let group = groups.entry(same);
        group.or_insert_with(|| Group { asked, machines: Vec::new() }).machines.push(machine);
    }
    groups.into_values().collect()
}

/// A person and a group of machines that go together, by their places in the lists.
struct Match {
    person: usize,
    group: usize,
    margin: u8,
}

fn compare<'a>(
    sought: &Proposal<'a>,
    people: &[Option<&'a Operator>],
    groups: &[Group<'a>],
    most_mismatches: usize,
    mismatches: &mut Vec<Mismatch<'a>>,
) -> Vec<Match> {
    let last_day = sought.context.plant.date_of(sought.window.end);
    let mut matched = Vec::new();
    for (person, operator) in people.iter().enumerate() {
        for (group, one) in groups.iter().enumerate() {
            let margin = match operator {
                Some(operator) => margin(operator, &one.asked, last_day),
                None => Some(u8::MAX),
            };
            match (margin, operator) {
                (Some(margin), _) => matched.push(Match { person, group, margin }),
                (None, Some(operator)) if mismatches.len() < most_mismatches => {
                    mismatches.push(mismatch(sought, operator, one));
                }
                _ => {}
            }
        }
    }
    matched
}

fn mismatch<'a>(sought: &Proposal<'a>, operator: &'a Operator, group: &Group<'a>) -> Mismatch<'a> {
    let machines: Vec<&Machine> = group.machines.iter().copied().flatten().collect();
    let machine_id = machines.first().map(|one| one.id());
    let operator_id = Some(&operator.operator_id);
    let pair = Proposal { operator_id, machine_id, ..*sought };
    Mismatch { operator, refusals: check_parts(&pair, &[Reads::Requirements]), machines }
}

/// A pair, as it is ranked: the better one is the lesser one, and of equals the first by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked<'a> {
    score: Reverse<u8>,
    operator_id: Option<&'a OperatorId>,
    machine_id: Option<&'a MachineId>,
    pair: Pair,
}

/// A pair by its places in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    person: usize,
    machine: usize,
    margin: u8,
}

/// How many pairs there are, and the best `limit`, best first.
fn rank(table: &Table<'_>, matched: &[Match], limit: usize) -> (usize, Vec<Pair>) {
    let mut possible = 0;
    let mut best: BinaryHeap<Ranked<'_>> = BinaryHeap::with_capacity(limit + 1);
    for Match { person, group, margin } in matched {
        let machines = table.groups[*group].machines.clone();
        possible += machines.len();
        let is_full = best.len() == limit;
        let most = table.most(*person, *group, *margin);
        if is_full && best.peek().is_none_or(|worst| most < worst.score.0) {
            continue;
        }
        let operator_id = table.people[*person].operator.map(Operator::id);
        for machine in machines {
            let pair = Pair { person: *person, machine, margin: *margin };
            let score = Reverse(table.score(pair));
            let machine_id = table.machines[machine].machine.map(Machine::id);
            let ranked = Ranked { score, operator_id, machine_id, pair };
            if best.len() < limit {
                best.push(ranked);
            } else if best.peek().is_some_and(|worst| ranked < *worst) {
                best.pop();
                best.push(ranked);
            }
        }
    }
    (possible, best.into_sorted_vec().into_iter().map(|one| one.pair).collect())
}

impl Table<'_> {
    fn tell(&self, sought: &Proposal<'_>, pair: Pair) -> Suggestion {
        let operator_id = self.people[pair.person].operator.map(Operator::id);
        let machine_id = self.machines[pair.machine].machine.map(Machine::id);
        let assigned = Proposal { operator_id, machine_id, ..*sought };
        debug_assert!(check(&assigned).is_empty(), "a suggestion is possible");
        let contributions = self.contributions(pair);
        Suggestion {
            work_order_id: sought.work_order_id.clone(),
            operator_id: operator_id.cloned(),
            machine_id: machine_id.cloned(),
            window: sought.window,
            score: contributions.iter().map(|one| one.points).sum(),
            contributions,
            consequence: consequence::of_new_work(&assigned),
        }
    }
}
