//! `/users`: who may sign in, in which role, for which lines. For administrators.
//!
//! A user is deactivated and never removed, because the log names it.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use mraos_api::user::{ChangeUser, CreateUser};
use mraos_app::AccountError;
use mraos_app::accounts::Changed;
use mraos_app::user::{User, UserChange};
use mraos_domain::{Role, Text};

use crate::answer::{json, with_etag, with_location, with_replay};
use crate::fields::names;
use crate::headers::expected_version;
use crate::page::Accepts::{Flag, OneOf};
use crate::page::{List, QueryParameters};
use crate::path::{Id, PathId, UserId};
use crate::problem::{HttpError, HttpResult};
use crate::reading::Reading;
use crate::state::Server;
use crate::wire::user::{read_change, read_create, render};
use crate::write::{NoBody, Sender, Write};

pub(crate) const LIST: List = List {
    noun: "users",
    filters: &[("role", OneOf(|| names(&Role::ALL, Role::as_str))), ("is_active", Flag)],
    is_key: |key| Text::<50>::new(key).is_ok(),
};

/// `POST /users`
pub(crate) async fn create(
    State(server): State<Server>,
    write: Write<CreateUser>,
) -> HttpResult<Response> {
    let new = read_create(&write.body)?;
    let request = write.sender.into_account_request();
    let changed = server.app.accounts().create_user(new, &request).await?;
    let path = format!("/users/{}", changed.value.user_id);
    Ok(with_location(answer(StatusCode::CREATED, &changed), path))
}

/// `GET /users`
pub(crate) async fn list(
    State(server): State<Server>,
    reading: Reading,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    let page = LIST.read(query.as_deref())?;
    let users = server.app.accounts().list_users(&page).await?;
    let ids = users.items.iter().map(|user| user.user_id.to_string()).collect();
    reading.note_several(&server, "user", ids).await?;
    Ok(LIST.answer(users, |user| render(&user)))
}

/// `GET /users/{id}`
pub(crate) async fn show(
    State(server): State<Server>,
    Id(UserId(user_id)): Id<UserId>,
    reading: Reading,
    RawQuery(query): RawQuery,
) -> HttpResult<Response> {
    QueryParameters::parse(query.as_deref()).finish()?;
    let user = server.app.accounts().find_user(user_id.as_str()).await?;
    let user = user.ok_or_else(|| UserId::unknown(&user_id))?;
    reading.note(&server, "user", user_id.as_str(), "read").await?;
    Ok(with_etag(json(StatusCode::OK, &render(&user)), user.version))
}

/// `PATCH /users/{id}`
pub(crate) async fn change(
    State(server): State<Server>,
    Id(UserId(user_id)): Id<UserId>,
    headers: HeaderMap,
    write: Write<ChangeUser>,
) -> HttpResult<Response> {
    let expected_version = expected_version(&headers)?;
    let wanted = read_change(write.body)?;
    let changed = submit(&server, &user_id, expected_version, wanted, write.sender).await?;
    Ok(answer(StatusCode::OK, &changed))
}

/// `DELETE /users/{id}`: deactivates
pub(crate) async fn deactivate(
    State(server): State<Server>,
    Id(UserId(user_id)): Id<UserId>,
    write: Write<NoBody>,
) -> HttpResult<Response> {
    let wanted = UserChange { is_active: Some(false), ..UserChange::default() };
    let changed = submit(&server, &user_id, None, wanted, write.sender).await?;
    Ok(with_replay(StatusCode::NO_CONTENT.into_response(), changed.replayed))
}

async fn submit(
    server: &Server,
    user_id: &Text<50>,
    expected_version: Option<i32>,
    wanted: UserChange,
    sender: Sender,
) -> HttpResult<Changed<User>> {
    let request = sender.into_account_request();
    let accounts = server.app.accounts();
    let changed = accounts.change_user(user_id.as_str(), expected_version, wanted, &request).await;
    changed.map_err(|error| match error {
        AccountError::Unknown => UserId::unknown(user_id),
        other => HttpError::from(other),
    })
}

fn answer(status: StatusCode, changed: &Changed<User>) -> Response {
    let user = &changed.value;
    with_replay(with_etag(json(status, &render(user)), user.version), changed.replayed)
}
