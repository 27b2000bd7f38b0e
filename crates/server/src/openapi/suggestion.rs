//! What the API's document says about suggestions.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::suggestion::Suggestions;
use serde_json::json;

use crate::openapi::Operation;
use crate::page::MAX_LIMIT;
use crate::routes::suggestion::DEFAULT_SUGGESTIONS;

pub(crate) fn list() -> Operation {
    let id = || json!({ "type": "string", "minLength": 1, "maxLength": 20 });
    let position = json!({ "type": "integer", "format": "int64", "minimum": 0 });
    let minutes = json!({ "type": "integer", "minimum": 1, "maximum": 5_256_000 });
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT,
                        "default": DEFAULT_SUGGESTIONS });
    Operation::read::<Suggestions>("Suggest who works where on what")
        .about(
            "Pairs of person and machine that no rule refuses, best first, with the points that \
             make up each score: for an order, for a free person or machine (then with the most \
             urgent orders that wait), or for several of them together. With `allocation_id` and \
             `replace`: who or what could take over one side of open work.",
        )
        .query("work_order_id", id(), "For this order.")
        .query("operator_id", id(), "With this person.")
        .query("machine_id", id(), "At this machine.")
        .query("allocation_id", position, "For what is left of this work.")
        .query(
            "replace",
            json!({ "type": "string", "enum": ["operator", "machine"] }),
            "The side of that work which is to be replaced.",
        )
        .query(
            "expected_start_time",
            json!({ "type": "string", "format": "date-time" }),
            "Later than now: for then.",
        )
        .query("expected_duration_minutes", minutes, "As for a new allocation if absent.")
        .query("limit", limit, "Most suggestions.")
        .problem(404, "unknown_work_order")
        .problem(404, "unknown_operator")
        .problem(404, "unknown_machine")
        .problem(404, "unknown_allocation")
}
