//! What a generated plant promises: the same from the same seed, and nothing that nobody can make.
//!
//! Checked for many seeds and sizes, against the rules as the API documents them: product, skill,
//! level, certificate, shift.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, civil::date};
use mraos_api::work_order::CreateWorkOrder;
use mraos_plant::generator::{Opening, PlannedOperator, Plant, Sizes, generate};
use rust_decimal::Decimal;

fn opening() -> Opening {
    let zone = TimeZone::UTC;
    let at = date(2026, 3, 2).at(9, 30, 0, 0).to_zoned(zone.clone()).unwrap().timestamp();
    Opening { at, zone, speed: 1.0 }
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
        ids.extend(plant.orders.iter().map(|one| one.order.work_order_id.as_str()));
        assert!(ids.iter().all(|id| id.len() <= 20), "{ids:?}");
        let products = plant.orders.iter().map(|one| one.order.product_id.len());
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
    let waiting = plant.orders.iter().filter(|one| !one.order.dependencies.is_empty()).count();
    assert!(waiting > 150, "{waiting} orders wait for another");
}

#[test]
fn every_order_can_be_made_by_somebody_at_some_machine_in_every_shift() {
    for (seed, operators, machines, orders) in
        [(1, 120, 60, 300), (2, 120, 60, 300), (3, 21, 7, 40), (4, 40, 14, 60), (5, 700, 500, 900)]
    {
        let plant = plant(seed, operators, machines, orders);
        let orders = plant.orders.iter().map(|planned| &planned.order);
        for order in orders.filter(|order| order.wait_minutes.is_none()) {
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
    for order in plant.orders.iter().map(|planned| &planned.order) {
        for edge in &order.dependencies {
            assert!(seen.contains(&edge.predecessor_work_order_id), "{}", order.work_order_id);
        }
        seen.insert(order.work_order_id.clone());
    }
}

#[test]
fn orders_wait_in_every_way() {
    let plant = plant(1, 120, 60, 300);
    let edges = plant.orders.iter().flat_map(|planned| &planned.order.dependencies);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut lags, mut soft) = (0, 0);
    for edge in edges {
        *kinds.entry(edge.dependency_type.as_deref().unwrap()).or_default() += 1;
        lags += usize::from(edge.lag_minutes > Some(0));
        soft += usize::from(edge.is_mandatory == Some(false));
    }
    let expected = ["finish_to_finish", "finish_to_start", "start_to_start"];
    assert_eq!(kinds.keys().copied().collect::<Vec<_>>(), expected, "{kinds:?}");
    assert!(kinds["start_to_start"] >= 5 && lags >= 10 && soft >= 2, "{kinds:?} {lags} {soft}");
    let waits = plant.orders.iter().filter(|planned| planned.order.wait_minutes.is_some());
    assert!((10..90).contains(&waits.count()));
    let soon = opening().at + SignedDuration::from_hours(24 * 7);
    let far = plant.orders.iter().filter(|planned| planned.order.planned_start_date > Some(soon));
    assert!((4..60).contains(&far.count()));
}

#[test]
fn waits_and_rates_are_told_in_the_time_of_the_clock() {
    let fast = Opening { speed: 10.0, ..opening() };
    let fast = generate(1, Sizes::default(), &fast).unwrap();
    let slow = plant(1, 120, 60, 300);
    for (slow, fast) in slow.orders.iter().zip(&fast.orders) {
        let (slow, fast) = (slow.order.wait_minutes, fast.order.wait_minutes);
        assert_eq!(slow.map(|minutes| (minutes + 9) / 10), fast);
    }
    let mut rated = 0;
    for (slow, fast) in slow.machines.iter().zip(&fast.machines) {
        let Some(rate) = slow.max_capacity_per_hour else { continue };
        rated += 1;
        let fast = fast.max_capacity_per_hour.unwrap();
        assert!((rate * 9..=rate * 10 + 5).contains(&fast), "{rate} {fast}");
    }
    assert!(rated >= 30, "{rated} machines have a rate");
}

#[test]
fn the_warehouse_has_what_the_orders_take_but_for_special_editions() {
    for (seed, operators, machines, orders) in [(1, 120, 60, 300), (3, 21, 7, 40)] {
        let plant = plant(seed, operators, machines, orders);
        let ids: BTreeSet<&str> =
            plant.materials.iter().map(|material| material.material_id.as_str()).collect();
        assert_eq!(ids.len(), plant.materials.len());
        let today = opening().at.to_zoned(TimeZone::UTC).date();
        let usable = |material: &str| -> Decimal {
            let lots = plant.lots.iter().filter(|lot| lot.material_id == material);
            let good =
                lots.filter(|lot| lot.transaction.expiration_date.is_none_or(|day| day > today));
            good.filter_map(|lot| lot.transaction.quantity).sum()
        };
        let (mut lines, mut short) = (0, BTreeSet::new());
        for planned in &plant.orders {
            assert!(planned.bill.is_empty() || planned.order.wait_minutes.is_none());
            for line in &planned.bill {
                lines += 1;
                assert!(line.quantity_required > Decimal::ZERO && ids.contains(&*line.material_id));
                if line.is_critical == Some(true)
                    && usable(&line.material_id) < line.quantity_required
                {
                    short.insert(line.material_id.as_str());
                }
            }
        }
        assert!(lines > orders, "{lines} lines for {orders} orders");
        assert!(!short.is_empty() && short.iter().all(|id| id.starts_with("P-KIT-")), "{short:?}");
        for kit in short {
            let kit = plant.materials.iter().find(|material| material.material_id == kit).unwrap();
            assert!(kit.next_receipt_at > Some(opening().at), "nobody knows when {kit:?} comes");
        }
    }
    let plant = plant(1, 120, 60, 300);
    let units = plant.materials.iter().map(|material| material.unit_of_measure.as_str());
    assert_eq!(units.collect::<BTreeSet<_>>(), ["EA", "KG", "L", "M"].into());
    for material in &plant.materials {
        let ages = material.shelf_life_days.is_some();
        assert_eq!((material.requires_fefo, material.requires_fifo), (Some(ages), Some(!ages)));
        assert!(material.safety_stock_level < material.reorder_point, "{}", material.material_id);
    }
}

#[test]
fn certificates_run_out_before_today_today_and_within_days() {
    let plant = plant(1, 120, 60, 300);
    let today = opening().at.to_zoned(TimeZone::UTC).date();
    let skills = plant.operators.iter().flat_map(|person| &person.skills);
    let days = skills.filter_map(|skill| skill.certification_expiry);
    let days = days.map(|expiry| (expiry - today).get_days());
    let (mut past, mut on_the_day, mut soon) = (0, 0, 0);
    for days in days {
        past += usize::from(days < 0);
        on_the_day += usize::from(days == 0);
        soon += usize::from((1..=5).contains(&days));
    }
    assert!(past >= 5 && on_the_day >= 5 && soon >= 5, "{past} {on_the_day} {soon}");
}

#[test]
fn machines_are_maintained_by_window_day_and_hours_and_some_are_late() {
    let plant = plant(1, 120, 60, 300);
    let now = opening().at;
    let today = now.to_zoned(TimeZone::UTC).date();
    let plans = || plant.maintenance.iter().map(|planned| &planned.plan);
    let soon = now + SignedDuration::from_hours(12);
    let windows =
        plans().filter(|plan| plan.planned_start > Some(now) && plan.planned_start < Some(soon));
    assert!(windows.count() >= 3);
    assert!(plans().filter(|plan| plan.due_after_hours.is_some()).count() >= 3);
    assert!(plans().filter(|plan| plan.due_date.is_some_and(|due| due < today)).count() >= 3);
    let down =
        plant.machines.iter().filter(|machine| machine.current_status.as_deref() != Some("idle"));
    assert!((2..6).contains(&down.count()));
    let two = plant.machines.iter().filter(|machine| machine.parallel_capacity == Some(2));
    assert!((10..30).contains(&two.count()));
}

#[test]
fn nobody_and_nothing_is_booked_twice() {
    for seed in 1..=5 {
        let plant = plant(seed, 120, 60, 300);
        let mut seen = BTreeSet::new();
        for booking in &plant.bookings {
            assert!(booking.expected_start_time > Some(opening().at));
            let sides = [&booking.operator_id, &booking.machine_id];
            let named = sides.into_iter().flatten().chain([&booking.work_order_id]);
            assert!(named.into_iter().all(|id| seen.insert(id.clone())), "{booking:?}");
        }
        let people = plant.bookings.iter().filter(|booking| booking.operator_id.is_some());
        assert!(people.count() >= 6, "seed {seed}: {} bookings", plant.bookings.len());
    }
}

#[test]
fn holidays_lie_ahead_and_some_people_work_on_them() {
    let plant = plant(1, 120, 60, 300);
    let today = opening().at.to_zoned(TimeZone::UTC).date();
    let days: BTreeSet<_> = plant.holidays.iter().map(|holiday| holiday.day).collect();
    assert_eq!(days.len(), 5);
    assert!(days.iter().all(|day| *day > today));
    let working = plant.operators.iter().filter(|person| person.works_on_holidays).count();
    assert!((60..120).contains(&working), "{working}");
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
