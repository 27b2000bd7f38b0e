//! The part of the plant that is loaded: what `decide` reads and `evolve` changes.
//!
//! An absent key means "not loaded", a key that holds nothing means "does not exist". Whoever
//! loads an operator, machine or order loads its open allocations with it. A journal of first
//! touches undoes what a refused submission had begun and tells which rows changed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::allocation::Allocation;
use crate::ids::{AllocationId, MachineId, OperatorId, WorkOrderId};
use crate::key::{Key, UniqueField};
use crate::machine::Machine;
use crate::operator::Operator;
use crate::reason::{ReasonCode, ReasonCodeDefinition};
use crate::refusal::{EntityRef, EntityType};
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
    operators: HashMap<OperatorId, Option<WithWork<Operator>>>,
    machines: HashMap<MachineId, Option<WithWork<Machine>>>,
    work_orders: HashMap<WorkOrderId, Option<WithWork<WorkOrder>>>,
    allocations: HashMap<AllocationId, Option<Allocation>>,
    reason_codes: HashMap<ReasonCode, Option<ReasonCodeDefinition>>,
    requirements: HashMap<RequirementScope, Vec<Requirement>>,
    unique: HashMap<(UniqueField, String), Option<String>>,
    sources: HashMap<SourceId, Option<i64>>,
    journal: Option<Vec<Undo>>,
}

#[derive(Debug)]
enum Undo {
    Operator(OperatorId, Option<Option<WithWork<Operator>>>),
    Machine(MachineId, Option<Option<WithWork<Machine>>>),
    WorkOrder(WorkOrderId, Option<Option<WithWork<WorkOrder>>>),
    Allocation(AllocationId, Option<Option<Allocation>>),
    ReasonCode(ReasonCode, Option<Option<ReasonCodeDefinition>>),
    Requirements(RequirementScope, Option<Vec<Requirement>>),
    Unique((UniqueField, String), Option<Option<String>>),
    Source(SourceId, Option<Option<i64>>),
}

fn put_back<K: std::hash::Hash + Eq, V>(map: &mut HashMap<K, V>, key: K, old: Option<V>) {
    match old {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}

fn owned<K: Clone, V: Clone>((key, value): (&K, &V)) -> (K, V) {
    (key.clone(), value.clone())
}

/// Copies a thing; the ids of its open allocations.
fn copy_slot<K: std::hash::Hash + Eq + Clone, T: Clone>(
    to: &mut HashMap<K, Option<WithWork<T>>>,
    id: &K,
    from: &HashMap<K, Option<WithWork<T>>>,
) -> Vec<AllocationId> {
    let slot = from.get(id).cloned().flatten();
    let open = slot.as_ref().map_or_else(Vec::new, |slot| slot.open.clone());
    to.insert(id.clone(), slot);
    open
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

    /// The allocation, if loaded and existing.
    pub fn allocation(&self, id: AllocationId) -> Option<&Allocation> {
        self.allocations.get(&id)?.as_ref()
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
            Key::Operator(id) => self.operators.contains_key(id),
            Key::Machine(id) => self.machines.contains_key(id),
            Key::WorkOrder(id) => self.work_orders.contains_key(id),
            Key::Allocation(id) => self.allocations.contains_key(id),
            Key::ReasonCode(code) => self.reason_codes.contains_key(code),
            Key::Requirements(scope) => self.requirements.contains_key(scope),
            Key::Unique(field, value) => self.unique.contains_key(&(*field, value.clone())),
            Key::Source(id) => self.sources.contains_key(id),
        }
    }

    /// Notes what exists under `key`: nothing, until a `put_…` says otherwise.
    pub fn note_absent(&mut self, key: Key) {
        match key {
            Key::Operator(id) => drop(self.operators.entry(id).or_default()),
            Key::Machine(id) => drop(self.machines.entry(id).or_default()),
            Key::WorkOrder(id) => drop(self.work_orders.entry(id).or_default()),
            Key::Allocation(id) => drop(self.allocations.entry(id).or_default()),
            Key::ReasonCode(code) => drop(self.reason_codes.entry(code).or_default()),
            Key::Requirements(scope) => drop(self.requirements.entry(scope).or_default()),
            Key::Unique(field, value) => drop(self.unique.entry((field, value)).or_default()),
            Key::Source(id) => drop(self.sources.entry(id).or_default()),
        }
    }

    /// Copies what `other` holds under `key`, with open work, unless it is noted here already.
    pub(crate) fn copy(&mut self, key: &Key, other: &Self) {
        self.note_absent(key.clone());
        let open = match key {
            Key::Operator(id) => copy_slot(&mut self.operators, id, &other.operators),
            Key::Machine(id) => copy_slot(&mut self.machines, id, &other.machines),
            Key::WorkOrder(id) => copy_slot(&mut self.work_orders, id, &other.work_orders),
            Key::Allocation(id) => vec![*id],
            Key::ReasonCode(code) => {
                self.reason_codes.extend(other.reason_codes.get_key_value(code).map(owned));
                Vec::new()
            }
            Key::Requirements(scope) => {
                self.requirements.extend(other.requirements.get_key_value(scope).map(owned));
                Vec::new()
            }
            Key::Unique(field, value) => {
                let key = (*field, value.clone());
                self.unique.extend(other.unique.get_key_value(&key).map(owned));
                Vec::new()
            }
            Key::Source(id) => {
                self.sources.extend(other.sources.get_key_value(id).map(owned));
                Vec::new()
            }
        };
        for id in open {
            if let Some(allocation) = other.allocation(id) {
                self.put_allocation(allocation.clone());
            }
        }
    }

    /// Puts a loaded operator with the ids of its open allocations.
    pub fn put_operator(&mut self, entity: Operator, open: Vec<AllocationId>) {
        let id = entity.operator_id.clone();
        self.save_operator(&id);
        self.operators.insert(id, Some(WithWork { entity, open }));
    }

    /// Puts a loaded machine with the ids of its open allocations.
    pub fn put_machine(&mut self, entity: Machine, open: Vec<AllocationId>) {
        let id = entity.machine_id.clone();
        self.save_machine(&id);
        self.machines.insert(id, Some(WithWork { entity, open }));
    }

    /// Puts a loaded order with the ids of its open allocations.
    pub fn put_work_order(&mut self, entity: WorkOrder, open: Vec<AllocationId>) {
        let id = entity.work_order_id.clone();
        self.save_work_order(&id);
        self.work_orders.insert(id, Some(WithWork { entity, open }));
    }

    /// Puts a loaded allocation; keeps one that is there already.
    pub fn put_allocation(&mut self, allocation: Allocation) {
        let id = allocation.allocation_id;
        if let Entry::Vacant(vacant) = self.allocations.entry(id) {
            vacant.insert(Some(allocation));
        } else if self.allocation(id).is_none() {
            self.allocations.insert(id, Some(allocation));
        }
    }

    /// Puts a reason code.
    pub fn put_reason_code(&mut self, definition: ReasonCodeDefinition) {
        let code = definition.reason_code.clone();
        self.save(|state| Undo::ReasonCode(code.clone(), state.reason_codes.get(&code).cloned()));
        self.reason_codes.insert(definition.reason_code.clone(), Some(definition));
    }

    /// Puts what a scope asks for.
    pub fn put_requirements(&mut self, scope: RequirementScope, all: Vec<Requirement>) {
        self.save(|state| {
            Undo::Requirements(scope.clone(), state.requirements.get(&scope).cloned())
        });
        self.requirements.insert(scope, all);
    }

    /// Puts who has a unique value; `None` frees it.
    pub fn put_holder(&mut self, field: UniqueField, value: &str, holder: Option<String>) {
        let key = (field, value.to_owned());
        self.save(|state| Undo::Unique(key.clone(), state.unique.get(&key).cloned()));
        self.unique.insert(key, holder);
    }

    /// Puts the watermark of a source.
    pub fn put_watermark(&mut self, source: SourceId, sequence: i64) {
        self.save(|state| Undo::Source(source.clone(), state.sources.get(&source).copied()));
        self.sources.insert(source, Some(sequence));
    }

    pub(crate) fn operator_mut(&mut self, id: &OperatorId) -> Option<&mut WithWork<Operator>> {
        self.save_operator(id);
        self.operators.get_mut(id)?.as_mut()
    }

    pub(crate) fn machine_mut(&mut self, id: &MachineId) -> Option<&mut WithWork<Machine>> {
        self.save_machine(id);
        self.machines.get_mut(id)?.as_mut()
    }

    pub(crate) fn work_order_mut(&mut self, id: &WorkOrderId) -> Option<&mut WithWork<WorkOrder>> {
        self.save_work_order(id);
        self.work_orders.get_mut(id)?.as_mut()
    }

    pub(crate) fn allocation_mut(&mut self, id: AllocationId) -> Option<&mut Allocation> {
        self.save_allocation(id);
        self.allocations.get_mut(&id)?.as_mut()
    }

    pub(crate) fn insert_allocation(&mut self, allocation: Allocation) {
        self.save_allocation(allocation.allocation_id);
        self.allocations.insert(allocation.allocation_id, Some(allocation));
    }

    fn save(&mut self, undo: impl FnOnce(&Self) -> Undo) {
        if self.journal.is_some() {
            let entry = undo(self);
            self.journal.get_or_insert_default().push(entry);
        }
    }

    fn save_operator(&mut self, id: &OperatorId) {
        self.save(|state| Undo::Operator(id.clone(), state.operators.get(id).cloned()));
    }

    fn save_machine(&mut self, id: &MachineId) {
        self.save(|state| Undo::Machine(id.clone(), state.machines.get(id).cloned()));
    }

    fn save_work_order(&mut self, id: &WorkOrderId) {
        self.save(|state| Undo::WorkOrder(id.clone(), state.work_orders.get(id).cloned()));
    }

    fn save_allocation(&mut self, id: AllocationId) {
        self.save(|state| Undo::Allocation(id, state.allocations.get(&id).cloned()));
    }

    /// Begins to note changes, so that they can be undone.
    pub fn begin(&mut self) {
        self.journal = Some(Vec::new());
    }

    /// Keeps the changes since [`State::begin`].
    pub fn keep(&mut self) {
        self.journal = None;
    }

    /// Undoes the changes since [`State::begin`].
    pub fn undo(&mut self) {
        for entry in self.journal.take().unwrap_or_default().into_iter().rev() {
            match entry {
                Undo::Operator(id, old) => put_back(&mut self.operators, id, old),
                Undo::Machine(id, old) => put_back(&mut self.machines, id, old),
                Undo::WorkOrder(id, old) => put_back(&mut self.work_orders, id, old),
                Undo::Allocation(id, old) => put_back(&mut self.allocations, id, old),
                Undo::ReasonCode(code, old) => put_back(&mut self.reason_codes, code, old),
                Undo::Requirements(scope, old) => put_back(&mut self.requirements, scope, old),
                Undo::Unique(key, old) => put_back(&mut self.unique, key, old),
                Undo::Source(id, old) => put_back(&mut self.sources, id, old),
            }
        }
    }

    /// The version of a thing; 0 if it has none or is not loaded.
    pub fn version(&self, entity: &EntityRef) -> i32 {
        let id = entity.entity_id.as_str();
        let version = match entity.entity_type {
            EntityType::Operator => {
                OperatorId::new(id).ok().and_then(|id| self.operator(&id)).map(|one| one.version)
            }
            EntityType::Machine => {
                MachineId::new(id).ok().and_then(|id| self.machine(&id)).map(|one| one.version)
            }
            EntityType::WorkOrder => {
                let id = WorkOrderId::new(id).ok();
                id.and_then(|id| self.work_order(&id)).map(|one| one.version)
            }
            EntityType::Allocation => {
                let id = id.parse().ok().map(AllocationId);
                id.and_then(|id| self.allocation(id)).map(|one| one.version)
            }
            EntityType::ReasonCode | EntityType::SkillRequirement => None,
        };
        version.unwrap_or_default()
    }

    /// Forgets one thing, because another node has changed it.
    pub fn forget(&mut self, entity: &EntityRef) {
        let id = entity.entity_id.as_str();
        match entity.entity_type {
            EntityType::Operator => {
                OperatorId::new(id).ok().and_then(|id| self.operators.remove(&id));
            }
            EntityType::Machine => {
                MachineId::new(id).ok().and_then(|id| self.machines.remove(&id));
            }
            EntityType::WorkOrder => {
                WorkOrderId::new(id).ok().and_then(|id| self.work_orders.remove(&id));
            }
            EntityType::Allocation => {
                id.parse().ok().and_then(|id| self.allocations.remove(&AllocationId(id)));
            }
            EntityType::ReasonCode => self.reason_codes.clear(),
            EntityType::SkillRequirement => self.requirements.clear(),
        }
        // Who holds a unique value may have changed with the thing.
        self.unique.clear();
        self.sources.clear();
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// How many things are loaded.
    pub fn len(&self) -> usize {
        self.operators.len()
            + self.machines.len()
            + self.work_orders.len()
            + self.allocations.len()
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
        self.allocations.remove(&id);
    }

    /// Every existing operator, in no order.
    pub fn all_operators(&self) -> impl Iterator<Item = &Operator> {
        self.operators.values().flatten().map(|slot| &slot.entity)
    }

    /// Every existing machine, in no order.
    pub fn all_machines(&self) -> impl Iterator<Item = &Machine> {
        self.machines.values().flatten().map(|slot| &slot.entity)
    }

    /// Every existing order, in no order.
    pub fn all_work_orders(&self) -> impl Iterator<Item = &WorkOrder> {
        self.work_orders.values().flatten().map(|slot| &slot.entity)
    }

    /// Every existing allocation, in no order.
    pub fn all_allocations(&self) -> impl Iterator<Item = &Allocation> {
        self.allocations.values().flatten()
    }

    /// Every reason code, in no order.
    pub fn all_reason_codes(&self) -> impl Iterator<Item = &ReasonCodeDefinition> {
        self.reason_codes.values().flatten()
    }

    /// Every requirement, in no order.
    pub fn all_requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements.values().flatten()
    }
}
