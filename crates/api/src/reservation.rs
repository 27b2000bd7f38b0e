//! Reservations: material that is set aside for an order, lot by lot.
//!
//! Work makes and ends its own; people may make others, use them, give them back, and hand them
//! over to another order for a reason.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decimal::{DecimalInput, DecimalText};

/// Body of `POST /reservations`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateReservation {
    /// The material.
    pub material_id: String,
    /// The order, whose bill of materials asks for it.
    pub work_order_id: String,
    /// How much.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalInput)]
    pub quantity_reserved: Decimal,
    /// Unit of the quantity; the material's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_of_measure: Option<String>,
    /// When it will be used; with the order's next work if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_consumption_date: Option<Timestamp>,
    /// Of this batch alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_number: Option<String>,
    /// Of this lot alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot_number: Option<String>,
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// Body of `POST /reservations/{id}/consume` and `/release`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawReservation {
    /// How much; all that it holds if absent.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub quantity: Option<Decimal>,
    /// Why, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Body of `POST /reservations/{id}/move`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveReservation {
    /// The order that gets it.
    pub work_order_id: String,
    /// How much; all that it holds if absent.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub quantity: Option<Decimal>,
    /// Why, as a code; code or words must be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// A reservation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reservation {
    /// The id: its position in the log.
    pub reservation_id: i64,
    /// The material.
    pub material_id: String,
    /// The order.
    pub work_order_id: String,
    /// `active`, `consumed`, `released` or `expired`.
    pub status: String,
    /// How much at first.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_reserved: Decimal,
    /// How much of it was used.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_consumed: Decimal,
    /// How much of it was given back.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_released: Decimal,
    /// What it still holds.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_open: Decimal,
    /// When it was set aside.
    #[serde(with = "crate::timestamp")]
    pub reservation_date: Timestamp,
    /// When it will be used.
    #[serde(with = "crate::timestamp::option", default)]
    pub expected_consumption_date: Option<Timestamp>,
    /// Whether work on the order made it; then it ends with the work.
    pub for_work: bool,
    /// Maker's batch.
    pub batch_number: Option<String>,
    /// Lot within it.
    pub lot_number: Option<String>,
    /// Last day of use.
    pub expiration_date: Option<Date>,
    /// Where it lies.
    pub location: Option<String>,
    /// Who set it aside.
    pub reserved_by: String,
    /// When the last of it was given back.
    #[serde(with = "crate::timestamp::option", default)]
    pub released_at: Option<Timestamp>,
    /// By whom.
    pub released_by: Option<String>,
    /// When recorded.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
    /// When it changed last.
    #[serde(with = "crate::timestamp")]
    pub updated_at: Timestamp,
}

/// Answer to a new reservation: that of the first lot, and those of further ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CreatedReservation {
    /// The first.
    #[serde(flatten)]
    pub first: Reservation,
    /// The others, where one lot was not enough.
    pub further_lots: Vec<Reservation>,
}
