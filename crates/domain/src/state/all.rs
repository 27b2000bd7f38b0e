//! Everything of a kind that is loaded, for whoever looks at the plant as a whole.
//!
//! In no order: who needs one sorts. Never changes anything and tells nothing of what is not
//! loaded.

use super::State;
use crate::allocation::Allocation;
use crate::machine::Machine;
use crate::material::Material;
use crate::operator::Operator;
use crate::reason::ReasonCodeDefinition;
use crate::skill::Requirement;
use crate::work_order::WorkOrder;

impl State {
    /// Every existing operator, in no order.
    pub fn all_operators(&self) -> impl Iterator<Item = &Operator> {
        self.operators.values().flatten().map(|slot| &slot.entity)
    }

    /// The same, each with its open allocations.
    pub fn all_operators_with_work(
        &self,
    ) -> impl Iterator<Item = (&Operator, impl Iterator<Item = &Allocation>)> {
        let slots = self.operators.values().flatten();
        slots.map(move |slot| (&slot.entity, self.open(&slot.open)))
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

    /// Every material, in no order.
    pub fn all_materials(&self) -> impl Iterator<Item = &Material> {
        self.materials.values().flatten()
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
