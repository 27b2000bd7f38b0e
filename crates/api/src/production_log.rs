//! The production log of an order, and what inspection finds.
//!
//! Starts, pauses, ends and quantities write themselves; milestones, issues and notes are people's.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decimal::DecimalText;

/// Body of `POST /work-orders/{id}/logs`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteProduction {
    /// `milestone`, `issue` or `note`; the others follow from what happens.
    pub event_type: String,
    /// In words.
    pub notes: String,
    /// About whose work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<String>,
    /// About which machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_id: Option<String>,
    /// When it happened, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// An entry of a production log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProductionLog {
    /// The entry's id.
    pub log_id: i64,
    /// Of which order.
    pub work_order_id: String,
    /// When it happened.
    #[serde(with = "crate::timestamp")]
    pub timestamp: Timestamp,
    /// What it tells.
    pub event_type: String,
    /// Good quantity by this entry.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub quantity_produced: Option<Decimal>,
    /// Rejected quantity by this entry.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub quantity_rejected: Option<Decimal>,
    /// Good quantity of the order afterwards.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub cumulative_quantity: Option<Decimal>,
    /// Whose work.
    pub operator_id: Option<String>,
    /// At which machine.
    pub machine_id: Option<String>,
    /// In words; gone once erased.
    pub notes: Option<String>,
    /// Who said or decided it.
    pub logged_by: String,
    /// When it was recorded.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
}

/// Body of `POST /work-orders/{id}/quality`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideQuality {
    /// `passed`, `failed`, `waived`, or `pending` for another inspection of what failed.
    pub quality_status: String,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}
