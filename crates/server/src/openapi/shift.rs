//! What the API's document says about shifts.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::shift::{AssignShift, Shift};
use mraos_domain::RefusalCode as R;
use serde_json::json;

use crate::openapi::Operation;

pub(crate) fn list() -> Operation {
    let day = || json!({ "type": "string", "format": "date" });
    Operation::whole::<Shift>("List an operator's shifts").query("from", day(), "First day.").query(
        "to",
        day(),
        "Last day.",
    )
}

pub(crate) fn assign() -> Operation {
    Operation::create::<AssignShift, Shift>("Assign a shift")
        .about("Times are the plant's local ones; an end before the start lies on the next day.")
        .refuses(&[R::DuplicateValue, R::OperatorErased])
}

pub(crate) fn remove() -> Operation {
    Operation::remove("Remove a shift")
}
