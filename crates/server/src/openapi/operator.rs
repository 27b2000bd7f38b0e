//! What the API's document says about `/operators`.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::operator::{ChangeOperator, CreateOperator, Erasure, Operator, OperatorDetail};
use mraos_api::status::{ChangeStatus, PostedOperator};
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
    Operation::list::<Operator>("List operators", &LIST).about(
        "Names and contacts are null for roles that may not see them. `name` finds people \
             with a name that begins like each of its words, whatever case and accents; it is for \
             those roles alone that may see names. What was looked for is not logged.",
    )
}

pub(crate) fn show() -> Operation {
    Operation::read::<OperatorDetail>("Show an operator")
        .about("With skills, the present shift, the present assignment and figures of today.")
        .etag()
}

pub(crate) fn change() -> Operation {
    Operation::change::<ChangeOperator, Operator>("Change an operator's master data")
        .about("An absent member stays as it is, null empties it.")
        .refuses(&[R::DuplicateValue, R::InUse, R::OperatorErased])
        .problem(403, "outside_scope")
}

pub(crate) fn erase() -> Operation {
    Operation::remove("Erase a person")
        .about(
            "Destroys the person's key, and with it names and contacts, in this database; takes \
             away free texts about the person, recorded answers and accounts. The id, \
             allocations and figures stay; the operator is out of use. A person with open work \
             is refused. Erasing again changes nothing and says so.",
        )
        .tells::<Erasure>()
        .refuses(&[R::InUse])
}

pub(crate) fn post_status() -> Operation {
    Operation::act::<ChangeStatus, PostedOperator>("Post what an operator is doing")
        .about(
            "`busy` follows from allocations and cannot be posted. Whoever leaves pauses the work \
             that runs; `hit` names it and what is booked meanwhile, with who could take over. The \
             same status again changes nothing.",
        )
        .etag()
        .refuses(&[R::UnknownReasonCode, R::OperatorErased])
}
