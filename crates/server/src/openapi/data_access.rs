//! What the API's document says about the audit of reads.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::data_access::DataAccess;

use crate::openapi::Operation;
use crate::routes::data_access::LIST;

pub(crate) fn list() -> Operation {
    Operation::list::<DataAccess>("List who has seen personal and audit data", &LIST).about(
        "Newest first. `entity_id` also finds answers about several that showed it. A read is in \
         here about a second after its answer; reading this is in here as well.",
    )
}
