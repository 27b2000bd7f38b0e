//! Operators of the lines: crews of three shifts that cover every operation of their line.
//!
//! Whoever covers an operation has its skill at the level that any order asks for and a
//! certificate that lasts. What people can do besides is up to the dice; of their further
//! certificates some have run out, some run out today or within days.

use mraos_api::operator::CreateOperator;
use mraos_api::skill::GrantSkill;
use rust_decimal::Decimal;

use super::{Line, Opening, PlannedOperator, names};
use crate::catalogue::{Operation, SKILLS};
use crate::dice::Dice;
use crate::rota::{SHIFTS, shift_at};

/// Whoever covers an operation can do the most that an order may ask for.
const COVERING_LEVEL: i64 = 3;
/// One of so many has the holidays off.
const RESTING_ON_HOLIDAYS: usize = 4;
/// Of so many people one has a further certificate that has run out, one whose last day is today,
/// and one that runs out within days.
const RUNNING_OUT: usize = 12;

pub(super) fn generate(
    seed: u64,
    lines: &[Line],
    count: usize,
    opening: &Opening,
) -> Vec<PlannedOperator> {
    let (current, _) = shift_at(opening.at, &opening.zone);
    let crews = lines.len() * SHIFTS;
    let operator = |index: usize| {
        let line = &lines[index % lines.len()];
        let crew = index % crews;
        let member = index / crews;
        let members = (count + crews - 1 - crew) / crews;
        let shift = crew / lines.len();
        let id = format!("O-{:04}", 1001 + index);
        let mut dice = Dice::of(seed, &id);
        let (first_name, last_name) = names::draw(&mut dice);
        let status = if shift == current { status(index) } else { "offline" };
        let operator = CreateOperator {
            employee_id: format!("E{}", 40_000 + 7 * index),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            email: Some(format!("e{}@plant.example", 40_000 + 7 * index)),
            hire_date: opening.days_from(-dice.between(60, 9_000)),
            department: Some(department(line.name.as_str())),
            home_location: Some(format!("{} line", line.name)),
            production_line: Some(line.name.clone()),
            parallel_capacity: Some(if dice.chance(8) { 2 } else { 1 }),
            current_status: Some(status.to_owned()),
            efficiency_rating: Some(Decimal::new(dice.between(310, 495), 2)),
            on_time_completion_rate: Some(Decimal::new(dice.between(8_200, 9_950), 2)),
            operator_id: id,
            ..CreateOperator::default()
        };
        let mut skills = skills(&mut dice, line, (member, members), opening);
        add_running_out(&mut skills, &mut dice, line, index, opening);
        let works_on_holidays = member % RESTING_ON_HOLIDAYS != RESTING_ON_HOLIDAYS - 1;
        PlannedOperator { operator, skills, shift, break_group: member, works_on_holidays }
    };
    (0..count).map(operator).collect()
}

/// Where somebody of the shift that is on is at the opening.
fn status(index: usize) -> &'static str {
    match (index % 23, index % 31) {
        (7, _) => "vacation",
        (_, 9) => "sick",
        _ => "available",
    }
}

/// A certificate that does not last, in something that the person is not there for.
fn add_running_out(
    skills: &mut Vec<GrantSkill>,
    dice: &mut Dice,
    line: &Line,
    index: usize,
    opening: &Opening,
) {
    let days = match index % RUNNING_OUT {
        2 => -dice.between(3, 40),
        5 => 0,
        8 => dice.between(1, 5),
        _ => return,
    };
    let is_certified = |operation: &&Operation| {
        SKILLS.iter().any(|kind| kind.code == operation.skill && kind.certified_by.is_some())
    };
    let is_held = |code: &str| skills.iter().any(|held| held.skill_code == code);
    let mut operations = line.family.route.iter().filter(is_certified);
    let Some(operation) = operations.find(|one| !is_held(one.skill)) else { return };
    let level = COVERING_LEVEL.max(operation.minimum_level);
    add(skills, grant(operation, level, days, opening));
}

fn department(line: &str) -> String {
    format!("Production {line}")
}

/// Skills of member number `member` of a crew of `members`.
fn skills(
    dice: &mut Dice,
    line: &Line,
    (member, members): (usize, usize),
    opening: &Opening,
) -> Vec<GrantSkill> {
    let route = line.family.route;
    let steps = route.len();
    // Two operations each, so that nobody's absence stops one of them.
    let covers = |step: usize| {
        if members < steps {
            step % members == member || (step + 1) % members == member
        } else {
            step == member % steps || step == (member + steps / 2) % steps
        }
    };
    let mut skills: Vec<GrantSkill> = Vec::new();
    for (_, operation) in route.iter().enumerate().filter(|(step, _)| covers(*step)) {
        let level = dice.between(COVERING_LEVEL.max(operation.minimum_level), 4);
        let days = dice.between(60, 700);
        add(&mut skills, grant(operation, level, days, opening));
    }
    for _ in 0..dice.between(1, 3) {
        let operation = dice.pick(route);
        let (level, days) = (dice.between(1, 4), dice.between(-12, 500));
        add(&mut skills, grant(operation, level, days, opening));
    }
    skills
}

/// A skill is one per code: what somebody is there for stays.
fn add(skills: &mut Vec<GrantSkill>, skill: GrantSkill) {
    if skills.iter().all(|held| held.skill_code != skill.skill_code) {
        skills.push(skill);
    }
}

fn grant(operation: &Operation, level: i64, days: i64, opening: &Opening) -> GrantSkill {
    let kind = SKILLS.iter().find(|kind| kind.code == operation.skill);
    let certified_by = kind.and_then(|kind| kind.certified_by);
    let certificate = |days| certified_by.and_then(|_| opening.days_from(days));
    GrantSkill {
        skill_code: operation.skill.to_owned(),
        skill_name: kind.map_or(operation.skill, |kind| kind.name).to_owned(),
        proficiency_level: level,
        certification_date: certificate(days - 730),
        certification_expiry: certificate(days),
        certified_by: certified_by.map(str::to_owned),
    }
}
