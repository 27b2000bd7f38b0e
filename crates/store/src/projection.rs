//! Which rows a batch of events changed, and their new content.
//!
//! Each event notes what it touched and how deeply; after the batch every noted row is written
//! once, as the state has it then. A row that the state no longer has is deleted.

mod booking;
mod every;
pub(crate) mod finished;
mod holiday;
mod machine;
mod material;
mod operator;
mod requirement;
mod work_order;

use std::collections::BTreeMap;

use mraos_domain::event::{Event, Recorded};
use mraos_domain::refusal::EntityType;
use mraos_domain::{
    Allocation, AllocationId, FinishedRow, Instant, Machine, MachineId, Material, MaterialId,
    Operator, OperatorId, Phase, RowId, State, WorkOrder, WorkOrderId,
};

pub(crate) use self::every::{PROJECTIONS, Projection};
use crate::cell::cell;
use crate::table::{Table, TableRow};

/// How much of a row changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Depth {
    /// What changes with the work.
    Hot,
    /// Master data as well.
    Full,
    /// The row is new.
    New,
}

/// The rows that a batch changed.
#[derive(Debug, Default)]
pub struct Changes {
    pub(crate) operators: BTreeMap<OperatorId, Depth>,
    pub(crate) machines: BTreeMap<MachineId, Depth>,
    pub(crate) work_orders: BTreeMap<WorkOrderId, Depth>,
    pub(crate) allocations: BTreeMap<AllocationId, Depth>,
    pub(crate) materials: BTreeMap<MaterialId, Depth>,
    /// Position of the first event.
    first_position: Option<i64>,
    written_operators: BTreeMap<OperatorId, i64>,
    written_machines: BTreeMap<MachineId, i64>,
    /// Since when materials were short before the batch.
    written_shortages: BTreeMap<MaterialId, Option<Instant>>,
    bookings: booking::Lists,
    holidays: holiday::Days,
    operator_lists: operator::Lists,
    machine_lists: machine::Lists,
    work_order_lists: work_order::Lists,
    pub(crate) material_lists: material::Lists,
    requirement_lists: requirement::Lists,
    pub(crate) finished: Vec<FinishedRow>,
}

fn deepen<K: Ord>(map: &mut BTreeMap<K, Depth>, key: K, depth: Depth) {
    map.entry(key).and_modify(|old| *old = (*old).max(depth)).or_insert(depth);
}

impl Changes {
    /// Whether no row changed.
    pub fn is_empty(&self) -> bool {
        self.operators.is_empty()
            && self.machines.is_empty()
            && self.work_orders.is_empty()
            && self.allocations.is_empty()
            && self.materials.is_empty()
            && self.requirement_lists.is_empty()
            && self.holidays.is_empty()
    }

    /// Whether the order is among what changed.
    pub fn touches_work_order(&self, id: &WorkOrderId) -> bool {
        self.work_orders.contains_key(id)
    }

    /// The allocations among these changes that have ended.
    pub fn ended_allocations(&self, state: &State) -> Vec<AllocationId> {
        let ended = |id: &&AllocationId| state.allocation(**id).is_some_and(|one| !one.is_open());
        self.allocations.keys().filter(ended).copied().collect()
    }

    /// Whether these events made the row, whose id is the position of the event that did.
    pub(crate) fn is_new(&self, id: RowId) -> bool {
        self.first_position.is_some_and(|first| id.0 >= first)
    }

    /// Position of the operator's row as it is in its table; 0 if it has none.
    pub(crate) fn written_operator(&self, id: &OperatorId) -> i64 {
        self.written_operators.get(id).copied().unwrap_or_default()
    }

    /// Position of the machine's row as it is in its table; 0 if it has none.
    pub(crate) fn written_machine(&self, id: &MachineId) -> i64 {
        self.written_machines.get(id).copied().unwrap_or_default()
    }

    /// Notes rows as they are in their tables before the batch's first change, and rows that
    /// `recorded` is about to remove; call before `evolve`.
    pub fn note_before(&mut self, state: &State, recorded: &Recorded) {
        self.first_position.get_or_insert(recorded.position);
        self.note_written(state, recorded);
        self.bookings.note(state, recorded);
        self.operator_lists.note_before(state, recorded);
        self.material_lists.note_before(state, recorded);
        self.requirement_lists.note_before(state, recorded);
    }

    fn note_written(&mut self, state: &State, recorded: &Recorded) {
        for entity in recorded.touches() {
            let id = entity.entity_id.as_str();
            match entity.entity_type {
                EntityType::Operator => {
                    if let Some(one) = OperatorId::new(id).ok().and_then(|id| state.operator(&id)) {
                        let written = self.written_operators.entry(one.operator_id.clone());
                        written.or_insert(one.position);
                    }
                }
                EntityType::Machine => {
                    if let Some(one) = MachineId::new(id).ok().and_then(|id| state.machine(&id)) {
                        let written = self.written_machines.entry(one.machine_id.clone());
                        written.or_insert(one.position);
                    }
                }
                EntityType::Material => {
                    if let Some(one) = MaterialId::new(id).ok().and_then(|id| state.material(&id)) {
                        let written = self.written_shortages.entry(one.material_id.clone());
                        written.or_insert(one.below_safety_since);
                    }
                }
                _ => {}
            }
        }
    }

    /// Materials whose row is another one now; what moves is in the rows of their lots.
    pub(crate) fn material_rows<'a>(
        &'a self,
        state: &'a State,
    ) -> impl Iterator<Item = &'a Material> {
        self.materials.iter().filter_map(|(id, depth)| {
            let one = state.material(id)?;
            let was_short = self.written_shortages.get(id);
            let has_changed = *depth != Depth::Hot || was_short != Some(&one.below_safety_since);
            has_changed.then_some(one)
        })
    }

    /// Notes what `recorded` touched; call after `evolve`.
    pub fn note(&mut self, state: &State, recorded: &Recorded) {
        self.bookings.note(state, recorded);
        self.holidays.note(recorded);
        self.operator_lists.note(recorded);
        self.machine_lists.note(recorded);
        self.work_order_lists.note(recorded);
        self.material_lists.note(state, recorded);
        self.requirement_lists.note(recorded);
        self.note_entities(recorded);
    }

    fn note_entities(&mut self, recorded: &Recorded) {
        let event = &recorded.event;
        let leading = match event {
            Event::OperatorCreated(_)
            | Event::MachineCreated(_)
            | Event::WorkOrderCreated(_)
            | Event::MaterialCreated(_)
            | Event::AllocationCreated(_) => Depth::New,
            Event::OperatorChanged(_)
            | Event::OperatorSkillSet(_)
            | Event::OperatorSkillRemoved(_)
            | Event::OperatorShiftAdded(_)
            | Event::OperatorShiftRemoved(_)
            | Event::OperatorPersonChanged(_)
            | Event::OperatorErased(_)
            | Event::OperatorClockedIn(_)
            | Event::OperatorClockedOut(_)
            | Event::MachineChanged(_)
            | Event::MaintenancePlanned(_)
            | Event::MaintenanceChanged(_)
            | Event::MaintenanceCompleted(_)
            | Event::MaintenanceCancelled(_)
            | Event::WorkOrderChanged(_)
            | Event::WorkOrderCancelled(_)
            | Event::BomLineSet(_)
            | Event::BomLineRemoved(_)
            | Event::MaterialChanged(_) => Depth::Full,
            Event::WorkOrderTermsSet(_)
            | Event::WorkOrderQualityDecided(_)
            | Event::WorkOrderWaitingEnded(_) => Depth::Full,
            Event::WorkOrderProgressed(event) if event.completed => Depth::Full,
            _ => Depth::Hot,
        };
        if let Event::AllocationCompleted(event) = event
            && event.work_order_completed
        {
            deepen(&mut self.work_orders, event.assignment.work_order_id.clone(), Depth::Full);
        }
        if let Event::AllocationReopened(event) = event
            && event.work_order_reopened
        {
            deepen(&mut self.work_orders, event.assignment.work_order_id.clone(), Depth::Full);
        }
        for (place, entity) in recorded.touches().into_iter().enumerate() {
            let depth = if place == 0 { leading } else { Depth::Hot };
            let id = entity.entity_id.as_str();
            match entity.entity_type {
                EntityType::Operator => {
                    OperatorId::new(id).map(|id| deepen(&mut self.operators, id, depth)).ok();
                }
                EntityType::Machine => {
                    MachineId::new(id).map(|id| deepen(&mut self.machines, id, depth)).ok();
                }
                EntityType::WorkOrder => {
                    WorkOrderId::new(id).map(|id| deepen(&mut self.work_orders, id, depth)).ok();
                }
                EntityType::Allocation => {
                    let id = id.parse().map(AllocationId);
                    id.map(|id| deepen(&mut self.allocations, id, depth)).ok();
                }
                EntityType::Material => {
                    MaterialId::new(id).map(|id| deepen(&mut self.materials, id, depth)).ok();
                }
                EntityType::Holiday | EntityType::ReasonCode | EntityType::SkillRequirement => {}
            }
        }
    }

    /// Rows of the small tables: what to delete by key and what to write, in an order that the
    /// foreign keys accept.
    pub(crate) fn small_tables(&self, state: &State) -> Vec<TableChange> {
        let mut all = Vec::new();
        self.holidays.changes(state, &mut all);
        self.operator_lists.changes(state, &mut all);
        self.machine_lists.changes(state, &mut all);
        self.work_order_lists.changes(state, &mut all);
        self.material_lists.changes(state, &mut all);
        self.requirement_lists.changes(state, &mut all);
        self.bookings.changes(state, &mut all);
        all
    }
}

/// What happens to the rows of one table.
pub(crate) struct TableChange {
    pub(crate) table: &'static Table,
    pub(crate) delete: Vec<TableRow>,
    pub(crate) write: Vec<TableRow>,
}

impl TableChange {
    fn new(table: &'static Table) -> Self {
        Self { table, delete: Vec::new(), write: Vec::new() }
    }

    fn delete_ids<'a>(&mut self, ids: impl Iterator<Item = &'a RowId>) {
        self.delete.extend(ids.map(|id| vec![cell(*id)]));
    }
}

/// What changes with the work of an operator.
pub(crate) fn operator_status_row(state: &State, one: &Operator) -> TableRow {
    let open = state.open_of_operator(&one.operator_id).map(|one| one.allocation_id);
    crate::operator::encode_status(one, open, operator_runs_alone(state, one))
}

/// What changes with the work of a machine.
pub(crate) fn machine_status_row(state: &State, one: &Machine) -> TableRow {
    let open = state.open_of_machine(&one.machine_id).map(|one| one.allocation_id);
    crate::machine::encode_status(one, open, machine_runs_alone(state, one))
}

/// What changes with the work on an order.
pub(crate) fn work_order_status_row(state: &State, one: &WorkOrder) -> TableRow {
    let open = state.open_of_work_order(&one.work_order_id).map(|one| one.allocation_id);
    crate::work_order::encode_status(one, open)
}

/// Running work of an operator that can do one thing at a time; the table refuses more than one.
pub(crate) fn operator_runs_alone(state: &State, one: &Operator) -> i16 {
    let open = state.open_of_operator(&one.operator_id);
    count_running(one.details.parallel_capacity, open)
}

/// Running work of a machine that can do one thing at a time; the table refuses more than one.
pub(crate) fn machine_runs_alone(state: &State, one: &Machine) -> i16 {
    let open = state.open_of_machine(&one.machine_id);
    count_running(one.details.parallel_capacity, open)
}

fn count_running<'a>(capacity: u16, open: impl Iterator<Item = &'a Allocation>) -> i16 {
    if capacity > 1 {
        return 0;
    }
    let running = open.filter(|one| one.phase == Phase::Running).count();
    i16::try_from(running).unwrap_or(i16::MAX)
}
