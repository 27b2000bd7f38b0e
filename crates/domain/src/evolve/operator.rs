//! How events about operators, their skills and shifts change the state.
//!
//! Replacing master data raises the version; a posted status does not.

use super::{Stamp, hold, refresh_operator};
use crate::event::{Event, OperatorCreated, Recorded};
use crate::ids::{OperatorId, RowId};
use crate::key::UniqueField;
use crate::operator::{ERASED_EMPLOYEE, Operator, OperatorStatus};
use crate::shift::Shift;
use crate::skill::OperatorSkill;
use crate::state::State;
use crate::text::Text;

pub(super) fn apply(state: &mut State, recorded: &Recorded, at: Stamp<'_>) {
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
                attendance: Default::default(),
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
        Event::OperatorPersonChanged(event) => {
            change_operator(state, recorded, at, &event.operator_id, |_| {});
        }
        Event::OperatorErased(event) => erase(state, recorded, at, &event.operator_id),
        _ => {}
    }
}

fn new_operator(event: &OperatorCreated, recorded: &Recorded, at: Stamp<'_>) -> Operator {
    Operator {
        operator_id: event.operator_id.clone(),
        details: event.details.clone(),
        posted_status: event.status,
        current_status: event.status,
        status_updated_at: at.occurred_at,
        last_work_ended_at: None,
        status_posted_at: at.occurred_at,
        last_clocking: None,
        skills: Vec::new(),
        shifts: Vec::new(),
        version: 1,
        created_at: at.recorded_at,
        updated_at: at.recorded_at,
        created_by: recorded.actor.clone(),
        updated_by: recorded.actor.clone(),
        position: at.position,
        erased_at: None,
    }
}

/// What leads back to the person goes; what tells about work stays.
fn erase(state: &mut State, recorded: &Recorded, at: Stamp<'_>, id: &OperatorId) {
    let Some(employee_id) = state.operator(id).map(|one| one.details.employee_id.clone()) else {
        return;
    };
    let pseudonym = pseudonym(at.position);
    state.put_holder(UniqueField::EmployeeId, employee_id.as_str(), None);
    if let Some(pseudonym) = &pseudonym {
        hold(state, UniqueField::EmployeeId, pseudonym.as_str(), id.as_str());
    }
    change_operator(state, recorded, at, id, |one| {
        one.details.employee_id = pseudonym.unwrap_or(employee_id);
        one.details.hire_date = None;
        one.details.is_active = false;
        one.posted_status = OperatorStatus::Offline;
        one.status_posted_at = at.occurred_at;
        one.erased_at = Some(at.recorded_at);
    });
    refresh_operator(state, id, at);
}

/// The number of a person whose own one was erased.
fn pseudonym(position: i64) -> Option<Text<20>> {
    Text::new(&format!("{ERASED_EMPLOYEE}{position}")).ok()
}

fn change_operator(
    state: &mut State,
    recorded: &Recorded,
    at: Stamp<'_>,
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
