//! Reading single things for handlers: found, or 404 with the id.
//!
//! Every read goes to the application; nothing is kept here.

use mraos_app::Person;
use mraos_domain::{
    Allocation, AllocationId, Machine, MachineId, Operator, OperatorId, Requirement, RowId,
    WorkOrder, WorkOrderId,
};

use crate::path::PathId;
use crate::problem::HttpResult;
use crate::state::Server;

impl Server {
    /// The operator, or 404.
    pub(crate) async fn operator(&self, id: &OperatorId) -> HttpResult<Operator> {
        self.app.reads().operator(id).await?.ok_or_else(|| OperatorId::unknown(id))
    }

    /// What is known about the person behind an operator, or 404.
    pub(crate) async fn person(&self, id: &OperatorId) -> HttpResult<Person> {
        self.app.reads().person(id).await?.ok_or_else(|| OperatorId::unknown(id))
    }

    /// The machine, or 404.
    pub(crate) async fn machine(&self, id: &MachineId) -> HttpResult<Machine> {
        self.app.reads().machine(id).await?.ok_or_else(|| MachineId::unknown(id))
    }

    /// The order, or 404.
    pub(crate) async fn work_order(&self, id: &WorkOrderId) -> HttpResult<WorkOrder> {
        self.app.reads().work_order(id).await?.ok_or_else(|| WorkOrderId::unknown(id))
    }

    /// The allocation, or 404.
    pub(crate) async fn allocation(&self, id: AllocationId) -> HttpResult<Allocation> {
        self.app.reads().allocation(id).await?.ok_or_else(|| AllocationId::unknown(id))
    }

    /// The skill requirement, or 404.
    pub(crate) async fn requirement(&self, id: RowId) -> HttpResult<Requirement> {
        self.app.reads().requirement(id).await?.ok_or_else(|| RowId::unknown(id))
    }
}
