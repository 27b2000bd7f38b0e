//! What the API's document says about production logs and inspection.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::production_log::{DecideQuality, NoteProduction, ProductionLog};
use mraos_api::work_order::WorkOrder;
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::production_log::LIST;

pub(crate) fn note() -> Operation {
    Operation::create::<NoteProduction, ProductionLog>("Write into an order's production log")
        .about("What follows from work and counts writes itself.")
        .refuses(&[R::UnknownOperator, R::UnknownMachine, R::OperatorErased])
        .problem(403, "not_own_work")
}

pub(crate) fn list() -> Operation {
    Operation::list::<ProductionLog>("An order's production log, newest first", &LIST)
}

pub(crate) fn decide_quality() -> Operation {
    Operation::act::<DecideQuality, WorkOrder>("Say what inspection has found")
        .about(
            "From `pending` to `passed`, `failed` or `waived`; what failed may be `pending` again \
             or `waived`. An order that is done and has to be inspected is `pending` by itself.",
        )
        .etag()
        .refuses(&[R::WrongQualityStatus])
}
