//! Inventory transactions: receipts, issues, adjustments, transfers, reservations, releases.
//!
//! One body posts them all, one row tells each. A quantity in another unit is converted exactly or
//! refused. Costs are there for roles that may see them, and absent for all others.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decimal::{DecimalInput, DecimalText};
use crate::status::SignalSource;

/// Body of `POST /materials/{id}/transactions`, and a row of `POST /ingest/inventory`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostTransaction {
    /// `receipt`, `issue`, `adjustment`, `transfer`, `reservation` or `release`.
    pub transaction_type: String,
    /// How much; with a sign for an adjustment alone.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub quantity: Option<Decimal>,
    /// Of an adjustment instead: how much was counted of the lots that are named.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub counted_quantity: Option<Decimal>,
    /// Unit of the quantity; the material's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_of_measure: Option<String>,
    /// What a unit costs.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub unit_cost: Option<Decimal>,
    /// What it refers to, such as `WorkOrder` or `PurchaseOrder`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_type: Option<String>,
    /// Its number; with `WorkOrder` an order that exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    /// Where it is taken from; any place if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_location: Option<String>,
    /// Where it goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_location: Option<String>,
    /// Maker's batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_number: Option<String>,
    /// Lot within it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot_number: Option<String>,
    /// Last day on which it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<Date>,
    /// Of a reservation: when it will be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_consumption_date: Option<Timestamp>,
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

/// A row of `POST /ingest/inventory`: a transaction of a material.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InventorySignal {
    /// The material.
    pub material_id: String,
    /// Sender and sequence; at or below the sender's watermark the row is already applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SignalSource>,
    /// What moved.
    #[serde(flatten)]
    pub transaction: PostTransaction,
}

/// A transaction. Goods of several lots are several transactions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Transaction {
    /// The id: its position in the log.
    pub transaction_id: i64,
    /// The material.
    pub material_id: String,
    /// `receipt`, `issue`, `adjustment`, `transfer`, `reservation` or `release`.
    pub transaction_type: String,
    /// When it happened.
    #[serde(with = "crate::timestamp")]
    pub transaction_date: Timestamp,
    /// How much; with a sign for an adjustment alone.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity: Decimal,
    /// What a unit cost; absent for roles that may not see costs.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalText>, nullable = false)]
    pub unit_cost: Option<Decimal>,
    /// What it refers to.
    pub reference_type: Option<String>,
    /// Its number.
    pub reference_id: Option<String>,
    /// Where it came from.
    pub from_location: Option<String>,
    /// Where it went to.
    pub to_location: Option<String>,
    /// Maker's batch.
    pub batch_number: Option<String>,
    /// Lot within it.
    pub lot_number: Option<String>,
    /// Last day of use.
    pub expiration_date: Option<Date>,
    /// The reservation that it made or drew on.
    pub reservation_id: Option<i64>,
    /// Why, as a code.
    pub reason_code: Option<String>,
    /// Who did it.
    pub performed_by: String,
    /// Why, in words; empty once erased.
    pub notes: Option<String>,
    /// When recorded.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
}

/// Answer to a posted transaction: what moved, lot by lot, and the stock afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PostedTransactions {
    /// The transactions, one per lot.
    pub items: Vec<Transaction>,
    /// The material afterwards.
    pub material: crate::material::Material,
}
