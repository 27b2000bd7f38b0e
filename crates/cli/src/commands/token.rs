//! `mraos token`: bearer tokens of programs, made and revoked at the database itself.
//!
//! Works with the server running or stopped; a running server takes note within seconds. The
//! secret of a token is printed once and kept nowhere.

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use jiff::SignedDuration;
use mraos_app::token::{IssuedToken, NewToken, StoredToken};
use mraos_app::{Clock as _, SystemClock};
use mraos_domain::{Instant, Text};
use serde_json::{Value, json};
use uuid::Uuid;

use super::database::with_accounts;
use super::role::RoleName;
use super::user::{explain, read_scope, request};
use super::{Place, Verdict};
use crate::logging::Verbosity;
use crate::output;

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token and print its secret
    Create(CreateArgs),
    /// List all tokens, without their secrets
    List(ListArgs),
    /// Revoke a token
    Revoke {
        /// Id of the token, as `mraos token list` shows it
        token_id: Uuid,
    },
}

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// Whom the token stands for in the log: a user's id or a system's name, not a person's
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What the token may do
    #[arg(long)]
    role: RoleName,
    /// Production line that the token is limited to; may be given more than once
    #[arg(long = "line", value_name = "LINE")]
    lines: Vec<String>,
    /// The operator for whom it acts, for the role `operator`
    #[arg(long, value_name = "ID")]
    operator_id: Option<String>,
    /// Days after which it ends by itself
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
    expires_in_days: Option<u16>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, command: &TokenCommand) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    super::block_on(with_accounts(&settings, place.data_dir(), async |accounts| match command {
        TokenCommand::Create(args) => {
            let created = accounts.create_token(&read_new(args)?, &request()?).await;
            let IssuedToken { token, secret } = created.map_err(explain)?.value;
            print_created(args, &token, &secret)
        }
        TokenCommand::List(args) => print_list(args, &accounts.list_tokens().await?),
        TokenCommand::Revoke { token_id } => {
            if !accounts.revoke_token(*token_id, &request()?).await? {
                bail!(
                    "no live token has the id `{token_id}`; `mraos token list` shows every token"
                );
            }
            output::print_line(&format!("Revoked {token_id}."))
        }
    }))?;
    Ok(Verdict::Good)
}

fn read_new(args: &CreateArgs) -> anyhow::Result<NewToken> {
    let name =
        Text::new(&args.name).map_err(|invalid| anyhow!("name `{}`: {invalid}", args.name))?;
    let lifetime =
        args.expires_in_days.map(|days| SignedDuration::from_hours(24 * i64::from(days)));
    let end = lifetime.map(|lifetime| SystemClock.now().timestamp().checked_add(lifetime));
    let expires_at = end.transpose()?.map(Instant::new).transpose();
    Ok(NewToken {
        name,
        role: args.role.0,
        scope: read_scope(&args.lines, args.operator_id.as_deref())?,
        expires_at: expires_at.map_err(|invalid| anyhow!("{invalid}"))?,
    })
}

fn print_created(args: &CreateArgs, token: &StoredToken, secret: &str) -> anyhow::Result<()> {
    if args.json {
        let mut answer = describe(token);
        answer["secret"] = Value::from(secret);
        return output::print_json(&answer);
    }
    output::print_line(secret)
}

fn print_list(args: &ListArgs, tokens: &[StoredToken]) -> anyhow::Result<()> {
    if args.json {
        return output::print_json(&tokens.iter().map(describe).collect::<Vec<_>>());
    }
    for token in tokens {
        let StoredToken { token_id, user_id, role, .. } = token;
        let end = match (token.revoked_at, token.expires_at) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(at)) => format!("ends {at}"),
            (None, None) => "no end".to_owned(),
        };
        output::print_line(&format!("{token_id}  {role:11}  {user_id:20}  {end}"))?;
    }
    Ok(())
}

fn describe(token: &StoredToken) -> Value {
    json!({
        "token_id": token.token_id,
        "name": token.user_id,
        "role": token.role,
        "production_lines": token.production_lines,
        "operator_id": token.operator_id,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    })
}
