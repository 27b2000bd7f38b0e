//! Reads of operators, machines, orders, allocations and the log.
//!
//! Everything is loaded through the state that the rules use, so a screen shows what a decision
//! would see. Names are joined here, from the vault, for those who ask for operators.

mod attendance;
mod machine;
mod material;
mod work_order;

use std::collections::HashMap;
use std::sync::Arc;

pub use self::attendance::{AttendanceRow, DayFigures};
pub use self::machine::{MachineFigures, MaintenanceRow, MaintenanceView, StatusPeriod};
pub use self::work_order::{ExpectedOrder, LoggedEntry, Successor};
use jiff::Timestamp;
use mraos_domain::access::part::requires_sight;
use mraos_domain::work_order::WorkOrder;
use mraos_domain::{
    Actor, Allocation, AllocationId, Command, Context, Holidays, Key, Machine, MachineId, Operator,
    OperatorId, Phase, ReasonCodeDefinition, Refusal, Requirement, RequirementScope, State,
    WorkOrderId, decide, requires,
};
pub use mraos_store::log::read::StoredEvent;
use mraos_store::{Page, Sight, Store};
use uuid::Uuid;

pub use self::material::{Shortage, TransactionView};
use crate::error::AppError;
use crate::free_text;
use crate::live::AtHand;
use crate::vault::{PersonalData, Vault};

/// Reads of the plant; cheap to clone.
#[derive(Clone)]
pub struct Reads {
    store: Store,
    vault: Vault,
    at_hand: AtHand,
    figures: Arc<machine::KeptFigures>,
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
    /// For a booking: the work after which it is the next of its operator or machine.
    pub runs_before: Option<Allocation>,
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
    pub(crate) fn new(store: Store, vault: Vault, at_hand: AtHand) -> Self {
        Self { store, vault, at_hand, figures: Arc::default() }
    }

    /// An operator.
    pub async fn find_operator(
        &self,
        actor: &Actor,
        id: &OperatorId,
    ) -> Result<Option<OperatorView>, AppError> {
        Ok(self.operators(actor, std::slice::from_ref(id)).await?.pop())
    }

    /// A page of operators.
    pub async fn list_operators(
        &self,
        actor: &Actor,
        page: &Page,
    ) -> Result<Paged<OperatorView>, AppError> {
        if let Some(listed) = self.at_hand.list_operators(actor, page) {
            return Ok(listed);
        }
        let listed = self.store.list_operators(&in_sight(actor, page)).await?;
        let next = listed.ids.last().filter(|_| listed.has_more).map(ToString::to_string);
        Ok(Paged { items: self.operators(actor, &listed.ids).await?, next })
    }

    async fn operators(
        &self,
        actor: &Actor,
        ids: &[OperatorId],
    ) -> Result<Vec<OperatorView>, AppError> {
        let state = self.load_in_sight(actor, ids.iter().cloned().map(Key::Operator)).await?;
        let mut people = self.people(ids).await?;
        let found = ids.iter().filter_map(|id| state.operator(id));
        let found = found.filter(|operator| actor.sees_operator(&state, operator));
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
        if let Some(people) = self.at_hand.people(ids) {
            return Ok(people);
        }
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let sealed = self.store.personal(&ids).await?;
        sealed
            .into_iter()
            .map(|person| Ok((person.operator_id.clone(), self.vault.open(&person)?)))
            .collect()
    }

    /// A machine.
    pub async fn find_machine(
        &self,
        actor: &Actor,
        id: &MachineId,
    ) -> Result<Option<MachineView>, AppError> {
        Ok(self.machines(actor, std::slice::from_ref(id)).await?.pop())
    }

    /// A page of machines.
    pub async fn list_machines(
        &self,
        actor: &Actor,
        page: &Page,
    ) -> Result<Paged<MachineView>, AppError> {
        let listed = self.store.list_machines(&in_sight(actor, page)).await?;
        let next = listed.ids.last().filter(|_| listed.has_more).map(ToString::to_string);
        Ok(Paged { items: self.machines(actor, &listed.ids).await?, next })
    }

    async fn machines(
        &self,
        actor: &Actor,
        ids: &[MachineId],
    ) -> Result<Vec<MachineView>, AppError> {
        let state = self.load_in_sight(actor, ids.iter().cloned().map(Key::Machine)).await?;
        let found = ids.iter().filter_map(|id| state.machine(id));
        let found = found.filter(|machine| actor.sees_machine(machine));
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
        actor: &Actor,
        id: &WorkOrderId,
    ) -> Result<Option<WorkOrderView>, AppError> {
        Ok(self.work_orders(actor, std::slice::from_ref(id)).await?.pop())
    }

    async fn work_orders(
        &self,
        actor: &Actor,
        ids: &[WorkOrderId],
    ) -> Result<Vec<WorkOrderView>, AppError> {
        let state = self.load_in_sight(actor, ids.iter().cloned().map(Key::WorkOrder)).await?;
        let found = ids.iter().filter_map(|id| state.work_order(id));
        let found = found.filter(|order| actor.sees_work_order(order));
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
        actor: &Actor,
        id: AllocationId,
    ) -> Result<Option<AllocationView>, AppError> {
        Ok(self.allocations(actor, &[id]).await?.pop())
    }

    /// A page of allocations, newest first.
    pub async fn list_allocations(
        &self,
        actor: &Actor,
        page: &Page,
    ) -> Result<Paged<AllocationView>, AppError> {
        let listed = self.store.list_allocations(&in_sight(actor, page)).await?;
        let next = listed.ids.last().filter(|_| listed.has_more).map(ToString::to_string);
        Ok(Paged { items: self.allocations(actor, &listed.ids).await?, next })
    }

    async fn allocations(
        &self,
        actor: &Actor,
        ids: &[AllocationId],
    ) -> Result<Vec<AllocationView>, AppError> {
        let mut state = self.load_in_sight(actor, ids.iter().copied().map(Key::Allocation)).await?;
        let found = ids.iter().filter_map(|id| state.allocation(*id));
        let found = found.filter(|one| actor.sees_allocation(&state, one));
        let found: Vec<Allocation> = found.cloned().collect();
        self.load_sides_of_bookings(&found, &mut state).await?;
        let mut views = self.with_reasons(found).await?;
        for view in &mut views {
            let before = state.runs_before(&view.allocation);
            view.runs_before = before.filter(|one| actor.sees_allocation(&state, one)).cloned();
        }
        Ok(views)
    }

    async fn load_sides_of_bookings(
        &self,
        allocations: &[Allocation],
        state: &mut State,
    ) -> Result<(), AppError> {
        let booked = allocations.iter().filter(|one| one.phase == Phase::Booked);
        let sides = booked.flat_map(|one| {
            let operator = one.assignment.operator_id.clone().map(Key::Operator);
            operator.into_iter().chain(one.assignment.machine_id.clone().map(Key::Machine))
        });
        let mut missing: Vec<Key> = sides.filter(|key| !state.has(key)).collect();
        missing.sort();
        missing.dedup();
        if !missing.is_empty() {
            self.store.load(&missing, state).await?;
        }
        Ok(())
    }

    /// Loads `keys` and what shows whether they are there for `actor`.
    async fn load_in_sight(
        &self,
        actor: &Actor,
        keys: impl Iterator<Item = Key>,
    ) -> Result<State, AppError> {
        let keys: Vec<Key> = keys.collect();
        let mut state = State::default();
        self.load(keys.clone(), &mut state).await?;
        self.load_sight(actor, &keys, &mut state).await?;
        Ok(state)
    }

    /// Loads what shows whether what is loaded is there for `actor`.
    async fn load_sight(
        &self,
        actor: &Actor,
        keys: &[Key],
        state: &mut State,
    ) -> Result<(), AppError> {
        if !actor.sees_everything() {
            let mut more: Vec<Key> =
                keys.iter().flat_map(|key| actor.needs_to_see(state, key)).collect();
            more.sort();
            more.dedup();
            self.load(more, state).await?;
        }
        Ok(())
    }

    /// Loads `keys`: what is at hand from the floor, the rest from the database.
    async fn load(&self, mut keys: Vec<Key>, state: &mut State) -> Result<(), AppError> {
        self.at_hand.fill(&keys, state);
        keys.retain(|key| !state.has(key));
        if !keys.is_empty() {
            self.store.load(&keys, state).await?;
        }
        Ok(())
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
            AllocationView { allocation, release_reason, runs_before: None }
        };
        Ok(allocations.into_iter().map(view).collect())
    }

    /// Free texts by id; erased ones are missing.
    pub async fn texts(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, String>, AppError> {
        let sealed = self.store.texts(ids).await?;
        sealed
            .into_iter()
            .map(|(id, text)| Ok((id, free_text::open(&text, &self.vault)?)))
            .collect()
    }

    /// Opens a free text that came along with its row.
    fn open_text(&self, text: &mut Option<String>) -> Result<(), AppError> {
        if let Some(sealed) = text {
            *sealed = free_text::open(sealed, &self.vault)?;
        }
        Ok(())
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

    /// Every skill requirement that is there for `actor`.
    pub async fn all_requirements(&self, actor: &Actor) -> Result<Vec<Requirement>, AppError> {
        let mut all = self.store.all_requirements().await?;
        if !actor.sees_everything() {
            let key = |one: &Requirement| Key::Requirements(one.scope.clone());
            let state = self.load_in_sight(actor, all.iter().map(key)).await?;
            all.retain(|one| actor.sees(&state, &key(one)));
        }
        Ok(all)
    }

    /// Every holiday of the plant, by day.
    pub async fn holidays(&self) -> Result<Holidays, AppError> {
        let mut state = State::default();
        self.load(vec![Key::Holidays], &mut state).await?;
        Ok(state.holidays().clone())
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
        let state = self.load_for(std::slice::from_ref(command), &context.actor).await?;
        Ok(decide(&state, command, context).err().unwrap_or_default())
    }

    /// Loads what deciding `commands` for `actor` would need.
    pub(crate) async fn load_for(
        &self,
        commands: &[Command],
        actor: &Actor,
    ) -> Result<State, AppError> {
        let mut state = State::default();
        loop {
            let mut missing: Vec<Key> = Vec::new();
            for command in commands {
                missing.extend(requires(&state, command, None));
                missing.extend(requires_sight(&state, command, actor));
            }
            missing.sort();
            missing.dedup();
            if missing.is_empty() {
                return Ok(state);
            }
            self.load(missing, &mut state).await?;
        }
    }

    /// The last position of the log.
    pub(crate) async fn last_position(&self) -> Result<i64, AppError> {
        Ok(self.store.last_position().await?)
    }
}

/// Time and key of a row, as a page of a history ends with them.
pub fn parse_time_key(key: &str) -> Option<(Timestamp, i64)> {
    let (at, id) = key.split_once('/')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

fn filter<'a>(page: &'a Page, name: &str) -> Option<&'a str> {
    page.filters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Cuts a list that may be one longer than its page.
pub(crate) fn cut<T>(mut items: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Paged<T> {
    let most = usize::try_from(limit).unwrap_or_default();
    let has_more = items.len() > most;
    items.truncate(most);
    let next = items.last().filter(|_| has_more).map(key);
    Paged { items, next }
}

/// The same page, of what is there for `actor`.
fn in_sight(actor: &Actor, page: &Page) -> Page {
    let lines = actor.scope.lines.as_ref();
    let own = actor.scope.operator_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let sight = Sight {
        lines: lines.map(|all| all.iter().map(ToString::to_string).collect()),
        own: actor.sees_own_work_alone().then_some(own),
    };
    Page { sight, ..page.clone() }
}
