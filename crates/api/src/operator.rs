//! Operators: the people who work at machines.
//!
//! Names, e-mail and telephone are personal data: responses carry them only for roles that may see
//! them, and events never do. `busy` follows from allocations and cannot be posted.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::allocation::Allocation;
use crate::decimal::{DecimalInput, DecimalText};
use crate::skill::Skill;
use crate::timestamp::LocalTime;

/// Body of `POST /operators`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOperator {
    /// The id, at most 20 characters.
    pub operator_id: String,
    /// Number in the HR system, unique.
    pub employee_id: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Where the photograph is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_url: Option<String>,
    /// First day of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hire_date: Option<Date>,
    /// Department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Zone or area of the factory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_location: Option<String>,
    /// Line the operator belongs to when no allocation says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub production_line: Option<String>,
    /// Jobs the operator can tend at once; 1 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel_capacity: Option<i64>,
    /// `available` if absent; `busy` follows from allocations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_status: Option<String>,
    /// 0.00 to 5.00.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub efficiency_rating: Option<Decimal>,
    /// Percentage of jobs done in time.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::option")]
    #[schema(value_type = Option<DecimalInput>)]
    pub on_time_completion_rate: Option<Decimal>,
    /// When it was first there, for roles that may backdate; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Body of `PATCH /operators/{id}`: absent means unchanged, `null` empties.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeOperator {
    /// Number in the HR system, unique.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub employee_id: Option<String>,
    /// First name.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub last_name: Option<String>,
    /// E-mail address.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub email: Option<Option<String>>,
    /// Telephone number.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub phone: Option<Option<String>>,
    /// Where the photograph is.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub photo_url: Option<Option<String>>,
    /// First day of work.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub hire_date: Option<Option<Date>>,
    /// Department.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub department: Option<Option<String>>,
    /// Zone or area of the factory.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub home_location: Option<Option<String>>,
    /// Line the operator belongs to when no allocation says otherwise.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::nullable"
    )]
    pub production_line: Option<Option<String>>,
    /// Jobs the operator can tend at once.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub parallel_capacity: Option<i64>,
    /// 0.00 to 5.00.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::nullable")]
    #[schema(value_type = Option<DecimalInput>)]
    pub efficiency_rating: Option<Option<Decimal>>,
    /// Percentage of jobs done in time.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal::nullable")]
    #[schema(value_type = Option<DecimalInput>)]
    pub on_time_completion_rate: Option<Option<Decimal>>,
    /// False retires the operator: no new allocations.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::patch::required"
    )]
    #[schema(nullable = false)]
    pub is_active: Option<bool>,
}

/// An operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Operator {
    /// The id.
    pub operator_id: String,
    /// Number in the HR system.
    pub employee_id: Option<String>,
    /// First name; absent for roles that may not see it, and after erasure.
    pub first_name: Option<String>,
    /// Last name, likewise.
    pub last_name: Option<String>,
    /// E-mail address, likewise.
    pub email: Option<String>,
    /// Telephone number, likewise.
    pub phone: Option<String>,
    /// Where the photograph is, likewise.
    pub photo_url: Option<String>,
    /// First day of work.
    pub hire_date: Option<Date>,
    /// Department.
    pub department: Option<String>,
    /// Zone or area of the factory.
    pub home_location: Option<String>,
    /// Line the operator belongs to.
    pub production_line: Option<String>,
    /// Jobs the operator can tend at once.
    pub parallel_capacity: i64,
    /// `available`, `busy`, `break`, `absent`, `sick`, `vacation` or `offline`.
    pub current_status: String,
    /// When the status last changed.
    #[serde(with = "crate::timestamp")]
    pub status_updated_at: Timestamp,
    /// 0.00 to 5.00.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub efficiency_rating: Option<Decimal>,
    /// Percentage of jobs done in time.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub on_time_completion_rate: Option<Decimal>,
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
    /// Who created it.
    pub created_by: Option<String>,
    /// Who last changed its master data.
    pub updated_by: Option<String>,
    /// When the person was erased; names, contacts and employee number are gone since.
    #[serde(with = "crate::timestamp::option", default)]
    pub erased_at: Option<Timestamp>,
}

/// Answer of `DELETE /operators/{id}/personal-data`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Erasure {
    /// The id, which stays, as do allocations and figures.
    pub operator_id: String,
    /// When the person was erased.
    #[serde(with = "crate::timestamp")]
    pub erased_at: Timestamp,
    /// Whether that was before this request.
    pub already_erased: bool,
}

/// Answer of `GET /operators/{id}`: the operator with everything a supervisor asks about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OperatorDetail {
    /// The operator.
    #[serde(flatten)]
    pub operator: Operator,
    /// First and last name; absent for roles that may not see it.
    pub name: Option<String>,
    /// Skills and certificates.
    pub skills: Vec<Skill>,
    /// The shift that contains now.
    pub current_shift: Option<CurrentShift>,
    /// The running allocation; with several, the one that started last.
    pub current_assignment: Option<Allocation>,
    /// How the operator does.
    pub performance: Performance,
}

/// The shift that contains now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CurrentShift {
    /// The id.
    pub shift_id: i64,
    /// Name of the shift.
    pub shift_name: String,
    /// Start, local.
    #[schema(value_type = LocalTime)]
    pub start_time: Time,
    /// End, local.
    #[schema(value_type = LocalTime)]
    pub end_time: Time,
    /// `scheduled`, `in_progress`, `completed`, `absent` or `late`.
    pub status: String,
    /// Whether it is absent because it was called off.
    pub is_called_off: bool,
    /// When the operator clocked in first.
    #[serde(with = "crate::timestamp::option", default)]
    pub clock_in: Option<Timestamp>,
    /// When the operator clocked out last.
    #[serde(with = "crate::timestamp::option", default)]
    pub clock_out: Option<Timestamp>,
    /// Start of the break, local.
    #[schema(value_type = Option<LocalTime>)]
    pub break_start: Option<Time>,
    /// End of the break, local.
    #[schema(value_type = Option<LocalTime>)]
    pub break_end: Option<Time>,
}

/// How an operator does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Performance {
    /// 0.00 to 5.00.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub efficiency_rating: Option<Decimal>,
    /// Percentage of jobs done in time.
    #[serde(with = "crate::decimal::option", default)]
    #[schema(value_type = Option<DecimalText>)]
    pub on_time_completion_rate: Option<Decimal>,
    /// Allocations that began on the plant's present day.
    pub assignments_today: Option<i64>,
    /// Minutes of the plant's present day on shift and without work, breaks left out; none without
    /// a shift today.
    pub idle_time_today_minutes: Option<i64>,
}
