//! What the API's document says about holidays.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::holiday::{DefineHoliday, Holiday};

use crate::openapi::Operation;

pub(crate) fn list() -> Operation {
    Operation::whole::<Holiday>("List the plant's holidays")
}

pub(crate) fn define() -> Operation {
    Operation::create::<DefineHoliday, Holiday>("Make a day a holiday, or name it anew")
        .about("A shift that starts on a holiday does not count, unless `counts_on_holidays`.")
}

pub(crate) fn remove() -> Operation {
    Operation::remove("Make a holiday a working day again")
}
