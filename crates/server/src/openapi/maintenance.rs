//! What the API's document says about maintenance and a machine's history.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::machine::Machine;
use mraos_api::maintenance::{
    CancelMaintenance, ChangeMaintenance, CompleteMaintenance, Maintenance, PlanMaintenance,
    StatusPeriod,
};
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::maintenance::{HISTORY, LIST};

pub(crate) fn plan() -> Operation {
    Operation::create::<PlanMaintenance, Maintenance>("Plan maintenance")
        .about(
            "No work is booked into a window, unless a role that may overrides \
             `maintenance_planned` with a reason. Give a window, a last day, running hours or an \
             interval. The `ETag` is the machine's.",
        )
        .etag()
        .refuses(&[R::DuplicateValue])
}

pub(crate) fn change() -> Operation {
    Operation::change::<ChangeMaintenance, Maintenance>("Change a planned maintenance")
        .about("An absent member stays as it is, null empties it. The version is the machine's.")
        .refuses(&[R::DuplicateValue])
}

pub(crate) fn complete() -> Operation {
    Operation::act::<CompleteMaintenance, Machine>("Report that a maintenance is done")
        .about("Its hours and days begin anew; one that comes again is planned with a new id.")
        .etag()
}

pub(crate) fn cancel() -> Operation {
    Operation::act::<CancelMaintenance, Machine>("Call a maintenance off")
        .etag()
        .refuses(&[R::UnknownReasonCode])
}

pub(crate) fn list() -> Operation {
    Operation::list::<Maintenance>("List a machine's maintenance, newest first", &LIST)
}

pub(crate) fn status_history() -> Operation {
    Operation::list::<StatusPeriod>("What a machine did, newest first", &HISTORY).about(
        "Signals and work make one history. What is stated late takes its place in it; the present \
         period has no end.",
    )
}
