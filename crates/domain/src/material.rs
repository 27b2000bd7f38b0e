//! Materials and their stock, lot by lot.
//!
//! A lot is what lies in one place under one batch, lot number and expiry date; the same again is
//! added to it. Every change of stock is a list of signed movements of lots: what the
//! specification calls receipt, issue, adjustment, transfer, reservation and release are names for
//! what moves, not rules of their own. `available = on hand − allocated` is never negative.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{MaterialId, RowId};
use crate::quantity::{Cost, Quantity, QuantityChange};
use crate::text::Text;
use crate::time::Instant;
use crate::unit::{Unit, UnitConversion};
use crate::work_order::named_values;

named_values!(
/// What a change of stock is called.
TransactionType {
    /// Goods came.
    Receipt => "receipt",
    /// Goods were used.
    Issue => "issue",
    /// Counting found more or less.
    Adjustment => "adjustment",
    /// Goods changed their place.
    Transfer => "transfer",
    /// Goods were set aside for an order.
    Reservation => "reservation",
    /// Goods set aside were given back.
    Release => "release",
});

/// Master data of a material; a change replaces it whole and raises the version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialDetails {
    /// Number for people, unique.
    pub part_number: Text<50>,
    /// Name.
    pub part_name: Text<200>,
    /// More about it.
    pub description: Option<Text<2000>>,
    /// Group.
    pub category: Option<Text<50>>,
    /// Unit of all its quantities.
    pub unit_of_measure: Unit,
    /// Packages in which it comes.
    pub packages: Vec<UnitConversion>,
    /// What a unit costs.
    pub standard_cost: Option<Cost>,
    /// Of the costs.
    pub currency: Text<3>,
    /// Below this it wants attention.
    pub safety_stock_level: Option<Quantity>,
    /// At this it is ordered again.
    pub reorder_point: Option<Quantity>,
    /// So much is ordered.
    pub economic_order_quantity: Option<Quantity>,
    /// Days that it keeps, where a receipt names no expiry.
    pub shelf_life_days: Option<i32>,
    /// Whether what came first is taken first.
    pub requires_fifo: bool,
    /// Whether what expires first is taken first; goes before the order of coming.
    pub requires_fefo: bool,
    /// Where it is kept.
    pub primary_warehouse: Option<Text<50>>,
    /// Place of receipts that name none.
    pub primary_location: Option<Text<100>>,
    /// When more is expected.
    pub next_receipt_at: Option<Instant>,
    /// How much, if known.
    pub next_receipt_quantity: Option<Quantity>,
    /// Whether it is still in use.
    pub is_active: bool,
    /// Whether it is dangerous.
    pub is_hazardous: bool,
}

/// What makes a lot this lot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LotKey {
    /// Maker's batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_number: Option<Text<50>>,
    /// Lot within it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot_number: Option<Text<50>>,
    /// Last day on which it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<Date>,
    /// Where it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Text<100>>,
}

impl LotKey {
    /// Whether it may still be used on `day`.
    pub fn keeps_until(&self, day: Date) -> bool {
        self.expiration_date.is_none_or(|last| last >= day)
    }
}

/// What lies in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Position of the event that brought it here.
    pub lot_id: RowId,
    /// What makes it this lot.
    #[serde(flatten)]
    pub key: LotKey,
    /// How much lies there.
    pub quantity: Quantity,
    /// How much of that is set aside.
    pub reserved: Quantity,
    /// When the oldest of it came.
    pub received_at: Instant,
    /// When recorded first.
    pub created_at: Instant,
    /// When the row changed last.
    pub updated_at: Instant,
}

impl Lot {
    /// What nobody has set aside.
    pub fn free(&self) -> Quantity {
        self.quantity.minus(self.reserved)
    }
}

/// How one lot changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotMovement {
    /// Which.
    #[serde(flatten)]
    pub lot: LotKey,
    /// What comes or goes.
    pub on_hand: QuantityChange,
    /// What is set aside or given back.
    pub allocated: QuantityChange,
}

/// A material as the rules see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// Id.
    pub material_id: MaterialId,
    /// Master data.
    pub details: MaterialDetails,
    /// What there is, by id.
    pub lots: Vec<Lot>,
    /// Since when less than the safety stock is available.
    pub below_safety_since: Option<Instant>,
    /// Version of the master data.
    pub version: i32,
    /// When recorded first.
    pub created_at: Instant,
    /// When it or its stock changed last.
    pub updated_at: Instant,
    /// Position of the event that did.
    pub position: i64,
}

impl Material {
    /// What there is.
    pub fn on_hand(&self) -> Quantity {
        sum(self.lots.iter().map(|lot| lot.quantity))
    }

    /// What of it is set aside.
    pub fn allocated(&self) -> Quantity {
        sum(self.lots.iter().map(|lot| lot.reserved))
    }

    /// What nobody has set aside.
    pub fn available(&self) -> Quantity {
        self.on_hand().minus(self.allocated())
    }

    /// What nobody has set aside and may still be used on `day`.
    pub fn usable_on(&self, day: Date) -> Quantity {
        sum(self.lots.iter().filter(|lot| lot.key.keeps_until(day)).map(Lot::free))
    }

    /// When more is expected, seen from `now`.
    pub fn expected_after(&self, now: Instant) -> Option<Instant> {
        self.details.next_receipt_at.filter(|at| *at > now)
    }

    /// Whether less than the safety stock is available.
    pub fn is_below_safety(&self) -> bool {
        self.details.safety_stock_level.is_some_and(|level| self.available() < level)
    }

    /// Whether it is time to order.
    pub fn is_to_be_ordered(&self) -> bool {
        self.details.reorder_point.is_some_and(|point| self.available() <= point)
    }

    /// The lot with these marks in this place.
    pub fn lot(&self, key: &LotKey) -> Option<&Lot> {
        self.lots.iter().find(|lot| lot.key == *key)
    }
}

/// Receipts of more than fits are refused, so sums of lots fit.
fn sum(parts: impl Iterator<Item = Quantity>) -> Quantity {
    parts.fold(Quantity::ZERO, |sum, part| sum.checked_add(part).unwrap_or(sum))
}
