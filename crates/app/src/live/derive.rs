//! What an event means to those who watch: one fact becomes messages about all that it touched.
//!
//! Which entities an event speaks of depends on the event alone, so that the same positions reach
//! a subscriber whether it listens or catches up later; what their cards show comes from the
//! state. Without a state from before the event, nothing is said about what was before.

use mraos_api::live::Metadata;
use mraos_domain::event::Event;
use mraos_domain::{
    AllocationId, EntityRef, EntityType, Instant, MachineId, MaterialId, OperatorId, Phase,
    ReasonCode, Recorded, State, WorkOrderId,
};
use uuid::Uuid;

use super::alert::{self, Alert};
use super::card::{self, Placed};
use super::message::{Published, PublishedMessage};
use super::names::Names;
use super::view::{Channel, Line};

/// An event of the log with what is published of its circumstances.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) recorded: Recorded,
    pub(crate) event_id: Uuid,
    pub(crate) source: String,
}

/// What the event touches, by kind.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) operators: Vec<OperatorId>,
    pub(crate) machines: Vec<MachineId>,
    pub(crate) work_orders: Vec<WorkOrderId>,
    pub(crate) materials: Vec<MaterialId>,
    pub(crate) allocation: Option<AllocationId>,
}

impl Touched {
    pub(crate) fn of(recorded: &Recorded) -> Self {
        let mut touched = Self::default();
        for EntityRef { entity_type, entity_id } in recorded.touches() {
            match entity_type {
                EntityType::Operator => touched.operators.extend(OperatorId::new(&entity_id)),
                EntityType::Machine => touched.machines.extend(MachineId::new(&entity_id)),
                EntityType::Material => touched.materials.extend(MaterialId::new(&entity_id)),
                EntityType::WorkOrder => touched.work_orders.extend(WorkOrderId::new(&entity_id)),
                EntityType::Allocation => {
                    touched.allocation = entity_id.parse().ok().map(AllocationId);
                }
                EntityType::Holiday | EntityType::ReasonCode | EntityType::SkillRequirement => {}
            }
        }
        touched
    }
}

/// How one entity was before.
#[derive(Debug)]
struct Earlier<K> {
    id: K,
    status: &'static str,
    lines: Vec<Line>,
    alert: Option<Alert>,
}

/// How the touched entities were before the event.
#[derive(Debug, Default)]
pub(crate) struct Before {
    operators: Vec<Earlier<OperatorId>>,
    machines: Vec<Earlier<MachineId>>,
    work_orders: Vec<Earlier<WorkOrderId>>,
    overrun: Option<Alert>,
    materials: Vec<Earlier<MaterialId>>,
}

impl Before {
    pub(crate) fn note(state: &State, touched: &Touched, fact: &Fact) -> Self {
        let recorded = &fact.recorded;
        // An overrun is told once it is noted, however long it has lasted by then.
        let overrun = match recorded.event {
            Event::AllocationOverran(_) => None,
            _ => overrun(state, touched, recorded.recorded_at),
        };
        let operators = touched.operators.iter().filter_map(|id| {
            let operator = state.operator(id)?;
            Some(Earlier {
                id: id.clone(),
                status: operator.current_status.as_str(),
                lines: card::operator(state, operator, None).lines,
                alert: alert::of_operator(state, operator),
            })
        });
        let machines = touched.machines.iter().filter_map(|id| {
            let machine = state.machine(id)?;
            Some(Earlier {
                id: id.clone(),
                status: machine.current_status.as_str(),
                lines: vec![machine.details.production_line.clone()],
                alert: alert::of_machine(state, machine),
            })
        });
        let work_orders = touched.work_orders.iter().filter_map(|id| {
            let order = state.work_order(id)?;
            Some(Earlier {
                id: id.clone(),
                status: order.status.as_str(),
                lines: order.details.production_line.iter().cloned().collect(),
                alert: None,
            })
        });
        let materials = touched.materials.iter().filter_map(|id| {
            let material = state.material(id)?;
            let alert = alert::of_material(material);
            Some(Earlier { id: id.clone(), status: "", lines: Vec::new(), alert })
        });
        Self {
            materials: materials.collect(),
            operators: operators.collect(),
            machines: machines.collect(),
            work_orders: work_orders.collect(),
            overrun,
        }
    }
}

fn overrun(state: &State, touched: &Touched, at: Instant) -> Option<Alert> {
    let allocation = touched.allocation.and_then(|id| state.allocation(id))?;
    alert::of_allocation(state, allocation, at)
}

fn find<'a, K: PartialEq>(all: &'a [Earlier<K>], id: &K) -> Option<&'a Earlier<K>> {
    all.iter().find(|earlier| earlier.id == *id)
}

/// The messages of `fact`, with `state` as it is after it.
pub(crate) fn publish(
    fact: &Fact,
    touched: &Touched,
    before: Option<&Before>,
    state: &State,
    names: &Names,
) -> Published {
    let position = fact.recorded.position;
    let mut derivation = Derivation { fact, before, state, names, messages: Vec::new() };
    if is_shown(&fact.recorded.event) {
        derivation.run(touched);
    }
    Published { position, messages: derivation.messages }
}

/// A statement about the past changes nothing that is shown.
fn is_shown(event: &Event) -> bool {
    !matches!(event, Event::OperatorStatusRestated(_) | Event::MachineStatusRestated(_))
}

/// What stands around a message, beside what it shows.
struct Around<'a> {
    /// Lines of the machines that the event is about.
    at: &'a [Line],
    /// Lines on which the subject stood before.
    left: &'a [Line],
    previous_status: Option<&'static str>,
}

impl<'a> Around<'a> {
    fn new(at: &'a [Line], left: &'a [Line], previous_status: Option<&'static str>) -> Self {
        Self { at, left, previous_status }
    }
}

struct Derivation<'a> {
    fact: &'a Fact,
    before: Option<&'a Before>,
    state: &'a State,
    names: &'a Names,
    messages: Vec<PublishedMessage>,
}

impl Derivation<'_> {
    fn run(&mut self, touched: &Touched) {
        let state = self.state;
        let machines = touched.machines.iter().filter_map(|id| state.machine(id));
        let at: Vec<Line> = machines.map(|one| one.details.production_line.clone()).collect();
        if let Some(allocation) = touched.allocation.and_then(|id| state.allocation(id)) {
            let event_type = self.fact.recorded.event.event_type();
            let placed = card::allocation(state, allocation);
            self.push(Channel::AllocationChanges, event_type, placed, Around::new(&at, &[], None));
        }
        for id in &touched.operators {
            self.operator(id, &at);
        }
        for id in &touched.machines {
            self.machine(id);
        }
        for id in &touched.materials {
            self.material(id);
        }
        // What an order shows does not follow from its material.
        if !matches!(self.fact.recorded.event, Event::StockMoved(_)) {
            for id in &touched.work_orders {
                self.work_order(id, &at);
            }
        }
        for id in &touched.operators {
            self.operator_alert(id);
        }
        for id in &touched.machines {
            self.machine_alert(id);
        }
        let after = overrun(state, touched, self.fact.recorded.recorded_at);
        self.alert(self.before.and_then(|before| before.overrun.clone()), after);
    }

    fn operator(&mut self, id: &OperatorId, at: &[Line]) {
        let Some(operator) = self.state.operator(id) else { return };
        let earlier = self.before.and_then(|before| find(&before.operators, id));
        let status = operator.current_status.as_str();
        let (event_type, previous) = self.resource_event(earlier.map(|one| one.status), status);
        let left = earlier.map(|one| one.lines.clone()).unwrap_or_default();
        let placed = card::operator(self.state, operator, self.names.shown(id));
        self.push(Channel::ResourceStatus, event_type, placed, Around::new(at, &left, previous));
    }

    fn machine(&mut self, id: &MachineId) {
        let Some(machine) = self.state.machine(id) else { return };
        let earlier = self.before.and_then(|before| find(&before.machines, id));
        let status = machine.current_status.as_str();
        let (event_type, previous) = self.resource_event(earlier.map(|one| one.status), status);
        let left = earlier.map(|one| one.lines.clone()).unwrap_or_default();
        let placed = card::machine(self.state, machine, self.fact.recorded.recorded_at);
        self.push(Channel::ResourceStatus, event_type, placed, Around::new(&[], &left, previous));
    }

    /// What has happened to an operator or a machine, and the status before, if it was another.
    fn resource_event(
        &self,
        earlier: Option<&'static str>,
        status: &'static str,
    ) -> (&'static str, Option<&'static str>) {
        match &self.fact.recorded.event {
            Event::OperatorCreated(_) | Event::MachineCreated(_) => ("resource_created", None),
            Event::OperatorStatusChanged(event) => {
                let said = event.previous_status.as_str();
                ("resource_status_changed", Some(earlier.unwrap_or(said)))
            }
            Event::MachineStatusChanged(event) => {
                let said = event.previous_status.as_str();
                ("resource_status_changed", Some(earlier.unwrap_or(said)))
            }
            event => match earlier {
                Some(earlier) if earlier != status => ("resource_status_changed", Some(earlier)),
                None if moves_running_work(event) => ("resource_status_changed", None),
                _ => ("resource_changed", None),
            },
        }
    }

    fn material(&mut self, id: &MaterialId) {
        let Some(material) = self.state.material(id) else { return };
        let event_type = self.fact.recorded.event.event_type();
        let placed = card::material(material);
        self.push(Channel::ResourceStatus, event_type, placed, Around::new(&[], &[], None));
        let after = alert::of_material(material);
        let earlier = self.before.and_then(|before| find(&before.materials, id));
        self.alert(earlier.and_then(|one| one.alert.clone()), after);
    }

    fn work_order(&mut self, id: &WorkOrderId, at: &[Line]) {
        let Some(order) = self.state.work_order(id) else { return };
        let earlier = self.before.and_then(|before| find(&before.work_orders, id));
        let status = order.status.as_str();
        let moved = earlier.map_or_else(
            || moves_running_work(&self.fact.recorded.event),
            |earlier| earlier.status != status,
        );
        let event_type = match &self.fact.recorded.event {
            Event::WorkOrderCreated(_) => "work_order_created",
            Event::WorkOrderCancelled(_) => "work_order_cancelled",
            Event::WorkOrderProgressed(event) if event.completed => "work_order_completed",
            Event::WorkOrderWaitingStarted(_) => "work_order_status_changed",
            Event::WorkOrderWaitingEnded(_) => "work_order_completed",
            Event::WorkOrderProgressed(_) => "work_order_progress",
            Event::AllocationCompleted(event) if event.work_order_completed => {
                "work_order_completed"
            }
            Event::AllocationCompleted(event)
                if event.quantity_produced != mraos_domain::Quantity::ZERO =>
            {
                "work_order_progress"
            }
            _ if moved => "work_order_status_changed",
            _ => "work_order_changed",
        };
        let previous = earlier.map(|one| one.status).filter(|one| *one != status);
        let left = earlier.map(|one| one.lines.clone()).unwrap_or_default();
        let placed = card::work_order(self.state, order);
        let mut at = at.to_vec();
        at.extend(placed.works.iter().filter_map(|work| work.line.clone()));
        self.push(
            Channel::WorkOrderProgress,
            event_type,
            placed,
            Around::new(&at, &left, previous),
        );
    }

    fn operator_alert(&mut self, id: &OperatorId) {
        let after = self.state.operator(id).and_then(|one| alert::of_operator(self.state, one));
        let earlier = self.before.and_then(|before| find(&before.operators, id));
        self.alert(earlier.and_then(|one| one.alert.clone()), after);
    }

    fn machine_alert(&mut self, id: &MachineId) {
        let after = self.state.machine(id).and_then(|one| alert::of_machine(self.state, one));
        let earlier = self.before.and_then(|before| find(&before.machines, id));
        self.alert(earlier.and_then(|one| one.alert.clone()), after);
    }

    /// An alert that is new, that changed what it affects, or that is over.
    fn alert(&mut self, earlier: Option<Alert>, after: Option<Alert>) {
        let is_same = |a: &Alert, b: &Alert| a.card.alert_id == b.card.alert_id;
        if let Some(earlier) = &earlier
            && !after.as_ref().is_some_and(|after| is_same(after, earlier))
        {
            let at = self.fact.recorded.occurred_at.timestamp();
            let placed = card::alert(earlier.clone().resolved(at));
            self.push(Channel::Alerts, "alert_resolved", placed, Around::new(&[], &[], None));
        }
        let Some(after) = after else { return };
        if earlier.is_none_or(|earlier| earlier.card != after.card) {
            let placed = card::alert(after);
            self.push(Channel::Alerts, "alert_raised", placed, Around::new(&[], &[], None));
        }
    }

    fn push(
        &mut self,
        channel: Channel,
        event_type: &'static str,
        placed: Placed,
        around: Around<'_>,
    ) {
        let Around { at, left, previous_status } = around;
        let mut interest = placed.lines.clone();
        for line in at.iter().chain(left) {
            if !interest.contains(line) {
                interest.push(line.clone());
            }
        }
        let recorded = &self.fact.recorded;
        self.messages.push(PublishedMessage {
            channel,
            event_type,
            event_id: self.fact.event_id.to_string(),
            timestamp: recorded.recorded_at.timestamp(),
            metadata: Metadata {
                source: self.fact.source.clone(),
                triggered_by: recorded.actor.to_string(),
                occurred_at: recorded.occurred_at.timestamp(),
                reason_code: reason_code(&recorded.event).map(ToString::to_string),
                channel: channel.as_str().to_owned(),
            },
            placed,
            interest,
            left: left.to_vec(),
            previous_status,
            encoded: Default::default(),
        });
    }
}

/// Whether an event makes work run or stop, so that what it touches is another way afterwards.
fn moves_running_work(event: &Event) -> bool {
    match event {
        Event::AllocationCreated(event) => event.phase == Phase::Running,
        Event::AllocationReassigned(event) => event.phase == Phase::Running,
        Event::AllocationStarted(_) | Event::AllocationPaused(_) | Event::AllocationResumed(_) => {
            true
        }
        Event::AllocationReopened(event) => event.phase == Phase::Running,
        Event::AllocationReleased(event) => event.previous_phase == Phase::Running,
        Event::AllocationCompleted(event) => event.previous_phase == Phase::Running,
        _ => false,
    }
}

fn reason_code(event: &Event) -> Option<&ReasonCode> {
    match event {
        Event::OperatorStatusChanged(event) => event.reason_code.as_ref(),
        Event::OperatorShiftCalledOff(event) => event.reason_code.as_ref(),
        Event::MachineStatusChanged(event) => event.reason_code.as_ref(),
        Event::MaintenanceCancelled(event) => event.reason_code.as_ref(),
        Event::WorkOrderCancelled(event) => event.reason_code.as_ref(),
        Event::StockMoved(event) => event.reason_code.as_ref(),
        Event::AllocationPaused(event) => event.reason_code.as_ref(),
        Event::AllocationReassigned(event) => event.reason_code.as_ref(),
        Event::AllocationRescheduled(event) => event.reason_code.as_ref(),
        Event::AllocationReopened(event) => event.reason_code.as_ref(),
        Event::AllocationReleased(event) => event.reason_code.as_ref(),
        Event::AllocationCancelled(event) => event.reason_code.as_ref(),
        _ => None,
    }
}
