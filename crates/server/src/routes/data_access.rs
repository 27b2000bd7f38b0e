//! `GET /data-access-audit`: who has seen what. For auditors and administrators.
//!
//! Looking here is audited like everything else that is for auditors alone.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::Timestamp;
use mraos_api::data_access::DataAccess;
use mraos_app::audit::{AccessPage, AuditedAccess};

use crate::auth::Caller;
use crate::page::Accepts::{Any, Moment};
use crate::page::List;
use crate::problem::{HttpError, HttpResult};
use crate::reading::Reading;
use crate::state::Server;

pub(crate) const LIST: List = List {
    noun: "data-access-audit",
    filters: &[
        ("user_id", Any),
        ("entity_type", Any),
        ("entity_id", Any),
        ("from", Moment),
        ("to", Moment),
    ],
    is_key: |key| key.parse::<i64>().is_ok(),
};

/// `GET /data-access-audit`
pub(crate) async fn list(
    State(server): State<Server>,
    reading: Reading,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    check_whole_plant(&reading.caller)?;
    let page = LIST.read(query.as_deref())?;
    let filter = |name: &str| {
        let mut filters = page.filters.iter();
        filters.find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    let moment = |name: &str| filter(name).and_then(|text| text.parse::<Timestamp>().ok());
    let wanted = AccessPage {
        user_id: filter("user_id"),
        entity_type: filter("entity_type"),
        entity_id: filter("entity_id"),
        from: moment("from"),
        to: moment("to"),
        before: page.after.as_deref().and_then(|key| key.parse().ok()),
        limit: page.limit,
    };
    let rows = server.app.list_accesses(&wanted).await?;
    reading.note_several(&server, "data_access_audit", Vec::new()).await?;
    Ok(LIST.answer(rows, render))
}

/// The audit is one for the whole plant.
fn check_whole_plant(caller: &Caller) -> HttpResult<()> {
    if caller.actor.sees_everything() {
        return Ok(());
    }
    let detail = "the audit is of the whole plant, and you are limited to lines";
    Err(HttpError::forbidden(detail))
}

fn render(row: AuditedAccess) -> DataAccess {
    let AuditedAccess { audit_id, access, created_at } = row;
    DataAccess {
        audit_id,
        user_id: access.user_id,
        accessed_at: access.accessed_at,
        entity_type: access.entity_type,
        entity_id: access.entity_id,
        entity_ids: access.entity_ids,
        action: access.action,
        ip_address: access.ip_address.map(|address| address.to_string()),
        user_agent: access.user_agent,
        query_executed: access.query_executed,
        created_at,
    }
}
