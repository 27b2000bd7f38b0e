//! What the API's document says about the live stream; its frames are in `docs/events.md`.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::live::{ClientFrame, SUB_PROTOCOL, ServerFrame};

use crate::openapi::Operation;

pub(crate) fn connect() -> Operation {
    Operation::switch("Listen to the floor, live")
        .carries::<ClientFrame, ServerFrame>(SUB_PROTOCOL)
        .about(
            "A WebSocket with sub-protocol `mraos.v1`. Sign in by bearer token, by the session's \
             cookie from this server's own pages, or by a ticket of `POST /auth/live-ticket`. \
             Frames, channels and close codes are in `docs/events.md`.",
        )
        .query("ticket", serde_json::json!({"type": "string"}), "In place of a bearer token.")
        .problem(403, "foreign_origin")
        .problem(426, "upgrade_required")
        .problem(503, "no_more_sockets")
}
