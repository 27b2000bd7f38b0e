//! Commands of an actor who has to do with a part of the plant.
//!
//! What such a command names outside that part is taken to be absent, so that the answer is the
//! same as for an id that nothing has, down to its words. And nobody puts things where they could
//! not see them any more.

use crate::command::Command;
use crate::context::Actor;
use crate::ids::{MachineId, OperatorId};
use crate::key::Key;
use crate::refusal::{EntityRef, Refusal, RefusalCode};
use crate::requires::requires;
use crate::skill::RequirementScope;
use crate::state::State;
use crate::text::Text;
use crate::work_order::DependencyTerms;

/// The keys that show whether `command` keeps to the actor's part, and that are not loaded.
pub fn requires_sight(state: &State, command: &Command, actor: &Actor) -> Vec<Key> {
    if actor.sees_everything() {
        return Vec::new();
    }
    named(command).iter().flat_map(|key| actor.needs_to_see(state, key)).collect()
}

/// The state as it is to an actor who cannot see all that `command` names; `None` if nothing of
/// it is hidden.
pub(crate) fn state_in_sight(state: &State, command: &Command, actor: &Actor) -> Option<State> {
    let hidden: Vec<Key> =
        named(command).into_iter().filter(|key| !actor.sees(state, key)).collect();
    if hidden.is_empty() {
        return None;
    }
    let mut seen = State::default();
    for key in hidden {
        seen.note_absent(key);
    }
    loop {
        let missing = requires(&seen, command, None);
        if missing.is_empty() {
            return Some(seen);
        }
        for key in &missing {
            seen.copy(key, state);
        }
    }
}

/// Refuses what an actor may not do with things that it sees.
pub(crate) fn check_part(
    state: &State,
    command: &Command,
    actor: &Actor,
) -> Result<(), Vec<Refusal>> {
    use Command as C;
    match command {
        C::CreateOperator { operator_id, details, .. }
        | C::ChangeOperator { operator_id, details, .. } => {
            check_line(actor, details.production_line.as_ref(), operator_id.into())
        }
        C::CreateMachine { machine_id, details, .. }
        | C::ChangeMachine { machine_id, details, .. } => {
            check_line(actor, Some(&details.production_line), machine_id.into())
        }
        C::CreateWorkOrder { work_order_id, details, .. }
        | C::ChangeWorkOrder { work_order_id, details, .. } => {
            check_line(actor, details.production_line.as_ref(), work_order_id.into())
        }
        C::SetMachineStatus { machine_id, .. } => {
            let mut open = state.open_of_machine(machine_id);
            let own = open.any(|one| actor.is(one.assignment.operator_id.as_ref()));
            check_own_work(actor, own || state.machine(machine_id).is_none(), machine_id.into())
        }
        C::ReportProgress { work_order_id, .. } | C::NoteProduction { work_order_id, .. } => {
            let mut open = state.open_of_work_order(work_order_id);
            let own = open.any(|one| actor.is(one.assignment.operator_id.as_ref()));
            let is_unknown = state.work_order(work_order_id).is_none();
            check_own_work(actor, own || is_unknown, work_order_id.into())
        }
        C::ConsumeReservation { reservation, .. } => {
            let mut open = state.open_of_work_order(&reservation.work_order_id);
            let own = open.any(|one| actor.is(one.assignment.operator_id.as_ref()));
            check_own_work(actor, own, (&reservation.work_order_id).into())
        }
        _ => Ok(()),
    }
}

fn check_line(
    actor: &Actor,
    line: Option<&Text<50>>,
    entity: EntityRef,
) -> Result<(), Vec<Refusal>> {
    let Some(line) = line.filter(|line| !actor.scope.has_line(Some(line))) else {
        return Ok(());
    };
    let message = format!("Line `{line}` is not one of yours; choose an own line.");
    Err(vec![Refusal::new(RefusalCode::OutsideScope, entity, message)])
}

fn check_own_work(actor: &Actor, is_own: bool, entity: EntityRef) -> Result<(), Vec<Refusal>> {
    if is_own || !actor.sees_own_work_alone() {
        return Ok(());
    }
    let message = format!("{} has no open work on `{}`.", actor.id, entity.entity_id);
    Err(vec![Refusal::new(RefusalCode::NotOwnWork, entity, message)])
}

/// Everything that a command names and that has to exist for it.
fn named(command: &Command) -> Vec<Key> {
    use Command as C;
    match command {
        C::ChangeOperator { operator_id, .. }
        | C::SetOperatorStatus { operator_id, .. }
        | C::SetSkill { operator_id, .. }
        | C::RemoveSkill { operator_id, .. }
        | C::EraseOperator { operator_id }
        | C::AddShift { operator_id, .. }
        | C::RemoveShift { operator_id, .. }
        | C::ClockIn { operator_id }
        | C::ClockOut { operator_id }
        | C::NoteAbsence { operator_id, .. }
        | C::CallOff { operator_id, .. }
        | C::UndoCallOff { operator_id, .. } => vec![Key::Operator(operator_id.clone())],
        C::ChangeMachine { machine_id, .. }
        | C::SetMachineStatus { machine_id, .. }
        | C::PlanMaintenance { machine_id, .. }
        | C::ChangeMaintenance { machine_id, .. }
        | C::CompleteMaintenance { machine_id, .. }
        | C::CancelMaintenance { machine_id, .. } => vec![Key::Machine(machine_id.clone())],
        C::CreateWorkOrder { dependencies, .. } => dependencies.iter().map(predecessor).collect(),
        C::ChangeWorkOrder { work_order_id, .. }
        | C::CancelWorkOrder { work_order_id, .. }
        | C::RemoveDependency { work_order_id, .. }
        | C::ReportProgress { work_order_id, .. }
        | C::DecideQuality { work_order_id, .. }
        | C::AdvanceWaiting { work_order_id } => vec![Key::WorkOrder(work_order_id.clone())],
        C::NoteProduction { work_order_id, operator_id, machine_id, .. } => {
            with_sides(Key::WorkOrder(work_order_id.clone()), operator_id, machine_id)
        }
        C::AddDependency { work_order_id, terms } => {
            vec![Key::WorkOrder(work_order_id.clone()), predecessor(terms)]
        }
        C::CreateMaterial { .. }
        | C::ChangeMaterial { .. }
        | C::MoveStock { .. }
        | C::ConsumeReservation { .. }
        | C::ReleaseReservation { .. }
        | C::ExpireReservation { .. }
        | C::HandOverReservation { .. }
        | C::SetBomLine { .. }
        | C::RemoveBomLine { .. }
        | C::SupplyWorkOrder { .. } => named_of_stock(command),
        C::RequireSkill { scope, .. } | C::DropRequirement { scope, .. } => named_of_scope(scope),
        C::Allocate(new) => {
            with_sides(Key::WorkOrder(new.work_order_id.clone()), &new.operator_id, &new.machine_id)
        }
        C::Reassign { allocation_id, operator_id, machine_id, .. } => {
            with_sides(Key::Allocation(*allocation_id), operator_id, machine_id)
        }
        C::Start { allocation_id, .. }
        | C::Pause { allocation_id, .. }
        | C::Resume { allocation_id, .. }
        | C::Release { allocation_id, .. }
        | C::Complete { allocation_id, .. }
        | C::Cancel { allocation_id, .. }
        | C::Reschedule { allocation_id, .. }
        | C::Undo { allocation_id, .. }
        | C::NoteOverrun { allocation_id } => vec![Key::Allocation(*allocation_id)],
        C::CreateOperator { .. }
        | C::CreateMachine { .. }
        | C::DefineHoliday { .. }
        | C::RemoveHoliday { .. }
        | C::DefineReasonCode { .. } => Vec::new(),
    }
}

fn predecessor(terms: &DependencyTerms) -> Key {
    Key::WorkOrder(terms.predecessor_work_order_id.clone())
}

fn named_of_scope(scope: &RequirementScope) -> Vec<Key> {
    match scope {
        RequirementScope::Machine(id) => vec![Key::Machine(id.clone())],
        RequirementScope::WorkOrder(id) => vec![Key::WorkOrder(id.clone())],
        RequirementScope::MachineType(_) => Vec::new(),
    }
}

fn with_sides(
    first: Key,
    operator_id: &Option<OperatorId>,
    machine_id: &Option<MachineId>,
) -> Vec<Key> {
    let mut keys = vec![first];
    keys.extend(operator_id.clone().map(Key::Operator));
    keys.extend(machine_id.clone().map(Key::Machine));
    keys
}

/// The same for commands about materials, reservations and bills.
fn named_of_stock(command: &Command) -> Vec<Key> {
    use Command as C;
    match command {
        C::ChangeMaterial { material_id, .. } => vec![Key::Material(material_id.clone())],
        C::MoveStock { material_id, transaction } => {
            let mut keys = vec![Key::Material(material_id.clone())];
            keys.extend(transaction.work_order_id.clone().map(Key::WorkOrder));
            keys
        }
        C::ConsumeReservation { reservation, .. }
        | C::ReleaseReservation { reservation, .. }
        | C::ExpireReservation { reservation } => {
            vec![Key::WorkOrder(reservation.work_order_id.clone())]
        }
        C::HandOverReservation { reservation, to_work_order_id, .. } => vec![
            Key::WorkOrder(reservation.work_order_id.clone()),
            Key::WorkOrder(to_work_order_id.clone()),
        ],
        C::SetBomLine { work_order_id, .. }
        | C::RemoveBomLine { work_order_id, .. }
        | C::SupplyWorkOrder { work_order_id } => vec![Key::WorkOrder(work_order_id.clone())],
        _ => Vec::new(),
    }
}
