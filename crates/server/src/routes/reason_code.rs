//! `/reason-codes`: the plant's words for why something stopped.
//!
//! Posting a code that is there already replaces its description.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::reason_code::{CreateReasonCode, ReasonCode};
use mraos_domain::{Command, ReasonCodeDefinition};

use crate::fields::Fields;
use crate::page::{QueryParameters, whole};
use crate::problem::HttpResult;
use crate::state::Server;
use crate::write::Write;

/// `POST /reason-codes`
pub(crate) async fn define(
    State(server): State<Server>,
    write: Write<CreateReasonCode>,
) -> HttpResult<Response> {
    let definition = read(&write.body)?;
    let command = Command::DefineReasonCode { definition };
    let applied = server.apply(write.sender, command.into()).await?;
    Ok(applied.answer(StatusCode::CREATED, &render(applied.reason_code()?)))
}

/// `GET /reason-codes`
pub(crate) async fn list(
    State(server): State<Server>,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    Ok(whole(server.app.reads().reason_codes().await?.iter().map(render).collect()))
}

fn read(body: &CreateReasonCode) -> HttpResult<ReasonCodeDefinition> {
    let mut fields = Fields::default();
    let reason_code = fields.text("reason_code", &body.reason_code);
    let description = fields.text("description", &body.description);
    let category = fields.optional_text("category", body.category.as_deref());
    let definition = (|| {
        Some(ReasonCodeDefinition {
            reason_code: reason_code?,
            description: description?,
            category: category?,
            is_active: body.is_active.unwrap_or(true),
        })
    })();
    fields.finish(definition)
}

fn render(definition: &ReasonCodeDefinition) -> ReasonCode {
    ReasonCode {
        reason_code: definition.reason_code.to_string(),
        category: definition.category.as_ref().map(ToString::to_string),
        description: definition.description.to_string(),
        is_active: definition.is_active,
    }
}
