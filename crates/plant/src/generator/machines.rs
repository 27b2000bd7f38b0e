//! Machines of the lines, and the skills that their types ask for.
//!
//! Every line has at least one machine for each operation of its route, and the first of a type
//! makes every model of the family. The rate of an automatic machine is well above what orders are
//! estimated at, in pieces per hour of the clock; hands have none. Here and there one is down.

use std::collections::BTreeSet;

use mraos_api::machine::CreateMachine;
use mraos_api::skill_requirement::RequireSkill;

use super::{Line, Opening};
use crate::catalogue::{AUTOMATIC, Family, Operation, SIDE_BY_SIDE};
use crate::dice::Dice;

const MAKERS: [&str; 8] = [
    "Halvorsen Maskin",
    "Officine Bellandi",
    "Kestrel Automation",
    "Nordwerk",
    "Seiwa Kikai",
    "Atelier Morvan",
    "Tatrakov",
    "Araucaria Máquinas",
];

pub(super) fn generate(
    seed: u64,
    lines: &[Line],
    count: usize,
    opening: &Opening,
) -> Vec<CreateMachine> {
    let mut machines = Vec::with_capacity(count);
    let digits = (count / lines.len() + 1).to_string().len().max(2);
    for (number, line) in lines.iter().enumerate() {
        let in_line = count / lines.len() + usize::from(number < count % lines.len());
        let mut of_type = vec![0_usize; line.family.route.len()];
        for (place, step) in places(line.family, in_line).into_iter().enumerate() {
            of_type[step] += 1;
            let id = format!("M-{}{:0digits$}", number + 1, place + 1);
            let mut dice = Dice::of(seed, &id);
            let made = machine(&mut dice, id, line, (step, of_type[step]), opening);
            let current_status = Some(status(machines.len()).to_owned());
            machines.push(CreateMachine { current_status, ..made });
        }
    }
    machines
}

/// What the machine that comes at that place of the plant does at the opening.
fn status(number: usize) -> &'static str {
    match number % 30 {
        12 => "breakdown",
        24 => "maintenance",
        _ => "idle",
    }
}

/// Which operation each place of a line serves: one each first, then by their shares.
fn places(family: &Family, count: usize) -> Vec<usize> {
    let steps = family.route.len();
    let further = |round: usize| {
        let wanted = move |step: &usize| family.route[*step].machines > round % 2;
        (0..steps).filter(wanted)
    };
    let mut places: Vec<usize> = (0..).flat_map(further).take(count).collect();
    // Machines of a type stand together, in the order of the route.
    places.sort_unstable();
    places
}

fn machine(
    dice: &mut Dice,
    id: String,
    line: &Line,
    (step, number): (usize, usize),
    opening: &Opening,
) -> CreateMachine {
    let operation = &line.family.route[step];
    let serial = format!("{}{:07}", line.family.prefix, dice.between(1, 9_999_999));
    CreateMachine {
        machine_name: format!("{} {number}", operation.machine_type),
        machine_type: operation.machine_type.to_owned(),
        production_line: line.name.clone(),
        manufacturer: Some((*dice.pick(&MAKERS)).to_owned()),
        model_number: Some(format!("{}-{}", operation.code, dice.between(2, 9) * 100)),
        serial_number: Some(format!("{serial}-{}", id.trim_start_matches("M-"))),
        zone: Some(format!("Hall {}", hall(&line.name))),
        physical_location: Some(format!("{}, bay {}", line.name, number + 2 * step)),
        product_types: Some(products(line.family, operation, number, dice)),
        max_capacity_per_hour: rate(operation, dice, opening),
        parallel_capacity: Some(if takes_two(operation, number) { 2 } else { 1 }),
        last_maintenance_date: opening.days_from(-dice.between(5, 80)),
        next_maintenance_date: opening.days_from(dice.between(3, 90)),
        maintenance_hours_remaining: Some(dice.between(20, 600)),
        installation_date: opening.days_from(-dice.between(300, 4_000)),
        warranty_expiry: opening.days_from(dice.between(-700, 900)),
        machine_id: id,
        ..CreateMachine::default()
    }
}

/// A packing place serves two jobs side by side, and the first oven or test bench of a line.
fn takes_two(operation: &Operation, number: usize) -> bool {
    let is_first = number == 1 || operation.code == "PACK";
    is_first && SIDE_BY_SIDE.contains(&operation.code)
}

/// Pieces per hour of the clock at most.
fn rate(operation: &Operation, dice: &mut Dice, opening: &Opening) -> Option<i64> {
    let hourly = 3_600.0 / operation.seconds_per_piece as f64 * opening.speed;
    let percent = dice.between(165, 230) as f64;
    AUTOMATIC.contains(&operation.code).then(|| (hourly * percent / 100.0).ceil() as i64)
}

fn hall(line: &str) -> char {
    let letters = ['A', 'B', 'C', 'D'];
    letters[line.bytes().map(usize::from).sum::<usize>() % letters.len()]
}

/// The first machine of a type makes all models, a further one may lack the tool for one.
fn products(family: &Family, operation: &Operation, number: usize, dice: &mut Dice) -> Vec<String> {
    let lacks = (number > 1).then(|| dice.below(family.models.len()));
    let models = family.models.iter().enumerate().filter(|(index, _)| Some(*index) != lacks);
    models.map(|(_, model)| product_id(family, model.number, operation.code)).collect()
}

/// What an operation makes of a model.
pub(super) fn product_id(family: &Family, model: &str, code: &str) -> String {
    format!("{}{model}-{code}", family.prefix)
}

/// What each machine type asks for, once.
pub(super) fn requirements(lines: &[Line]) -> Vec<RequireSkill> {
    let mut seen = BTreeSet::new();
    let operations = lines.iter().flat_map(|line| line.family.route);
    operations
        .filter(|operation| seen.insert((operation.machine_type, operation.skill)))
        .map(|operation| RequireSkill {
            scope: "machine_type".to_owned(),
            scope_id: operation.machine_type.to_owned(),
            skill_code: operation.skill.to_owned(),
            minimum_level: Some(operation.minimum_level),
        })
        .collect()
}
