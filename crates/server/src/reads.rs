//! Reading single things for handlers: found, or 404 with the id.
//!
//! What lies outside the sender's part of the plant is not found. Every read goes to the
//! application; nothing is kept here.

use mraos_api::suggestion::Hit;
use mraos_app::PersonalData;
use mraos_app::hit::Missing;
use mraos_app::reads::{AllocationView, ExpectedOrder, MachineView, OperatorView, WorkOrderView};
use mraos_domain::{
    Actor, Allocation, AllocationId, MachineId, Material, MaterialId, Operator, OperatorId,
    Requirement, Reservation, RowId, Side, WorkOrderId,
};

use crate::path::{PathId, ReservationId};
use crate::problem::HttpResult;
use crate::reading::Reading;
use crate::state::Server;
use crate::wire::suggestion::render_hit;

impl Server {
    /// The operator, or 404.
    pub(crate) async fn operator(
        &self,
        actor: &Actor,
        id: &OperatorId,
    ) -> HttpResult<OperatorView> {
        self.app.reads().find_operator(actor, id).await?.ok_or_else(|| OperatorId::unknown(id))
    }

    /// Who an operator is, in the answer to a write, for those who may see it.
    pub(crate) async fn person(
        &self,
        operator: &Operator,
        reading: &Reading,
    ) -> HttpResult<Option<PersonalData>> {
        let id = &operator.operator_id;
        if !reading.shows_person(self, id.as_str(), "read").await {
            return Ok(None);
        }
        let mut people = self.app.reads().people(std::slice::from_ref(id)).await?;
        Ok(people.remove(id.as_str()))
    }

    /// Open work that is hit when one side of it is missing, with who or what could take over.
    pub(crate) async fn hit(
        &self,
        actor: &Actor,
        open: Vec<Allocation>,
        side: Side,
        missing: &Missing,
    ) -> Vec<Hit> {
        let hit = self.app.suggestions().replace_missing(actor, open, side, missing).await;
        hit.iter().map(render_hit).collect()
    }

    /// The machine, or 404.
    pub(crate) async fn machine(&self, actor: &Actor, id: &MachineId) -> HttpResult<MachineView> {
        self.app.reads().find_machine(actor, id).await?.ok_or_else(|| MachineId::unknown(id))
    }

    /// The material, or 404.
    pub(crate) async fn material(&self, actor: &Actor, id: &MaterialId) -> HttpResult<Material> {
        self.app.reads().find_material(actor, id).await?.ok_or_else(|| MaterialId::unknown(id))
    }

    /// The reservation, or 404.
    pub(crate) async fn reservation(&self, actor: &Actor, id: RowId) -> HttpResult<Reservation> {
        let found = self.app.reads().find_reservation(actor, id).await?;
        found.ok_or_else(|| ReservationId::unknown(id))
    }

    /// The order, or 404.
    pub(crate) async fn work_order(
        &self,
        actor: &Actor,
        id: &WorkOrderId,
    ) -> HttpResult<WorkOrderView> {
        self.app.reads().find_work_order(actor, id).await?.ok_or_else(|| WorkOrderId::unknown(id))
    }

    /// The order and when it will be done, or 404.
    pub(crate) async fn expected_order(
        &self,
        actor: &Actor,
        id: &WorkOrderId,
    ) -> HttpResult<ExpectedOrder> {
        let found = self.app.reads().find_expected_order(actor, id, self.app.now()).await?;
        found.ok_or_else(|| WorkOrderId::unknown(id))
    }

    /// The allocation, or 404.
    pub(crate) async fn allocation(
        &self,
        actor: &Actor,
        id: AllocationId,
    ) -> HttpResult<AllocationView> {
        self.app.reads().find_allocation(actor, id).await?.ok_or_else(|| AllocationId::unknown(id))
    }

    /// The skill requirement, or 404.
    pub(crate) async fn requirement(&self, actor: &Actor, id: RowId) -> HttpResult<Requirement> {
        let all = self.app.reads().all_requirements(actor).await?;
        let found = all.into_iter().find(|requirement| requirement.requirement_id == id);
        found.ok_or_else(|| RowId::unknown(id))
    }
}
