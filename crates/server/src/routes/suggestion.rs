//! `GET /suggestions`: whom and what to put to work, by rules alone.
//!
//! For an order, for a free person or machine, or for one side of open work that has to be
//! replaced. Thin: parse, ask, render.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mraos_app::suggestions::{Suggested, Wanted};
use mraos_domain::{
    Actor, AllocationId, EntityRef, EntityType, Instant, Invalid, MachineId, OperatorId, Side,
    WorkOrderId,
};

use crate::answer::json;
use crate::auth::Caller;
use crate::fields::minutes;
use crate::page::{QueryParameters, parse_limit};
use crate::path::PathId;
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::wire::suggestion::render;

/// Suggestions unless `limit` says otherwise.
pub(crate) const DEFAULT_SUGGESTIONS: i64 = 20;

/// What a query asks for.
enum Asked {
    Pairs(Wanted),
    Replacement(AllocationId, Side),
}

/// `GET /suggestions`
pub(crate) async fn list(
    State(server): State<Server>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let (asked, limit) = read(query.as_deref())?;
    let suggested = server.suggested(&caller.actor, asked, limit).await?;
    Ok(json(StatusCode::OK, &render(&suggested)))
}

impl Server {
    async fn suggested(&self, actor: &Actor, asked: Asked, limit: usize) -> HttpResult<Suggested> {
        let suggestions = self.app.suggestions();
        match asked {
            Asked::Pairs(wanted) => {
                suggestions.find(actor, wanted, limit).await?.map_err(|absent| unknown(&absent))
            }
            Asked::Replacement(id, side) => {
                let found = suggestions.replace(actor, id, side, limit).await?;
                found.ok_or_else(|| AllocationId::unknown(id))
            }
        }
    }
}

fn unknown(absent: &EntityRef) -> HttpError {
    let id = &absent.entity_id;
    match absent.entity_type {
        EntityType::Operator => OperatorId::unknown(id),
        EntityType::Machine => MachineId::unknown(id),
        _ => WorkOrderId::unknown(id),
    }
}

fn read(query: Option<&str>) -> HttpResult<(Asked, usize)> {
    let mut parameters = QueryParameters::parse(query);
    let limit = parameters.take_parsed("limit", parse_limit).unwrap_or(DEFAULT_SUGGESTIONS);
    let limit = usize::try_from(limit).unwrap_or_default();
    let allocation_id = parameters.take_parsed("allocation_id", |id| {
        AllocationId::read(id).ok_or_else(|| format!("`{id}` is no id of an allocation"))
    });
    let replace = parameters.take_parsed("replace", |side| match side {
        "operator" => Ok(Side::Operator),
        "machine" => Ok(Side::Machine),
        other => Err(format!("`{other}` is neither operator nor machine")),
    });
    let wanted = Wanted {
        work_order_id: parameters.take_parsed("work_order_id", WorkOrderId::new),
        operator_id: parameters.take_parsed("operator_id", OperatorId::new),
        machine_id: parameters.take_parsed("machine_id", MachineId::new),
        expected_start_time: parameters.take_parsed("expected_start_time", Instant::parse),
        expected_duration_minutes: parameters
            .take_parsed("expected_duration_minutes", parse_minutes),
    };
    let names_resources =
        [wanted.work_order_id.is_some(), wanted.operator_id.is_some(), wanted.machine_id.is_some()]
            .contains(&true);
    match (allocation_id, replace, names_resources) {
        (Some(id), Some(side), false) => {
            parameters.finish()?;
            Ok((Asked::Replacement(id, side), limit))
        }
        (None, None, true) => {
            parameters.finish()?;
            Ok((Asked::Pairs(wanted), limit))
        }
        _ => {
            parameters.reject(
                "work_order_id",
                "name a work_order_id, an operator_id, a machine_id or several of them; or an \
                 allocation_id with `replace`",
            );
            Err(parameters.finish().err().unwrap_or_else(|| HttpError::internal(&"no error")))
        }
    }
}

fn parse_minutes(value: &str) -> Result<i32, Invalid> {
    let name = "expected_duration_minutes";
    let number = value.parse().map_err(|_| Invalid::new(name, value, "a whole number"))?;
    minutes(name, number)
}
