//! `/operators/{id}/skills` and `/skill-requirements`: what people can, and what work asks for.
//!
//! Thin: parse, submit, render.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::skill::GrantSkill;
use mraos_api::skill_requirement::{RequireSkill, RequireSkillOfWorkOrder};
use mraos_domain::{Command, OperatorId, RowId, SkillCode, WorkOrderId};

use crate::path::{Id, Ids};
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::wire::skill::{read_requirement, read_skill, render_requirement, render_skill};
use crate::write::{Change, NoBody, Sender, Write};

/// `POST /operators/{id}/skills`
pub(crate) async fn grant(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    write: Write<GrantSkill>,
) -> HttpResult<Response> {
    let skill = read_skill(&write.body)?;
    let skill_code = skill.skill_code.clone();
    let command = Command::SetSkill { operator_id: operator_id.clone(), skill };
    let applied = server.apply(write.sender, command.into()).await?;
    let skill = applied.operator()?.skill(&skill_code);
    let skill = skill.ok_or_else(|| HttpError::internal(&"the granted skill is missing"))?;
    Ok(applied.answer(StatusCode::CREATED, &render_skill(&operator_id, skill)))
}

/// `DELETE /operators/{id}/skills/{skill_code}`
pub(crate) async fn revoke(
    State(server): State<Server>,
    Ids(operator_id, skill_code): Ids<OperatorId, SkillCode>,
    write: Write<NoBody>,
) -> HttpResult<Response> {
    let command = Command::RemoveSkill { operator_id, skill_code };
    Ok(server.apply(write.sender, command.into()).await?.gone())
}

/// `POST /skill-requirements`
pub(crate) async fn require(
    State(server): State<Server>,
    write: Write<RequireSkill>,
) -> HttpResult<Response> {
    let RequireSkill { scope, scope_id, skill_code, minimum_level } = &write.body;
    let command = read_requirement((scope, scope_id), skill_code, *minimum_level)?;
    submit_requirement(server, write.sender, command.into()).await
}

/// `POST /work-orders/{id}/skill-requirements`
pub(crate) async fn require_of_work_order(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    write: Write<RequireSkillOfWorkOrder>,
) -> HttpResult<Response> {
    let RequireSkillOfWorkOrder { skill_code, minimum_level } = &write.body;
    let scope = ("work_order", work_order_id.as_str());
    let command = read_requirement(scope, skill_code, *minimum_level)?;
    let change = Change::from(command).addressed_to(&work_order_id);
    submit_requirement(server, write.sender, change).await
}

async fn submit_requirement(
    server: Server,
    sender: Sender,
    change: Change,
) -> HttpResult<Response> {
    let Command::RequireSkill { skill_code, .. } = &change.command else {
        return Err(HttpError::internal(&"not a requirement"));
    };
    let skill_code = skill_code.clone();
    let applied = server.apply(sender, change).await?;
    let set = applied.requirements()?.iter().find(|set| set.skill_code == skill_code);
    let set = set.ok_or_else(|| HttpError::internal(&"the new requirement is missing"))?;
    Ok(applied.answer(StatusCode::CREATED, &render_requirement(set)))
}

/// `DELETE /skill-requirements/{requirement_id}`
pub(crate) async fn drop_requirement(
    State(server): State<Server>,
    Id(requirement_id): Id<RowId>,
    write: Write<NoBody>,
) -> HttpResult<Response> {
    let scope = server.requirement(requirement_id).await?.scope;
    let command = Command::DropRequirement { scope, requirement_id };
    Ok(server.apply(write.sender, command.into()).await?.gone())
}
