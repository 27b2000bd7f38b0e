//! Everything that can be asked of the plant.
//!
//! A command holds only values that passed their constructors. Several may be submitted
//! together: then all happen or none.

use jiff::civil::Date;

use crate::allocation::{AllocationMethod, Side};
use crate::attendance::ShiftChoice;
use crate::bom::BomTerms;
use crate::event::{Override, StockReference};
use crate::ids::{AllocationId, MachineId, MaterialId, OperatorId, RowId, WorkOrderId};
use crate::machine::{MachineDetails, MachineStatus};
use crate::maintenance::MaintenanceTerms;
use crate::material::{MaterialDetails, TransactionType};
use crate::operator::{OperatorDetails, OperatorStatus};
use crate::production_log::ProductionEntry;
use crate::quantity::{Cost, Percentage, Quantity, QuantityChange};
use crate::reason::{ReasonCode, ReasonCodeDefinition};
use crate::refusal::EntityRef;
use crate::shift::ShiftTimes;
use crate::skill::{RequirementScope, Skill, SkillCode, SkillLevel};
use crate::stock::LotChoice;
use crate::text::{Text, TextRef};
use crate::time::Instant;
use crate::unit::Unit;
use crate::work_order::{DependencyTerms, QualityStatus, WorkOrderDetails, WorkOrderTerms};

/// Why something is done: a code, and a free text beside the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    /// The code.
    pub reason_code: Option<ReasonCode>,
    /// The text.
    pub text: Option<TextRef>,
}

/// A new allocation, as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAllocation {
    /// Which order.
    pub work_order_id: WorkOrderId,
    /// Who.
    pub operator_id: Option<OperatorId>,
    /// Where.
    pub machine_id: Option<MachineId>,
    /// Who proposed it.
    pub allocation_method: AllocationMethod,
    /// `None` or past: start now.
    pub expected_start_time: Option<Instant>,
    /// Minutes; else the order's rest, else the plant's default.
    pub expected_duration_minutes: Option<i32>,
    /// Confidence of the suggestion.
    pub suggestion_score: Option<Percentage>,
    /// Soft rules to pass over.
    pub overrides: Vec<Override>,
}

/// When work is to be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedEnd {
    /// At this time.
    At(Instant),
    /// So many minutes after its start.
    After(i32),
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Total good quantity so far.
    Total(Quantity),
    /// Good quantity more than before.
    More(Quantity),
}

/// Goods that come, go, change their place or are set aside, as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTransaction {
    /// What it is called.
    pub transaction_type: TransactionType,
    /// How much; with a sign for an adjustment alone.
    pub quantity: QuantityChange,
    /// Of an adjustment: whether the quantity was counted of the lots that are chosen.
    pub is_count: bool,
    /// Unit of the quantity; `None` for the material's.
    pub unit_of_measure: Option<Unit>,
    /// Which lots; of what comes, its marks.
    pub lot: LotChoice,
    /// Where it goes to.
    pub to_location: Option<Text<100>>,
    /// What a unit costs.
    pub unit_cost: Option<Cost>,
    /// For which order.
    pub work_order_id: Option<WorkOrderId>,
    /// When a reservation will be used.
    pub expected_consumption_date: Option<Instant>,
    /// What it refers to.
    pub reference: Option<StockReference>,
    /// Why.
    pub reason: Reason,
}

/// A reservation as a command names it: with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedReservation {
    /// Which.
    pub reservation_id: RowId,
    /// For which order.
    pub work_order_id: WorkOrderId,
    /// Of which material.
    pub material_id: MaterialId,
}

/// One request to the plant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields carry the names of the specification's columns")]
pub enum Command {
    /// Registers an operator; `status` is what was posted first.
    CreateOperator { operator_id: OperatorId, details: OperatorDetails, status: OperatorStatus },
    /// Replaces an operator's master data.
    ChangeOperator {
        operator_id: OperatorId,
        expected_version: Option<i32>,
        details: OperatorDetails,
        /// Whether what is kept apart from the log changes as well.
        person_changed: bool,
    },
    /// Posts what an operator is doing.
    SetOperatorStatus { operator_id: OperatorId, status: OperatorStatus, reason: Reason },
    /// Adds or replaces a skill.
    SetSkill { operator_id: OperatorId, skill: Skill },
    /// Takes a skill away.
    RemoveSkill { operator_id: OperatorId, skill_code: SkillCode },
    /// Adds a shift.
    AddShift { operator_id: OperatorId, times: ShiftTimes },
    /// Takes a shift away.
    RemoveShift { operator_id: OperatorId, shift_id: RowId },
    /// Erases the person; id, allocations and figures stay.
    EraseOperator { operator_id: OperatorId },
    /// Says that a person has come.
    ClockIn { operator_id: OperatorId },
    /// Says that a person has gone.
    ClockOut { operator_id: OperatorId },
    /// Notes that nobody has come for a shift, if so.
    NoteAbsence { operator_id: OperatorId, shift_id: RowId },
    /// Calls shifts off.
    CallOff {
        operator_id: OperatorId,
        choice: ShiftChoice,
        /// Why: absent, sick or on vacation.
        status: OperatorStatus,
        reason: Reason,
    },
    /// Takes back that shifts were called off.
    UndoCallOff { operator_id: OperatorId, choice: ShiftChoice },
    /// Registers a machine.
    CreateMachine { machine_id: MachineId, details: MachineDetails, status: MachineStatus },
    /// Replaces a machine's master data.
    ChangeMachine { machine_id: MachineId, expected_version: Option<i32>, details: MachineDetails },
    /// Posts what a machine is doing.
    SetMachineStatus { machine_id: MachineId, status: MachineStatus, reason: Reason },
    /// Plans maintenance.
    PlanMaintenance { machine_id: MachineId, terms: MaintenanceTerms },
    /// Changes a planned maintenance.
    ChangeMaintenance {
        machine_id: MachineId,
        maintenance_id: RowId,
        expected_version: Option<i32>,
        terms: MaintenanceTerms,
    },
    /// Reports that a maintenance is done; its counters begin anew.
    CompleteMaintenance { machine_id: MachineId, maintenance_id: RowId, notes: Option<TextRef> },
    /// Calls a maintenance off.
    CancelMaintenance { machine_id: MachineId, maintenance_id: RowId, reason: Reason },
    /// Registers an order with its predecessors.
    CreateWorkOrder {
        work_order_id: WorkOrderId,
        details: WorkOrderDetails,
        terms: WorkOrderTerms,
        dependencies: Vec<DependencyTerms>,
    },
    /// Replaces an order's master data.
    ChangeWorkOrder {
        work_order_id: WorkOrderId,
        expected_version: Option<i32>,
        details: WorkOrderDetails,
        terms: WorkOrderTerms,
    },
    /// Calls an order off; its open allocations end.
    CancelWorkOrder { work_order_id: WorkOrderId, expected_version: Option<i32>, reason: Reason },
    /// Ties an order to a predecessor.
    AddDependency { work_order_id: WorkOrderId, terms: DependencyTerms },
    /// Unties it.
    RemoveDependency { work_order_id: WorkOrderId, dependency_id: RowId },
    /// Reports what was made.
    ReportProgress {
        work_order_id: WorkOrderId,
        expected_version: Option<i32>,
        progress: Progress,
        quantity_rejected: Quantity,
    },
    /// Registers a material.
    CreateMaterial { material_id: MaterialId, details: MaterialDetails },
    /// Replaces a material's master data.
    ChangeMaterial {
        material_id: MaterialId,
        expected_version: Option<i32>,
        details: MaterialDetails,
    },
    /// Moves stock.
    MoveStock { material_id: MaterialId, transaction: StockTransaction },
    /// Uses what is set aside, or a part of it.
    ConsumeReservation { reservation: NamedReservation, amount: Option<Quantity>, reason: Reason },
    /// Gives it back, or a part of it.
    ReleaseReservation { reservation: NamedReservation, amount: Option<Quantity>, reason: Reason },
    /// Gives back what cannot be used in time any more.
    ExpireReservation { reservation: NamedReservation },
    /// Hands what is set aside over to another order.
    HandOverReservation {
        reservation: NamedReservation,
        to_work_order_id: WorkOrderId,
        amount: Option<Quantity>,
        reason: Reason,
    },
    /// Sets aside what an order's next work needs and has not yet.
    SupplyWorkOrder { work_order_id: WorkOrderId },
    /// Adds or replaces a line of an order's bill of materials.
    SetBomLine { work_order_id: WorkOrderId, expected_version: Option<i32>, terms: BomTerms },
    /// Takes a line away; what is set aside by it is given back.
    RemoveBomLine { work_order_id: WorkOrderId, bom_id: RowId },
    /// Says what inspection has found.
    DecideQuality { work_order_id: WorkOrderId, status: QualityStatus, notes: Option<TextRef> },
    /// Writes into the production log.
    NoteProduction {
        work_order_id: WorkOrderId,
        entry: ProductionEntry,
        operator_id: Option<OperatorId>,
        machine_id: Option<MachineId>,
        notes: TextRef,
    },
    /// Begins and ends a waiting step as far as its time has come.
    AdvanceWaiting { work_order_id: WorkOrderId },
    /// Asks for a skill.
    RequireSkill { scope: RequirementScope, skill_code: SkillCode, minimum_level: SkillLevel },
    /// No longer asks for it.
    DropRequirement { scope: RequirementScope, requirement_id: RowId },
    /// Makes a day a holiday of the plant, or names it anew.
    DefineHoliday { day: Date, name: Text<100> },
    /// Makes it a working day again.
    RemoveHoliday { day: Date },
    /// Adds or replaces a reason code.
    DefineReasonCode { definition: ReasonCodeDefinition },
    /// Allocates.
    Allocate(NewAllocation),
    /// Starts a booking.
    Start { allocation_id: AllocationId, overrides: Vec<Override> },
    /// Pauses running work; both sides become free.
    Pause { allocation_id: AllocationId, reason: Reason },
    /// Goes on; everything is checked again.
    Resume { allocation_id: AllocationId, overrides: Vec<Override> },
    /// Changes operator, machine or both; keeps the id.
    Reassign {
        allocation_id: AllocationId,
        operator_id: Option<OperatorId>,
        machine_id: Option<MachineId>,
        /// The side that is no longer needed.
        dropped: Option<Side>,
        reason: Reason,
        overrides: Vec<Override>,
    },
    /// Moves a booking, or gives open work another length; checked again.
    Reschedule {
        allocation_id: AllocationId,
        expected_start_time: Option<Instant>,
        expected_end: Option<ExpectedEnd>,
        reason: Reason,
        overrides: Vec<Override>,
    },
    /// Takes the last change back, by what makes up for it.
    Undo { allocation_id: AllocationId, reason: Reason, overrides: Vec<Override> },
    /// Notes that running work has passed its expected end.
    NoteOverrun { allocation_id: AllocationId },
    /// Ends work before it is done.
    Release { allocation_id: AllocationId, reason: Reason },
    /// Ends work that is done.
    Complete {
        allocation_id: AllocationId,
        quantity_produced: Quantity,
        quantity_rejected: Quantity,
        work_order_completed: bool,
    },
    /// Drops a booking.
    Cancel { allocation_id: AllocationId, reason: Reason },
}

impl Command {
    /// Whether commands after this one may need state that they did not need before: it changes
    /// what is tied to what, not only where work stands.
    pub fn leads_further(&self) -> bool {
        use Command as C;
        !matches!(
            self,
            C::Allocate(_)
                | C::Start { .. }
                | C::Pause { .. }
                | C::Resume { .. }
                | C::Release { .. }
                | C::Cancel { .. }
                | C::SetOperatorStatus { .. }
                | C::ClockIn { .. }
                | C::ClockOut { .. }
                | C::NoteAbsence { .. }
                | C::CallOff { .. }
                | C::UndoCallOff { .. }
                | C::SetMachineStatus { .. }
        )
    }

    /// The entity that the command is addressed to and whose state is its answer; `None` for an
    /// allocation that does not exist yet.
    pub fn subject(&self) -> Option<EntityRef> {
        use Command as C;
        Some(match self {
            C::CreateOperator { operator_id, .. }
            | C::ChangeOperator { operator_id, .. }
            | C::EraseOperator { operator_id }
            | C::SetOperatorStatus { operator_id, .. }
            | C::SetSkill { operator_id, .. }
            | C::RemoveSkill { operator_id, .. }
            | C::AddShift { operator_id, .. }
            | C::RemoveShift { operator_id, .. }
            | C::ClockIn { operator_id }
            | C::ClockOut { operator_id }
            | C::NoteAbsence { operator_id, .. }
            | C::CallOff { operator_id, .. }
            | C::UndoCallOff { operator_id, .. } => operator_id.into(),
            C::CreateMachine { machine_id, .. }
            | C::ChangeMachine { machine_id, .. }
            | C::SetMachineStatus { machine_id, .. }
            | C::PlanMaintenance { machine_id, .. }
            | C::ChangeMaintenance { machine_id, .. }
            | C::CompleteMaintenance { machine_id, .. }
            | C::CancelMaintenance { machine_id, .. } => machine_id.into(),
            C::CreateWorkOrder { work_order_id, .. }
            | C::ChangeWorkOrder { work_order_id, .. }
            | C::CancelWorkOrder { work_order_id, .. }
            | C::AddDependency { work_order_id, .. }
            | C::RemoveDependency { work_order_id, .. } => work_order_id.into(),
            C::CreateMaterial { material_id, .. }
            | C::ChangeMaterial { material_id, .. }
            | C::MoveStock { material_id, .. } => material_id.into(),
            C::ConsumeReservation { reservation, .. }
            | C::ReleaseReservation { reservation, .. }
            | C::ExpireReservation { reservation }
            | C::HandOverReservation { reservation, .. } => (&reservation.work_order_id).into(),
            C::SupplyWorkOrder { work_order_id }
            | C::SetBomLine { work_order_id, .. }
            | C::RemoveBomLine { work_order_id, .. } => work_order_id.into(),
            C::ReportProgress { work_order_id, .. }
            | C::DecideQuality { work_order_id, .. }
            | C::NoteProduction { work_order_id, .. }
            | C::AdvanceWaiting { work_order_id } => work_order_id.into(),
            C::RequireSkill { scope, .. } | C::DropRequirement { scope, .. } => scope.into(),
            C::DefineHoliday { day, .. } | C::RemoveHoliday { day } => EntityRef::holiday(*day),
            C::DefineReasonCode { definition } => (&definition.reason_code).into(),
            C::Allocate(_) => return None,
            C::Start { allocation_id, .. }
            | C::Pause { allocation_id, .. }
            | C::Resume { allocation_id, .. }
            | C::Reassign { allocation_id, .. }
            | C::Reschedule { allocation_id, .. }
            | C::Undo { allocation_id, .. }
            | C::NoteOverrun { allocation_id }
            | C::Release { allocation_id, .. }
            | C::Complete { allocation_id, .. }
            | C::Cancel { allocation_id, .. } => (*allocation_id).into(),
        })
    }
}
