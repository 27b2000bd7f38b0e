//! `/auth`: signing in and out, the own account, tickets for live connections.
//!
//! Signing in is the one route that nobody has to be known for; it still refuses other sites'
//! pages. Answers never say whether a user exists.

use std::time::Duration;

use axum::extract::{FromRequest, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use mraos_api::auth::{ChangePassword, LiveTicket, Session, SignIn};
use mraos_app::CredentialId;
use mraos_app::session::{PasswordError, SignInError, SignedIn, csrf_token};
use mraos_domain::Actor;
use serde::de::DeserializeOwned;

use crate::answer::json;
use crate::auth::{Caller, Shown, cookie, origin};
use crate::body::read_body;
use crate::headers::idempotency_key;
use crate::json::{check_content_type, parse_json};
use crate::page::QueryParameters;
use crate::problem::{HttpError, HttpResult};
use crate::serve::PeerAddress;
use crate::state::Server;
use crate::wire::user::render_account;
use crate::write::{NoBody, Write};

/// A body from somebody who need not be known, and where it came from.
pub(crate) struct Stranger<T> {
    body: T,
    peer: Option<PeerAddress>,
}

impl<T: DeserializeOwned> FromRequest<Server> for Stranger<T> {
    type Rejection = HttpError;

    async fn from_request(request: Request, server: &Server) -> HttpResult<Self> {
        let (parts, body) = request.into_parts();
        origin::check_origin(&parts.headers)?;
        // Nothing is kept that a key could repeat; one that cannot be right is still an error.
        idempotency_key(&parts.headers)?;
        check_content_type(&parts.headers, &["application/json"])?;
        let bytes = read_body(body, &server.settings).await?;
        let peer = parts.extensions.get::<PeerAddress>().copied();
        Ok(Self { body: parse_json(&bytes)?, peer })
    }
}

/// `POST /auth/login`
pub(crate) async fn login(
    State(server): State<Server>,
    stranger: Stranger<SignIn>,
) -> HttpResult<Response> {
    let Stranger { body: SignIn { user_id, password }, peer } = stranger;
    let accounts = server.app.accounts();
    let signed_in = accounts.sign_in(&user_id, &password, peer.map(|peer| peer.0)).await;
    let SignedIn { secret, expires_at, user } = signed_in.map_err(|error| match error {
        SignInError::WrongCredentials => HttpError::new(
            StatusCode::UNAUTHORIZED,
            "wrong_credentials",
            "user id or password are wrong",
        ),
        SignInError::TooManyAttempts { retry_after } => too_many_attempts(retry_after),
        SignInError::App(error) => error.into(),
    })?;
    let actor = Actor { id: user.user_id, role: user.role, scope: user.scope };
    let csrf_token = csrf_token(&secret);
    let mut account = render_account(&actor, user.display_name, server.app.plant());
    account.session_expires_at = Some(expires_at.timestamp());
    let mut headers = HeaderMap::new();
    cookie::set(&mut headers, &secret, server.settings.secure_cookies);
    let expires_at = expires_at.timestamp();
    let session = Session { session_token: secret, expires_at, csrf_token, user: account };
    Ok((headers, json(StatusCode::OK, &session)).into_response())
}

/// `POST /auth/logout`
pub(crate) async fn logout(
    State(server): State<Server>,
    caller: Caller,
    _: Write<NoBody>,
) -> HttpResult<Response> {
    if !server.app.accounts().sign_out(&caller.access).await? {
        return Err(no_session());
    }
    let mut headers = HeaderMap::new();
    cookie::remove(&mut headers, server.settings.secure_cookies);
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// `GET /auth/me`
pub(crate) async fn me(
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let Caller { actor, access, .. } = caller;
    let is_session = matches!(access.credential, CredentialId::Session(_));
    let user = match is_session {
        true => server.app.accounts().find_user(actor.id.as_str()).await?,
        false => None,
    };
    let display_name = user.and_then(|user| user.display_name);
    let mut account = render_account(&actor, display_name, server.app.plant());
    account.session_expires_at = access.expires_at.map(|at| at.timestamp());
    if is_session {
        account.csrf_token = Some(csrf_token(Shown::in_headers(&headers)?.secret()));
    }
    Ok(json(StatusCode::OK, &account))
}

/// `POST /auth/live-ticket`
pub(crate) async fn issue_ticket(
    State(server): State<Server>,
    caller: Caller,
    _: Write<NoBody>,
) -> HttpResult<Response> {
    let ticket = server.app.accounts().issue_ticket(&caller.access).await?;
    let expires_at = ticket.expires_at.timestamp();
    Ok(json(StatusCode::OK, &LiveTicket { ticket: ticket.secret, expires_at }))
}

/// `POST /auth/password`
pub(crate) async fn change_password(
    State(server): State<Server>,
    caller: Caller,
    write: Write<ChangePassword>,
) -> HttpResult<Response> {
    let ChangePassword { current_password, new_password } = &write.body;
    let accounts = server.app.accounts();
    let changed = accounts.change_password(&caller.access, current_password, new_password).await;
    changed.map_err(|error| match error {
        PasswordError::NoSession => no_session(),
        PasswordError::WrongPassword => {
            HttpError::invalid("/current_password", "this is not the present password")
        }
        PasswordError::TooManyAttempts { retry_after } => too_many_attempts(retry_after),
        PasswordError::Account(mraos_app::AccountError::Password(objection)) => {
            HttpError::invalid("/new_password", objection)
        }
        PasswordError::Account(error) => error.into(),
    })?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn no_session() -> HttpError {
    let detail = "this is for people who have signed in; a token is revoked with DELETE /tokens";
    HttpError::new(StatusCode::FORBIDDEN, "session_required", detail)
}

fn too_many_attempts(retry_after: Duration) -> HttpError {
    let seconds = retry_after.as_secs() + 1;
    let detail = format!("too many failed attempts; try again in {seconds} s");
    HttpError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail).retry_after(seconds)
}
