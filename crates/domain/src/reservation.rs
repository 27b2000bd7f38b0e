//! Reservations: what of a lot is set aside for an order.
//!
//! One row per lot. It is active until all of it was consumed or given back; what is set aside of
//! a material is the sum of its active reservations, and nothing else.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{MaterialId, RowId, WorkOrderId};
use crate::material::LotKey;
use crate::quantity::Quantity;
use crate::text::Text;
use crate::time::Instant;
use crate::work_order::named_values;

named_values!(
/// Where a reservation stands.
ReservationStatus {
    /// It holds goods.
    Active => "active",
    /// They were used.
    Consumed => "consumed",
    /// They were given back.
    Released => "released",
    /// They were given back because they could not be used in time.
    Expired => "expired",
});

/// How a movement of stock changes reservations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReservationChange {
    /// It makes one; its id is the event's position.
    Made {
        /// When the goods will be used.
        expected_consumption_date: Option<Instant>,
        /// Whether work on the order made it, with which it ends.
        for_work: bool,
    },
    /// It takes goods out of one: consumed where they leave the stock, given back else.
    Drawn {
        /// Which.
        reservation_id: RowId,
        /// Whether they could not be used in time.
        expired: bool,
    },
}

/// Goods that are set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Position of the creating event.
    pub reservation_id: RowId,
    /// Which material.
    pub material_id: MaterialId,
    /// For which order.
    pub work_order_id: WorkOrderId,
    /// Of which lot.
    pub lot: LotKey,
    /// How much at first.
    pub quantity_reserved: Quantity,
    /// How much of it was used.
    pub quantity_consumed: Quantity,
    /// How much of it was given back.
    pub quantity_released: Quantity,
    /// When the goods were set aside.
    pub reservation_date: Instant,
    /// When they will be used.
    pub expected_consumption_date: Option<Instant>,
    /// Whether work on the order made it, with which it ends.
    pub for_work: bool,
    /// Where it stands.
    pub status: ReservationStatus,
    /// Who set them aside.
    pub reserved_by: Text<50>,
    /// When the last of them was given back.
    pub released_at: Option<Instant>,
    /// By whom.
    pub released_by: Option<Text<50>>,
    /// When recorded first.
    pub created_at: Instant,
    /// When the row changed last.
    pub updated_at: Instant,
    /// Position of the event that wrote the row last.
    pub position: i64,
}

impl Reservation {
    /// What it still holds.
    pub fn open(&self) -> Quantity {
        self.quantity_reserved.minus(self.quantity_consumed).minus(self.quantity_released)
    }

    /// Whether what it holds may still be used on `day`.
    pub fn keeps_until(&self, day: Date) -> bool {
        self.lot.keeps_until(day)
    }
}
