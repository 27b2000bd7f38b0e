//! `/operators/{id}/skills` and `/skill-requirements`: what people can, and what work asks for.
//!
//! Thin: parse, submit, render.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::skill::GrantSkill;
use mraos_api::skill_requirement::{RequireSkill, RequireSkillOfWorkOrder};
use mraos_app::reads::Paged;
use mraos_domain::{Command, OperatorId, RequirementScope, RowId, SkillCode, WorkOrderId};

use crate::auth::Caller;
use crate::page::Accepts::{Any, OneOf};
use crate::page::{List, QueryParameters, whole};
use crate::path::{Id, Ids};
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::wire::skill::{read_requirement, read_skill, render_requirement, render_skill};
use crate::write::{Change, NoBody, Sender, Write};

pub(crate) const REQUIREMENTS: List = List {
    noun: "skill-requirements",
    filters: &[
        ("scope", OneOf(|| vec!["machine", "machine_type", "work_order"])),
        ("scope_id", Any),
        ("skill_code", Any),
    ],
    is_key: |key| key.parse::<i64>().is_ok(),
};

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
    let scope = server.requirement(&write.sender.caller.actor, requirement_id).await?.scope;
    let command = Command::DropRequirement { scope, requirement_id };
    Ok(server.apply(write.sender, command.into()).await?.gone())
}

/// `GET /operators/{id}/skills`
pub(crate) async fn list(
    State(server): State<Server>,
    Id(operator_id): Id<OperatorId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let operator = server.operator(&caller.actor, &operator_id).await?.operator;
    let skills = operator.skills.iter();
    Ok(whole(skills.map(|held| render_skill(&operator_id, &held.skill)).collect()))
}

/// `GET /work-orders/{id}/skill-requirements`
pub(crate) async fn list_of_work_order(
    State(server): State<Server>,
    Id(work_order_id): Id<WorkOrderId>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    server.work_order(&caller.actor, &work_order_id).await?;
    let scope = RequirementScope::WorkOrder(work_order_id);
    let requirements = server.app.reads().requirements_of(&scope).await?;
    Ok(whole(requirements.iter().map(render_requirement).collect()))
}

/// `GET /skill-requirements`
pub(crate) async fn list_requirements(
    State(server): State<Server>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = REQUIREMENTS.read(query.as_deref())?;
    let mut all = server.app.reads().all_requirements(&caller.actor).await?;
    let after = page.after.and_then(|key| key.parse().ok()).map_or(RowId(0), RowId);
    all.sort_by_key(|one| one.requirement_id);
    all.retain(|one| {
        one.requirement_id > after
            && page.filters.iter().all(|(name, value)| match name.as_str() {
                "scope" => one.scope.kind() == value,
                "scope_id" => one.scope.id() == value,
                _ => one.skill_code.as_str() == value,
            })
    });
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let has_more = all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| has_more).map(|one| one.requirement_id.to_string());
    Ok(REQUIREMENTS.answer(Paged { items: all, next }, |one| render_requirement(&one)))
}
