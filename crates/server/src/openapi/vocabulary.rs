//! The closed vocabularies of the wire: which member takes which words.
//!
//! The wire types carry text, because old clients must be able to read new words; the words that
//! exist today come from the domain's own enums, so that the document cannot fall behind.

use mraos_domain::suggestion::Factor;
use mraos_domain::{
    AllocationStatus, AttendanceEntry, ClockingType, Consumption, MachineStatus, MaintenanceStatus,
    OperatorStatus, Phase, Priority, ProductionEntry, RefusalCode, ReservationStatus, Role,
    ShiftStatus, TransactionType, WorkOrderStatus,
};
use serde_json::{Value, json};

use crate::fields::names;

/// Schema, member and words.
pub(super) type Entry = (&'static str, &'static str, fn() -> Vec<&'static str>);

pub(super) const VOCABULARY: &[Entry] = &[
    ("Allocation", "status", || names(AllocationStatus::ALL, AllocationStatus::as_str)),
    ("Allocation", "phase", || names(Phase::ALL, Phase::as_str)),
    ("Allocation", "allocation_type", || vec!["operator", "machine", "operator_machine"]),
    ("Allocation", "allocation_method", allocation_methods),
    ("CreateAllocation", "allocation_method", allocation_methods),
    ("ReassignAllocation", "drop", || vec!["operator", "machine"]),
    ("Override", "code", refusal_codes),
    ("Refusal", "code", refusal_codes),
    ("Operator", "current_status", operator_statuses),
    ("CreateOperator", "current_status", || posted(operator_statuses(), "busy")),
    ("CallOff", "status", || vec!["absent", "sick", "vacation"]),
    ("PostAttendance", "type", clockings),
    ("AttendanceSignal", "type", clockings),
    ("Attendance", "type", || names(AttendanceEntry::ALL, AttendanceEntry::as_str)),
    ("Shift", "status", shift_statuses),
    ("CurrentShift", "status", shift_statuses),
    ("ShiftCard", "status", shift_statuses),
    ("Hit", "phase", || names(Phase::ALL, Phase::as_str)),
    ("Hit", "side", || vec!["operator", "machine"]),
    ("Machine", "current_status", machine_statuses),
    ("CreateMachine", "current_status", || posted(machine_statuses(), "running")),
    ("Maintenance", "status", || names(MaintenanceStatus::ALL, MaintenanceStatus::as_str)),
    ("StatusPeriod", "status", machine_statuses),
    ("StatusPeriod", "previous_status", machine_statuses),
    ("WorkOrder", "status", || names(WorkOrderStatus::ALL, WorkOrderStatus::as_str)),
    ("WorkOrder", "priority", priorities),
    ("CreateWorkOrder", "priority", priorities),
    ("ChangeWorkOrder", "priority", priorities),
    ("ChangeWorkOrder", "status", || vec!["cancelled"]),
    ("WorkOrder", "quality_status", quality_statuses),
    ("CreateWorkOrder", "quality_status", || vec!["pending"]),
    ("DecideQuality", "quality_status", quality_statuses),
    ("NoteProduction", "event_type", || vec!["milestone", "issue", "note"]),
    ("ProductionLog", "event_type", || names(ProductionEntry::ALL, ProductionEntry::as_str)),
    ("AddDependency", "dependency_type", dependency_types),
    ("Dependency", "dependency_type", dependency_types),
    ("Successor", "dependency_type", dependency_types),
    ("Successor", "status", || names(WorkOrderStatus::ALL, WorkOrderStatus::as_str)),
    ("RequireSkill", "scope", scopes),
    ("SkillRequirement", "scope", scopes),
    ("SuggestionReason", "factor", || names(Factor::ALL, Factor::as_str)),
    ("PostTransaction", "transaction_type", transaction_types),
    ("Transaction", "transaction_type", transaction_types),
    ("Reservation", "status", reservation_statuses),
    ("SetBomLine", "consumption", || names(Consumption::ALL, Consumption::as_str)),
    ("BomLine", "consumption", || names(Consumption::ALL, Consumption::as_str)),
    ("StatusSignal", "entity_type", || vec!["operator", "machine"]),
    ("CreateToken", "role", roles),
    ("Token", "role", roles),
    ("CreateUser", "role", roles),
    ("ChangeUser", "role", roles),
    ("User", "role", roles),
    ("Account", "role", roles),
];

fn allocation_methods() -> Vec<&'static str> {
    vec!["manual", "ai_suggested", "automated"]
}

fn refusal_codes() -> Vec<&'static str> {
    names(RefusalCode::ALL, RefusalCode::as_str)
}

fn operator_statuses() -> Vec<&'static str> {
    names(&OperatorStatus::ALL, OperatorStatus::as_str)
}

fn clockings() -> Vec<&'static str> {
    names(ClockingType::ALL, ClockingType::as_str)
}

fn shift_statuses() -> Vec<&'static str> {
    names(ShiftStatus::ALL, ShiftStatus::as_str)
}

fn machine_statuses() -> Vec<&'static str> {
    names(&MachineStatus::ALL, MachineStatus::as_str)
}

/// What follows from allocations cannot be posted.
fn posted(mut all: Vec<&'static str>, derived: &str) -> Vec<&'static str> {
    all.retain(|status| *status != derived);
    all
}

fn priorities() -> Vec<&'static str> {
    names(Priority::ALL, Priority::as_str)
}

fn quality_statuses() -> Vec<&'static str> {
    vec!["pending", "passed", "failed", "waived"]
}

fn transaction_types() -> Vec<&'static str> {
    names(TransactionType::ALL, TransactionType::as_str)
}

fn reservation_statuses() -> Vec<&'static str> {
    names(ReservationStatus::ALL, ReservationStatus::as_str)
}

fn dependency_types() -> Vec<&'static str> {
    vec!["finish_to_start", "start_to_start", "finish_to_finish"]
}

fn scopes() -> Vec<&'static str> {
    vec!["machine", "machine_type", "work_order"]
}

fn roles() -> Vec<&'static str> {
    names(&Role::ALL, Role::as_str)
}

/// Adds the words to the members of a schema.
pub(super) fn name_values(schema_name: &str, schema: &mut Value) {
    for (_, member, words) in VOCABULARY.iter().filter(|(of, ..)| *of == schema_name) {
        let member = &mut schema["properties"][*member];
        let mut words: Vec<Value> = words().into_iter().map(Value::from).collect();
        if member["type"].is_array() {
            words.push(Value::Null);
        }
        member["enum"] = json!(words);
    }
}
