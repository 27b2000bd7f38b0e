//! Why a command was not carried out: a code for programs, figures, and a sentence for people.
//!
//! All refusals of a command are returned at once. A soft one may be overridden, with a reason,
//! by a role that may.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{AllocationId, MachineId, MaterialId, OperatorId, WorkOrderId};
use crate::reason::ReasonCode;
use crate::skill::RequirementScope;
use crate::time::{Instant, Window};

/// Kinds of things that events and refusals name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityType {
    /// An allocation.
    Allocation,
    /// A holiday of the plant.
    Holiday,
    /// A machine.
    Machine,
    /// A material.
    Material,
    /// An operator.
    Operator,
    /// A reason code.
    ReasonCode,
    /// A skill requirement.
    SkillRequirement,
    /// A work order.
    WorkOrder,
}

impl EntityType {
    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allocation => "allocation",
            Self::Holiday => "holiday",
            Self::Machine => "machine",
            Self::Material => "material",
            Self::Operator => "operator",
            Self::ReasonCode => "reason_code",
            Self::SkillRequirement => "skill_requirement",
            Self::WorkOrder => "work_order",
        }
    }
}

/// One thing, named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntityRef {
    /// Kind.
    pub entity_type: EntityType,
    /// Id within its kind.
    pub entity_id: String,
}

impl EntityRef {
    /// Names a thing.
    pub fn new(entity_type: EntityType, id: impl Into<String>) -> Self {
        Self { entity_type, entity_id: id.into() }
    }

    /// Names a holiday by its day.
    pub fn holiday(day: Date) -> Self {
        Self::new(EntityType::Holiday, day.to_string())
    }
}

impl From<&OperatorId> for EntityRef {
    fn from(id: &OperatorId) -> Self {
        Self::new(EntityType::Operator, id.as_str())
    }
}

impl From<&MachineId> for EntityRef {
    fn from(id: &MachineId) -> Self {
        Self::new(EntityType::Machine, id.as_str())
    }
}

impl From<&MaterialId> for EntityRef {
    fn from(id: &MaterialId) -> Self {
        Self::new(EntityType::Material, id.as_str())
    }
}

impl From<&WorkOrderId> for EntityRef {
    fn from(id: &WorkOrderId) -> Self {
        Self::new(EntityType::WorkOrder, id.as_str())
    }
}

impl From<&RequirementScope> for EntityRef {
    fn from(scope: &RequirementScope) -> Self {
        let id = format!("{}:{}", scope.kind(), scope.id());
        Self { entity_type: EntityType::SkillRequirement, entity_id: id }
    }
}

impl From<&ReasonCode> for EntityRef {
    fn from(code: &ReasonCode) -> Self {
        Self::new(EntityType::ReasonCode, code.as_str())
    }
}

impl From<AllocationId> for EntityRef {
    fn from(id: AllocationId) -> Self {
        Self::new(EntityType::Allocation, id.0.to_string())
    }
}

macro_rules! refusal_codes {
    ($($(#[$doc:meta])* $variant:ident => $text:literal,)*) => {
        /// Why; the list is part of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RefusalCode { $($(#[$doc])* $variant,)* }

        impl RefusalCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The code of that name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == name)
            }
        }
    };
}

refusal_codes! {
    /// The order is completed or cancelled.
    WorkOrderNotAllocatable => "work_order_not_allocatable",
    /// A predecessor is not far enough.
    DependencyUnmet => "dependency_unmet",
    /// The person is away or no longer employed.
    OperatorUnavailable => "operator_unavailable",
    /// The person's shifts do not cover the window.
    OperatorOffShift => "operator_off_shift",
    /// The person is on a break.
    OperatorOnBreak => "operator_on_break",
    /// The person was erased; nothing about the person can be changed any more.
    OperatorErased => "operator_erased",
    /// The person has other work in the window.
    OperatorBooked => "operator_booked",
    /// The person lacks a required skill.
    SkillMissing => "skill_missing",
    /// The person has the skill below the required level.
    SkillLevelTooLow => "skill_level_too_low",
    /// The certificate ends before the work does.
    CertificationExpires => "certification_expires",
    /// The machine is down or out of use.
    MachineUnavailable => "machine_unavailable",
    /// The machine is maintained in the window, or a maintenance is overdue.
    MaintenancePlanned => "maintenance_planned",
    /// The machine has other work in the window.
    MachineBooked => "machine_booked",
    /// The machine cannot make the product.
    MachineCannotProduce => "machine_cannot_produce",
    /// The machine is too slow for the quantity in the window.
    MachineCapacityExceeded => "machine_capacity_exceeded",
    /// Less material than is needed can be used in time.
    MaterialShort => "material_short",
    /// The material is out of use.
    MaterialUnavailable => "material_unavailable",
    /// No such operator.
    UnknownOperator => "unknown_operator",
    /// No such machine.
    UnknownMachine => "unknown_machine",
    /// No such order.
    UnknownWorkOrder => "unknown_work_order",
    /// No such allocation.
    UnknownAllocation => "unknown_allocation",
    /// No such reason code, or it is no longer in use.
    UnknownReasonCode => "unknown_reason_code",
    /// No such material.
    UnknownMaterial => "unknown_material",
    /// No such reservation, or it is over.
    UnknownReservation => "unknown_reservation",
    /// No such line in the bill of materials.
    UnknownBomLine => "unknown_bom_line",
    /// No such skill on this operator.
    UnknownSkill => "unknown_skill",
    /// No such shift on this operator.
    UnknownShift => "unknown_shift",
    /// The day is no holiday.
    UnknownHoliday => "unknown_holiday",
    /// No such dependency on this order.
    UnknownDependency => "unknown_dependency",
    /// No such planned maintenance of this machine.
    UnknownMaintenance => "unknown_maintenance",
    /// No such skill requirement.
    UnknownRequirement => "unknown_requirement",
    /// The allocation's phase does not allow it.
    WrongPhase => "wrong_phase",
    /// The last change cannot be taken back.
    NotUndoable => "not_undoable",
    /// A unique value is taken.
    DuplicateValue => "duplicate_value",
    /// More than ordered.
    WouldExceedOrdered => "would_exceed_ordered",
    /// More than the bill of materials asks for.
    WouldExceedRequired => "would_exceed_required",
    /// The unit cannot be converted exactly.
    UnitNotConvertible => "unit_not_convertible",
    /// The dependency would close a circle.
    DependencyCycle => "dependency_cycle",
    /// Inspection cannot lead from there to there.
    WrongQualityStatus => "wrong_quality_status",
    /// The order is closed.
    OrderClosed => "order_closed",
    /// Open work forbids the change.
    InUse => "in_use",
    /// The entity has changed since it was read.
    StaleVersion => "stale_version",
    /// Stated before the last transition.
    OutOfOrder => "out_of_order",
    /// Stated more than five minutes ahead.
    InTheFuture => "in_the_future",
    /// The role may not state when something happened.
    BackdatingNotPermitted => "backdating_not_permitted",
    /// The actor is limited to other lines.
    OutsideScope => "outside_scope",
    /// Somebody else's work.
    NotOwnWork => "not_own_work",
    /// The values do not fit together.
    InvalidValue => "invalid_value",
}

impl RefusalCode {
    /// Whether the rule is soft as such; a non-mandatory dependency is soft as well.
    pub fn is_soft(self) -> bool {
        matches!(
            self,
            Self::OperatorOffShift
                | Self::OperatorOnBreak
                | Self::SkillLevelTooLow
                | Self::MachineCapacityExceeded
                | Self::MaintenancePlanned
        )
    }
}

/// One reason why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The rule.
    pub code: RefusalCode,
    /// What it is about.
    #[serde(flatten)]
    pub entity: EntityRef,
    /// A sentence that a supervisor understands.
    pub message: String,
    /// Whether the asking role may override it.
    pub overridable: bool,
    /// The allocation that stands in the way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub allocation_id: Option<AllocationId>,
    /// The order of that allocation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub work_order_id: Option<WorkOrderId>,
    /// Who decided that allocation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub held_by: Option<String>,
    /// Start of what stands in the way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<Instant>,
    /// End of what stands in the way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<Instant>,
    /// What the rule asks for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub required: Option<String>,
    /// What there is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actual: Option<String>,
}

impl Refusal {
    /// A hard refusal.
    pub fn new(code: RefusalCode, entity: impl Into<EntityRef>, message: String) -> Self {
        Self {
            code,
            entity: entity.into(),
            message,
            overridable: code.is_soft(),
            allocation_id: None,
            work_order_id: None,
            held_by: None,
            from: None,
            to: None,
            required: None,
            actual: None,
        }
    }

    /// Makes this one soft.
    pub fn soft(mut self) -> Self {
        self.overridable = true;
        self
    }

    /// Adds what the rule asks for and what there is.
    pub fn figures(mut self, required: impl ToString, actual: impl ToString) -> Self {
        self.required = Some(required.to_string());
        self.actual = Some(actual.to_string());
        self
    }

    /// Adds when the thing in the way begins and ends.
    pub fn during(mut self, window: Window) -> Self {
        self.from = Some(window.start);
        self.to = Some(window.end);
        self
    }
}
