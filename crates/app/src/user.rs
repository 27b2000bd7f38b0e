//! Users: who may sign in, in which role, for which part of the plant.
//!
//! A user is never deleted, only deactivated: the log names it. A new role or limit takes effect
//! in sessions that are open; a deactivation or a new password ends them.

use std::collections::BTreeSet;

use mraos_domain::{Instant, OperatorId, Role, Scope, Text};
use mraos_store::Page;
use mraos_store::access::{AccessChange, Sessions};
use mraos_store::user::StoredUser;

use crate::access::{lines_to_store, stored_scope};
use crate::accounts::{AccountError, Accounts, Changed, Request};
use crate::error::AppError;
use crate::password::objection;
use crate::reads::Paged;

/// A user.
#[derive(Clone)]
pub struct User {
    /// Id, such as `S-042`; never a person's name.
    pub user_id: Text<50>,
    /// Role.
    pub role: Role,
    /// Part of the plant.
    pub scope: Scope,
    /// The person's name, for screens alone.
    pub display_name: Option<String>,
    /// Whether the user may act.
    pub is_active: bool,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// Raised by each change.
    pub version: i32,
    /// When recorded.
    pub created_at: Instant,
    /// When changed last.
    pub updated_at: Instant,
}

/// A user that is to be.
#[derive(Clone)]
pub struct NewUser {
    /// Id.
    pub user_id: Text<50>,
    /// Role.
    pub role: Role,
    /// Part of the plant.
    pub scope: Scope,
    /// The person's name.
    pub display_name: Option<Text<100>>,
    /// The first password; without one the user cannot sign in.
    pub password: Option<String>,
}

/// What is to be different about a user; `None` stays as it is.
#[derive(Clone, Default)]
pub struct UserChange {
    /// Role.
    pub role: Option<Role>,
    /// Whether the user may act.
    pub is_active: Option<bool>,
    /// Lines.
    pub lines: Option<Option<BTreeSet<Text<50>>>>,
    /// The operator who this user is.
    pub operator_id: Option<Option<OperatorId>>,
    /// The person's name.
    pub display_name: Option<Option<Text<100>>>,
    /// Another password; ends the user's sessions.
    pub password: Option<String>,
}

impl Accounts {
    /// Adds a user.
    pub async fn create_user(
        &self,
        new: NewUser,
        request: &Request,
    ) -> Result<Changed<User>, AccountError> {
        check_limits(new.role, &new.scope)?;
        let user_id = new.user_id.as_str();
        let now = self.now().timestamp();
        let stored = StoredUser {
            user_id: user_id.to_owned(),
            role: new.role.as_str().to_owned(),
            is_active: true,
            version: 1,
            password_hash: self.hash_optional(user_id, new.password.as_deref()).await?,
            display_name_sealed: self.seal_name(user_id, new.display_name.as_ref())?,
            production_lines: lines_to_store(&new.scope),
            operator_id: new.scope.operator_id.as_ref().map(ToString::to_string),
            created_at: now,
            updated_at: now,
        };
        let change = AccessChange::CreateUser(&stored);
        let changed = self.change(&change, stored.clone(), request).await?;
        if !changed.replayed {
            let by = request.actor.id.as_str();
            tracing::info!(user_id, role = stored.role, by, "user created");
        }
        self.finish(changed, stored.password_hash.is_some())
    }

    /// Changes a user that stands at `expected_version`, or at any.
    pub async fn change_user(
        &self,
        user_id: &str,
        expected_version: Option<i32>,
        change: UserChange,
        request: &Request,
    ) -> Result<Changed<User>, AccountError> {
        let Some(old) = self.store.find_user(user_id).await? else {
            return Err(AccountError::Unknown);
        };
        let expected_version = expected_version.unwrap_or(old.version);
        let new_password = self.hash_optional(user_id, change.password.as_deref()).await?;
        let mut sessions =
            if new_password.is_some() { Sessions::EndBut(None) } else { Sessions::GoOn };
        let stored = self.changed(&old, change, new_password)?;
        if !stored.is_active {
            sessions = Sessions::EndWithTokens;
        }
        let administers = |user: &StoredUser| user.is_active && user.role == Role::Admin.as_str();
        let written = AccessChange::ChangeUser {
            user: &stored,
            expected_version,
            sessions,
            needs_administrator: administers(&old) && !administers(&stored),
        };
        let changed = self.change(&written, stored.clone(), request).await?;
        if !changed.replayed {
            let (by, is_active) = (request.actor.id.as_str(), stored.is_active);
            tracing::info!(user_id, role = stored.role, is_active, by, "user changed");
        }
        self.finish(changed, stored.password_hash.is_some())
    }

    /// The user of that id.
    pub async fn find_user(&self, user_id: &str) -> Result<Option<User>, AppError> {
        let stored = self.store.find_user(user_id).await?;
        stored.map(|user| self.open_user(user)).transpose()
    }

    /// A page of users by id.
    pub async fn list_users(&self, page: &Page) -> Result<Paged<User>, AppError> {
        let (users, has_more) = self.store.list_users(page).await?;
        let next = users.last().filter(|_| has_more).map(|user| user.user_id.clone());
        let users = users.into_iter().map(|user| self.open_user(user));
        Ok(Paged { items: users.collect::<Result<_, _>>()?, next })
    }

    /// Whether anybody could sign in.
    pub async fn has_users(&self) -> Result<bool, AppError> {
        Ok(self.store.has_users().await?)
    }

    pub(crate) fn open_user(&self, stored: StoredUser) -> Result<User, AppError> {
        let unreadable = || AppError::Internal("a stored user cannot be read".to_owned());
        let name = stored.display_name_sealed.as_deref();
        let instant = |at| Instant::new(at).map_err(|_| unreadable());
        Ok(User {
            display_name: name.map(|name| self.open_name(&stored.user_id, name)).transpose()?,
            user_id: Text::new(&stored.user_id).map_err(|_| unreadable())?,
            role: Role::parse(&stored.role).ok_or_else(unreadable)?,
            scope: stored_scope(stored.production_lines, stored.operator_id)
                .ok_or_else(unreadable)?,
            is_active: stored.is_active,
            has_password: stored.password_hash.is_some(),
            version: stored.version,
            created_at: instant(stored.created_at)?,
            updated_at: instant(stored.updated_at)?,
        })
    }

    fn changed(
        &self,
        old: &StoredUser,
        change: UserChange,
        new_password: Option<String>,
    ) -> Result<StoredUser, AccountError> {
        let before = self.open_user(old.clone())?;
        let scope = Scope {
            lines: change.lines.unwrap_or(before.scope.lines),
            operator_id: change.operator_id.unwrap_or(before.scope.operator_id),
        };
        let role = change.role.unwrap_or(before.role);
        check_limits(role, &scope)?;
        let display_name_sealed = match change.display_name {
            Some(name) => self.seal_name(&old.user_id, name.as_ref())?,
            None => old.display_name_sealed.clone(),
        };
        Ok(StoredUser {
            user_id: old.user_id.clone(),
            role: role.as_str().to_owned(),
            is_active: change.is_active.unwrap_or(old.is_active),
            version: old.version + 1,
            password_hash: new_password.or_else(|| old.password_hash.clone()),
            display_name_sealed,
            production_lines: lines_to_store(&scope),
            operator_id: scope.operator_id.as_ref().map(ToString::to_string),
            created_at: old.created_at,
            updated_at: self.now().timestamp(),
        })
    }

    fn finish(
        &self,
        changed: Changed<StoredUser>,
        has_password: bool,
    ) -> Result<Changed<User>, AccountError> {
        let Changed { value, replayed } = changed;
        let user = User { has_password, ..self.open_user(value)? };
        Ok(Changed { value: user, replayed })
    }

    pub(crate) async fn hash_optional(
        &self,
        user_id: &str,
        password: Option<&str>,
    ) -> Result<Option<String>, AccountError> {
        let Some(password) = password else { return Ok(None) };
        if let Some(objection) = objection(password, user_id) {
            return Err(AccountError::Password(objection));
        }
        Ok(Some(self.passwords.hash(password).await?))
    }

    fn seal_name(
        &self,
        user_id: &str,
        name: Option<&Text<100>>,
    ) -> Result<Option<Vec<u8>>, AppError> {
        name.map(|name| self.vault.seal_text(user_id, name.as_str())).transpose()
    }

    fn open_name(&self, user_id: &str, sealed: &[u8]) -> Result<String, AppError> {
        self.vault.open_text(user_id, sealed)
    }
}

/// Whoever hands out rights has them for the whole plant.
fn check_limits(role: Role, scope: &Scope) -> Result<(), AccountError> {
    let limited = role == Role::Admin && scope.lines.is_some();
    if limited { Err(AccountError::LimitedAdministrator) } else { Ok(()) }
}
