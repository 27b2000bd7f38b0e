//! Status changes and reasons: wire type ↔ domain type.
//!
//! One body serves operators, machines and bulk signals; the command depends on the noun.

use mraos_api::status as api;
use mraos_domain::command::Reason;
use mraos_domain::{Command, MachineId, OperatorId, Signal, Text};

use crate::fields::Fields;
use crate::wire::text::Texts;
use crate::wire::{machine, operator};

/// A reason from its code and its words.
pub(crate) fn read_reason(
    fields: &mut Fields,
    texts: &mut Texts,
    reason_code: Option<&str>,
    words: Option<(&'static str, &str)>,
) -> Option<Reason> {
    let code = fields.optional_text("reason_code", reason_code);
    let text = match words {
        None => Some(None),
        Some((name, words)) => texts.attach(fields, name, words).map(Some),
    };
    Some(Reason { reason_code: code?, text: text? })
}

/// The sender's number of a signal.
pub(crate) fn read_signal(
    fields: &mut Fields,
    source: Option<&api::SignalSource>,
) -> Option<Option<Signal>> {
    let Some(source) = source else { return Some(None) };
    fields.below("source", |fields| {
        let id = fields.take("id", Text::named("id", &source.id));
        if source.sequence < 0 {
            fields.reject("sequence", format!("`{}` is negative", source.sequence));
        }
        Some(Some(Signal { id: id?, sequence: source.sequence }))
    })
}

/// The command that posts an operator's status.
pub(crate) fn read_operator_status(
    fields: &mut Fields,
    texts: &mut Texts,
    operator_id: Option<OperatorId>,
    body: &api::ChangeStatus,
) -> Option<Command> {
    let status = fields.take("status", operator::posted_status("status", &body.status));
    let reason = read_body_reason(fields, texts, body);
    Some(Command::SetOperatorStatus { operator_id: operator_id?, status: status?, reason: reason? })
}

/// The command that posts a machine's status.
pub(crate) fn read_machine_status(
    fields: &mut Fields,
    texts: &mut Texts,
    machine_id: Option<MachineId>,
    body: &api::ChangeStatus,
) -> Option<Command> {
    let status = fields.take("status", machine::posted_status("status", &body.status));
    let reason = read_body_reason(fields, texts, body);
    Some(Command::SetMachineStatus { machine_id: machine_id?, status: status?, reason: reason? })
}

fn read_body_reason(
    fields: &mut Fields,
    texts: &mut Texts,
    body: &api::ChangeStatus,
) -> Option<Reason> {
    let words = body.reason_description.as_deref().map(|words| ("reason_description", words));
    read_reason(fields, texts, body.reason_code.as_deref(), words)
}
