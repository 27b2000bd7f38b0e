//! The bill of materials of an order: what it needs, what is set aside for it, what it has used.
//!
//! Quantities are in each material's own unit. What is allocated is not counted beside the
//! reservations: it is their sum.

use serde::{Deserialize, Serialize};

use crate::ids::{MaterialId, RowId};
use crate::quantity::Quantity;
use crate::reservation::Reservation;
use crate::time::Instant;
use crate::unit::Unit;
use crate::work_order::named_values;

named_values!(
/// When the goods of a line are used up.
Consumption {
    /// With what is made, in proportion.
    Backflush => "backflush",
    /// All of it when work begins.
    AtStart => "at_start",
});

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BomTerms {
    /// Which material.
    pub material_id: MaterialId,
    /// How much for the whole order.
    pub quantity_required: Quantity,
    /// The material's unit.
    pub unit_of_measure: Unit,
    /// Whether work cannot begin without it.
    pub is_critical: bool,
    /// When it is used up.
    pub consumption: Consumption,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BomLine {
    /// Position of the creating event.
    pub bom_id: RowId,
    /// What it asks for.
    #[serde(flatten)]
    pub terms: BomTerms,
    /// What was used.
    pub quantity_consumed: Quantity,
    /// When recorded.
    pub created_at: Instant,
}

impl BomLine {
    /// What has still to be used.
    pub fn remaining(&self) -> Quantity {
        self.terms.quantity_required.minus(self.quantity_consumed)
    }
}

/// What an order needs and what is set aside for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// The lines, by id.
    pub lines: Vec<BomLine>,
    /// Active reservations, by id.
    pub reservations: Vec<Reservation>,
}

impl Bill {
    /// Whether the order needs no material.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.reservations.is_empty()
    }

    /// The line of a material.
    pub fn line(&self, id: &MaterialId) -> Option<&BomLine> {
        self.lines.iter().find(|line| line.terms.material_id == *id)
    }

    /// Active reservations of a material.
    pub fn reservations_of(&self, id: &MaterialId) -> impl Iterator<Item = &Reservation> {
        self.reservations.iter().filter(move |one| one.material_id == *id)
    }

    /// What is set aside of a material.
    pub fn allocated(&self, id: &MaterialId) -> Quantity {
        let held = self.reservations_of(id).map(Reservation::open);
        held.fold(Quantity::ZERO, |sum, open| sum.checked_add(open).unwrap_or(sum))
    }

    /// What has neither been used nor set aside.
    pub fn uncovered(&self, line: &BomLine) -> Quantity {
        line.remaining().minus(self.allocated(&line.terms.material_id))
    }
}
