//! How events about operators, machines, orders, requirements and reason codes change the state.
//!
//! Replacing master data raises the version; a posted status does not.

use super::{Stamp, refresh_operator};
use crate::event::{Event, OperatorCreated, Recorded};
use crate::ids::{OperatorId, RowId, WorkOrderId};
use crate::key::UniqueField;
use crate::machine::Machine;
use crate::operator::Operator;
use crate::quantity::Quantity;
use crate::shift::Shift;
use crate::skill::{OperatorSkill, Requirement, RequirementScope};
use crate::state::State;
use crate::work_order::{Dependency, WorkOrder, WorkOrderDetails, WorkOrderStatus};

pub(super) fn apply(state: &mut State, recorded: &Recorded, at: Stamp) {
    match &recorded.event {
        Event::MachineCreated(_)
        | Event::MachineChanged(_)
        | Event::MachineStatusChanged(_)
        | Event::MachineStatusRestated(_) => machine(state, recorded, at),
        Event::WorkOrderCreated(_)
        | Event::WorkOrderChanged(_)
        | Event::WorkOrderCancelled(_)
        | Event::WorkOrderDependencyAdded(_)
        | Event::WorkOrderDependencyRemoved(_)
        | Event::WorkOrderProgressed(_) => work_order(state, recorded, at),
        Event::SkillRequired(event) => require(
            state,
            Requirement {
                requirement_id: RowId(at.position),
                created_at: at.recorded_at,
                scope: event.scope.clone(),
                skill_code: event.skill_code.clone(),
                minimum_level: event.minimum_level,
            },
        ),
        Event::SkillRequirementDropped(event) => {
            change_requirements(state, &event.scope, |all| {
                all.retain(|one| one.requirement_id != event.requirement_id);
            });
        }
        Event::ReasonCodeDefined(event) => state.put_reason_code(event.definition.clone()),
        _ => operator(state, recorded, at),
    }
}

fn require(state: &mut State, requirement: Requirement) {
    change_requirements(state, &requirement.scope.clone(), |all| {
        all.retain(|one| one.skill_code != requirement.skill_code);
        all.push(requirement);
    });
}

fn change_requirements(
    state: &mut State,
    scope: &RequirementScope,
    change: impl FnOnce(&mut Vec<Requirement>),
) {
    let mut all = state.requirements(scope).to_vec();
    change(&mut all);
    state.put_requirements(scope.clone(), all);
}

fn operator(state: &mut State, recorded: &Recorded, at: Stamp) {
    match &recorded.event {
        Event::OperatorCreated(event) => {
            let id = &event.operator_id;
            hold(state, UniqueField::EmployeeId, event.details.employee_id.as_str(), id.as_str());
            let created = new_operator(event, recorded, at);
            state.put_operator(created, Vec::new());
        }
        Event::OperatorChanged(event) => {
            let id = &event.operator_id;
            if let Some(old) = state.operator(id).map(|one| one.details.employee_id.clone()) {
                state.put_holder(UniqueField::EmployeeId, old.as_str(), None);
            }
            hold(state, UniqueField::EmployeeId, event.details.employee_id.as_str(), id.as_str());
            change_operator(state, recorded, at, id, |one| one.details = event.details.clone());
        }
        Event::OperatorStatusChanged(event) => {
            if let Some(slot) = state.operator_mut(&event.operator_id) {
                slot.entity.posted_status = event.status;
                slot.entity.status_posted_at = at.occurred_at;
            }
            refresh_operator(state, &event.operator_id, at);
        }
        Event::OperatorStatusRestated(event) => refresh_operator(state, &event.operator_id, at),
        Event::OperatorSkillSet(event) => {
            change_operator(state, recorded, at, &event.operator_id, |one| {
                one.skills.retain(|held| held.skill.skill_code != event.skill.skill_code);
                one.skills.push(OperatorSkill {
                    operator_skill_id: RowId(at.position),
                    created_at: at.recorded_at,
                    skill: event.skill.clone(),
                });
                one.skills.sort_by(|a, b| a.skill.skill_code.cmp(&b.skill.skill_code));
            });
        }
        Event::OperatorSkillRemoved(event) => {
            change_operator(state, recorded, at, &event.operator_id, |one| {
                one.skills.retain(|held| held.skill.skill_code != event.skill_code);
            });
        }
        Event::OperatorShiftAdded(event) => {
            let shift = Shift {
                shift_id: RowId(at.position),
                created_at: at.recorded_at,
                times: event.times.clone(),
                window: event.window,
                break_window: event.break_window,
            };
            change_operator(state, recorded, at, &event.operator_id, |one| {
                one.shifts.push(shift);
                one.shifts.sort_by_key(|shift| (shift.window.start, shift.shift_id));
            });
        }
        Event::OperatorShiftRemoved(event) => {
            change_operator(state, recorded, at, &event.operator_id, |one| {
                one.shifts.retain(|shift| shift.shift_id != event.shift_id);
            });
        }
        _ => {}
    }
}

fn new_operator(event: &OperatorCreated, recorded: &Recorded, at: Stamp) -> Operator {
    Operator {
        operator_id: event.operator_id.clone(),
        details: event.details.clone(),
        posted_status: event.status,
        current_status: event.status,
        status_updated_at: at.occurred_at,
        last_work_ended_at: None,
        status_posted_at: at.occurred_at,
        skills: Vec::new(),
        shifts: Vec::new(),
        version: 1,
        created_at: at.recorded_at,
        updated_at: at.recorded_at,
        created_by: recorded.actor.clone(),
        updated_by: recorded.actor.clone(),
        position: at.position,
    }
}

fn change_operator(
    state: &mut State,
    recorded: &Recorded,
    at: Stamp,
    id: &OperatorId,
    change: impl FnOnce(&mut Operator),
) {
    if let Some(slot) = state.operator_mut(id) {
        let operator = &mut slot.entity;
        change(operator);
        operator.version += 1;
        operator.updated_at = at.recorded_at;
        operator.updated_by = recorded.actor.clone();
        operator.position = at.position;
    }
}

fn machine(state: &mut State, recorded: &Recorded, at: Stamp) {
    match &recorded.event {
        Event::MachineCreated(event) => {
            let id = event.machine_id.clone();
            if let Some(serial) = &event.details.serial_number {
                hold(state, UniqueField::SerialNumber, serial.as_str(), id.as_str());
            }
            let created = Machine {
                machine_id: id,
                details: event.details.clone(),
                current_status: event.status,
                status_reason_code: None,
                status_updated_at: at.occurred_at,
                last_work_ended_at: None,
                version: 1,
                created_at: at.recorded_at,
                updated_at: at.recorded_at,
                position: at.position,
            };
            state.put_machine(created, Vec::new());
        }
        Event::MachineChanged(event) => {
            let id = &event.machine_id;
            let old = state.machine(id).and_then(|one| one.details.serial_number.clone());
            if let Some(old) = old {
                state.put_holder(UniqueField::SerialNumber, old.as_str(), None);
            }
            if let Some(serial) = &event.details.serial_number {
                hold(state, UniqueField::SerialNumber, serial.as_str(), id.as_str());
            }
            change_machine(state, at, id, |one| {
                one.details = event.details.clone();
                one.version += 1;
            });
        }
        Event::MachineStatusChanged(event) => {
            change_machine(state, at, &event.machine_id, |one| {
                one.current_status = event.status;
                one.status_reason_code = event.reason_code.clone();
                one.status_updated_at = at.occurred_at;
            });
        }
        Event::MachineStatusRestated(event) => {
            change_machine(state, at, &event.machine_id, |_| {});
        }
        _ => {}
    }
}

fn change_machine(
    state: &mut State,
    at: Stamp,
    id: &crate::ids::MachineId,
    change: impl FnOnce(&mut Machine),
) {
    if let Some(slot) = state.machine_mut(id) {
        change(&mut slot.entity);
        slot.entity.updated_at = at.recorded_at;
        slot.entity.position = at.position;
    }
}

fn work_order(state: &mut State, recorded: &Recorded, at: Stamp) {
    match &recorded.event {
        Event::WorkOrderCreated(event) => {
            create_work_order(state, recorded, at, &event.work_order_id, &event.details);
        }
        Event::WorkOrderChanged(event) => {
            let (id, field) = (&event.work_order_id, UniqueField::WorkOrderNumber);
            let old = state.work_order(id).map(|one| one.details.work_order_number.clone());
            if let Some(old) = old {
                state.put_holder(field, old.as_str(), None);
            }
            hold(state, field, event.details.work_order_number.as_str(), id.as_str());
            change_work_order(state, at, id, |one| one.details = event.details.clone());
        }
        Event::WorkOrderCancelled(event) => {
            change_work_order(state, at, &event.work_order_id, |one| {
                one.status = WorkOrderStatus::Cancelled;
            });
        }
        Event::WorkOrderDependencyAdded(event) => {
            let dependency = Dependency {
                dependency_id: RowId(at.position),
                created_at: at.recorded_at,
                terms: event.terms.clone(),
            };
            change_work_order(state, at, &event.work_order_id, |one| {
                one.dependencies.push(dependency);
            });
        }
        Event::WorkOrderDependencyRemoved(event) => {
            change_work_order(state, at, &event.work_order_id, |one| {
                one.dependencies.retain(|edge| edge.dependency_id != event.dependency_id);
            });
        }
        Event::WorkOrderProgressed(event) => {
            change_work_order(state, at, &event.work_order_id, |one| {
                one.quantity_produced = event.quantity_produced;
                one.quantity_rejected = event.quantity_rejected;
                if event.completed {
                    one.status = WorkOrderStatus::Completed;
                    one.actual_end_date = Some(at.occurred_at);
                }
            });
        }
        _ => {}
    }
}

fn create_work_order(
    state: &mut State,
    recorded: &Recorded,
    at: Stamp,
    id: &WorkOrderId,
    details: &WorkOrderDetails,
) {
    let number = details.work_order_number.as_str();
    hold(state, UniqueField::WorkOrderNumber, number, id.as_str());
    let created = WorkOrder {
        work_order_id: id.clone(),
        details: details.clone(),
        status: WorkOrderStatus::Queued,
        quantity_produced: Quantity::ZERO,
        quantity_rejected: Quantity::ZERO,
        actual_start_date: None,
        actual_end_date: None,
        dependencies: Vec::new(),
        version: 1,
        created_at: at.recorded_at,
        updated_at: at.recorded_at,
        created_by: recorded.actor.clone(),
        position: at.position,
    };
    state.put_work_order(created, Vec::new());
}

fn change_work_order(
    state: &mut State,
    at: Stamp,
    id: &WorkOrderId,
    change: impl FnOnce(&mut WorkOrder),
) {
    if let Some(slot) = state.work_order_mut(id) {
        change(&mut slot.entity);
        slot.entity.version += 1;
        slot.entity.updated_at = at.recorded_at;
        slot.entity.position = at.position;
    }
}

fn hold(state: &mut State, field: UniqueField, value: &str, holder: &str) {
    state.put_holder(field, value, Some(holder.to_owned()));
}
