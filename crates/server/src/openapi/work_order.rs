//! What the API's document says about `/work-orders`.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::dependency::{AddDependency, Dependency, Successor};
use mraos_api::work_order::{ChangeWorkOrder, CreateWorkOrder, ReportProgress, WorkOrder};
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::work_order::{LIST, SUCCESSORS};

pub(crate) fn create() -> Operation {
    Operation::create::<CreateWorkOrder, WorkOrder>("Register a work order")
        .etag()
        .location()
        .refuses(&[R::DuplicateValue, R::UnknownWorkOrder])
        .problem(403, "outside_scope")
}

pub(crate) fn create_batch() -> Operation {
    Operation::batch::<CreateWorkOrder, WorkOrder>("Register many work orders")
}

pub(crate) fn list() -> Operation {
    Operation::list::<WorkOrder>("List work orders", &LIST)
}

pub(crate) fn show() -> Operation {
    Operation::read::<WorkOrder>("Show a work order").etag()
}

pub(crate) fn change() -> Operation {
    Operation::change::<ChangeWorkOrder, WorkOrder>("Change or cancel a work order")
        .about(
            "An absent member stays as it is, null empties it. `{\"status\": \"cancelled\"}` \
             alone calls the order off and ends its work; every other status follows by itself.",
        )
        .refuses(&[R::DuplicateValue, R::OrderClosed, R::InUse])
        .problem(403, "outside_scope")
}

pub(crate) fn report_progress() -> Operation {
    Operation::act::<ReportProgress, WorkOrder>("Report how much has been made")
        .about(
            "Either the total or the pieces since the last report. Reaching the ordered quantity \
             completes the order.",
        )
        .etag()
        .may_be_versioned()
        .refuses(&[R::WouldExceedOrdered, R::OrderClosed])
        .problem(403, "not_own_work")
}

pub(crate) fn list_dependencies() -> Operation {
    Operation::whole::<Dependency>("List what must come before a work order")
}

pub(crate) fn list_successors() -> Operation {
    Operation::list::<Successor>("List what waits for a work order", &SUCCESSORS).about(
        "In the order in which it was recorded: how each is tied to this order, where it stands, \
         and whether this order still holds it up.",
    )
}

pub(crate) fn add_dependency() -> Operation {
    Operation::create::<AddDependency, Dependency>("Add what must come before a work order")
        .refuses(&[R::UnknownWorkOrder, R::DependencyCycle, R::OrderClosed, R::DuplicateValue])
}

pub(crate) fn remove_dependency() -> Operation {
    Operation::remove("Remove a dependency").refuses(&[R::OrderClosed])
}
