//! Alerts that follow from the state: broken or silent machines, people who are absent or late,
//! work that runs past its expected end, stock below its safety level.
//!
//! An alert is a function of its subject, so a node that starts finds the same alerts that the
//! others show. There is at most one per code and subject; its id names both.

use jiff::Timestamp;
use mraos_api::live::card::{AlertCard, AlertSubject};
use mraos_domain::reason::NO_SIGNAL;
use mraos_domain::{
    Allocation, Instant, Machine, MachineStatus, Material, Operator, OperatorStatus, Phase, Shift,
    ShiftStatus, State, Window,
};

use super::card::{
    Person, Work, allocation_line, machine_line, works_of_machine, works_of_operator,
};
use super::view::Line;

/// An alert with its place in the plant.
#[derive(Debug, Clone)]
pub(crate) struct Alert {
    pub(crate) card: AlertCard,
    pub(crate) line: Option<Line>,
    pub(crate) person: Person,
    pub(crate) works: Vec<Work>,
}

impl Alert {
    /// The same alert, over since `at`.
    pub(crate) fn resolved(mut self, at: Timestamp) -> Self {
        self.card.resolved_at = Some(at);
        self
    }
}

/// What a machine gives cause for.
pub(crate) fn of_machine(state: &State, machine: &Machine) -> Option<Alert> {
    let id = &machine.machine_id;
    let is_silent =
        machine.status_reason_code.as_ref().is_some_and(|code| code.as_str() == NO_SIGNAL);
    let (code, severity, what) = match machine.current_status {
        MachineStatus::Breakdown => ("machine_breakdown", "critical", "has broken down"),
        MachineStatus::Offline if is_silent => ("machine_no_signal", "warning", "sends no signal"),
        _ => return None,
    };
    let works = works_of_machine(state, machine);
    Some(Alert {
        card: AlertCard {
            alert_id: format!("{code}:{id}"),
            severity: severity.to_owned(),
            code: code.to_owned(),
            message: format!("Machine {id} {what}{}.", affected(&works)),
            subject: subject("machine", id),
            production_line: Some(machine.details.production_line.to_string()),
            affected_allocation_ids: ids(&works),
            raised_at: machine.status_updated_at.timestamp(),
            resolved_at: None,
        },
        line: Some(machine.details.production_line.clone()),
        person: Person::Nobody,
        works,
    })
}

/// What an operator gives cause for: absent, else late.
pub(crate) fn of_operator(state: &State, operator: &Operator) -> Option<Alert> {
    absent(state, operator).or_else(|| late(operator))
}

/// Somebody away with open work, or who did not come for a shift.
fn absent(state: &State, operator: &Operator) -> Option<Alert> {
    let id = &operator.operator_id;
    if !matches!(operator.posted_status, OperatorStatus::Absent | OperatorStatus::Sick) {
        return None;
    }
    let works = works_of_operator(state, id);
    let shift = operator.shift_in_view();
    let is_missed = |shift: &&Shift| {
        shift.attendance.status == ShiftStatus::Absent && !shift.attendance.is_called_off
    };
    let missed = shift.filter(is_missed);
    if works.is_empty() && missed.is_none() {
        return None;
    }
    let stopped = state.open_of_operator(id).filter(|one| one.phase == Phase::Paused).last();
    let line = stopped.and_then(|one| machine_line(state, one));
    let line = line.or_else(|| operator.details.production_line.clone());
    let what = match missed {
        Some(shift) => format!("has not come for shift {}", shift.times.shift_name),
        None => format!("is {}", operator.posted_status.as_str()),
    };
    Some(Alert {
        card: AlertCard {
            alert_id: format!("operator_absent:{id}"),
            severity: "warning".to_owned(),
            code: "operator_absent".to_owned(),
            message: format!("Operator {id} {what}{}.", affected(&works)),
            subject: subject("operator", id),
            production_line: line.as_ref().map(ToString::to_string),
            affected_allocation_ids: ids(&works),
            raised_at: operator.status_posted_at.timestamp(),
            resolved_at: None,
        },
        line,
        person: Person::Of(Some(id.clone())),
        works,
    })
}

/// Somebody who came late, until the shift is over.
fn late(operator: &Operator) -> Option<Alert> {
    let id = &operator.operator_id;
    let shift = operator.shift_in_view()?;
    let came =
        shift.attendance.clocked_in_at.filter(|_| shift.attendance.status == ShiftStatus::Late)?;
    let minutes = Window { start: shift.window.start, end: came }.minutes();
    let line = operator.details.production_line.clone();
    Some(Alert {
        card: AlertCard {
            alert_id: format!("operator_late:{id}"),
            severity: "info".to_owned(),
            code: "operator_late".to_owned(),
            message: format!(
                "Operator {id} came {minutes} minutes late for shift {}.",
                shift.times.shift_name
            ),
            subject: subject("operator", id),
            production_line: line.as_ref().map(ToString::to_string),
            affected_allocation_ids: Vec::new(),
            raised_at: came.timestamp(),
            resolved_at: None,
        },
        line,
        person: Person::Of(Some(id.clone())),
        works: Vec::new(),
    })
}

/// What work that runs past its expected end gives cause for, as of `at`.
pub(crate) fn of_allocation(state: &State, allocation: &Allocation, at: Instant) -> Option<Alert> {
    if !allocation.has_overrun(at) {
        return None;
    }
    let (id, assignment) = (allocation.allocation_id, &allocation.assignment);
    let waiting = state.next_after(allocation);
    let works: Vec<Work> = waiting.into_iter().map(|one| Work::of(state, one)).collect();
    let line = allocation_line(state, allocation);
    let waits = match works.len() {
        0 => String::new(),
        1 => "; 1 booking waits for it".to_owned(),
        many => format!("; {many} bookings wait for it"),
    };
    let order = &assignment.work_order_id;
    Some(Alert {
        card: AlertCard {
            alert_id: format!("allocation_overrun:{id}"),
            severity: "warning".to_owned(),
            code: "allocation_overrun".to_owned(),
            message: format!("Work on {order} has passed its expected end{waits}."),
            subject: subject("allocation", &id),
            production_line: line.as_ref().map(ToString::to_string),
            affected_allocation_ids: ids(&works),
            raised_at: allocation.window.end.timestamp(),
            resolved_at: None,
        },
        line,
        person: Person::Of(assignment.operator_id.clone()),
        works,
    })
}

/// What a material gives cause for: less than its safety stock is available.
pub(crate) fn of_material(material: &Material) -> Option<Alert> {
    let (id, details) = (&material.material_id, &material.details);
    let since = material.below_safety_since.filter(|_| details.is_active)?;
    let (available, unit) = (material.available(), &details.unit_of_measure);
    let level = details.safety_stock_level?;
    Some(Alert {
        card: AlertCard {
            alert_id: format!("material_below_safety_stock:{id}"),
            severity: "warning".to_owned(),
            code: "material_below_safety_stock".to_owned(),
            message: format!(
                "Of material {id}, {available} {unit} are available; the safety stock is {level}."
            ),
            subject: subject("material", id),
            production_line: None,
            affected_allocation_ids: Vec::new(),
            raised_at: since.timestamp(),
            resolved_at: None,
        },
        line: None,
        person: Person::Nobody,
        works: Vec::new(),
    })
}

fn subject(entity_type: &str, id: &impl ToString) -> AlertSubject {
    AlertSubject { entity_type: entity_type.to_owned(), entity_id: id.to_string() }
}

fn ids(works: &[Work]) -> Vec<i64> {
    works.iter().map(|work| work.allocation_id).collect()
}

fn affected(works: &[Work]) -> String {
    match works.len() {
        0 => String::new(),
        1 => "; 1 allocation is affected".to_owned(),
        many => format!("; {many} allocations are affected"),
    }
}
