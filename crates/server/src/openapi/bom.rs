//! What the API's document says about bills of materials.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::bom::{BomLine, SetBomLine};
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;

pub(crate) fn list() -> Operation {
    Operation::whole::<BomLine>("List what a work order needs, has set aside and has used")
}

pub(crate) fn set_line() -> Operation {
    Operation::create::<SetBomLine, BomLine>("Add what a work order needs, or replace it")
        .about(
            "Allocating the order sets aside what is needed; of a critical line there must be \
             enough. The answer is in the material's own unit.",
        )
        .refuses(&[
            R::UnknownMaterial,
            R::MaterialUnavailable,
            R::UnitNotConvertible,
            R::OrderClosed,
        ])
}

pub(crate) fn remove_line() -> Operation {
    Operation::remove("Remove what a work order needs")
        .about("What is set aside by the line is given back.")
        .refuses(&[R::OrderClosed])
        .problem(404, "unknown_bom_line")
}
