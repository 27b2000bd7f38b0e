//! What the API's document says about `/machines`.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::machine::{ChangeMachine, CreateMachine, Machine};
use mraos_api::status::{ChangeStatus, PostedMachine};
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::machine::LIST;

pub(crate) fn create() -> Operation {
    Operation::create::<CreateMachine, Machine>("Register a machine")
        .etag()
        .location()
        .refuses(&[R::DuplicateValue])
        .problem(403, "outside_scope")
}

pub(crate) fn create_batch() -> Operation {
    Operation::batch::<CreateMachine, Machine>("Register many machines")
}

pub(crate) fn list() -> Operation {
    Operation::list::<Machine>("List machines", &LIST)
}

pub(crate) fn show() -> Operation {
    Operation::read::<Machine>("Show a machine").etag()
}

pub(crate) fn change() -> Operation {
    Operation::change::<ChangeMachine, Machine>("Change a machine's master data")
        .about("An absent member stays as it is, null empties it.")
        .refuses(&[R::DuplicateValue, R::InUse])
        .problem(403, "outside_scope")
}

pub(crate) fn post_status() -> Operation {
    Operation::act::<ChangeStatus, PostedMachine>("Post what a machine is doing")
        .about(
            "`running` follows from allocations and cannot be posted. A breakdown pauses the work \
             that runs there; `hit` names it and what is booked within eight hours, with the \
             machines that could take over. The same status again changes nothing.",
        )
        .etag()
        .refuses(&[R::UnknownReasonCode])
        .problem(403, "not_own_work")
}
