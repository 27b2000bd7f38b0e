//! Commands about operators: master data, status, skills and shifts.
//!
//! Whoever leaves the floor pauses the work that runs: each pause is a fact of its own.

use super::life_cycle::pause_for;
use super::{Decision, all_or, already_exists, check_reason, check_unique, check_version, refuse};
use crate::command::{Command, Reason};
use crate::context::Context;
use crate::eligibility::{most_at_once, no_such};
use crate::event::{
    Event, OperatorChanged, OperatorCreated, OperatorErased, OperatorPersonChanged,
    OperatorShiftAdded, OperatorShiftRemoved, OperatorSkillRemoved, OperatorSkillSet,
    OperatorStatusChanged, OperatorStatusRestated,
};
use crate::ids::OperatorId;
use crate::key::UniqueField;
use crate::operator::{ERASED_EMPLOYEE, Operator, OperatorDetails, OperatorStatus};
use crate::reason::OPERATOR_AWAY;
use crate::refusal::{Refusal, RefusalCode};
use crate::shift::ShiftTimes;
use crate::state::State;
use crate::{Allocation, Phase};

pub(super) fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    match command {
        Command::CreateOperator { operator_id, details, status } => {
            create(state, operator_id, details, *status)
        }
        Command::ChangeOperator { operator_id, expected_version, details, person_changed } => {
            let operator = find_person(state, operator_id)?;
            check_version(operator_id, *expected_version, operator.version)?;
            change(state, operator, details, *person_changed)
        }
        Command::SetOperatorStatus { operator_id, status, reason } => {
            set_status(state, find_person(state, operator_id)?, *status, reason, context)
        }
        Command::SetSkill { operator_id, skill } => {
            let operator = find_person(state, operator_id)?;
            if operator.skill(&skill.skill_code) == Some(skill) {
                return Ok(Vec::new());
            }
            let (operator_id, skill) = (operator_id.clone(), skill.clone());
            Ok(vec![OperatorSkillSet { operator_id, skill }.into()])
        }
        Command::RemoveSkill { operator_id, skill_code } => {
            if find_person(state, operator_id)?.skill(skill_code).is_none() {
                let message = format!("Operator {operator_id} has no skill {skill_code}.");
                return refuse(Refusal::new(RefusalCode::UnknownSkill, operator_id, message));
            }
            let (operator_id, skill_code) = (operator_id.clone(), skill_code.clone());
            Ok(vec![OperatorSkillRemoved { operator_id, skill_code }.into()])
        }
        Command::AddShift { operator_id, times } => {
            add_shift(find_person(state, operator_id)?, times, context)
        }
        Command::RemoveShift { operator_id, shift_id } => {
            let operator = find_person(state, operator_id)?;
            if !operator.shifts.iter().any(|shift| shift.shift_id == *shift_id) {
                let message = format!("Operator {operator_id} has no shift {shift_id}.");
                return refuse(Refusal::new(RefusalCode::UnknownShift, operator_id, message));
            }
            let (operator_id, shift_id) = (operator_id.clone(), *shift_id);
            Ok(vec![OperatorShiftRemoved { operator_id, shift_id }.into()])
        }
        Command::EraseOperator { operator_id } => erase(state, find(state, operator_id)?),
        _ => Ok(Vec::new()),
    }
}

/// An operator of whom something can still be changed.
pub(super) fn find_person<'a>(
    state: &'a State,
    id: &OperatorId,
) -> Result<&'a Operator, Vec<Refusal>> {
    let operator = find(state, id)?;
    erased(operator).map_or(Ok(operator), refuse)
}

/// The refusal of whatever is about an erased person.
pub(super) fn erased(operator: &Operator) -> Option<Refusal> {
    let id = &operator.operator_id;
    operator.erased_at?;
    let message = format!("Operator {id} has been erased; register the person under another id.");
    Some(Refusal::new(RefusalCode::OperatorErased, id, message))
}

fn find<'a>(state: &'a State, id: &OperatorId) -> Result<&'a Operator, Vec<Refusal>> {
    let missing = || vec![no_such(RefusalCode::UnknownOperator, id.into(), "operator")];
    state.operator(id).ok_or_else(missing)
}

fn create(
    state: &State,
    id: &OperatorId,
    details: &OperatorDetails,
    status: OperatorStatus,
) -> Decision {
    let mut refusals = Vec::new();
    if state.operator(id).is_some() {
        refusals.push(already_exists(id.into()));
    }
    let employee_id = details.employee_id.as_str();
    check_unique(state, UniqueField::EmployeeId, employee_id, id.into(), &mut refusals);
    check_not_reserved(id, employee_id, &mut refusals);
    check_postable(id, status, &mut refusals);
    let (operator_id, details) = (id.clone(), details.clone());
    all_or(vec![OperatorCreated { operator_id, details, status }.into()], refusals)
}

fn check_postable(id: &OperatorId, status: OperatorStatus, out: &mut Vec<Refusal>) {
    if status == OperatorStatus::Busy {
        let message = "`busy` follows from running work and is never posted; start an allocation.";
        out.push(Refusal::new(RefusalCode::InvalidValue, id, message.to_owned()));
    }
}

/// Numbers of erased people must not collide with anybody's.
fn check_not_reserved(id: &OperatorId, employee_id: &str, out: &mut Vec<Refusal>) {
    if employee_id.starts_with(ERASED_EMPLOYEE) {
        let message = format!(
            "employee_id `{employee_id}` begins with `{ERASED_EMPLOYEE}`, which is kept for \
             erased people; choose another."
        );
        out.push(Refusal::new(RefusalCode::InvalidValue, id, message));
    }
}

/// Open work needs somebody who does it; it ends or goes to another first.
fn erase(state: &State, operator: &Operator) -> Decision {
    let id = &operator.operator_id;
    if operator.erased_at.is_some() {
        return Ok(Vec::new());
    }
    if let Some(open) = state.open_of_operator(id).next() {
        return refuse(in_use(id.into(), open, "erased"));
    }
    Ok(vec![OperatorErased { operator_id: id.clone() }.into()])
}

fn change(
    state: &State,
    operator: &Operator,
    details: &OperatorDetails,
    person_changed: bool,
) -> Decision {
    let id = &operator.operator_id;
    if operator.details == *details {
        // A change of both is one: whoever follows the log looks at the person then as well.
        let changed = OperatorPersonChanged { operator_id: id.clone() };
        return Ok(person_changed.then(|| changed.into()).into_iter().collect());
    }
    let mut refusals = Vec::new();
    let employee_id = details.employee_id.as_str();
    check_unique(state, UniqueField::EmployeeId, employee_id, id.into(), &mut refusals);
    check_not_reserved(id, employee_id, &mut refusals);
    let open: Vec<&Allocation> = state.open_of_operator(id).collect();
    if !details.is_active && !open.is_empty() {
        refusals.push(in_use(id.into(), open[0], "deactivated"));
    }
    if most_at_once(&open) > usize::from(details.parallel_capacity) {
        refusals.push(in_use(id.into(), open[0], "given less parallel capacity"));
    }
    let (operator_id, details) = (id.clone(), details.clone());
    all_or(vec![OperatorChanged { operator_id, details }.into()], refusals)
}

/// The refusal of a change that open work forbids.
pub(super) fn in_use(
    entity: crate::refusal::EntityRef,
    open: &Allocation,
    change: &str,
) -> Refusal {
    let message = format!(
        "{} cannot be {change} while allocation {} on {} is open; release or reassign it first.",
        entity.entity_id, open.allocation_id, open.assignment.work_order_id
    );
    let mut refusal = Refusal::new(RefusalCode::InUse, entity, message).during(open.window);
    refusal.allocation_id = Some(open.allocation_id);
    refusal
}

fn set_status(
    state: &State,
    operator: &Operator,
    status: OperatorStatus,
    reason: &Reason,
    context: &Context,
) -> Decision {
    let id = &operator.operator_id;
    let mut refusals = Vec::new();
    check_postable(id, status, &mut refusals);
    check_reason(state, reason, &mut refusals);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    if !is_present(state, operator, context) {
        let (operator_id, reason_code) = (id.clone(), reason.reason_code.clone());
        let reason = reason.text.clone();
        let event = OperatorStatusRestated { operator_id, status, reason_code, reason };
        return Ok(vec![event.into()]);
    }
    if operator.posted_status == status {
        return Ok(Vec::new());
    }
    Ok(turn_to(state, operator, status, reason))
}

/// Whether what is said now is about the present: nothing newer is known of the person.
pub(super) fn is_present(state: &State, operator: &Operator, context: &Context) -> bool {
    let newest = running(state, operator).map(|one| one.last_transition_at).max();
    context.now()
        >= newest.map_or(operator.status_posted_at, |at| at.max(operator.status_posted_at))
}

/// The person is to be what `status` says, and pauses what runs unless that is available.
pub(super) fn turn_to(
    state: &State,
    operator: &Operator,
    status: OperatorStatus,
    reason: &Reason,
) -> Vec<Event> {
    let mut events = Vec::new();
    if operator.posted_status != status {
        let changed = OperatorStatusChanged {
            operator_id: operator.operator_id.clone(),
            previous_status: operator.current_status,
            status,
            reason_code: reason.reason_code.clone(),
            reason: reason.text.clone(),
        };
        events.push(changed.into());
    }
    if status != OperatorStatus::Available {
        events.extend(running(state, operator).map(|one| pause_for(one, OPERATOR_AWAY)));
    }
    events
}

fn running<'a>(state: &'a State, operator: &Operator) -> impl Iterator<Item = &'a Allocation> {
    state.open_of_operator(&operator.operator_id).filter(|one| one.phase == Phase::Running)
}

fn add_shift(operator: &Operator, times: &ShiftTimes, context: &Context) -> Decision {
    let id = &operator.operator_id;
    let (window, break_window) = times.windows(&context.plant).map_err(|invalid| {
        vec![Refusal::new(RefusalCode::InvalidValue, id, invalid.to_string())]
    })?;
    let same = |shift: &&crate::Shift| {
        // A clock change can leave nothing of a shift: two such do not overlap, but are one row.
        let row = (shift.times.shift_date, shift.times.start_time);
        shift.window.overlaps(&window) || row == (times.shift_date, times.start_time)
    };
    if let Some(other) = operator.shifts.iter().find(same) {
        let message = format!(
            "Operator {id} already has shift {} from {} to {}.",
            other.times.shift_name,
            context.plant.show(other.window.start),
            context.plant.show(other.window.end)
        );
        let refusal = Refusal::new(RefusalCode::DuplicateValue, id, message);
        return refuse(refusal.during(other.window));
    }
    let (operator_id, times) = (id.clone(), times.clone());
    Ok(vec![OperatorShiftAdded { operator_id, times, window, break_window }.into()])
}
