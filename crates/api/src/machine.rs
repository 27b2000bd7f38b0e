//! Machines and work places.
//!
//! `running` follows from allocations and cannot be posted; a breakdown is a status that pauses
//! what runs on the machine. Capacity above one means that several jobs run there at once.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decimal::DecimalText;

/// Body of `POST /machines`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateMachine {
    /// The id, at most 20 characters.
    pub machine_id: String,
    /// Name on the floor.
    pub machine_name: String,
    /// Type, such as `CNC Mill`.
    pub machine_type: String,
    /// Line it stands in.
    pub production_line: String,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// Model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_number: Option<String>,
    /// Serial number, unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// Zone of the factory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Place in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical_location: Option<String>,
    /// Products it can make; any if absent or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_types: Option<Vec<String>>,
    /// Pieces an hour at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_capacity_per_hour: Option<i64>,
    /// Jobs it can run at once; 1 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel_capacity: Option<i64>,
    /// `idle` if absent; `running` follows from allocations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_status: Option<String>,
    /// Last maintenance, as known elsewhere; kept by the system from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_maintenance_date: Option<Date>,
    /// Next maintenance, as known elsewhere; follows from what is planned once something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_maintenance_date: Option<Date>,
    /// Running hours until maintenance, as known elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_hours_remaining: Option<i64>,
    /// Day of installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installation_date: Option<Date>,
    /// Last day of the warranty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warranty_expiry: Option<Date>,
    /// When it was first there, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Body of `PATCH /machines/{id}`: absent means unchanged, `null` empties.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMachine {
    /// Name on the floor.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub machine_name: Option<String>,
    /// Type, such as `CNC Mill`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub machine_type: Option<String>,
    /// Line it stands in.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub production_line: Option<String>,
    /// Who made it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub manufacturer: Option<Option<String>>,
    /// Model.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub model_number: Option<Option<String>>,
    /// Serial number, unique.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub serial_number: Option<Option<String>>,
    /// Zone of the factory.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub zone: Option<Option<String>>,
    /// Place in words.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub physical_location: Option<Option<String>>,
    /// Products it can make; any if empty.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub product_types: Option<Vec<String>>,
    /// Pieces an hour at most.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub max_capacity_per_hour: Option<Option<i64>>,
    /// Jobs it can run at once.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub parallel_capacity: Option<i64>,
    /// Day of installation.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub installation_date: Option<Option<Date>>,
    /// Last day of the warranty.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub warranty_expiry: Option<Option<Date>>,
    /// False retires the machine: no new allocations.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub is_active: Option<bool>,
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Machine {
    /// The id.
    pub machine_id: String,
    /// Name on the floor.
    pub machine_name: String,
    /// Type, such as `CNC Mill`.
    pub machine_type: String,
    /// Line it stands in.
    pub production_line: String,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Model.
    pub model_number: Option<String>,
    /// Serial number, unique.
    pub serial_number: Option<String>,
    /// Zone of the factory.
    pub zone: Option<String>,
    /// Place in words.
    pub physical_location: Option<String>,
    /// Products it can make; any if empty.
    pub product_types: Vec<String>,
    /// Pieces an hour at most.
    pub max_capacity_per_hour: Option<i64>,
    /// Jobs it can run at once.
    pub parallel_capacity: i64,
    /// `running`, `idle`, `maintenance`, `breakdown` or `offline`.
    pub current_status: String,
    /// When the status last changed.
    #[serde(with = "crate::timestamp")]
    pub status_updated_at: Timestamp,
    /// Reason given with the status, such as `no_signal`.
    pub status_reason_code: Option<String>,
    /// Overall equipment effectiveness in percent.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub overall_equipment_effectiveness: Option<Decimal>,
    /// Uptime in percent.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub uptime_percentage: Option<Decimal>,
    /// Day of the last completed maintenance.
    pub last_maintenance_date: Option<Date>,
    /// First day that a planned maintenance names.
    pub next_maintenance_date: Option<Date>,
    /// Whole running hours until the first maintenance by hours.
    pub maintenance_hours_remaining: Option<i64>,
    /// Day of installation.
    pub installation_date: Option<Date>,
    /// Last day of the warranty.
    pub warranty_expiry: Option<Date>,
    /// False once retired.
    pub is_active: bool,
    /// Goes up with every change of master data; the ETag.
    pub version: i64,
    /// When it was created.
    #[serde(with = "crate::timestamp")]
    pub created_at: Timestamp,
    /// When it last changed.
    #[serde(with = "crate::timestamp")]
    pub updated_at: Timestamp,
}
