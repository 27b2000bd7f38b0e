//! `mraos migrate`: brings the schema up to date, for installations that do it apart from a start.
//!
//! The migrations are the store's. Safe to run at any time and by several at once.

use clap::Args;
use serde_json::json;

use super::database::Database;
use super::{Place, Verdict};
use crate::logging::Verbosity;
use crate::output;

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, args: &MigrateArgs) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    let applied = super::block_on(async {
        let database = Database::open(&settings, place.data_dir()).await?;
        let applied = database.migrate().await;
        database.close().await?;
        applied
    })?;
    if args.json {
        output::print_json(&json!({ "applied": applied }))?;
    } else if applied.is_empty() {
        output::print_line("The schema is up to date.")?;
    } else {
        output::print_line(&format!("Applied: {}", applied.join(", ")))?;
    }
    Ok(Verdict::Good)
}
