//! Which state a command needs: the keys that are not loaded yet.
//!
//! The committer calls this, loads what it names and calls again until nothing is missing; what
//! one answer reveals (an allocation's machine) the next call asks for.

use crate::allocation::Allocation;
use crate::command::{Command, NamedReservation, Reason};
use crate::event::Event;
use crate::ids::{AllocationId, MachineId, MaterialId, OperatorId, WorkOrderId};
use crate::key::{Key, UniqueField};
use crate::machine::MachineDetails;
use crate::skill::RequirementScope;
use crate::source::Signal;
use crate::state::State;
use crate::work_order::{DependencyTerms, WorkOrderDetails};

/// The keys that `command` needs and `state` has not; empty means that it can be decided.
pub fn requires(state: &State, command: &Command, signal: Option<&Signal>) -> Vec<Key> {
    let mut need = Need { state, missing: Vec::new() };
    if let Some(signal) = signal {
        need.key(Key::Source(signal.id.clone()));
    }
    need.command(command);
    need.missing.sort();
    need.missing.dedup();
    need.missing
}

/// What the eligibility rules read of people and machines, whatever the order, and `state` has
/// not: whoever keeps these ready asks no database before it suggests.
pub fn requires_ready<'a>(
    state: &State,
    operators: impl Iterator<Item = &'a OperatorId>,
    machines: impl Iterator<Item = &'a MachineId>,
) -> Vec<Key> {
    let mut need = Need { state, missing: Vec::new() };
    operators.for_each(|id| need.eligibility_of_operator(id));
    machines.for_each(|id| need.eligibility_of_machine(id));
    need.missing.sort();
    need.missing.dedup();
    need.missing
}

struct Need<'a> {
    state: &'a State,
    missing: Vec<Key>,
}

impl Need<'_> {
    fn key(&mut self, key: Key) {
        if !self.state.has(&key) {
            self.missing.push(key);
        }
    }

    fn operator(&mut self, id: &OperatorId) {
        self.key(Key::Operator(id.clone()));
    }

    fn machine(&mut self, id: &MachineId) {
        self.key(Key::Machine(id.clone()));
    }

    fn work_order(&mut self, id: &WorkOrderId) {
        self.key(Key::WorkOrder(id.clone()));
    }

    fn material(&mut self, id: &MaterialId) {
        self.key(Key::Material(id.clone()));
    }

    /// What an order is made of; most need nothing.
    fn materials(&mut self, order: &WorkOrderId) {
        if let Some(order) = self.state.work_order(order) {
            for line in &order.bill.lines {
                self.material(&line.terms.material_id);
            }
            for one in &order.bill.reservations {
                self.material(&one.material_id);
            }
        }
    }

    fn reason(&mut self, reason: &Reason) {
        if let Some(code) = &reason.reason_code {
            self.key(Key::ReasonCode(code.clone()));
        }
    }

    fn unique(&mut self, field: UniqueField, value: &str) {
        self.key(Key::Unique(field, value.to_owned()));
    }

    fn parties(&mut self, allocation: &Allocation) {
        if let Some(id) = &allocation.assignment.operator_id {
            self.operator(id);
        }
        if let Some(id) = &allocation.assignment.machine_id {
            self.machine(id);
        }
        self.work_order(&allocation.assignment.work_order_id);
    }

    /// The operator and every party of the open work: a new status may pause it, a new capacity
    /// changes how its rows are guarded, and a row is written with both sides known.
    fn operator_with_work(&mut self, id: &OperatorId) {
        self.operator(id);
        for allocation in self.state.open_of_operator(id) {
            self.parties(allocation);
        }
    }

    /// The same for a machine.
    fn machine_with_work(&mut self, id: &MachineId) {
        self.machine(id);
        for allocation in self.state.open_of_machine(id) {
            self.parties(allocation);
        }
    }

    /// Everything that the eligibility rules read.
    fn eligibility(
        &mut self,
        order: &WorkOrderId,
        operator: Option<&OperatorId>,
        machine: Option<&MachineId>,
    ) {
        self.work_order(order);
        self.key(Key::Requirements(RequirementScope::WorkOrder(order.clone())));
        if let Some(id) = operator {
            self.eligibility_of_operator(id);
        }
        if let Some(id) = machine {
            self.eligibility_of_machine(id);
        }
        self.predecessors(order);
        self.materials(order);
    }

    /// What they read of a person, whatever the order.
    fn eligibility_of_operator(&mut self, id: &OperatorId) {
        self.operator(id);
        if self.state.operator(id).is_some_and(|one| !one.shifts.is_empty()) {
            self.key(Key::Holidays);
        }
    }

    /// What they read of a machine, whatever the order.
    fn eligibility_of_machine(&mut self, id: &MachineId) {
        self.machine(id);
        self.key(Key::Requirements(RequirementScope::Machine(id.clone())));
        if let Some(machine) = self.state.machine(id) {
            let name = machine.details.machine_type.clone();
            self.key(Key::Requirements(RequirementScope::MachineType(name)));
        }
    }

    fn predecessors(&mut self, order: &WorkOrderId) {
        if let Some(order) = self.state.work_order(order) {
            for dependency in &order.dependencies {
                self.work_order(&dependency.terms.predecessor_work_order_id);
            }
        }
    }

    /// The order and every party of its open allocations, because closing it ends them.
    fn closing(&mut self, order: &WorkOrderId) {
        self.work_order(order);
        self.predecessors(order);
        self.materials(order);
        for allocation in self.state.open_of_work_order(order) {
            self.parties(allocation);
        }
    }

    fn machine_details(&mut self, details: &MachineDetails) {
        if let Some(serial) = &details.serial_number {
            self.unique(UniqueField::SerialNumber, serial.as_str());
        }
    }

    fn work_order_details(&mut self, details: &WorkOrderDetails) {
        self.unique(UniqueField::WorkOrderNumber, details.work_order_number.as_str());
    }

    /// The predecessor and everything before it, so that a circle can be found.
    fn dependency(&mut self, order: &WorkOrderId, terms: &DependencyTerms) {
        self.work_order(order);
        let mut seen = std::collections::BTreeSet::new();
        let mut open = vec![terms.predecessor_work_order_id.clone()];
        while let Some(id) = open.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            self.work_order(&id);
            if let Some(found) = self.state.work_order(&id) {
                let before = found.dependencies.iter();
                open.extend(before.map(|edge| edge.terms.predecessor_work_order_id.clone()));
            }
        }
    }

    fn requirements(&mut self, scope: &RequirementScope) {
        self.key(Key::Requirements(scope.clone()));
        match scope {
            RequirementScope::Machine(id) => self.machine(id),
            RequirementScope::WorkOrder(id) => self.work_order(id),
            RequirementScope::MachineType(_) => {}
        }
    }

    fn life_cycle(&mut self, id: AllocationId) {
        self.key(Key::Allocation(id));
        if let Some(allocation) = self.state.allocation(id) {
            self.parties(allocation);
            let assignment = &allocation.assignment;
            self.eligibility(
                &assignment.work_order_id,
                assignment.operator_id.as_ref(),
                assignment.machine_id.as_ref(),
            );
        }
    }

    fn command(&mut self, command: &Command) {
        use Command as C;
        match command {
            C::CreateOperator { .. }
            | C::ChangeOperator { .. }
            | C::SetOperatorStatus { .. }
            | C::SetSkill { .. }
            | C::RemoveSkill { .. }
            | C::EraseOperator { .. }
            | C::AddShift { .. }
            | C::RemoveShift { .. }
            | C::ClockIn { .. }
            | C::ClockOut { .. }
            | C::NoteAbsence { .. }
            | C::CallOff { .. }
            | C::UndoCallOff { .. } => self.operator_command(command),
            C::CreateMachine { .. }
            | C::ChangeMachine { .. }
            | C::SetMachineStatus { .. }
            | C::PlanMaintenance { .. }
            | C::ChangeMaintenance { .. }
            | C::CompleteMaintenance { .. }
            | C::CancelMaintenance { .. } => self.machine_command(command),
            C::CreateWorkOrder { .. }
            | C::ChangeWorkOrder { .. }
            | C::CancelWorkOrder { .. }
            | C::AddDependency { .. }
            | C::RemoveDependency { .. } => self.order_command(command),
            C::ReportProgress { .. }
            | C::AdvanceWaiting { .. }
            | C::DecideQuality { .. }
            | C::NoteProduction { .. } => self.production_command(command),
            C::RequireSkill { scope, .. } | C::DropRequirement { scope, .. } => {
                self.requirements(scope);
            }
            C::DefineHoliday { .. } | C::RemoveHoliday { .. } => self.key(Key::Holidays),
            C::DefineReasonCode { definition } => {
                self.key(Key::ReasonCode(definition.reason_code.clone()));
            }
            C::CreateMaterial { .. }
            | C::ChangeMaterial { .. }
            | C::MoveStock { .. }
            | C::ConsumeReservation { .. }
            | C::ReleaseReservation { .. }
            | C::ExpireReservation { .. }
            | C::HandOverReservation { .. }
            | C::SupplyWorkOrder { .. }
            | C::SetBomLine { .. }
            | C::RemoveBomLine { .. } => self.stock_command(command),
            C::Allocate(_)
            | C::Start { .. }
            | C::Pause { .. }
            | C::Resume { .. }
            | C::Reassign { .. }
            | C::Reschedule { .. }
            | C::Undo { .. }
            | C::NoteOverrun { .. }
            | C::Release { .. }
            | C::Complete { .. }
            | C::Cancel { .. } => self.allocation_command(command),
        }
    }

    fn order_command(&mut self, command: &Command) {
        use Command as C;
        match command {
            C::CreateWorkOrder { work_order_id, details, dependencies, .. } => {
                self.work_order(work_order_id);
                self.work_order_details(details);
                for terms in dependencies {
                    self.work_order(&terms.predecessor_work_order_id);
                }
            }
            C::ChangeWorkOrder { work_order_id, details, .. } => {
                self.closing(work_order_id);
                self.work_order_details(details);
            }
            C::CancelWorkOrder { work_order_id, reason, .. } => {
                self.closing(work_order_id);
                self.reason(reason);
            }
            C::AddDependency { work_order_id, terms } => self.dependency(work_order_id, terms),
            C::RemoveDependency { work_order_id, .. } => self.work_order(work_order_id),
            _ => {}
        }
    }

    /// The last change, and those who had the work before it.
    fn undo(&mut self, id: AllocationId, reason: &Reason) {
        self.life_cycle(id);
        self.reason(reason);
        self.key(Key::LastChange(id));
        let change = self.state.last_change(id).map(|change| &change.event);
        if let Some(Event::AllocationReassigned(event)) = change {
            let previous = &event.previous;
            let (operator, machine) = (previous.operator_id.as_ref(), previous.machine_id.as_ref());
            self.eligibility(&previous.work_order_id, operator, machine);
        }
    }

    fn stock_command(&mut self, command: &Command) {
        use Command as C;
        match command {
            C::CreateMaterial { material_id, details }
            | C::ChangeMaterial { material_id, details, .. } => {
                self.material(material_id);
                self.unique(UniqueField::PartNumber, details.part_number.as_str());
            }
            C::MoveStock { material_id, transaction } => {
                self.material(material_id);
                self.reason(&transaction.reason);
                if let Some(order) = &transaction.work_order_id {
                    self.work_order(order);
                }
            }
            C::ConsumeReservation { reservation, reason, .. }
            | C::ReleaseReservation { reservation, reason, .. } => {
                self.reservation(reservation);
                self.reason(reason);
            }
            C::ExpireReservation { reservation } => self.reservation(reservation),
            C::HandOverReservation { reservation, to_work_order_id, reason, .. } => {
                self.reservation(reservation);
                self.work_order(to_work_order_id);
                self.reason(reason);
            }
            C::SupplyWorkOrder { work_order_id } | C::RemoveBomLine { work_order_id, .. } => {
                self.work_order(work_order_id);
                self.materials(work_order_id);
            }
            C::SetBomLine { work_order_id, terms, .. } => {
                self.work_order(work_order_id);
                self.material(&terms.material_id);
            }
            _ => {}
        }
    }

    fn operator_command(&mut self, command: &Command) {
        use Command as C;
        match command {
            C::CreateOperator { operator_id, details, .. }
            | C::ChangeOperator { operator_id, details, .. } => {
                self.operator_with_work(operator_id);
                self.unique(UniqueField::EmployeeId, details.employee_id.as_str());
            }
            C::EraseOperator { operator_id } => self.operator_with_work(operator_id),
            C::SetOperatorStatus { operator_id, reason, .. } => {
                self.operator_with_work(operator_id);
                self.reason(reason);
            }
            C::ClockIn { operator_id } | C::ClockOut { operator_id } => {
                self.operator_with_work(operator_id);
            }
            C::NoteAbsence { operator_id, .. } | C::UndoCallOff { operator_id, .. } => {
                self.operator_with_work(operator_id);
                self.eligibility_of_operator(operator_id);
            }
            C::CallOff { operator_id, reason, .. } => {
                self.operator_with_work(operator_id);
                self.eligibility_of_operator(operator_id);
                self.reason(reason);
            }
            C::SetSkill { operator_id, .. }
            | C::RemoveSkill { operator_id, .. }
            | C::AddShift { operator_id, .. }
            | C::RemoveShift { operator_id, .. } => self.operator(operator_id),
            _ => {}
        }
    }

    fn machine_command(&mut self, command: &Command) {
        use Command as C;
        match command {
            C::CreateMachine { machine_id, details, .. }
            | C::ChangeMachine { machine_id, details, .. } => {
                self.machine_with_work(machine_id);
                self.machine_details(details);
            }
            C::SetMachineStatus { machine_id, reason, .. } => {
                self.machine_with_work(machine_id);
                self.reason(reason);
            }
            C::PlanMaintenance { machine_id, .. }
            | C::ChangeMaintenance { machine_id, .. }
            | C::CompleteMaintenance { machine_id, .. } => self.machine(machine_id),
            C::CancelMaintenance { machine_id, reason, .. } => {
                self.machine(machine_id);
                self.reason(reason);
            }
            _ => {}
        }
    }

    fn reservation(&mut self, named: &NamedReservation) {
        self.work_order(&named.work_order_id);
        self.material(&named.material_id);
    }

    fn production_command(&mut self, command: &Command) {
        use Command as C;
        match command {
            C::ReportProgress { work_order_id, .. } | C::AdvanceWaiting { work_order_id } => {
                self.closing(work_order_id);
            }
            C::DecideQuality { work_order_id, .. } => self.work_order(work_order_id),
            C::NoteProduction { work_order_id, operator_id, machine_id, .. } => {
                self.work_order(work_order_id);
                operator_id.iter().for_each(|id| self.operator(id));
                machine_id.iter().for_each(|id| self.machine(id));
            }
            _ => {}
        }
    }

    fn allocation_command(&mut self, command: &Command) {
        use Command as C;
        match command {
            C::Allocate(new) => self.eligibility(
                &new.work_order_id,
                new.operator_id.as_ref(),
                new.machine_id.as_ref(),
            ),
            C::Start { allocation_id, .. } | C::Resume { allocation_id, .. } => {
                self.life_cycle(*allocation_id);
            }
            C::Reassign { allocation_id, operator_id, machine_id, reason, .. } => {
                self.life_cycle(*allocation_id);
                self.reason(reason);
                if let Some(allocation) = self.state.allocation(*allocation_id) {
                    let order = allocation.assignment.work_order_id.clone();
                    self.eligibility(&order, operator_id.as_ref(), machine_id.as_ref());
                }
            }
            C::Undo { allocation_id, reason, .. } => self.undo(*allocation_id, reason),
            C::NoteOverrun { allocation_id } => self.life_cycle(*allocation_id),
            C::Pause { allocation_id, reason }
            | C::Reschedule { allocation_id, reason, .. }
            | C::Release { allocation_id, reason }
            | C::Cancel { allocation_id, reason } => {
                self.life_cycle(*allocation_id);
                self.reason(reason);
            }
            C::Complete { allocation_id, .. } => {
                self.life_cycle(*allocation_id);
                if let Some(allocation) = self.state.allocation(*allocation_id) {
                    let order = allocation.assignment.work_order_id.clone();
                    self.closing(&order);
                }
            }
            _ => {}
        }
    }
}
