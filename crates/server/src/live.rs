//! `GET /live`: from an HTTP request to a socket on the live stream.
//!
//! Authentication has happened before, as for every route; here the rights become a view and
//! limits are kept. What travels on the socket is in [`socket`], who may stay on it in
//! [`registry`], how much of it is written at once in [`pipe`].

mod filters;
mod pipe;
pub(crate) mod registry;
mod socket;
pub(crate) mod threads;

use std::io;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use mraos_api::live::SUB_PROTOCOL;
use mraos_app::live::{People, View};
use mraos_domain::{Actor, Permission, Role};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::{Role as Side, WebSocketConfig};

use crate::problem::{HttpError, HttpResult};
use crate::reading::Reading;
use crate::state::Server;
use pipe::Pipe;
use registry::Refused;
use socket::{Socket, Witness};

/// A message above this cuts the socket while it is being read.
const MOST_READ_BYTES: usize = 256 * 1024;
/// Sockets are many and read little: buffers begin small.
const READ_BUFFER_BYTES: usize = 1024;

/// Turns the request into a socket.
pub(crate) async fn connect(
    State(server): State<Server>,
    reading: Reading,
    mut request: Request,
) -> HttpResult<Response> {
    let mut answer = create_response_with_body(&request, Body::empty).map_err(|_| {
        let detail = "this is a WebSocket: connect with `Upgrade: websocket`, version 13";
        HttpError::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", detail)
    })?;
    if knows_our_protocol(&request) {
        let protocol = HeaderValue::from_static(SUB_PROTOCOL);
        answer.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
    }
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
    let threads = server.socket_threads.clone();
    let upgrading = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrading.await else { return };
        threads.spawn(async move {
            match open(upgraded).await {
                Ok(socket) => Socket::new(socket, live, view, (seat, witness)).run().await,
                Err(error) => tracing::warn!(%error, "a socket could not be opened"),
            }
        });
    });
    Ok(answer)
}

fn knows_our_protocol(request: &Request) -> bool {
    let named = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let mut names = named.iter().flat_map(|names| names.as_bytes().split(|byte| *byte == b','));
    names.any(|name| name.trim_ascii() == SUB_PROTOCOL.as_bytes())
}

/// The connection as a socket of the threads on which this runs.
async fn open(upgraded: Upgraded) -> io::Result<WebSocketStream<Pipe<TcpStream>>> {
    let parts = upgraded
        .downcast::<TokioIo<TcpStream>>()
        .map_err(|_| io::Error::other("the connection is no TCP connection"))?;
    let stream = TcpStream::from_std(parts.io.into_inner().into_std()?)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(Some(MOST_READ_BYTES))
        .max_frame_size(Some(MOST_READ_BYTES));
    let read = parts.read_buf.to_vec();
    let pipe = Pipe::new(stream);
    Ok(WebSocketStream::from_partially_read(pipe, read, Side::Server, Some(config)).await)
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
