//! Who asks, and may they: bearer token → actor → the permission of the route.
//!
//! Runs before a body is read. Which role may do what is the domain's table; here it is only
//! applied. Also the place where a read waits for the position that it wants to see.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use mraos_app::Access;
use mraos_domain::{Actor, Permission};

use crate::headers::{awaited_position, bearer_token};
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::telemetry::RequestId;

/// The authenticated sender of a request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Who, and in which role.
    pub(crate) actor: Actor,
    /// How the sender was let in.
    pub(crate) access: Access,
    /// The request's id.
    pub(crate) request_id: String,
}

impl Caller {
    /// Whether the caller may see names, addresses and photographs of people.
    pub(crate) fn may_see_people(&self) -> bool {
        self.actor.role.may(Permission::ReadPeople)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> HttpResult<Self> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| HttpError::internal(&"a handler without authentication asked for it"))
    }
}

/// Lets a request through to its handler if its sender may do what the route is for.
pub(crate) async fn authorize(
    State((server, permission)): State<(Server, Permission)>,
    mut request: Request,
    next: Next,
) -> HttpResult<Response> {
    let token = bearer_token(request.headers())?.to_owned();
    let access = server.app.authenticate(&token).await?;
    let unknown = || HttpError::unauthenticated("this token is not known, expired or revoked");
    let access = access.ok_or_else(unknown)?;
    let actor = access.actor.clone();
    if !actor.role.may(permission) {
        let detail = format!("the role {} may not do this: {permission:?}", actor.role.as_str());
        return Err(HttpError::forbidden(detail));
    }
    if request.method() == Method::GET
        && let Some(position) = awaited_position(request.headers())?
    {
        wait_for_position(&server, position).await?;
    }
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone());
    let caller = Caller { actor, access, request_id: request_id.unwrap_or_default() };
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

async fn wait_for_position(server: &Server, position: i64) -> HttpResult<()> {
    if server.app.wait_for_position(position).await? {
        return Ok(());
    }
    let detail = format!(
        "position {position} is not reflected here yet; this node stands at {}",
        server.app.last_position()
    );
    Err(HttpError::new(StatusCode::CONFLICT, "position_not_reached", detail))
}
