//! What the API's document says about `/materials`.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::material::{ChangeMaterial, CreateMaterial, Lot, Material, Shortage};
use mraos_domain::RefusalCode as R;

use crate::openapi::Operation;
use crate::routes::material::{LIST, SHORTAGES};

pub(crate) fn create() -> Operation {
    Operation::create::<CreateMaterial, Material>("Register a material")
        .etag()
        .location()
        .refuses(&[R::DuplicateValue])
}

pub(crate) fn create_batch() -> Operation {
    Operation::batch::<CreateMaterial, Material>("Register many materials")
}

pub(crate) fn list() -> Operation {
    Operation::list::<Material>("List materials with their stock", &LIST)
}

pub(crate) fn show() -> Operation {
    Operation::read::<Material>("Show a material with its stock").etag()
}

pub(crate) fn change() -> Operation {
    Operation::change::<ChangeMaterial, Material>("Change a material's master data")
        .about(
            "An absent member stays as it is, null empties it. Stock follows from transactions; \
             the unit of measure stays for ever.",
        )
        .refuses(&[R::DuplicateValue])
}

pub(crate) fn list_lots() -> Operation {
    Operation::whole::<Lot>("List what there is of a material, lot by lot")
}

pub(crate) fn list_shortages() -> Operation {
    Operation::list::<Shortage>("List what there is too little of", &SHORTAGES).about(
        "Materials of which open orders need more than can be used, or of which less than the \
         safety stock, or no more than the reorder point, is available. `unblocks_at` is when the \
         next receipt covers what is missing.",
    )
}
