//! What the API's document says about reason codes.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::reason_code::{CreateReasonCode, ReasonCode};

use crate::openapi::Operation;

pub(crate) fn list() -> Operation {
    Operation::whole::<ReasonCode>("List reason codes")
}

pub(crate) fn define() -> Operation {
    Operation::create::<CreateReasonCode, ReasonCode>("Define a reason code, or replace it")
}
