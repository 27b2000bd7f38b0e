//! Cards of entities as the state has them, with what is needed to decide who may see them.
//!
//! Lines for filters and lines for rights differ: whoever watches a line also wants to see what
//! leaves it, but may not see where it went. Pure functions of the state.

use mraos_api::live::card::{
    AllocationCard, MachineCard, MaintenanceCard, MaterialCard, OperatorCard, ShiftCard,
    WorkOrderCard,
};
use mraos_domain::work_order::WorkOrder;
use mraos_domain::{
    Allocation, Instant, Machine, Maintenance, Material, Operator, OperatorId, Phase, Quantity,
    Shift, State, Window,
};
use rust_decimal::Decimal;
use serde::Serialize;

use super::alert::Alert;
use super::view::Line;

/// What a message shows.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Card {
    Operator(OperatorCard),
    Machine(MachineCard),
    Allocation(AllocationCard),
    WorkOrder(WorkOrderCard),
    Material(MaterialCard),
    Alert(mraos_api::live::card::AlertCard),
}

/// A card with its place in the plant.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) card: Card,
    /// Lines on which it stands, for rights.
    pub(crate) lines: Vec<Line>,
    /// Whose it is: the operator, or the operator of the work.
    pub(crate) person: Person,
    /// Work whose ids are on the card, with whose it is and where.
    pub(crate) works: Vec<Work>,
}

/// Whether a card is about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Person {
    /// It is not.
    Nobody,
    /// It is that person's, or would be anybody's if it had one.
    Of(Option<OperatorId>),
}

/// Open work whose id is on a card.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    pub(crate) allocation_id: i64,
    pub(crate) operator_id: Option<OperatorId>,
    pub(crate) line: Option<Line>,
}

impl Work {
    pub(crate) fn of(state: &State, allocation: &Allocation) -> Self {
        Self {
            allocation_id: allocation.allocation_id.0,
            operator_id: allocation.assignment.operator_id.clone(),
            line: machine_line(state, allocation),
        }
    }
}

impl Card {
    pub(crate) fn entity_type(&self) -> &'static str {
        match self {
            Self::Operator(_) => "operator",
            Self::Machine(_) => "machine",
            Self::Allocation(_) => "allocation",
            Self::WorkOrder(_) => "work_order",
            Self::Material(_) => "material",
            Self::Alert(_) => "alert",
        }
    }

    pub(crate) fn entity_id(&self) -> String {
        match self {
            Self::Operator(card) => card.operator_id.clone(),
            Self::Machine(card) => card.machine_id.clone(),
            Self::Allocation(card) => card.allocation_id.to_string(),
            Self::WorkOrder(card) => card.work_order_id.clone(),
            Self::Material(card) => card.material_id.clone(),
            Self::Alert(card) => card.alert_id.clone(),
        }
    }
}

/// Line of the machine of an allocation.
pub(crate) fn machine_line(state: &State, allocation: &Allocation) -> Option<Line> {
    let machine = state.machine(allocation.assignment.machine_id.as_ref()?)?;
    Some(machine.details.production_line.clone())
}

/// Line of the allocation: the machine's, else the operator's own, else the order's.
pub(crate) fn allocation_line(state: &State, allocation: &Allocation) -> Option<Line> {
    let assignment = &allocation.assignment;
    machine_line(state, allocation)
        .or_else(|| {
            let operator = state.operator(assignment.operator_id.as_ref()?)?;
            operator.details.production_line.clone()
        })
        .or_else(|| state.work_order(&assignment.work_order_id)?.details.production_line.clone())
}

fn works<'a>(state: &State, open: impl Iterator<Item = &'a Allocation>) -> Vec<Work> {
    open.map(|one| Work::of(state, one)).collect()
}

fn ids(works: &[Work]) -> Vec<i64> {
    works.iter().map(|work| work.allocation_id).collect()
}

fn text(value: &impl ToString) -> String {
    value.to_string()
}

pub(crate) fn operator(state: &State, operator: &Operator, name: Option<String>) -> Placed {
    let id = &operator.operator_id;
    let details = &operator.details;
    let works = works(state, state.open_of_operator(id));
    let running = state.open_of_operator(id).filter(|one| one.phase == Phase::Running);
    let at_machines: Vec<Line> = running.filter_map(|one| machine_line(state, one)).collect();
    let home = details.production_line.clone();
    let effective = at_machines.last().cloned().or_else(|| home.clone());
    let card = OperatorCard {
        operator_id: id.to_string(),
        name,
        current_status: operator.current_status.as_str().to_owned(),
        posted_status: operator.posted_status.as_str().to_owned(),
        status_updated_at: operator.status_updated_at.timestamp(),
        production_line: effective.as_ref().map(text),
        home_production_line: home.as_ref().map(text),
        home_location: details.home_location.as_ref().map(text),
        department: details.department.as_ref().map(text),
        shift: operator.shift_in_view().map(shift),
        is_active: details.is_active,
        is_erased: operator.erased_at.is_some(),
        parallel_capacity: details.parallel_capacity.into(),
        allocation_ids: ids(&works),
    };
    Placed {
        card: Card::Operator(card),
        lines: home.into_iter().chain(at_machines).collect(),
        person: Person::Of(Some(id.clone())),
        works,
    }
}

fn shift(shift: &Shift) -> ShiftCard {
    let attendance = shift.attendance;
    ShiftCard {
        shift_id: shift.shift_id.0,
        shift_name: shift.times.shift_name.to_string(),
        status: attendance.status.as_str().to_owned(),
        is_called_off: attendance.is_called_off,
        starts_at: shift.window.start.timestamp(),
        ends_at: shift.window.end.timestamp(),
        actual_clock_in: attendance.clocked_in_at.map(|at| at.timestamp()),
    }
}

/// `at` tells which maintenance is over and which comes next.
pub(crate) fn machine(state: &State, machine: &Machine, at: Instant) -> Placed {
    let details = &machine.details;
    let works = works(state, state.open_of_machine(&machine.machine_id));
    let card = MachineCard {
        machine_id: machine.machine_id.to_string(),
        machine_name: details.machine_name.to_string(),
        machine_type: details.machine_type.to_string(),
        production_line: details.production_line.to_string(),
        zone: details.zone.as_ref().map(text),
        current_status: machine.current_status.as_str().to_owned(),
        status_reason_code: machine.status_reason_code.as_ref().map(text),
        status_updated_at: machine.status_updated_at.timestamp(),
        is_active: details.is_active,
        parallel_capacity: details.parallel_capacity.into(),
        next_maintenance: machine.next_maintenance_window(at).map(maintenance),
        allocation_ids: ids(&works),
    };
    let lines = vec![details.production_line.clone()];
    Placed { card: Card::Machine(card), lines, person: Person::Nobody, works }
}

fn maintenance((planned, window): (&Maintenance, Window)) -> MaintenanceCard {
    MaintenanceCard {
        maintenance_id: planned.maintenance_id.0,
        maintenance_type: planned.terms.maintenance_type.to_string(),
        planned_start: window.start.timestamp(),
        planned_end: window.end.timestamp(),
    }
}

/// Stock belongs to the whole plant; what it costs is on no card.
pub(crate) fn material(material: &Material) -> Placed {
    let details = &material.details;
    let level = details.safety_stock_level.map(Quantity::decimal);
    let card = MaterialCard {
        material_id: material.material_id.to_string(),
        part_number: details.part_number.to_string(),
        part_name: details.part_name.to_string(),
        category: details.category.as_ref().map(text),
        unit_of_measure: details.unit_of_measure.to_string(),
        on_hand_quantity: material.on_hand().decimal(),
        allocated_quantity: material.allocated().decimal(),
        available_quantity: material.available().decimal(),
        safety_stock_level: level,
        reorder_point: details.reorder_point.map(Quantity::decimal),
        below_safety_since: material.below_safety_since.map(|one| one.timestamp()),
        next_receipt_at: details.next_receipt_at.map(|one| one.timestamp()),
        is_active: details.is_active,
    };
    let (lines, works) = (Vec::new(), Vec::new());
    Placed { card: Card::Material(card), lines, person: Person::Nobody, works }
}

pub(crate) fn allocation(state: &State, allocation: &Allocation) -> Placed {
    let assignment = &allocation.assignment;
    let line = allocation_line(state, allocation);
    let at = |instant: Option<Instant>| instant.map(|one| one.timestamp());
    let card = AllocationCard {
        allocation_id: allocation.allocation_id.0,
        work_order_id: assignment.work_order_id.to_string(),
        operator_id: assignment.operator_id.as_ref().map(text),
        machine_id: assignment.machine_id.as_ref().map(text),
        status: allocation.status.as_str().to_owned(),
        phase: allocation.phase.as_str().to_owned(),
        expected_start_time: allocation.window.start.timestamp(),
        expected_end_time: allocation.window.end.timestamp(),
        actual_start_time: at(allocation.actual_start_time),
        actual_end_time: at(allocation.actual_end_time),
        running_since: at(allocation.running_since),
        quantity_produced: allocation.quantity_produced.decimal(),
        allocation_method: allocation.allocation_method.as_str().to_owned(),
        version: allocation.version.into(),
        production_line: line.as_ref().map(text),
    };
    Placed {
        card: Card::Allocation(card),
        lines: line.into_iter().collect(),
        person: Person::Of(assignment.operator_id.clone()),
        works: Vec::new(),
    }
}

pub(crate) fn work_order(state: &State, order: &WorkOrder) -> Placed {
    let details = &order.details;
    let works = works(state, state.open_of_work_order(&order.work_order_id));
    let card = WorkOrderCard {
        work_order_id: order.work_order_id.to_string(),
        work_order_number: details.work_order_number.to_string(),
        product_id: details.product_id.to_string(),
        product_name: details.product_name.to_string(),
        priority: details.priority.as_str().to_owned(),
        status: order.status.as_str().to_owned(),
        quantity_ordered: details.quantity_ordered.decimal(),
        quantity_produced: order.quantity_produced.decimal(),
        quantity_rejected: order.quantity_rejected.decimal(),
        progress_percentage: progress(order),
        due_date: details.due_date.timestamp(),
        production_line: details.production_line.as_ref().map(text),
        estimated_duration_minutes: details.estimated_duration_minutes.map(Into::into),
        actual_start_date: order.actual_start_date.map(|one| one.timestamp()),
        version: order.version.into(),
        allocation_ids: ids(&works),
    };
    let lines = details.production_line.iter().cloned().collect();
    Placed { card: Card::WorkOrder(card), lines, person: Person::Nobody, works }
}

fn progress(order: &WorkOrder) -> Decimal {
    let ordered = order.details.quantity_ordered.decimal();
    if ordered.is_zero() {
        return Decimal::new(0, 2);
    }
    let share = order.quantity_produced.decimal() * Decimal::ONE_HUNDRED / ordered;
    let mut share = share.round_dp(2).min(Decimal::ONE_HUNDRED);
    share.rescale(2);
    share
}

pub(crate) fn alert(alert: Alert) -> Placed {
    let Alert { card, line, person, works } = alert;
    let lines = line.into_iter().collect();
    Placed { card: Card::Alert(card), lines, person, works }
}

pub(crate) fn works_of_operator(state: &State, id: &OperatorId) -> Vec<Work> {
    works(state, state.open_of_operator(id))
}

pub(crate) fn works_of_machine(state: &State, machine: &Machine) -> Vec<Work> {
    works(state, state.open_of_machine(&machine.machine_id))
}
