//! What the API's document says about bearer tokens.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::token::{CreateToken, IssuedToken, Token};

use crate::openapi::Operation;

pub(crate) fn list() -> Operation {
    Operation::whole::<Token>("List tokens").about("Without their secrets.")
}

pub(crate) fn create() -> Operation {
    Operation::issue::<CreateToken, IssuedToken>("Issue a token")
        .about("The secret is shown in this answer alone; the server keeps a digest.")
        .repeatable()
}

pub(crate) fn revoke() -> Operation {
    Operation::erase("Revoke a token").about("At once, also on open connections.")
}
