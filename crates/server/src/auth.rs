//! Who asks, and may they: token or session → actor → the permission of the route.
//!
//! Runs before a body is read. Which role may do what is the domain's table; here it is only
//! applied. Also the place where a read waits for the position that it wants to see.

pub(crate) mod cookie;
pub(crate) mod origin;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use mraos_app::Access;
use mraos_domain::{Actor, Permission};

use crate::headers::{awaited_position, bearer_token};
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::telemetry::RequestId;

/// The path of the live stream.
const LIVE: &str = "/api/v1/live";

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
    /// Whether the caller may see names, addresses and photographs of people, and read why
    /// somebody is absent.
    pub(crate) fn may_see_people(&self) -> bool {
        self.actor.role.may(Permission::ReadPeople)
    }

    /// Whether the caller may see what material costs.
    pub(crate) fn may_see_costs(&self) -> bool {
        self.actor.role.may(Permission::ReadCosts)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> HttpResult<Self> {
        let caller = parts.extensions.get::<Self>().cloned();
        caller.ok_or_else(|| HttpError::internal(&"a handler without authentication asked for it"))
    }
}

/// A credential as a request carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown<'a> {
    /// In the `Authorization` header, which no foreign page can make a browser send.
    Bearer(&'a str),
    /// In the cookie, which a browser sends by itself.
    Cookie(&'a str),
}

impl<'a> Shown<'a> {
    /// What the request carries; the header goes before the cookie.
    pub(crate) fn in_headers(headers: &'a HeaderMap) -> HttpResult<Self> {
        match cookie::session_secret(headers) {
            Some(secret) if !headers.contains_key(header::AUTHORIZATION) => {
                Ok(Self::Cookie(secret))
            }
            _ => bearer_token(headers).map(Self::Bearer),
        }
    }

    /// The secret itself.
    pub(crate) fn secret(self) -> &'a str {
        match self {
            Self::Bearer(secret) | Self::Cookie(secret) => secret,
        }
    }
}

/// Who sends a request, by whatever it carries.
async fn identify(
    server: &Server,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> HttpResult<Access> {
    let unknown =
        || HttpError::unauthenticated("this credential is not known, has ended or is revoked");
    let is_live = uri.path() == LIVE;
    if is_live && let Some(ticket) = ticket_in(uri) {
        let access = server.app.accounts().redeem_ticket(&ticket).await?;
        return access.ok_or_else(unknown);
    }
    let shown = Shown::in_headers(headers)?;
    let access = server.app.authenticate(shown.secret()).await?.ok_or_else(unknown)?;
    match shown {
        Shown::Cookie(_) if is_live => origin::check_named_origin(headers)?,
        Shown::Cookie(secret) if !method.is_safe() => {
            origin::check_own_page(headers, secret)?;
        }
        _ => {}
    }
    Ok(access)
}

/// The ticket in the query of a live connection, whose client may set no headers.
fn ticket_in(uri: &Uri) -> Option<String> {
    let mut pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    pairs.find(|(name, _)| name == "ticket").map(|(_, ticket)| ticket.into_owned())
}

/// Lets a request through to its handler if its sender may do what the route is for.
pub(crate) async fn authorize(
    State((server, permission)): State<(Server, Permission)>,
    mut request: Request,
    next: Next,
) -> HttpResult<Response> {
    let access = identify(&server, request.method(), request.uri(), request.headers()).await?;
    let actor = access.actor.clone();
    if !actor.role.may(permission) {
        let detail =
            format!("the role {} may not do this: {}", actor.role.as_str(), permission.as_str());
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
