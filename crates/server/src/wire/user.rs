//! Users and their limits: wire types ↔ the application's.
//!
//! Texts pass the domain's constructors; every field that does not is named.

use std::collections::BTreeSet;

use mraos_api::auth::Account;
use mraos_api::user as api;
use mraos_app::user::{NewUser, User, UserChange};
use mraos_domain::{Actor, Invalid, OperatorId, Permission, Plant, Role, Scope, Text};

use crate::fields::{Fields, named_value, text};
use crate::problem::HttpResult;

/// Most lines that somebody may be limited to.
const MAX_LINES: usize = 200;

/// A new user.
pub(crate) fn read_create(body: &api::CreateUser) -> HttpResult<NewUser> {
    let mut fields = Fields::default();
    let user_id = fields.text("user_id", &body.user_id);
    let role = read_role(&mut fields, &body.role);
    let scope =
        read_scope(&mut fields, body.production_lines.as_deref(), body.operator_id.as_deref());
    let display_name = fields.optional_text("display_name", body.display_name.as_deref());
    let password = Some(body.password.clone());
    let new = (|| {
        let (user_id, role, scope) = (user_id?, role?, scope?);
        Some(NewUser { user_id, role, scope, display_name: display_name?, password })
    })();
    fields.finish(new)
}

/// What is to be different.
pub(crate) fn read_change(body: api::ChangeUser) -> HttpResult<UserChange> {
    let mut fields = Fields::default();
    let role = body.role.map(|name| role_named(&name));
    let role = fields.take_optional("role", role);
    let mut change =
        UserChange { is_active: body.is_active, password: body.password, ..UserChange::default() };
    change.lines = read_nullable(&mut fields, "production_lines", body.production_lines, lines);
    change.operator_id =
        read_nullable(&mut fields, "operator_id", body.operator_id, |_, id| OperatorId::new(&id));
    change.display_name = read_nullable(&mut fields, "display_name", body.display_name, text);
    change.role = role.flatten();
    fields.finish(Some(change))
}

/// Absent stays absent, null empties, a value is read.
fn read_nullable<T, X>(
    fields: &mut Fields,
    name: &'static str,
    member: Option<Option<X>>,
    parse: impl FnOnce(&'static str, X) -> Result<T, Invalid>,
) -> Option<Option<T>> {
    let value = member?;
    fields.take_optional(name, value.map(|value| parse(name, value)))
}

/// A role by its name.
pub(crate) fn read_role(fields: &mut Fields, name: &str) -> Option<Role> {
    fields.take("role", role_named(name))
}

fn role_named(name: &str) -> Result<Role, Invalid> {
    named_value("role", name, &Role::ALL, Role::as_str)
}

/// The part of the plant that somebody is limited to.
pub(crate) fn read_scope(
    fields: &mut Fields,
    production_lines: Option<&[String]>,
    operator_id: Option<&str>,
) -> Option<Scope> {
    let all = production_lines.map(|all| lines("production_lines", all));
    let all = fields.take_optional("production_lines", all);
    let operator_id = fields.take_optional("operator_id", operator_id.map(OperatorId::new));
    Some(Scope { lines: all?, operator_id: operator_id? })
}

fn lines(name: &'static str, lines: impl AsRef<[String]>) -> Result<BTreeSet<Text<50>>, Invalid> {
    let lines = lines.as_ref();
    if lines.is_empty() || lines.len() > MAX_LINES {
        let rule = format!("1 to {MAX_LINES} lines; null for the whole plant");
        return Err(Invalid::new(name, lines.len(), rule));
    }
    lines.iter().map(|line| Text::named(name, line)).collect()
}

/// A user as administrators see one.
pub(crate) fn render(user: &User) -> api::User {
    api::User {
        user_id: user.user_id.to_string(),
        role: user.role.as_str().to_owned(),
        display_name: user.display_name.clone(),
        is_active: user.is_active,
        has_password: user.has_password,
        production_lines: render_lines(&user.scope),
        operator_id: user.scope.operator_id.as_ref().map(ToString::to_string),
        version: user.version,
        created_at: user.created_at.timestamp(),
        updated_at: user.updated_at.timestamp(),
    }
}

/// The own account.
pub(crate) fn render_account(
    actor: &Actor,
    display_name: Option<String>,
    plant: &Plant,
) -> Account {
    let may = Permission::ALL.into_iter().filter(|one| actor.role.may(*one));
    Account {
        user_id: actor.id.to_string(),
        role: actor.role.as_str().to_owned(),
        display_name,
        production_lines: render_lines(&actor.scope),
        operator_id: actor.scope.operator_id.as_ref().map(ToString::to_string),
        permissions: may.map(|one| one.as_str().to_owned()).collect(),
        // A zone without a name cannot be configured.
        time_zone: plant.zone.iana_name().unwrap_or("UTC").to_owned(),
        session_expires_at: None,
        csrf_token: None,
    }
}

fn render_lines(scope: &Scope) -> Option<Vec<String>> {
    scope.lines.as_ref().map(|lines| lines.iter().map(ToString::to_string).collect())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use mraos_domain::AttendanceRules;

    use super::*;

    #[test]
    fn an_account_names_the_zone_of_the_plant() {
        let zone = TimeZone::get("America/Sao_Paulo").unwrap();
        let plant = Plant {
            zone,
            default_allocation_minutes: 60,
            reservation_horizon_minutes: 1_440,
            attendance: AttendanceRules::default(),
        };
        let actor =
            Actor { id: Text::new("S-1").unwrap(), role: Role::Viewer, scope: Scope::default() };
        assert_eq!(render_account(&actor, None, &plant).time_zone, "America/Sao_Paulo");
    }
}
