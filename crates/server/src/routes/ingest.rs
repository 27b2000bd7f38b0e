//! `POST /ingest/{status,inventory,attendance}`: thousands of signals per call, as JSON or NDJSON.
//!
//! Every row stands alone: the answer counts the good ones and names each rejected one, with what
//! the row alone would have been answered.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::future::join_all;
use mraos_api::attendance::AttendanceSignal;
use mraos_api::ingest::{Ingest, IngestAnswer, RejectedRow, StatusSignal};
use mraos_api::status::{ChangeStatus, SignalSource};
use mraos_api::transaction::PostTransaction;
use mraos_domain::{EntityType, MachineId, MaterialId, OperatorId};
use serde_json::value::RawValue;

use crate::answer::json;
use crate::fields::Fields;
use crate::headers::write_decision;
use crate::json::{check_content_type, parse_json};
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::wire::attendance::read_clocking;
use crate::wire::status::{read_machine_status, read_operator_status, read_signal};
use crate::wire::transaction::read_transaction;
use crate::write::{Applied, Change, RawWrite};

/// Most rows in one call.
const MAX_ROWS: usize = 10_000;
/// Content types of rows one per line.
const NDJSON: [&str; 2] = ["application/x-ndjson", "application/ndjson"];

/// `POST /ingest/status`
pub(crate) async fn post_statuses(
    State(server): State<Server>,
    write: RawWrite,
) -> HttpResult<Response> {
    take_rows(&server, &write, |row| read_row(&parse_json(row)?)).await
}

/// `POST /ingest/inventory`
pub(crate) async fn post_inventory(
    State(server): State<Server>,
    write: RawWrite,
) -> HttpResult<Response> {
    take_rows(&server, &write, read_inventory).await
}

/// `POST /ingest/attendance`
pub(crate) async fn post_attendance(
    State(server): State<Server>,
    write: RawWrite,
) -> HttpResult<Response> {
    take_rows(&server, &write, |row| read_clocking_row(&parse_json(row)?)).await
}

async fn take_rows(
    server: &Server,
    write: &RawWrite,
    read: impl Fn(&[u8]) -> HttpResult<Change>,
) -> HttpResult<Response> {
    let rows = split_rows(write)?;
    if rows.len() > MAX_ROWS {
        let message = format!("{} rows; at most {MAX_ROWS} in one call", rows.len());
        return Err(HttpError::invalid("/items", message));
    }
    let outcomes = rows.iter().map(|row| {
        let (change, sender) = (read(row.json), write.sender.nth(row.number));
        async move { server.apply(sender, change?).await }
    });
    let mut position = 0;
    let mut answer = IngestAnswer { received: rows.len() as u64, ..IngestAnswer::default() };
    for (row, outcome) in rows.iter().zip(join_all(outcomes).await) {
        position = position.max(outcome.as_ref().map_or(0, |applied| applied.position));
        match outcome {
            Ok(Applied { changed: true, .. }) => answer.applied += 1,
            Ok(_) => answer.unchanged += 1,
            Err(error) => answer.rejected.push(rejected_row(row.number, error)),
        }
    }
    let mut response = json(StatusCode::OK, &answer);
    write_decision(response.headers_mut(), position, false);
    Ok(response)
}

/// One row, still unread: a broken one refuses itself only.
struct Row<'a> {
    /// Counted from 1; of NDJSON the number of the line.
    number: usize,
    json: &'a [u8],
}

fn split_rows(write: &RawWrite) -> HttpResult<Vec<Row<'_>>> {
    if check_content_type(&write.headers, &NDJSON).is_ok() {
        let lines = write.bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let numbered = (1..).zip(lines).filter(|(_, line)| !line.is_empty());
        return Ok(numbered.map(|(number, json)| Row { number, json }).collect());
    }
    check_content_type(&write.headers, &["application/json", NDJSON[0]])?;
    let body: Ingest<&RawValue> = parse_json(&write.bytes)?;
    let items = (1..).zip(body.items);
    Ok(items.map(|(number, item)| Row { number, json: item.get().as_bytes() }).collect())
}

fn read_row(row: &StatusSignal) -> HttpResult<Change> {
    let mut signal = None;
    let body = ChangeStatus {
        status: row.status.clone(),
        reason_code: row.reason_code.clone(),
        reason_description: row.reason_description.clone(),
        occurred_at: row.occurred_at,
        source: row.source.clone(),
    };
    let change = Change::read(row.occurred_at, |fields, texts| {
        signal = read_signal(fields, row.source.as_ref())?;
        if row.entity_type == EntityType::Operator.as_str() {
            let id = fields.take("entity_id", OperatorId::new(&row.entity_id));
            read_operator_status(fields, texts, id, &body)
        } else if row.entity_type == EntityType::Machine.as_str() {
            let id = fields.take("entity_id", MachineId::new(&row.entity_id));
            read_machine_status(fields, texts, id, &body)
        } else {
            reject_type(fields, &row.entity_type);
            None
        }
    })?;
    Ok(change.with_signal(signal))
}

/// Whose an inventory row is.
#[derive(Debug, serde::Deserialize)]
struct InventorySource {
    material_id: String,
    #[serde(default)]
    source: Option<SignalSource>,
}

fn read_inventory(row: &[u8]) -> HttpResult<Change> {
    // Whose it is stands beside the members of a transaction, which takes no others.
    let mut members: BTreeMap<String, Box<RawValue>> = parse_json(row)?;
    let beside = ["material_id", "source"];
    let beside: BTreeMap<_, _> =
        beside.iter().filter_map(|name| members.remove_entry(*name)).collect();
    let bytes = |members| serde_json::to_vec(members).map_err(|error| HttpError::internal(&error));
    let InventorySource { material_id, source } = parse_json(&bytes(&beside)?)?;
    let body: PostTransaction = parse_json(&bytes(&members)?)?;
    let mut signal = None;
    let change = Change::read(body.occurred_at, |fields, texts| {
        signal = read_signal(fields, source.as_ref())?;
        let id = fields.take("material_id", MaterialId::new(&material_id));
        read_transaction(fields, texts, id, &body)
    })?;
    Ok(change.with_signal(signal))
}

fn read_clocking_row(row: &AttendanceSignal) -> HttpResult<Change> {
    let mut signal = None;
    let change = Change::read(row.occurred_at, |fields, _| {
        signal = read_signal(fields, row.source.as_ref())?;
        let id = fields.take("operator_id", OperatorId::new(&row.operator_id));
        read_clocking(fields, id, &row.clocking_type)
    })?;
    Ok(change.with_signal(signal))
}

fn reject_type(fields: &mut Fields, entity_type: &str) {
    let shown: String = entity_type.chars().take(80).collect();
    fields.reject("entity_type", format!("`{shown}` is neither operator nor machine"));
}

fn rejected_row(number: usize, error: HttpError) -> RejectedRow {
    let problem = error.into_problem();
    RejectedRow {
        row: number as u64,
        status: problem.status,
        code: problem.code,
        detail: problem.detail,
        refusals: problem.refusals,
        errors: problem.errors,
    }
}
