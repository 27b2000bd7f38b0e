//! The part of the plant that is loaded: what `decide` reads and `evolve` changes.
//!
//! An absent key means "not loaded", a key that holds nothing means "does not exist". Whoever
//! loads an operator, machine or order loads its open allocations with it. A journal of first
//! touches undoes what a refused submission had begun and tells which rows changed.

mod all;

use crate::allocation::{Allocation, Assignment, Phase};
use crate::event::Recorded;
use crate::finished::{Finished, FinishedRow, FinishedRows};
use crate::holiday::{Holidays, NO_HOLIDAYS};
use crate::ids::{AllocationId, MachineId, MaterialId, OperatorId, WorkOrderId};
use crate::key::{Key, UniqueField};
use crate::machine::Machine;
use crate::material::Material;
use crate::operator::Operator;
use crate::reason::{ReasonCode, ReasonCodeDefinition};
use crate::refusal::{EntityRef, EntityType};
use crate::shelf::Shelf;
use crate::skill::{Requirement, RequirementScope};
use crate::source::SourceId;
use crate::work_order::WorkOrder;

/// A resource or order with its open allocations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithWork<T> {
    /// The thing itself.
    pub entity: T,
    /// Its allocations that have not ended, by id.
    pub open: Vec<AllocationId>,
}

/// What is loaded.
#[derive(Debug, Default)]
pub struct State {
    operators: Shelf<OperatorId, Option<WithWork<Operator>>>,
    machines: Shelf<MachineId, Option<WithWork<Machine>>>,
    work_orders: Shelf<WorkOrderId, Option<WithWork<WorkOrder>>>,
    allocations: Shelf<AllocationId, Option<Allocation>>,
    last_changes: Shelf<AllocationId, Option<Box<Recorded>>>,
    materials: Shelf<MaterialId, Option<Material>>,
    reason_codes: Shelf<ReasonCode, Option<ReasonCodeDefinition>>,
    requirements: Shelf<RequirementScope, Vec<Requirement>>,
    unique: Shelf<(UniqueField, String), Option<String>>,
    sources: Shelf<SourceId, Option<i64>>,
    keeps_last_changes: bool,
    finished: FinishedRows,
    holidays: Shelf<(), Holidays>,
}

/// The same for every shelf.
macro_rules! every_shelf {
    ($state:ident.$call:ident) => {
        $state.operators.$call();
        $state.machines.$call();
        $state.work_orders.$call();
        $state.allocations.$call();
        $state.last_changes.$call();
        $state.materials.$call();
        $state.reason_codes.$call();
        $state.requirements.$call();
        $state.unique.$call();
        $state.sources.$call();
        $state.finished.$call();
        $state.holidays.$call();
    };
}

/// Copies a thing; the ids of its open allocations.
fn copy_slot<K: std::hash::Hash + Eq + Clone, T: Clone>(
    to: &mut Shelf<K, Option<WithWork<T>>>,
    id: &K,
    from: &Shelf<K, Option<WithWork<T>>>,
) -> Vec<AllocationId> {
    to.copy(id, from);
    let slot = to.get(id).and_then(Option::as_ref);
    slot.map_or_else(Vec::new, |slot| slot.open.clone())
}

/// What exists of what is known.
fn held<T>(known: Option<&Option<T>>) -> Option<&T> {
    known.and_then(Option::as_ref)
}

impl State {
    /// The operator, if loaded and existing.
    pub fn operator(&self, id: &OperatorId) -> Option<&Operator> {
        self.operators.get(id)?.as_ref().map(|slot| &slot.entity)
    }

    /// The machine, if loaded and existing.
    pub fn machine(&self, id: &MachineId) -> Option<&Machine> {
        self.machines.get(id)?.as_ref().map(|slot| &slot.entity)
    }

    /// The order, if loaded and existing.
    pub fn work_order(&self, id: &WorkOrderId) -> Option<&WorkOrder> {
        self.work_orders.get(id)?.as_ref().map(|slot| &slot.entity)
    }

    /// The material, if loaded and existing.
    pub fn material(&self, id: &MaterialId) -> Option<&Material> {
        self.materials.get(id)?.as_ref()
    }

    /// The allocation, if loaded and existing.
    pub fn allocation(&self, id: AllocationId) -> Option<&Allocation> {
        self.allocations.get(&id)?.as_ref()
    }

    /// The last change of an allocation, if loaded.
    pub fn last_change(&self, id: AllocationId) -> Option<&Recorded> {
        self.last_changes.get(&id)?.as_deref()
    }

    /// The reason code, if loaded and existing.
    pub fn reason_code(&self, code: &ReasonCode) -> Option<&ReasonCodeDefinition> {
        self.reason_codes.get(code)?.as_ref()
    }

    /// What a scope asks for; nothing if not loaded.
    pub fn requirements(&self, scope: &RequirementScope) -> &[Requirement] {
        self.requirements.get(scope).map_or(&[], Vec::as_slice)
    }

    /// Who has a unique value.
    pub fn holder(&self, field: UniqueField, value: &str) -> Option<&str> {
        self.unique.get(&(field, value.to_owned()))?.as_deref()
    }

    /// Every holiday of the plant; none if not loaded.
    pub fn holidays(&self) -> &Holidays {
        self.holidays.get(&()).unwrap_or(&NO_HOLIDAYS)
    }

    /// The watermark of a source.
    pub fn watermark(&self, source: &SourceId) -> Option<i64> {
        *self.sources.get(source)?
    }

    /// Open allocations of an operator.
    pub fn open_of_operator(&self, id: &OperatorId) -> impl Iterator<Item = &Allocation> {
        let slot = self.operators.get(id).and_then(Option::as_ref);
        self.open(slot.map_or(&[], |slot| slot.open.as_slice()))
    }

    /// Open allocations of a machine.
    pub fn open_of_machine(&self, id: &MachineId) -> impl Iterator<Item = &Allocation> {
        let slot = self.machines.get(id).and_then(Option::as_ref);
        self.open(slot.map_or(&[], |slot| slot.open.as_slice()))
    }

    /// The next bookings of operator and machine of an allocation, which wait for it to end.
    pub fn next_after(&self, allocation: &Allocation) -> Vec<&Allocation> {
        let Assignment { operator_id, machine_id, .. } = &allocation.assignment;
        let first = |open: &mut dyn Iterator<Item = &'_ Allocation>| {
            let booked = open.filter(|one| one.phase == Phase::Booked);
            booked
                .min_by_key(|one| (one.window.start, one.allocation_id))
                .map(|one| one.allocation_id)
        };
        let of_operator = operator_id.as_ref().and_then(|id| first(&mut self.open_of_operator(id)));
        let of_machine = machine_id.as_ref().and_then(|id| first(&mut self.open_of_machine(id)));
        let others = of_machine.filter(|id| Some(*id) != of_operator);
        let next = of_operator.into_iter().chain(others);
        next.filter_map(|id| self.allocation(id)).collect()
    }

    /// The running work that a booking is the next after, if it is.
    pub fn runs_before(&self, booking: &Allocation) -> Option<&Allocation> {
        let Assignment { operator_id, machine_id, .. } = &booking.assignment;
        let of_operator = operator_id.iter().flat_map(|id| self.open_of_operator(id));
        let of_machine = machine_id.iter().flat_map(|id| self.open_of_machine(id));
        let running = of_operator.chain(of_machine).filter(|one| one.phase == Phase::Running);
        let waits = |one: &&Allocation| {
            self.next_after(one).iter().any(|next| next.allocation_id == booking.allocation_id)
        };
        running.filter(waits).min_by_key(|one| (one.window.end, one.allocation_id))
    }

    /// Open allocations of an order.
    pub fn open_of_work_order(&self, id: &WorkOrderId) -> impl Iterator<Item = &Allocation> {
        let slot = self.work_orders.get(id).and_then(Option::as_ref);
        self.open(slot.map_or(&[], |slot| slot.open.as_slice()))
    }

    fn open<'a>(&'a self, ids: &'a [AllocationId]) -> impl Iterator<Item = &'a Allocation> {
        ids.iter().filter_map(|id| self.allocation(*id))
    }

    /// Whether the answer to `key` is known.
    pub fn has(&self, key: &Key) -> bool {
        match key {
            Key::Operator(id) => self.operators.has(id),
            Key::Machine(id) => self.machines.has(id),
            Key::WorkOrder(id) => self.work_orders.has(id),
            Key::Allocation(id) => self.allocations.has(id),
            Key::LastChange(id) => self.last_changes.has(id),
            Key::Material(id) => self.materials.has(id),
            Key::ReasonCode(code) => self.reason_codes.has(code),
            Key::Requirements(scope) => self.requirements.has(scope),
            Key::Unique(field, value) => self.unique.has(&(*field, value.clone())),
            Key::Source(id) => self.sources.has(id),
            Key::Holidays => self.holidays.has(&()),
        }
    }

    /// Notes what exists under `key`: nothing, until a `put_…` says otherwise.
    pub fn note_absent(&mut self, key: Key) {
        match key {
            Key::Operator(id) => self.operators.note_absent(id),
            Key::Machine(id) => self.machines.note_absent(id),
            Key::WorkOrder(id) => self.work_orders.note_absent(id),
            Key::Allocation(id) => self.allocations.note_absent(id),
            Key::LastChange(id) => self.last_changes.note_absent(id),
            Key::Material(id) => self.materials.note_absent(id),
            Key::ReasonCode(code) => self.reason_codes.note_absent(code),
            Key::Requirements(scope) => self.requirements.note_absent(scope),
            Key::Unique(field, value) => self.unique.note_absent((field, value)),
            Key::Source(id) => self.sources.note_absent(id),
            Key::Holidays => self.holidays.note_absent(()),
        }
    }

    /// Copies what `other` holds under `key`, with open work, over what is noted here.
    pub fn copy(&mut self, key: &Key, other: &Self) {
        let mut open = Vec::new();
        match key {
            Key::Operator(id) => open = copy_slot(&mut self.operators, id, &other.operators),
            Key::Machine(id) => open = copy_slot(&mut self.machines, id, &other.machines),
            Key::WorkOrder(id) => {
                open = copy_slot(&mut self.work_orders, id, &other.work_orders);
            }
            Key::Allocation(id) => open.push(*id),
            Key::LastChange(id) => self.last_changes.copy(id, &other.last_changes),
            Key::Material(id) => self.materials.copy(id, &other.materials),
            Key::ReasonCode(code) => self.reason_codes.copy(code, &other.reason_codes),
            Key::Requirements(scope) => self.requirements.copy(scope, &other.requirements),
            Key::Unique(field, value) => {
                self.unique.copy(&(*field, value.clone()), &other.unique);
            }
            Key::Source(id) => self.sources.copy(id, &other.sources),
            Key::Holidays => self.holidays.copy(&(), &other.holidays),
        }
        for id in open {
            self.note_absent(Key::Allocation(id));
            if let Some(allocation) = other.allocation(id) {
                self.put_allocation(allocation.clone());
            }
        }
    }

    /// Puts a loaded operator with the ids of its open allocations.
    pub fn put_operator(&mut self, entity: Operator, open: Vec<AllocationId>) {
        self.operators.put(entity.operator_id.clone(), Some(WithWork { entity, open }));
    }

    /// Puts a loaded machine with the ids of its open allocations.
    pub fn put_machine(&mut self, entity: Machine, open: Vec<AllocationId>) {
        self.machines.put(entity.machine_id.clone(), Some(WithWork { entity, open }));
    }

    /// Puts a loaded order with the ids of its open allocations.
    pub fn put_work_order(&mut self, entity: WorkOrder, open: Vec<AllocationId>) {
        self.work_orders.put(entity.work_order_id.clone(), Some(WithWork { entity, open }));
    }

    /// Puts a loaded allocation; keeps one that is there already.
    pub fn put_allocation(&mut self, allocation: Allocation) {
        self.allocations.load(allocation.allocation_id, Some(allocation), Option::is_none);
    }

    /// Puts the last change of an allocation.
    pub fn put_last_change(&mut self, id: AllocationId, change: Recorded) {
        self.last_changes.put(id, Some(Box::new(change)));
    }

    /// Notes a change of an allocation, if all are kept or its last one is loaded.
    pub(crate) fn note_last_change(&mut self, id: AllocationId, change: &Recorded) {
        if self.keeps_last_changes || self.last_changes.has(&id) {
            self.put_last_change(id, change.clone());
        }
    }

    /// Puts a material with its lots.
    pub fn put_material(&mut self, material: Material) {
        self.materials.put(material.material_id.clone(), Some(material));
    }

    /// Puts a reason code.
    pub fn put_reason_code(&mut self, definition: ReasonCodeDefinition) {
        self.reason_codes.put(definition.reason_code.clone(), Some(definition));
    }

    /// Puts what a scope asks for.
    pub fn put_requirements(&mut self, scope: RequirementScope, all: Vec<Requirement>) {
        self.requirements.put(scope, all);
    }

    /// Puts who has a unique value; `None` frees it.
    pub fn put_holder(&mut self, field: UniqueField, value: &str, holder: Option<String>) {
        self.unique.put((field, value.to_owned()), holder);
    }

    /// Puts every holiday of the plant.
    pub fn put_holidays(&mut self, all: Holidays) {
        self.holidays.put((), all);
    }

    /// Puts the watermark of a source.
    pub fn put_watermark(&mut self, source: SourceId, sequence: i64) {
        self.sources.put(source, Some(sequence));
    }

    pub(crate) fn operator_mut(&mut self, id: &OperatorId) -> Option<&mut WithWork<Operator>> {
        self.operators.get_mut(id)?.as_mut()
    }

    pub(crate) fn machine_mut(&mut self, id: &MachineId) -> Option<&mut WithWork<Machine>> {
        self.machines.get_mut(id)?.as_mut()
    }

    pub(crate) fn work_order_mut(&mut self, id: &WorkOrderId) -> Option<&mut WithWork<WorkOrder>> {
        self.work_orders.get_mut(id)?.as_mut()
    }

    pub(crate) fn material_mut(&mut self, id: &MaterialId) -> Option<&mut Material> {
        self.materials.get_mut(id)?.as_mut()
    }

    pub(crate) fn allocation_mut(&mut self, id: AllocationId) -> Option<&mut Allocation> {
        self.allocations.get_mut(&id)?.as_mut()
    }

    pub(crate) fn insert_allocation(&mut self, allocation: Allocation) {
        self.allocations.put(allocation.allocation_id, Some(allocation));
    }

    /// Begins to note changes, so that they can be undone.
    pub fn begin(&mut self) {
        every_shelf!(self.begin);
    }

    /// Keeps the changes since [`State::begin`].
    pub fn keep(&mut self) {
        every_shelf!(self.keep);
    }

    /// Undoes the changes since [`State::begin`].
    pub fn undo(&mut self) {
        every_shelf!(self.undo);
    }

    /// The version of a thing; 0 if it has none or is not loaded.
    pub fn version(&self, entity: &EntityRef) -> i32 {
        let id = entity.entity_id.as_str();
        let version = match entity.entity_type {
            EntityType::Operator => held(self.operators.get(id)).map(|slot| slot.entity.version),
            EntityType::Machine => held(self.machines.get(id)).map(|slot| slot.entity.version),
            EntityType::WorkOrder => held(self.work_orders.get(id)).map(|slot| slot.entity.version),
            EntityType::Material => held(self.materials.get(id)).map(|one| one.version),
            EntityType::Allocation => {
                let id = id.parse().ok().map(AllocationId);
                id.and_then(|id| self.allocation(id)).map(|one| one.version)
            }
            EntityType::Holiday | EntityType::ReasonCode | EntityType::SkillRequirement => None,
        };
        version.unwrap_or_default()
    }

    /// Forgets one thing, because another node has changed it.
    pub fn forget(&mut self, entity: &EntityRef) {
        let id = entity.entity_id.as_str();
        match entity.entity_type {
            EntityType::Operator => {
                if let Ok(id) = OperatorId::new(id) {
                    self.operators.forget(&id);
                }
            }
            EntityType::Machine => {
                if let Ok(id) = MachineId::new(id) {
                    self.machines.forget(&id);
                }
            }
            EntityType::WorkOrder => {
                if let Ok(id) = WorkOrderId::new(id) {
                    self.work_orders.forget(&id);
                }
            }
            EntityType::Material => {
                if let Ok(id) = MaterialId::new(id) {
                    self.materials.forget(&id);
                }
            }
            EntityType::Allocation => {
                if let Ok(id) = id.parse() {
                    self.drop_allocation(AllocationId(id));
                }
            }
            EntityType::Holiday => self.holidays.clear(),
            EntityType::ReasonCode => self.reason_codes.clear(),
            EntityType::SkillRequirement => self.requirements.clear(),
        }
        // Who holds a unique value may have changed with the thing.
        self.unique.clear();
        self.sources.clear();
    }

    /// Forgets the watermark of a source.
    pub fn forget_source(&mut self, source: &SourceId) {
        self.sources.forget(source);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        every_shelf!(self.clear);
    }

    /// From now on the last change of every allocation is kept: whoever decides is ahead of what
    /// can be loaded.
    pub fn keep_last_changes(&mut self) {
        self.keeps_last_changes = true;
    }

    /// From now on complete rows are kept until [`State::take_finished`].
    pub fn collect_finished(&mut self) {
        self.finished.collect();
    }

    /// The complete rows that events have made since the last call, in order.
    pub fn take_finished(&mut self) -> Vec<FinishedRow> {
        self.finished.take()
    }

    /// Hands over a row that is complete.
    pub(crate) fn finish(&mut self, position: i64, row: Finished) {
        self.finished.add(position, row);
    }

    /// How many things are loaded.
    pub fn len(&self) -> usize {
        self.operators.len()
            + self.machines.len()
            + self.work_orders.len()
            + self.allocations.len()
            + self.materials.len()
            + self.unique.len()
            + self.sources.len()
    }

    /// Whether nothing is loaded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops an ended allocation that nothing refers to any more; a rebuild calls this once the
    /// row is written.
    pub fn drop_allocation(&mut self, id: AllocationId) {
        self.allocations.forget(&id);
        self.last_changes.forget(&id);
    }
}
