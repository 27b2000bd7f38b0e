//! What the API's document says about `/users`.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::user::{ChangeUser, CreateUser, User};

use crate::openapi::Operation;
use crate::routes::user::LIST;

pub(crate) fn create() -> Operation {
    Operation::issue::<CreateUser, User>("Create a user")
        .about("A name is sealed and shown on screens alone; the password is kept as its hash.")
        .etag()
        .location()
        .repeatable()
        .problem(409, "user_exists")
}

pub(crate) fn list() -> Operation {
    Operation::list::<User>("List users", &LIST)
}

pub(crate) fn show() -> Operation {
    Operation::read::<User>("Show a user").etag()
}

pub(crate) fn change() -> Operation {
    Operation::adjust::<ChangeUser, User>("Change a user")
        .about(
            "An absent member stays as it is, null empties it. A new role or limit takes effect in \
             open sessions; a new password or `is_active: false` ends them.",
        )
        .repeatable()
        .problem(409, "last_administrator")
}

pub(crate) fn deactivate() -> Operation {
    Operation::erase("Deactivate a user")
        .about("Ends all sessions of the user and revokes the tokens of that name.")
        .repeatable()
        .problem(409, "last_administrator")
}
