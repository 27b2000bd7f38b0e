//! What the API's document says about signing in and the own account.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::auth::{Account, ChangePassword, LiveTicket, Session, SignIn};

use crate::openapi::Operation;

pub(crate) fn login() -> Operation {
    Operation::admit::<SignIn, Session>("Sign in")
        .about(
            "Begins a session of eight hours. The answer sets the cookie `mraos_session`; programs \
             send `session_token` as a bearer token instead. Whether a user exists shows neither \
             in the answer nor in its time.",
        )
        .sets_cookie()
        .problem(401, "wrong_credentials")
        .problem(403, "foreign_origin")
        .problem(429, "too_many_attempts")
}

pub(crate) fn logout() -> Operation {
    Operation::finish("Sign out")
        .about("Ends the session at once, also on open connections.")
        .sets_cookie()
        .problem(403, "session_required")
}

pub(crate) fn me() -> Operation {
    Operation::read::<Account>("Show the own account")
        .about("Who the server takes the sender for, and what that role may do.")
}

pub(crate) fn issue_ticket() -> Operation {
    Operation::obtain::<LiveTicket>("Get a ticket for the stream")
        .about("For `GET /live?ticket=`, where a client can set no header: one use, 30 seconds.")
}

pub(crate) fn change_password() -> Operation {
    Operation::tell::<ChangePassword>("Change the own password")
        .about("Ends the user's other sessions.")
        .problem(403, "session_required")
        .problem(429, "too_many_attempts")
}
