//! Inventory transactions: the movements of stock as the specification's rows.
//!
//! A view of the log: each row is one event, with its position as id, and tells alone what moved
//! where. On hand is what came less what went; set aside is what was reserved less what was
//! released and what was issued out of a reservation.

use jiff::civil::Date;

use crate::event::{StockMoved, StockReference};
use crate::evolve::Stamp;
use crate::ids::{MaterialId, RowId};
use crate::invalid::Invalid;
use crate::material::TransactionType;
use crate::quantity::{Cost, QuantityChange};
use crate::reason::ReasonCode;
use crate::text::{Text, TextRef};
use crate::time::Instant;

/// What transactions of an order refer to.
pub const WORK_ORDER: &str = "WorkOrder";

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryTransaction {
    /// Position of the event.
    pub transaction_id: RowId,
    /// Which material.
    pub material_id: MaterialId,
    /// What it is called.
    pub transaction_type: TransactionType,
    /// When it happened.
    pub transaction_date: Instant,
    /// How much; with a sign for an adjustment alone.
    pub quantity: QuantityChange,
    /// What a unit cost.
    pub unit_cost: Option<Cost>,
    /// What it refers to: the order, or what was given.
    pub reference: Option<StockReference>,
    /// Where it came from.
    pub from_location: Option<Text<100>>,
    /// Where it went to.
    pub to_location: Option<Text<100>>,
    /// Maker's batch.
    pub batch_number: Option<Text<50>>,
    /// Lot within it.
    pub lot_number: Option<Text<50>>,
    /// Last day of use.
    pub expiration_date: Option<Date>,
    /// The reservation that it made or drew on.
    pub reservation_id: Option<RowId>,
    /// Why, as a code.
    pub reason_code: Option<ReasonCode>,
    /// Who did it.
    pub performed_by: Text<50>,
    /// Why, as free text beside the log.
    pub notes: Option<TextRef>,
    /// When recorded.
    pub created_at: Instant,
}

impl InventoryTransaction {
    /// The row of an event; `None` for one that moves nothing.
    pub(crate) fn of(moved: &StockMoved, at: Stamp<'_>) -> Option<Self> {
        let lot = &moved.movements.first()?.lot;
        let place = |less: bool| {
            let leaves = |change: QuantityChange| change.is_less() == less;
            let mut all = moved.movements.iter();
            all.find(|one| one.on_hand != QuantityChange::ZERO && leaves(one.on_hand))
                .and_then(|one| one.lot.location.clone())
        };
        let is_claim = moved.movements.iter().all(|one| one.on_hand == QuantityChange::ZERO);
        let held_at = lot.location.clone().filter(|_| is_claim);
        let quantity = match moved.transaction_type {
            TransactionType::Adjustment => moved.net(),
            _ => QuantityChange::more(moved.quantity()),
        };
        Some(Self {
            transaction_id: RowId(at.position),
            material_id: moved.material_id.clone(),
            transaction_type: moved.transaction_type,
            transaction_date: at.occurred_at,
            quantity,
            unit_cost: moved.unit_cost,
            reference: reference(moved).ok().flatten(),
            from_location: place(true).or_else(|| held_at.clone()),
            to_location: place(false).or(held_at),
            batch_number: lot.batch_number.clone(),
            lot_number: lot.lot_number.clone(),
            expiration_date: lot.expiration_date,
            reservation_id: moved.reservation_id(at.position),
            reason_code: moved.reason_code.clone(),
            performed_by: at.actor.clone(),
            notes: moved.reason.clone(),
            created_at: at.recorded_at,
        })
    }
}

/// What was given, else the order.
fn reference(moved: &StockMoved) -> Result<Option<StockReference>, Invalid> {
    if moved.reference.is_some() {
        return Ok(moved.reference.clone());
    }
    let Some(order) = &moved.work_order_id else { return Ok(None) };
    let reference_id = Text::new(order.as_str())?;
    Ok(Some(StockReference { reference_type: Text::new(WORK_ORDER)?, reference_id }))
}
