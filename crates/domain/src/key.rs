//! What a command needs loaded before it can be decided.
//!
//! [`crate::requires()`] names keys, the store loads them, [`crate::State`] holds the answer; an
//! answer of "not there" is held as well, so that asking ends.

use crate::ids::{AllocationId, MachineId, MaterialId, OperatorId, WorkOrderId};
use crate::reason::ReasonCode;
use crate::skill::RequirementScope;
use crate::source::SourceId;

/// A column whose values are unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UniqueField {
    /// `operators.employee_id`
    EmployeeId,
    /// `materials.part_number`
    PartNumber,
    /// `machines.serial_number`
    SerialNumber,
    /// `work_orders.work_order_number`
    WorkOrderNumber,
}

impl UniqueField {
    /// The column's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmployeeId => "employee_id",
            Self::PartNumber => "part_number",
            Self::SerialNumber => "serial_number",
            Self::WorkOrderNumber => "work_order_number",
        }
    }
}

/// One piece of state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// An allocation.
    Allocation(AllocationId),
    /// The last change of an allocation.
    LastChange(AllocationId),
    /// A machine with its open allocations.
    Machine(MachineId),
    /// A material with its lots.
    Material(MaterialId),
    /// An operator with skills, shifts and open allocations.
    Operator(OperatorId),
    /// An order with dependencies, bill of materials and open allocations.
    WorkOrder(WorkOrderId),
    /// A reason code.
    ReasonCode(ReasonCode),
    /// The skills that a scope asks for.
    Requirements(RequirementScope),
    /// Who has a unique value.
    Unique(UniqueField, String),
    /// A source's watermark.
    Source(SourceId),
    /// Every holiday of the plant.
    Holidays,
}
