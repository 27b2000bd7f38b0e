//! What a generated plant promises: the same from the same seed, and nothing that nobody can make.
//!
//! Checked for many seeds and sizes, against the rules as the API documents them: product, skill,
//! level, certificate, shift.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, civil::date};
use mraos_api::work_order::CreateWorkOrder;
use mraos_plant::generator::{Opening, PlannedOperator, Plant, Sizes, generate};

fn opening() -> Opening {
    let zone = TimeZone::UTC;
    let at = date(2026, 3, 2).at(9, 30, 0, 0).to_zoned(zone.clone()).unwrap().timestamp();
    Opening { at, zone }
}

fn plant(seed: u64, operators: usize, machines: usize, orders: usize) -> Plant {
    generate(seed, Sizes { operators, machines, orders }, &opening()).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_plant_byte_for_byte() {
    let text = |seed| serde_json::to_string(&plant(seed, 120, 60, 300)).unwrap();
    assert_eq!(text(7), text(7));
    assert_ne!(text(7), text(8));
}

#[test]
fn sizes_are_kept_and_ids_are_unique_and_short_enough() {
    for (operators, machines, orders) in [(120, 60, 300), (21, 7, 20), (1_000, 900, 3_000)] {
        let plant = plant(1, operators, machines, orders);
        assert_eq!(plant.operators.len(), operators);
        assert_eq!(plant.machines.len(), machines);
        assert_eq!(plant.orders.len(), orders);
        let mut ids: Vec<&str> = plant.machines.iter().map(|one| one.machine_id.as_str()).collect();
        ids.extend(plant.operators.iter().map(|one| one.operator.operator_id.as_str()));
        ids.extend(plant.orders.iter().map(|one| one.work_order_id.as_str()));
        assert!(ids.iter().all(|id| id.len() <= 20), "{ids:?}");
        let products = plant.orders.iter().map(|order| order.product_id.len());
        assert!(products.max() <= Some(20));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
    let too_small = Sizes { operators: 2, machines: 60, orders: 10 };
    assert!(generate(1, too_small, &opening()).unwrap_err().to_string().contains("too small"));
}

#[test]
fn the_default_plant_is_the_one_of_the_brochure() {
    let plant = generate(1, Sizes::default(), &opening()).unwrap();
    let lines: BTreeSet<&str> =
        plant.machines.iter().map(|machine| machine.production_line.as_str()).collect();
    assert_eq!(lines.len(), 6);
    assert!(lines.contains("Refrigerators") && lines.contains("Ovens"), "{lines:?}");
    for shift in 0..3 {
        let crew = plant.operators.iter().filter(|one| one.shift == shift);
        assert!((36..=42).contains(&crew.count()), "shift {shift}");
    }
    let waiting = plant.orders.iter().filter(|order| !order.dependencies.is_empty()).count();
    assert!(waiting > 150, "{waiting} orders wait for another");
}

#[test]
fn every_order_can_be_made_by_somebody_at_some_machine_in_every_shift() {
    for (seed, operators, machines, orders) in
        [(1, 120, 60, 300), (2, 120, 60, 300), (3, 21, 7, 40), (4, 40, 14, 60), (5, 700, 500, 900)]
    {
        let plant = plant(seed, operators, machines, orders);
        for order in &plant.orders {
            for shift in 0..3 {
                assert!(
                    can_be_made(&plant, order, shift),
                    "seed {seed}, {operators} operators: {} of {:?} in shift {shift}",
                    order.product_id,
                    order.production_line
                );
            }
        }
    }
}

#[test]
fn an_order_comes_after_those_it_waits_for() {
    let plant = plant(9, 120, 60, 300);
    let mut seen = BTreeSet::new();
    for order in &plant.orders {
        for edge in &order.dependencies {
            assert!(seen.contains(&edge.predecessor_work_order_id), "{}", order.work_order_id);
        }
        seen.insert(order.work_order_id.clone());
    }
}

fn can_be_made(plant: &Plant, order: &CreateWorkOrder, shift: usize) -> bool {
    let fitting = plant.machines.iter().filter(|machine| {
        Some(&machine.production_line) == order.production_line.as_ref()
            && machine.product_types.as_ref().unwrap().contains(&order.product_id)
    });
    let crew = plant
        .operators
        .iter()
        .filter(|one| one.shift == shift && one.operator.production_line == order.production_line);
    let crew: Vec<&PlannedOperator> = crew.collect();
    fitting.into_iter().any(|machine| {
        let asked: Vec<(&str, i64)> = plant
            .requirements
            .iter()
            .filter(|asked| {
                [&machine.machine_type, &order.work_order_id].contains(&&asked.scope_id)
            })
            .map(|asked| (asked.skill_code.as_str(), asked.minimum_level.unwrap()))
            .collect();
        assert!(!asked.is_empty(), "{} asks for nothing", machine.machine_type);
        crew.iter().any(|person| asked.iter().all(|(code, level)| has(person, code, *level)))
    })
}

/// Whether somebody has a skill well enough, with a certificate for at least a month.
fn has(person: &PlannedOperator, code: &str, level: i64) -> bool {
    let until = opening().at + SignedDuration::from_hours(24 * 30);
    let until = until.to_zoned(TimeZone::UTC).date();
    person.skills.iter().any(|skill| {
        skill.skill_code == code
            && skill.proficiency_level >= level
            && skill.certification_expiry.is_none_or(|expiry| expiry >= until)
    })
}
