//! Materials: what is kept in stock, and how much of it there is.
//!
//! Quantities on hand, set aside and available follow from transactions and reservations; they are
//! never sent. Costs are there for roles that may see them, and absent for all others.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decimal::{DecimalInput, DecimalText};

/// A package in which a material comes, as a unit of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// `BOX`, `REEL`, …
    pub unit_of_measure: String,
    /// How much of the material's unit it holds.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalInput)]
    pub quantity: Decimal,
}

/// Body of `POST /materials`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMaterial {
    /// The id, at most 20 characters.
    pub material_id: String,
    /// Number for people, unique.
    pub part_number: String,
    /// Name.
    pub part_name: String,
    /// Unit of all its quantities: `EA`, `KG`, `FT`, …; it stays.
    pub unit_of_measure: String,
    /// Packages in which it comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Package>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What a unit costs, with up to four decimals; shown to roles that may see costs.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub standard_cost: Option<Decimal>,
    /// Of the costs: three letters; `USD` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Below this it wants attention.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub safety_stock_level: Option<Decimal>,
    /// At this it is ordered again.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub reorder_point: Option<Decimal>,
    /// So much is ordered.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub economic_order_quantity: Option<Decimal>,
    /// Days that it keeps, where a receipt names no expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf_life_days: Option<i64>,
    /// Where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_warehouse: Option<String>,
    /// Place of receipts that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_location: Option<String>,
    /// When more is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_receipt_at: Option<Timestamp>,
    /// How much of it, if known.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub next_receipt_quantity: Option<Decimal>,
    /// What came first is taken first; false if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires_fifo: Option<bool>,
    /// What expires first is taken first; true if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires_fefo: Option<bool>,
    /// Whether it is dangerous; false if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_hazardous: Option<bool>,
    /// When it was first there, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Body of `PATCH /materials/{id}`: absent means unchanged, `null` empties.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMaterial {
    /// Number for people, unique.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub part_number: Option<String>,
    /// Name.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub part_name: Option<String>,
    /// Packages in which it comes, all of them.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub packages: Option<Vec<Package>>,
    /// Of the costs: three letters.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub currency: Option<String>,
    /// More about it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub description: Option<Option<String>>,
    /// Group.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub category: Option<Option<String>>,
    /// What a unit costs, with up to four decimals; shown to roles that may see costs.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::nullable")]
    #[schema(value_type = Option<DecimalInput>)]
    pub standard_cost: Option<Option<Decimal>>,
    /// Below this it wants attention.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::nullable")]
    #[schema(value_type = Option<DecimalInput>)]
    pub safety_stock_level: Option<Option<Decimal>>,
    /// At this it is ordered again.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::nullable")]
    #[schema(value_type = Option<DecimalInput>)]
    pub reorder_point: Option<Option<Decimal>>,
    /// So much is ordered.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::nullable")]
    #[schema(value_type = Option<DecimalInput>)]
    pub economic_order_quantity: Option<Option<Decimal>>,
    /// Days that it keeps, where a receipt names no expiry.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub shelf_life_days: Option<Option<i64>>,
    /// Where it is kept.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub primary_warehouse: Option<Option<String>>,
    /// Place of receipts that name none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub primary_location: Option<Option<String>>,
    /// When more is expected.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub next_receipt_at: Option<Option<Timestamp>>,
    /// How much of it, if known.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::nullable")]
    #[schema(value_type = Option<DecimalInput>)]
    pub next_receipt_quantity: Option<Option<Decimal>>,
    /// What came first is taken first.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub requires_fifo: Option<bool>,
    /// What expires first is taken first.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub requires_fefo: Option<bool>,
    /// Whether it is dangerous.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub is_hazardous: Option<bool>,
    /// False takes it out of use.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub is_active: Option<bool>,
}

/// A material.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Material {
    /// The id.
    pub material_id: String,
    /// Number for people.
    pub part_number: String,
    /// Name.
    pub part_name: String,
    /// More about it.
    pub description: Option<String>,
    /// Group.
    pub category: Option<String>,
    /// Unit of all its quantities.
    pub unit_of_measure: String,
    /// Packages in which it comes.
    pub packages: Vec<Package>,
    /// What a unit costs; absent for roles that may not see costs.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalText>, nullable = false)]
    pub standard_cost: Option<Decimal>,
    /// Of the costs.
    pub currency: String,
    /// What there is: the sum of its lots.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub on_hand_quantity: Decimal,
    /// What is set aside: the sum of its active reservations.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub allocated_quantity: Decimal,
    /// What is left; never less than nothing.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub available_quantity: Decimal,
    /// Below this it wants attention.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub safety_stock_level: Option<Decimal>,
    /// At this it is ordered again.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub reorder_point: Option<Decimal>,
    /// So much is ordered.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub economic_order_quantity: Option<Decimal>,
    /// Since when less than the safety stock is available.
    #[serde(with = "crate::timestamp::option", default)]
    pub below_safety_since: Option<Timestamp>,
    /// Days that it keeps.
    pub shelf_life_days: Option<i64>,
    /// What came first is taken first.
    pub requires_fifo: bool,
    /// What expires first is taken first.
    pub requires_fefo: bool,
    /// Where it is kept.
    pub primary_warehouse: Option<String>,
    /// Place of receipts that name none.
    pub primary_location: Option<String>,
    /// When more is expected.
    #[serde(with = "crate::timestamp::option", default)]
    pub next_receipt_at: Option<Timestamp>,
    /// How much of it, if known.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub next_receipt_quantity: Option<Decimal>,
    /// False once out of use.
    pub is_active: bool,
    /// Whether it is dangerous.
    pub is_hazardous: bool,
    /// Version of the master data, for `If-Match`.
    pub version: i64,
    /// When recorded first.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
    /// When it changed last, its stock included.
    #[serde(with = "crate::timestamp")]
    pub updated_at: Timestamp,
}

/// A lot: what lies in one place under one batch, lot number and expiry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Lot {
    /// The id.
    pub lot_id: i64,
    /// The material.
    pub material_id: String,
    /// Maker's batch.
    pub batch_number: Option<String>,
    /// Lot within it.
    pub lot_number: Option<String>,
    /// Last day on which it may be used.
    pub expiration_date: Option<jiff::civil::Date>,
    /// Whether that day is past.
    pub is_expired: bool,
    /// Where it lies.
    pub location: Option<String>,
    /// How much lies there.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity: Decimal,
    /// How much of that is set aside.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub reserved_quantity: Decimal,
    /// When the oldest of it came.
    #[serde(with = "crate::timestamp")]
    pub received_at: Timestamp,
}

/// A material of which there is too little for the open orders, or too little at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Shortage {
    /// The material.
    pub material_id: String,
    /// Number for people.
    pub part_number: String,
    /// Name.
    pub part_name: String,
    /// Unit of the quantities.
    pub unit_of_measure: String,
    /// What nobody has set aside.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub available_quantity: Decimal,
    /// What of that has not expired.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub usable_quantity: Decimal,
    /// What open orders still need and have not set aside.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub demand_quantity: Decimal,
    /// What is missing for that.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub shortage_quantity: Decimal,
    /// Below this it wants attention.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub safety_stock_level: Option<Decimal>,
    /// At this it is ordered again.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub reorder_point: Option<Decimal>,
    /// Whether an order cannot begin without it.
    pub is_critical: bool,
    /// Orders that wait for it, those first that are due first; at most 20.
    pub work_order_ids: Vec<String>,
    /// When the next receipt covers what is missing, if that is known.
    #[serde(with = "crate::timestamp::option", default)]
    pub unblocks_at: Option<Timestamp>,
    /// How much is expected then, if known.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub next_receipt_quantity: Option<Decimal>,
}
