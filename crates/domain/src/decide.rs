//! Decides commands: the events that happen, or every reason why not.
//!
//! Pure: the same state, command and context give the same answer. One file per noun holds its
//! commands; rules that let work begin live in [`crate::eligibility`].

mod allocation;
mod attendance;
mod bom;
mod holiday;
mod life_cycle;
mod machine;
mod maintenance;
mod material;
mod operator;
mod production;
mod requirement;
mod reschedule;
mod reservation;
mod stock;
mod supply;
pub mod undo;
mod work_order;

use crate::access::{Permission, part};
use crate::command::{Command, Reason};
use crate::context::Context;
use crate::event::Event;
use crate::key::UniqueField;
use crate::reason::BUILT_IN;
use crate::refusal::{EntityRef, Refusal, RefusalCode};
use crate::source::Signal;
use crate::state::State;

/// What a command leads to.
pub type Decision = Result<Vec<Event>, Vec<Refusal>>;

/// How far ahead of the server's clock a stated time may be.
const TOLERATED_AHEAD_MINUTES: i64 = 5;

/// Decides `command`. No events means that the plant already is as asked for.
pub fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    check_stated_time(command, context)?;
    if !context.actor.sees_everything() {
        if let Some(seen) = part::state_in_sight(state, command, &context.actor) {
            return decide_command(&seen, command, context);
        }
        part::check_part(state, command, &context.actor)?;
    }
    decide_command(state, command, context)
}

fn decide_command(state: &State, command: &Command, context: &Context) -> Decision {
    match command {
        Command::CreateOperator { .. }
        | Command::ChangeOperator { .. }
        | Command::SetOperatorStatus { .. }
        | Command::SetSkill { .. }
        | Command::RemoveSkill { .. }
        | Command::EraseOperator { .. }
        | Command::AddShift { .. }
        | Command::RemoveShift { .. } => operator::decide(state, command, context),
        Command::ClockIn { .. }
        | Command::ClockOut { .. }
        | Command::NoteAbsence { .. }
        | Command::CallOff { .. }
        | Command::UndoCallOff { .. } => attendance::decide(state, command, context),
        Command::CreateMachine { .. }
        | Command::ChangeMachine { .. }
        | Command::SetMachineStatus { .. } => machine::decide(state, command, context),
        Command::PlanMaintenance { .. }
        | Command::ChangeMaintenance { .. }
        | Command::CompleteMaintenance { .. }
        | Command::CancelMaintenance { .. } => maintenance::decide(state, command, context),
        Command::CreateWorkOrder { .. }
        | Command::ChangeWorkOrder { .. }
        | Command::CancelWorkOrder { .. }
        | Command::AddDependency { .. }
        | Command::RemoveDependency { .. }
        | Command::ReportProgress { .. } => work_order::decide(state, command, context),
        Command::DecideQuality { .. }
        | Command::NoteProduction { .. }
        | Command::AdvanceWaiting { .. } => production::decide(state, command, context),
        Command::DefineHoliday { .. } | Command::RemoveHoliday { .. } => {
            holiday::decide(state, command)
        }
        Command::CreateMaterial { .. } | Command::ChangeMaterial { .. } => {
            material::decide(state, command)
        }
        Command::MoveStock { material_id, transaction } => {
            stock::decide(state, material_id, transaction, context)
        }
        Command::ConsumeReservation { .. }
        | Command::ReleaseReservation { .. }
        | Command::ExpireReservation { .. }
        | Command::HandOverReservation { .. }
        | Command::SupplyWorkOrder { .. } => reservation::decide(state, command, context),
        Command::SetBomLine { .. } | Command::RemoveBomLine { .. } => bom::decide(state, command),
        Command::RequireSkill { .. }
        | Command::DropRequirement { .. }
        | Command::DefineReasonCode { .. } => requirement::decide(state, command),
        Command::Allocate(new) => allocation::allocate(state, new, context),
        Command::Reassign { .. } => allocation::reassign(state, command, context),
        Command::Reschedule { .. } => reschedule::decide(state, command, context),
        Command::Undo { .. } => undo::decide(state, command, context),
        Command::Start { .. }
        | Command::Pause { .. }
        | Command::Resume { .. }
        | Command::Release { .. }
        | Command::Complete { .. }
        | Command::NoteOverrun { .. }
        | Command::Cancel { .. } => life_cycle::decide(state, command, context),
    }
}

/// Whether a signal of this number or a later one of its source has been applied before.
pub fn is_already_applied(state: &State, signal: &Signal) -> bool {
    state.watermark(&signal.id).is_some_and(|watermark| signal.sequence <= watermark)
}

fn check_stated_time(command: &Command, context: &Context) -> Result<(), Vec<Refusal>> {
    let Some(stated) = context.stated_at else {
        return Ok(());
    };
    let entity =
        command.subject().unwrap_or_else(|| EntityRef::new(crate::EntityType::Allocation, "new"));
    if !context.actor.role.may(Permission::Backdate) {
        let message = format!(
            "Role {} may not state when something happened; leave out occurred_at.",
            context.actor.role.as_str()
        );
        return refuse(Refusal::new(RefusalCode::BackdatingNotPermitted, entity, message));
    }
    if stated > context.recorded_at.plus_minutes(TOLERATED_AHEAD_MINUTES) {
        let message = format!(
            "occurred_at {stated} is more than {TOLERATED_AHEAD_MINUTES} minutes ahead of the \
             server's clock; correct the clock of the sender."
        );
        let refusal = Refusal::new(RefusalCode::InTheFuture, entity, message);
        return refuse(refusal.figures(context.recorded_at, stated));
    }
    Ok(())
}

fn refuse<T>(refusal: Refusal) -> Result<T, Vec<Refusal>> {
    Err(vec![refusal])
}

fn all_or(events: Vec<Event>, refusals: Vec<Refusal>) -> Decision {
    if refusals.is_empty() { Ok(events) } else { Err(refusals) }
}

fn check_version(
    entity: impl Into<EntityRef>,
    expected: Option<i32>,
    current: i32,
) -> Result<(), Vec<Refusal>> {
    match expected {
        Some(expected) if expected != current => {
            let message = format!(
                "Version {expected} is out of date, the present one is {current}; read it again."
            );
            let refusal = Refusal::new(RefusalCode::StaleVersion, entity, message);
            refuse(refusal.figures(expected, current))
        }
        _ => Ok(()),
    }
}

fn check_reason(state: &State, reason: &Reason, out: &mut Vec<Refusal>) {
    let Some(code) = &reason.reason_code else {
        return;
    };
    let defined = state.reason_code(code).is_some_and(|definition| definition.is_active);
    if !defined && !BUILT_IN.contains(&code.as_str()) {
        let message = format!("There is no active reason code `{code}`; define it first.");
        out.push(Refusal::new(RefusalCode::UnknownReasonCode, code, message));
    }
}

/// Refuses a unique value that somebody else has.
fn check_unique(
    state: &State,
    field: UniqueField,
    value: &str,
    owner: EntityRef,
    out: &mut Vec<Refusal>,
) {
    if let Some(holder) = state.holder(field, value).filter(|id| *id != owner.entity_id) {
        let name = field.as_str();
        let message = format!("{name} `{value}` already belongs to {holder}; choose another.");
        let refusal = Refusal::new(RefusalCode::DuplicateValue, owner, message);
        out.push(refusal.figures(format!("a free {name}"), value));
    }
}

fn already_exists(entity: EntityRef) -> Refusal {
    let message = format!("`{}` exists already; choose another id.", entity.entity_id);
    Refusal::new(RefusalCode::DuplicateValue, entity, message)
}
