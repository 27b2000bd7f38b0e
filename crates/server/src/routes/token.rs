//! `/tokens`: issue, list and revoke bearer tokens.
//!
//! The secret is in the answer to its creation and nowhere else; the store keeps a digest.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mraos_api::token::{CreateToken, IssuedToken, Token};
use mraos_app::AppError;
use mraos_app::token::{StoredToken, issue};
use mraos_domain::{Actor, Role};
use uuid::Uuid;

use crate::answer::json;
use crate::fields::{Fields, instant, named_value};
use crate::page::{QueryParameters, whole};
use crate::path::{Id, PathId};
use crate::problem::HttpResult;
use crate::state::Server;
use crate::write::{NoBody, Write};

/// `POST /tokens`
pub(crate) async fn create(
    State(server): State<Server>,
    write: Write<CreateToken>,
) -> HttpResult<Response> {
    let CreateToken { name, role, expires_at } = &write.body;
    let now = server.app.now();
    let mut fields = Fields::default();
    let id = fields.text("name", name);
    let role = fields.take("role", named_value("role", role, &Role::ALL, Role::as_str));
    let end = expires_at.map(|at| instant("expires_at", at));
    let expires_at = fields.take_optional("expires_at", end);
    if expires_at.flatten().is_some_and(|at| at <= now) {
        fields.reject("expires_at", "lies in the past");
    }
    let actor = (|| Some(Actor::new(id?, role?)))();
    let (actor, expires_at) = fields.finish(actor.zip(expires_at))?;
    let expires_at = expires_at.map(|at| at.timestamp());
    let (stored, secret) = issue(&actor, now.timestamp(), expires_at);
    server.app.store().create_token(&stored).await.map_err(AppError::from)?;
    server.app.tokens_changed().await;
    Ok(json(StatusCode::CREATED, &IssuedToken { secret, token: render(&stored) }))
}

/// `GET /tokens`
pub(crate) async fn list(
    State(server): State<Server>,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let tokens = server.app.store().all_tokens().await.map_err(AppError::from)?;
    Ok(whole(tokens.iter().map(render).collect()))
}

/// `DELETE /tokens/{id}`
pub(crate) async fn revoke(
    State(server): State<Server>,
    Id(token_id): Id<Uuid>,
    _: Write<NoBody>,
) -> HttpResult<Response> {
    let now = server.app.now().timestamp();
    let revoked = server.app.store().revoke_token(token_id, now).await.map_err(AppError::from)?;
    if !revoked {
        return Err(Uuid::unknown(token_id));
    }
    server.app.tokens_changed().await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn render(token: &StoredToken) -> Token {
    Token {
        token_id: token.token_id.to_string(),
        name: token.user_id.clone(),
        role: token.role.clone(),
        created_at: token.created_at,
        expires_at: token.expires_at,
        revoked_at: token.revoked_at,
    }
}
