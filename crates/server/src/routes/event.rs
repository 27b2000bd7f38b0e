//! `GET /events`: the log itself, position by position.
//!
//! For auditors, administrators and integrations. Payloads hold ids, never names or free text, and
//! costs for those alone who may see them.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::event::{Event, EventPage};
use mraos_app::AppError;
use mraos_app::reads::StoredEvent;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::answer::json;
use crate::auth::Caller;
use crate::page::{DEFAULT_LIMIT, QueryParameters, parse_limit};
use crate::problem::{HttpError, HttpResult};
use crate::reading::Reading;
use crate::state::Server;

/// `GET /events?after=&limit=`; a page's cursor is the position to go on after
pub(crate) async fn list(
    State(server): State<Server>,
    reading: Reading,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let caller = &reading.caller;
    check_whole_plant(caller)?;
    let mut query = QueryParameters::parse(query.as_deref());
    let after = query.take_parsed("after", parse_position).unwrap_or(0);
    let after = query.take_parsed("cursor", parse_position).unwrap_or(after);
    let limit = query.take_parsed("limit", parse_limit).unwrap_or(DEFAULT_LIMIT);
    query.finish()?;
    let mut events = server.app.reads().events_after(after, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = events.len() > limit;
    events.truncate(limit);
    let next_cursor =
        events.last().filter(|_| has_more).map(|event| event.row.position.to_string());
    let with_costs = caller.may_see_costs();
    reading.note_several(&server, "event", Vec::new()).await?;
    let render = |stored| render(stored, with_costs);
    let items: Vec<Event> = events.into_iter().map(render).collect::<HttpResult<_>>()?;
    let seen = items.last().map_or(after, |event| event.position);
    let last_position = server.app.last_position().max(seen);
    Ok(json(StatusCode::OK, &EventPage { items, next_cursor, last_position }))
}

/// The log is one for the whole plant; a part of it would have gaps that nobody can explain.
fn check_whole_plant(caller: &Caller) -> HttpResult<()> {
    if caller.actor.sees_everything() {
        return Ok(());
    }
    let detail = "the log is of the whole plant, and you are limited to lines";
    Err(HttpError::forbidden(detail))
}

fn parse_position(value: &str) -> Result<i64, String> {
    let position = value.parse().ok().filter(|position: &i64| *position >= 0);
    position.ok_or_else(|| format!("`{value}` is no log position; it is a number from 0"))
}

fn render(stored: StoredEvent, with_costs: bool) -> HttpResult<Event> {
    let recorded = stored.recorded().map_err(AppError::from)?;
    let row = stored.row;
    let mut payload = parse(&row.payload)?;
    if !with_costs {
        leave_out_costs(&mut payload);
    }
    Ok(Event {
        position: row.position,
        event_id: row.event_id.to_string(),
        entity_type: row.entity_type,
        entity_id: row.entity_id,
        event_type: row.event_type,
        schema_version: row.schema_version.into(),
        payload,
        entities: parse(&row.entities)?,
        occurred_at: recorded.occurred_at.timestamp(),
        recorded_at: recorded.recorded_at.timestamp(),
        actor: row.actor,
        source: row.source,
        correlation_id: row.correlation_id,
        digest: stored.digest.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// What material costs is for those who may see it. The digest is of the whole payload.
fn leave_out_costs(payload: &mut Value) {
    let details = payload.get_mut("details").and_then(Value::as_object_mut);
    details.map(|details| details.remove("standard_cost"));
    payload.as_object_mut().map(|payload| payload.remove("unit_cost"));
}

fn parse<T: DeserializeOwned>(stored: &str) -> HttpResult<T> {
    serde_json::from_str(stored).map_err(|error| HttpError::internal(&error))
}
