//! Entries of production logs: wire type ↔ domain type.
//!
//! Which entries people may write is the domain's rule.

use mraos_api::production_log as api;
use mraos_app::reads::LoggedEntry;
use mraos_domain::{Command, MachineId, OperatorId, ProductionEntry, WorkOrderId};

use crate::fields::{Fields, named_value};
use crate::wire::text::Texts;

/// The command that writes an entry.
pub(crate) fn read_note(
    fields: &mut Fields,
    texts: &mut Texts,
    work_order_id: WorkOrderId,
    body: &api::NoteProduction,
) -> Option<Command> {
    let all = ProductionEntry::ALL.iter().copied();
    let written: Vec<ProductionEntry> = all.filter(|one| one.is_written()).collect();
    let entry = named_value("event_type", &body.event_type, &written, ProductionEntry::as_str);
    let entry = fields.take("event_type", entry);
    let operator_id = body.operator_id.as_deref().map(OperatorId::new);
    let operator_id = fields.take_optional("operator_id", operator_id);
    let machine_id = body.machine_id.as_deref().map(MachineId::new);
    let machine_id = fields.take_optional("machine_id", machine_id);
    let notes = texts.attach(fields, "notes", &body.notes);
    Some(Command::NoteProduction {
        work_order_id,
        entry: entry?,
        operator_id: operator_id?,
        machine_id: machine_id?,
        notes: notes?,
    })
}

/// An entry as clients see one.
pub(crate) fn render(work_order_id: &WorkOrderId, entry: LoggedEntry) -> api::ProductionLog {
    api::ProductionLog {
        log_id: entry.log_id,
        work_order_id: work_order_id.to_string(),
        timestamp: entry.timestamp.timestamp(),
        event_type: entry.event_type,
        quantity_produced: entry.quantity_produced,
        quantity_rejected: entry.quantity_rejected,
        cumulative_quantity: entry.cumulative_quantity,
        operator_id: entry.operator_id,
        machine_id: entry.machine_id,
        notes: entry.notes,
        logged_by: entry.logged_by,
        created_at: entry.created_at.timestamp(),
    }
}
