//! The rules that no plan may break, each by itself, on the bare assignments.
//!
//! All of them are asked and all answers are kept: whoever wants to know why something does not
//! work wants to know all of it. A pinned operation is a fact, so only others can break a rule.

use super::{Checker, Stay, Violation};
use crate::plant::plan::{Assignment, Plan};
use crate::plant::problem::{Crew, LinkKind, Operation, Requirement};
use crate::problem::Time;

/// Every rule that the plan breaks.
pub(super) fn violations(checker: &Checker, plan: &Plan) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, operation) in checker.problem.operations.iter().enumerate() {
        match (plan.assignments[index], operation.pinned) {
            (planned, Some(pin)) => check_pin(checker, index, planned, pin, &mut found),
            (Some(planned), None) => check_way(checker, index, &planned, &mut found),
            (None, None) => {}
        }
    }
    // Of machines or operators that do not exist, nothing more can be said.
    if found.is_empty() {
        check_machines(checker, plan, &mut found);
        check_operators(checker, plan, &mut found);
        check_links(checker, plan, &mut found);
        check_materials(checker, plan, &mut found);
    }
    found
}

fn is_pinned(checker: &Checker, operation: usize) -> bool {
    checker.problem.operations[operation].pinned.is_some()
}

fn check_pin(
    checker: &Checker,
    operation: usize,
    planned: Option<Assignment>,
    pin: Assignment,
    found: &mut Vec<Violation>,
) {
    let capacity = checker.problem.machines[pin.machine as usize].capacity;
    let stays = planned.is_some_and(|planned| {
        planned.place < capacity && Assignment { place: pin.place, ..planned } == pin
    });
    if !stays {
        found.push(Violation::PinMoved { operation });
    }
}

/// Whether the machine can do the operation with this operator, in this time.
fn check_way(
    checker: &Checker,
    operation: usize,
    planned: &Assignment,
    found: &mut Vec<Violation>,
) {
    let Assignment { machine, place, operator, start, end } = *planned;
    let what = &checker.problem.operations[operation];
    let mut ways = what.ways.iter().filter(|way| way.machine == machine).peekable();
    let has_place = checker.problem.machines.get(machine as usize).map_or(0, |one| one.capacity);
    if ways.peek().is_none() || place >= has_place {
        found.push(Violation::WrongMachine { operation, machine, place });
        return;
    }
    let operators = checker.problem.operators.len();
    let durations: Vec<Time> =
        ways.flat_map(|way| durations_with(&way.crew, operator, operators)).collect();
    match durations.first() {
        None => found.push(Violation::WrongOperator { operation, machine, operator }),
        Some(expected) if !durations.contains(&(end - start)) => {
            let (expected, found_length) = (*expected, end - start);
            found.push(Violation::WrongDuration { operation, expected, found: found_length });
        }
        Some(_) => {}
    }
}

fn durations_with(crew: &Crew, operator: Option<u32>, operators: usize) -> Vec<Time> {
    match (crew, operator) {
        (Crew::Alone(duration), None) => vec![*duration],
        (Crew::Anyone(duration), Some(who)) if (who as usize) < operators => vec![*duration],
        (Crew::Named(hands), Some(who)) => {
            hands.iter().filter(|hand| hand.operator == who).map(|hand| hand.duration).collect()
        }
        _ => Vec::new(),
    }
}

fn check_machines(checker: &Checker, plan: &Plan, found: &mut Vec<Violation>) {
    let stays = checker.places(plan);
    let mut ends = None;
    for stay in &stays {
        let Stay { machine, start, end, operation, setup, before, .. } = *stay;
        if !is_pinned(checker, operation) {
            check_stay(checker, stay, found);
        }
        // An operation may outlast several that begin within it.
        let reach: Option<(Time, usize)> = before.and(ends);
        if let Some((reach, first)) = reach {
            if start < reach {
                found.push(Violation::MachineTaken { machine, first, second: operation });
            } else if start - reach < setup {
                let second = operation;
                found.push(Violation::SetupTooShort { machine, first, second, needed: setup });
            }
        }
        ends = match reach {
            Some((reach, first)) if reach > end => Some((reach, first)),
            _ => Some((end, operation)),
        };
    }
}

fn check_stay(checker: &Checker, stay: &Stay, found: &mut Vec<Violation>) {
    let Stay { machine, start, end, operation, setup, .. } = *stay;
    let problem = checker.problem;
    let hours = &checker.machines[machine as usize];
    let begins = start - setup;
    if begins < problem.now {
        found.push(Violation::TooEarly { operation, start: begins, earliest: problem.now });
    }
    let release = problem.orders[problem.operations[operation].order].release;
    if start < release {
        found.push(Violation::TooEarly { operation, start, earliest: release });
    }
    if !hours.holds(begins, end) {
        found.push(Violation::MachineClosed { operation, machine, start: begins, end });
    }
    if hours.is_break(start) {
        found.push(Violation::InBreak { operation, resource: format!("machine {machine}"), start });
    }
}

fn check_operators(checker: &Checker, plan: &Plan, found: &mut Vec<Violation>) {
    let mut attended = vec![Vec::new(); checker.problem.operators.len()];
    for (operation, planned) in plan.assignments.iter().enumerate() {
        let Some(planned) = planned else { continue };
        let Some(operator) = planned.operator else { continue };
        attended[operator as usize].push((planned.start, planned.end, operation));
        if !is_pinned(checker, operation) {
            check_presence(checker, operation, operator, planned, found);
            check_skills(checker, operation, operator, planned, found);
        }
    }
    for (operator, mut attended) in attended.into_iter().enumerate() {
        let capacity = checker.problem.operators[operator].capacity as usize;
        attended.sort_unstable();
        let mut at_work: Vec<(Time, usize)> = Vec::new();
        for (start, end, second) in attended {
            at_work.retain(|(until, _)| *until > start);
            if at_work.len() >= capacity {
                let (operator, first) = (operator as u32, at_work[0].1);
                found.push(Violation::OperatorTaken { operator, first, second });
            }
            at_work.push((end, second));
        }
    }
}

fn check_presence(
    checker: &Checker,
    operation: usize,
    operator: u32,
    planned: &Assignment,
    found: &mut Vec<Violation>,
) {
    let (start, end) = (planned.start, planned.end);
    let hours = &checker.operators[operator as usize];
    if !hours.holds(start, end) {
        found.push(Violation::OperatorAbsent { operation, operator, start, end });
    }
    if hours.is_break(start) {
        let resource = format!("operator {operator}");
        found.push(Violation::InBreak { operation, resource, start });
    }
}

fn check_skills(
    checker: &Checker,
    operation: usize,
    operator: u32,
    planned: &Assignment,
    found: &mut Vec<Violation>,
) {
    let what = &checker.problem.operations[operation];
    let time = (planned.start, planned.end);
    for need in missing_skills(checker, what, planned.machine, operator, time) {
        let Requirement { skill, level } = need;
        found.push(Violation::SkillMissing { operation, operator, skill, level });
    }
}

/// What an operator lacks for an operation at a machine from `start` to `end`.
pub(super) fn missing_skills(
    checker: &Checker,
    what: &Operation,
    machine: u32,
    operator: u32,
    (start, end): (Time, Time),
) -> Vec<Requirement> {
    let problem = checker.problem;
    let skills = &problem.operators[operator as usize].skills;
    let needs = what.needs.iter().chain(&problem.machines[machine as usize].needs);
    let missing = needs.filter(|need| {
        !skills.iter().any(|skill| {
            skill.skill == need.skill
                && skill.level >= need.level
                && skill.from.is_none_or(|from| from <= start)
                && skill.until.is_none_or(|until| end <= until)
        })
    });
    missing.copied().collect()
}

fn check_links(checker: &Checker, plan: &Plan, found: &mut Vec<Violation>) {
    for link in &checker.problem.links {
        let (before, after) = (link.before, link.after);
        let Some(second) = plan.assignments[after] else { continue };
        if is_pinned(checker, after) {
            continue;
        }
        let Some(first) = plan.assignments[before] else {
            found.push(Violation::PredecessorLeftOut { before, after });
            continue;
        };
        let distance = match link.kind {
            LinkKind::FinishToStart => second.start - first.end,
            LinkKind::StartToStart => second.start - first.start,
            LinkKind::FinishToFinish => second.end - first.end,
        };
        if distance < link.lag {
            let found_early = link.lag - distance;
            let kind = link.kind;
            found.push(Violation::LinkBroken { before, after, kind, found: found_early });
        }
    }
}

/// From the start of each operation on, more must have arrived than has been used.
fn check_materials(checker: &Checker, plan: &Plan, found: &mut Vec<Violation>) {
    let problem = checker.problem;
    for (material, stock) in problem.materials.iter().enumerate() {
        let mut uses = Vec::new();
        for (operation, planned) in plan.assignments.iter().enumerate() {
            let Some(planned) = planned else { continue };
            let consumed = problem.operations[operation].consumes.iter();
            let quantity: i64 =
                consumed.filter(|one| one.material == material).map(|one| one.quantity).sum();
            if quantity > 0 {
                uses.push((planned.start, quantity, operation));
            }
        }
        // Arrivals come before uses of the same moment.
        let mut changes: Vec<(Time, bool, i64)> =
            stock.arrivals.iter().map(|arrival| (arrival.at, false, arrival.quantity)).collect();
        changes.extend(uses.iter().map(|(start, quantity, _)| (*start, true, -quantity)));
        changes.sort_unstable();
        let mut there = 0;
        let mut short = None;
        for (at, is_use, change) in changes {
            there += change;
            if is_use && there < 0 {
                short = Some((at, -there));
            }
        }
        let Some((at, missing)) = short else { continue };
        for (start, _, operation) in uses {
            if start <= at && !is_pinned(checker, operation) {
                found.push(Violation::MaterialShort { operation, material, at, missing });
            }
        }
    }
}
