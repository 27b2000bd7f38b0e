//! `mraos user`: who may sign in, by id and role.
//!
//! A user is an id such as `S-042`, never a person's name. Works with the server running or
//! stopped; a running server takes note within a second. Passwords come from standard input or are
//! drawn, never from the command line, where others could read them.

use std::io::Read as _;

use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Subcommand};
use mraos_app::accounts::Request;
use mraos_app::user::{NewUser, User, UserChange};
use mraos_app::{AccountError, Accounts, Page, password};
use mraos_domain::{Actor, OperatorId, Role, Scope, Text};
use serde_json::{Value, json};

use super::database::with_accounts;
use super::role::RoleName;
use super::{Place, Verdict};
use crate::logging::Verbosity;
use crate::output;

/// Users that are read at a time.
const PAGE: i64 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Create a user, or change role, limits and password of one that is not deactivated
    Create(CreateArgs),
    /// List all users
    List(ListArgs),
    /// Give a user another password and end all sessions
    ResetPassword {
        /// Id of the user
        user_id: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// End all sessions and tokens of a user, who can no longer sign in
    Deactivate {
        /// Id of the user
        user_id: String,
    },
    /// Let a deactivated user act again, with role, limits and password as they were
    Reactivate {
        /// Id of the user
        user_id: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// Id of the user, such as S-042
    user_id: String,
    /// What the user may do
    #[arg(long)]
    role: RoleName,
    /// Production line that the user is limited to; may be given more than once
    #[arg(long = "line", value_name = "LINE")]
    lines: Vec<String>,
    /// The operator who this user is
    #[arg(long, value_name = "ID")]
    operator_id: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct PasswordArgs {
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// Draw a password and print it
    #[arg(long)]
    generate_password: bool,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, command: &UserCommand) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    super::block_on(with_accounts(&settings, place.data_dir(), async |accounts| match command {
        UserCommand::Create(args) => create(&accounts, args).await,
        UserCommand::List(args) => print_list(args, &all_users(&accounts).await?),
        UserCommand::ResetPassword { user_id, password } => {
            reset_password(&accounts, user_id, password).await
        }
        UserCommand::Deactivate { user_id } => {
            submit(&accounts, user_id, activity(false)).await?;
            output::print_line(&format!("{user_id} can no longer act."))
        }
        UserCommand::Reactivate { user_id } => {
            let user = submit(&accounts, user_id, activity(true)).await?;
            let role = user.role.as_str();
            output::print_line(&format!("{user_id} can act again, as {role}."))?;
            tell_of_missing_password(&user)
        }
    }))?;
    Ok(Verdict::Good)
}

fn activity(is_active: bool) -> UserChange {
    UserChange { is_active: Some(is_active), ..UserChange::default() }
}

async fn create(accounts: &Accounts, args: &CreateArgs) -> anyhow::Result<()> {
    let CreateArgs { user_id, role, lines, operator_id, password } = args;
    let id: Text<50> =
        Text::new(user_id).map_err(|invalid| anyhow!("user id `{user_id}`: {invalid}"))?;
    let scope = read_scope(lines, operator_id.as_deref())?;
    let chosen = password.read()?;
    let role = role.0;
    let there = accounts.find_user(id.as_str()).await?;
    // Whoever provisions users again and again must not let somebody in who was sent away.
    if there.as_ref().is_some_and(|user| !user.is_active) {
        bail!(
            "user `{id}` was deactivated; `mraos user reactivate {id}` lets it act again, then \
             create changes role, limits and password"
        );
    }
    let user = if there.is_some() {
        let change = UserChange {
            role: Some(role),
            is_active: None,
            lines: Some(scope.lines),
            operator_id: Some(scope.operator_id),
            display_name: None,
            password: chosen.clone(),
        };
        submit(accounts, id.as_str(), change).await?
    } else {
        let password = chosen.clone();
        let new = NewUser { user_id: id.clone(), role, scope, display_name: None, password };
        accounts.create_user(new, &request()?).await.map_err(explain)?.value
    };
    output::print_line(&format!("{id} is {} now.", role.as_str()))?;
    password.print_generated(chosen.as_deref())?;
    tell_of_missing_password(&user)
}

fn tell_of_missing_password(user: &User) -> anyhow::Result<()> {
    if user.has_password {
        return Ok(());
    }
    let id = &user.user_id;
    let line = format!("Without a password {id} cannot sign in: mraos user reset-password {id}");
    output::print_line(&line)
}

/// The part of the plant that the arguments of a command name.
pub(super) fn read_scope(lines: &[String], operator_id: Option<&str>) -> anyhow::Result<Scope> {
    let line = |line: &String| {
        Text::new(line).map_err(|invalid| anyhow!("production line `{line}`: {invalid}"))
    };
    let named = lines.iter().map(line).collect::<anyhow::Result<_>>()?;
    let operator_id = operator_id.map(OperatorId::new).transpose();
    Ok(Scope {
        lines: (!lines.is_empty()).then_some(named),
        operator_id: operator_id.map_err(|invalid| anyhow!("{invalid}"))?,
    })
}

async fn reset_password(
    accounts: &Accounts,
    user_id: &str,
    password: &PasswordArgs,
) -> anyhow::Result<()> {
    let Some(chosen) = password.read()? else {
        bail!("say where the password comes from: --password-stdin or --generate-password");
    };
    let change = UserChange { password: Some(chosen.clone()), ..UserChange::default() };
    submit(accounts, user_id, change).await?;
    output::print_line(&format!("{user_id} has another password now; all sessions have ended."))?;
    password.print_generated(Some(&chosen))
}

async fn submit(accounts: &Accounts, user_id: &str, change: UserChange) -> anyhow::Result<User> {
    let changed = accounts.change_user(user_id, None, change, &request()?).await;
    changed.map(|changed| changed.value).map_err(|error| match error {
        AccountError::Unknown => {
            anyhow!("there is no user `{user_id}`; `mraos user list` shows all")
        }
        other => explain(other),
    })
}

/// What to do about it, in words of the command line.
pub(super) fn explain(error: AccountError) -> anyhow::Error {
    match error {
        AccountError::LimitedAdministrator => {
            anyhow!("an administrator has to do with the whole plant; leave out --line")
        }
        other => other.into(),
    }
}

/// Changes from here stand in the log under this name.
pub(super) fn request() -> anyhow::Result<Request> {
    let id = Text::new("command-line").map_err(|invalid| anyhow!("{invalid}"))?;
    Ok(Request { actor: Actor::new(id, Role::Admin), idempotency: None })
}

impl PasswordArgs {
    fn read(&self) -> anyhow::Result<Option<String>> {
        if self.generate_password {
            return Ok(Some(password::generate()));
        }
        if !self.password_stdin {
            return Ok(None);
        }
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
        Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()))
    }

    fn print_generated(&self, password: Option<&str>) -> anyhow::Result<()> {
        match password {
            Some(password) if self.generate_password => output::print_line(password),
            _ => Ok(()),
        }
    }
}

async fn all_users(accounts: &Accounts) -> anyhow::Result<Vec<User>> {
    let mut all = Vec::new();
    let mut page = Page { limit: PAGE, ..Page::default() };
    loop {
        let found = accounts.list_users(&page).await?;
        all.extend(found.items);
        page.after = found.next;
        if page.after.is_none() {
            return Ok(all);
        }
    }
}

fn print_list(args: &ListArgs, users: &[User]) -> anyhow::Result<()> {
    if args.json {
        return output::print_json(&users.iter().map(describe).collect::<Vec<_>>());
    }
    for user in users {
        let lines = match &user.scope.lines {
            Some(lines) => lines.iter().map(Text::as_str).collect::<Vec<_>>().join(", "),
            None => "whole plant".to_owned(),
        };
        let state = match (user.is_active, user.has_password) {
            (false, _) => "deactivated",
            (true, false) => "no password",
            (true, true) => "active",
        };
        let (id, role) = (user.user_id.as_str(), user.role.as_str());
        output::print_line(&format!("{id:20}  {role:11}  {state:11}  {lines}"))?;
    }
    Ok(())
}

fn describe(user: &User) -> Value {
    let lines = user.scope.lines.as_ref();
    json!({
        "user_id": user.user_id.as_str(),
        "role": user.role.as_str(),
        "is_active": user.is_active,
        "has_password": user.has_password,
        "production_lines": lines.map(|all| all.iter().map(Text::as_str).collect::<Vec<_>>()),
        "operator_id": user.scope.operator_id.as_ref().map(ToString::to_string),
        "created_at": user.created_at.timestamp(),
    })
}
