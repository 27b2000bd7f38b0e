//! What has happened: one event per decided fact, named for ever.
//!
//! An event names everything that it touches, so that it can be read alone. What follows by rule
//! (operator busy, machine running, order in progress) is computed by `evolve`, not logged.
//! Shapes never change: a new shape is a new version with an upcaster, and every shape ever
//! written has a golden file.

mod log_format;
mod touches;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::allocation::{AllocationMethod, AllocationStatus, Assignment, Phase};
use crate::bom::BomTerms;
use crate::ids::{AllocationId, MachineId, MaterialId, OperatorId, RowId, WorkOrderId};
use crate::machine::{MachineDetails, MachineStatus};
use crate::maintenance::MaintenanceTerms;
use crate::material::{LotMovement, MaterialDetails, TransactionType};
use crate::operator::{OperatorDetails, OperatorStatus};
use crate::production_log::ProductionEntry;
use crate::quantity::{Cost, Percentage, Quantity};
use crate::reason::{ReasonCode, ReasonCodeDefinition};
use crate::refusal::RefusalCode;
use crate::reservation::ReservationChange;
use crate::shift::ShiftTimes;
use crate::skill::{RequirementScope, Skill, SkillCode, SkillLevel};
use crate::text::{Text, TextRef};
use crate::time::{Instant, Window};
use crate::work_order::{DependencyTerms, QualityStatus, WorkOrderDetails, WorkOrderTerms};

/// A soft rule that was passed over, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The rule.
    pub code: RefusalCode,
    /// The reason, as free text beside the log.
    pub reason: TextRef,
}

/// What a movement of stock refers to outside of MRAOS, such as a purchase order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockReference {
    /// Kind of thing.
    pub reference_type: Text<50>,
    /// Its number.
    pub reference_id: Text<50>,
}

impl StockReference {
    /// The kind of thing that an order of ours is called by; a movement for one names the order.
    pub const WORK_ORDER: &str = "WorkOrder";
}

/// Why a logged event cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableEvent {
    /// This program does not know the type or version.
    #[error("event type `{event_type}` version {schema_version} is unknown to this program")]
    Type {
        /// Name in the log.
        event_type: String,
        /// Version in the log.
        schema_version: i16,
    },
    /// The payload does not have the shape of its type.
    #[error("payload of `{event_type}` cannot be read: {error}")]
    Payload {
        /// Name in the log.
        event_type: &'static str,
        /// What was wrong.
        error: String,
    },
}

log_format::events! {
    /// An operator was registered.
    OperatorCreated("operator_created", 1) {
        operator_id: OperatorId,
        details: OperatorDetails,
        status: OperatorStatus,
    }
    /// An operator's master data was replaced.
    OperatorChanged("operator_changed", 1) {
        operator_id: OperatorId,
        details: OperatorDetails,
    }
    /// An operator's status was posted.
    OperatorStatusChanged("operator_status_changed", 1) {
        operator_id: OperatorId,
        previous_status: OperatorStatus,
        status: OperatorStatus,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
    }
    /// An operator's status of an earlier time was stated late; the present one stays.
    OperatorStatusRestated("operator_status_restated", 1) {
        operator_id: OperatorId,
        status: OperatorStatus,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
    }
    /// A skill was added or replaced.
    OperatorSkillSet("operator_skill_set", 1) {
        operator_id: OperatorId,
        skill: Skill,
    }
    /// A skill was taken away.
    OperatorSkillRemoved("operator_skill_removed", 1) {
        operator_id: OperatorId,
        skill_code: SkillCode,
    }
    /// A shift was added; its id is the event's position.
    OperatorShiftAdded("operator_shift_added", 2, reads 1) {
        operator_id: OperatorId,
        times: ShiftTimes,
        window: Window,
        break_window: Option<Window>,
    }
    /// A shift was taken away.
    OperatorShiftRemoved("operator_shift_removed", 1) {
        operator_id: OperatorId,
        shift_id: RowId,
    }
    /// Name, e-mail, telephone or picture of a person changed; which and how is not in the log.
    OperatorPersonChanged("operator_person_changed", 1) {
        operator_id: OperatorId,
    }
    /// A person was erased: names, contacts and free texts about the person are gone.
    OperatorErased("operator_erased", 1) {
        operator_id: OperatorId,
    }
    /// A person came; `shift_id` is the shift that it was for.
    OperatorClockedIn("operator_clocked_in", 1) {
        operator_id: OperatorId,
        shift_id: Option<RowId>,
        is_late: bool,
    }
    /// A person went; those are the shifts that are over by it.
    OperatorClockedOut("operator_clocked_out", 1) {
        operator_id: OperatorId,
        shift_ids: Vec<RowId>,
    }
    /// Nobody came for a shift in time.
    OperatorShiftMissed("operator_shift_missed", 1) {
        operator_id: OperatorId,
        shift_id: RowId,
    }
    /// A shift was called off; `status` is why.
    OperatorShiftCalledOff("operator_shift_called_off", 1) {
        operator_id: OperatorId,
        shift_id: RowId,
        status: OperatorStatus,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
    }
    /// A shift that was called off is to be worked after all; `is_late` is of who had come.
    OperatorCallOffUndone("operator_call_off_undone", 1) {
        operator_id: OperatorId,
        shift_id: RowId,
        is_late: bool,
    }
    /// A machine was registered.
    MachineCreated("machine_created", 1) {
        machine_id: MachineId,
        details: MachineDetails,
        status: MachineStatus,
    }
    /// A machine's master data was replaced.
    MachineChanged("machine_changed", 1) {
        machine_id: MachineId,
        details: MachineDetails,
    }
    /// A machine's status was posted.
    MachineStatusChanged("machine_status_changed", 1) {
        machine_id: MachineId,
        previous_status: MachineStatus,
        status: MachineStatus,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
    }
    /// A machine's status of an earlier time was stated late; the present one stays.
    MachineStatusRestated("machine_status_restated", 1) {
        machine_id: MachineId,
        status: MachineStatus,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
    }
    /// Maintenance was planned; its id is the event's position.
    MaintenancePlanned("maintenance_planned", 1) {
        machine_id: MachineId,
        terms: MaintenanceTerms,
    }
    /// A planned maintenance was changed.
    MaintenanceChanged("maintenance_changed", 1) {
        machine_id: MachineId,
        maintenance_id: RowId,
        terms: MaintenanceTerms,
    }
    /// A maintenance was done; the next one, if it comes again, has the event's position for id.
    MaintenanceCompleted("maintenance_completed", 1) {
        machine_id: MachineId,
        maintenance_id: RowId,
        completed_on: Date,
        notes: Option<TextRef>,
        next: Option<MaintenanceTerms>,
    }
    /// A planned maintenance was called off.
    MaintenanceCancelled("maintenance_cancelled", 1) {
        machine_id: MachineId,
        maintenance_id: RowId,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
    }
    /// An order was registered; its predecessors follow as events of their own.
    WorkOrderCreated("work_order_created", 1) {
        work_order_id: WorkOrderId,
        details: WorkOrderDetails,
    }
    /// An order's master data was replaced.
    WorkOrderChanged("work_order_changed", 1) {
        work_order_id: WorkOrderId,
        details: WorkOrderDetails,
    }
    /// An order was called off.
    WorkOrderCancelled("work_order_cancelled", 1) {
        work_order_id: WorkOrderId,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
    }
    /// An order was tied to a predecessor; the dependency's id is the event's position.
    WorkOrderDependencyAdded("work_order_dependency_added", 1) {
        work_order_id: WorkOrderId,
        terms: DependencyTerms,
    }
    /// An order was untied.
    WorkOrderDependencyRemoved("work_order_dependency_removed", 1) {
        work_order_id: WorkOrderId,
        dependency_id: RowId,
    }
    /// Quantities of an order were reported: totals afterwards.
    WorkOrderProgressed("work_order_progressed", 1) {
        work_order_id: WorkOrderId,
        quantity_produced: Quantity,
        quantity_rejected: Quantity,
        completed: bool,
    }
    /// A material was registered.
    MaterialCreated("material_created", 1) {
        material_id: MaterialId,
        details: MaterialDetails,
    }
    /// A material's master data was replaced.
    MaterialChanged("material_changed", 1) {
        material_id: MaterialId,
        details: MaterialDetails,
    }
    /// Stock moved; every unit that was ever there is in one of these. One event per lot, but for
    /// a transfer, which has one movement out and one in. A lot or reservation that it makes has
    /// its position as id. What it has not is left out, as most have most of it not.
    StockMoved("stock_moved", 2, reads 1) {
        material_id: MaterialId,
        transaction_type: TransactionType,
        movements: Vec<LotMovement>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit_cost: Option<Cost>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work_order_id: Option<WorkOrderId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reservation: Option<ReservationChange>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<StockReference>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason_code: Option<ReasonCode>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<TextRef>,
    }
    /// A line of an order's bill of materials was added or replaced; a new one's id is the
    /// event's position.
    BomLineSet("bom_line_set", 1) {
        work_order_id: WorkOrderId,
        terms: BomTerms,
    }
    /// A line was taken away.
    BomLineRemoved("bom_line_removed", 1) {
        work_order_id: WorkOrderId,
        bom_id: RowId,
        material_id: MaterialId,
    }
    /// What may be made beyond the order, or how long a waiting step lasts, was set.
    WorkOrderTermsSet("work_order_terms_set", 1) {
        work_order_id: WorkOrderId,
        terms: WorkOrderTerms,
    }
    /// Inspection has found something.
    WorkOrderQualityDecided("work_order_quality_decided", 1) {
        work_order_id: WorkOrderId,
        previous_status: Option<QualityStatus>,
        status: QualityStatus,
        notes: Option<TextRef>,
    }
    /// A waiting step began when its predecessors were far enough.
    WorkOrderWaitingStarted("work_order_waiting_started", 1) {
        work_order_id: WorkOrderId,
        started_at: Instant,
        due_at: Instant,
    }
    /// The time of a waiting step is over; the order is done.
    WorkOrderWaitingEnded("work_order_waiting_ended", 1) {
        work_order_id: WorkOrderId,
        ended_at: Instant,
    }
    /// Something was written into an order's production log.
    ProductionNoted("production_noted", 1) {
        work_order_id: WorkOrderId,
        entry: ProductionEntry,
        operator_id: Option<OperatorId>,
        machine_id: Option<MachineId>,
        notes: TextRef,
    }
    /// A skill was asked for; the requirement's id is the event's position.
    SkillRequired("skill_required", 1) {
        scope: RequirementScope,
        skill_code: SkillCode,
        minimum_level: SkillLevel,
    }
    /// A skill is no longer asked for.
    SkillRequirementDropped("skill_requirement_dropped", 1) {
        scope: RequirementScope,
        requirement_id: RowId,
    }
    /// A day became a holiday of the plant, or got another name.
    HolidayDefined("holiday_defined", 1) {
        day: Date,
        name: Text<100>,
    }
    /// A holiday became a working day again.
    HolidayRemoved("holiday_removed", 1) {
        day: Date,
    }
    /// A reason code was added or replaced.
    ReasonCodeDefined("reason_code_defined", 1) {
        definition: ReasonCodeDefinition,
    }
    /// An allocation was decided; its id is the event's position. `phase` is booked or running.
    AllocationCreated("allocation_created", 1) {
        assignment: Assignment,
        phase: Phase,
        window: Window,
        expected_duration_minutes: i32,
        allocation_method: AllocationMethod,
        suggestion_score: Option<Percentage>,
        overrides: Vec<Override>,
    }
    /// A booking began.
    AllocationStarted("allocation_started", 1) {
        allocation_id: AllocationId,
        assignment: Assignment,
        window: Window,
        overrides: Vec<Override>,
    }
    /// Running work stopped for a while.
    AllocationPaused("allocation_paused", 1) {
        allocation_id: AllocationId,
        assignment: Assignment,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
    }
    /// Paused work went on.
    AllocationResumed("allocation_resumed", 1) {
        allocation_id: AllocationId,
        assignment: Assignment,
        window: Window,
        overrides: Vec<Override>,
    }
    /// Operator, machine or both changed.
    AllocationReassigned("allocation_reassigned", 1) {
        allocation_id: AllocationId,
        phase: Phase,
        previous: Assignment,
        assignment: Assignment,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
        overrides: Vec<Override>,
    }
    /// A booking was moved, or open work got another length.
    AllocationRescheduled("allocation_rescheduled", 1) {
        allocation_id: AllocationId,
        phase: Phase,
        assignment: Assignment,
        previous: Window,
        window: Window,
        expected_duration_minutes: i32,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
        overrides: Vec<Override>,
    }
    /// Running work passed its expected end.
    AllocationOverran("allocation_overran", 1) {
        allocation_id: AllocationId,
        assignment: Assignment,
        expected_end: Instant,
    }
    /// The end of an allocation was taken back. What was reported with it is taken off the order
    /// again, and the order is open again if that end had closed it.
    AllocationReopened("allocation_reopened", 1) {
        allocation_id: AllocationId,
        previous_status: AllocationStatus,
        phase: Phase,
        assignment: Assignment,
        window: Window,
        quantity_produced: Quantity,
        quantity_rejected: Quantity,
        work_order_reopened: bool,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
        overrides: Vec<Override>,
    }
    /// Work ended before it was done.
    AllocationReleased("allocation_released", 1) {
        allocation_id: AllocationId,
        assignment: Assignment,
        previous_phase: Phase,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
    }
    /// Work ended done. Quantities are those of this allocation.
    AllocationCompleted("allocation_completed", 1) {
        allocation_id: AllocationId,
        assignment: Assignment,
        previous_phase: Phase,
        quantity_produced: Quantity,
        quantity_rejected: Quantity,
        work_order_completed: bool,
    }
    /// A booking was dropped.
    AllocationCancelled("allocation_cancelled", 1) {
        allocation_id: AllocationId,
        assignment: Assignment,
        reason_code: Option<ReasonCode>,
        reason: Option<TextRef>,
    }
}

/// An event with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Place in the log: 1, 2, 3, …
    pub position: i64,
    /// When it happened.
    pub occurred_at: Instant,
    /// When it was written.
    pub recorded_at: Instant,
    /// Who decided it.
    pub actor: Text<50>,
    /// What happened.
    pub event: Event,
}
