//! `GET /live`: from an HTTP request to a socket on the live stream.
//!
//! Authentication has happened before, as for every route; here the rights become a view and
//! limits are kept. What travels on the socket is in [`socket`], who may stay on it in
//! [`registry`].

mod filters;
pub(crate) mod registry;
mod socket;
pub(crate) mod threads;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::StatusCode;
use axum::response::Response;
use mraos_api::live::SUB_PROTOCOL;
use mraos_app::live::{People, View};
use mraos_domain::{Actor, Permission, Role};

use crate::problem::{HttpError, HttpResult};
use crate::reading::Reading;
use crate::state::Server;
use registry::Refused;
use socket::{Socket, Witness};

/// A message above this cuts the socket while it is being read.
const MOST_READ_BYTES: usize = 256 * 1024;
/// Sockets are many and read little: buffers begin small.
const READ_BUFFER_BYTES: usize = 1024;
const WRITE_BUFFER_BYTES: usize = 16 * 1024;

/// Turns the request into a socket.
pub(crate) async fn connect(
    State(server): State<Server>,
    reading: Reading,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> HttpResult<Response> {
    let upgrade = upgrade.map_err(|_| {
        let detail = "this is a WebSocket: connect with `Upgrade: websocket`, version 13";
        HttpError::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", detail)
    })?;
    let view = view_of(&reading.caller.actor);
    let access = reading.caller.access.clone();
    let seat = server.sockets.admit(&server.app, access).map_err(|refused| {
        let detail = match refused {
            Refused::Draining => "this node is going down; connect again in a moment",
            Refused::Full => "there are too many sockets; close some that are not needed",
        };
        HttpError::unavailable("no_more_sockets", 1, detail)
    })?;
    let live = server.app.live().clone();
    // The socket keeps what it needs for as long as it is open; most need no witness.
    let shows_names = view.people == People::Named;
    let witness = shows_names.then(|| Witness::new(server.clone(), reading));
    let upgrade = upgrade
        .protocols([SUB_PROTOCOL])
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(MOST_READ_BYTES)
        .max_frame_size(MOST_READ_BYTES);
    let threads = server.socket_threads.clone();
    Ok(upgrade.on_upgrade(move |socket| async move {
        threads.spawn(Socket::new(socket, live, view, (seat, witness)).run());
    }))
}

/// What an actor may see.
fn view_of(actor: &Actor) -> View {
    let people = match actor.role {
        Role::Operator => People::Own(actor.scope.operator_id.clone()),
        role if role.may(Permission::ReadPeople) => People::Named,
        _ => People::Unnamed,
    };
    View { people, lines: actor.scope.lines.clone() }
}
