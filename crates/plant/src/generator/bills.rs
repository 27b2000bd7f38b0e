//! Bills of materials: what a batch takes in one operation.
//!
//! Quantities follow from the catalogue and the size of the batch. Everything is used up with what
//! is made; the kit of a special edition is handed out as a whole when the batch begins.

use mraos_api::bom::SetBomLine;
use rust_decimal::Decimal;

use crate::catalogue::parts::{KIT_IDS, uses_of};
use crate::catalogue::{Family, Operation};

/// Of so many batches of a line one is a special edition, and the second is the first of them.
const SPECIAL_EVERY: u32 = 9;

/// The kit that the batch number `turn` of line number `line` needs, if it is a special edition.
pub(super) fn kit_of(turn: u32, line: usize) -> Option<&'static str> {
    (turn % SPECIAL_EVERY == 1).then(|| KIT_IDS[line % KIT_IDS.len()])
}

/// What `quantity` pieces take in an operation.
pub(super) fn bill(family: &Family, operation: &Operation, quantity: i64) -> Vec<SetBomLine> {
    let line = |one: &crate::catalogue::parts::Use| SetBomLine {
        material_id: one.part.to_owned(),
        quantity_required: Decimal::new(one.thousandths * quantity, 3),
        is_critical: Some(one.is_critical),
        ..SetBomLine::default()
    };
    uses_of(family.prefix, operation.code).map(line).collect()
}

/// One kit per piece, all at the start.
pub(super) fn kit_line(kit: &str, quantity: i64) -> SetBomLine {
    SetBomLine {
        material_id: kit.to_owned(),
        quantity_required: Decimal::from(quantity),
        unit_of_measure: None,
        is_critical: Some(true),
        consumption: Some("at_start".to_owned()),
    }
}
