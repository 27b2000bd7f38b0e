//! `/tokens`: issue, list and revoke bearer tokens.
//!
//! The secret is in the answer to its creation, and for a day in the repeated answer to the same
//! Idempotency-Key; the store keeps a digest.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mraos_api::token::{CreateToken, IssuedToken, Token};
use mraos_app::accounts::Changed;
use mraos_app::token::{self, NewToken, StoredToken};
use uuid::Uuid;

use crate::answer::{json, with_replay};
use crate::fields::{Fields, instant};
use crate::page::{QueryParameters, whole};
use crate::path::{Id, PathId};
use crate::problem::HttpResult;
use crate::state::Server;
use crate::wire::user::{read_role, read_scope};
use crate::write::{NoBody, Write};

/// `POST /tokens`
pub(crate) async fn create(
    State(server): State<Server>,
    write: Write<CreateToken>,
) -> HttpResult<Response> {
    let CreateToken { name, role, production_lines, operator_id, expires_at } = &write.body;
    let mut fields = Fields::default();
    let name = fields.text("name", name);
    let role = read_role(&mut fields, role);
    let scope = read_scope(&mut fields, production_lines.as_deref(), operator_id.as_deref());
    let end = expires_at.map(|at| instant("expires_at", at));
    let expires_at = fields.take_optional("expires_at", end);
    if expires_at.flatten().is_some_and(|at| at <= server.app.now()) {
        fields.reject("expires_at", "lies in the past");
    }
    let new = (|| {
        let (name, role, scope, expires_at) = (name?, role?, scope?, expires_at?);
        Some(NewToken { name, role, scope, expires_at })
    })();
    let new = fields.finish(new)?;
    let request = write.sender.into_account_request();
    let created = server.app.accounts().create_token(&new, &request).await?;
    let Changed { value: token::IssuedToken { token, secret }, replayed } = created;
    let body = IssuedToken { secret, token: render(&token) };
    Ok(with_replay(json(StatusCode::CREATED, &body), replayed))
}

/// `GET /tokens`
pub(crate) async fn list(
    State(server): State<Server>,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let tokens = server.app.accounts().list_tokens().await?;
    Ok(whole(tokens.iter().map(render).collect()))
}

/// `DELETE /tokens/{id}`
pub(crate) async fn revoke(
    State(server): State<Server>,
    Id(token_id): Id<Uuid>,
    write: Write<NoBody>,
) -> HttpResult<Response> {
    let request = write.sender.into_account_request();
    if !server.app.accounts().revoke_token(token_id, &request).await? {
        return Err(Uuid::unknown(token_id));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn render(token: &StoredToken) -> Token {
    Token {
        token_id: token.token_id.to_string(),
        name: token.user_id.clone(),
        role: token.role.clone(),
        production_lines: token.production_lines.clone(),
        operator_id: token.operator_id.clone(),
        created_at: token.created_at,
        expires_at: token.expires_at,
        revoked_at: token.revoked_at,
    }
}
