//! What the API's document says about `/materials/{id}/transactions`.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::transaction::{PostTransaction, PostedTransactions, Transaction};
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::transaction::LIST;

pub(crate) fn post() -> Operation {
    Operation::create::<PostTransaction, PostedTransactions>("Move stock")
        .about(
            "A receipt, issue, adjustment, transfer, reservation or release. What is taken comes \
             from the lots that are named, else by expiry and age as the material says, never \
             from a lot that has expired and never from what is set aside for others.",
        )
        .refuses(&[
            R::MaterialShort,
            R::MaterialUnavailable,
            R::UnitNotConvertible,
            R::UnknownWorkOrder,
            R::UnknownBomLine,
            R::UnknownReservation,
            R::WouldExceedRequired,
            R::OrderClosed,
            R::UnknownReasonCode,
        ])
}

pub(crate) fn list() -> Operation {
    Operation::list::<Transaction>("List what moved a material's stock, newest first", &LIST)
}
