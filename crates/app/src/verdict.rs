//! What kind of "no" a refusal is: the plant's decision, or a request that was wrong in form.
//!
//! The edge turns kinds into status codes; the committer records decided answers under their
//! Idempotency-Key and lets malformed requests be mended.

use mraos_domain::{Command, Refusal, RefusalCode};

/// Kinds of "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// A rule of the plant speaks against it.
    Refused,
    /// A value cannot be.
    Invalid,
    /// The entity has changed since it was read.
    Stale,
    /// The role may not.
    NotPermitted,
    /// The thing addressed does not exist.
    Unknown,
}

/// The kind of one refusal of `commands`.
pub fn verdict(refusal: &Refusal, commands: &[Command]) -> Verdict {
    use RefusalCode as R;
    match refusal.code {
        R::StaleVersion => Verdict::Stale,
        R::OutOfOrder | R::InTheFuture | R::InvalidValue => Verdict::Invalid,
        R::BackdatingNotPermitted | R::OutsideScope | R::NotOwnWork => Verdict::NotPermitted,
        R::UnknownShift if is_in_body(commands) => Verdict::Refused,
        R::UnknownSkill
        | R::UnknownShift
        | R::UnknownHoliday
        | R::UnknownMaintenance
        | R::UnknownDependency
        | R::UnknownRequirement => Verdict::Unknown,
        R::UnknownOperator
        | R::UnknownMachine
        | R::UnknownMaterial
        | R::UnknownBomLine
        | R::UnknownWorkOrder
        | R::UnknownAllocation
            if is_addressed(refusal, commands) =>
        {
            Verdict::Unknown
        }
        _ => Verdict::Refused,
    }
}

/// The kind of a whole answer: form before decision, so that a request is mended first.
pub fn worst(refusals: &[Refusal], commands: &[Command]) -> Verdict {
    let kinds = refusals.iter().map(|refusal| verdict(refusal, commands));
    kinds.max().unwrap_or(Verdict::Refused)
}

/// Whether the request itself was wrong, so that its answer is not recorded.
pub(crate) fn is_of_form(refusal: &Refusal, commands: &[Command]) -> bool {
    verdict(refusal, commands) != Verdict::Refused
}

fn is_addressed(refusal: &Refusal, commands: &[Command]) -> bool {
    commands
        .iter()
        .filter(|command| !creates(command))
        .filter_map(Command::subject)
        .any(|subject| subject == refusal.entity)
}

/// Whether the commands name a shift in their body and not in their path.
fn is_in_body(commands: &[Command]) -> bool {
    let names_shift =
        |one: &Command| matches!(one, Command::CallOff { .. } | Command::UndoCallOff { .. });
    commands.iter().any(names_shift)
}

fn creates(command: &Command) -> bool {
    matches!(
        command,
        Command::CreateOperator { .. }
            | Command::CreateMachine { .. }
            | Command::CreateMaterial { .. }
            | Command::CreateWorkOrder { .. }
    )
}
