//! Reads of operators, machines, orders, allocations and the log.
//!
//! Everything is loaded through the state that the rules use, so a screen shows what a decision
//! would see. Names are joined here, from the vault, for those who ask for operators.

use std::collections::HashMap;

use jiff::civil::Time;
use mraos_domain::work_order::WorkOrder;
use mraos_domain::{
    Allocation, AllocationId, Command, Context, Instant, Key, Machine, MachineId, Operator,
    OperatorId, Plant, ReasonCodeDefinition, Refusal, Requirement, RequirementScope, State,
    WorkOrderId, decide, requires,
};
pub use mraos_store::log::read::StoredEvent;
use mraos_store::{Page, Store};
use uuid::Uuid;

use crate::error::AppError;
use crate::vault::{PersonalData, Vault};

/// Reads of the plant; cheap to clone.
#[derive(Clone)]
pub struct Reads {
    store: Store,
    vault: Vault,
}

/// An operator with names and open work.
#[derive(Debug, Clone)]
pub struct OperatorView {
    /// The operator.
    pub operator: Operator,
    /// Names and contacts; `None` once erased.
    pub person: Option<PersonalData>,
    /// Open allocations.
    pub open: Vec<Allocation>,
}

/// An order with open work.
#[derive(Debug, Clone)]
pub struct WorkOrderView {
    /// The order.
    pub order: WorkOrder,
    /// Open allocations.
    pub open: Vec<Allocation>,
}

/// A machine with open work.
#[derive(Debug, Clone)]
pub struct MachineView {
    /// The machine.
    pub machine: Machine,
    /// Open allocations.
    pub open: Vec<Allocation>,
}

/// An allocation with the free text of its end.
#[derive(Debug, Clone)]
pub struct AllocationView {
    /// The allocation.
    pub allocation: Allocation,
    /// Why it ended; `None` if nobody said or the text was erased.
    pub release_reason: Option<String>,
}

/// A page of things.
#[derive(Debug, Clone)]
pub struct Paged<T> {
    /// Things in order.
    pub items: Vec<T>,
    /// Id of the last one, if more follow.
    pub next: Option<String>,
}

impl Reads {
    pub(crate) fn new(store: Store, vault: Vault) -> Self {
        Self { store, vault }
    }

    /// An operator.
    pub async fn find_operator(&self, id: &OperatorId) -> Result<Option<OperatorView>, AppError> {
        Ok(self.operators(std::slice::from_ref(id)).await?.pop())
    }

    /// A page of operators.
    pub async fn list_operators(&self, page: &Page) -> Result<Paged<OperatorView>, AppError> {
        let listed = self.store.list_operators(page).await?;
        let next = listed.ids.last().filter(|_| listed.has_more).map(ToString::to_string);
        Ok(Paged { items: self.operators(&listed.ids).await?, next })
    }

    async fn operators(&self, ids: &[OperatorId]) -> Result<Vec<OperatorView>, AppError> {
        let mut state = State::default();
        let keys: Vec<Key> = ids.iter().cloned().map(Key::Operator).collect();
        self.store.load(&keys, &mut state).await?;
        let mut people = self.people(ids).await?;
        let found = ids.iter().filter_map(|id| state.operator(id));
        Ok(found
            .map(|operator| OperatorView {
                operator: operator.clone(),
                person: people.remove(operator.operator_id.as_str()),
                open: state.open_of_operator(&operator.operator_id).cloned().collect(),
            })
            .collect())
    }

    /// Names and contacts by operator id; erased people are missing.
    pub async fn people(
        &self,
        ids: &[OperatorId],
    ) -> Result<HashMap<String, PersonalData>, AppError> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let sealed = self.store.personal(&ids).await?;
        sealed
            .into_iter()
            .map(|person| Ok((person.operator_id.clone(), self.vault.open(&person)?)))
            .collect()
    }

    /// How many allocations of an operator began on the plant's day that contains `at`.
    pub async fn count_begun_on_day(
        &self,
        id: &OperatorId,
        plant: &Plant,
        at: Instant,
    ) -> Result<i64, AppError> {
        let day = plant.date_of(at);
        let Some(window) = plant.window_of(day, Time::midnight(), Time::midnight()) else {
            return Ok(0);
        };
        let (from, to) = (window.start.timestamp(), window.end.timestamp());
        Ok(self.store.count_begun(id, from, to).await?)
    }

    /// A machine.
    pub async fn find_machine(&self, id: &MachineId) -> Result<Option<MachineView>, AppError> {
        Ok(self.machines(std::slice::from_ref(id)).await?.pop())
    }

    /// A page of machines.
    pub async fn list_machines(&self, page: &Page) -> Result<Paged<MachineView>, AppError> {
        let listed = self.store.list_machines(page).await?;
        let next = listed.ids.last().filter(|_| listed.has_more).map(ToString::to_string);
        Ok(Paged { items: self.machines(&listed.ids).await?, next })
    }

    async fn machines(&self, ids: &[MachineId]) -> Result<Vec<MachineView>, AppError> {
        let mut state = State::default();
        let keys: Vec<Key> = ids.iter().cloned().map(Key::Machine).collect();
        self.store.load(&keys, &mut state).await?;
        let found = ids.iter().filter_map(|id| state.machine(id));
        Ok(found
            .map(|machine| MachineView {
                machine: machine.clone(),
                open: state.open_of_machine(&machine.machine_id).cloned().collect(),
            })
            .collect())
    }

    /// A work order.
    pub async fn find_work_order(
        &self,
        id: &WorkOrderId,
    ) -> Result<Option<WorkOrderView>, AppError> {
        Ok(self.work_orders(std::slice::from_ref(id)).await?.pop())
    }

    /// A page of work orders.
    pub async fn list_work_orders(&self, page: &Page) -> Result<Paged<WorkOrderView>, AppError> {
        let listed = self.store.list_work_orders(page).await?;
        let next = listed.ids.last().filter(|_| listed.has_more).map(ToString::to_string);
        Ok(Paged { items: self.work_orders(&listed.ids).await?, next })
    }

    async fn work_orders(&self, ids: &[WorkOrderId]) -> Result<Vec<WorkOrderView>, AppError> {
        let mut state = State::default();
        let keys: Vec<Key> = ids.iter().cloned().map(Key::WorkOrder).collect();
        self.store.load(&keys, &mut state).await?;
        let found = ids.iter().filter_map(|id| state.work_order(id));
        Ok(found
            .map(|order| WorkOrderView {
                order: order.clone(),
                open: state.open_of_work_order(&order.work_order_id).cloned().collect(),
            })
            .collect())
    }

    /// An allocation.
    pub async fn find_allocation(
        &self,
        id: AllocationId,
    ) -> Result<Option<AllocationView>, AppError> {
        Ok(self.allocations(&[id]).await?.pop())
    }

    /// A page of allocations, newest first.
    pub async fn list_allocations(&self, page: &Page) -> Result<Paged<AllocationView>, AppError> {
        let listed = self.store.list_allocations(page).await?;
        let next = listed.ids.last().filter(|_| listed.has_more).map(ToString::to_string);
        Ok(Paged { items: self.allocations(&listed.ids).await?, next })
    }

    async fn allocations(&self, ids: &[AllocationId]) -> Result<Vec<AllocationView>, AppError> {
        let mut state = State::default();
        let keys: Vec<Key> = ids.iter().copied().map(Key::Allocation).collect();
        self.store.load(&keys, &mut state).await?;
        let found: Vec<Allocation> =
            ids.iter().filter_map(|id| state.allocation(*id)).cloned().collect();
        self.with_reasons(found).await
    }

    /// Joins the free texts of ended allocations.
    pub async fn with_reasons(
        &self,
        allocations: Vec<Allocation>,
    ) -> Result<Vec<AllocationView>, AppError> {
        let text_id = |one: &Allocation| one.release_reason.as_ref().map(|text| text.text_id);
        let wanted: Vec<Uuid> = allocations.iter().filter_map(text_id).collect();
        let mut texts = self.texts(&wanted).await?;
        let view = |allocation: Allocation| {
            let release_reason = text_id(&allocation).and_then(|id| texts.remove(&id));
            AllocationView { allocation, release_reason }
        };
        Ok(allocations.into_iter().map(view).collect())
    }

    /// Free texts by id; erased ones are missing.
    pub async fn texts(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, AppError> {
        Ok(self.store.texts(ids).await?.into_iter().collect())
    }

    /// The events of one allocation, in order.
    pub async fn events_of_allocation(
        &self,
        id: AllocationId,
    ) -> Result<Vec<StoredEvent>, AppError> {
        Ok(self.store.events_of_allocation(id).await?)
    }

    /// Events after a position, in order.
    pub async fn events_after(
        &self,
        position: i64,
        limit: i64,
    ) -> Result<Vec<StoredEvent>, AppError> {
        Ok(self.store.events_after(position, limit).await?)
    }

    /// What a scope asks for.
    pub async fn requirements_of(
        &self,
        scope: &RequirementScope,
    ) -> Result<Vec<Requirement>, AppError> {
        let mut state = State::default();
        self.store.load(&[Key::Requirements(scope.clone())], &mut state).await?;
        Ok(state.requirements(scope).to_vec())
    }

    /// Every skill requirement.
    pub async fn all_requirements(&self) -> Result<Vec<Requirement>, AppError> {
        Ok(self.store.all_requirements().await?)
    }

    /// Every reason code by code, the built-in ones included.
    pub async fn reason_codes(&self) -> Result<Vec<ReasonCodeDefinition>, AppError> {
        Ok(self.store.reason_codes().await?)
    }

    /// What would speak against `command`; commits nothing.
    pub(crate) async fn validate(
        &self,
        command: &Command,
        context: &Context,
    ) -> Result<Vec<Refusal>, AppError> {
        let mut state = State::default();
        loop {
            let missing = requires(&state, command, None);
            if missing.is_empty() {
                break;
            }
            self.store.load(&missing, &mut state).await?;
        }
        Ok(decide(&state, command, context).err().unwrap_or_default())
    }
}
