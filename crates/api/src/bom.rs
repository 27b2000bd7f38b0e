//! Bills of materials: what an order needs, what is set aside for it, and what it has used.
//!
//! Quantities are answered in the material's own unit, whatever unit they were stated in.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decimal::{DecimalInput, DecimalText};

/// Body of `POST /work-orders/{id}/bom`: adds a line, or replaces that of the same material.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetBomLine {
    /// The material.
    pub material_id: String,
    /// How much for the whole order.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalInput)]
    pub quantity_required: Decimal,
    /// Unit of the quantity; the material's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_of_measure: Option<String>,
    /// Whether work cannot begin without it; false if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_critical: Option<bool>,
    /// `backflush` (if absent): used up with what is made; `at_start`: all of it when work begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumption: Option<String>,
}

/// A line of a bill of materials.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BomLine {
    /// The id.
    pub bom_id: i64,
    /// The order.
    pub work_order_id: String,
    /// The material.
    pub material_id: String,
    /// How much for the whole order.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_required: Decimal,
    /// What is set aside: the sum of the order's active reservations.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_allocated: Decimal,
    /// What was used.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_consumed: Decimal,
    /// What has neither been used nor set aside.
    #[serde(with = "crate::decimal")]
    #[schema(value_type = DecimalText)]
    pub quantity_uncovered: Decimal,
    /// The material's unit.
    pub unit_of_measure: String,
    /// Whether work cannot begin without it.
    pub is_critical: bool,
    /// `backflush` or `at_start`.
    pub consumption: String,
}
