//! The warehouse: materials with their costs and levels, and the lots that lie there.
//!
//! Levels follow from what the lines use at once. What keeps for a while only lies in lots that
//! expire one after the other, here and there one too late to be used. Kits of special editions
//! are short until the next delivery.

use jiff::SignedDuration;
use mraos_api::material::{CreateMaterial, Package};
use mraos_api::status::SignalSource;
use mraos_api::transaction::{InventorySignal, PostTransaction};
use rust_decimal::Decimal;

use super::{Line, Opening};
use crate::catalogue::parts::{KIT_IDS, PARTS, Part, USES};
use crate::dice::Dice;

/// Pieces of a batch, about.
const BATCH_PIECES: i64 = 72;
/// Machines of a line that do the same operation, about one in so many.
const MACHINES_PER_OPERATION: usize = 6;
/// Levels and lots, in what the plant uses at once.
const SAFETY: i64 = 1;
const REORDER: i64 = 4;
const DELIVERY: i64 = 8;
/// A special edition waits for its kits so many minutes of work.
const KIT_DELAY_MINUTES: std::ops::RangeInclusive<i64> = 150..=400;
const KITS_THERE: i64 = 15;
const KITS_DELIVERED: i64 = 240;
/// Of so many materials that age, one has a lot past its last day.
const ONE_EXPIRED_IN: usize = 3;

/// The materials of a plant with these lines and so many machines.
pub(super) fn materials(
    seed: u64,
    lines: &[Line],
    machines: usize,
    opening: &Opening,
) -> Vec<CreateMaterial> {
    PARTS.iter().map(|part| material(seed, part, lines, machines, opening)).collect()
}

fn material(
    seed: u64,
    part: &Part,
    lines: &[Line],
    machines: usize,
    opening: &Opening,
) -> CreateMaterial {
    let mut dice = Dice::of(seed, part.id);
    let unit = used_at_once(part, lines, machines);
    let is_kit = KIT_IDS.contains(&part.id);
    let wait = dice.between(*KIT_DELAY_MINUTES.start(), *KIT_DELAY_MINUTES.end());
    let next_receipt = SignedDuration::from_mins(opening.clock_minutes(wait));
    let level = |factor: i64| {
        if is_kit { Decimal::from(KITS_THERE * factor) } else { unit * Decimal::from(factor) }
    };
    let quantity = if is_kit { Decimal::from(KITS_DELIVERED) } else { level(DELIVERY) };
    CreateMaterial {
        material_id: part.id.to_owned(),
        part_number: format!("{}-{:03}", dice.between(300_000, 899_999), dice.between(1, 40)),
        part_name: part.name.to_owned(),
        unit_of_measure: part.unit.to_owned(),
        packages: part.package.map(package).into_iter().collect(),
        description: None,
        category: Some(part.category.to_owned()),
        standard_cost: Some(Decimal::new(part.cost_cents, 2)),
        currency: Some("EUR".to_owned()),
        safety_stock_level: Some(level(SAFETY)),
        reorder_point: Some(level(REORDER)),
        economic_order_quantity: Some(quantity),
        shelf_life_days: part.keeps_days,
        primary_warehouse: Some("Main store".to_owned()),
        primary_location: Some(place(part, &mut dice)),
        next_receipt_at: is_kit.then(|| opening.at + next_receipt),
        next_receipt_quantity: is_kit.then_some(quantity),
        requires_fifo: Some(part.keeps_days.is_none()),
        requires_fefo: Some(part.keeps_days.is_some()),
        is_hazardous: Some(part.is_hazardous),
        occurred_at: None,
    }
}

fn package((name, quantity): (&'static str, i64)) -> Package {
    Package { unit_of_measure: name.to_owned(), quantity: Decimal::from(quantity) }
}

fn place(part: &Part, dice: &mut Dice) -> String {
    let aisle = if part.is_hazardous { "HZ" } else { "A" };
    format!("{aisle}-{:02}-{:02}", dice.between(1, 24), dice.between(1, 12))
}

/// What the orders take that run at the same time, in whole units.
fn used_at_once(part: &Part, lines: &[Line], machines: usize) -> Decimal {
    let in_line = (machines / lines.len()).max(1);
    let parallel = in_line.div_ceil(MACHINES_PER_OPERATION);
    let parallel = i64::try_from(parallel).unwrap_or(1);
    let uses = lines.iter().flat_map(|line| {
        USES.iter().filter(|one| {
            let runs_there =
                line.family.route.iter().any(|operation| operation.code == one.operation);
            one.part == part.id
                && runs_there
                && (one.family.is_empty() || one.family == line.family.prefix)
        })
    });
    let thousandths: i64 = uses.map(|one| one.thousandths * BATCH_PIECES * parallel).sum();
    Decimal::new(thousandths, 3).ceil().max(Decimal::ONE)
}

/// The lots that lie there at the opening, as receipts.
pub(super) fn lots(
    seed: u64,
    materials: &[CreateMaterial],
    opening: &Opening,
) -> Vec<InventorySignal> {
    let mut receipts = Vec::new();
    let mut aging = 0;
    for material in materials {
        let mut dice = Dice::of(seed, &format!("lots-{}", material.material_id));
        for (quantity, days_left) in shares(material, &mut aging, &mut dice) {
            let number = receipts.len() + 1;
            receipts.push(receipt(material, quantity, (days_left, number), &mut dice, opening));
        }
    }
    receipts
}

/// Quantities of the lots of a material, with the days that each still keeps.
fn shares(
    material: &CreateMaterial,
    aging: &mut usize,
    dice: &mut Dice,
) -> Vec<(Decimal, Option<i64>)> {
    if KIT_IDS.contains(&material.material_id.as_str()) {
        return vec![(Decimal::from(KITS_THERE), None)];
    }
    let half = material.economic_order_quantity.unwrap_or(Decimal::ONE) / Decimal::from(2);
    let Some(keeps) = material.shelf_life_days else {
        return vec![(half, None), (half + half, None)];
    };
    *aging += 1;
    let mut lots =
        vec![(half, Some(dice.between(3, 12))), (half + half, Some(keeps - dice.between(2, 20)))];
    if *aging % ONE_EXPIRED_IN == 1 {
        let left_over = (half / Decimal::from(8)).ceil();
        lots.push((left_over, Some(-dice.between(1, 9))));
    }
    lots
}

fn receipt(
    material: &CreateMaterial,
    quantity: Decimal,
    (days_left, number): (Option<i64>, usize),
    dice: &mut Dice,
    opening: &Opening,
) -> InventorySignal {
    // A price of the day, a few percent around what the books say.
    let cost = material
        .standard_cost
        .map(|cost| (cost * Decimal::new(dice.between(94, 107), 2)).round_dp(4));
    InventorySignal {
        material_id: material.material_id.clone(),
        // Sent again, it is the same receipt.
        source: Some(SignalSource {
            id: format!("opening-stock-{}-{number}", material.material_id),
            sequence: 1,
        }),
        transaction: PostTransaction {
            transaction_type: "receipt".to_owned(),
            quantity: Some(quantity),
            unit_cost: cost,
            reference_type: Some("PurchaseOrder".to_owned()),
            reference_id: Some(format!("PO-{}", 45_000 + number)),
            batch_number: Some(format!("B{}", dice.between(10_000, 99_999))),
            lot_number: Some(format!("L{number:03}")),
            expiration_date: days_left.and_then(|days| opening.days_from(days)),
            ..PostTransaction::default()
        },
    }
}
