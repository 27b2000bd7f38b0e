//! What the API's document says about `/operators`.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::operator::{ChangeOperator, CreateOperator, Operator, OperatorDetail};
use mraos_api::status::ChangeStatus;
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::operator::LIST;

pub(crate) fn create() -> Operation {
    Operation::create::<CreateOperator, Operator>("Register an operator")
        .about("Names, e-mail and telephone are kept apart from the log and can be erased.")
        .etag()
        .location()
        .refuses(&[R::DuplicateValue])
        .problem(403, "outside_scope")
}

pub(crate) fn create_batch() -> Operation {
    Operation::batch::<CreateOperator, Operator>("Register many operators")
}

pub(crate) fn list() -> Operation {
    Operation::list::<Operator>("List operators", &LIST)
        .about("Names and contacts are null for roles that may not see them.")
}

pub(crate) fn show() -> Operation {
    Operation::read::<OperatorDetail>("Show an operator")
        .about("With skills, the present shift, the present assignment and figures of today.")
        .etag()
}

pub(crate) fn change() -> Operation {
    Operation::change::<ChangeOperator, Operator>("Change an operator's master data")
        .about("An absent member stays as it is, null empties it.")
        .refuses(&[R::DuplicateValue, R::InUse])
        .problem(403, "outside_scope")
}

pub(crate) fn post_status() -> Operation {
    Operation::act::<ChangeStatus, Operator>("Post what an operator is doing")
        .about(
            "`busy` follows from allocations and cannot be posted. Whoever leaves pauses the work \
             that runs. The same status again changes nothing.",
        )
        .etag()
        .refuses(&[R::UnknownReasonCode])
}
