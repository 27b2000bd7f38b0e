//! What the API's document says about the log.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::event::EventPage;
use serde_json::json;

use crate::openapi::Operation;
use crate::page::{DEFAULT_LIMIT, MAX_LIMIT};

pub(crate) fn list() -> Operation {
    let position = || json!({ "type": "integer", "format": "int64", "minimum": 0 });
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT,
                        "default": DEFAULT_LIMIT });
    Operation::read::<EventPage>("Read the log")
        .about("Position by position, without gaps. Payloads hold ids, never names.")
        .query("after", position(), "Only what stands behind this position.")
        .query("cursor", position(), "`next_cursor` of the page before; wins over `after`.")
        .query("limit", limit, "Most events on the page.")
}
