//! `mraos user`: who may act, by id and role.
//!
//! A user is an id such as `S-042`, never a person's name. Works with the server running or
//! stopped. Passwords belong to sign-in, which is not part of this command.

use anyhow::anyhow;
use clap::{Args, Subcommand};
use mraos_app::{Clock as _, SystemClock};
use mraos_domain::Text;
use mraos_store::token::StoredUser;
use serde_json::{Value, json};

use super::database::with_store;
use super::role::RoleName;
use super::{Place, Verdict};
use crate::logging::Verbosity;
use crate::output;

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Create a user, or change the role of one
    Create(CreateArgs),
    /// List all users
    List(ListArgs),
}

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// Id of the user, such as S-042
    user_id: String,
    /// What the user may do
    #[arg(long)]
    role: RoleName,
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, command: &UserCommand) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    super::block_on(with_store(&settings, place.data_dir(), async |store| match command {
        UserCommand::Create(args) => {
            let user = make(args)?;
            store.save_user(&user).await?;
            output::print_line(&format!("{} is {} now.", user.user_id, user.role))
        }
        UserCommand::List(args) => print_list(args, &store.users().await?),
    }))?;
    Ok(Verdict::Good)
}

fn make(args: &CreateArgs) -> anyhow::Result<StoredUser> {
    let id: Text<50> = Text::new(&args.user_id)
        .map_err(|invalid| anyhow!("user id `{}`: {invalid}", args.user_id))?;
    Ok(StoredUser {
        user_id: id.to_string(),
        role: args.role.0.as_str().to_owned(),
        is_active: true,
        created_at: SystemClock.now().timestamp(),
    })
}

fn print_list(args: &ListArgs, users: &[StoredUser]) -> anyhow::Result<()> {
    if args.json {
        return output::print_json(&users.iter().map(describe).collect::<Vec<_>>());
    }
    for StoredUser { user_id, role, .. } in users {
        output::print_line(&format!("{user_id:20}  {role}"))?;
    }
    Ok(())
}

fn describe(user: &StoredUser) -> Value {
    json!({
        "user_id": user.user_id,
        "role": user.role,
        "is_active": user.is_active,
        "created_at": user.created_at,
    })
}
