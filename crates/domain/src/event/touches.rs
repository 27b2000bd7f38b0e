//! What each event touches, the leading entity first.
//!
//! The list stands in the log beside the event: other nodes forget by it what they had loaded, and
//! each entity's version is stated there.

use super::*;
use crate::refusal::EntityRef;

impl Recorded {
    /// What the event touches, the leading entity first.
    pub fn touches(&self) -> Vec<EntityRef> {
        use Event as E;
        match &self.event {
            E::OperatorCreated(OperatorCreated { operator_id, .. })
            | E::OperatorChanged(OperatorChanged { operator_id, .. })
            | E::OperatorStatusChanged(OperatorStatusChanged { operator_id, .. })
            | E::OperatorStatusRestated(OperatorStatusRestated { operator_id, .. })
            | E::OperatorSkillSet(OperatorSkillSet { operator_id, .. })
            | E::OperatorSkillRemoved(OperatorSkillRemoved { operator_id, .. })
            | E::OperatorShiftAdded(OperatorShiftAdded { operator_id, .. })
            | E::OperatorShiftRemoved(OperatorShiftRemoved { operator_id, .. })
            | E::OperatorPersonChanged(OperatorPersonChanged { operator_id })
            | E::OperatorErased(OperatorErased { operator_id })
            | E::OperatorClockedIn(OperatorClockedIn { operator_id, .. })
            | E::OperatorClockedOut(OperatorClockedOut { operator_id, .. })
            | E::OperatorShiftMissed(OperatorShiftMissed { operator_id, .. })
            | E::OperatorShiftCalledOff(OperatorShiftCalledOff { operator_id, .. })
            | E::OperatorCallOffUndone(OperatorCallOffUndone { operator_id, .. }) => {
                vec![operator_id.into()]
            }
            E::MachineCreated(MachineCreated { machine_id, .. })
            | E::MachineChanged(MachineChanged { machine_id, .. })
            | E::MachineStatusChanged(MachineStatusChanged { machine_id, .. })
            | E::MachineStatusRestated(MachineStatusRestated { machine_id, .. })
            | E::MaintenancePlanned(MaintenancePlanned { machine_id, .. })
            | E::MaintenanceChanged(MaintenanceChanged { machine_id, .. })
            | E::MaintenanceCompleted(MaintenanceCompleted { machine_id, .. })
            | E::MaintenanceCancelled(MaintenanceCancelled { machine_id, .. }) => {
                vec![machine_id.into()]
            }
            E::WorkOrderCreated(WorkOrderCreated { work_order_id, .. })
            | E::WorkOrderChanged(WorkOrderChanged { work_order_id, .. })
            | E::WorkOrderCancelled(WorkOrderCancelled { work_order_id, .. })
            | E::WorkOrderDependencyAdded(WorkOrderDependencyAdded { work_order_id, .. })
            | E::WorkOrderDependencyRemoved(WorkOrderDependencyRemoved { work_order_id, .. })
            | E::WorkOrderProgressed(WorkOrderProgressed { work_order_id, .. })
            | E::WorkOrderTermsSet(WorkOrderTermsSet { work_order_id, .. })
            | E::WorkOrderQualityDecided(WorkOrderQualityDecided { work_order_id, .. })
            | E::WorkOrderWaitingStarted(WorkOrderWaitingStarted { work_order_id, .. })
            | E::WorkOrderWaitingEnded(WorkOrderWaitingEnded { work_order_id, .. })
            | E::ProductionNoted(ProductionNoted { work_order_id, .. }) => {
                vec![work_order_id.into()]
            }
            E::MaterialCreated(event) => vec![(&event.material_id).into()],
            E::MaterialChanged(event) => vec![(&event.material_id).into()],
            E::StockMoved(moved) => touched_by_stock(moved),
            E::BomLineSet(event) => vec![(&event.work_order_id).into()],
            E::BomLineRemoved(event) => vec![(&event.work_order_id).into()],
            E::SkillRequired(event) => vec![(&event.scope).into()],
            E::SkillRequirementDropped(event) => vec![(&event.scope).into()],
            E::HolidayDefined(HolidayDefined { day, .. })
            | E::HolidayRemoved(HolidayRemoved { day }) => vec![EntityRef::holiday(*day)],
            E::ReasonCodeDefined(event) => vec![(&event.definition.reason_code).into()],
            E::AllocationCreated(event) => touched_by_creation(self.position, event),
            E::AllocationStarted(AllocationStarted { allocation_id, assignment, .. })
            | E::AllocationPaused(AllocationPaused { allocation_id, assignment, .. })
            | E::AllocationResumed(AllocationResumed { allocation_id, assignment, .. })
            | E::AllocationReleased(AllocationReleased { allocation_id, assignment, .. })
            | E::AllocationCompleted(AllocationCompleted { allocation_id, assignment, .. })
            | E::AllocationOverran(AllocationOverran { allocation_id, assignment, .. })
            | E::AllocationReopened(AllocationReopened { allocation_id, assignment, .. })
            | E::AllocationCancelled(AllocationCancelled { allocation_id, assignment, .. }) => {
                allocation(*allocation_id, assignment)
            }
            E::AllocationRescheduled(event) => touched_by_move(event),
            E::AllocationReassigned(event) => touched_by_reassignment(event),
        }
    }
}

fn touched_by_stock(moved: &StockMoved) -> Vec<EntityRef> {
    let mut touched = vec![(&moved.material_id).into()];
    touched.extend(moved.work_order_id.as_ref().map(Into::into));
    touched
}

fn touched_by_creation(position: i64, event: &AllocationCreated) -> Vec<EntityRef> {
    allocation(AllocationId(position), &event.assignment)
}

fn touched_by_move(event: &AllocationRescheduled) -> Vec<EntityRef> {
    allocation(event.allocation_id, &event.assignment)
}

fn touched_by_reassignment(event: &AllocationReassigned) -> Vec<EntityRef> {
    let mut touched = allocation(event.allocation_id, &event.assignment);
    add_previous(&mut touched, &event.previous);
    touched
}

/// Both sides that were left, unless they are named already.
fn add_previous(touched: &mut Vec<EntityRef>, previous: &Assignment) {
    touched.extend(previous.operator_id.as_ref().map(Into::into));
    touched.extend(previous.machine_id.as_ref().map(Into::into));
    let mut seen = std::collections::BTreeSet::new();
    touched.retain(|entity| seen.insert(entity.clone()));
}

/// The allocation, then everything that it binds.
fn allocation(id: AllocationId, assignment: &Assignment) -> Vec<EntityRef> {
    let mut touched = vec![id.into()];
    touched.extend(assignment.operator_id.as_ref().map(Into::into));
    touched.extend(assignment.machine_id.as_ref().map(Into::into));
    touched.push((&assignment.work_order_id).into());
    touched
}
